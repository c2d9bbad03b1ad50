// filter, unique, searchSorted. Kernels: assembly/kernels/arrays/select.ts.

import { BLOCK } from '../../assembly/kernels/arrays/sizes';
import {
  ANY,
  type AnyArray,
  arrayType,
  checkArray,
  checkBigint,
  checkFlag,
  checkName,
  checkNumber,
  checkOptions,
  checkOut,
  checkSameType,
  show,
  typeOf,
} from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import {
  blocks,
  isShared,
  nameOf,
  type OutOptions,
  type Steps,
  suffixOf,
  wrappingSuffixOf,
} from './arrays-common';
import { areBare, doubles, filterDoubles, searchDoubles } from './arrays-doubles';
import type { Element } from './arrays-extremes';
import { isPlain, PLAIN_FILTER, PLAIN_SORT, sortPlain, target, uniquePlain } from './arrays-plain';
import { sortSteps } from './arrays-sort';

/** A comparison for `filter`. */
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** Options of `unique`. */
export interface UniqueOptions extends KernelOptions {
  /** Whether to tell how often each value comes. */
  counts?: boolean;
}

/** Options of `searchSorted`. */
export interface SearchSortedOptions extends KernelOptions {
  /** Which place among equal elements: before them or after them. */
  side?: 'left' | 'right';
}

// Which elements a comparison keeps, in bits: 1 less, 2 equal, 4 greater; 8 turns the answer round.
const KEEP: Record<Comparison, number> = { '<': 1, '<=': 3, '>': 4, '>=': 6, '==': 2, '!=': 10 };
const COMPARE: Record<Comparison, (value: number) => (x: number) => boolean> = {
  '<': (value) => (x) => x < value,
  '<=': (value) => (x) => x <= value,
  '>': (value) => (x) => x > value,
  '>=': (value) => (x) => x >= value,
  '==': (value) => (x) => x === value,
  '!=': (value) => (x) => x !== value,
};
const KEEP_NONE = 0;
const KEEP_ALL = 8;

/**
 * The elements for which the comparison holds, in their order; compared as JavaScript does.
 *
 * @param a - Any typed array.
 * @param op - The comparison.
 * @param value - What elements are compared with: any number; any bigint for 64-bit integers.
 * @returns A new array of the same type.
 * @throws {TypeError} if an argument is of the wrong type.
 * @complexity O(n), two passes
 * @source count a block, then write at the prefix sums, without branches
 * @example
 * ```ts
 * console.log(await filter(new Int32Array([5, 1, 4]), '>', 3.5)); // Int32Array [ 5, 4 ]
 * ```
 */
export function filter<T extends AnyArray>(
  a: T,
  op: Comparison,
  value: Element<T>,
  options: KernelOptions = {},
): Promise<T> {
  return runKernel('filter', arrays, options, (call) => filterPlan(call, a, op, value, options));
}

/** {@link filter}, at once, in this thread. */
export function filterSync<T extends AnyArray>(
  a: T,
  op: Comparison,
  value: Element<T>,
  options: KernelOptions = NONE,
): T {
  if (typeof value === 'number' && Object.hasOwn(KEEP, op) && a.length <= PLAIN_FILTER && areBare(options, a))
    return filterDoubles(doubles(a), KEEP[op], value) as unknown as T;
  return runKernelSync('filter', arrays, options, (call) => filterPlan(call, a, op, value, options));
}

function* filterPlan<T extends AnyArray>(
  call: KernelCall,
  a: T,
  op: Comparison,
  value: unknown,
  options: KernelOptions,
): Steps<T> {
  checkOptions('filter', options);
  checkArray('filter', 'a', a, ANY);
  let keep = KEEP[checkName('filter', 'op', op, Object.keys(KEEP) as Comparison[])];
  let scalar: number[];
  const name = arrayType(a)!;
  if (name.startsWith('Big')) {
    const wanted = checkBigint('filter', 'value', value);
    const [low, high] = name === 'BigInt64Array' ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
    // All elements are less than what lies above the type's range, and greater than what lies below.
    if (wanted > high) keep = keep & 1 || keep & 8 ? KEEP_ALL : KEEP_NONE;
    else if (wanted < low) keep = keep & 4 || keep & 8 ? KEEP_ALL : KEEP_NONE;
    const bits = BigInt.asUintN(64, wanted);
    scalar = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
  } else {
    scalar = [checkNumber('filter', 'value', value)];
  }
  if (isPlain(PLAIN_FILTER / 2, a)) return a.filter(COMPARE[op](value as never) as never) as unknown as T;
  const type = suffixOf(a);
  const from = call.input(a);
  const pieces = blocks(a.length);
  const starts = call.scratch((pieces + 1) * 4);
  const costNs = a.length * 3.5;
  yield { fn: nameOf('count_kept', type), pieces, args: [from, a.length, keep, ...scalar, starts], costNs };
  const length = countsToStarts(call.view(Uint32Array, starts, pieces + 1));
  const to = call.output(typeOf(a), length);
  const args = [from, a.length, keep, ...scalar, starts, to.address];
  yield { fn: nameOf('write_kept', type), pieces: length === 0 ? 0 : pieces, args, costNs };
  return to.finish();
}

