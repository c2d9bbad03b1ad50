// asin, acos and atan of two f64 at once, within 4 ulp. A lane's result does not depend on the other lane. The rational
// functions and ranges are those of FDLIBM's e_asin.c and s_atan.c (Sun 1993); every lane goes through all ranges.

/** Their numbers are those of the operations in the plan's list (src/kernels/arrays-map.ts). */
export const ASIN: i32 = 19;
export const ACOS: i32 = 20;
export const ATAN: i32 = 21;

const HALF_PI_HIGH: f64 = 1.57079632679489655800;
const HALF_PI_LOW: f64 = 6.12323399573676603587e-17;

/** c + z·p */
// @ts-ignore: decorator
@inline
function step(c: f64, z: v128, p: v128): v128 {
  return f64x2.add(f64x2.splat(c), f64x2.mul(z, p));
}

/** (asin x − x) / x³ · x², of z = x². */
// @ts-ignore: decorator
@inline
function excess(z: v128): v128 {
  let p = step(7.91534994289814532176e-04, z, f64x2.splat(3.47933107596021167570e-05));
  p = step(2.01212532134862925881e-01, z, step(-4.00555345006794114027e-02, z, p));
  p = step(1.66666666666666657415e-01, z, step(-3.25565818622400915405e-01, z, p));
  let q = step(-6.88283971605453293030e-01, z, f64x2.splat(7.70381505559019352791e-02));
  q = step(-2.40339491173441421878e+00, z, step(2.02094576023350569471e+00, z, q));
  return f64x2.div(f64x2.mul(z, p), step(1, z, q));
}

/** asin, or acos: from ½ on by the root of (1 − |x|) / 2. */
// @ts-ignore: decorator
@inline
function arcLanes(fn: i32, x: v128): v128 {
  const a = f64x2.abs(x);
  const isSmall = f64x2.lt(a, f64x2.splat(0.5));
  const z = v128.bitselect(
    f64x2.mul(x, x), f64x2.sub(f64x2.splat(0.5), f64x2.mul(a, f64x2.splat(0.5))), isSmall,
  );
  const r = excess(z);
  const root = f64x2.sqrt(z);
  const high = f64x2.splat(HALF_PI_HIGH), low = f64x2.splat(HALF_PI_LOW);
  if (fn == ASIN) {
    const small = f64x2.add(a, f64x2.mul(a, r));
    const twice = f64x2.mul(f64x2.splat(2), f64x2.add(root, f64x2.mul(root, r)));
    const value = v128.bitselect(small, f64x2.sub(high, f64x2.sub(twice, low)), isSmall);
    return v128.or(value, v128.and(x, i64x2.splat(i64.MIN_VALUE)));
  }
  const small = f64x2.sub(high, f64x2.sub(x, f64x2.sub(low, f64x2.mul(x, r))));
  const above = f64x2.add(root, f64x2.mul(root, r));
  const below = f64x2.sub(high, f64x2.add(root, f64x2.sub(f64x2.mul(root, r), low)));
  const half = v128.bitselect(below, above, f64x2.lt(x, f64x2.splat(0)));
  return v128.bitselect(small, f64x2.add(half, half), isSmall);
}

// @ts-ignore: decorator
@inline
function choose(range: v128, x: v128, y: v128): v128 {
  return v128.bitselect(x, y, range);
}

/** From the nearest of 0, ½, 1, 1½ and ∞, whose arcs are known. */
// @ts-ignore: decorator
@inline
function atanLanes(x: v128): v128 {
  const a = f64x2.abs(x);
  const one = f64x2.splat(1);
  let range = f64x2.ge(a, f64x2.splat(0.4375));
  let over = choose(range, f64x2.sub(f64x2.add(a, a), one), a);
  let under = choose(range, f64x2.add(f64x2.splat(2), a), one);
  let high = v128.and(range, f64x2.splat(4.63647609000806093515e-01));
  let low = v128.and(range, f64x2.splat(2.26987774529616870924e-17));
  range = f64x2.ge(a, f64x2.splat(0.6875));
  over = choose(range, f64x2.sub(a, one), over);
  under = choose(range, f64x2.add(a, one), under);
  high = choose(range, f64x2.splat(7.85398163397448278999e-01), high);
  low = choose(range, f64x2.splat(3.06161699786838301793e-17), low);
  range = f64x2.ge(a, f64x2.splat(1.1875));
  over = choose(range, f64x2.sub(a, f64x2.splat(1.5)), over);
  under = choose(range, f64x2.add(one, f64x2.mul(f64x2.splat(1.5), a)), under);
  high = choose(range, f64x2.splat(9.82793723247329054082e-01), high);
  low = choose(range, f64x2.splat(1.39033110312309984516e-17), low);
  range = f64x2.ge(a, f64x2.splat(2.4375));
  over = choose(range, f64x2.splat(-1), over);
  under = choose(range, a, under);
  high = choose(range, f64x2.splat(HALF_PI_HIGH), high);
  low = choose(range, f64x2.splat(HALF_PI_LOW), low);

  const t = f64x2.div(over, under);
  const z = f64x2.mul(t, t);
  const w = f64x2.mul(z, z);
  let even = step(4.97687799461593236017e-02, w, f64x2.splat(1.62858201153657823623e-02));
  even = step(9.09088713343650656196e-02, w, step(6.66107313738753120669e-02, w, even));
  even = f64x2.mul(z, step(3.33333333333329318027e-01, w, step(1.42857142725034663711e-01, w, even)));
  let odd = step(-5.83357013379057348645e-02, w, f64x2.splat(-3.65315727442169155270e-02));
  odd = step(-1.11111104054623557880e-01, w, step(-7.69187620504482999495e-02, w, odd));
  odd = f64x2.mul(w, step(-1.99999999998764832476e-01, w, odd));
  const rest = f64x2.sub(f64x2.sub(f64x2.mul(t, f64x2.add(even, odd)), low), t);
  return v128.or(f64x2.abs(f64x2.sub(high, rest)), v128.and(x, i64x2.splat(i64.MIN_VALUE)));
}

/** asin, acos or atan. */
// @ts-ignore: decorator
@inline
export function arcsLanes(fn: i32, x: v128): v128 {
  return fn == ATAN ? atanLanes(x) : arcLanes(fn, x);
}
