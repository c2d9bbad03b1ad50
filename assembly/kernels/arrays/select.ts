// filter, unique, searchSorted. What is kept is counted for each block first; the plan adds up where each block's
// elements go; a second pass writes them there, never beyond its count.

import { BLOCK } from "./sizes";

// Which comparisons keep an element is told by bits: 1 less, 2 equal, 4 greater; 8 turns the answer round.

/** 1 if the element is kept. */
// @ts-ignore: decorator
@inline
function kept<V>(x: V, value: V, keep: u32): u32 {
  return ((<u32>(x < value) & keep) | (<u32>(x == value) & (keep >> 1)) | (<u32>(x > value) & (keep >> 2))) ^ (keep >> 3);
}

/** Counts the elements of each block (BLOCK) that are kept, u32. `V` is what both sides are compared as. */
function countKept<T, V>(begin: i32, end: i32, from: usize, length: u32, keep: u32, value: V, counts: usize): void {
  for (let block = begin; block < end; block++) {
    const last = min<u32>((<u32>block + 1) * BLOCK, length);
    let count: u32 = 0;
    for (let i = <u32>block * BLOCK; i < last; i++) {
      count += kept<V>(<V>load<T>(from + <usize>i * sizeof<T>()), value, keep);
    }
    store<u32>(counts + (<usize>block << 2), count);
  }
}

/** Writes them, in order, to the places `starts` … (u32, one more than blocks). */
function writeKept<T, V>(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: V, starts: usize, to: usize,
): void {
  for (let block = begin; block < end; block++) {
    let at = to + <usize>load<u32>(starts + (<usize>block << 2)) * sizeof<T>();
    const stop = to + <usize>load<u32>(starts + (<usize>block << 2), 4) * sizeof<T>();
    for (let i = <u32>block * BLOCK; at < stop; i++) {
      const x = load<T>(from + <usize>i * sizeof<T>());
      store<T>(at, x);
      at += <usize>kept<V>(<V>x, value, keep) * sizeof<T>();
    }
  }
}

/** Whether the i-th of the sorted elements is another than the one before it: zeros are one, NaNs are one. */
// @ts-ignore: decorator
@inline
function isNew<T>(from: usize, i: u32): bool {
  if (i == 0) return true;
  const at = from + <usize>i * sizeof<T>();
  const x = load<T>(at);
  const before = load<T>(at - sizeof<T>());
  return x != before && (x == x || before == before);
}

function countNew<T>(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  for (let block = begin; block < end; block++) {
    const last = min<u32>((<u32>block + 1) * BLOCK, length);
    let count: u32 = 0;
    for (let i = <u32>block * BLOCK; i < last; i++) count += <u32>isNew<T>(from, i);
    store<u32>(counts + (<usize>block << 2), count);
  }
}

/** Writes each run's value to `to`, and where it begins (u32) to `runs` if that is not 0. */
function writeNew<T>(begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize): void {
  for (let block = begin; block < end; block++) {
    let place = load<u32>(starts + (<usize>block << 2));
    const last = min<u32>((<u32>block + 1) * BLOCK, length);
    for (let i = <u32>block * BLOCK; i < last; i++) {
      if (!isNew<T>(from, i)) continue;
      const x = load<T>(from + <usize>i * sizeof<T>());
      // Adding nothing makes +0 of -0.
      store<T>(to + <usize>place * sizeof<T>(), isFloat<T>() ? <T>(x + <T>0) : x);
      if (runs != 0) store<u32>(runs + (<usize>place << 2), i);
      place++;
    }
  }
}

/** Whether x comes before y: NaN last, -0 equals 0. */
// @ts-ignore: decorator
@inline
function isBefore<T>(x: T, y: T): bool {
  if (isFloat<T>()) return x < y || (y != y && x == x);
  return x < y;
}

/** The step of a search: the place to go on from, which is `half` further if the last element before it is passed. */
// @ts-ignore: decorator
@inline
function step<T>(place: usize, half: usize, value: T, right: bool): usize {
  const x = load<T>(place + (half - 1) * sizeof<T>());
  return select<usize>(place + half * sizeof<T>(), place, (x < value) | (right & (x == value)));
}

/**
 * The same as {@link search} for 8 values of 32 or 64 bits at once, none of them NaN: the searches take the same steps, and what one of
 * them waits for from the memory does not hold up the others.
 */
function searchEight<T>(sorted: usize, length: u32, values: usize, right: bool, to: usize): void {
  const v0 = load<T>(values), v1 = load<T>(values, sizeof<T>());
  const v2 = load<T>(values, 2 * sizeof<T>()), v3 = load<T>(values, 3 * sizeof<T>());
  const v4 = load<T>(values, 4 * sizeof<T>()), v5 = load<T>(values, 5 * sizeof<T>());
  const v6 = load<T>(values, 6 * sizeof<T>()), v7 = load<T>(values, 7 * sizeof<T>());
  let p0 = sorted, p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0, p6 = p0, p7 = p0;
  let left = <usize>length;
  while (left > 0) {
    const half = (left + 1) >> 1;
    p0 = step<T>(p0, half, v0, right), p1 = step<T>(p1, half, v1, right);
    p2 = step<T>(p2, half, v2, right), p3 = step<T>(p3, half, v3, right);
    p4 = step<T>(p4, half, v4, right), p5 = step<T>(p5, half, v5, right);
    p6 = step<T>(p6, half, v6, right), p7 = step<T>(p7, half, v7, right);
    left -= half;
  }
  store<u32>(to, <u32>((p0 - sorted) / sizeof<T>())), store<u32>(to, <u32>((p1 - sorted) / sizeof<T>()), 4);
  store<u32>(to, <u32>((p2 - sorted) / sizeof<T>()), 8), store<u32>(to, <u32>((p3 - sorted) / sizeof<T>()), 12);
  store<u32>(to, <u32>((p4 - sorted) / sizeof<T>()), 16), store<u32>(to, <u32>((p5 - sorted) / sizeof<T>()), 20);
  store<u32>(to, <u32>((p6 - sorted) / sizeof<T>()), 24), store<u32>(to, <u32>((p7 - sorted) / sizeof<T>()), 28);
}

