// sin, cos and tan of two f64 at once, within 3 ulp up to 1.5·10⁹. A lane's result does not depend on the other lane.
// The angle less its multiple of π/2 after Cody and Waite (1980); then the polynomials of FDLIBM's k_sin.c and k_cos.c (Sun
// 1993). Lanes beyond are done one by one.

import { cosineNear0, sineNear0 } from "manyhands/assembly/lanes/angles";

// π/2 in four parts: products of the first three (23 bits each) with an integer below 2³⁰ are exact.
const HALF_PI_1: f64 = 1.570796251296997;
const HALF_PI_2: f64 = 7.549789415861596e-08;
const HALF_PI_3: f64 = 5.39030083589187e-15;
const HALF_PI_4: f64 = 2.0222662487959506e-21;
const TWO_OVER_PI: f64 = 0.6366197723675814;
const LARGEST: f64 = 1.5e9;
/** 1.5·2⁵²: added to a number it leaves the nearest integer in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;

/** Which function: their numbers are those of the operations in the plan's list (src/kernels/arrays-map.ts). */
export const SIN: i32 = 16;
export const COS: i32 = 17;
export const TAN: i32 = 18;

/** For |x| ≤ LARGEST. */
// @ts-ignore: decorator
@inline
function anglesPlain(fn: i32, x: v128): v128 {
  const sum = f64x2.add(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)), f64x2.splat(ROUNDER));
  const n = f64x2.sub(sum, f64x2.splat(ROUNDER));
  const high = f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_1))), f64x2.mul(n, f64x2.splat(HALF_PI_2)));
  const third = f64x2.mul(n, f64x2.splat(HALF_PI_3));
  const near = f64x2.sub(high, third);
  // What that difference lost (Knuth's two-sum).
  const back = f64x2.sub(near, high);
  const lost = f64x2.sub(f64x2.sub(high, f64x2.sub(near, back)), f64x2.add(third, back));
  const y = f64x2.add(near, f64x2.sub(lost, f64x2.mul(n, f64x2.splat(HALF_PI_4))));
  const z = f64x2.mul(y, y);
  const sine = sineNear0(y, z);
  const cosine = cosineNear0(z);
  // The quarter turns in the low two bits, those of cos one further.
  const quarter = fn == COS ? i64x2.add(sum, i64x2.splat(1)) : sum;
  // Its low bit in all bits, its second bit as a sign.
  const isOdd = i64x2.shr_s(i64x2.shl(quarter, 63), 63);
  if (fn == TAN) {
    const over = v128.bitselect(cosine, sine, isOdd);
    const under = v128.bitselect(sine, cosine, isOdd);
    const value = f64x2.div(over, under);
    const turned = v128.xor(value, v128.and(isOdd, i64x2.splat(i64.MIN_VALUE)));
    return v128.bitselect(x, turned, f64x2.eq(x, f64x2.splat(0)));
  }
  const sign = v128.and(i64x2.shl(quarter, 62), i64x2.splat(i64.MIN_VALUE));
  const value = v128.xor(v128.bitselect(cosine, sine, isOdd), sign);
  // The reduction loses the sign of -0.
  return fn == SIN ? v128.bitselect(x, value, f64x2.eq(x, f64x2.splat(0))) : value;
}

function angleEdge(fn: i32, x: f64): f64 {
  return fn == SIN ? NativeMath.sin(x) : fn == COS ? NativeMath.cos(x) : NativeMath.tan(x);
}

/** sin, cos or tan. */
// @ts-ignore: decorator
@inline
export function angleLanes(fn: i32, x: v128): v128 {
  let y = anglesPlain(fn, x);
  const plain = f64x2.le(f64x2.abs(x), f64x2.splat(LARGEST));
  if (!i64x2.all_true(plain)) {
    if (!i64x2.extract_lane(plain, 0)) y = f64x2.replace_lane(y, 0, angleEdge(fn, f64x2.extract_lane(x, 0)));
    if (!i64x2.extract_lane(plain, 1)) y = f64x2.replace_lane(y, 1, angleEdge(fn, f64x2.extract_lane(x, 1)));
  }
  return y;
}
