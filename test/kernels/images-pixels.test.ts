import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crop,
  cropSync,
  grayscale,
  grayscaleSync,
  imageHistogram,
  imageHistogramSync,
} from '../../src/kernels/images';
import { picture } from './_pictures';
import { onHeap, SEED, shufflingPool } from './_shuffle';

const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33];

describe('grayscale', () => {
  const grey = (data: ArrayLike<number>) =>
    Array.from(data, (c, i) => {
      const [r, g, b] = [data[i - (i % 4)], data[i - (i % 4) + 1], data[i - (i % 4) + 2]];
      return i % 4 === 3 ? c : (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    });

  it.each(WIDTHS)('is the formula for rows of %i pixels', (width) => {
    const src = picture(width, 37, width);
    expect(Array.from(grayscaleSync(src).data)).toEqual(grey(src.data));
  });

  it('is exact at the extremes', () => {
    const data = Uint8ClampedArray.of(255, 255, 255, 0, 0, 255, 0, 1, 255, 0, 255, 2, 0, 0, 0, 3);
    expect(Array.from(grayscaleSync({ data, width: 2, height: 2 }).data)).toEqual(grey(data));
  });

  it('gives the same bits whoever runs which rows, and writes to out', async () => {
    const src = picture(13, 200, 1);
    const wanted = grayscaleSync(src).data;
    expect((await grayscale(src, { pool: shufflingPool(SEED) })).data).toEqual(wanted);
    await onHeap(src.data, 1, async (data) => {
      const out = new Uint8ClampedArray(data.length);
      expect((await grayscale({ ...src, data }, { out })).data).toBe(out);
      expect(out).toEqual(wanted);
      await expect(grayscale({ ...src, data }, { out: data })).rejects.toThrow(RangeError);
    });
  });
});

describe('crop', () => {
  it('cuts what the box holds', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(32), fc.nat(32), fc.integer({ min: 1, max: 33 }), fc.integer({ min: 1, max: 33 })),
        ([x, y, w, h]) => {
          const src = picture(33, 65, 4);
          const box = { w: Math.min(w, 33 - x), h: Math.min(h, 65 - y) };
          const result = cropSync(src, x, y, box.w, box.h);
          const wanted: number[] = [];
          for (let row = y; row < y + box.h; row++) {
            wanted.push(...src.data.subarray(4 * (row * 33 + x), 4 * (row * 33 + x + box.w)));
          }
          expect(result).toMatchObject({ width: box.w, height: box.h });
          expect(Array.from(result.data)).toEqual(wanted);
        },
      ),
      { seed: SEED, numRuns: 100 },
    );
  });

  // Narrow, wide, as wide as the picture; the last two are above a megabyte, which nobody clears.
  it.each([20, 90, 650, 700])('cuts %i pixels a row', (w) => {
    const src = picture(700, 600, 6);
    const x = Math.min(7, 700 - w);
    const { data } = cropSync(src, x, 30, w, 550);
    const wanted = new Uint8Array(4 * w * 550);
    for (let row = 0; row < 550; row++) {
      const at = 4 * ((30 + row) * 700 + x);
      wanted.set(src.data.subarray(at, at + 4 * w), 4 * w * row);
    }
    expect(data.constructor).toBe(src.data.constructor);
    expect(Buffer.compare(new Uint8Array(data.buffer), wanted)).toBe(0);
  });

  it('gives the same bits whoever runs which rows', async () => {
    const src = picture(50, 150, 2);
    const wanted = cropSync(src, 3, 5, 40, 140).data;
    expect((await crop(src, 3, 5, 40, 140, { pool: shufflingPool(SEED) })).data).toEqual(wanted);
  });

  it.each([
    [-1, 0, 1, 1],
    [0, 0, 6, 1],
    [4, 0, 2, 1],
    [0, 0, 0, 1],
    [0, 5, 1, 1],
    [0.5, 0, 1, 1],
    [0, 0, 1, Number.NaN],
  ])('refuses the box %j', async (...box) => {
    const [x, y, w, h] = box;
    await expect(crop(picture(5, 5, 1), x, y, w, h)).rejects.toThrow(RangeError);
    expect(() => cropSync(picture(5, 5, 1), x, y, w, h)).toThrow(/^Cannot run crop: "/);
  });
});

describe('imageHistogram', () => {
  it.each(WIDTHS)('counts rows of %i pixels', async (width) => {
    const src = picture(width, 100, width, 'extreme');
    const counts = imageHistogramSync(src);
    expect(await imageHistogram(src, { pool: shufflingPool(SEED) })).toEqual(counts);
    for (const [channel, name] of (['r', 'g', 'b', 'a'] as const).entries()) {
      const wanted = new Uint32Array(256);
      for (let i = channel; i < src.data.length; i += 4) wanted[src.data[i]]++;
      expect(counts[name]).toEqual(wanted);
    }
  });
});

it.each([
  [TypeError, undefined],
  [TypeError, { data: new Uint16Array(4), width: 1, height: 1 }],
  [RangeError, { data: new Uint8Array(8), width: 1, height: 1 }],
  [RangeError, { data: new Uint8Array(8), width: 2, height: 0.5 }],
  [TypeError, { data: new Uint8Array(8), width: '2', height: 1 }],
])('all reject with %o (case %#)', async (error, src) => {
  const image = src as never;
  await expect(grayscale(image)).rejects.toThrow(error);
  await expect(crop(image, 0, 0, 1, 1)).rejects.toThrow(error);
  await expect(imageHistogram(image)).rejects.toThrow(error);
});
