import { describe, expect, it } from 'vitest';
import { blur, blurSync, type Image } from '../../src/kernels/images';
import { difference, picture } from './_pictures';
import { SEED, shufflingPool } from './_shuffle';

/** The true Gaussian in f64, premultiplied, edges clamped. */
function reference({ data, width, height }: Image, sigma: number): Float64Array {
  const reach = Math.ceil(6 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-((k - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  const pass = (from: Float64Array, length: number, step: number, lines: number, lineStep: number) => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < length; i++) {
        for (let c = 0; c < 4; c++) {
          let sum = 0;
          for (let k = -reach; k <= reach; k++) {
            const at = Math.max(0, Math.min(length - 1, i + k));
            sum += from[line * lineStep + at * step + c] * weights[k + reach];
          }
          to[line * lineStep + i * step + c] = sum / total;
        }
      }
    }
    return to;
  };
  let values = Float64Array.from(data, (v, i) => (i % 4 === 3 ? v : (v * data[i - (i % 4) + 3]) / 255));
  values = pass(values, width, 4, height, 4 * width);
  values = pass(values, height, 4 * width, width, 4);
  return values.map((v, i) =>
    i % 4 === 3 ? v : values[i - (i % 4) + 3] === 0 ? 0 : (v * 255) / values[i - (i % 4) + 3],
  );
}

/** Large areas, sharp edges and some noise. */
function scene(width: number, height: number): Image<Uint8ClampedArray> {
  const { data } = picture(width, height, 7, 'opaque');
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
    if (i % 4 < 3) data[i] = data[i] * 0.2 + (((x >> 4) + (y >> 5) + (i % 4) * 2) % 5) * 50;
  }
  return { data, width, height };
}

describe('blur', () => {
  it.each([0.3, 0.8, 1, 2, 3.7, 9.9, 10.1, 15, 24])('is near the true Gaussian for sigma %f', (sigma) => {
    const src = scene(180, 170);
    const { data } = blurSync(src, sigma);
    const wanted = reference(src, sigma);
    const { mean, max } = difference(data, wanted);
    expect(mean).toBeLessThanOrEqual(0.7);
    expect(max).toBeLessThanOrEqual(sigma > 10 ? 12 : 2);
    const inside = (_: number, i: number) => {
      const [x, y] = [(i >> 2) % src.width, Math.floor((i >> 2) / src.width)];
      return Math.min(x, y, src.width - 1 - x, src.height - 1 - y) >= 3 * sigma;
    };
    expect(difference(data.filter(inside), wanted.filter(inside)).max).toBeLessThanOrEqual(2);
  });

  it('weighs colours by alpha', () => {
    const src = picture(40, 30, 3, 'any');
    const wanted = reference(src, 2.5);
    expect(difference(blurSync(src, 2.5).data, wanted).max).toBeLessThanOrEqual(4);
  });

  it.each([1, 2, 3, 5, 17])('takes pictures of %i pixels a side', (side) => {
    for (const sigma of [0.5, 4, 40, 1e300]) {
      const flat = {
        data: new Uint8Array(4 * side * side).map((_, i) => [9, 99, 199, 255][i % 4]),
        width: side,
        height: side,
      };
      expect(blurSync(flat, sigma).data).toEqual(flat.data);
    }
  });

  it('copies for sigma 0', () => {
    const src = picture(5, 5, 1);
    expect(blurSync(src, 0).data).toEqual(src.data);
    expect(blurSync(src, 0).data).not.toBe(src.data);
  });

  it('gives the same bits whoever runs which pieces', async () => {
    const src = picture(61, 90, 3);
    for (const sigma of [2, 30]) {
      expect((await blur(src, sigma, { pool: shufflingPool(SEED) })).data).toEqual(blurSync(src, sigma).data);
    }
  });

  it.each([
    [RangeError, -1],
    [RangeError, Number.NaN],
    [RangeError, Number.POSITIVE_INFINITY],
    [TypeError, '2'],
    [TypeError, undefined],
  ])('rejects with %o for sigma %o', async (error, sigma) => {
    await expect(blur(picture(3, 3, 1), sigma as never)).rejects.toThrow(error);
    expect(() => blurSync(picture(3, 3, 1), sigma as never)).toThrow(/^Cannot run blur: "/);
  });
});
