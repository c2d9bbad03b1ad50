// Compositing; see assembly/kernels/images/composite.ts.

import { IMAGE_ROWS } from '../../assembly/kernels/images/sizes';
import { isOnHeap } from '../heap/views';
import { checkFinite, checkInteger, typeOf } from './_check';
import { images } from './_families';
import { isBare, type KernelCall, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  type Pixels,
} from './images-image';
import { blendPlain, isBarePicture, isSmall, PLAIN_BLENDED } from './images-plain';

/** Options of {@link composite}. */
export interface CompositeOptions<T extends Pixels = Pixels> extends ImageOptions<T> {
  /** Column of the base that the overlay's left edge comes to; may be negative or outside. */
  x?: number;
  /** Row of the base that the overlay's top edge comes to. */
  y?: number;
  /** What the overlay's alpha is multiplied by: 0 … 1. */
  opacity?: number;
}

/**
 * Lays an image over another, source-over: a watermark, a stamp, a cursor.
 *
 * @param base The image below; it is not changed.
 * @param overlay The image above, clipped to the base.
 * @returns A new image of the base's size and array class. Pixels that the overlay does not cover, or covers
 * with alpha 0, are those of the base, bit for bit.
 * @throws {TypeError} if one of the two is no image
 * @throws {RangeError} if a size, a position or the opacity is wrong
 * @complexity O(pixels)
 * @source source-over (Porter and Duff 1984)
 * @example
 * ```ts
 * const base = { data: new Uint8ClampedArray(4 * 64 * 64).fill(255), width: 64, height: 64 };
 * const mark = { data: new Uint8ClampedArray([255, 0, 0, 255]), width: 1, height: 1 };
 * const marked = await composite(base, mark, { x: 3, y: 0, opacity: 0.5 });
 * console.log(marked.data.slice(12, 16)); // Uint8ClampedArray(4) [ 255, 128, 128, 255 ]
 * ```
 */
export function composite<T extends Pixels>(
  base: Image<T>,
  overlay: Image,
  options: CompositeOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('composite', images, options, (call) => plan(call, base, overlay, options));
}

/** {@link composite}, at once. */
export function compositeSync<T extends Pixels>(
  base: Image<T>,
  overlay: Image,
  options: CompositeOptions<T> = NONE,
): ImageResult<T> {
  const { x = 0, y = 0, opacity = 1 } = options;
  if (
    isBare(options) &&
    isBarePicture(NONE, base, PLAIN_BLENDED) &&
    isBarePicture(NONE, overlay, PLAIN_BLENDED) &&
    Number.isSafeInteger(x) &&
    Number.isSafeInteger(y) &&
    isPartOfOne(opacity)
  )
    return blended(base, overlay, x, y, opacity);
  return runKernelSync('composite', images, options, (call) => plan(call, base, overlay, options));
}

const isPartOfOne = (x: unknown) => typeof x === 'number' && x >= 0 && x <= 1;

/** The result, in plain JavaScript. */
function blended<T extends Pixels>(
  base: Image<T>,
  overlay: Image,
  x: number,
  y: number,
  opacity: number,
  out?: T,
): ImageResult<T> {
  const { width, height } = base;
  const data = copyOf(base.data, out);
  if (opacity > 0) blendAll(overlay, data, width, height, x, y, opacity);
  return { data, width, height };
}

/** Nanoseconds a pixel on one core, measured. */
const PIXEL_NS = 2;

function* plan<T extends Pixels>(
  call: KernelCall,
  base: Image<T>,
  overlay: Image,
  options: CompositeOptions<T>,
): Generator<Phase, ImageResult<T>, void> {
  const { kernel } = call;
  checkImage(kernel, 'base', base);
  checkImage(kernel, 'overlay', overlay);
  const { x = 0, y = 0, opacity = 1 } = options;
  checkInteger(kernel, 'x', x);
  checkInteger(kernel, 'y', y);
  checkFinite(kernel, 'opacity', opacity, 0, 1);
  const { width, height } = base;
  const inputs = { base: base.data, overlay: overlay.data };
  const out = checkImageOut(call, base, width, height, options.out, inputs);

  const left = Math.max(0, x);
  const top = Math.max(0, y);
  const columns = Math.min(width, x + overlay.width) - left;
  const rows = Math.min(height, y + overlay.height) - top;
  if (columns <= 0 || rows <= 0 || opacity === 0) return { data: copyOf(base.data, out), width, height };

  if (columns * rows <= PLAIN_BLENDED && isSmall(PLAIN_BLENDED, base.data, out) && !isOnHeap(overlay.data))
    return blended(base, overlay, x, y, opacity, out);

  // Only the rows that the overlay covers go through the kernel; the rest is copied once.
  const rowBytes = 4 * width;
  const overBytes = 4 * overlay.width;
  const covered = base.data.subarray(top * rowBytes, (top + rows) * rowBytes);
  const over = overlay.data.subarray((top - y) * overBytes, (top - y + rows) * overBytes);
  const data = out !== undefined && isOnHeap(out) ? out : undefined;
  if (data !== undefined) {
    const last = (top + rows) * rowBytes;
    if (columns < width) data.set(covered, top * rowBytes);
    data.set(base.data.subarray(0, top * rowBytes));
    data.set(base.data.subarray(last), last);
  }
  const to = data === undefined ? call.scratch(covered.length) : data.byteOffset + top * rowBytes;
  const from = data === undefined || columns === width ? call.input(covered) : to;
  yield {
    fn: 'composite',
    pieces: Math.ceil(rows / IMAGE_ROWS),
    args: [
      from + 4 * left,
      call.input(over) + 4 * (left - x),
      to + 4 * left,
      columns,
      rows,
      rowBytes,
      overBytes,
      opacity,
    ],
    costNs: rows * columns * PIXEL_NS,
  };
  if (data !== undefined) return { data, width, height };
  const result = copyOf(base.data, out);
  const laid = call.view(typeOf(base.data), to, covered.length);
  for (let row = 0; row < rows; row++) {
    const at = row * rowBytes + 4 * left;
    result.set(laid.subarray(at, at + 4 * columns), top * rowBytes + at);
  }
  return { data: result, width, height };
}

/** Lays the overlay on the bytes of a base, row by row. */
function blendAll(
  { data, width: across, height: down }: Image,
  to: Pixels,
  width: number,
  height: number,
  x: number,
  y: number,
  opacity: number,
): void {
  const left = Math.max(0, x);
  const columns = Math.min(width, x + across) - left;
  const last = Math.min(height, y + down);
  for (let row = Math.max(0, y); row < last; row++) {
    blendPlain(data, 4 * ((row - y) * across + left - x), to, 4 * (row * width + left), columns, opacity);
  }
}

/** A copy of the bytes: in `out`, or a new plain array. */
function copyOf<T extends Pixels>(data: T, out: T | undefined): T {
  const copy = out ?? new (typeOf(data) as unknown as new (from: T) => T)(data);
  if (copy === out) copy.set(data);
  return copy;
}
