// Premultiplied alpha, a row at a time, as Pillow's "RGBa" mode has it: c' = round(c·a / 255) and back.

/** Whether all pixels of the row are opaque. */
export function isOpaque(row: usize, pixels: i32): bool {
  const bytes = <usize>pixels << 2;
  let at: usize = 0;
  let all = i8x16.splat(-1);
  for (; at + 64 <= bytes; at += 64) {
    const a = v128.and(v128.load(row + at), v128.load(row + at, 16));
    const b = v128.and(v128.load(row + at, 32), v128.load(row + at, 48));
    all = v128.and(all, v128.and(a, b));
  }
  let last: u32 = 255;
  for (; at < bytes; at += 4) last &= <u32>load<u8>(row + at, 3);
  return last == 255 && i32x4.all_true(i32x4.eq(v128.or(all, i32x4.splat(0x00ffffff)), i32x4.splat(-1)));
}

/** to = from with its colours multiplied by their alpha. */
export function premultiply(from: usize, to: usize, pixels: i32): void {
  let left = pixels;
  for (; left >= 4; left -= 4, from += 16, to += 16) v128.store(to, premultiply4(v128.load(from)));
  for (; left > 0; left--, from += 4, to += 4) {
    v128.store_lane<u32>(to, premultiply4(v128.load32_zero(from)), 0);
  }
}

/** Four pixels; exact: x / 255 rounded is (x + 128 + (x + 128 >> 8)) >> 8 for x ≤ 255². */
// @ts-ignore: decorator
@inline
function premultiply4(pixels: v128): v128 {
  const keep = i16x8(0, 0, 0, 255, 0, 0, 0, 255);
  const alphaLow = i8x16.swizzle(pixels, i8x16(3, -1, 3, -1, 3, -1, -1, -1, 7, -1, 7, -1, 7, -1, -1, -1));
  const alphaHigh = i8x16.swizzle(pixels, i8x16(11, -1, 11, -1, 11, -1, -1, -1, 15, -1, 15, -1, 15, -1, -1, -1));
  const low = i16x8.mul(i16x8.extend_low_i8x16_u(pixels), v128.or(alphaLow, keep));
  const high = i16x8.mul(i16x8.extend_high_i8x16_u(pixels), v128.or(alphaHigh, keep));
  return i8x16.narrow_i16x8_u(divide255(low), divide255(high));
}

// @ts-ignore: decorator
@inline
export function divide255(x: v128): v128 {
  const y = i16x8.add(x, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(y, i16x8.shr_u(y, 8)), 8);
}

/** Divides the colours of the row by their alpha, in place; colours stay as they are where alpha is 0 or 255. */
export function unpremultiply(row: usize, pixels: i32): void {
  const end = row + (<usize>pixels << 2);
  for (let at = row; at < end; at += 4) {
    const alpha = <u32>load<u8>(at, 3);
    if (alpha == 0 || alpha == 255) continue;
    const factor: f32 = 255 / <f32>alpha;
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
    const real = f32x4.mul(f32x4.convert_i32x4_u(wide), f32x4.splat(factor));
    const whole = i32x4.trunc_sat_f32x4_u(f32x4.add(real, f32x4.splat(0.5)));
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(i32x4.replace_lane(whole, 3, alpha), whole), whole);
    v128.store_lane<u32>(at, bytes, 0);
  }
}
