// Rotation; see assembly/kernels/images/rotate.ts.

import { IMAGE_ROWS } from '../../assembly/kernels/images/sizes';
import { checkFinite, checkFlag, checkInteger, checkName, wrongType } from './_check';
import { images } from './_families';
import { type KernelCall, type Phase, runKernel, runKernelSync } from './_plan';
import {
  checkImage,
  checkImageOut,
  type Image,
  type ImageOptions,
  type ImageResult,
  imageOutput,
  type Pixels,
} from './images-image';

/** Options of {@link rotate}. */
export interface RotateOptions<T extends Pixels = Pixels> extends ImageOptions<T> {
  /** `'bilinear'` mixes the four pixels around a point, `'nearest'` takes the one that it lies in. */
  filter?: 'bilinear' | 'nearest';
  /** Whether the result is as large as the rotated picture; else it has the source's size. */
  expand?: boolean;
  /** R, G, B, A of what lies outside of the picture: 0 … 255 each. */
  background?: readonly [number, number, number, number];
}

/**
 * Rotates an image clockwise about its centre. Multiples of 90° move pixels and change none.
 *
 * @param src The image; it is not changed.
 * @param degrees The angle, clockwise.
 * @returns A new image of the same array class.
 * @throws {TypeError} if `src` is no image or `filter` no filter
 * @throws {RangeError} if the angle is not finite, or a colour is no byte
 * @complexity O(pixels)
 * @source inverse mapping with bilinear samples in 16-bit fixed point; quarter turns by blocks
 * @example
 * ```ts
 * const src = { data: new Uint8ClampedArray(4 * 30 * 20).fill(255), width: 30, height: 20 };
 * const upright = await rotate(src, 90);
 * console.log(upright.width, upright.height); // 20 30
 * ```
 */
export function rotate<T extends Pixels>(
  src: Image<T>,
  degrees: number,
  options: RotateOptions<T> = {},
): Promise<ImageResult<T>> {
  return runKernel('rotate', images, options, (call) => plan(call, src, degrees, options));
}

/** {@link rotate}, at once. */
export function rotateSync<T extends Pixels>(
  src: Image<T>,
  degrees: number,
  options: RotateOptions<T> = {},
): ImageResult<T> {
  return runKernelSync('rotate', images, options, (call) => plan(call, src, degrees, options));
}

const FILTERS = ['bilinear', 'nearest'] as const;

// Nanoseconds a pixel on one core, measured.
const BILINEAR_NS = 7;
const NEAREST_NS = 7;
const TURN_NS = 2.3;

function* plan<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  degrees: number,
  options: RotateOptions<T>,
): Generator<Phase, ImageResult<T>, void> {
  const { kernel } = call;
  checkImage(kernel, 'src', src);
  checkFinite(kernel, 'degrees', degrees);
  const { filter = 'bilinear', background } = options;
  checkName(kernel, 'filter', filter, FILTERS);
  const expand = checkFlag(kernel, 'expand', options.expand, true);
  const fill = background === undefined ? 0 : checkColour(kernel, background);

  const { width: w, height: h } = src;
  const [cos, sin] = direction(degrees);
  const isTurn = cos === 0 || sin === 0;
  let width = w;
  let height = h;
  if (expand) {
    width = Math.max(1, Math.ceil(w * Math.abs(cos) + h * Math.abs(sin) - 1e-9));
    height = Math.max(1, Math.ceil(w * Math.abs(sin) + h * Math.abs(cos) - 1e-9));
  }
  const out = checkImageOut(call, src, width, height, options.out, { src: src.data });
  const to = imageOutput(call, src, width, height, out);
  const from = call.input(src.data);
  const pieces = Math.ceil(height / IMAGE_ROWS);
  // The centre of the result's first pixel, rotated back.
  const dx = (1 - width) / 2;
  const dy = (1 - height) / 2;
  const sx = w / 2 + dx * cos + dy * sin;
  const sy = h / 2 - dx * sin + dy * cos;
  if (isTurn && (expand || sin === 0)) {
    const start = (sy - 0.5) * w + (sx - 0.5);
    yield {
      fn: 'turn',
      pieces,
      args: [from, to.address, width, height, start, cos - sin * w, sin + cos * w],
      costNs: width * height * TURN_NS,
    };
  } else {
    // Quarter turns whose pixels meet those of the source move them.
    const isBilinear = filter === 'bilinear' && !(isTurn && (w - h) % 2 === 0);
    yield {
      fn: 'rotate',
      pieces,
      args: [from, w, h, to.address, width, height, sx, sy, cos, sin, fill, isBilinear ? 1 : 0],
      costNs: width * height * (isBilinear ? BILINEAR_NS : NEAREST_NS),
    };
  }
  return { data: to.finish(), width, height };
}

/** Cosine and sine of the angle, exact for multiples of 90°. */
function direction(degrees: number): [number, number] {
  const angle = ((degrees % 360) + 360) % 360;
  if (angle === 0) return [1, 0];
  if (angle === 90) return [0, 1];
  if (angle === 180) return [-1, 0];
  if (angle === 270) return [0, -1];
  return [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
}

/** The colour as the word that it is in memory. */
function checkColour(kernel: string, colour: unknown): number {
  if (typeof colour !== 'object' || colour === null || !('length' in colour)) {
    wrongType(kernel, 'background', 'an array of four bytes', colour);
  }
  const bytes = Array.from(colour as ArrayLike<number>);
  if (bytes.length !== 4) {
    throw new RangeError(`Cannot run ${kernel}: "background" has to have the length 4, came ${bytes.length}`);
  }
  bytes.forEach((byte, i) => {
    checkInteger(kernel, `background[${i}]`, byte, 0, 255);
  });
  return bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24);
}
