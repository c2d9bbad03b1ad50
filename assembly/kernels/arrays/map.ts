// map: one named operation for every element. Float32 goes through f64 where the operation is not exact in f32.
// The operations' numbers are their places in the plan's list (src/kernels/arrays-map.ts).

import { exp, exp2Lanes, logLanes } from "./logarithms";
import { BLOCK } from "./sizes";

// @ts-ignore: decorator
@inline
function exact<T>(op: i32, x: T): T {
  switch (op) {
    case 0: return x < 0 || isFloat<T>() ? <T>abs<T>(x) : x;
    case 1: return <T>-x;
    case 2: return isFloat<T>() ? (x > 0 ? <T>1 : x < 0 ? <T>-1 : x) : <T>(<i32>(x > 0) - <i32>(x < 0));
    default: return <T>(x * x);
  }
}

function mapExact<T>(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  const stop = <usize>min<u32>(<u32>end * BLOCK, length) * sizeof<T>();
  for (let at = <usize>(<u32>begin * BLOCK) * sizeof<T>(); at < stop; at += sizeof<T>()) {
    store<T>(to + at, exact<T>(op, load<T>(from + at)));
  }
}

// @ts-ignore: decorator
@inline
function wide<T>(op: i32, x: v128): v128 {
  switch (op) {
    case 0: return v128.abs<T>(x);
    case 1: return v128.neg<T>(x);
    case 3: return v128.mul<T>(x, x);
    case 4: return v128.sqrt<T>(x);
    case 5: return v128.div<T>(v128.splat<T>(1), x);
    case 6: return v128.floor<T>(x);
    case 7: return v128.ceil<T>(x);
    default: return v128.trunc<T>(x);
  }
}

/** A whole block with one operation that SIMD has. */
// @ts-ignore: decorator
@inline
function mapWide<T>(op: i32, at: usize, stop: usize, from: usize, to: usize): void {
  for (; at + 16 <= stop; at += 16) v128.store(to + at, wide<T>(op, v128.load(from + at)));
  for (; at < stop; at += sizeof<T>()) {
    store<T>(to + at, v128.extract_lane<T>(wide<T>(op, v128.splat<T>(load<T>(from + at))), 0));
  }
}

/** As Math.round: halves up, the sign of zero kept. */
// @ts-ignore: decorator
@inline
function rounded<T>(x: T): T {
  const up = ceil<T>(x);
  return select<T>(up - <T>1, up, up - <T>0.5 > x);
}

// π/2 in four parts: products of the first three (23 bits each) with an integer below 2³⁰ are exact.
const HALF_PI_1: f64 = 1.570796251296997;
const HALF_PI_2: f64 = 7.549789415861596e-08;
const HALF_PI_3: f64 = 5.39030083589187e-15;
const HALF_PI_4: f64 = 2.0222662487959506e-21;
const TWO_OVER_PI: f64 = 0.6366197723675814;
/** Above, asc's own reduction of angles misses the quadrant (asc 0.28.20); ours holds up to 10⁹. */
const LARGE_ANGLE: f64 = 1e6;

/** sin (quarter 0) or cos (quarter 1) of a large angle. Source: Cody and Waite's reduction, 1980. */
function sinOfLarge(x: f64, quarter: i32): f64 {
  const n = nearest(x * TWO_OVER_PI);
  const high = x - n * HALF_PI_1 - n * HALF_PI_2;
  const third = n * HALF_PI_3;
  const y = high - third;
  // What that difference lost (Knuth's two-sum).
  const back = y - high;
  const lost = high - (y - back) - (third + back);
  const angle = y + (lost - n * HALF_PI_4);
  quarter = (quarter + <i32>(<i64>n & 3)) & 3;
  const value = quarter & 1 ? NativeMath.cos(angle) : NativeMath.sin(angle);
  return quarter & 2 ? -value : value;
}

// @ts-ignore: decorator
@inline
function isLarge(x: f64): bool { return abs(x) > LARGE_ANGLE && abs(x) <= 1.5e9; }

function sinh(x: f64): f64 {
  const size = abs(x);
  if (size < 709) {
    const t = NativeMath.expm1(size);
    return copysign(0.5 * (size < 1 ? 2 * t - t * t / (t + 1) : t + t / (t + 1)), x);
  }
  const root = exp(0.5 * size);
  return copysign(0.5 * root * root, x);
}