/** Counts become starts, the last their total, which is returned. */
function countsToStarts(counts: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = total;
    if (i < counts.length - 1) total += count;
  }
  return total;
}

/**
 * The different elements, ascending: one NaN, last; one zero, +0.
 *
 * @param a - Any typed array.
 * @param options - `counts`: whether to tell how often each value comes.
 * @returns A new array of the same type; with `counts`, `{ values, counts }`.
 * @throws {TypeError} if an argument is of the wrong type.
 * @complexity O(n log n)
 * @source sort, then a pass over neighbours
 * @example
 * ```ts
 * console.log(await unique(new Uint8Array([3, 1, 3]))); // Uint8Array [ 1, 3 ]
 * ```
 */
export function unique<T extends AnyArray>(
  a: T,
  options: UniqueOptions & { counts: true },
): Promise<{ values: T; counts: Uint32Array }>;
export function unique<T extends AnyArray>(a: T, options?: UniqueOptions & { counts?: false }): Promise<T>;
export function unique<T extends AnyArray>(
  a: T,
  options: UniqueOptions = {},
): Promise<T | { values: T; counts: Uint32Array }> {
  return runKernel('unique', arrays, options, (call) => uniquePlan(call, a, options));
}

/** {@link unique}, at once, in this thread. */
export function uniqueSync<T extends AnyArray>(
  a: T,
  options: UniqueOptions & { counts: true },
): { values: T; counts: Uint32Array };
export function uniqueSync<T extends AnyArray>(a: T, options?: UniqueOptions & { counts?: false }): T;
export function uniqueSync<T extends AnyArray>(
  a: T,
  options: UniqueOptions = {},
): T | { values: T; counts: Uint32Array } {
  return runKernelSync('unique', arrays, options, (call) => uniquePlan(call, a, options));
}

function* uniquePlan<T extends AnyArray>(
  call: KernelCall,
  a: T,
  options: UniqueOptions,
): Steps<T | { values: T; counts: Uint32Array }> {
  checkOptions('unique', options);
  checkArray('unique', 'a', a, ANY);
  const withCounts = checkFlag('unique', 'counts', options.counts, false);
  if (isPlain(PLAIN_SORT, a)) {
    const values = a.slice() as T;
    sortPlain(values, false);
    const counts = withCounts ? new Uint32Array(a.length) : undefined;
    const length = uniquePlain(values, counts);
    const kept = values.slice(0, length) as T;
    return counts === undefined ? kept : { values: kept, counts: counts.slice(0, length) };
  }
  const sorted = call.scratch(a.byteLength);
  if (a.length > 0) yield* sortSteps(call, a, call.input(a), sorted, 0);
  const type = wrappingSuffixOf(a);
  const pieces = blocks(a.length);
  const starts = call.scratch((pieces + 1) * 4);
  yield { fn: nameOf('count_new', type), pieces, args: [sorted, a.length, starts], costNs: a.length };
  const length = countsToStarts(call.view(Uint32Array, starts, pieces + 1));
  const values = call.output(typeOf(a), length);
  const runs = withCounts ? call.scratch(length * 4) : 0;
  yield {
    fn: nameOf('write_new', type),
    pieces,
    args: [sorted, a.length, starts, values.address, runs],
    costNs: a.length,
  };
  if (!withCounts) return values.finish();
  const counts = call.view(Uint32Array, runs, length).slice();
  for (let i = 0; i < length; i++) counts[i] = (i + 1 < length ? counts[i + 1] : a.length) - counts[i];
  return { values: values.finish(), counts };
}

/**
 * Where values would go in a sorted array so that it stays sorted: NaN last, -0 equals 0.
 *
 * @param sorted - Any typed array, ascending; if it is not, the places are any of 0 … n.
 * @param values - An array of the same type, or one number (a bigint for 64-bit integers).
 * @param options - `side`: before (`left`) or after (`right`) equal elements; `out`: where an array's places go.
 * @returns A Uint32Array (or `out`); a number for one value.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(m log n) for m values
 * @source branchless binary search, eight side by side
 * @example
 * ```ts
 * console.log(await searchSorted(new Int32Array([1, 3, 3, 5]), 3, { side: 'right' })); // 3
 * ```
 */
