// Occurrences of a pattern; see assembly/kernels/text/find.ts.

import { FIND_FIRSTS, TEXT_BLOCK } from '../../assembly/kernels/text/sizes';
import { wrongRange, wrongType } from './_check';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, putBytes, startsOfPieces } from './text-bytes';
import { findPlain, isBareText, isBrief, PLAIN_FIND } from './text-plain';

/** Options of {@link find}. */
export interface FindOptions extends KernelOptions {
  /** Most occurrences to give; the first ones. */
  limit?: number;
}

/**
 * Finds all occurrences of a pattern, overlapping ones too.
 *
 * @param bytes Where to look; a string stands for its UTF-8.
 * @param pattern What to look for: at least a byte.
 * @returns The offsets in bytes, ascending.
 * @throws {TypeError} if an argument is neither bytes nor a string
 * @throws {RangeError} if the pattern is empty, or `limit` no integer from 0 on and not Infinity
 * @complexity O(n) with rare candidates
 * @source first and last byte compared 16 places at a time (Muła)
 * @example
 * ```ts
 * console.log([...(await find('banana', 'ana'))]); // [ 1, 3 ]
 * ```
 */
export function find(bytes: Bytes, pattern: Bytes, options: FindOptions = {}): Promise<Uint32Array> {
  return runKernel('find', family, options, (call) => plan(call, bytes, pattern, options));
}

/** {@link find}, at once. */
export function findSync(bytes: Bytes, pattern: Bytes, options: FindOptions = NONE): Uint32Array {
  if (
    isBareText(options, PLAIN_FIND, bytes) &&
    isBareText(options, bytes.length, pattern) &&
    pattern.length > 0
  )
    return findPlain(bytes, pattern, bytes.length);
  return runKernelSync('find', family, options, (call) => plan(call, bytes, pattern, options));
}

/** Nanoseconds a byte on one core, measured where the pattern is rare. */
const BYTE_NS = 0.15;

function* plan(
  call: KernelCall,
  value: Bytes,
  what: Bytes,
  options: FindOptions,
): Generator<Phase, Uint32Array, void> {
  const { kernel } = call;
  const bytes = checkBytes(kernel, 'bytes', value);
  const pattern = checkBytes(kernel, 'pattern', what);
  if (pattern.length === 0) {
    throw new RangeError(`Cannot run ${kernel}: "pattern" has to have at least one byte, came none`);
  }
  const { limit = Number.POSITIVE_INFINITY } = options;
  if (typeof limit !== 'number') wrongType(kernel, 'limit', 'a number', limit);
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit >= 0)) {
    wrongRange(kernel, 'limit', 'an integer from 0 on, or Infinity', limit);
  }
  const places = bytes.length - pattern.length + 1;
  if (places <= 0 || limit === 0) return new Uint32Array(0);
  if (isBrief(PLAIN_FIND, bytes)) return findPlain(bytes, pattern, limit);
  const text = putBytes(call, bytes).address;
  const wanted = putBytes(call, pattern).address;
  const pieces = Math.ceil(places / TEXT_BLOCK);
  // The total stands behind them.
  const indices = call.scratch(4 * (pieces + 1));
  const firsts = call.scratch(4 * FIND_FIRSTS * pieces);
  yield {
    fn: 'find_count',
    pieces,
    args: [text, places, wanted, pattern.length, indices, firsts],
    costNs: places * BYTE_NS,
  };
  const total = startsOfPieces(call, indices, pieces);
  call.view(Uint32Array, indices, pieces + 1)[pieces] = total;
  const found = Math.min(limit, total);
  const result = call.output(Uint32Array, found);
  if (found > 0) {
    yield {
      fn: 'find_write',
      pieces,
      args: [text, places, wanted, pattern.length, indices, firsts, result.address, found],
      costNs: Math.min(places, (found / pieces) * TEXT_BLOCK) * BYTE_NS,
    };
  }
  return result.finish();
}
