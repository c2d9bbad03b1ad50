// Small images off the shared heap, in plain JavaScript: a call of a kernel takes longer. Every result has the kernel's
// bits (the tests compare the two).

import { isHeapBuffer } from '../../assembly/atomics/index';
import { arrayType, typeOf } from './_check';
import { NONE } from './_plan';
import type { Image, Pixels } from './images-image';

// Up to so many pixels the loop is faster than the kernel (measured: Node 20, one core, plain arrays).
export const PLAIN_PIXELS = 400;
export const PLAIN_COUNTS = 3000;

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
  if (options !== NONE || typeof src !== 'object' || src === null) return false;
  const { data, width, height } = src;
  const type = arrayType(data);
  return (
    (type === 'Uint8ClampedArray' || type === 'Uint8Array') &&
    data.length === 4 * width * height &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width > 0 &&
    height > 0 &&
    isSmall(pixels, data)
  );
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
