import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Image, resize, resizeSync } from '../../src/kernels/images';
import { difference, picture } from './_pictures';
import { onHeap, SEED, shufflingPool } from './_shuffle';

const golden = (name: string) =>
  new Uint8ClampedArray(readFileSync(new URL(`../golden/${name}.bin`, import.meta.url)));
const photo = { data: golden('photo.97x61'), width: 97, height: 61 };
const sprite = { data: golden('sprite.40x30'), width: 40, height: 30 };
const FILTERS = ['lanczos3', 'bilinear', 'nearest'] as const;

/** The two passes in f64, premultiplied bytes between them. */
function reference(
  { data, width, height }: Image,
  toWidth: number,
  toHeight: number,
  filter: string,
): number[] {
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  const support = filter === 'bilinear' ? 1 : 3;
  const weigh = (x: number) =>
    Math.abs(x) >= support ? 0 : filter === 'bilinear' ? 1 - Math.abs(x) : sinc(x) * sinc(x / 3);
  const byte = (x: number) => Math.min(255, Math.max(0, Math.floor(x + 0.5)));
  const axis = (from: number, to: number) =>
    Array.from({ length: to }, (_, i) => {
      const widening = Math.max(1, from / to);
      const centre = ((i + 0.5) * from) / to;
      const first = Math.max(0, Math.trunc(centre - support * widening + 0.5));
      const end = Math.min(from, Math.trunc(centre + support * widening + 0.5));
      const taps = Array.from({ length: end - first }, (_, k) =>
        weigh((first + k - centre + 0.5) / widening),
      );
      const total = taps.reduce((a, b) => a + b, 0);
      return { first, taps: taps.map((tap) => tap / total) };
    });
  const premultiplied = Array.from(data, (c, i) =>
    i % 4 === 3 ? c : byte((c * data[i - (i % 4) + 3]) / 255),
  );
  const between: number[] = [];
  const columns = axis(width, toWidth);
  for (let y = 0; y < height; y++) {
    for (const { first, taps } of columns) {
      for (let c = 0; c < 4; c++) {
        between.push(
          byte(taps.reduce((sum, tap, k) => sum + tap * premultiplied[4 * (y * width + first + k) + c], 0)),
        );
      }
    }
  }
  const result: number[] = [];
  for (const { first, taps } of axis(height, toHeight)) {
    for (let x = 0; x < toWidth; x++) {
      const pixel = [0, 1, 2, 3].map((c) =>
        byte(taps.reduce((sum, tap, k) => sum + tap * between[4 * ((first + k) * toWidth + x) + c], 0)),
      );
      const alpha = pixel[3];
      result.push(...pixel.map((c, i) => (i === 3 || alpha === 0 ? c : byte((c * 255) / alpha))));
    }
  }
  return result;
}

