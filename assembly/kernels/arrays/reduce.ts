// Reductions to one number a block of BLOCK elements; the plan combines the blocks' numbers in their order, so the
// bits depend on the length alone. Floats are added in f64, in chunks of CHUNK elements by 8 accumulators: at most
// CHUNK / 8 + BLOCK / CHUNK + 3 roundings lie between an element and its block's sum (3·10⁻¹⁴ of Σ|x|).

import { BLOCK } from "./sizes";

const CHUNK: u32 = 2048;

// What is added up: the element, its magnitude, its square, the square of its distance from c.
const VALUE: i32 = 0;
const MAGNITUDE: i32 = 1;
const SQUARE: i32 = 2;
const DEVIATION: i32 = 3;

/** Two elements at `at` as f64. */
// @ts-ignore: decorator
@inline
export function pairAt<T>(at: usize): v128 {
  if (isFloat<T>()) {
    if (sizeof<T>() == 8) return v128.load(at);
    return f64x2.promote_low_f32x4(v128.load64_zero(at));
  }
  if (sizeof<T>() == 4) {
    if (isSigned<T>()) return f64x2.convert_low_i32x4_s(v128.load64_zero(at));
    return f64x2.convert_low_i32x4_u(v128.load64_zero(at));
  }
  return f64x2(<f64>load<T>(at), <f64>load<T>(at, sizeof<T>()));
}

// @ts-ignore: decorator
@inline
function term(kind: i32, x: v128, c: v128): v128 {
  if (kind == MAGNITUDE) return f64x2.abs(x);
  if (kind == SQUARE) return f64x2.mul(x, x);
  if (kind == DEVIATION) {
    const d = f64x2.sub(x, c);
    return f64x2.mul(d, d);
  }
  return x;
}

/** The sum of the terms of `length` elements at `at`. */
// @ts-ignore: decorator
@inline
function sumBlock<T>(kind: i32, at: usize, length: u32, c: v128): f64 {
  let total: f64 = 0;
  while (length > 0) {
    const chunk = min<u32>(CHUNK, length);
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let i: u32 = 0;
    for (; i + 8 <= chunk; i += 8) {
      s0 = f64x2.add(s0, term(kind, pairAt<T>(at), c));
      s1 = f64x2.add(s1, term(kind, pairAt<T>(at + 2 * sizeof<T>()), c));
      s2 = f64x2.add(s2, term(kind, pairAt<T>(at + 4 * sizeof<T>()), c));
      s3 = f64x2.add(s3, term(kind, pairAt<T>(at + 6 * sizeof<T>()), c));
      at += 8 * sizeof<T>();
    }
    const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
    let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
    for (; i < chunk; i++) {
      sum += f64x2.extract_lane(term(kind, f64x2.splat(<f64>load<T>(at)), c), 0);
      at += sizeof<T>();
    }
    total += sum;
    length -= chunk;
  }
  return total;
}

/** Sums of f64 terms of the blocks begin … end - 1, to `to` (f64 each). */
function sumTerms<T>(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  const c = f64x2.splat(centre);
  for (let block = begin; block < end; block++) {
    const first = <u32>block * BLOCK;
    const count = min<u32>(BLOCK, length - first);
    const at = from + <usize>first * sizeof<T>();
    const sum =
      kind == VALUE ? sumBlock<T>(VALUE, at, count, c)
      : kind == MAGNITUDE ? sumBlock<T>(MAGNITUDE, at, count, c)
      : kind == SQUARE ? sumBlock<T>(SQUARE, at, count, c)
      : sumBlock<T>(DEVIATION, at, count, c);
    store<f64>(to + (<usize>block << 3), sum);
  }
}

