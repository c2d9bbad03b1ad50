// Random numbers and π by them; see assembly/kernels/simulation/random.ts and pi.ts.

import { RANDOM_BLOCK } from '../../assembly/kernels/simulation/sizes';
import type { TypedArrayConstructor } from '../heap/views';
import { arrayType, checkFinite, checkInteger, checkOut, typeOf, wrongRange, wrongType } from './_check';
import { simulation } from './_families';
import { type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';
import { isShared } from './arrays-common';
import { insidePlain, PLAIN_NUMBERS, uniformPlain } from './simulation-plain';
import { checkSeed, checkWord64 } from './simulation-seed';

export type RandomArray = Float64Array | Float32Array;

/** Options of all random streams. */
export interface StreamOptions extends KernelOptions {
  /** Which numbers: an integer from 0 on, or a bigint below 2⁶⁴; a random one if not given. */
  seed?: number | bigint;
  /** Which of the seed's independent streams. */
  stream?: number | bigint;
}

/** Options of {@link randomUniform} and {@link randomNormal}. */
export interface RandomOptions<T extends RandomArray = Float64Array> extends StreamOptions {
  /** Elements of the stream to skip. */
  offset?: number;
  /** `Float64Array` or `Float32Array`; the type of `out`, else `Float64Array`. */
  type?: { new (length: number): T };
  /** Where the numbers go. */
  out?: T;
}

/** Options of {@link randomUniform}. */
export interface UniformOptions<T extends RandomArray = Float64Array> extends RandomOptions<T> {
  low?: number;
  high?: number;
}

/** Options of {@link randomNormal}. */
export interface NormalOptions<T extends RandomArray = Float64Array> extends RandomOptions<T> {
  mean?: number;
  std?: number;
}

/**
 * Uniform random numbers of `low` ≤ x < `high`, by Philox 4x32-10: element i depends on seed, stream and offset + i
 * alone, so any part of a stream can be made by itself.
 *
 * @param n How many.
 * @throws {TypeError} if an argument has the wrong type
 * @throws {RangeError} if a number is out of range, or `low` above `high`
 * @complexity O(n), any offset at once
 * @source Philox 4x32-10 (Salmon et al. 2011), four blocks side by side
 * @example
 * ```ts
 * const all = await randomUniform(1000, { seed: 7 });
 * const tail = await randomUniform(10, { seed: 7, offset: 990 });
 * console.log(tail[0] === all[990]); // true
 * ```
 */
export function randomUniform<T extends RandomArray = Float64Array>(
  n: number,
  options: UniformOptions<T> = {},
): Promise<T> {
  return runKernel('randomUniform', simulation, options, (call) => uniformPlan(call, n, options));
}

/** {@link randomUniform}, at once. */
export function randomUniformSync<T extends RandomArray = Float64Array>(
  n: number,
  options: UniformOptions<T> = {},
): T {
  return runKernelSync('randomUniform', simulation, options, (call) => uniformPlan(call, n, options));
}

/**
 * Normal random numbers, by Box and Muller's method from the stream of {@link randomUniform}.
 *
 * @param n How many.
 * @throws {TypeError} if an argument has the wrong type
 * @throws {RangeError} if a number is out of range, or `std` negative
 * @complexity O(n), any offset at once
 * @source Box and Muller (1958) on Philox
 * @example
 * ```ts
 * const heights = await randomNormal(1000, { seed: 7, mean: 172, std: 9 });
 * console.log(heights.length); // 1000
 * ```
 */
export function randomNormal<T extends RandomArray = Float64Array>(
  n: number,
  options: NormalOptions<T> = {},
): Promise<T> {
  return runKernel('randomNormal', simulation, options, (call) => normalPlan(call, n, options));
}

/** {@link randomNormal}, at once. */
export function randomNormalSync<T extends RandomArray = Float64Array>(
  n: number,
  options: NormalOptions<T> = {},
): T {
  return runKernelSync('randomNormal', simulation, options, (call) => normalPlan(call, n, options));
}

// Nanoseconds a number on one core, measured.
const UNIFORM_NS = 5;
const NORMAL_NS = 13;
const POINT_NS = 6.6;
/** Bytes that the kernels want for each piece. */
const ROOM_BYTES = 192;

function* uniformPlan<T extends RandomArray>(
  call: KernelCall,
  n: number,
  options: UniformOptions<T>,
): Generator<Phase, T, void> {
  const { low = 0, high = 1 } = options;
  checkFinite(call.kernel, 'low', low);
  checkFinite(call.kernel, 'high', high);
  if (low > high) wrongRange(call.kernel, 'low', `at most "high", ${high}`, low);
  checkFinite(call.kernel, 'high - low', high - low);
  return yield* fill(call, 'random_uniform', n, options, low, high - low, UNIFORM_NS);
}

function* normalPlan<T extends RandomArray>(
  call: KernelCall,
  n: number,
  options: NormalOptions<T>,
): Generator<Phase, T, void> {
  const { mean = 0, std = 1 } = options;
  checkFinite(call.kernel, 'mean', mean);
  checkFinite(call.kernel, 'std', std, 0, Number.MAX_VALUE);
  return yield* fill(call, 'random_normal', n, options, mean, std, NORMAL_NS);
}

function* fill<T extends RandomArray>(
  call: KernelCall,
  fn: string,
  n: number,
  options: RandomOptions<T>,
  base: number,
  factor: number,
  costNs: number,
): Generator<Phase, T, void> {
  const { kernel } = call;
  const { stream = 0, offset = 0, out: given } = options;
  checkInteger(kernel, 'n', n, 0);
  checkInteger(kernel, 'offset', offset, 0, Number.MAX_SAFE_INTEGER - n);
  const key = checkSeed(kernel, options.seed);
  const words = checkWord64(kernel, 'stream', stream);
  const type = checkType(kernel, options);
  const out = checkOut(kernel, given, type, n, { inputs: {} });
  const isSingle = type.BYTES_PER_ELEMENT === 4;
  if (fn === 'random_uniform' && n <= PLAIN_NUMBERS && !isSingle && !(out && isShared(out))) {
    const numbers = out ?? new Float64Array(n);
    uniformPlain(numbers as Float64Array, offset, [...key, ...words], base, factor);
    return numbers as T;
  }
  const to = call.output(type, n, out);
  const pieces = Math.ceil((n + (offset % 16)) / RANDOM_BLOCK);
  if (n > 0) {
    const rooms = call.scratch(pieces * ROOM_BYTES);
    yield {
      fn,
      pieces,
      args: [to.address, n, offset, ...key, ...words, base, factor, isSingle ? 1 : 0, rooms],
      costNs: n * costNs,
    };
  }
  return to.finish();
}

function checkType<T extends RandomArray>(
  kernel: string,
  { type, out }: RandomOptions<T>,
): TypedArrayConstructor<T> {
  if (type === undefined) {
    const name = arrayType(out);
    if (name === 'Float32Array' || name === 'Float64Array') return typeOf(out as T);
    return Float64Array as unknown as TypedArrayConstructor<T>;
  }
  if (type !== (Float64Array as unknown) && type !== (Float32Array as unknown)) {
    wrongType(kernel, 'type', 'Float64Array or Float32Array', type);
  }
  return type as unknown as TypedArrayConstructor<T>;
}

/**
 * Estimates π by random points in a square: four times the part of them that lies in the quarter circle.
 *
 * @param n How many points; the error is about 1.6 / √n.
 * @returns The estimate; NaN for no points.
 * @throws {TypeError} if an argument has the wrong type
 * @throws {RangeError} if `n` is no integer from 0 on, or a seed out of range
 * @complexity O(n)
 * @source Philox, eight points at once
 * @example
 * ```ts
 * const pi = await monteCarloPi(1_000_000, { seed: 1 });
 * console.log(Math.abs(pi - Math.PI) < 0.01); // true
 * ```
 */
export function monteCarloPi(n: number, options: StreamOptions = {}): Promise<number> {
  return runKernel('monteCarloPi', simulation, options, (call) => piPlan(call, n, options));
}

/** {@link monteCarloPi}, at once. */
export function monteCarloPiSync(n: number, options: StreamOptions = {}): number {
  return runKernelSync('monteCarloPi', simulation, options, (call) => piPlan(call, n, options));
}

/** Most pieces: beyond, they get larger. */
const PI_PIECES_MAX = 65536;

function* piPlan(call: KernelCall, n: number, options: StreamOptions): Generator<Phase, number, void> {
  const { kernel } = call;
  const { stream = 0 } = options;
  checkInteger(kernel, 'n', n, 0);
  const key = checkSeed(kernel, options.seed);
  const words = checkWord64(kernel, 'stream', stream);
  if (n === 0) return Number.NaN;
  if (n <= PLAIN_NUMBERS) return (4 * insidePlain(n, [...key, ...words])) / n;
  const perPiece = Math.max(RANDOM_BLOCK, Math.ceil(n / PI_PIECES_MAX / 8) * 8);
  const pieces = Math.ceil(n / perPiece);
  const counts = call.scratch(8 * pieces);
  yield {
    fn: 'monte_carlo_pi',
    pieces,
    args: [n, perPiece, ...key, ...words, counts, call.scratch(pieces * ROOM_BYTES)],
    costNs: n * POINT_NS,
  };
  let inside = 0;
  for (const count of call.view(Float64Array, counts, pieces)) inside += count;
  return (4 * inside) / n;
}
