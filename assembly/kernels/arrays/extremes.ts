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

/** The extreme of `length` ≥ 1 elements. */
// @ts-ignore: decorator
@inline
function extreme<T>(at: usize, length: u32, highest: bool): T {
  const stop = at + <usize>length * sizeof<T>();
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
