// Extremes: min, max, argmin, argmax. Kernels give each block's (assembly/kernels/arrays/extremes.ts); here they
// are put together in the blocks' order.

import { ANY, type AnyArray, type BigArray, checkArray, checkOptions, typeOf } from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import { blocks, nameOf, type Steps, suffixOf } from './arrays-common';
import { doubles, extremeDoubles, isBareHere, isSearchedHere, placeDoubles } from './arrays-doubles';
import { extremePlain, isLooped, placePlain } from './arrays-plain';

/** What the elements' type gives as a single element. */
export type Element<T> = T extends BigArray ? bigint : number;

/**
 * The lowest element, as `Math.min`: NaN if there is one, -0 below 0.
 *
 * @param a - Any typed array with at least one element.
 * @returns A number; a bigint for 64-bit integers.
 * @throws {RangeError} if there are no elements.
 * @complexity O(n)
 * @source four accumulators of comparisons; NaN and zeros looked at afterwards
 * @example
 * ```ts
 * console.log(await min(new Int16Array([3, -4]))); // -4
 * ```
 */
export function min<T extends AnyArray>(a: T, options: KernelOptions = {}): Promise<Element<T>> {
  return runKernel('min', arrays, options, (call) => extremePlan('min', call, a, options));
}

/** {@link min}, at once, in this thread. */
export function minSync<T extends AnyArray>(a: T, options: KernelOptions = NONE): Element<T> {
  if (isBareHere(options, a) && a.length > 0) return extremeDoubles(doubles(a), false) as Element<T>;
  return runKernelSync('min', arrays, options, (call) => extremePlan('min', call, a, options));
}

/**
 * The highest element, as `Math.max`: NaN if there is one, 0 above -0.
 *
 * @param a - Any typed array with at least one element.
 * @returns A number; a bigint for 64-bit integers.
 * @throws {RangeError} if there are no elements.
 * @complexity O(n)
 * @source as min
 * @example
 * ```ts
 * console.log(await max(new Int16Array([3, -4]))); // 3
 * ```
 */
export function max<T extends AnyArray>(a: T, options: KernelOptions = {}): Promise<Element<T>> {
  return runKernel('max', arrays, options, (call) => extremePlan('max', call, a, options));
}

/** {@link max}, at once, in this thread. */
export function maxSync<T extends AnyArray>(a: T, options: KernelOptions = NONE): Element<T> {
  if (isBareHere(options, a) && a.length > 0) return extremeDoubles(doubles(a), true) as Element<T>;
  return runKernelSync('max', arrays, options, (call) => extremePlan('max', call, a, options));
}

function* extremePlan<T extends AnyArray>(
  kernel: 'min' | 'max',
  call: KernelCall,
  a: T,
  options: KernelOptions,
): Steps<Element<T>> {
  checkNotEmpty(kernel, a, options);
  if (isSearchedHere(a)) return extremeDoubles(doubles(a), kernel === 'max') as Element<T>;
  if (isLooped(a)) return extremePlain(a, kernel === 'max') as Element<T>;
  return (yield* extremeOf(call, a, call.input(a), kernel === 'max' ? 1 : 0)) as Element<T>;
}

function checkNotEmpty(kernel: string, a: AnyArray, options: KernelOptions): void {
  checkOptions(kernel, options);
  checkArray(kernel, 'a', a, ANY);
  if (a.length === 0) throw new RangeError(`Cannot run ${kernel}: "a" has to have elements, came none`);
}

/** The extreme of the elements at `from`, as Math.min and Math.max. */
export function* extremeOf(
  call: KernelCall,
  a: AnyArray,
  from: number,
  highest: 0 | 1,
): Steps<number | bigint> {
  const pieces = blocks(a.length);
  const to = call.scratch(pieces * a.BYTES_PER_ELEMENT);
  yield {
    fn: nameOf('extremes', suffixOf(a)),
    pieces,
    args: [from, a.length, highest, to],
    costNs: a.byteLength / 16,
  };
  const parts = call.view<AnyArray>(typeOf(a), to, pieces);
  const math = highest === 1 ? Math.max : Math.min;
  let best = parts[0];
  for (const part of parts) {
    if (typeof part === 'number') best = math(best as number, part);
    else if (highest === 1 ? part > best : part < best) best = part;
  }
  return best;
}

/**
 * Where the lowest element first comes, or the first NaN; -0 equals 0.
 *
 * @param a - Any typed array with at least one element.
 * @returns Its index.
 * @throws {RangeError} if there are no elements.
 * @complexity O(n)
 * @source min of each block, then a search for it
 * @example
 * ```ts
 * console.log(await argmin(new Float64Array([3, 1, 1]))); // 1
 * ```
 */
export function argmin(a: AnyArray, options: KernelOptions = {}): Promise<number> {
  return runKernel('argmin', arrays, options, (call) => placePlan('argmin', call, a, options));
}

/** {@link argmin}, at once, in this thread. */
export function argminSync(a: AnyArray, options: KernelOptions = NONE): number {
  if (isBareHere(options, a) && a.length > 0) return placeDoubles(doubles(a), false);
  return runKernelSync('argmin', arrays, options, (call) => placePlan('argmin', call, a, options));
}

/**
 * Where the highest element first comes, or the first NaN; -0 equals 0.
 *
 * @param a - Any typed array with at least one element.
 * @returns Its index.
 * @throws {RangeError} if there are no elements.
 * @complexity O(n)
 * @source as argmin
 * @example
 * ```ts
 * console.log(await argmax(new Float64Array([3, 1, 3]))); // 0
 * ```
 */
export function argmax(a: AnyArray, options: KernelOptions = {}): Promise<number> {
  return runKernel('argmax', arrays, options, (call) => placePlan('argmax', call, a, options));
}

/** {@link argmax}, at once, in this thread. */
export function argmaxSync(a: AnyArray, options: KernelOptions = NONE): number {
  if (isBareHere(options, a) && a.length > 0) return placeDoubles(doubles(a), true);
  return runKernelSync('argmax', arrays, options, (call) => placePlan('argmax', call, a, options));
}

function* placePlan(
  kernel: 'argmin' | 'argmax',
  call: KernelCall,
  a: AnyArray,
  options: KernelOptions,
): Steps<number> {
  checkNotEmpty(kernel, a, options);
  const highest = kernel === 'argmax';
  if (isSearchedHere(a)) return placeDoubles(doubles(a), highest);
  if (isLooped(a)) return placePlain(a, highest);
  const pieces = blocks(a.length);
  const to = call.scratch(pieces * a.BYTES_PER_ELEMENT);
  const indices = call.scratch(pieces * 4);
  const args = [call.input(a), a.length, highest ? 1 : 0, to, indices];
  yield { fn: nameOf('places', suffixOf(a)), pieces, args, costNs: a.byteLength / 10 };
  const parts = call.view<AnyArray>(typeOf(a), to, pieces);
  let best = 0;
  for (let i = 0; i < pieces; i++) {
    const part = parts[i];
    if (Number.isNaN(part)) {
      best = i;
      break;
    }
    if (highest ? part > parts[best] : part < parts[best]) best = i;
  }
  return call.view(Uint32Array, indices, pieces)[best];
}