/** Exact sums of integers of the blocks, to `to` (i64 each, wrapping for 64-bit elements). */
function sumIntegers<T>(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  for (let block = begin; block < end; block++) {
    const first = <u32>block * BLOCK;
    let at = from + <usize>first * sizeof<T>();
    const stop = from + <usize>min<u32>(first + BLOCK, length) * sizeof<T>();
    let s0 = i64x2.splat(0), s1 = s0;
    for (; at + 16 <= stop; at += 16) {
      const x = v128.load(at);
      if (sizeof<T>() == 8) s0 = i64x2.add(s0, x);
      else if (isSigned<T>()) {
        // Narrow lanes are added in pairs; a block's 32-bit lanes cannot overflow, but 64 bits serve all types.
        const y = sizeof<T>() == 1 ? i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(x))
          : sizeof<T>() == 2 ? i32x4.extadd_pairwise_i16x8_s(x) : x;
        s0 = i64x2.add(s0, i64x2.extend_low_i32x4_s(y));
        s1 = i64x2.add(s1, i64x2.extend_high_i32x4_s(y));
      } else {
        const y = sizeof<T>() == 1 ? i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(x))
          : sizeof<T>() == 2 ? i32x4.extadd_pairwise_i16x8_u(x) : x;
        s0 = i64x2.add(s0, i64x2.extend_low_i32x4_u(y));
        s1 = i64x2.add(s1, i64x2.extend_high_i32x4_u(y));
      }
    }
    const s = i64x2.add(s0, s1);
    let sum = i64x2.extract_lane(s, 0) + i64x2.extract_lane(s, 1);
    for (; at < stop; at += sizeof<T>()) sum += <i64>load<T>(at);
    store<i64>(to + (<usize>block << 3), sum);
  }
}

/** Sums of x[i] y[i] of the blocks, to `to` (f64 each). */
function dotRange<T>(begin: i32, end: i32, x: usize, y: usize, length: u32, to: usize): void {
  for (let block = begin; block < end; block++) {
    const first = <u32>block * BLOCK;
    let left = min<u32>(BLOCK, length - first);
    let at = <usize>first * sizeof<T>();
    let total: f64 = 0;
    while (left > 0) {
      const chunk = min<u32>(CHUNK, left);
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let i: u32 = 0;
      for (; i + 8 <= chunk; i += 8) {
        s0 = f64x2.add(s0, f64x2.mul(pairAt<T>(x + at), pairAt<T>(y + at)));
        s1 = f64x2.add(s1, f64x2.mul(pairAt<T>(x + at + 2 * sizeof<T>()), pairAt<T>(y + at + 2 * sizeof<T>())));
        s2 = f64x2.add(s2, f64x2.mul(pairAt<T>(x + at + 4 * sizeof<T>()), pairAt<T>(y + at + 4 * sizeof<T>())));
        s3 = f64x2.add(s3, f64x2.mul(pairAt<T>(x + at + 6 * sizeof<T>()), pairAt<T>(y + at + 6 * sizeof<T>())));
        at += 8 * sizeof<T>();
      }
      const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
      let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
      for (; i < chunk; i++) {
        sum += <f64>load<T>(x + at) * <f64>load<T>(y + at);
        at += sizeof<T>();
      }
      total += sum;
      left -= chunk;
    }
    store<f64>(to + (<usize>block << 3), total);
  }
}

export function dot_f32(begin: i32, end: i32, x: usize, y: usize, length: u32, to: usize): void {
  dotRange<f32>(begin, end, x, y, length, to);
}
export function dot_f64(begin: i32, end: i32, x: usize, y: usize, length: u32, to: usize): void {
  dotRange<f64>(begin, end, x, y, length, to);
}

export function terms_i8(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<i8>(begin, end, kind, from, length, to, centre);
}
export function terms_u8(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<u8>(begin, end, kind, from, length, to, centre);
}
export function terms_i16(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<i16>(begin, end, kind, from, length, to, centre);
}
export function terms_u16(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<u16>(begin, end, kind, from, length, to, centre);
}
export function terms_i32(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<i32>(begin, end, kind, from, length, to, centre);
}
export function terms_u32(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<u32>(begin, end, kind, from, length, to, centre);
}
export function terms_f32(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<f32>(begin, end, kind, from, length, to, centre);
}
export function terms_f64(begin: i32, end: i32, kind: i32, from: usize, length: u32, to: usize, centre: f64): void {
  sumTerms<f64>(begin, end, kind, from, length, to, centre);
}
export function sum_i8(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<i8>(begin, end, from, length, to);
}
export function sum_u8(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<u8>(begin, end, from, length, to);
}
export function sum_i16(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<i16>(begin, end, from, length, to);
}
export function sum_u16(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<u16>(begin, end, from, length, to);
}
export function sum_i32(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<i32>(begin, end, from, length, to);
}
export function sum_u32(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<u32>(begin, end, from, length, to);
}
export function sum_i64(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  sumIntegers<i64>(begin, end, from, length, to);
}
