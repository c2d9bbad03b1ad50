// Exported steps of `sort` and `argsort` for 32- and 64-bit elements. `down` is 1 for the reverse order.

import { __mh_reset } from "rt/stub";
import { keyAt, putKey } from "./keys";
import { COUNTERS_BYTES, sortLocal } from "./local";
import { classify, scatter, splitters, survey } from "./partition";

/** Sorts the buckets begin … end - 1 of `keys`, whose starts are at `starts` (u32, one more than buckets), to `to`. */
function sortBuckets<S, K>(begin: i32, end: i32, keys: usize, starts: usize, flip: K, to: usize): void {
  __mh_reset();
  const counters = heap.alloc(COUNTERS_BYTES);
  for (let bucket = begin; bucket < end; bucket++) {
    const first = <usize>load<u32>(starts + (<usize>bucket << 2));
    const n = load<u32>(starts + (<usize>bucket << 2), 4) - <u32>first;
    if (n == 0) continue;
    const out = to + (first << alignof<K>());
    sortLocal<K, u8>(keys + (first << alignof<K>()), out, 0, 0, n, counters);
    if (!isFloat<S>() && !isSigned<S>() && flip == 0) continue;
    for (let at = out, stop = out + (<usize>n << alignof<K>()); at < stop; at += sizeof<K>()) {
      putKey<S, K>(at, load<K>(at), flip);
    }
  }
  __mh_reset();
}

/** Sorts the buckets' keys and indices; the indices go to `to`, the keys are left in `spare`. */
function argsortBuckets<K>(
  begin: i32, end: i32, keys: usize, indices: usize, starts: usize, spare: usize, to: usize,
): void {
  __mh_reset();
  const counters = heap.alloc(COUNTERS_BYTES);
  for (let bucket = begin; bucket < end; bucket++) {
    const first = <usize>load<u32>(starts + (<usize>bucket << 2));
    const n = load<u32>(starts + (<usize>bucket << 2), 4) - <u32>first;
    if (n == 0) continue;
    sortLocal<K, u32>(
      keys + (first << alignof<K>()), spare + (first << alignof<K>()), indices + (first << 2), to + (first << 2), n, counters,
    );
  }
  __mh_reset();
}

/** Writes the keys, and if `indices` is not 0 the numbers 0, 1, 2, … */
function keysOf<S, K>(begin: i32, end: i32, from: usize, length: u32, piece: u32, flip: K, keys: usize, indices: usize): void {
  const last = min<u32>(<u32>end * piece, length);
  for (let i = <u32>begin * piece; i < last; i++) {
    store<K>(keys + (<usize>i << alignof<K>()), keyAt<S, K>(from + <usize>i * sizeof<S>(), flip));
    if (indices != 0) store<u32>(indices + (<usize>i << 2), i);
  }
}

/** The elements of the pieces in reverse. */
function reverse<K>(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  const last = min<u32>(<u32>end * piece, length);
  for (let i = <u32>begin * piece; i < last; i++) {
    store<K>(to + (<usize>i << alignof<K>()), load<K>(from + (<usize>(length - 1 - i) << alignof<K>())));
  }
}

export function reverse_32(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  reverse<u32>(begin, end, from, length, piece, to);
}
export function reverse_64(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  reverse<u64>(begin, end, from, length, piece, to);
}

export function argsort_buckets_32(
  begin: i32, end: i32, keys: usize, indices: usize, starts: usize, spare: usize, to: usize,
): void {
  argsortBuckets<u32>(begin, end, keys, indices, starts, spare, to);
}
export function argsort_buckets_64(
  begin: i32, end: i32, keys: usize, indices: usize, starts: usize, spare: usize, to: usize,
): void {
  argsortBuckets<u64>(begin, end, keys, indices, starts, spare, to);
}

// f64
export function sort_survey_f64(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<f64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), flags);
}
export function sort_keys_f64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<f64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), keys, indices);
}
export function sort_splitters_f64(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<f64, u64>(from, length, size, oversample, <u64>(-<i64>down), tree);
}
export function sort_classify_f64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<f64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), tree, buckets, ids, counts);
}
export function sort_scatter_f64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<f64, u64, u8>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, 0);
  else scatter<f64, u64, u32>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, indices);
}
export function sort_buckets_f64(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<f64, u64>(begin, end, keys, starts, <u64>(-<i64>down), to);
}

