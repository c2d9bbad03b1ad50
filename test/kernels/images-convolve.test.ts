import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolve2d, convolve2dSync, type Image } from '../../src/kernels/images';
import { picture } from './_pictures';
import { onHeap, SEED, shufflingPool } from './_shuffle';

/** The formula in f64. */
function reference(
  { data, width, height }: Image,
  kernel: number[][],
  divisor?: number,
  offset = 0,
): number[] {
  const total = kernel.flat().reduce((a, b) => a + b, 0);
  const by = divisor ?? (total === 0 ? 1 : total);
  const ry = kernel.length >> 1;
  const rx = kernel[0].length >> 1;
  const clamp = (x: number, most: number) => Math.max(0, Math.min(most, x));
  return Array.from(data, (byte, i) => {
    if (i % 4 === 3) return byte;
    const x = (i >> 2) % width;
    const y = Math.floor((i >> 2) / width);
    let sum = 0;
    kernel.forEach((row, j) => {
      row.forEach((weight, k) => {
        const at = 4 * (clamp(y + j - ry, height - 1) * width + clamp(x + k - rx, width - 1)) + (i % 4);
        sum += weight * data[at];
      });
    });
    return clamp(Math.floor(sum / by + offset + 0.5), 255);
  });
}

function expectNear(actual: ArrayLike<number>, wanted: number[]): void {
  expect(actual.length).toBe(wanted.length);
  const far = wanted.findIndex(
    (value, i) => Math.abs(actual[i] - value) > 1 || (i % 4 === 3 && actual[i] !== value),
  );
  expect(far).toBe(-1);
}

const KERNELS: Record<string, number[][]> = {
  one: [[1]],
  sharpen: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  edges: [
    [-1, -1, -1],
    [-1, 8, -1],
    [-1, -1, -1],
  ],
  box: [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  skew: [[1, 2, 3, 4, 5]],
  column: [[1], [-2], [4]],
  zero: [[0]],
  cancelling: [
    [1e9, -1e9 + 1, 0],
    [0, 1e-3, 0],
    [0, 0, 0],
  ],
};

describe('convolve2d', () => {
  it.each(Object.keys(KERNELS))('is the formula: %s', (name) => {
    for (const width of [1, 2, 3, 4, 5, 7, 8, 16, 17, 33]) {
      const src = picture(width, 21, width);
      expectNear(convolve2dSync(src, KERNELS[name]).data, reference(src, KERNELS[name]));
    }
  });

  it('is the formula for any matrix', () => {
    const side = fc.constantFrom(1, 3, 5);
    const weight = fc.double({ min: -4, max: 4, noNaN: true });
    const matrix = fc
      .tuple(side, side)
      .chain(([h, w]) =>
        fc.array(fc.array(weight, { minLength: w, maxLength: w }), { minLength: h, maxLength: h }),
      );
    fc.assert(
      fc.property(
        matrix,
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.double({ min: -99, max: 99, noNaN: true }),
        (kernel, divisor, offset) => {
          const src = picture(19, 9, 8);
          expectNear(
            convolve2dSync(src, kernel, { divisor, offset }).data,
            reference(src, kernel, divisor, offset),
          );
        },
      ),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('gives the same bits whoever runs which rows, shared or not', async () => {
    const src = picture(29, 150, 3);
    const wanted = convolve2dSync(src, KERNELS.sharpen).data;
    expect((await convolve2d(src, KERNELS.sharpen, { pool: shufflingPool(SEED) })).data).toEqual(wanted);
    await onHeap(src.data, 3, async (data) => {
      expect((await convolve2d({ ...src, data }, KERNELS.sharpen)).data).toEqual(wanted);
    });
  });

  it.each([
    [TypeError, null, {}],
    [TypeError, [1, 2, 3], {}],
    [TypeError, [['1']], {}],
    [RangeError, [], {}],
    [RangeError, [[]], {}],
    [RangeError, [[1, 2]], {}],
    [RangeError, [[1], [2]], {}],
    [RangeError, [[1, 2, 3], [1], [1, 2, 3]], {}],
    [RangeError, [[Number.NaN]], {}],
    [RangeError, [[1]], { divisor: 0 }],
    [RangeError, [[1]], { offset: Number.POSITIVE_INFINITY }],
    [TypeError, [[1]], { divisor: null }],
  ])('rejects with %o (case %#)', async (error, kernel, options) => {
    await expect(convolve2d(picture(3, 3, 1), kernel as never, options as never)).rejects.toThrow(error);
    expect(() => convolve2dSync(picture(3, 3, 1), kernel as never, options as never)).toThrow(
      /^Cannot run convolve2d: "/,
    );
  });
});