function cosh(x: f64): f64 {
  const size = abs(x);
  if (size < 709) {
    const t = exp(size);
    return 0.5 * t + 0.5 / t;
  }
  const root = exp(0.5 * size);
  return 0.5 * root * root;
}

/** The operations from EXP on that vectors do not serve. */
function transcendental(op: i32, x: f64): f64 {
  switch (op) {
    case 11: return NativeMath.expm1(x);
    case 13: return NativeMath.log1p(x);
    case 16: return isLarge(x) ? sinOfLarge(x, 0) : NativeMath.sin(x);
    case 17: return isLarge(x) ? sinOfLarge(x, 1) : NativeMath.cos(x);
    case 18: return isLarge(x) ? sinOfLarge(x, 0) / sinOfLarge(x, 1) : NativeMath.tan(x);
    case 19: return NativeMath.asin(x);
    case 20: return NativeMath.acos(x);
    case 21: return NativeMath.atan(x);
    case 22: return sinh(x);
    case 23: return cosh(x);
    case 24: return NativeMath.tanh(x);
    default: return NativeMath.cbrt(x);
  }
}

const EXP: i32 = 10;
const LOG: i32 = 12;
const LOG2: i32 = 14;
const LOG10: i32 = 15;

// @ts-ignore: decorator
@inline
function pair(op: i32, x: v128): v128 {
  return op == EXP ? exp2Lanes(x) : logLanes(x, op == LOG ? 0 : op - 13);
}

/** A whole block with an operation on two f64 at once; f32 are widened for it. */
// @ts-ignore: decorator
@inline
function mapPairs<T>(op: i32, at: usize, stop: usize, from: usize, to: usize): void {
  for (; at + 2 * sizeof<T>() <= stop; at += 2 * sizeof<T>()) {
    if (sizeof<T>() == 8) v128.store(to + at, pair(op, v128.load(from + at)));
    else {
      const y = pair(op, f64x2.promote_low_f32x4(v128.load64_zero(from + at)));
      v128.store64_lane(to + at, f32x4.demote_f64x2_zero(y), 0);
    }
  }
  if (at < stop) {
    store<T>(to + at, <T>f64x2.extract_lane(pair(op, f64x2.splat(<f64>load<T>(from + at))), 0));
  }
}

function mapFloat<T>(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  let at = <usize>(<u32>begin * BLOCK) * sizeof<T>();
  const stop = <usize>min<u32>(<u32>end * BLOCK, length) * sizeof<T>();
  switch (op) {
    case 0: mapWide<T>(0, at, stop, from, to); return;
    case 1: mapWide<T>(1, at, stop, from, to); return;
    case 2: mapExact<T>(begin, end, 2, from, to, length); return;
    case 3: mapWide<T>(3, at, stop, from, to); return;
    case 4: mapWide<T>(4, at, stop, from, to); return;
    case 5: mapWide<T>(5, at, stop, from, to); return;
    case 6: mapWide<T>(6, at, stop, from, to); return;
    case 7: mapWide<T>(7, at, stop, from, to); return;
    case 8: mapWide<T>(8, at, stop, from, to); return;
    case 9:
      for (; at < stop; at += sizeof<T>()) store<T>(to + at, rounded<T>(load<T>(from + at)));
      return;
    case EXP: mapPairs<T>(EXP, at, stop, from, to); return;
    case LOG: mapPairs<T>(LOG, at, stop, from, to); return;
    case LOG2: mapPairs<T>(LOG2, at, stop, from, to); return;
    case LOG10: mapPairs<T>(LOG10, at, stop, from, to); return;
    default:
      for (; at < stop; at += sizeof<T>()) store<T>(to + at, <T>transcendental(op, <f64>load<T>(from + at)));
  }
}

export function map_i8(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<i8>(begin, end, op, from, to, length);
}
export function map_u8(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<u8>(begin, end, op, from, to, length);
}
export function map_i16(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<i16>(begin, end, op, from, to, length);
}
export function map_u16(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<u16>(begin, end, op, from, to, length);
}
export function map_i32(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<i32>(begin, end, op, from, to, length);
}
export function map_u32(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapExact<u32>(begin, end, op, from, to, length);
}
export function map_f32(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapFloat<f32>(begin, end, op, from, to, length);
}
export function map_f64(begin: i32, end: i32, op: i32, from: usize, to: usize, length: u32): void {
  mapFloat<f64>(begin, end, op, from, to, length);
}
