// Resampling in two passes of a separable filter, as Pillow has it (Lundh, Clark; coefficients in fixed point,
// the picture clamped to 8 bits between the passes). Two taps of one channel make one product of pairs
// (i16x8.dot_i16x8_s), the layout of Karpinsky's Pillow-SIMD.
//
// A table of an axis (src/kernels/images-axis.ts) has for each result pixel its first source pixel and how many
// taps it has (two i32), and in another array its taps as i16, `stride` of them, whose sum is 1 << precision.

import { isOpaque, premultiply, unpremultiply } from "./alpha";
import { RESIZE_LINES, RESIZE_ROWS } from "./sizes";

/**
 * The horizontal pass: rows of `width` pixels into rows of `toWidth` pixels, `toBytes` apart, premultiplied where
 * they are not opaque. `rooms` gives two rows of `width` + 4 pixels to every piece. Taps come four at a time: where
 * a row has fewer pixels (`isNarrow`), it is copied to where there is room behind it.
 */
export function resize_rows(
  begin: i32, end: i32, from: usize, width: i32, height: i32, to: usize, toWidth: i32, toBytes: usize,
  table: usize, taps: usize, stride: i32, precision: i32, rooms: usize, isNarrow: i32,
): void {
  const room = <usize>(width + 4) << 2;
  const rowBytes = <usize>width << 2;
  for (let piece = begin; piece < end; piece++) {
    const buffer = rooms + <usize>piece * room * 2;
    const last = min(height, (piece + 1) * RESIZE_ROWS);
    let y = piece * RESIZE_ROWS;
    for (; y + 2 <= last; y += 2) {
      const a = prepareRow(from + <usize>y * rowBytes, buffer, width, isNarrow);
      const b = prepareRow(from + <usize>(y + 1) * rowBytes, buffer + room, width, isNarrow);
      const out = to + <usize>y * toBytes;
      shrinkRows(a, b, out, out + toBytes, toWidth, table, taps, stride, precision);
    }
    if (y < last) {
      const a = prepareRow(from + <usize>y * rowBytes, buffer, width, isNarrow);
      const out = to + <usize>y * toBytes;
      shrinkRows(a, a, out, out, toWidth, table, taps, stride, precision);
    }
  }
}

/** The row itself, or where its premultiplied copy lies. */
function prepareRow(row: usize, buffer: usize, width: i32, isNarrow: i32): usize {
  if (!isOpaque(row, width)) premultiply(row, buffer, width);
  else if (isNarrow) memory.copy(buffer, row, <usize>width << 2);
  else return row;
  return buffer;
}

/** Two rows at once, which share the loading of taps. */
function shrinkRows(
  a: usize, b: usize, toA: usize, toB: usize, toWidth: i32, table: usize, taps: usize, stride: i32, precision: i32,
): void {
  const half = i32x4.splat(1 << (precision - 1));
  const near = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
  const far = i8x16(8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1);
  for (let x = 0; x < toWidth; x++) {
    const first = <usize>load<u32>(table) << 2;
    const last = first + (<usize>load<u32>(table, 4) << 2);
    let tap = taps;
    let sumA = half, sumB = half;
    for (let at = first; at < last; at += 16) {
      const k = v128.load32_splat(tap);
      const l = v128.load32_splat(tap, 4);
      const pixelsA = v128.load(a + at);
      const pixelsB = v128.load(b + at);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(i8x16.swizzle(pixelsA, near), k));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(i8x16.swizzle(pixelsB, near), k));
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(i8x16.swizzle(pixelsA, far), l));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(i8x16.swizzle(pixelsB, far), l));
      tap += 8;
    }
    const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sumA, precision), i32x4.shr_s(sumB, precision));
    const bytes = i8x16.narrow_i16x8_u(words, words);
    v128.store_lane<u32>(toA, bytes, 0);
    v128.store_lane<u32>(toB, bytes, 1);
    toA += 4;
    toB += 4;
    table += 8;
    taps += <usize>stride << 1;
  }
}

/** The vertical pass: columns of `from` (rows of `width` pixels, `fromBytes` apart) into `toHeight` rows, unpremultiplied. */
export function resize_columns(
  begin: i32, end: i32, from: usize, fromBytes: usize, width: i32, to: usize, toHeight: i32,
  table: usize, taps: usize, stride: i32, precision: i32,
): void {
  const rowBytes = <usize>width << 2;
  const last = min(toHeight, end * RESIZE_LINES);
  for (let y = begin * RESIZE_LINES; y < last; y++) {
    const entry = table + (<usize>y << 3);
    const rows = from + <usize>load<u32>(entry) * fromBytes;
    const line = taps + <usize>y * (<usize>stride << 1);
    const out = to + <usize>y * rowBytes;
    blendRows(rows, fromBytes, load<i32>(entry, 4), line, precision, out, rowBytes);
    if (!isOpaque(out, width)) unpremultiply(out, width);
  }
}

/** out = Σ tap·row over `count` rows from `rows` on, an even number. */
function blendRows(
  rows: usize, step: usize, count: i32, taps: usize, precision: i32, out: usize, rowBytes: usize,
): void {
  if (rowBytes < 16) {
    for (let at: usize = 0; at < rowBytes; at += 4) {
      v128.store_lane<u32>(out + at, blend4(rows + at, step, count, taps, precision), 0);
    }
    return;
  }
  let at: usize = 0;
  for (; at + 16 <= rowBytes; at += 16) v128.store(out + at, blend16(rows + at, step, count, taps, precision));
  // The last pixels once more, with those before them.
  if (at < rowBytes) {
    at = rowBytes - 16;
    v128.store(out + at, blend16(rows + at, step, count, taps, precision));
  }
}

// @ts-ignore: decorator
@inline
function blend16(rows: usize, step: usize, count: i32, taps: usize, precision: i32): v128 {
  const half = i32x4.splat(1 << (precision - 1));
  let sum0 = half, sum1 = half, sum2 = half, sum3 = half;
  for (let left = count; left > 0; left -= 2) {
    const k = v128.load32_splat(taps);
    const a = v128.load(rows);
    const b = v128.load(rows + step);
    const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), k));
    sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), k));
    sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), k));
    sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), k));
    rows += step << 1;
    taps += 4;
  }
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.shr_s(sum0, precision), i32x4.shr_s(sum1, precision)),
    i16x8.narrow_i32x4_s(i32x4.shr_s(sum2, precision), i32x4.shr_s(sum3, precision)),
  );
}

/** One pixel, in lane 0. */
// @ts-ignore: decorator
@inline
function blend4(rows: usize, step: usize, count: i32, taps: usize, precision: i32): v128 {
  let sum = i32x4.splat(1 << (precision - 1));
  for (let left = count; left > 0; left--) {
    const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(rows)));
    sum = i32x4.add(sum, i32x4.mul(pixel, i32x4.splat(<i32>load<i16>(taps))));
    rows += step;
    taps += 2;
  }
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, precision), i32x4.splat(0));
  return i8x16.narrow_i16x8_u(words, words);
}
