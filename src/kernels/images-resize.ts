// Resizing; see assembly/kernels/images/resize.ts and nearest.ts.

import { RESIZE_LINES } from '../../assembly/kernels/images/sizes';
import { checkInteger, checkName } from './_check';
import { images } from './_families';
import { isBare, type KernelCall, NONE, runKernel, runKernelSync, type Step } from './_plan';
import { resizeAxis, type WeightedFilter } from './images-axis';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  imageOutput,
  type Pixels,
  SIDE_MAX,
} from './images-image';
import { TAP_GROUPS, twoPasses } from './images-passes';
import { filterPlain, isLittleWork, PLAIN_FILTERED } from './images-passes-plain';
import { isBarePicture, isSmall, newPixels } from './images-plain';

/** Filters of {@link resize}. */
export type ResizeFilter = 'lanczos3' | 'bilinear' | 'nearest';

const FILTERS = ['lanczos3', 'bilinear', 'nearest'] as const;

/** Options of {@link resize}. */
export interface ResizeOptions<T extends Pixels = Pixels> extends ImageOptions<T> {
  /** `'lanczos3'` (sharp, the default), `'bilinear'` (softer, faster) or `'nearest'` (no mixing). */
  filter?: ResizeFilter;
}

/**
 * Resizes an image as Pillow does: two passes, antialiased when shrinking, colours weighed by their alpha.
 *
 * @param src The image; it is not changed.
 * @param width Pixels of a row of the result, at least 1.
 * @param height Rows of the result, at least 1.
 * @returns A new image of the same array class.
 * @throws {TypeError} if `src` is no image or `filter` no filter
 * @throws {RangeError} if a size is wrong, or `out` has another length
 * @complexity O(pixels · taps)
 * @source separable filters with fixed-point weights as Pillow; the layout of Pillow-SIMD
 * @example
 * ```ts
 * const photo = { data: new Uint8ClampedArray(4 * 640 * 480).fill(200), width: 640, height: 480 };
 * const thumbnail = await resize(photo, 64, 48);
 * console.log(thumbnail.data.length); // 12288
 * ```
 */
export function resize<T extends Pixels>(
  src: Image<T>,
  width: number,
  height: number,
  options: ResizeOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('resize', images, options, (call) => plan(call, src, width, height, options));
}

/** {@link resize}, at once. */
export function resizeSync<T extends Pixels>(
  src: Image<T>,
  width: number,
  height: number,
  options: ResizeOptions<T> = NONE,
): ImageResult<T> {
  const { filter = 'lanczos3' } = options;
  if (
    (filter === 'lanczos3' || filter === 'bilinear') &&
    isBare(options) &&
    isBarePicture(NONE, src, PLAIN_FILTERED) &&
    isSide(width) &&
    isSide(height)
  ) {
    const result = resizedHere(src, width, height, filter);
    if (result !== undefined) return result;
  }
  return runKernelSync('resize', images, options, (call) => plan(call, src, width, height, options));
}

const isSide = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= SIDE_MAX;

/** The result, in plain JavaScript, if that is faster. */
function resizedHere<T extends Pixels>(
  src: Image<T>,
  width: number,
  height: number,
  filter: WeightedFilter,
  out?: T,
): ImageResult<T> | undefined {
  if (width * height > PLAIN_FILTERED) return undefined;
  const columns = resizeAxis(src.width, width, filter, TAP_GROUPS.columns);
  const lines = resizeAxis(src.height, height, filter, TAP_GROUPS.lines);
  if (!isLittleWork(src.height, columns, lines)) return undefined;
  const data = out ?? newPixels(src.data, 4 * width * height);
  filterPlain(src, columns, lines, data);
  return { data, width, height };
}

/** Nanoseconds on one core, measured: a pixel moved. */
const PIXEL_NS = 1;

function* plan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  width: number,
  height: number,
  options: ResizeOptions<T>,
): Generator<Step, ImageResult<T>, void> {
  const { kernel } = call;
  checkImage(kernel, 'src', src);
  checkInteger(kernel, 'width', width, 1, SIDE_MAX);
  checkInteger(kernel, 'height', height, 1, SIDE_MAX);
  const { filter = 'lanczos3' } = options;
  checkName(kernel, 'filter', filter, FILTERS);
  const out = checkImageOut(call, src, width, height, options.out, { src: src.data });
  if (filter !== 'nearest' && isSmall(PLAIN_FILTERED, src.data, out)) {
    const result = resizedHere(src, width, height, filter, out);
    if (result !== undefined) return result;
  }
  const to = imageOutput(call, src, width, height, out);
  const from = call.input(src.data);
  if (filter === 'nearest') {
    yield {
      fn: 'resize_nearest',
      pieces: Math.ceil(height / RESIZE_LINES),
      args: [
        from,
        src.width,
        to.address,
        width,
        height,
        putIndices(call, src.width, width),
        putIndices(call, src.height, height),
      ],
      costNs: width * height * PIXEL_NS,
    };
    return { data: to.finish(), width, height };
  }
  const columns = resizeAxis(src.width, width, filter, TAP_GROUPS.columns);
  const lines = resizeAxis(src.height, height, filter, TAP_GROUPS.lines);
  yield twoPasses(call, { address: from, width: src.width, height: src.height }, columns, lines, {
    address: to.address,
    width,
    height,
  });
  return { data: to.finish(), width, height };
}

/** For each of `target` pixels the nearest of `source`. */
function putIndices(call: KernelCall, source: number, target: number): number {
  const address = call.scratch(4 * target);
  const indices = call.view(Uint32Array, address, target);
  for (let i = 0; i < target; i++) indices[i] = Math.floor(((2 * i + 1) * source) / (2 * target));
  return address;
}
