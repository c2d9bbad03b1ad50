// Correlation with a small matrix; see assembly/kernels/images/convolve.ts.

import { IMAGE_ROWS } from '../../assembly/kernels/images/sizes';
import { checkFinite, show, wrongRange, wrongType } from './_check';
import { images } from './_families';
import { isBare, type KernelCall, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  imageOutput,
  type Pixels,
} from './images-image';
import { correlatePlain, isBarePicture, isSmall, newPixels, PLAIN_WEIGHED } from './images-plain';

/** Options of {@link convolve2d}. */
export interface Convolve2dOptions<T extends Pixels = Pixels> extends ImageOptions<T> {
  /** What the weighted sum is divided by: not 0; the sum of the weights, or 1 if that is 0. */
  divisor?: number;
  /** What is added after the division. */
  offset?: number;
}

/**
 * Replaces each pixel's colours by a weighted sum of its neighbourhood's: sharpening, edges, embossing. The matrix
 * lies over the pixels as it is written (a correlation), the picture's edge is repeated, alpha is kept.
 *
 * @param src The image; it is not changed.
 * @param kernel The weights: rows of one length, rows and columns odd in number.
 * @returns A new image of the same size and array class.
 * @throws {TypeError} if `src` is no image, or `kernel` no array of arrays of numbers
 * @throws {RangeError} if the matrix is ragged, empty or even-sided, or a number is not finite
 * @complexity O(pixels · kernel)
 * @source correlation in 128-bit vectors, a row at a time
 * @example
 * ```ts
 * const src = { data: new Uint8ClampedArray(4 * 9 * 9).fill(100), width: 9, height: 9 };
 * const sharp = await convolve2d(src, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]);
 * console.log(sharp.data[0]); // 100: a flat picture stays as it is
 * ```
 */
export function convolve2d<T extends Pixels>(
  src: Image<T>,
  kernel: readonly (readonly number[])[],
  options: Convolve2dOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('convolve2d', images, options, (call) => plan(call, src, kernel, options));
}

/** {@link convolve2d}, at once. */
export function convolve2dSync<T extends Pixels>(
  src: Image<T>,
  kernel: readonly (readonly number[])[],
  options: Convolve2dOptions<T> = NONE,
): ImageResult<T> {
  if (isBare(options) && isBarePicture(NONE, src, PLAIN_WEIGHED)) {
    const weights = checkWeights('convolve2d', kernel, options);
    if (isLittleWork(src, weights)) return correlated(src, weights);
  }
  return runKernelSync('convolve2d', images, options, (call) => plan(call, src, kernel, options));
}

// Nanoseconds a pixel and weight on one core, measured.
const WEIGHT_NS = 1.5;
const WIDE_WEIGHT_NS = 4;
/** Where 255 · Σ|weight| · √weights stays below this, sums in f32 are within 0.1 of the exact value. */
const SINGLE_MAX = 500_000;

/** What a pixel's neighbours are weighed by, row by row, divided; `isWide` where f32 is too short for their sum. */
interface Weights {
  scaled: number[];
  columns: number;
  offset: number;
  isWide: boolean;
}

const isLittleWork = ({ width, height }: Image, { scaled, isWide }: Weights) =>
  !isWide && width * height * scaled.length <= 9 * PLAIN_WEIGHED;

/** The result, in plain JavaScript. */
function correlated<T extends Pixels>(src: Image<T>, weights: Weights, out?: T): ImageResult<T> {
  const { scaled, columns, offset } = weights;
  const data = out ?? newPixels(src.data, src.data.length);
  correlatePlain(src, scaled, columns, offset, data);
  return { data, width: src.width, height: src.height };
}

function* plan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  matrix: readonly (readonly number[])[],
  options: Convolve2dOptions<T>,
): Generator<Phase, ImageResult<T>, void> {
  const { kernel } = call;
  const { data, width, height } = checkImage(kernel, 'src', src);
  const weights = checkWeights(kernel, matrix, options);
  const { scaled, columns, offset, isWide } = weights;
  const rows = scaled.length / columns;
  const out = checkImageOut(call, src, width, height, options.out, { src: data });
  if (isLittleWork(src, weights) && isSmall(PLAIN_WEIGHED, data, out)) return correlated(src, weights, out);
  const to = imageOutput(call, src, width, height, out);

  const left = columns >> 1;
  const above = rows >> 1;
  const paddedHeight = height + rows - 1;
  // Four pixels are read at a time: room for three behind the last.
  const padded = call.scratch(4 * (width + columns - 1) * paddedHeight + 16);
  yield {
    fn: 'pad_image',
    pieces: Math.ceil(paddedHeight / IMAGE_ROWS),
    args: [call.input(data), width, height, padded, left, left, above, paddedHeight],
    costNs: width * height,
  };
  const factors = call.input(isWide ? Float64Array.from(scaled) : Float32Array.from(scaled));
  yield {
    fn: isWide ? 'convolve2d_wide' : 'convolve2d',
    pieces: Math.ceil(height / IMAGE_ROWS),
    args: [padded, to.address, width, height, factors, columns, rows, offset],
    costNs: width * height * scaled.length * (isWide ? WIDE_WEIGHT_NS : WEIGHT_NS),
  };
  return { data: to.finish(), width, height };
}

/** The weights and the offset, checked. */
function checkWeights(
  kernel: string,
  matrix: readonly (readonly number[])[],
  options: Convolve2dOptions,
): Weights {
  const scaled = checkMatrix(kernel, matrix);
  let total = 0;
  for (let i = 0; i < scaled.length; i++) total += scaled[i];
  const { divisor = total === 0 ? 1 : total, offset = 0 } = options;
  checkFinite(kernel, 'divisor', divisor);
  if (divisor === 0) wrongRange(kernel, 'divisor', 'other than 0', divisor);
  checkFinite(kernel, 'offset', offset);
  let size = 0;
  for (let i = 0; i < scaled.length; i++) {
    scaled[i] /= divisor;
    size += Math.abs(scaled[i]);
  }
  const isWide = !((size * 255 + Math.abs(offset)) * Math.sqrt(scaled.length) < SINGLE_MAX);
  return { scaled, columns: matrix[0].length, offset, isWide };
}

/** The matrix's weights, row by row. */
function checkMatrix(kernel: string, matrix: readonly (readonly number[])[]): number[] {
  if (!Array.isArray(matrix)) wrongType(kernel, 'kernel', 'an array of arrays of numbers', matrix);
  for (let y = 0; y < matrix.length; y++) {
    if (!Array.isArray(matrix[y])) wrongType(kernel, `kernel[${y}]`, 'an array of numbers', matrix[y]);
    if (matrix[y].length !== matrix[0].length) {
      throw new RangeError(
        `Cannot run ${kernel}: "kernel" has to have rows of one length, came ${matrix[0].length} and ${show(matrix[y].length)}`,
      );
    }
    for (let x = 0; x < matrix[y].length; x++) {
      if (!Number.isFinite(matrix[y][x])) checkFinite(kernel, `kernel[${y}][${x}]`, matrix[y][x]);
    }
  }
  const columns = matrix[0]?.length ?? 0;
  if (matrix.length % 2 === 0 || columns % 2 === 0) {
    throw new RangeError(
      `Cannot run ${kernel}: "kernel" has to have odd sides, came ${matrix.length} x ${columns}`,
    );
  }
  const weights: number[] = [];
  for (let y = 0; y < matrix.length; y++) for (let x = 0; x < columns; x++) weights.push(matrix[y][x]);
  return weights;
}
