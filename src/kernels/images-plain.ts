// Small images off the shared heap, in plain JavaScript: a call of a kernel takes longer. Every result has the kernel's
// bits (the tests compare the two).

import { isOnHeap } from '../heap/views';
import { newBytes } from '../runtime/copy';
import { typeOf } from './_check';
import { NONE } from './_plan';
import { type Image, isImage, type Pixels } from './images-image';

// Up to so many pixels the loop is faster than the kernel (measured: Node 20, one core, plain arrays).
export const PLAIN_PIXELS = 400;
export const PLAIN_COUNTS = 3000;
export const PLAIN_BLENDED = 400;
export const PLAIN_WEIGHED = 50;
/** Arrays of so many bytes have no buffer before it is asked for, which takes longer than to copy them (V8). */
const ON_HEAP = 64;
/** Rows of so many bytes are copied pixel by pixel. */
const SHORT_ROW = 128;

/** How many pixels have which value, in each channel. */
export interface ImageHistogram {
  r: Uint32Array;
  g: Uint32Array;
  b: Uint32Array;
  a: Uint32Array;
}

/** Whether the picture has at most so many pixels, and nothing of it lies on the heap. */
export function isSmall(pixels: number, data: Pixels, other?: Pixels): boolean {
  return data.length <= 4 * pixels && !isOnHeap(data) && (other === undefined || !isOnHeap(other));
}

/** Whether a call has no options, and the picture is in order, off the heap, and has at most so many pixels. */
export function isBarePicture(options: object, src: Image, pixels = Infinity): boolean {
  return options === NONE && isImage(src) && isSmall(pixels, src.data);
}

/** A new plain array of the class. */
export function newPixels<T extends Pixels>(like: T, length: number): T {
  return new (typeOf(like) as unknown as new (length: number) => T)(length);
}

/** From so many bytes on it takes longer to clear them than to ask for some that are not. */
const LARGE_BYTES = 1 << 20;

/** The same, which the caller writes in full. */
export function pixelsToWrite<T extends Pixels>(like: T, length: number): T {
  if (length < LARGE_BYTES) return newPixels(like, length);
  return new (typeOf(like))(newBytes(length).buffer) as T;
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
  if (to.length <= ON_HEAP) {
    for (let row = 0; row < to.length; row += rowBytes, at += fromBytes)
      for (let i = 0; i < rowBytes; i++) to[row + i] = from[at + i];
    return;
  }
  const isAligned = (from.byteOffset | to.byteOffset) % 4 === 0;
  // A loop over a short row is over before a view of it is made.
  if (rowBytes <= SHORT_ROW && isAligned) {
    const pixels = new Uint32Array(from.buffer, from.byteOffset, from.length >> 2);
    const cut = new Uint32Array(to.buffer, to.byteOffset, to.length >> 2);
    const width = rowBytes >> 2;
    const step = fromBytes >> 2;
    for (let row = 0, first = at >> 2; row < cut.length; row += width, first += step) {
      let i = 0;
      for (; i + 4 <= width; i += 4) {
        cut[row + i] = pixels[first + i];
        cut[row + i + 1] = pixels[first + i + 1];
        cut[row + i + 2] = pixels[first + i + 2];
        cut[row + i + 3] = pixels[first + i + 3];
      }
      for (; i < width; i++) cut[row + i] = pixels[first + i];
    }
    return;
  }
  // By the constructor: subarray() takes half as long again, it asks for the class first.
  const { buffer } = from;
  const first = from.byteOffset + at;
  for (let row = 0, begin = first; row < to.length; row += rowBytes, begin += fromBytes)
    to.set(new Uint8Array(buffer, begin, rowBytes), row);
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
/** Whether all of so many pixels from a byte on are opaque. */
function areOpaque(data: Pixels, from: number, pixels: number): boolean {
  let all = 255;
  for (let i = 0, at = from + 3; i < pixels; i++, at += 4) all &= data[at];
  return all === 255;
}

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
  if (areOpaque(to, from, width)) {
    overOpaque(over, overFrom, to, from, width, factor);
    return;
  }
  const perAlpha = f32(scaled / 255);
  for (let first = 0; first < width; first += 4) {
    const pixels = Math.min(4, width - first);
    const at = from + 4 * first;
    const above = overFrom + 4 * first;
    if (areOpaque(to, at, pixels)) overOpaque(over, above, to, at, pixels, factor);
    else for (let i = 0; i < pixels; i++) overAny(over, above + 4 * i, to, at + 4 * i, perAlpha);
  }
}

/** On opaque pixels that stand in `to`: products of numbers of 15 bits, rounded. */
function overOpaque(
  over: Pixels,
  overFrom: number,
  to: Pixels,
  from: number,
  pixels: number,
  factor: number,
): void {
  for (let i = 0, at = from, above = overFrom; i < pixels; i++, at += 4, above += 4) {
    const alpha = over[above + 3];
    const weight = (((alpha << 7) + (alpha >> 1)) * factor + 0x4000) >> 15;
    const r = to[at];
    const g = to[at + 1];
    const b = to[at + 2];
    to[at] = r + (((over[above] - r) * weight + 0x4000) >> 15);
    to[at + 1] = g + (((over[above + 1] - g) * weight + 0x4000) >> 15);
    to[at + 2] = b + (((over[above + 2] - b) * weight + 0x4000) >> 15);
  }
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
  weights: readonly number[],
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
          const factor = f32(weights[weight]);
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
