// Reductions by adding up: sum, mean, variance, norm, dot. Kernels give a number for each block of
// BLOCK elements (assembly/kernels/arrays/reduce.ts); here the blocks' numbers are put together in
// their order, so the result has the same bits for any number of workers.

import {
  ANY,
  type AnyArray,
  arrayType,
  checkArray,
  checkFinite,
  checkLength,
  checkOptions,
  checkSameType,
  FLOAT,
  type FloatArray,
  NUM,
  type NumArray,
  wrongRange,
  wrongType,
} from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import { blocks, nameOf, type Steps, suffixOf } from './arrays-common';
import {
  addUp,
  areBare,
  areDoubles,
  doubles,
  extremeDoubles,
  productDoubles,
  squaresDoubles,
  sumDoubles,
  varianceDoubles,
} from './arrays-doubles';
import { type Element, extremeOf } from './arrays-extremes';
import { extremePlain, isLooped, sumIntegersPlain, sumPlain } from './arrays-plain';

/** Options of `variance`. */
export interface VarianceOptions extends KernelOptions {
  /** Subtracted from n in the divisor: 0 for a population, 1 for a sample. */
  ddof?: number;
}

/** Options of `norm`. */
export interface NormOptions extends KernelOptions {
  /** 1: Σ|x|, 2: √Σx², Infinity: the greatest |x|. */
  ord?: 1 | 2 | number;
}

// What `terms_…` adds up: assembly/kernels/arrays/reduce.ts.
const VALUE = 0;
const MAGNITUDE = 1;
const SQUARE = 2;
const DEVIATION = 3;

/**
 * The sum of the elements: exact and rounded once for integers, wrapped to 64 bits for 64-bit integers, within
 * 10⁻¹³·Σ|xᵢ| for floats. NaN if there is a NaN, or both infinities. 0 if there are no elements.
 *
 * @param a - Any typed array.
 * @returns A number; a bigint for 64-bit integers.
 * @throws {TypeError} if an argument is of the wrong type.
 * @complexity O(n)
 * @source eight accumulators a block, blocks joined with compensation (Neumaier 1974)
 * @example
 * ```ts
 * console.log(await sum(new Float64Array([1, 2, 3.5]))); // 6.5
 * ```
 */
export function sum<T extends AnyArray>(a: T, options: KernelOptions = {}): Promise<Element<T>> {
  return runKernel('sum', arrays, options, (call) => sumPlan(call, a, options));
}

/** {@link sum}, at once, in this thread. */
export function sumSync<T extends AnyArray>(a: T, options: KernelOptions = NONE): Element<T> {
  if (areBare(options, a)) return sumDoubles(doubles(a)) as Element<T>;
  return runKernelSync('sum', arrays, options, (call) => sumPlan(call, a, options));
}

function* sumPlan<T extends AnyArray>(call: KernelCall, a: T, options: KernelOptions): Steps<Element<T>> {
  checkOptions('sum', options);
  checkArray('sum', 'a', a, ANY);
  if (areDoubles(a)) return sumDoubles(doubles(a)) as Element<T>;
  if (isShort(a)) return shortSum(a as NumArray) as Element<T>;
  return (yield* sumAt(call, a, call.input(a))) as Element<T>;
}

/** Whether the array is added up in plain JavaScript. */
function isShort(a: AnyArray): boolean {
  return isLooped(a) && !arrayType(a)!.startsWith('Big');
}

function shortSum(a: NumArray): number {
  return arrayType(a)!.startsWith('Float') ? sumPlain(a.length, (i) => a[i]) : sumIntegersPlain(a);
}

/** The sum of the elements at `from`. */
function* sumAt(call: KernelCall, a: AnyArray, from: number): Steps<number | bigint> {
  const type = arrayType(a)!;
  if (type.startsWith('Float')) return yield* sumTerms(call, a, from, VALUE, 0);
  const pieces = blocks(a.length);
  const to = call.scratch(pieces * 8);
  const isBig = type.startsWith('Big');
  const fn = `sum_${isBig ? 'i64' : suffixOf(a)}`;
  yield { fn, pieces, args: [from, a.length, to], costNs: a.byteLength / 20 };
  let total = 0n;
  for (const part of call.view(BigInt64Array, to, pieces)) total += part;
  if (!isBig) return Number(total);
  return type === 'BigInt64Array' ? BigInt.asIntN(64, total) : BigInt.asUintN(64, total);
}

