// Gravity among bodies, all pairs. `bodies` has seven arrays of `stride` f64 (even, zeros behind the last body):
// x, y, z, vx, vy, vz, mass. A piece is NBODY_BLOCK bodies. Each body's sum goes over the others in their order.

import { NBODY_BLOCK } from "./sizes";

/** The velocities after the step, from the positions before it: v += G·dt·Σ m·r / (r² + softening²)^1.5. */
export function nbody_pull(
  begin: i32, end: i32, bodies: usize, count: i32, stride: i32, g: f64, dt: f64, softening2: f64,
): void {
  const array = <usize>stride << 3;
  const last = min(count, end * NBODY_BLOCK);
  const soft = f64x2.splat(softening2);
  const one = f64x2.splat(1);
  for (let i = begin * NBODY_BLOCK; i < last; i += 2) {
    const at = bodies + (<usize>i << 3);
    const x = v128.load(at), y = v128.load(at + array), z = v128.load(at + 2 * array);
    const self = i64x2.add(i64x2.splat(i), i64x2(0, 1));
    let ax = f64x2.splat(0), ay = f64x2.splat(0), az = f64x2.splat(0);
    let other = bodies;
    for (let j = 0; j < count; j++, other += 8) {
      const dx = f64x2.sub(v128.load64_splat(other), x);
      const dy = f64x2.sub(v128.load64_splat(other + array), y);
      const dz = f64x2.sub(v128.load64_splat(other + 2 * array), z);
      const squares = f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz));
      const r2 = f64x2.add(squares, soft);
      const inverse = f64x2.div(one, f64x2.mul(r2, f64x2.sqrt(r2)));
      const pull = f64x2.mul(v128.load64_splat(other + 6 * array), inverse);
      // A body does not pull itself.
      const weight = v128.andnot(pull, i64x2.eq(self, i64x2.splat(j)));
      ax = f64x2.add(ax, f64x2.mul(dx, weight));
      ay = f64x2.add(ay, f64x2.mul(dy, weight));
      az = f64x2.add(az, f64x2.mul(dz, weight));
    }
    push(at + 3 * array, ax, g, dt, i + 1 < count);
    push(at + 4 * array, ay, g, dt, i + 1 < count);
    push(at + 5 * array, az, g, dt, i + 1 < count);
  }
}

// @ts-ignore: decorator
@inline
function push(velocity: usize, sum: v128, g: f64, dt: f64, isPair: bool): void {
  const change = f64x2.mul(f64x2.mul(f64x2.splat(g), sum), f64x2.splat(dt));
  const after = f64x2.add(v128.load(velocity), change);
  if (isPair) v128.store(velocity, after);
  else store<f64>(velocity, f64x2.extract_lane(after, 0));
}

/** The positions after the step: r += v·dt. */
export function nbody_move(begin: i32, end: i32, bodies: usize, count: i32, stride: i32, dt: f64): void {
  const array = <usize>stride << 3;
  const last = min(count, end * NBODY_BLOCK);
  for (let axis: usize = 0; axis < 3; axis++) {
    for (let i = begin * NBODY_BLOCK; i < last; i++) {
      const at = bodies + axis * array + (<usize>i << 3);
      store<f64>(at, load<f64>(at) + load<f64>(at + 3 * array) * dt);
    }
  }
}

/** Some steps of few bodies. */
export function nbody_steps(
  begin: i32, end: i32, bodies: usize, count: i32, stride: i32, g: f64, dt: f64, softening2: f64, steps: i32,
): void {
  const pieces = (count + NBODY_BLOCK - 1) / NBODY_BLOCK;
  for (let step = 0; step < steps; step++) {
    nbody_pull(0, pieces, bodies, count, stride, g, dt, softening2);
    nbody_move(0, pieces, bodies, count, stride, dt);
  }
}