/** Whether one of 8 values is NaN. */
// @ts-ignore: decorator
@inline
function hasNaN<T>(values: usize): bool {
  if (!isFloat<T>()) return false;
  let sum: T = 0;
  for (let i: usize = 0; i < 8; i++) sum += load<T>(values + i * sizeof<T>()) * <T>0;
  return sum != sum;
}

/** For each value, how many sorted elements come before it (or, if `right`, not after it), u32. */
function search<T>(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  const last = min<u32>(<u32>end * BLOCK, count);
  for (let i = <u32>begin * BLOCK; i < last; i++) {
    const at = values + <usize>i * sizeof<T>();
    if (sizeof<T>() >= 4 && i + 8 <= last && !hasNaN<T>(at)) {
      searchEight<T>(sorted, length, at, right != 0, to + (<usize>i << 2));
      i += 7;
      continue;
    }
    const value = load<T>(values + <usize>i * sizeof<T>());
    let low: u32 = 0;
    let left = length;
    while (left > 0) {
      const half = left >> 1;
      const x = load<T>(sorted + <usize>(low + half) * sizeof<T>());
      const goRight = right != 0 ? !isBefore<T>(value, x) : isBefore<T>(x, value);
      low = select<u32>(low + half + 1, low, goRight);
      left = select<u32>(left - half - 1, half, goRight);
    }
    store<u32>(to + (<usize>i << 2), low);
  }
}

export function count_kept_i8(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<i8, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_i8(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<i8, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_u8(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<u8, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_u8(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<u8, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_i16(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<i16, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_i16(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<i16, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_u16(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<u16, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_u16(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<u16, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_i32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<i32, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_i32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<i32, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_u32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<u32, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_u32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<u32, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_f32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<f32, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_f32(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<f32, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_f64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, counts: usize,
): void {
  countKept<f64, f64>(begin, end, from, length, keep, value, counts);
}
export function write_kept_f64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, value: f64, starts: usize, to: usize,
): void {
  writeKept<f64, f64>(begin, end, from, length, keep, value, starts, to);
}
export function count_kept_i64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, low: u32, high: u32, counts: usize,
): void {
  countKept<i64, i64>(begin, end, from, length, keep, <i64>(<u64>low | (<u64>high << 32)), counts);
}
export function write_kept_i64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, low: u32, high: u32, starts: usize, to: usize,
): void {
  writeKept<i64, i64>(begin, end, from, length, keep, <i64>(<u64>low | (<u64>high << 32)), starts, to);
}
export function count_kept_u64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, low: u32, high: u32, counts: usize,
): void {
  countKept<u64, u64>(begin, end, from, length, keep, <u64>(<u64>low | (<u64>high << 32)), counts);
}
export function write_kept_u64(
  begin: i32, end: i32, from: usize, length: u32, keep: u32, low: u32, high: u32, starts: usize, to: usize,
): void {
  writeKept<u64, u64>(begin, end, from, length, keep, <u64>(<u64>low | (<u64>high << 32)), starts, to);
}
export function count_new_i8(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<i8>(begin, end, from, length, counts);
}
export function write_new_i8(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<i8>(begin, end, from, length, starts, to, runs);
}
export function count_new_i16(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<i16>(begin, end, from, length, counts);
}
export function write_new_i16(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<i16>(begin, end, from, length, starts, to, runs);
}
export function count_new_i32(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<i32>(begin, end, from, length, counts);
}
export function write_new_i32(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<i32>(begin, end, from, length, starts, to, runs);
}
export function count_new_f32(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<f32>(begin, end, from, length, counts);
}
export function write_new_f32(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<f32>(begin, end, from, length, starts, to, runs);
}
export function count_new_f64(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<f64>(begin, end, from, length, counts);
}
export function write_new_f64(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<f64>(begin, end, from, length, starts, to, runs);
}
export function count_new_i64(begin: i32, end: i32, from: usize, length: u32, counts: usize): void {
  countNew<i64>(begin, end, from, length, counts);
}
export function write_new_i64(
  begin: i32, end: i32, from: usize, length: u32, starts: usize, to: usize, runs: usize,
): void {
  writeNew<i64>(begin, end, from, length, starts, to, runs);
}
export function search_i8(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<i8>(begin, end, sorted, length, values, count, right, to);
}
export function search_u8(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<u8>(begin, end, sorted, length, values, count, right, to);
}
export function search_i16(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<i16>(begin, end, sorted, length, values, count, right, to);
}
export function search_u16(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<u16>(begin, end, sorted, length, values, count, right, to);
}
export function search_i32(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<i32>(begin, end, sorted, length, values, count, right, to);
}
export function search_u32(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<u32>(begin, end, sorted, length, values, count, right, to);
}
export function search_f32(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<f32>(begin, end, sorted, length, values, count, right, to);
}
export function search_f64(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<f64>(begin, end, sorted, length, values, count, right, to);
}
export function search_i64(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<i64>(begin, end, sorted, length, values, count, right, to);
}
export function search_u64(
  begin: i32, end: i32, sorted: usize, length: u32, values: usize, count: u32, right: i32, to: usize,
): void {
  search<u64>(begin, end, sorted, length, values, count, right, to);
}