/** The sum of terms of the elements at `from`, in f64. */
function* sumTerms(call: KernelCall, a: AnyArray, from: number, kind: number, centre: number): Steps<number> {
  const pieces = blocks(a.length);
  const to = call.scratch(pieces * 8);
  const args = [kind, from, a.length, to, centre];
  yield { fn: nameOf('terms', suffixOf(a)), pieces, args, costNs: a.length * 0.35 };
  return addUp(call.view(Float64Array, to, pieces));
}

/**
 * The arithmetic mean; NaN if there are no elements.
 *
 * @param a - Integers or floats.
 * @throws {TypeError} if an argument is of the wrong type.
 * @complexity O(n)
 * @source sum
 * @example
 * ```ts
 * console.log(await mean(new Uint8Array([1, 2]))); // 1.5
 * ```
 */
export function mean(a: NumArray, options: KernelOptions = {}): Promise<number> {
  return runKernel('mean', arrays, options, (call) => meanPlan(call, a, options));
}

/** {@link mean}, at once, in this thread. */
export function meanSync(a: NumArray, options: KernelOptions = NONE): number {
  if (areBare(options, a)) return sumDoubles(doubles(a)) / a.length;
  return runKernelSync('mean', arrays, options, (call) => meanPlan(call, a, options));
}

function* meanPlan(call: KernelCall, a: NumArray, options: KernelOptions): Steps<number> {
  checkOptions('mean', options);
  checkArray('mean', 'a', a, NUM);
  if (areDoubles(a)) return sumDoubles(doubles(a)) / a.length;
  if (isShort(a)) return shortSum(a) / a.length;
  return ((yield* sumAt(call, a, call.input(a))) as number) / a.length;
}

/**
 * The mean of the squared distances from the mean, in two passes; NaN if n ≤ `ddof`.
 *
 * @param a - Integers or floats.
 * @param options - `ddof`: the divisor is n − ddof.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n), two passes
 * @source the two-pass formula over sum
 * @example
 * ```ts
 * console.log(await variance(new Float64Array([1, 2, 3, 4]))); // 1.25
 * ```
 */
export function variance(a: NumArray, options: VarianceOptions = {}): Promise<number> {
  return runKernel('variance', arrays, options, (call) => variancePlan(call, a, options));
}

/** {@link variance}, at once, in this thread. */
export function varianceSync(a: NumArray, options: VarianceOptions = NONE): number {
  if (areBare(options, a) && a.length > 0) return varianceDoubles(doubles(a), 0);
  return runKernelSync('variance', arrays, options, (call) => variancePlan(call, a, options));
}

function* variancePlan(call: KernelCall, a: NumArray, options: VarianceOptions): Steps<number> {
  checkOptions('variance', options);
  checkArray('variance', 'a', a, NUM);
  const { ddof = 0 } = options;
  checkFinite('variance', 'ddof', ddof);
  if (a.length <= ddof) return Number.NaN;
  if (areDoubles(a)) return varianceDoubles(doubles(a), ddof);
  if (isShort(a)) {
    const centre = shortSum(a) / a.length;
    return sumPlain(a.length, (i) => (a[i] - centre) * (a[i] - centre)) / (a.length - ddof);
  }
  const from = call.input(a);
  const centre = ((yield* sumAt(call, a, from)) as number) / a.length;
  return (yield* sumTerms(call, a, from, DEVIATION, centre)) / (a.length - ddof);
}

/**
 * A norm of the elements as a vector: Σ|x|, √Σx² (unscaled) or the greatest |x|; 0 if there are no elements.
 *
 * @param a - Integers or floats.
 * @param options - `ord`: 1, 2 or Infinity.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source sum of the terms, unscaled
 * @example
 * ```ts
 * console.log(await norm(new Float64Array([3, 4]))); // 5
 * ```
 */
