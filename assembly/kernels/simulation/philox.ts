// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): a function
// from a counter and a key to four random words. Four blocks run at once, one in each lane.

const MULTIPLIER_0: i32 = 0xd2511f53;
const MULTIPLIER_1: i32 = 0xcd9e8d57;
const WEYL_0: i32 = 0x9e3779b9;
const WEYL_1: i32 = 0xbb67ae85;

/** Bytes that {@link philox4} writes: words 0, 1, 2 and 3 of four blocks, a vector each. */
export const PHILOX_BYTES: usize = 64;

/** The blocks `block` … `block` + 3 of the stream, to `to`. */
// @ts-ignore: decorator
@inline
export function philox4(block: u64, streamLow: i32, streamHigh: i32, keyLow: i32, keyHigh: i32, to: usize): void {
  const first = i64x2.add(i64x2.splat(block), i64x2(0, 1));
  const second = i64x2.add(i64x2.splat(block), i64x2(2, 3));
  let c0 = i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  let c1 = i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  let c2 = i32x4.splat(streamLow);
  let c3 = i32x4.splat(streamHigh);
  let k0 = keyLow, k1 = keyHigh;
  const m0 = i32x4.splat(MULTIPLIER_0), m1 = i32x4.splat(MULTIPLIER_1);
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, m0);
    const low0 = i32x4.mul(c0, m0);
    const high1 = multiplyHigh(c2, m1);
    const low1 = i32x4.mul(c2, m1);
    c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
    c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
    c1 = low1;
    c3 = low0;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  v128.store(to, c0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
}

/** The high words of the products. */
// @ts-ignore: decorator
@inline
function multiplyHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(
    i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b),
    4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31,
  );
}
