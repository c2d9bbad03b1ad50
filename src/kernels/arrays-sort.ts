// sort and argsort. Elements of 32 and 64 bits: parallel sample sort whose buckets are radix-sorted in the cache
// (assembly/kernels/arrays/sort); of 8 and 16 bits: counted.

import {
  SORT_BUCKET,
  SORT_BUCKETS_MAX,
  SORT_OVERSAMPLE,
  SORT_PIECE,
  SORT_SMALL,
} from '../../assembly/kernels/arrays/sizes';
import type { TypedArray } from '../heap/views';
import { ANY, type AnyArray, checkArray, checkFlag, checkOptions, checkOut, typeOf } from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import { inPlace, nameOf, type OutOptions, type Steps, suffixOf } from './arrays-common';
import { areBare } from './arrays-doubles';
import { argsortPlain, isPlain, PLAIN_ARGSORT, PLAIN_SORT, sortPlain, target } from './arrays-plain';

/** Options of `sort` and `argsort`. */
export interface SortOptions extends KernelOptions {
  /** Whether the order is the exact reverse. */
  descending?: boolean;
}

/** Both orders' flags of a piece (assembly/kernels/arrays/sort/partition.ts). */
const ASCENDING = 1;
const DESCENDING = 2;

/**
 * The elements in ascending order: -0 before +0, NaN last.
 *
 * @param a - Any typed array; it is not changed, unless it is `out`.
 * @param options - `descending`: the exact reverse order; `out`: where the result goes, `a` allowed.
 * @returns A new array, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @throws {OutOfMemoryError} if there is no room for twice the array.
 * @complexity O(n) of 8 and 16 bits, else O(n log n)
 * @source super scalar sample sort (Sanders and Winkel 2004), radix sort of the buckets; counting for 8 and 16 bits
 * @example
 * ```ts
 * console.log(await sort(new Float64Array([3, 1, 2]))); // Float64Array [ 1, 2, 3 ]
 * ```
 */
export function sort<T extends AnyArray>(a: T, options: SortOptions & OutOptions<T> = {}): Promise<T> {
  return runKernel('sort', arrays, options, (call) => sortPlan(call, a, options));
}

/** {@link sort}, at once, in this thread. */
export function sortSync<T extends AnyArray>(a: T, options: SortOptions & OutOptions<T> = NONE): T {
  if (a.length <= PLAIN_SORT && areBare(options, a)) return a.slice().sort() as T;
  return runKernelSync('sort', arrays, options, (call) => sortPlan(call, a, options));
}

/**
 * The indices that would sort the array, equal elements in the order of their indices.
 *
 * @param a - Any typed array.
 * @param options - `descending`: the reverse order of values, still stable; `out`: where the result goes.
 * @returns A Uint32Array, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n log n)
 * @source sort with indices as payload
 * @example
 * ```ts
 * console.log(await argsort(new Float64Array([3, 1, 2]))); // Uint32Array [ 1, 2, 0 ]
 * ```
 */
export function argsort(
  a: AnyArray,
  options: SortOptions & OutOptions<Uint32Array> = {},
): Promise<Uint32Array> {
  return runKernel('argsort', arrays, options, (call) => argsortPlan(call, a, options));
}

/** {@link argsort}, at once, in this thread. */
export function argsortSync(a: AnyArray, options: SortOptions & OutOptions<Uint32Array> = {}): Uint32Array {
  return runKernelSync('argsort', arrays, options, (call) => argsortPlan(call, a, options));
}

function* sortPlan<T extends AnyArray>(
  call: KernelCall,
  a: T,
  options: SortOptions & OutOptions<T>,
): Steps<T> {
  checkOptions('sort', options);
  checkArray('sort', 'a', a, ANY);
  const down = checkFlag('sort', 'descending', options.descending, false) ? 1 : 0;
  const out = checkOut('sort', options.out, typeOf(a), a.length, { inputs: { a }, inPlace: true });
  if (isPlain(PLAIN_SORT, a, undefined, out)) {
    const result = target(typeOf(a), a.length, out);
    (result.set as (from: TypedArray) => void)(a);
    sortPlain(result, down === 1);
    return result;
  }
  const to = call.output(typeOf(a), a.length, out);
  const from = inPlace(call, a, to, out);
  if (a.length > 0) yield* sortSteps(call, a, from, to.address, down);
  return to.finish();
}

