// Element-wise arithmetic. A piece is BLOCK elements.

/** Elements of a piece. */
export const BLOCK: i32 = 16384;

/** to[i] = k * from[i] for f64. */
export function scale_f64(begin: i32, end: i32, from: usize, to: usize, length: u32, k: f64): void {
  const first = <u32>begin * BLOCK;
  const last = min<u32>(<u32>end * BLOCK, length);
  const factor = f64x2.splat(k);
  let i = first;
  for (; i + 4 <= last; i += 4) {
    const at = <usize>i << 3;
    v128.store(to + at, f64x2.mul(v128.load(from + at), factor));
    v128.store(to + at, f64x2.mul(v128.load(from + at, 16), factor), 16);
  }
  for (; i < last; i++) store<f64>(to + (<usize>i << 3), load<f64>(from + (<usize>i << 3)) * k);
}
