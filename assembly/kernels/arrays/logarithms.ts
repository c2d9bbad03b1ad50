// exp, log, log1p, log2 and log10 of two f64 at once, within 2 ulp. A lane's result does not depend on the other lane.
//   exp   2^(k/32) from a table times e^r, |r| ≤ ln 2 / 64 (Tang 1989, "Table-driven implementation of the exponential
//         function"), the polynomial Taylor's
//   log   x = 2^k·m with m from √½ to √2; ln m by the series of artanh(f / (2 + f)), f = m − 1, with the coefficients
//         of FDLIBM's e_log.c (Sun 1993)
// Lanes outside of the plain range (what would be subnormal, overflow, or is no number) are done one by one.

/** The bits of 2^(j/32), less j << 47: so that k << 47 adds both j's and the exponent's part. */
const POWERS = memory.data<u64>([
  0x3ff0000000000000, 0x3fefd9b0d3158574, 0x3fefb5586cf9890f, 0x3fef9301d0125b51,
  0x3fef72b83c7d517b, 0x3fef54873168b9aa, 0x3fef387a6e756238, 0x3fef1e9df51fdee1,
  0x3fef06fe0a31b715, 0x3feef1a7373aa9cb, 0x3feedea64c123422, 0x3feece086061892d,
  0x3feebfdad5362a27, 0x3feeb42b569d4f82, 0x3feeab07dd485429, 0x3feea47eb03a5585,
  0x3feea09e667f3bcd, 0x3fee9f75e8ec5f74, 0x3feea11473eb0187, 0x3feea589994cce13,
  0x3feeace5422aa0db, 0x3feeb737b0cdc5e5, 0x3feec49182a3f090, 0x3feed503b23e255d,
  0x3feee89f995ad3ad, 0x3feeff76f2fb5e47, 0x3fef199bdd85529c, 0x3fef3720dcef9069,
  0x3fef5818dcfba487, 0x3fef7c97337b9b5f, 0x3fefa4afa2a490da, 0x3fefd0765b6e4540,
]);
const STEPS: f64 = 46.16624130844683; // 32 / ln 2
/** ln 2 / 32 in two parts, the first of 33 bits: its products with k are exact. */
const STEP_HIGH: f64 = 0.021660849390173098;
const STEP_LOW: f64 = 2.325192846878874e-12;
/** 1.5·2⁵²: added to a number it leaves the nearest integer in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
/** Up to here results are normal numbers. */
const PLAIN_MOST: f64 = 708;
const OVERFLOW_FROM: f64 = 709.782712893384;
const UNDERFLOW_TO: f64 = -745.1332191019412;

/** For |x| ≤ PLAIN_MOST. */
// @ts-ignore: decorator
@inline
function expPlain(x: v128): v128 {
  const rounded = f64x2.add(f64x2.mul(x, f64x2.splat(STEPS)), f64x2.splat(ROUNDER));
  const k = f64x2.sub(rounded, f64x2.splat(ROUNDER));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, f64x2.splat(STEP_HIGH))), f64x2.mul(k, f64x2.splat(STEP_LOW)));
  let power = v128.load64_zero(POWERS + (<usize>(i32x4.extract_lane(rounded, 0) & 31) << 3));
  power = v128.load64_lane(POWERS + (<usize>(i32x4.extract_lane(rounded, 2) & 31) << 3), power, 1);
  power = i64x2.add(power, i64x2.shl(rounded, 47));
  const r2 = f64x2.mul(r, r);
  const low = f64x2.add(f64x2.splat(0.5), f64x2.mul(r, f64x2.splat(1 / 6.0)));
  const high = f64x2.add(
    f64x2.add(f64x2.splat(1 / 24.0), f64x2.mul(r, f64x2.splat(1 / 120.0))), f64x2.mul(r2, f64x2.splat(1 / 720.0)),
  );
  const rest = f64x2.add(r, f64x2.mul(r2, f64x2.add(low, f64x2.mul(r2, high))));
  return f64x2.add(power, f64x2.mul(power, rest));
}

function expEdge(x: f64): f64 {
  if (x > OVERFLOW_FROM) return Infinity;
  if (x < UNDERFLOW_TO) return 0;
  const half = f64x2.extract_lane(expPlain(f64x2.splat(x * 0.5)), 0);
  return half * half;
}

/** e^x. */
// @ts-ignore: decorator
@inline
export function exp2Lanes(x: v128): v128 {
  let y = expPlain(x);
  const plain = f64x2.le(f64x2.abs(x), f64x2.splat(PLAIN_MOST));
  if (!i64x2.all_true(plain)) {
    if (!i64x2.extract_lane(plain, 0)) y = f64x2.replace_lane(y, 0, expEdge(f64x2.extract_lane(x, 0)));
    if (!i64x2.extract_lane(plain, 1)) y = f64x2.replace_lane(y, 1, expEdge(f64x2.extract_lane(x, 1)));
  }
  return y;
}