// i64
export function sort_survey_i64(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<i64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), flags);
}
export function sort_keys_i64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<i64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), keys, indices);
}
export function sort_splitters_i64(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<i64, u64>(from, length, size, oversample, <u64>(-<i64>down), tree);
}
export function sort_classify_i64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<i64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), tree, buckets, ids, counts);
}
export function sort_scatter_i64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<i64, u64, u8>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, 0);
  else scatter<i64, u64, u32>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, indices);
}
export function sort_buckets_i64(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<i64, u64>(begin, end, keys, starts, <u64>(-<i64>down), to);
}

// u64
export function sort_survey_u64(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<u64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), flags);
}
export function sort_keys_u64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<u64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), keys, indices);
}
export function sort_splitters_u64(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<u64, u64>(from, length, size, oversample, <u64>(-<i64>down), tree);
}
export function sort_classify_u64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<u64, u64>(begin, end, from, length, piece, <u64>(-<i64>down), tree, buckets, ids, counts);
}
export function sort_scatter_u64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<u64, u64, u8>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, 0);
  else scatter<u64, u64, u32>(begin, end, from, length, piece, <u64>(-<i64>down), buckets, ids, places, keys, indices);
}
export function sort_buckets_u64(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<u64, u64>(begin, end, keys, starts, <u64>(-<i64>down), to);
}

// f32
export function sort_survey_f32(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<f32, u32>(begin, end, from, length, piece, <u32>(-down), flags);
}
export function sort_keys_f32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<f32, u32>(begin, end, from, length, piece, <u32>(-down), keys, indices);
}
export function sort_splitters_f32(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<f32, u32>(from, length, size, oversample, <u32>(-down), tree);
}
export function sort_classify_f32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<f32, u32>(begin, end, from, length, piece, <u32>(-down), tree, buckets, ids, counts);
}
export function sort_scatter_f32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<f32, u32, u8>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, 0);
  else scatter<f32, u32, u32>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, indices);
}
export function sort_buckets_f32(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<f32, u32>(begin, end, keys, starts, <u32>(-down), to);
}

// i32
export function sort_survey_i32(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<i32, u32>(begin, end, from, length, piece, <u32>(-down), flags);
}
export function sort_keys_i32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<i32, u32>(begin, end, from, length, piece, <u32>(-down), keys, indices);
}
export function sort_splitters_i32(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<i32, u32>(from, length, size, oversample, <u32>(-down), tree);
}
export function sort_classify_i32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<i32, u32>(begin, end, from, length, piece, <u32>(-down), tree, buckets, ids, counts);
}
export function sort_scatter_i32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<i32, u32, u8>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, 0);
  else scatter<i32, u32, u32>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, indices);
}
export function sort_buckets_i32(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<i32, u32>(begin, end, keys, starts, <u32>(-down), to);
}

// u32
export function sort_survey_u32(begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, flags: usize): void {
  survey<u32, u32>(begin, end, from, length, piece, <u32>(-down), flags);
}
export function sort_keys_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, keys: usize, indices: usize,
): void {
  keysOf<u32, u32>(begin, end, from, length, piece, <u32>(-down), keys, indices);
}
export function sort_splitters_u32(
  begin: i32, end: i32, from: usize, length: u32, size: u32, oversample: u32, down: i32, tree: usize,
): void {
  splitters<u32, u32>(from, length, size, oversample, <u32>(-down), tree);
}
export function sort_classify_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  classify<u32, u32>(begin, end, from, length, piece, <u32>(-down), tree, buckets, ids, counts);
}
export function sort_scatter_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, down: i32, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  if (indices == 0) scatter<u32, u32, u8>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, 0);
  else scatter<u32, u32, u32>(begin, end, from, length, piece, <u32>(-down), buckets, ids, places, keys, indices);
}
export function sort_buckets_u32(begin: i32, end: i32, keys: usize, starts: usize, down: i32, to: usize): void {
  sortBuckets<u32, u32>(begin, end, keys, starts, <u32>(-down), to);
}
