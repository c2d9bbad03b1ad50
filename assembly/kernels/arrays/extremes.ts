// Lowest and highest element of each block of BLOCK elements, and where they first come. The plan combines them.

import { BLOCK } from "./sizes";

/** The lower (or higher) of each lane; floats as Math.min: NaN wins, -0 is below +0. */
// @ts-ignore: decorator
@inline
function better<T>(x: v128, y: v128, highest: bool): v128 {
  if (sizeof<T>() == 8 && isInteger<T>()) {
    const bias = i64x2.splat(isSigned<T>() ? 0 : i64.MIN_VALUE);
    const less = i64x2.lt_s(v128.xor(x, bias), v128.xor(y, bias));
    return highest ? v128.bitselect(y, x, less) : v128.bitselect(x, y, less);
  }
  return highest ? v128.max<T>(x, y) : v128.min<T>(x, y);
}

// @ts-ignore: decorator
@inline
function betterOf<T>(x: T, y: T, highest: bool): T {
  return highest ? max<T>(x, y) : min<T>(x, y);
}

/**
 * The extreme of `length` ≥ 1 floats, as a comparison finds it, which is one instruction where `better` takes six: NaN
 * if there is a NaN, and a zero of either sign if it is zero.
 */
// @ts-ignore: decorator
@inline
function nearExtreme<T>(at: usize, length: u32, highest: bool): T {
  const stop = at + <usize>length * sizeof<T>();
  let best = load<T>(at);
  if (<usize>length * sizeof<T>() >= 64) {
    let b0 = v128.load(at), b1 = v128.load(at, 16), b2 = v128.load(at, 32), b3 = v128.load(at, 48);
    let nan = v128.or(v128.or(v128.ne<T>(b0, b0), v128.ne<T>(b1, b1)), v128.or(v128.ne<T>(b2, b2), v128.ne<T>(b3, b3)));
    for (at += 64; at + 64 <= stop; at += 64) {
      const x0 = v128.load(at), x1 = v128.load(at, 16), x2 = v128.load(at, 32), x3 = v128.load(at, 48);
      b0 = highest ? v128.pmax<T>(b0, x0) : v128.pmin<T>(b0, x0);
      b1 = highest ? v128.pmax<T>(b1, x1) : v128.pmin<T>(b1, x1);
      b2 = highest ? v128.pmax<T>(b2, x2) : v128.pmin<T>(b2, x2);
      b3 = highest ? v128.pmax<T>(b3, x3) : v128.pmin<T>(b3, x3);
      // A pair is unordered if there is a NaN in it.
      if (sizeof<T>() == 8) {
        nan = v128.or(nan, v128.or(f64x2.ne(x0, x0), f64x2.ne(x1, x1)));
        nan = v128.or(nan, v128.or(f64x2.ne(x2, x2), f64x2.ne(x3, x3)));
      } else {
        nan = v128.or(nan, v128.or(f32x4.ne(x0, x0), f32x4.ne(x1, x1)));
        nan = v128.or(nan, v128.or(f32x4.ne(x2, x2), f32x4.ne(x3, x3)));
      }
    }
    if (v128.any_true(nan)) return <T>NaN;
    b0 = better<T>(better<T>(b0, b1, highest), better<T>(b2, b3, highest), highest);
    best = v128.extract_lane<T>(b0, 0);
    best = betterOf<T>(best, v128.extract_lane<T>(b0, 1), highest);
    if (sizeof<T>() == 4) {
      best = betterOf<T>(best, v128.extract_lane<T>(b0, 2), highest);
      best = betterOf<T>(best, v128.extract_lane<T>(b0, 3), highest);
    }
  }
  for (; at < stop; at += sizeof<T>()) best = betterOf<T>(best, load<T>(at), highest);
  return best;
}