/** Sorts the elements at `from` to `to`, which may be the same place. */
export function* sortSteps(
  call: KernelCall,
  a: AnyArray,
  from: number,
  to: number,
  down: number,
): Steps<void> {
  const type = suffixOf(a);
  const { length, BYTES_PER_ELEMENT: size } = a;
  if (size <= 2) return yield* countingSort(call, a, from, to, down);
  const order = yield* surveyOrder(type, call, from, length, down);
  if (order === ASCENDING) {
    if (from !== to) copy(call, from, to, length * size);
    return;
  }
  const keys = call.scratch(length * size);
  if (order === DESCENDING) {
    const piece = pieceOf(length);
    const pieces = Math.ceil(length / piece);
    yield { fn: nameOf('reverse', size * 8), pieces, args: [from, length, piece, keys], costNs: length };
    copy(call, keys, to, length * size);
    return;
  }
  const { last, starts, buckets, costNs } = yield* partition(call, type, size, from, length, down, keys, 0);
  yield [last, { fn: nameOf('sort_buckets', type), pieces: buckets, args: [keys, starts, down, to], costNs }];
}

function* argsortPlan(
  call: KernelCall,
  a: AnyArray,
  options: SortOptions & OutOptions<Uint32Array>,
): Steps<Uint32Array> {
  checkOptions('argsort', options);
  checkArray('argsort', 'a', a, ANY);
  const down = checkFlag('argsort', 'descending', options.descending, false) ? 1 : 0;
  const { length } = a;
  const out = checkOut('argsort', options.out, Uint32Array, length, { inputs: { a } });
  if (isPlain(PLAIN_ARGSORT, a, undefined, out)) {
    const indices = target(Uint32Array, length, out);
    argsortPlain(a, down === 1, indices);
    return indices;
  }
  const to = call.output(Uint32Array, length, out);
  if (length === 0) return to.finish();
  let type: string = suffixOf(a);
  let from = call.input(a);
  if (a.BYTES_PER_ELEMENT <= 2) {
    // Small types are sorted as the 32-bit type that holds them.
    const wide = call.scratch(length * 4);
    const piece = pieceOf(length);
    yield {
      fn: nameOf('widen', type),
      pieces: Math.ceil(length / piece),
      args: [from, length, piece, wide],
      costNs: length,
    };
    from = wide;
    type = type[0] === 'i' ? 'i32' : 'u32';
  }
  const size = type.endsWith('64') ? 8 : 4;
  const keys = call.scratch(length * size);
  const spare = call.scratch(length * size);
  const indices = call.scratch(length * 4);
  const parts = yield* partition(call, type, size, from, length, down, keys, indices);
  yield [
    parts.last,
    {
      fn: nameOf('argsort_buckets', size * 8),
      pieces: parts.buckets,
      args: [keys, indices, parts.starts, spare, to.address],
      costNs: parts.costNs * 1.5,
    },
  ];
  return to.finish();
}

/** Elements of a piece of a partition: so many that the tables of counts stay small. */
function pieceOf(length: number): number {
  return Math.max(SORT_PIECE, Math.ceil(length / 256));
}

function copy(call: KernelCall, from: number, to: number, bytes: number): void {
  call.view(Uint8Array, to, bytes).set(call.view(Uint8Array, from, bytes));
}

/** ASCENDING, DESCENDING (strictly) or 0. Pieces stop at the first element that is out of order. */
function* surveyOrder(
  type: string,
  call: KernelCall,
  from: number,
  length: number,
  down: number,
): Steps<number> {
  const piece = pieceOf(length);
  const pieces = Math.ceil(length / piece);
  const flags = call.scratch(pieces);
  // A first look at the start spares unsorted arrays the pieces.
  const probe = Math.min(length, 1024);
  yield { fn: nameOf('sort_survey', type), pieces: 1, args: [from, probe, probe, down, flags], costNs: 1000 };
  const seen = call.view(Uint8Array, flags, pieces);
  if (seen[0] === 0 || probe === length) return seen[0] & ASCENDING || seen[0];
  yield { fn: nameOf('sort_survey', type), pieces, args: [from, length, piece, down, flags], costNs: length };
  const order = seen.reduce((all, flag) => all & flag, ASCENDING | DESCENDING);
  return order & ASCENDING || order;
}