/** e^x of one number. */
export function exp(x: f64): f64 {
  return f64x2.extract_lane(exp2Lanes(f64x2.splat(x)), 0);
}

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG10_2_HIGH: f64 = 0.3010299955494702;
const LOG10_2_LOW: f64 = 1.1451100898021838e-10;
const LOG10_E: f64 = 0.4342944819032518;
const LOG2_E: f64 = 1.4426950408889634;
const SQRT_HALF_BITS: i64 = 0x3fe6a09e667f3bcd;
const LEAST_NORMAL: f64 = 2.2250738585072014e-308;
/** 2⁵² and the bits of the exponent's bias: what turns a biased exponent into k as a number. */
const TO_NUMBER: i64 = 0x4330000000000000;
const BIASED: f64 = 4503599627370496.0 + 1023;

/** For positive normal numbers; base 0: e, 1: 2, 2: 10. */
// @ts-ignore: decorator
@inline
function logPlain(x: v128, base: i32): v128 {
  const exponent = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x3ff0000000000000 - SQRT_HALF_BITS)), 52);
  const k = f64x2.sub(v128.or(exponent, i64x2.splat(TO_NUMBER)), f64x2.splat(BIASED));
  const m = i64x2.add(i64x2.sub(x, i64x2.shl(exponent, 52)), i64x2.splat(0x3ff0000000000000));
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(f64x2.splat(0.22222198432149784), f64x2.mul(w, f64x2.splat(0.15313837699209373)));
  even = f64x2.mul(w, f64x2.add(f64x2.splat(0.3999999999940942), f64x2.mul(w, even)));
  let odd = f64x2.add(f64x2.splat(0.1818357216161805), f64x2.mul(w, f64x2.splat(0.14798198605116586)));
  odd = f64x2.add(f64x2.splat(0.2857142874366239), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(f64x2.splat(0.6666666666666735), f64x2.mul(w, odd)));
  const square = f64x2.mul(f64x2.splat(0.5), f64x2.mul(f, f));
  const tail = f64x2.mul(s, f64x2.add(square, f64x2.add(even, odd)));
  if (base == 0) {
    const low = f64x2.add(tail, f64x2.mul(k, f64x2.splat(LN2_LOW)));
    return f64x2.sub(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.sub(f64x2.sub(square, low), f));
  }
  const ln = f64x2.sub(f, f64x2.sub(square, tail));
  if (base == 1) return f64x2.add(k, f64x2.mul(ln, f64x2.splat(LOG2_E)));
  const low = f64x2.add(f64x2.mul(k, f64x2.splat(LOG10_2_LOW)), f64x2.mul(ln, f64x2.splat(LOG10_E)));
  return f64x2.add(f64x2.mul(k, f64x2.splat(LOG10_2_HIGH)), low);
}

function logEdge(x: f64, base: i32): f64 {
  if (x == 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x == Infinity) return x;
  const scaled = f64x2.extract_lane(logPlain(f64x2.splat(x * 18014398509481984.0), base), 0);
  return base == 0 ? scaled - 54 * 0.6931471805599453 : base == 1 ? scaled - 54 : scaled - 54 * 0.3010299956639812;
}

/** The logarithm to the base e (0), 2 (1) or 10 (2). */
// @ts-ignore: decorator
@inline
export function logLanes(x: v128, base: i32): v128 {
  let y = logPlain(x, base);
  const plain = v128.and(f64x2.ge(x, f64x2.splat(LEAST_NORMAL)), f64x2.lt(x, f64x2.splat(Infinity)));
  if (!i64x2.all_true(plain)) {
    if (!i64x2.extract_lane(plain, 0)) y = f64x2.replace_lane(y, 0, logEdge(f64x2.extract_lane(x, 0), base));
    if (!i64x2.extract_lane(plain, 1)) y = f64x2.replace_lane(y, 1, logEdge(f64x2.extract_lane(x, 1), base));
  }
  return y;
}

/** ln (1 + x): that of the rounded sum u, and what its rounding lost by the slope there, 1 / u. */
// @ts-ignore: decorator
@inline
export function log1pLanes(x: v128): v128 {
  const u = f64x2.add(x, f64x2.splat(1));
  const lost = f64x2.sub(x, f64x2.sub(u, f64x2.splat(1)));
  const log = logLanes(u, 0);
  const y = f64x2.add(log, f64x2.div(lost, u));
  // -1, infinities and numbers so large that the sum is the number itself; -0.
  const isEdge = v128.or(f64x2.eq(u, f64x2.splat(0)), f64x2.gt(f64x2.abs(u), f64x2.splat(9007199254740992)));
  return v128.bitselect(x, v128.bitselect(log, y, isEdge), f64x2.eq(x, f64x2.splat(0)));
}
