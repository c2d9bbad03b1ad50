// CRC-32; see assembly/kernels/text/crc32.ts. The remainders of pieces are joined here, by squaring the operator
// "a zero byte follows" (Adler's crc32_combine in zlib).

import { TEXT_BLOCK } from '../../assembly/kernels/text/sizes';
import { checkInteger } from './_check';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, putBytes } from './text-bytes';
import { crc32Plain, isBareText, isBrief, PLAIN_CRC } from './text-plain';

/** Options of {@link crc32}. */
export interface Crc32Options extends KernelOptions {
  /** The crc of what came before, to go on from. */
  value?: number;
}

/**
 * The CRC-32 of zlib, gzip and PNG.
 *
 * @param bytes Bytes, or a string for its UTF-8.
 * @returns An unsigned number of 32 bits.
 * @throws {TypeError} if `bytes` is neither bytes nor a string
 * @throws {RangeError} if `value` is no unsigned number of 32 bits
 * @complexity O(n)
 * @source slicing by 16 (Kounavis and Berry 2005), pieces joined as zlib’s crc32_combine
 * @example
 * ```ts
 * console.log(await crc32('123456789')); // 3421780262
 * console.log(await crc32('6789', { value: await crc32('12345') })); // 3421780262
 * ```
 */
export function crc32(bytes: Bytes, options: Crc32Options = {}): Promise<number> {
  return runKernel('crc32', family, options, (call) => plan(call, bytes, options));
}

/** {@link crc32}, at once. */
export function crc32Sync(bytes: Bytes, options: Crc32Options = NONE): number {
  if (isBareText(options, PLAIN_CRC, bytes)) return crc32Plain(bytes, 0);
  return runKernelSync('crc32', family, options, (call) => plan(call, bytes, options));
}

/** What a whole piece of zeros does, once it is known. */
let whole: Uint32Array | undefined;

/** Nanoseconds a byte on one core, measured. */
const BYTE_NS = 0.4;
const POLYNOMIAL = 0xedb88320;

function* plan(call: KernelCall, value: Bytes, options: Crc32Options): Generator<Phase, number, void> {
  const { kernel } = call;
  const given = checkBytes(kernel, 'bytes', value);
  const { value: before = 0 } = options;
  checkInteger(kernel, 'value', before, 0, 0xffffffff);
  if (isBrief(PLAIN_CRC, given)) return crc32Plain(given, before);
  const { address, length } = putBytes(call, given);
  if (length === 0) return before;
  const tables = call.scratch(16 * 1024);
  yield { fn: 'crc32_tables', pieces: 1, args: [tables], costNs: 10_000 };
  const pieces = Math.ceil(length / TEXT_BLOCK);
  const remainders = call.scratch(4 * pieces);
  yield { fn: 'crc32', pieces, args: [address, length, tables, remainders], costNs: length * BYTE_NS };
  let crc = before;
  for (const [piece, remainder] of call.view(Uint32Array, remainders, pieces).entries()) {
    const bytes = Math.min(TEXT_BLOCK, length - piece * TEXT_BLOCK);
    // What zeros do to nothing is nothing.
    const shifted =
      crc === 0
        ? 0
        : apply(bytes === TEXT_BLOCK ? (whole ??= zerosOperator(bytes)) : zerosOperator(bytes), crc);
    crc = shifted ^ remainder;
  }
  return crc >>> 0;
}

/** What `bytes` zero bytes do to a remainder: a matrix over GF(2), a column for each bit. */
function zerosOperator(bytes: number): Uint32Array {
  let power = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? POLYNOMIAL : 2 ** (bit - 1)));
  for (let doublings = 0; doublings < 3; doublings++) power = multiply(power, power);
  let operator = Uint32Array.from({ length: 32 }, (_, bit) => 2 ** bit);
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) operator = multiply(power, operator);
    power = multiply(power, power);
  }
  return operator;
}

function multiply(a: Uint32Array, b: Uint32Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(b, (column) => apply(a, column));
}

function apply(operator: Uint32Array, vector: number): number {
  let result = 0;
  for (let bit = 0, left = vector >>> 0; left !== 0; bit++, left >>>= 1) {
    if (left & 1) result ^= operator[bit];
  }
  return result;
}
