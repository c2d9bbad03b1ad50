// SHA-256 of many messages; see assembly/kernels/text/sha256.ts.

import { SHA_MESSAGES, SHA_ROOM } from '../../assembly/kernels/text/sizes';
import { checkName } from './_check';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, putBytes } from './text-bytes';

/** Options of {@link sha256}. */
export interface Sha256Options extends KernelOptions {
  /** `'bytes'`: a Uint8Array of 32; `'hex'`: a string of 64 digits. */
  encoding?: 'bytes' | 'hex';
}

/** What {@link sha256} gives for one message. */
export type Digest<O> = O extends { encoding: 'hex' } ? string : Uint8Array;

/**
 * The SHA-256 of one message, or of each of many: those are hashed on all cores, four side by side on each.
 *
 * @param bytes Bytes, a string for its UTF-8, or an array of such.
 * @returns A digest, or an array of digests.
 * @throws {TypeError} if a message is neither bytes nor a string, or the encoding unknown
 * @complexity O(n)
 * @source FIPS 180-4, four messages side by side
 * @example
 * ```ts
 * const hex = await sha256('abc', { encoding: 'hex' });
 * console.log(hex.slice(0, 8)); // ba7816bf
 * const all = await sha256(['a', 'b', 'c']);
 * console.log(all.length, all[0].length); // 3 32
 * ```
 */
export function sha256<O extends Sha256Options = Sha256Options>(
  bytes: readonly Bytes[],
  options?: O,
): Promise<Digest<O>[]>;
export function sha256<O extends Sha256Options = Sha256Options>(
  bytes: Bytes,
  options?: O,
): Promise<Digest<O>>;
export function sha256(bytes: Bytes | readonly Bytes[], options: Sha256Options = {}): Promise<unknown> {
  return runKernel('sha256', family, options, (call) => plan(call, bytes, options));
}

/** {@link sha256}, at once. */
export function sha256Sync<O extends Sha256Options = Sha256Options>(
  bytes: readonly Bytes[],
  options?: O,
): Digest<O>[];
export function sha256Sync<O extends Sha256Options = Sha256Options>(bytes: Bytes, options?: O): Digest<O>;
export function sha256Sync(bytes: Bytes | readonly Bytes[], options: Sha256Options = {}): unknown {
  return runKernelSync('sha256', family, options, (call) => plan(call, bytes, options));
}

/** Nanoseconds a byte on one core, measured with four messages side by side. */
const BYTE_NS = 3.5;
const MESSAGE_NS = 300;

function* plan(
  call: KernelCall,
  value: Bytes | readonly Bytes[],
  options: Sha256Options,
): Generator<Phase, unknown, void> {
  const { kernel } = call;
  const { encoding = 'bytes' } = options;
  checkName(kernel, 'encoding', encoding, ['bytes', 'hex']);
  const list = Array.isArray(value) ? (value as readonly Bytes[]) : undefined;
  const messages = list
    ? Array.from(list, (message, i) => checkBytes(kernel, `bytes[${i}]`, message))
    : [checkBytes(kernel, 'bytes', value)];
  const count = messages.length;
  if (count === 0) return [];

  // Messages of like length stand side by side.
  const order = messages.map((_, i) => i).sort((a, b) => messages[a].length - messages[b].length || a - b);
  const entries = call.scratch(8 * count);
  const view = call.view(Uint32Array, entries, 2 * count);
  let bytes = 0;
  order.forEach((message, place) => {
    const { address, length } = putBytes(call, messages[message]);
    view[2 * place] = address;
    view[2 * place + 1] = length;
    bytes += length;
  });
  const pieces = Math.ceil(count / SHA_MESSAGES);
  const digests = call.scratch(32 * count);
  yield {
    fn: 'sha256',
    pieces,
    args: [entries, count, digests, call.input(constants()), call.scratch(pieces * SHA_ROOM)],
    costNs: bytes * BYTE_NS + count * MESSAGE_NS,
  };
  const found = call.view(Uint8Array, digests, 32 * count);
  const results: Array<Uint8Array | string> = new Array(count);
  order.forEach((message, place) => {
    const digest = found.slice(32 * place, 32 * place + 32);
    results[message] =
      encoding === 'hex' ? Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') : digest;
  });
  return list ? results : results[0];
}

let cached: Uint32Array | undefined;

/** Fractions of the cube roots of the first 64 primes, then of the square roots of the first 8. */
function constants(): Uint32Array {
  if (cached !== undefined) return cached;
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  cached = Uint32Array.from([
    ...primes.map((p) => fraction(Math.cbrt(p))),
    ...primes.slice(0, 8).map((p) => fraction(Math.sqrt(p))),
  ]);
  return cached;
}
