// Gaussian blur. Small ones are the two passes of resize (assembly/kernels/images/resize.ts) with the weights of
// a Gaussian; large ones shrink the picture first, blur that, and enlarge it again, so that a pixel's cost has a
// bound: a Gaussian leaves nothing fine to lose (Burt and Adelson 1983).

import { checkFinite, typeOf } from './_check';
import { images } from './_families';
import { type KernelCall, NONE, runKernel, runKernelSync, type Step } from './_plan';
import { blurAxis, enlargeAxis, shrinkAxis, shrinkFor } from './images-blur-axis';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  imageOutput,
  type Pixels,
} from './images-image';
import { TAP_GROUPS, twoPasses } from './images-passes';
import { filterPlain, isLittleWork, PLAIN_FILTERED } from './images-passes-plain';
import { isBarePicture, isSmall, newPixels } from './images-plain';

/**
 * Blurs an image with a Gaussian, colours weighed by their alpha, the picture's edge repeated.
 *
 * @param src The image; it is not changed.
 * @param sigma Standard deviation in pixels, at least 0; 0 copies.
 * @returns A new image of the same size and array class.
 * @throws {TypeError} if `src` is no image
 * @throws {RangeError} if `sigma` is negative or not finite
 * @complexity O(pixels), whatever sigma
 * @source a shrunk picture blurred by a short kernel and enlarged for great sigmas
 * @example
 * ```ts
 * const src = { data: new Uint8ClampedArray(4 * 32 * 32).fill(128), width: 32, height: 32 };
 * console.log((await blur(src, 3)).data[0]); // 128: a flat picture stays as it is
 * ```
 */
export function blur<T extends Pixels>(
  src: Image<T>,
  sigma: number,
  options: ImageOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('blur', images, options, (call) => plan(call, src, sigma, options));
}

/** {@link blur}, at once. */
export function blurSync<T extends Pixels>(
  src: Image<T>,
  sigma: number,
  options: ImageOptions<T> = NONE,
): ImageResult<T> {
  if (
    isBarePicture(options, src, PLAIN_FILTERED) &&
    typeof sigma === 'number' &&
    sigma > 0 &&
    sigma <= SIGMA_DIRECT
  ) {
    const result = blurredHere(src, sigma);
    if (result !== undefined) return result;
  }
  return runKernelSync('blur', images, options, (call) => plan(call, src, sigma, options));
}

/** A larger blur shrinks first, until its deviation lies below this. */
const SIGMA_DIRECT = 4;

/** The result of a small deviation, in plain JavaScript, if that is faster. */
function blurredHere<T extends Pixels>(src: Image<T>, sigma: number, out?: T): ImageResult<T> | undefined {
  const { data, width, height } = src;
  const columns = blurAxis(width, sigma, TAP_GROUPS.columns);
  const lines = blurAxis(height, sigma, TAP_GROUPS.lines);
  if (!isLittleWork(height, columns, lines)) return undefined;
  const result = out ?? newPixels(data, data.length);
  filterPlain(src, columns, lines, result);
  return { data: result, width, height };
}

function* plan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  sigma: number,
  options: ImageOptions<T>,
): Generator<Step, ImageResult<T>, void> {
  const { kernel } = call;
  const { data, width, height } = checkImage(kernel, 'src', src);
  checkFinite(kernel, 'sigma', sigma, 0);
  const out = checkImageOut(call, src, width, height, options.out, { src: data });
  if (sigma === 0) {
    const copy = out ?? new (typeOf(data) as unknown as new (from: T) => T)(data);
    if (copy === out) copy.set(data);
    return { data: copy, width, height };
  }
  if (sigma <= SIGMA_DIRECT && isSmall(PLAIN_FILTERED, data, out)) {
    const result = blurredHere(src, sigma, out);
    if (result !== undefined) return result;
  }
  const to = imageOutput(call, src, width, height, out);
  const from = call.input(data);
  const full = { address: from, width, height };
  const result = { address: to.address, width, height };
  const { columns, lines } = TAP_GROUPS;
  // Of a blur much wider than the picture only the corners are seen, in whatever width.
  const deviation = Math.min(sigma, 50 * Math.max(width, height));
  const factor = Math.ceil(deviation / SIGMA_DIRECT);
  if (factor === 1) {
    yield twoPasses(call, full, blurAxis(width, sigma, columns), blurAxis(height, sigma, lines), result);
    return { data: to.finish(), width, height };
  }
  const across = shrinkFor(width, deviation, factor);
  const down = shrinkFor(height, deviation, factor);
  const w = across.length;
  const h = down.length;
  const small = { address: call.scratch(4 * w * h), width: w, height: h };
  const blurred = { address: call.scratch(4 * w * h), width: w, height: h };
  yield [
    ...twoPasses(call, full, shrinkAxis(across, columns), shrinkAxis(down, lines), small),
    ...twoPasses(call, small, blurAxis(w, across.sigma, columns), blurAxis(h, down.sigma, lines), blurred),
    ...twoPasses(call, blurred, enlargeAxis(across, columns), enlargeAxis(down, lines), result),
  ];
  return { data: to.finish(), width, height };
}
