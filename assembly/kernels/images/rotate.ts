// Rotation: each pixel of the result is rotated back into the source and sampled there. A piece is IMAGE_ROWS rows.

import { IMAGE_ROWS } from "./sizes";

/**
 * Pixel (x, y) of the result is the source at (sx + x·cos + y·sin, sy − x·sin + y·cos), pixels having their centres
 * at halves; `fill` where that lies outside. Bilinear weighs colours by alpha, the edge repeated.
 */
export function rotate(
  begin: i32, end: i32, from: usize, width: i32, height: i32, to: usize, toWidth: i32, toHeight: i32,
  sx: f64, sy: f64, cos: f64, sin: f64, fill: u32, isBilinear: i32,
): void {
  const last = min(toHeight, end * IMAGE_ROWS);
  for (let y = begin * IMAGE_ROWS; y < last; y++) {
    let out = to + <usize>y * (<usize>toWidth << 2);
    const rowX = sx + <f64>y * sin;
    const rowY = sy + <f64>y * cos;
    for (let x = 0; x < toWidth; x++, out += 4) {
      const u = rowX + <f64>x * cos;
      const v = rowY - <f64>x * sin;
      if (u < 0 || v < 0 || u >= width || v >= height) store<u32>(out, fill);
      else if (isBilinear) store<u32>(out, bilinear(from, width, height, u - 0.5, v - 0.5));
      else store<u32>(out, load<u32>(from + ((<usize>v * <usize>width + <usize>u) << 2)));
    }
  }
}

/** The pixel at (u, v), pixels lying at whole numbers. */
// @ts-ignore: decorator
@inline
function bilinear(from: usize, width: i32, height: i32, u: f64, v: f64): u32 {
  const left = <i32>Math.floor(u), top = <i32>Math.floor(v);
  const one: f32 = 1;
  const du = <f32>(u - <f64>left), dv = <f32>(v - <f64>top);
  const x0 = <usize>max(0, left) << 2, x1 = <usize>min(width - 1, left + 1) << 2;
  const row0 = from + <usize>max(0, top) * (<usize>width << 2);
  const row1 = from + <usize>min(height - 1, top + 1) * (<usize>width << 2);
  const p00 = load<u32>(row0 + x0), p10 = load<u32>(row0 + x1);
  const p01 = load<u32>(row1 + x0), p11 = load<u32>(row1 + x1);
  const w00 = (one - du) * (one - dv), w10 = du * (one - dv), w01 = (one - du) * dv, w11 = du * dv;
  if ((p00 & p10 & p01 & p11) >= 0xff000000) {
    const sum = f32x4.add(
      f32x4.add(f32x4.mul(spread(p00), f32x4.splat(w00)), f32x4.mul(spread(p10), f32x4.splat(w10))),
      f32x4.add(f32x4.mul(spread(p01), f32x4.splat(w01)), f32x4.mul(spread(p11), f32x4.splat(w11))),
    );
    return pack(sum) | 0xff000000;
  }
  const a00 = w00 * <f32>(p00 >> 24), a10 = w10 * <f32>(p10 >> 24);
  const a01 = w01 * <f32>(p01 >> 24), a11 = w11 * <f32>(p11 >> 24);
  const alpha = a00 + a10 + a01 + a11;
  if (alpha < 0.5) return 0;
  const sum = f32x4.add(
    f32x4.add(f32x4.mul(spread(p00), f32x4.splat(a00)), f32x4.mul(spread(p10), f32x4.splat(a10))),
    f32x4.add(f32x4.mul(spread(p01), f32x4.splat(a01)), f32x4.mul(spread(p11), f32x4.splat(a11))),
  );
  const colours = f32x4.mul(sum, f32x4.splat(one / alpha));
  return pack(f32x4.replace_lane(colours, 3, alpha));
}

/** The bytes of a pixel as four f32. */
// @ts-ignore: decorator
@inline
function spread(pixel: u32): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(pixel))));
}

// @ts-ignore: decorator
@inline
function pack(values: v128): u32 {
  const words = i32x4.trunc_sat_f32x4_s(f32x4.add(values, f32x4.splat(0.5)));
  const narrow = i16x8.narrow_i32x4_s(words, words);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

/** Side of the squares that a quarter turn goes by, so that both images stay in the cache. */
const TILE: i32 = 16;

/** Quarter turns: pixel (x, y) is the source's pixel `start` + x·stepX + y·stepY, all counted in pixels. */
export function turn(
  begin: i32, end: i32, from: usize, to: usize, toWidth: i32, toHeight: i32, start: i32, stepX: i32, stepY: i32,
): void {
  const last = min(toHeight, end * IMAGE_ROWS);
  for (let y0 = begin * IMAGE_ROWS; y0 < last; y0 += TILE) {
    for (let x0 = 0; x0 < toWidth; x0 += TILE) {
      for (let y = y0; y < min(last, y0 + TILE); y++) {
        let out = to + ((<usize>y * <usize>toWidth + <usize>x0) << 2);
        for (let x = x0; x < min(toWidth, x0 + TILE); x++, out += 4) {
          store<u32>(out, load<u32>(from + (<usize>(start + x * stepX + y * stepY) << 2)));
        }
      }
    }
  }
}
