// Grey, crop and histogram; see assembly/kernels/images/pixels.ts.

import { HISTOGRAM_BYTES, IMAGE_ROWS } from '../../assembly/kernels/images/sizes';
import { isOnHeap } from '../heap/views';
import { checkInteger } from './_check';
import { images } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  imageOutput,
  type Pixels,
} from './images-image';
import {
  cropPlain,
  greyPlain,
  histogramPlain,
  type ImageHistogram,
  isBarePicture,
  isSmall,
  newPixels,
  PLAIN_COUNTS,
  PLAIN_PIXELS,
  pixelsToWrite,
} from './images-plain';

export type { ImageHistogram } from './images-plain';

// Nanoseconds a pixel on one core, measured.
const GREY_NS = 0.3;
const COPY_NS = 0.25;
const COUNT_NS = 1.3;

/** Pieces of a histogram, at most: each has a table to be added up. */
const COUNT_PIECES = 16;

/**
 * Makes an image grey: r = g = b = the luma of Rec. 601, as Pillow's "L" rounds it; alpha is kept.
 *
 * @param src The image; it is not changed.
 * @returns A new image of the same size and array class.
 * @throws {TypeError} if `src` is no image
 * @throws {RangeError} if its data has not 4 · width · height bytes
 * @complexity O(pixels)
 * @source Rec. 601 luma in fixed point, as Pillow
 * @example
 * ```ts
 * const red = { data: new Uint8ClampedArray([255, 0, 0, 255]), width: 1, height: 1 };
 * console.log((await grayscale(red)).data); // Uint8ClampedArray(4) [ 76, 76, 76, 255 ]
 * ```
 */
export function grayscale<T extends Pixels>(
  src: Image<T>,
  options: ImageOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('grayscale', images, options, (call) => greyscalePlan(call, src, options));
}

/** {@link grayscale}, at once. */
export function grayscaleSync<T extends Pixels>(
  src: Image<T>,
  options: ImageOptions<T> = NONE,
): ImageResult<T> {
  if (isBarePicture(options, src, PLAIN_PIXELS)) return greyOf(src);
  return runKernelSync('grayscale', images, options, (call) => greyscalePlan(call, src, options));
}

function greyOf<T extends Pixels>({ data, width, height }: Image<T>, out?: T): ImageResult<T> {
  const grey = out ?? newPixels(data, data.length);
  greyPlain(data, grey);
  return { data: grey, width, height };
}

function* greyscalePlan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  options: ImageOptions<T>,
): Generator<Phase, ImageResult<T>, void> {
  const { data, width, height } = checkImage(call.kernel, 'src', src);
  const out = checkImageOut(call, src, width, height, options.out, { src: data });
  if (isSmall(PLAIN_PIXELS, data, out)) {
    return greyOf(src, out);
  }
  const to = imageOutput(call, src, width, height, out);
  yield {
    fn: 'grayscale',
    pieces: Math.ceil(height / IMAGE_ROWS),
    args: [call.input(data), to.address, width, height],
    costNs: width * height * GREY_NS,
  };
  return { data: to.finish(), width, height };
}

/**
 * Cuts a rectangle out of an image.
 *
 * @param src The image; it is not changed.
 * @param x Left edge of the rectangle, in pixels.
 * @param y Top edge.
 * @param width Pixels of a row of the rectangle, at least 1.
 * @param height Rows of the rectangle, at least 1.
 * @returns A new image of the same array class.
 * @throws {TypeError} if `src` is no image
 * @throws {RangeError} if the rectangle does not lie inside the image
 * @complexity O(pixels)
 * @source a copy of rows
 * @example
 * ```ts
 * const src = { data: new Uint8Array(4 * 8 * 8), width: 8, height: 8 };
 * const corner = await crop(src, 6, 6, 2, 2);
 * console.log(corner.data.length); // 16
 * ```
 */
export function crop<T extends Pixels>(
  src: Image<T>,
  x: number,
  y: number,
  width: number,
  height: number,
  options: ImageOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('crop', images, options, (call) => cropPlan(call, src, x, y, width, height, options));
}

