// sin and cos near 0 of two f64 at once, by the polynomials of FDLIBM's k_sin.c and k_cos.c (Sun 1993): for kernels of
// more than one family.

/** A step of Horner's rule: p·z + c. */
// @ts-ignore: decorator
@inline
export function step(z: v128, p: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, z), f64x2.splat(c));
}

/** sin y for |y| ≤ π/4, z = y². */
// @ts-ignore: decorator
@inline
export function sineNear0(y: v128, z: v128): v128 {
  let p = step(z, f64x2.splat(1.58969099521155010221e-10), -2.50507602534068634195e-8);
  p = step(z, step(z, p, 2.75573137070700676789e-6), -1.98412698298579493134e-4);
  p = step(z, step(z, p, 8.33333333332248946124e-3), -1.66666666666666324348e-1);
  return f64x2.add(y, f64x2.mul(f64x2.mul(y, z), p));
}

/** cos y for |y| ≤ π/4, z = y². */
// @ts-ignore: decorator
@inline
export function cosineNear0(z: v128): v128 {
  let p = step(z, f64x2.splat(-1.13596475577881948265e-11), 2.08757232129817482790e-9);
  p = step(z, step(z, p, -2.75573143513906633035e-7), 2.48015872894767294178e-5);
  p = step(z, step(z, p, -1.38888888888741095749e-3), 4.16666666666666019037e-2);
  const half = f64x2.mul(f64x2.splat(0.5), z);
  const near = f64x2.sub(f64x2.splat(1), half);
  const lost = f64x2.sub(f64x2.sub(f64x2.splat(1), near), half);
  return f64x2.add(near, f64x2.add(lost, f64x2.mul(f64x2.mul(z, z), p)));
}