describe('resize', () => {
  it.each([
    ['lanczos3', 31, 20],
    ['lanczos3', 200, 100],
    ['lanczos3', 97, 17],
    ['lanczos3', 1, 1],
    ['bilinear', 31, 20],
    ['bilinear', 200, 100],
    ['bilinear', 97, 17],
    ['bilinear', 1, 1],
  ] as const)('is as Pillow on an opaque photo: %s to %i x %i', (filter, width, height) => {
    const { data } = resizeSync(photo, width, height, { filter });
    const { mean, max } = difference(data, golden(`photo.${filter}.${width}x${height}`));
    expect(mean).toBeLessThanOrEqual(0.1);
    expect(max).toBeLessThanOrEqual(1);
  });

  it.each([
    ['lanczos3', 17, 13],
    ['lanczos3', 63, 45],
    ['bilinear', 17, 13],
    ['bilinear', 63, 45],
  ] as const)('is as Pillow with alpha, premultiplied: %s to %i x %i', (filter, width, height) => {
    const { data } = resizeSync(sprite, width, height, { filter });
    const wanted = golden(`sprite.${filter}.${width}x${height}`);
    const premultiplied = (from: Uint8ClampedArray) =>
      Array.from(from, (c, i) => (i % 4 === 3 ? c : Math.round((c * from[i - (i % 4) + 3]) / 255)));
    const { mean, max } = difference(premultiplied(data), premultiplied(wanted));
    expect(mean).toBeLessThanOrEqual(0.75);
    expect(max).toBeLessThanOrEqual(2);
  });

  const sizes = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33];
  it.each(FILTERS)('%s takes every small size to every other', (filter) => {
    for (const from of sizes) {
      for (const to of sizes) {
        const src = picture(from, to, from * 100 + to, (from + to) % 2 === 0 ? 'opaque' : 'any');
        const { data, width, height } = resizeSync(src, to, from, { filter });
        expect([width, height]).toEqual([to, from]);
        if (filter === 'nearest') continue;
        const wanted = reference(src, to, from, filter);
        for (let i = 0; i < wanted.length; i += 4) {
          // A step of the premultiplied colour is 255 / alpha steps of the straight one.
          const allowed = 1.01 + (wanted[i + 3] === 255 ? 0 : 255 / Math.max(1, wanted[i + 3]));
          expect(Math.abs(data[i + 3] - wanted[i + 3])).toBeLessThanOrEqual(1);
          if (wanted[i + 3] < 8) continue;
          for (let c = 0; c < 3; c++)
            expect(Math.abs(data[i + c] - wanted[i + c])).toBeLessThanOrEqual(2 * allowed);
        }
      }
    }
  });

  it('nearest takes the pixel that the formula names', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, size, size, (w, h, toW, toH) => {
        const src = picture(w, h, w + h);
        const { data } = resizeSync(src, toW, toH, { filter: 'nearest' });
        for (let y = 0; y < toH; y++) {
          for (let x = 0; x < toW; x++) {
            const sx = Math.floor(((2 * x + 1) * w) / (2 * toW));
            const sy = Math.floor(((2 * y + 1) * h) / (2 * toH));
            const at = 4 * (sy * w + sx);
            expect(data.slice(4 * (y * toW + x), 4 * (y * toW + x) + 4)).toEqual(src.data.slice(at, at + 4));
          }
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it.each(['lanczos3', 'bilinear'] as const)(
    '%s keeps a flat picture flat and its own size untouched',
    (filter) => {
      const flat = {
        data: new Uint8Array(4 * 37 * 23).map((_, i) => [7, 250, 99, 255][i % 4]),
        width: 37,
        height: 23,
      };
      for (const [w, h] of [
        [5, 90],
        [100, 3],
        [37, 23],
      ]) {
        const { data } = resizeSync(flat, w, h, { filter });
        expect(data).toEqual(new Uint8Array(4 * w * h).map((_, i) => [7, 250, 99, 255][i % 4]));
      }
      expect(resizeSync(photo, 97, 61, { filter }).data).toEqual(photo.data);
    },
  );

  it('lets nothing bleed from transparent pixels', () => {
    const data = new Uint8ClampedArray(4 * 64);
    for (let i = 0; i < 64; i++) data.set(i % 2 ? [200, 100, 50, 255] : [0, 255, 255, 0], 4 * i);
    for (const filter of ['lanczos3', 'bilinear'] as const) {
      const result = resizeSync({ data, width: 8, height: 8 }, 4, 4, { filter }).data;
      for (let i = 0; i < 16; i++) {
        expect(Math.abs(result[4 * i] - 200)).toBeLessThanOrEqual(2);
        expect(Math.abs(result[4 * i + 1] - 100)).toBeLessThanOrEqual(2);
      }
    }
  });

  it.each(FILTERS)('%s gives the same bits whoever runs which pieces, shared or plain', async (filter) => {
    const src = picture(61, 130, 3);
    const wanted = resizeSync(src, 70, 45, { filter }).data;
    expect((await resize(src, 70, 45, { filter, pool: shufflingPool(SEED) })).data).toEqual(wanted);
    await onHeap(src.data, 3, async (data) => {
      expect((await resize({ ...src, data }, 70, 45, { filter })).data).toEqual(wanted);
    });
  });

  it('keeps the array class and writes to out', async () => {
    const src = { data: new Uint8Array(photo.data), width: 97, height: 61 };
    expect(resizeSync(src, 5, 5).data).toBeInstanceOf(Uint8Array);
    expect(resizeSync(photo, 5, 5).data).toBeInstanceOf(Uint8ClampedArray);
    const out = new Uint8Array(100);
    const result = await resize(src, 5, 5, { out });
    expect(result.data).toBe(out);
    expect(out).toEqual(resizeSync(src, 5, 5).data);
    expect(src.data).toEqual(new Uint8Array(photo.data));
  });

  it.each([
    [TypeError, [null, 5, 5]],
    [TypeError, [{ data: [1, 2, 3, 4], width: 1, height: 1 }, 5, 5]],
    [TypeError, [{ data: new Float32Array(4), width: 1, height: 1 }, 5, 5]],
    [RangeError, [{ data: new Uint8Array(5), width: 1, height: 1 }, 5, 5]],
    [RangeError, [{ data: new Uint8Array(0), width: 0, height: 1 }, 5, 5]],
    [TypeError, [photo, '5', 5]],
    [RangeError, [photo, 0, 5]],
    [RangeError, [photo, 5, 2.5]],
    [RangeError, [photo, Number.NaN, 5]],
    [TypeError, [photo, 5, 5, { filter: 'cubic' }]],
    [TypeError, [photo, 5, 5, { filter: null }]],
    [TypeError, [photo, 5, 5, { out: new Uint16Array(100) }]],
    [RangeError, [photo, 5, 5, { out: new Uint8ClampedArray(99) }]],
    [RangeError, [photo, 97, 61, { out: photo.data }]],
  ])('rejects with %o (case %#)', async (error, args) => {
    const [src, width, height, options] = args as Parameters<typeof resize>;
    await expect(resize(src, width, height, options)).rejects.toThrow(error);
    await expect(resize(src, width, height, options)).rejects.toThrow(/^Cannot run resize: "/);
    expect(() => resizeSync(src, width, height, options)).toThrow(error);
  });
});
