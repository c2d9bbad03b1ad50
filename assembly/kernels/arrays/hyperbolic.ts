// expm1, sinh, cosh and tanh of two f64 at once, within 4 ulp. A lane's result does not depend on the other lane.
// e^x − 1 is FDLIBM's s_expm1.c (Sun 1993), with one way for all powers of two. Lanes where the exponential is near to the
// largest number, or no number, are done one by one.

import { exp, exp2Lanes } from "./logarithms";

/** Their numbers are those of the operations in the plan's list (src/kernels/arrays-map.ts). */
export const EXPM1: i32 = 11;
export const SINH: i32 = 22;
export const COSH: i32 = 23;
export const TANH: i32 = 24;

const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const LOG2_E: f64 = 1.44269504088896338700;
/** 1.5·2⁵²: added to a number it leaves the nearest integer in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
/** Up to here 2ᵏ is a number. */
const PLAIN_MOST: f64 = 709;
/** From here on tanh is 1. */
const TANH_MOST: f64 = 22;

/** For |x| ≤ PLAIN_MOST; the sign of 0 is lost. */
// @ts-ignore: decorator
@inline
function expm1Plain(x: v128): v128 {
  const sum = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(ROUNDER));
  const k = f64x2.sub(sum, f64x2.splat(ROUNDER));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(k, f64x2.splat(LN2_LOW));
  const y = f64x2.sub(high, low);
  const lost = f64x2.sub(f64x2.sub(high, y), low);
  const half = f64x2.mul(f64x2.splat(0.5), y);
  const z = f64x2.mul(y, half);
  const w = f64x2.mul(z, z);
  const first = f64x2.add(f64x2.splat(1), f64x2.mul(z, f64x2.splat(-3.33333333333331316428e-02)));
  const second = f64x2.add(f64x2.splat(1.58730158725481460165e-03), f64x2.mul(z, f64x2.splat(-7.93650757867487942473e-05)));
  const third = f64x2.add(f64x2.splat(4.00821782732936239552e-06), f64x2.mul(z, f64x2.splat(-2.01099218183624371326e-07)));
  const r = f64x2.add(first, f64x2.mul(w, f64x2.add(second, f64x2.mul(w, third))));
  const t = f64x2.sub(f64x2.splat(3), f64x2.mul(r, half));
  const ratio = f64x2.div(f64x2.sub(r, t), f64x2.sub(f64x2.splat(6), f64x2.mul(y, t)));
  const e = f64x2.sub(f64x2.sub(f64x2.mul(y, f64x2.sub(f64x2.mul(z, ratio), lost)), lost), z);
  // 2ᵏ·(1 − 2⁻ᵏ + e^y − 1)
  const exponent = i64x2.shl(sum, 52);
  const one = f64x2.splat(1);
  const less = f64x2.sub(one, i64x2.sub(one, exponent));
  return f64x2.mul(f64x2.sub(less, f64x2.sub(e, y)), i64x2.add(one, exponent));
}

// @ts-ignore: decorator
@inline
function signed(size: v128, x: v128): v128 {
  return v128.or(f64x2.abs(size), v128.and(x, i64x2.splat(i64.MIN_VALUE)));
}

// @ts-ignore: decorator
@inline
function tanhLanes(x: v128): v128 {
  const size = f64x2.min(f64x2.abs(x), f64x2.splat(TANH_MOST));
  const isLarge = f64x2.ge(size, f64x2.splat(1));
  const twice = f64x2.add(size, size);
  const t = expm1Plain(v128.bitselect(twice, f64x2.neg(twice), isLarge));
  const q = f64x2.div(v128.bitselect(f64x2.splat(2), t, isLarge), f64x2.add(t, f64x2.splat(2)));
  return signed(v128.bitselect(f64x2.sub(f64x2.splat(1), q), q, isLarge), x);
}

// @ts-ignore: decorator
@inline
function sinhPlain(x: v128): v128 {
  const size = f64x2.abs(x);
  const t = expm1Plain(size);
  const q = f64x2.div(t, f64x2.add(t, f64x2.splat(1)));
  const sum = v128.bitselect(
    f64x2.sub(f64x2.add(t, t), f64x2.mul(t, q)), f64x2.add(t, q), f64x2.lt(size, f64x2.splat(1)),
  );
  return signed(f64x2.mul(f64x2.splat(0.5), sum), x);
}

// @ts-ignore: decorator
@inline
function coshPlain(x: v128): v128 {
  const t = exp2Lanes(f64x2.abs(x));
  return f64x2.add(f64x2.mul(f64x2.splat(0.5), t), f64x2.div(f64x2.splat(0.5), t));
}

/** For |x| > PLAIN_MOST, and NaN. */
function edge(fn: i32, x: f64): f64 {
  if (fn == EXPM1) return NativeMath.expm1(x);
  const root = exp(0.5 * abs(x));
  const value = 0.5 * root * root;
  return fn == SINH ? copysign(value, x) : value;
}

/** expm1, sinh, cosh or tanh. */
// @ts-ignore: decorator
@inline
export function hyperbolicLanes(fn: i32, x: v128): v128 {
  if (fn == TANH) return tanhLanes(x);
  let y = fn == SINH ? sinhPlain(x) : fn == COSH ? coshPlain(x) : v128.bitselect(
    x, expm1Plain(x), f64x2.eq(x, f64x2.splat(0)),
  );
  const plain = f64x2.le(f64x2.abs(x), f64x2.splat(PLAIN_MOST));
  if (!i64x2.all_true(plain)) {
    if (!i64x2.extract_lane(plain, 0)) y = f64x2.replace_lane(y, 0, edge(fn, f64x2.extract_lane(x, 0)));
    if (!i64x2.extract_lane(plain, 1)) y = f64x2.replace_lane(y, 1, edge(fn, f64x2.extract_lane(x, 1)));
  }
  return y;
}
