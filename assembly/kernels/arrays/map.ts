// map: one named operation for every element. Float32 goes through f64 where the operation is not exact in f32.
// The operations' numbers are their places in the plan's list (src/kernels/arrays-map.ts).

import { angleLanes, COS, SIN, TAN } from "./angles";
import { ACOS, arcsLanes, ASIN, ATAN } from "./arcs";
import { COSH, EXPM1, hyperbolicLanes, SINH, TANH } from "./hyperbolic";
import { exp2Lanes, log1pLanes, logLanes } from "./logarithms";
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

const EXP: i32 = 10;
const LOG: i32 = 12;
const LOG1P: i32 = 13;
const LOG2: i32 = 14;
const LOG10: i32 = 15;

// @ts-ignore: decorator
@inline
function pair(op: i32, x: v128): v128 {
  if (op == EXP) return exp2Lanes(x);
  if (op == LOG1P) return log1pLanes(x);
  if (op == SIN || op == COS || op == TAN) return angleLanes(op, x);
  if (op == ASIN || op == ACOS || op == ATAN) return arcsLanes(op, x);
  if (op == EXPM1 || op >= SINH) return hyperbolicLanes(op, x);
  return logLanes(x, op == LOG ? 0 : op - 13);
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
    case LOG1P: mapPairs<T>(LOG1P, at, stop, from, to); return;
    case LOG2: mapPairs<T>(LOG2, at, stop, from, to); return;
    case LOG10: mapPairs<T>(LOG10, at, stop, from, to); return;
    case SIN: mapPairs<T>(SIN, at, stop, from, to); return;
    case COS: mapPairs<T>(COS, at, stop, from, to); return;
    case TAN: mapPairs<T>(TAN, at, stop, from, to); return;
    case ASIN: mapPairs<T>(ASIN, at, stop, from, to); return;
    case ACOS: mapPairs<T>(ACOS, at, stop, from, to); return;
    case ATAN: mapPairs<T>(ATAN, at, stop, from, to); return;
    case EXPM1: mapPairs<T>(EXPM1, at, stop, from, to); return;
    case SINH: mapPairs<T>(SINH, at, stop, from, to); return;
    case COSH: mapPairs<T>(COSH, at, stop, from, to); return;
    case TANH: mapPairs<T>(TANH, at, stop, from, to); return;
    default:
      for (; at < stop; at += sizeof<T>()) store<T>(to + at, <T>NativeMath.cbrt(<f64>load<T>(from + at)));
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