export function searchSorted<T extends AnyArray>(
  sorted: T,
  values: T,
  options?: SearchSortedOptions & OutOptions<Uint32Array>,
): Promise<Uint32Array>;
export function searchSorted<T extends AnyArray>(
  sorted: T,
  values: Element<T>,
  options?: SearchSortedOptions,
): Promise<number>;
export function searchSorted<T extends AnyArray>(
  sorted: T,
  values: T | Element<T>,
  options: SearchSortedOptions & OutOptions<Uint32Array> = {},
): Promise<Uint32Array | number> {
  return runKernel('searchSorted', arrays, options, (call) => searchPlan(call, sorted, values, options));
}

/** {@link searchSorted}, at once, in this thread. */
export function searchSortedSync<T extends AnyArray>(
  sorted: T,
  values: T,
  options?: SearchSortedOptions & OutOptions<Uint32Array>,
): Uint32Array;
export function searchSortedSync<T extends AnyArray>(
  sorted: T,
  values: Element<T>,
  options?: SearchSortedOptions,
): number;
export function searchSortedSync<T extends AnyArray>(
  sorted: T,
  values: T | Element<T>,
  options: SearchSortedOptions & OutOptions<Uint32Array> = NONE,
): Uint32Array | number {
  if (arrayType(values) !== undefined && (values as T).length <= PLAIN_SORT && areBare(options, sorted)) {
    const array = values as unknown as Float64Array;
    if (areBare(options, array)) return searchAll(doubles(sorted), array);
  }
  return runKernelSync('searchSorted', arrays, options, (call) => searchPlan(call, sorted, values, options));
}

function* searchPlan<T extends AnyArray>(
  call: KernelCall,
  sorted: T,
  values: unknown,
  options: SearchSortedOptions & OutOptions<Uint32Array>,
): Steps<Uint32Array | number> {
  checkOptions('searchSorted', options);
  checkArray('searchSorted', 'sorted', sorted, ANY);
  const side = checkName('searchSorted', 'side', options.side === undefined ? 'left' : options.side, [
    'left',
    'right',
  ] as const);
  if (arrayType(values) === undefined) {
    const isBig = arrayType(sorted)!.startsWith('Big');
    if (typeof values === 'object' || typeof values === 'undefined') {
      throw new TypeError(
        `Cannot run searchSorted: "values" has to be of the type ${arrayType(sorted)} or one value, came ${show(values)}`,
      );
    }
    const value = isBig
      ? checkBigint('searchSorted', 'values', values)
      : checkNumber('searchSorted', 'values', values);
    return searchOne(sorted, value, side === 'right');
  }
  const array = checkSameType('searchSorted', 'values', values as T, sorted);
  const inputs = { sorted, values: array };
  const out = checkOut('searchSorted', options.out, Uint32Array, array.length, { inputs });
  if (isPlain(PLAIN_SORT, array, undefined, out) && !isShared(sorted)) {
    const places = target(Uint32Array, array.length, out);
    for (let i = 0; i < places.length; i++) places[i] = searchOne(sorted, array[i], side === 'right');
    return places;
  }
  const to = call.output(Uint32Array, array.length, out);
  const right = side === 'right' ? 1 : 0;
  yield {
    fn: nameOf('search', suffixOf(sorted)),
    pieces: Math.ceil(array.length / BLOCK),
    args: [call.input(sorted), sorted.length, call.input(array), array.length, right, to.address],
    costNs: array.length * 4 * Math.log2(sorted.length + 2),
  };
  return to.finish();
}

/** The places before equal elements of a few doubles. */
function searchAll(sorted: Float64Array, values: Float64Array): Uint32Array {
  const places = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    places[i] = Number.isNaN(value) ? searchOne(sorted, value, false) : searchDoubles(sorted, value, false);
  }
  return places;
}

/** The place of one value, found here: it takes a handful of looks. */
function searchOne(sorted: AnyArray, value: number | bigint, right: boolean): number {
  if (sorted instanceof Float64Array && typeof value === 'number' && !Number.isNaN(value))
    return searchDoubles(sorted, value, right);
  const isBefore = (x: number | bigint, y: number | bigint) => x < y || (Number.isNaN(y) && !Number.isNaN(x));
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (right ? !isBefore(value, sorted[middle]) : isBefore(sorted[middle], value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
