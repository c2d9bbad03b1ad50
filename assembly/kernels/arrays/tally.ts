// histogram and bincount. Each piece of `piece` elements has a table of its own; the plan adds the tables up.

import { pairAt } from "./reduce";

/**
 * Counts into the bins between `edges` (f64, one more than bins; the last bin closed), in two tables a piece, so that
 * neighbours in one bin do not wait for each other.
 *
 * An element's place on the scale of bins tells its bin, unless it is nearer to a whole number than what roundings of
 * the place and of the edge may come to (`near`); then the edges themselves are looked at.
 */
function tally<T>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  const low = load<f64>(edges);
  const high = load<f64>(edges + (<usize>bins << 3));
  const perUnit = <f64>bins / (high - low);
  const near = <f64>bins * 1.7763568394002505e-15 + max(abs(low), abs(high)) * perUnit * 8.881784197001252e-16;
  const perUnits = f64x2.splat(perUnit), shift = f64x2.splat(low * perUnit + 0.5);
  const most = f64x2.splat(0.5 - near), middle = f64x2.splat(<f64>bins * 0.5 - 0.5), width = f64x2.splat(<f64>bins * 0.5);
  // Added to a place less a half, 1.5 · 2⁵² leaves its floor in the low bits of the sum.
  const whole = f64x2.splat(6755399441055744);
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 8;
    const second = table + (<usize>bins << 2);
    memory.fill(table, 0, <usize>bins << 3);
    let at = from + <usize>block * piece * sizeof<T>();
    const stop = from + <usize>min<u32>((<u32>block + 1) * piece, length) * sizeof<T>();
    for (; sizeof<T>() >= 4 && at + 4 * sizeof<T>() <= stop; at += 4 * sizeof<T>()) {
      const a = pairAt<T>(at), b = pairAt<T>(at + 2 * sizeof<T>());
      // Places less a half; how far they are from a whole number, and from the middle of the bins. A NaN of a shows in
      // the first of these, one of b in the second: pmax gives what it is given first where one of the two is NaN.
      const u = f64x2.sub(f64x2.mul(a, perUnits), shift), v = f64x2.sub(f64x2.mul(b, perUnits), shift);
      const p = f64x2.add(u, whole), q = f64x2.add(v, whole);
      const rest = f64x2.pmax(f64x2.abs(f64x2.sub(u, f64x2.sub(p, whole))), f64x2.abs(f64x2.sub(v, f64x2.sub(q, whole))));
      const away = f64x2.pmax(f64x2.abs(f64x2.sub(v, middle)), f64x2.abs(f64x2.sub(u, middle)));
      // Not i64x2.all_true: it makes this loop three times as slow (measured, V8 11.3).
      if (i64x2.bitmask(v128.and(f64x2.le(rest, most), f64x2.lt(away, width))) == 3) {
        countOne(table, i32x4.extract_lane(p, 0));
        countOne(second, i32x4.extract_lane(p, 2));
        countOne(table, i32x4.extract_lane(q, 0));
        countOne(second, i32x4.extract_lane(q, 2));
      } else {
        tallyOne(f64x2.extract_lane(a, 0), low, high, perUnit, edges, bins, table);
        tallyOne(f64x2.extract_lane(a, 1), low, high, perUnit, edges, bins, table);
        tallyOne(f64x2.extract_lane(b, 0), low, high, perUnit, edges, bins, table);
        tallyOne(f64x2.extract_lane(b, 1), low, high, perUnit, edges, bins, table);
      }
    }
    for (; at < stop; at += sizeof<T>()) tallyOne(<f64>load<T>(at), low, high, perUnit, edges, bins, table);
  }
}

/** Counts one element, by the edges. */
function tallyOne(x: f64, low: f64, high: f64, perUnit: f64, edges: usize, bins: u32, table: usize): void {
  if (!(x >= low && x <= high)) return;
  let bin = min<u32>(<u32>((x - low) * perUnit), bins - 1);
  // Rounding may put the guess beside its bin; where bins are too narrow for that, they are searched.
  if (x < load<f64>(edges + (<usize>bin << 3))) {
    bin--;
    if (x < load<f64>(edges + (<usize>bin << 3))) bin = find(x, edges, bins);
  } else if (bin + 1 < bins && x >= load<f64>(edges + (<usize>bin << 3), 8)) {
    bin++;
    if (bin + 1 < bins && x >= load<f64>(edges + (<usize>bin << 3), 8)) bin = find(x, edges, bins);
  }
  const at = table + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** The last bin that begins at or before x. */
function find(x: f64, edges: usize, bins: u32): u32 {
  let low: u32 = 0;
  let high = bins;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(edges + (<usize>middle << 3)) <= x) low = middle;
    else high = middle;
  }
  return low;
}

// @ts-ignore: decorator
@inline
function countOne(table: usize, number: usize): void {
  const at = table + (number << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Counts how often each number comes; all are below `bins`. */
function countNumbers<T>(begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize): void {
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 4;
    memory.fill(table, 0, <usize>bins << 2);
    let at = from + <usize>block * piece * sizeof<T>();
    const stop = from + <usize>min<u32>((<u32>block + 1) * piece, length) * sizeof<T>();
    // One by one: shifting them out of a larger word takes longer (0.50 to 0.29 ns a number of 16 bits, V8 11.3).
    for (; at + 4 * sizeof<T>() <= stop; at += 4 * sizeof<T>()) {
      countOne(table, <usize>load<T>(at));
      countOne(table, <usize>load<T>(at, sizeof<T>()));
      countOne(table, <usize>load<T>(at, 2 * sizeof<T>()));
      countOne(table, <usize>load<T>(at, 3 * sizeof<T>()));
    }
    for (; at < stop; at += sizeof<T>()) countOne(table, <usize>load<T>(at));
  }
}

/**
 * Adds up the weights of each number: two f64 a bin, the sum and what its roundings lost (Neumaier 1974), so that the
 * error does not grow with the number of weights.
 */
function weighNumbers<T>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 16;
    memory.fill(table, 0, <usize>bins << 4);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const at = table + (<usize>load<T>(from + <usize>i * sizeof<T>()) << 4);
      const w = load<f64>(weights + (<usize>i << 3));
      const sum = load<f64>(at);
      const next = sum + w;
      const lost = abs(sum) >= abs(w) ? sum - next + w : w - next + sum;
      store<f64>(at, next);
      store<f64>(at, load<f64>(at, 8) + lost, 8);
    }
  }
}

export function tally_i8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i8>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u8>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_i16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i16>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u16>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_i32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_f32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<f32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_f64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<f64>(begin, end, from, length, piece, edges, bins, tables);
}
export function numbers_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u8>(begin, end, from, length, piece, bins, tables);
}
export function weights_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u8>(begin, end, from, length, piece, weights, bins, tables);
}
export function numbers_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u16>(begin, end, from, length, piece, bins, tables);
}
export function weights_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u16>(begin, end, from, length, piece, weights, bins, tables);
}
export function numbers_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u32>(begin, end, from, length, piece, bins, tables);
}
export function weights_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u32>(begin, end, from, length, piece, weights, bins, tables);
}
