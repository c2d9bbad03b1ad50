// Correlation of an image with a small matrix. A piece is IMAGE_ROWS rows.

import { IMAGE_ROWS } from "./sizes";

/** Rows of the image with its edge repeated: `left` pixels before and `right` after, `above` rows before. */
export function pad_image(
  begin: i32, end: i32, from: usize, width: i32, height: i32, to: usize, left: i32, right: i32, above: i32, toHeight: i32,
): void {
  const rowBytes = <usize>width << 2;
  const toBytes = <usize>(left + width + right) << 2;
  const last = min(toHeight, end * IMAGE_ROWS);
  for (let y = begin * IMAGE_ROWS; y < last; y++) {
    const row = from + <usize>max(0, min(height - 1, y - above)) * rowBytes;
    let out = to + <usize>y * toBytes;
    const first = load<u32>(row);
    const final = load<u32>(row + rowBytes - 4);
    for (let x = 0; x < left; x++, out += 4) store<u32>(out, first);
    memory.copy(out, row, rowBytes);
    out += rowBytes;
    for (let x = 0; x < right; x++, out += 4) store<u32>(out, final);
  }
}

/**
 * to = floor(Σ weight · pixel + offset + ½), clamped, alpha kept; `padded` has columns − 1 pixels and rows − 1
 * rows more than the result. Weights are f32, row by row. Four pixels at once.
 */
export function convolve2d(
  begin: i32, end: i32, padded: usize, to: usize, width: i32, height: i32, weights: usize, columns: i32, rows: i32, offset: f64,
): void {
  const fromBytes = <usize>(width + columns - 1) << 2;
  const centre = <usize>(rows >> 1) * fromBytes + (<usize>(columns >> 1) << 2);
  const last = min(height, end * IMAGE_ROWS);
  const bias = f32x4.splat(<f32>(offset + 0.5));
  const alphaMask = i32x4.splat(0xff000000);
  for (let y = begin * IMAGE_ROWS; y < last; y++) {
    let row = padded + <usize>y * fromBytes;
    let out = to + <usize>y * (<usize>width << 2);
    for (let left = width; left > 0; left -= 4, row += 16, out += 16) {
      let a = bias, b = bias, c = bias, d = bias;
      let weight = weights;
      for (let j = 0; j < rows; j++) {
        let at = row + <usize>j * fromBytes;
        for (let i = 0; i < columns; i++, at += 4, weight += 4) {
          const factor = v128.load32_splat(weight);
          const pixels = v128.load(at);
          const low = i16x8.extend_low_i8x16_u(pixels);
          const high = i16x8.extend_high_i8x16_u(pixels);
          a = f32x4.add(a, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), factor));
          b = f32x4.add(b, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), factor));
          c = f32x4.add(c, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), factor));
          d = f32x4.add(d, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), factor));
        }
      }
      const colours = i8x16.narrow_i16x8_u(
        i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f32x4.floor(a)), i32x4.trunc_sat_f32x4_s(f32x4.floor(b))),
        i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f32x4.floor(c)), i32x4.trunc_sat_f32x4_s(f32x4.floor(d))),
      );
      const result = v128.bitselect(v128.load(row + centre), colours, alphaMask);
      if (left >= 4) v128.store(out, result);
      else {
        v128.store_lane<u32>(out, result, 0);
        if (left > 1) v128.store_lane<u32>(out, result, 1, 4);
        if (left > 2) v128.store_lane<u32>(out, result, 2, 8);
      }
    }
  }
}

/** The same in f64, for weights that nearly cancel each other: those are f64 here. */
export function convolve2d_wide(
  begin: i32, end: i32, padded: usize, to: usize, width: i32, height: i32, weights: usize, columns: i32, rows: i32, offset: f64,
): void {
  const fromBytes = <usize>(width + columns - 1) << 2;
  const centre = <usize>(rows >> 1) * fromBytes + (<usize>(columns >> 1) << 2);
  const last = min(height, end * IMAGE_ROWS);
  for (let y = begin * IMAGE_ROWS; y < last; y++) {
    let out = to + <usize>y * (<usize>width << 2);
    for (let x = 0; x < width; x++, out += 4) {
      const row = padded + <usize>y * fromBytes + (<usize>x << 2);
      for (let channel: usize = 0; channel < 3; channel++) {
        let sum: f64 = 0;
        let weight = weights;
        for (let j = 0; j < rows; j++) {
          let at = row + <usize>j * fromBytes + channel;
          for (let i = 0; i < columns; i++, at += 4, weight += 8) sum += <f64>load<u8>(at) * load<f64>(weight);
        }
        store<u8>(out + channel, <u8>max<f64>(0, min<f64>(255, Math.floor(sum + offset + 0.5))));
      }
      store<u8>(out + 3, load<u8>(row + centre + 3));
    }
  }
}