/** The extreme of `length` ≥ 1 elements. */
// @ts-ignore: decorator
@inline
function extreme<T>(at: usize, length: u32, highest: bool): T {
  const stop = at + <usize>length * sizeof<T>();
  if (isFloat<T>()) {
    const found = nearExtreme<T>(at, length, highest);
    if (found != 0) return found;
    // A zero, of the sign that wins if there is one of it.
    const winner = highest ? <T>0 : <T>-0.0;
    for (; at < stop; at += sizeof<T>()) {
      if (sizeof<T>() == 8 ? load<u64>(at) == reinterpret<u64>(<f64>winner) : load<u32>(at) == reinterpret<u32>(<f32>winner)) {
        return winner;
      }
    }
    return -winner;
  }
  let best = load<T>(at);
  if (<usize>length * sizeof<T>() >= 32) {
    let b0 = v128.load(at), b1 = v128.load(at, 16);
    for (at += 32; at + 32 <= stop; at += 32) {
      b0 = better<T>(b0, v128.load(at), highest);
      b1 = better<T>(b1, v128.load(at, 16), highest);
    }
    b0 = better<T>(b0, b1, highest);
    // Fold the lanes: halves, quarters …
    b0 = better<T>(b0, i8x16.shuffle(b0, b0, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7), highest);
    if (sizeof<T>() <= 4) {
      b0 = better<T>(b0, i8x16.shuffle(b0, b0, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11), highest);
    }
    if (sizeof<T>() <= 2) {
      b0 = better<T>(b0, i8x16.shuffle(b0, b0, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13), highest);
    }
    if (sizeof<T>() == 1) {
      b0 = better<T>(b0, i8x16.shuffle(b0, b0, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14), highest);
    }
    best = v128.extract_lane<T>(b0, 0);
  }
  for (; at < stop; at += sizeof<T>()) best = betterOf<T>(best, load<T>(at), highest);
  return best;
}

/** The extremes of the blocks begin … end - 1, an element each, to `to`. */
function extremes<T>(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  for (let block = begin; block < end; block++) {
    const first = <u32>block * BLOCK;
    const at = from + <usize>first * sizeof<T>();
    const count = min<u32>(BLOCK, length - first);
    store<T>(
      to + <usize>block * sizeof<T>(),
      highest != 0 ? extreme<T>(at, count, true) : extreme<T>(at, count, false),
    );
  }
}

/** The extremes, and in `places` (u32) the index where each block's first comes: the first NaN if there is one. */
function places<T>(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize): void {
  extremes<T>(begin, end, from, length, highest, to);
  for (let block = begin; block < end; block++) {
    const best = load<T>(to + <usize>block * sizeof<T>());
    let i = <u32>block * BLOCK;
    const last = min<u32>(i + BLOCK, length);
    if (isFloat<T>() && best != best) {
      for (; i < last; i++) {
        const x = load<T>(from + <usize>i * sizeof<T>());
        if (x != x) break;
      }
    } else {
      const wanted = v128.splat<T>(best);
      for (; i + 32 / sizeof<T>() <= last; i += 32 / sizeof<T>()) {
        const at = from + <usize>i * sizeof<T>();
        const isHere = v128.or(v128.eq<T>(v128.load(at), wanted), v128.eq<T>(v128.load(at, 16), wanted));
        if (v128.any_true(isHere)) break;
      }
      while (i < last && load<T>(from + <usize>i * sizeof<T>()) != best) i++;
    }
    store<u32>(indices + (<usize>block << 2), i);
  }
}

export function extremes_i8(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<i8>(begin, end, from, length, highest, to);
}
export function places_i8(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<i8>(begin, end, from, length, highest, to, indices);
}
export function extremes_u8(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<u8>(begin, end, from, length, highest, to);
}
export function places_u8(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<u8>(begin, end, from, length, highest, to, indices);
}
export function extremes_i16(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<i16>(begin, end, from, length, highest, to);
}
export function places_i16(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<i16>(begin, end, from, length, highest, to, indices);
}
export function extremes_u16(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<u16>(begin, end, from, length, highest, to);
}
export function places_u16(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<u16>(begin, end, from, length, highest, to, indices);
}
export function extremes_i32(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<i32>(begin, end, from, length, highest, to);
}
export function places_i32(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<i32>(begin, end, from, length, highest, to, indices);
}
export function extremes_u32(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<u32>(begin, end, from, length, highest, to);
}
export function places_u32(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<u32>(begin, end, from, length, highest, to, indices);
}
export function extremes_f32(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<f32>(begin, end, from, length, highest, to);
}
export function places_f32(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<f32>(begin, end, from, length, highest, to, indices);
}
export function extremes_f64(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<f64>(begin, end, from, length, highest, to);
}
export function places_f64(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<f64>(begin, end, from, length, highest, to, indices);
}
export function extremes_i64(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<i64>(begin, end, from, length, highest, to);
}
export function places_i64(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<i64>(begin, end, from, length, highest, to, indices);
}
export function extremes_u64(begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize): void {
  extremes<u64>(begin, end, from, length, highest, to);
}
export function places_u64(
  begin: i32, end: i32, from: usize, length: u32, highest: i32, to: usize, indices: usize,
): void {
  places<u64>(begin, end, from, length, highest, to, indices);
}
