// Source-over compositing (Porter and Duff 1984) of straight-alpha pixels. A piece is IMAGE_ROWS rows.

import { IMAGE_ROWS } from "./sizes";

/**
 * Lays `width` × `height` pixels of `over` (rows `overBytes` apart) on those of `base`, into `to` (rows
 * `baseBytes` apart both), which may be `base`. Opacity is 0 … 32767 fifteenths of a bit: 1 is 32768, as 32767.
 */
export function composite(
  begin: i32, end: i32, base: usize, over: usize, to: usize, width: i32, height: i32,
  baseBytes: usize, overBytes: usize, opacity: f64,
): void {
  const last = min(height, end * IMAGE_ROWS);
  for (let y = begin * IMAGE_ROWS; y < last; y++) {
    compositeRow(base + <usize>y * baseBytes, over + <usize>y * overBytes, to + <usize>y * baseBytes, width, <f32>opacity);
  }
}

function compositeRow(base: usize, over: usize, to: usize, width: i32, opacity: f32): void {
  const factor = i16x8.splat(<i16>min(32767, <i32>(opacity * 32768 + 0.5)));
  const alphaMask = i32x4.splat(0xff000000);
  let left = width;
  for (; left > 0; left -= 4, base += 16, over += 16, to += 16) {
    const b = left >= 4 ? v128.load(base) : loadPixels(base, left, 0xff000000);
    const s = left >= 4 ? v128.load(over) : loadPixels(over, left, 0);
    let result = b;
    if (v128.any_true(v128.and(s, alphaMask))) {
      result = i32x4.all_true(i32x4.eq(v128.and(b, alphaMask), alphaMask))
        ? overOpaque(b, s, factor)
        : overAny(b, s, opacity);
    }
    if (left >= 4) v128.store(to, result);
    else storePixels(to, result, left);
  }
}

/** cb + (cs − cb)·αs on an opaque base, αs in 15 bits: within 0.53 of the exact value. */
// @ts-ignore: decorator
@inline
function overOpaque(b: v128, s: v128, factor: v128): v128 {
  const alphaLow = i8x16.swizzle(s, i8x16(3, -1, 3, -1, 3, -1, 3, -1, 7, -1, 7, -1, 7, -1, 7, -1));
  const alphaHigh = i8x16.swizzle(s, i8x16(11, -1, 11, -1, 11, -1, 11, -1, 15, -1, 15, -1, 15, -1, 15, -1));
  const colours = v128.or(s, i32x4.splat(0xff000000));
  return i8x16.narrow_i16x8_u(
    mix(i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(colours), alphaLow, factor),
    mix(i16x8.extend_high_i8x16_u(b), i16x8.extend_high_i8x16_u(colours), alphaHigh, factor),
  );
}

// @ts-ignore: decorator
@inline
function mix(b: v128, s: v128, alpha: v128, factor: v128): v128 {
  // alpha·128.5 is alpha / 255 in 15 bits, 32767 for 255.
  const wide = i16x8.add(i16x8.shl(alpha, 7), i16x8.shr_u(alpha, 1));
  const weight = i16x8.q15mulr_sat_s(wide, factor);
  return i16x8.add(b, i16x8.q15mulr_sat_s(i16x8.sub(s, b), weight));
}

/** Any base, in f32, channel by channel. */
function overAny(b: v128, s: v128, opacity: f32): v128 {
  const one = f32x4.splat(1);
  const alphaS = f32x4.mul(channel(s, 24), f32x4.splat(opacity / 255));
  const alphaB = f32x4.mul(channel(b, 24), f32x4.splat(1 / <f32>255));
  const alpha = f32x4.add(alphaS, f32x4.mul(alphaB, f32x4.sub(one, alphaS)));
  const weight = f32x4.div(alphaS, alpha);
  const r = round(blend(channel(b, 0), channel(s, 0), weight));
  const g = round(blend(channel(b, 8), channel(s, 8), weight));
  const bl = round(blend(channel(b, 16), channel(s, 16), weight));
  const a = round(f32x4.mul(alpha, f32x4.splat(255)));
  const result = v128.or(v128.or(r, i32x4.shl(g, 8)), v128.or(i32x4.shl(bl, 16), i32x4.shl(a, 24)));
  // Where αs is 0, and there alone 0 / 0 may have come, the base stays.
  return v128.bitselect(b, result, f32x4.eq(alphaS, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function channel(pixels: v128, shift: i32): v128 {
  return f32x4.convert_i32x4_u(v128.and(i32x4.shr_u(pixels, shift), i32x4.splat(255)));
}

// @ts-ignore: decorator
@inline
function blend(b: v128, s: v128, weight: v128): v128 {
  return f32x4.add(b, f32x4.mul(f32x4.sub(s, b), weight));
}

// @ts-ignore: decorator
@inline
function round(x: v128): v128 {
  return i32x4.trunc_sat_f32x4_u(f32x4.add(x, f32x4.splat(0.5)));
}

/** Up to three pixels, and the filling behind them. */
function loadPixels(at: usize, count: i32, filling: i32): v128 {
  let pixels = i32x4.replace_lane(i32x4.splat(filling), 0, load<i32>(at));
  if (count > 1) pixels = i32x4.replace_lane(pixels, 1, load<i32>(at, 4));
  if (count > 2) pixels = i32x4.replace_lane(pixels, 2, load<i32>(at, 8));
  return pixels;
}

function storePixels(at: usize, pixels: v128, count: i32): void {
  v128.store_lane<u32>(at, pixels, 0);
  if (count > 1) v128.store_lane<u32>(at, pixels, 1, 4);
  if (count > 2) v128.store_lane<u32>(at, pixels, 2, 8);
}
