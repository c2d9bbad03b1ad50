// The quarter circle by random points: two of them a Philox block, eight at once.

import { PHILOX_BYTES, philox4 } from "./philox";

/** counts[piece] (f64) = how many of the piece's `perPiece` points, a multiple of 8, lie in the circle. */
export function monte_carlo_pi(
  begin: i32, end: i32, points: f64, perPiece: f64, keyLow: i32, keyHigh: i32, streamLow: i32, streamHigh: i32,
  counts: usize, rooms: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    const room = rooms + <usize>piece * PHILOX_BYTES;
    let at = <i64>piece * <i64>perPiece;
    const last = min(<i64>points, at + <i64>perPiece);
    let sums = i64x2.splat(0);
    for (; at + 8 <= last; at += 8) {
      philox4(<u64>at >> 1, streamLow, streamHigh, keyLow, keyHigh, room);
      sums = i64x2.sub(sums, i64x2.add(inside(room, 0, 0), inside(room, 32, 0)));
      sums = i64x2.sub(sums, i64x2.add(inside(room, 0, 8), inside(room, 32, 8)));
    }
    let count = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
    if (at < last) {
      philox4(<u64>at >> 1, streamLow, streamHigh, keyLow, keyHigh, room);
      for (let i: i64 = 0; at + i < last; i++) {
        const words = room + (<usize>(i >> 1) << 2) + (i & 1 ? 32 : 0);
        const x = <f64>load<u32>(words) * 2.3283064365386963e-10;
        const y = <f64>load<u32>(words, 16) * 2.3283064365386963e-10;
        if (x * x + y * y <= 1) count++;
      }
    }
    store<f64>(counts + (<usize>piece << 3), <f64>count);
  }
}

/** −1 for each of two points that lies in the circle. */
// @ts-ignore: decorator
@inline
function inside(words: usize, x: usize, lanes: usize): v128 {
  const scale = f64x2.splat(2.3283064365386963e-10);
  const px = f64x2.mul(f64x2.convert_low_i32x4_u(v128.load64_zero(words + x + lanes)), scale);
  const py = f64x2.mul(f64x2.convert_low_i32x4_u(v128.load64_zero(words + x + lanes, 16)), scale);
  return f64x2.le(f64x2.add(f64x2.mul(px, px), f64x2.mul(py, py)), f64x2.splat(1));
}