export function norm(a: NumArray, options: NormOptions = {}): Promise<number> {
  return runKernel('norm', arrays, options, (call) => normPlan(call, a, options));
}

/** {@link norm}, at once, in this thread. */
export function normSync(a: NumArray, options: NormOptions = NONE): number {
  if (areBare(options, a)) return Math.sqrt(squaresDoubles(doubles(a), 0));
  return runKernelSync('norm', arrays, options, (call) => normPlan(call, a, options));
}

function* normPlan(call: KernelCall, a: NumArray, options: NormOptions): Steps<number> {
  checkOptions('norm', options);
  checkArray('norm', 'a', a, NUM);
  const { ord = 2 } = options;
  if (typeof ord !== 'number') wrongType('norm', 'ord', '1, 2 or Infinity', ord);
  if (ord !== 1 && ord !== 2 && ord !== Number.POSITIVE_INFINITY)
    wrongRange('norm', 'ord', '1, 2 or Infinity', ord);
  if (areDoubles(a) && ord === 2) return Math.sqrt(squaresDoubles(doubles(a), 0));
  if (areDoubles(a) && ord === Number.POSITIVE_INFINITY && a.length > 0)
    return Math.max(Math.abs(extremeDoubles(doubles(a), false)), Math.abs(extremeDoubles(doubles(a), true)));
  if (isShort(a)) {
    if (ord === 1) return sumPlain(a.length, (i) => Math.abs(a[i]));
    if (ord === 2) return Math.sqrt(sumPlain(a.length, (i) => a[i] * a[i]));
    if (a.length === 0) return 0;
    return Math.max(Math.abs(extremePlain(a, false) as number), Math.abs(extremePlain(a, true) as number));
  }
  const from = call.input(a);
  if (ord === 1) return yield* sumTerms(call, a, from, MAGNITUDE, 0);
  if (ord === 2) return Math.sqrt(yield* sumTerms(call, a, from, SQUARE, 0));
  if (a.length === 0) return 0;
  const low = yield* extremeOf(call, a, from, 0);
  const high = yield* extremeOf(call, a, from, 1);
  return Math.max(Math.abs(low as number), Math.abs(high as number));
}

/**
 * The dot product Σ x[i]·y[i], in f64, within 10⁻¹³·Σ|xᵢyᵢ|.
 *
 * @param x - Floats.
 * @param y - Floats of the same type and length.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source sum of the products
 * @example
 * ```ts
 * console.log(await dot(new Float64Array([1, 2]), new Float64Array([3, 4]))); // 11
 * ```
 */
export function dot<T extends FloatArray>(x: T, y: T, options: KernelOptions = {}): Promise<number> {
  return runKernel('dot', arrays, options, (call) => dotPlan(call, x, y, options));
}

/** {@link dot}, at once, in this thread. */
export function dotSync<T extends FloatArray>(x: T, y: T, options: KernelOptions = NONE): number {
  if (areBare(options, x, y)) return productDoubles(doubles(x), doubles(y));
  return runKernelSync('dot', arrays, options, (call) => dotPlan(call, x, y, options));
}

function* dotPlan<T extends FloatArray>(call: KernelCall, x: T, y: T, options: KernelOptions): Steps<number> {
  checkOptions('dot', options);
  checkArray('dot', 'x', x, FLOAT);
  checkSameType('dot', 'y', checkArray('dot', 'y', y, FLOAT), x);
  checkLength('dot', 'y', y, x.length);
  if (areDoubles(x, y)) return productDoubles(doubles(x), doubles(y));
  if (isLooped(x, y)) return sumPlain(x.length, (i) => x[i] * y[i]);
  const pieces = blocks(x.length);
  const to = call.scratch(pieces * 8);
  const args = [call.input(x), call.input(y), x.length, to];
  yield { fn: nameOf('dot', suffixOf(x)), pieces, args, costNs: x.length * 0.5 };
  return addUp(call.view(Float64Array, to, pieces));
}
