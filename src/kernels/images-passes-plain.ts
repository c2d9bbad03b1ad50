// The two passes of a separable filter over a small picture off the shared heap, in plain JavaScript: a call of the
// kernels takes longer. Every result has the kernels' bits (assembly/kernels/images/resize.ts; the tests compare the two).

import type { Axis } from './images-axis';
import type { Image, Pixels } from './images-image';

/** Up to so many products of a tap and a pixel the loops are faster than the kernels (measured: Node 20, one core). */
const PLAIN_PRODUCTS = 400;
/** Pixels of the picture, of the result and between the passes, at most: of larger ones no axis is looked at. */
export const PLAIN_FILTERED = 128;
/** The picture with its rows filtered, premultiplied; bytes are clamped as they are stored. */
const between = new Uint8ClampedArray(4 * PLAIN_FILTERED);

/** Whether the filter is so little work that it is done here. */
export function isLittleWork(height: number, columns: Axis, lines: Axis): boolean {
  const width = columns.table.length >> 1;
  const products = width * (height * columns.stride + (lines.table.length >> 1) * lines.stride);
  return products <= PLAIN_PRODUCTS && width * height <= PLAIN_FILTERED;
}

/** c · a / 255, rounded. */
function timesAlpha(colour: number, alpha: number): number {
  const x = colour * alpha + 128;
  return (x + (x >> 8)) >> 8;
}

/** Filters `from` along its rows, then along its columns, into `to`. */
export function filterPlain({ data, width, height }: Image, columns: Axis, lines: Axis, to: Pixels): void {
  const toWidth = columns.table.length >> 1;
  for (let y = 0; y < height; y++) rowPlain(data, 4 * y * width, width, columns, 4 * y * toWidth);
  linesPlain(4 * toWidth, lines, to, height);
  for (let at = 0; at < to.length; at += 4) {
    const alpha = to[at + 3];
    if (alpha === 0 || alpha === 255) continue;
    const factor = Math.fround(255 / alpha);
    for (let i = at; i < at + 3; i++)
      to[i] = Math.min(255, Math.fround(Math.fround(to[i] * factor) + 0.5) | 0);
  }
}

function rowPlain(data: Pixels, row: number, width: number, axis: Axis, to: number): void {
  const { table, taps, stride, precision } = axis;
  for (let x = 0; 2 * x < table.length; x++, to += 4) {
    let r = 1 << (precision - 1);
    let g = r;
    let b = r;
    let a = r;
    const first = table[2 * x];
    // Taps beyond the row are zeros.
    const last = Math.min(width, first + table[2 * x + 1]);
    for (let i = first, at = row + 4 * first, tap = x * stride; i < last; i++, at += 4, tap++) {
      const weight = taps[tap];
      const alpha = data[at + 3];
      if (alpha === 255) {
        r += weight * data[at];
        g += weight * data[at + 1];
        b += weight * data[at + 2];
      } else {
        r += weight * timesAlpha(data[at], alpha);
        g += weight * timesAlpha(data[at + 1], alpha);
        b += weight * timesAlpha(data[at + 2], alpha);
      }
      a += weight * alpha;
    }
    between[to] = r >> precision;
    between[to + 1] = g >> precision;
    between[to + 2] = b >> precision;
    between[to + 3] = a >> precision;
  }
}

/** Columns of what is between the passes, `height` rows of so many bytes. */
function linesPlain(
  rowBytes: number,
  { table, taps, stride, precision }: Axis,
  to: Pixels,
  height: number,
): void {
  for (let y = 0, out = 0; 2 * y < table.length; y++) {
    const first = table[2 * y];
    const count = Math.min(height - first, table[2 * y + 1]);
    for (let i = 0; i < rowBytes; i++, out++) {
      let sum = 1 << (precision - 1);
      for (let k = 0, at = first * rowBytes + i; k < count; k++, at += rowBytes)
        sum += taps[y * stride + k] * between[at];
      const value = sum >> precision;
      to[out] = Math.max(0, Math.min(255, value));
    }
  }
}
