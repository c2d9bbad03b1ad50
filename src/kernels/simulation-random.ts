// Random numbers and π by them; see assembly/kernels/simulation/random.ts and pi.ts.

import { RANDOM_BLOCK } from '../../assembly/kernels/simulation/sizes';
import { BENCH_ROOM_BYTES } from '../heap/scratch';
import { type TypedArrayConstructor, viewAt } from '../heap/views';
import { ownElements } from '../runtime/copy';
import { arrayType, checkFinite, checkInteger, checkOut, typeOf, wrongRange, wrongType } from './_check';
import { simulation } from './_families';
import {
  callKernel,
  isBare,
  type KernelCall,
  type KernelOptions,
  type Phase,
  runKernel,
  runKernelSync,
  runOnBench,
} from './_plan';
import { isShared } from './arrays-common';
import { target } from './arrays-plain';
import {
  insidePlain,
  normalPlain,
  PLAIN_NORMAL,
  PLAIN_POINTS,
  PLAIN_UNIFORM,
  type StreamWords,
  uniformPlain,
} from './simulation-random-plain';
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
  if (n <= BENCH_NUMBERS && isBare(options)) {
    const numbers = fewSync('randomUniform', UNIFORM, n, options, checkUniform('randomUniform', options));
    if (numbers !== undefined) return numbers;
  }
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
  if (n <= BENCH_NUMBERS && isBare(options)) {
    const numbers = fewSync('randomNormal', NORMAL, n, options, checkNormal('randomNormal', options));
    if (numbers !== undefined) return numbers;
  }
  return runKernelSync('randomNormal', simulation, options, (call) => normalPlan(call, n, options));
}

/** How numbers are made: by which kernel, and here; `costNs` is measured, a number on one core. */
interface Distribution {
  fn: string;
  costNs: number;
  /** How many of that type are faster made in plain JavaScript. */
  most(isSingle: boolean): number;
  plain(to: Float64Array, offset: number, words: StreamWords, base: number, factor: number): void;
}

/** Uniform numbers of f32 are of other words. */
const UNIFORM: Distribution = {
  fn: 'random_uniform',
  costNs: 5,
  most: (isSingle) => (isSingle ? 0 : PLAIN_UNIFORM),
  plain: uniformPlain,
};
const NORMAL: Distribution = {
  fn: 'random_normal',
  costNs: 13,
  most: () => PLAIN_NORMAL,
  plain: normalPlain,
};

/** Nanoseconds a point on one core, measured. */
const POINT_NS = 6.6;
/** Bytes that the kernels want for each piece. */
const ROOM_BYTES = 192;
/** How many numbers a bench has room for. */
const BENCH_NUMBERS = (BENCH_ROOM_BYTES - ROOM_BYTES) / 8;

function* uniformPlan<T extends RandomArray>(
  call: KernelCall,
  n: number,
  options: UniformOptions<T>,
): Generator<Phase, T, void> {
  return yield* fill(call, UNIFORM, n, options, checkUniform(call.kernel, options));
}

function* normalPlan<T extends RandomArray>(
  call: KernelCall,
  n: number,
  options: NormalOptions<T>,
): Generator<Phase, T, void> {
  return yield* fill(call, NORMAL, n, options, checkNormal(call.kernel, options));
}

/** Base and factor. */
function checkUniform(kernel: string, options: UniformOptions<RandomArray>): readonly [number, number] {
  const { low = 0, high = 1 } = options;
  checkFinite(kernel, 'low', low);
  checkFinite(kernel, 'high', high);
  if (low > high) wrongRange(kernel, 'low', `at most "high", ${high}`, low);
  checkFinite(kernel, 'high - low', high - low);
  return [low, high - low];
}

/** Base and factor. */
function checkNormal(kernel: string, options: NormalOptions<RandomArray>): readonly [number, number] {
  const { mean = 0, std = 1 } = options;
  checkFinite(kernel, 'mean', mean);
  checkFinite(kernel, 'std', std, 0, Number.MAX_VALUE);
  return [mean, std];
}

/** Which numbers of which stream, checked. */
interface Stretch<T extends RandomArray> {
  words: StreamWords;
  offset: number;
  type: TypedArrayConstructor<T>;
  out: T | undefined;
}

function checkStretch<T extends RandomArray>(
  kernel: string,
  n: number,
  options: RandomOptions<T>,
): Stretch<T> {
  const { stream = 0, offset = 0, out: given } = options;
  checkInteger(kernel, 'n', n, 0);
  checkInteger(kernel, 'offset', offset, 0, Number.MAX_SAFE_INTEGER - n);
  const [keyLow, keyHigh] = checkSeed(kernel, options.seed);
  const [streamLow, streamHigh] = checkWord64(kernel, 'stream', stream);
  const type = checkType(kernel, options);
  const out = checkOut(kernel, given, type, n, { inputs: {} });
  return { words: [keyLow, keyHigh, streamLow, streamHigh], offset, type, out };
}

/** The numbers, made in plain JavaScript; undefined where the kernel is faster. */
function few<T extends RandomArray>(
  kernel: string,
  distribution: Distribution,
  n: number,
  options: RandomOptions<T>,
  range: readonly [number, number],
  stretch = checkStretch(kernel, n, options),
): T | undefined {
  const { words, offset, type, out } = stretch;
  if (n > distribution.most(type.BYTES_PER_ELEMENT === 4) || (out && isShared(out))) return undefined;
  const numbers = target(type, n, out);
  distribution.plain(numbers as Float64Array, offset, words, ...range);
  return numbers;
}

/** The same, or by the kernel on the thread's bench; undefined where that is not to be had. */
function fewSync<T extends RandomArray>(
  kernel: string,
  distribution: Distribution,
  n: number,
  options: RandomOptions<T>,
  range: readonly [number, number],
): T | undefined {
  const stretch = checkStretch(kernel, n, options);
  const numbers = few(kernel, distribution, n, options, range, stretch);
  if (numbers !== undefined) return numbers;
  return runOnBench(simulation, (exports, bench) => {
    const here = viewAt(stretch.type, bench + ROOM_BYTES, n);
    callKernel(exports, distribution.fn, 0, 1, argsOf(stretch, n, range, here.byteOffset, bench));
    return ownElements(here);
  });
}

/** What the kernels are called with. */
function argsOf<T extends RandomArray>(
  { words, offset, type }: Stretch<T>,
  n: number,
  range: readonly [number, number],
  to: number,
  rooms: number,
): readonly number[] {
  return [to, n, offset, ...words, ...range, type.BYTES_PER_ELEMENT === 4 ? 1 : 0, rooms];
}

function* fill<T extends RandomArray>(
  call: KernelCall,
  distribution: Distribution,
  n: number,
  options: RandomOptions<T>,
  range: readonly [number, number],
): Generator<Phase, T, void> {
  const stretch = checkStretch(call.kernel, n, options);
  const numbers = few(call.kernel, distribution, n, options, range, stretch);
  if (numbers !== undefined) return numbers;
  const { offset, type, out } = stretch;
  const to = call.output(type, n, out);
  const pieces = Math.ceil((n + (offset % 16)) / RANDOM_BLOCK);
  if (n > 0) {
    const rooms = call.scratch(pieces * ROOM_BYTES);
    yield {
      fn: distribution.fn,
      pieces,
      args: argsOf(stretch, n, range, to.address, rooms),
      costNs: n * distribution.costNs,
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
  if (n <= PLAIN_POINTS) return (4 * insidePlain(n, [...key, ...words])) / n;
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
