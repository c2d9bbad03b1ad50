// Small images off the shared heap, in plain JavaScript: a call of a kernel takes longer. Every result has the kernel's
// bits (the tests compare the two).

import { isHeapBuffer } from '../../assembly/atomics/index';
import { typeOf } from './_check';
import { NONE } from './_plan';
import { type Image, isImage, type Pixels } from './images-image';

// Up to so many pixels the loop is faster than the kernel (measured: Node 20, one core, plain arrays).
export const PLAIN_PIXELS = 400;
export const PLAIN_COUNTS = 3000;
export const PLAIN_BLENDED = 150;
export const PLAIN_WEIGHED = 50;

/** How many pixels have which value, in each channel. */
export interface ImageHistogram {
  r: Uint32Array;
  g: Uint32Array;
  b: Uint32Array;
  a: Uint32Array;
}

/** Whether the picture has at most so many pixels, and nothing of it lies on the heap. */
export function isSmall(pixels: number, data: Pixels, other?: Pixels): boolean {
  return (
    data.length <= 4 * pixels &&
    !isHeapBuffer(data.buffer) &&
    (other === undefined || !isHeapBuffer(other.buffer))
  );
}

/** Whether a call has no options, and the picture is in order, off the heap, and has at most so many pixels. */
export function isBarePicture(options: object, src: Image, pixels = Infinity): boolean {
  return options === NONE && isImage(src) && isSmall(pixels, src.data);
}

/** A new plain array of the class. */
export function newPixels<T extends Pixels>(like: T, length: number): T {
  return new (typeOf(like) as unknown as new (length: number) => T)(length);
}

export function greyPlain(from: Pixels, to: Pixels): void {
  for (let i = 0; i < from.length; i += 4) {
    const luma = (19595 * from[i] + 38470 * from[i + 1] + 7471 * from[i + 2] + 32768) >> 16;
    to[i] = luma;
    to[i + 1] = luma;
    to[i + 2] = luma;
    to[i + 3] = from[i + 3];
  }
}

/** Rows of `rowBytes` from byte `at` on, `fromBytes` apart, one after the other. */
export function cropPlain(from: Pixels, at: number, fromBytes: number, to: Pixels, rowBytes: number): void {
  if (rowBytes === fromBytes) {
    to.set(from.subarray(at, at + to.length));
    return;
  }
  for (let row = 0; row < to.length; row += rowBytes, at += fromBytes) {
    // For some pixels a loop is over before a view is made.
    if (rowBytes > 24) to.set(from.subarray(at, at + rowBytes), row);
    else for (let i = 0; i < rowBytes; i++) to[row + i] = from[at + i];
  }
}

export function histogramPlain(data: Pixels): ImageHistogram {
  const r = new Uint32Array(256);
  const g = new Uint32Array(256);
  const b = new Uint32Array(256);
  const a = new Uint32Array(256);
  for (let i = 0; i < data.length; i += 4) {
    r[data[i]]++;
    g[data[i + 1]]++;
    b[data[i + 2]]++;
    a[data[i + 3]]++;
  }
  return { r, g, b, a };
}

const f32 = Math.fround;
const PER_ALPHA = f32(1 / 255);
/** Lays a row of pixels over what stands in `to`, four at a time as the kernel, since they choose the way together. */
export function blendPlain(
  over: Pixels,
  overFrom: number,
  to: Pixels,
  from: number,
  width: number,
  opacity: number,
): void {
  const scaled = f32(opacity);
  const factor = Math.min(32767, Math.floor(f32(f32(scaled * 32768) + 0.5)));
  const perAlpha = f32(scaled / 255);
  for (let first = 0; first < width; first += 4) {
    const stop = Math.min(width, first + 4);
    let isCovered = false;
    // The kernel takes what is beyond the row for transparent.
    let isOpaque = stop === first + 4;
    for (let x = first; x < stop; x++) {
      if (over[overFrom + 4 * x + 3] !== 0) isCovered = true;
      if (to[from + 4 * x + 3] !== 255) isOpaque = false;
    }
    for (let x = first; isCovered && x < stop; x++) {
      const at = from + 4 * x;
      const above = overFrom + 4 * x;
      if (isOpaque) overOpaque(over, above, to, at, factor);
      else if (over[above + 3] !== 0) overAny(over, above, to, at, perAlpha);
    }
  }
}

/** On the bytes of an opaque pixel that stand in `to`: products of numbers of 15 bits, rounded. */
function overOpaque(over: Pixels, above: number, to: Pixels, at: number, factor: number): void {
  const alpha = over[above + 3];
  const weight = (((alpha << 7) + (alpha >> 1)) * factor + 0x4000) >> 15;
  const r = to[at];
  const g = to[at + 1];
  const b = to[at + 2];
  to[at] = r + (((over[above] - r) * weight + 0x4000) >> 15);
  to[at + 1] = g + (((over[above + 1] - g) * weight + 0x4000) >> 15);
  to[at + 2] = b + (((over[above + 2] - b) * weight + 0x4000) >> 15);
}

/** On the bytes of any pixel that stand in `to`: in f32. */
function overAny(over: Pixels, above: number, to: Pixels, at: number, perAlpha: number): void {
  const alphaOver = f32(over[above + 3] * perAlpha);
  if (alphaOver === 0) return;
  const alphaBase = f32(to[at + 3] * PER_ALPHA);
  const alpha = f32(alphaOver + f32(alphaBase * f32(1 - alphaOver)));
  const weight = f32(alphaOver / alpha);
  for (let c = 0; c < 3; c++) {
    const below = to[at + c];
    to[at + c] = f32(f32(below + f32((over[above + c] - below) * weight)) + 0.5) | 0;
  }
  to[at + 3] = f32(f32(alpha * 255) + 0.5) | 0;
}

/** The image's colours weighed by a matrix of rows of `columns`, in f32 one after the other; alpha kept. */
export function correlatePlain(
  { data, width, height }: Image,
  weights: Float32Array,
  columns: number,
  offset: number,
  to: Pixels,
): void {
  const bias = f32(offset + 0.5);
  const left = columns >> 1;
  const above = (weights.length / columns) >> 1;
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out += 4) {
      let r = bias;
      let g = bias;
      let b = bias;
      for (let weight = 0, j = y - above; weight < weights.length; j++) {
        const row = (j < 0 ? 0 : j >= height ? height - 1 : j) * width;
        for (let i = x - left; i < x - left + columns; i++, weight++) {
          const at = 4 * (row + (i < 0 ? 0 : i >= width ? width - 1 : i));
          const factor = weights[weight];
          r = f32(r + f32(data[at] * factor));
          g = f32(g + f32(data[at + 1] * factor));
          b = f32(b + f32(data[at + 2] * factor));
        }
      }
      to[out] = clamped(r);
      to[out + 1] = clamped(g);
      to[out + 2] = clamped(b);
      to[out + 3] = data[out + 3];
    }
  }
}

/** The floor, within a byte; NaN, of infinities, is 0. */
function clamped(x: number): number {
  return x >= 255 ? 255 : x >= 0 ? Math.floor(x) : 0;
}