/** {@link crop}, at once. */
export function cropSync<T extends Pixels>(
  src: Image<T>,
  x: number,
  y: number,
  width: number,
  height: number,
  options: ImageOptions<T> = NONE,
): ImageResult<T> {
  if (isBarePicture(options, src) && isStretch(x, width, src.width) && isStretch(y, height, src.height))
    return cropOf(src, x, y, width, height);
  return runKernelSync('crop', images, options, (call) => cropPlan(call, src, x, y, width, height, options));
}

/** Whether some of the places 0 … size − 1 begin at `from`, `length` of them. */
function isStretch(from: number, length: number, size: number): boolean {
  return (
    Number.isInteger(from) && Number.isInteger(length) && from >= 0 && length >= 1 && from + length <= size
  );
}

function cropOf<T extends Pixels>(
  src: Image<T>,
  x: number,
  y: number,
  width: number,
  height: number,
  out?: T,
): ImageResult<T> {
  const data = out ?? pixelsToWrite(src.data, 4 * width * height);
  cropPlain(src.data, 4 * (y * src.width + x), 4 * src.width, data, 4 * width);
  return { data, width, height };
}

function* cropPlan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  x: number,
  y: number,
  width: number,
  height: number,
  options: ImageOptions<T>,
): Generator<Phase, ImageResult<T>, void> {
  const { kernel } = call;
  checkImage(kernel, 'src', src);
  checkInteger(kernel, 'x', x, 0, src.width - 1);
  checkInteger(kernel, 'y', y, 0, src.height - 1);
  checkInteger(kernel, 'width', width, 1, src.width - x);
  checkInteger(kernel, 'height', height, 1, src.height - y);
  const out = checkImageOut(call, src, width, height, options.out, { src: src.data });
  if (!isOnHeap(src.data)) return cropOf(src, x, y, width, height, out);
  const fromBytes = 4 * src.width;
  const to = imageOutput(call, src, width, height, out);
  const rows = src.data.subarray(y * fromBytes, (y + height) * fromBytes);
  yield {
    fn: 'crop',
    pieces: Math.ceil(height / IMAGE_ROWS),
    args: [call.input(rows) + 4 * x, fromBytes, to.address, 4 * width, height],
    costNs: width * height * COPY_NS,
  };
  return { data: to.finish(), width, height };
}

/**
 * Counts the values of each channel.
 *
 * @param src The image; it is not changed.
 * @returns For each channel 256 counts.
 * @throws {TypeError} if `src` is no image
 * @throws {RangeError} if its data has not 4 · width · height bytes
 * @complexity O(pixels)
 * @source two tables a piece
 * @example
 * ```ts
 * const red = { data: new Uint8ClampedArray([255, 0, 0, 255]), width: 1, height: 1 };
 * console.log((await imageHistogram(red)).r[255]); // 1
 * ```
 */
export function imageHistogram(src: Image, options: KernelOptions = {}): Promise<ImageHistogram> {
  return runKernel('imageHistogram', images, options, (call) => histogramPlan(call, src));
}

/** {@link imageHistogram}, at once. */
export function imageHistogramSync(src: Image, options: KernelOptions = NONE): ImageHistogram {
  if (isBarePicture(options, src, PLAIN_COUNTS)) return histogramPlain(src.data);
  return runKernelSync('imageHistogram', images, options, (call) => histogramPlan(call, src));
}

function* histogramPlan(call: KernelCall, src: Image): Generator<Phase, ImageHistogram, void> {
  const { data, width, height } = checkImage(call.kernel, 'src', src);
  if (isSmall(PLAIN_COUNTS, data)) return histogramPlain(data);
  const rows = Math.max(IMAGE_ROWS, Math.ceil(height / COUNT_PIECES));
  const pieces = Math.ceil(height / rows);
  // A piece's table has a second one behind it, for the kernel alone.
  const tables = call.scratch(pieces * 2 * HISTOGRAM_BYTES);
  yield {
    fn: 'histogram',
    pieces,
    args: [call.input(data), width, height, rows, tables],
    costNs: width * height * COUNT_NS,
  };
  const counts = new Uint32Array(1024);
  for (let piece = 0; piece < pieces; piece++) {
    const table = call.view(Uint32Array, tables + piece * 2 * HISTOGRAM_BYTES, 1024);
    for (let i = 0; i < 1024; i++) counts[i] += table[i];
  }
  return {
    r: counts.slice(0, 256),
    g: counts.slice(256, 512),
    b: counts.slice(512, 768),
    a: counts.slice(768),
  };
}
