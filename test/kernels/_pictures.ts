// Pictures for the tests of image kernels.

import type { Image } from '../../src/kernels/images';
import { random } from './_shuffle';

export type Alphas = 'opaque' | 'any' | 'extreme';

/** A picture of noise. */
export function picture(
  width: number,
  height: number,
  seed: number,
  alphas: Alphas = 'any',
): Image<Uint8ClampedArray> {
  const next = random(seed);
  const alpha = {
    opaque: () => 255,
    any: () => next() * 256,
    extreme: () => [0, 1, 254, 255][Math.floor(next() * 4)],
  };
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? alpha[alphas]() : next() * 256,
  );
  return { data, width, height };
}

/** Mean and largest distance of the bytes. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; max: number } {
  let sum = 0;
  let max = 0;
  for (let i = 0; i < a.length; i++) {
    sum += Math.abs(a[i] - b[i]);
    max = Math.max(max, Math.abs(a[i] - b[i]));
  }
  return { mean: sum / a.length, max };
}
