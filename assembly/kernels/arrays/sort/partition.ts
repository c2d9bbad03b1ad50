// Parallel sample sort: the steps before the buckets are sorted. A sample gives splitters; each piece of the input
// finds its elements' buckets and counts them; the plan adds the counts up to places; each piece moves its
// elements' keys there, in order. Source: super scalar sample sort (Sanders and Winkel 2004): a branch-free tree of
// splitters, bucket numbers remembered between the two passes; keys that fill a bucket alone get one of their own.

import { __mh_reset } from "rt/stub";
import { keyAt } from "./keys";
import { COUNTERS_BYTES, sortLocal } from "./local";

/** The pieces whose elements are all in order (each ≥ the one before) and all in reverse order (each < …). */
export const ASCENDING: u8 = 1;
export const DESCENDING: u8 = 2;

/** Looks whether pieces of `piece` elements are in order already, from the element before them on. */
export function survey<S, K>(begin: i32, end: i32, from: usize, length: u32, piece: u32, flip: K, flags: usize): void {
  for (let block = begin; block < end; block++) {
    const first = max<u32>(<u32>block * piece, 1);
    const last = min<u32>((<u32>block + 1) * piece, length);
    let seen: u8 = ASCENDING | DESCENDING;
    let before = keyAt<S, K>(from + <usize>(first - 1) * sizeof<S>(), flip);
    for (let i = first; i < last && seen != 0; i++) {
      const key = keyAt<S, K>(from + <usize>i * sizeof<S>(), flip);
      seen &= key >= before ? ASCENDING : DESCENDING;
      before = key;
    }
    store<u8>(flags + block, seen);
  }
}

/**
 * Chooses `size` - 1 splitters, a power of two less one, by a sample of size × oversample elements, and writes them
 * as a tree in the order of a heap (children of i at 2 i and 2 i + 1) from entry 1 on. A splitter
 * that comes again stands as s + 1, so that only s lies in the bucket between; the rest is the highest key.
 */
export function splitters<S, K>(from: usize, length: u32, size: u32, oversample: u32, flip: K, tree: usize): void {
  const SHIFT = alignof<K>();
  __mh_reset();
  const count = size * oversample;
  const sample = heap.alloc(<usize>count << SHIFT);
  const sorted = heap.alloc(<usize>count << SHIFT);
  const list = heap.alloc(<usize>size << SHIFT);
  const stride = length / count;
  // A fixed pseudo-random place in each stride (Weyl sequence), so that no regular pattern hides.
  let weyl: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    weyl += 0x9e3779b9;
    const at = i * stride + <u32>((<u64>weyl * stride) >> 32);
    store<K>(sample + (<usize>i << SHIFT), keyAt<S, K>(from + <usize>at * sizeof<S>(), flip));
  }
  sortLocal<K, u8>(sample, sorted, 0, 0, count, heap.alloc(COUNTERS_BYTES));
  let used: u32 = 0;
  let last: K = 0;
  for (let i: u32 = 1; i < size; i++) {
    const key = load<K>(sorted + (<usize>(i * oversample) << SHIFT));
    let splitter = key;
    if (used != 0) {
      if (key == last && key != <K>-1) splitter = key + 1;
      else if (key <= last) continue;
    }
    store<K>(list + (<usize>used << SHIFT), splitter);
    used++;
    last = splitter;
  }
  for (; used < size; used++) store<K>(list + (<usize>used << SHIFT), <K>-1);
  fillTree<K>(tree, list, 1, 0, size - 1, size);
  __mh_reset();
}

/** The splitters first … first + count - 1 of the list, as the subtree of `node`. */
function fillTree<K>(tree: usize, list: usize, node: u32, first: u32, count: u32, size: u32): void {
  if (node >= size) return;
  const half = count >> 1;
  store<K>(tree + (<usize>node << alignof<K>()), load<K>(list + (<usize>(first + half) << alignof<K>())));
  fillTree<K>(tree, list, node << 1, first, half, size);
  fillTree<K>(tree, list, (node << 1) | 1, first + half + 1, half, size);
}

/**
 * Writes the bucket of each element (u16), 0 … buckets - 1, and each piece's counts (buckets × u32 at
 * counts + piece × buckets × 4).
 */
export function classify<S, K>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, flip: K, tree: usize, buckets: u32, ids: usize,
  counts: usize,
): void {
  const levels = ctz(buckets);
  for (let block = begin; block < end; block++) {
    const counters = counts + <usize>block * buckets * 4;
    memory.fill(counters, 0, <usize>buckets << 2);
    const last = min<u32>((<u32>block + 1) * piece, length);
    let i = <u32>block * piece;
    for (; i + 4 <= last; i += 4) {
      const at = from + <usize>i * sizeof<S>();
      const k0 = keyAt<S, K>(at, flip);
      const k1 = keyAt<S, K>(at + sizeof<S>(), flip);
      const k2 = keyAt<S, K>(at + 2 * sizeof<S>(), flip);
      const k3 = keyAt<S, K>(at + 3 * sizeof<S>(), flip);
      let b0: u32 = 1, b1: u32 = 1, b2: u32 = 1, b3: u32 = 1;
      for (let level = levels; level > 0; level--) {
        b0 = descend<K>(tree, b0, k0);
        b1 = descend<K>(tree, b1, k1);
        b2 = descend<K>(tree, b2, k2);
        b3 = descend<K>(tree, b3, k3);
      }
      note(ids, i, b0 - buckets, counters);
      note(ids, i + 1, b1 - buckets, counters);
      note(ids, i + 2, b2 - buckets, counters);
      note(ids, i + 3, b3 - buckets, counters);
    }
    for (; i < last; i++) {
      const key = keyAt<S, K>(from + <usize>i * sizeof<S>(), flip);
      let bucket: u32 = 1;
      for (let level = levels; level > 0; level--) bucket = descend<K>(tree, bucket, key);
      note(ids, i, bucket - buckets, counters);
    }
  }
}

// @ts-ignore: decorator
@inline
function descend<K>(tree: usize, node: u32, key: K): u32 {
  return (node << 1) + <u32>(load<K>(tree + (<usize>node << alignof<K>())) <= key);
}

// @ts-ignore: decorator
@inline
function note(ids: usize, i: u32, bucket: u32, counters: usize): void {
  store<u16>(ids + (<usize>i << 1), <u16>bucket);
  const at = counters + (<usize>bucket << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Moves keys (and indices, if P is u32) to the places that `places` (buckets × u32 a piece) tells. */
export function scatter<S, K, P>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, flip: K, buckets: u32, ids: usize, places: usize,
  keys: usize, indices: usize,
): void {
  __mh_reset();
  const next = heap.alloc(<usize>buckets << 2);
  for (let block = begin; block < end; block++) {
    memory.copy(next, places + <usize>block * buckets * 4, <usize>buckets << 2);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const at = next + (<usize>load<u16>(ids + (<usize>i << 1)) << 2);
      const to = load<u32>(at);
      store<u32>(at, to + 1);
      store<K>(keys + (<usize>to << alignof<K>()), keyAt<S, K>(from + <usize>i * sizeof<S>(), flip));
      if (sizeof<P>() == 4) store<u32>(indices + (<usize>to << 2), i);
    }
  }
  __mh_reset();
}