/**
 * Writes the elements' keys, in buckets, to `keys` (and their indices to `indices`, if that is not 0), but for the
 * `last` phase of that, which the caller yields with its own; the buckets' starts are u32 at `starts`.
 */
function* partition(
  call: KernelCall,
  type: string,
  size: number,
  from: number,
  length: number,
  down: number,
  keys: number,
  indices: number,
): Steps<{ last: Phase; starts: number; buckets: number; costNs: number }> {
  const costNs = length * 8;
  if (length <= SORT_SMALL) {
    const starts = call.scratch(8);
    call.view(Uint32Array, starts, 2).set([0, length]);
    const last = {
      fn: nameOf('sort_keys', type),
      pieces: 1,
      args: [from, length, length, down, keys, indices],
      costNs: length,
    };
    return { last, starts, buckets: 1, costNs: length * 20 };
  }
  const buckets = Math.min(SORT_BUCKETS_MAX, 2 ** Math.ceil(Math.log2(length / SORT_BUCKET)));
  const piece = pieceOf(length);
  const pieces = Math.ceil(length / piece);
  const tree = call.scratch(buckets * size);
  const ids = call.scratch(length * 2);
  const counts = call.scratch(pieces * buckets * 4);
  const starts = call.scratch((buckets + 1) * 4);
  yield [
    {
      fn: nameOf('sort_splitters', type),
      pieces: 1,
      args: [from, length, buckets, SORT_OVERSAMPLE, down, tree],
      costNs: buckets * SORT_OVERSAMPLE * 20,
    },
    {
      fn: nameOf('sort_classify', type),
      pieces,
      args: [from, length, piece, down, tree, buckets, ids, counts],
      costNs: length * 3,
    },
  ];
  // Counts become places: bucket by bucket, within it piece by piece.
  const table = call.view(Uint32Array, counts, pieces * buckets);
  const first = call.view(Uint32Array, starts, buckets + 1);
  let place = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    first[bucket] = place;
    for (let at = bucket; at < table.length; at += buckets) {
      const count = table[at];
      table[at] = place;
      place += count;
    }
  }
  first[buckets] = place;
  const last = {
    fn: nameOf('sort_scatter', type),
    pieces,
    args: [from, length, piece, down, buckets, ids, counts, keys, indices],
    costNs: length * 3,
  };
  return { last, starts, buckets, costNs };
}

/** Sorts elements of 8 or 16 bits: how often each value comes says where it stands. */
function* countingSort(call: KernelCall, a: AnyArray, from: number, to: number, down: number): Steps<void> {
  const { length, BYTES_PER_ELEMENT: size } = a;
  const type = suffixOf(a);
  const values = 2 ** (size * 8);
  const piece = Math.max(SORT_PIECE, values * 4, Math.ceil(length / 64));
  const pieces = Math.ceil(length / piece);
  const counts = call.scratch(pieces * values * 4);
  yield {
    fn: nameOf('count', type),
    pieces,
    args: [from, length, piece, counts],
    costNs: length + pieces * values,
  };
  const table = call.view(Uint32Array, counts, pieces * values);
  // Starts of the values' runs, in order of keys; the first row of the table is overwritten with them.
  const starts = call.scratch((values + 1) * 4);
  const first = call.view(Uint32Array, starts, values + 1);
  let place = 0;
  for (let rank = 0; rank < values; rank++) {
    const value = down === 1 ? values - 1 - rank : rank;
    first[rank] = place;
    for (let at = value; at < table.length; at += values) place += table[at];
  }
  first[values] = place;
  yield { fn: nameOf('runs', type), pieces, args: [starts, length, piece, down, to], costNs: length };
}
