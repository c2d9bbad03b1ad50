// What all image kernels share: the shape of an image, its checks, and the way to the result.

import {
  arrayType,
  CLAMPED,
  checkArray,
  checkInteger,
  checkLength,
  checkOut,
  typeOf,
  wrongType,
} from './_check';
import type { KernelCall, KernelOptions, Output } from './_plan';

/** The pixels of an image: R, G, B, A bytes, straight alpha. */
export type Pixels = Uint8ClampedArray | Uint8Array;

/** An image; an `ImageData` fits. `data.length` is 4 · width · height, both at least 1. */
export interface Image<T extends Pixels = Pixels> {
  readonly data: T;
  readonly width: number;
  readonly height: number;
}

/** A new image, of the same array class as the source. */
export interface ImageResult<T extends Pixels = Pixels> {
  data: T;
  width: number;
  height: number;
}

/** Options that every kernel with an image as its result takes. */
export interface ImageOptions<T extends Pixels = Pixels> extends KernelOptions {
  /** Where the result's bytes go. */
  out?: T;
}

const BYTE_TYPES = ['Uint8Array', ...CLAMPED] as const;

/** Most pixels on a side. */
export const SIDE_MAX = 0x3fffffff;

/** Whether it is an image: what is wrong with it, {@link checkImage} tells. */
export function isImage<T extends Pixels>(image: Image<T>): boolean {
  if (typeof image !== 'object' || image === null) return false;
  const { data, width, height } = image;
  const type = arrayType(data);
  return (
    (type === 'Uint8ClampedArray' || type === 'Uint8Array') &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width > 0 &&
    height > 0 &&
    width <= SIDE_MAX &&
    height <= SIDE_MAX &&
    data.length === 4 * width * height
  );
}

/** The image, if it is one. */
export function checkImage<T extends Pixels>(kernel: string, name: string, image: Image<T>): Image<T> {
  if (isImage(image)) return image;
  if (typeof image !== 'object' || image === null) {
    wrongType(kernel, name, 'an image { data, width, height }', image);
  }
  const { data, width, height } = image;
  checkArray(kernel, `${name}.data`, data, BYTE_TYPES);
  checkInteger(kernel, `${name}.width`, width, 1, SIDE_MAX);
  checkInteger(kernel, `${name}.height`, height, 1, SIDE_MAX);
  checkLength(kernel, `${name}.data`, data, 4 * width * height);
  return image;
}

/** The option `out` for an image of that size, if given. */
export function checkImageOut<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  width: number,
  height: number,
  out: T | undefined,
  inputs: Record<string, Pixels>,
): T | undefined {
  return checkOut(call.kernel, out, typeOf(src.data), 4 * width * height, { inputs });
}

/** Room for a resulting image of the source's class. */
export function imageOutput<T extends Pixels>(
  call: KernelCall,
  src: Image<T>,
  width: number,
  height: number,
  out: T | undefined,
): Output<T> {
  return call.output(typeOf(src.data), 4 * width * height, out);
}
