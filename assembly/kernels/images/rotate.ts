// Rotation: each pixel of the result is rotated back into the source and sampled there. A piece is IMAGE_ROWS rows.

import { IMAGE_ROWS } from "./sizes";

/** Columns of the result that are done at a time, in all rows of a piece: what they take of the source stays in the cache. */
const BLOCK: i32 = 32;

/**
 * Pixel (x, y) of the result is the source at (sx + x·cos + y·sin, sy − x·sin + y·cos), pixels having their centres
 * at halves; `fill` where that lies outside. Bilinear weighs colours by alpha, the edge repeated.
 */
export function rotate(
  begin: i32, end: i32, from: usize, width: i32, height: i32, to: usize, toWidth: i32, toHeight: i32,
  sx: f64, sy: f64, cos: f64, sin: f64, fill: u32, isBilinear: i32,
): void {
  const last = min(toHeight, end * IMAGE_ROWS);
  const perX = 1 / cos, perY = -1 / sin;
  for (let x0 = 0; x0 < toWidth; x0 += BLOCK) {
    const x1 = min(toWidth, x0 + BLOCK);
    for (let y = begin * IMAGE_ROWS; y < last; y++) {
      let out = to + ((<usize>y * <usize>toWidth + <usize>x0) << 2);
      const rowX = sx + <f64>y * sin;
      const rowY = sy + <f64>y * cos;
      let first = x1, beyond = x1;
      if (isBilinear) {
        // Where all four pixels of a point lie inside, a stretch of the row, found by its ends.
        const ends = stretch(rowX, cos, perX, width, stretch(rowY, -sin, perY, height, <u64>x0 | (<u64>x1 << 32)));
        first = <i32>ends;
        beyond = <i32>(ends >> 32);
      }
      for (let x = x0; x < x1; x++, out += 4) {
        if (x == first && first < beyond) {
          within(from, width, out, first, beyond, rowX, rowY, cos, sin);
          out += <usize>(beyond - first) << 2;
          x = beyond;
          if (x == x1) break;
        }
        const u = rowX + <f64>x * cos;
        const v = rowY - <f64>x * sin;
        if (u < 0 || v < 0 || u >= width || v >= height) store<u32>(out, fill);
        else if (isBilinear) store<u32>(out, bilinear(from, width, height, u - 0.5, v - 0.5));
        else store<u32>(out, load<u32>(from + ((<usize>v * <usize>width + <usize>u) << 2)));
      }
    }
  }
}

/**
 * Of the stretch (its first x, and in the high half the one beyond its last) what has start + x·step in 2 … size − 2;
 * `inverse` is 1 ÷ step.
 */
function stretch(start: f64, step: f64, inverse: f64, size: i32, ends: u64): u64 {
  let first = <i32>ends, beyond = <i32>(ends >> 32);
  const low: f64 = 2, high = <f64>size - 2;
  if (step != 0) {
    const a = (low - start) * inverse, b = (high - start) * inverse;
    first = max(first, <i32>Math.ceil(min(max(min(a, b), -1), 2147483000)));
    beyond = min(beyond, <i32>Math.floor(max(min(max(a, b), 2147483000), -1)) + 1);
  } else if (start < low || start > high) beyond = first;
  // Roundings may be a pixel off.
  while (first < beyond && !isWithin(start + <f64>first * step, low, high)) first++;
  while (first < beyond && !isWithin(start + <f64>(beyond - 1) * step, low, high)) beyond--;
  return <u64><u32>first | (<u64>max(first, beyond) << 32);
}

// @ts-ignore: decorator
@inline
function isWithin(x: f64, low: f64, high: f64): bool {
  return x >= low && x <= high;
}

/**
 * Bilinear samples for x = first … beyond − 1, whose four pixels all lie inside. Opaque ones are mixed in 16 bits:
 * along x with weights of 14 bits, kept to 7 bits behind the point, then along y; within 0.02 of the exact value.
 */
function within(
  from: usize, width: i32, out: usize, first: i32, beyond: i32, rowX: f64, rowY: f64, cos: f64, sin: f64,
): void {
  const rowBytes = <usize>width << 2;
  const start = f64x2(rowX - 0.5, rowY - 0.5), steps = f64x2(cos, -sin);
  // Added to a positive number, the first leaves its floor in the low bits of the sum.
  const floor = f64x2.splat(4503599627370495.5), two52 = f64x2.splat(4503599627370496);
  const pairs = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
  for (let x = first; x < beyond; x++, out += 4) {
    const point = f64x2.add(start, f64x2.mul(f64x2.splat(<f64>x), steps));
    const sum = f64x2.add(point, floor);
    const rest = f64x2.sub(point, f64x2.sub(sum, two52));
    const at = from + ((<usize>i32x4.extract_lane(sum, 2) * <usize>width + <usize>i32x4.extract_lane(sum, 0)) << 2);
    if ((load<u64>(at) & load<u64>(at + rowBytes) & 0xff000000ff000000) == 0xff000000ff000000) {
      const weights = f64x2.add(f64x2.mul(rest, f64x2.splat(16384)), two52);
      const across = i32x4.splat(16384 + i32x4.extract_lane(weights, 0) * 65535);
      const down = i32x4.splat(16384 + i32x4.extract_lane(weights, 2) * 65535);
      const half = i32x4.splat(64);
      const upper = i32x4.dot_i16x8_s(i8x16.swizzle(v128.load64_zero(at), pairs), across);
      const lower = i32x4.dot_i16x8_s(i8x16.swizzle(v128.load64_zero(at + rowBytes), pairs), across);
      const both = v128.or(
        i32x4.shr_u(i32x4.add(upper, half), 7),
        i32x4.shl(i32x4.shr_u(i32x4.add(lower, half), 7), 16),
      );
      const bytes = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(both, down), i32x4.splat(1 << 20)), 21);
      const narrow = i16x8.narrow_i32x4_s(bytes, bytes);
      store<u32>(out, i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0));
    } else {
      const left = i32x4.extract_lane(sum, 0), top = i32x4.extract_lane(sum, 2);
      const mixed = mix(
        load<u32>(at), load<u32>(at, 4), load<u32>(at + rowBytes), load<u32>(at + rowBytes, 4),
        <f32>(f64x2.extract_lane(point, 0) - <f64>left), <f32>(f64x2.extract_lane(point, 1) - <f64>top),
      );
      store<u32>(out, mixed);
    }
  }
}

/** The pixel at (u, v), pixels lying at whole numbers. */
// @ts-ignore: decorator
@inline
function bilinear(from: usize, width: i32, height: i32, u: f64, v: f64): u32 {
  const left = <i32>Math.floor(u), top = <i32>Math.floor(v);
  const du = <f32>(u - <f64>left), dv = <f32>(v - <f64>top);
  const x0 = <usize>max(0, left) << 2, x1 = <usize>min(width - 1, left + 1) << 2;
  const row0 = from + <usize>max(0, top) * (<usize>width << 2);
  const row1 = from + <usize>min(height - 1, top + 1) * (<usize>width << 2);
  return mix(load<u32>(row0 + x0), load<u32>(row0 + x1), load<u32>(row1 + x0), load<u32>(row1 + x1), du, dv);
}

/** Four pixels mixed, weighed by alpha. */
function mix(p00: u32, p10: u32, p01: u32, p11: u32, du: f32, dv: f32): u32 {
  const one: f32 = 1;
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
