import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composite, compositeSync, type Image } from '../../src/kernels/images';
import { type Alphas, picture } from './_pictures';
import { onHeap, SEED, shufflingPool } from './_shuffle';

/** Compares with the exact value in f64, pixel by pixel. */
function expectOver(result: Image, base: Image, over: Image, x: number, y: number, opacity: number): void {
  let worst = 0;
  for (let by = 0; by < base.height; by++) {
    for (let bx = 0; bx < base.width; bx++) {
      const at = 4 * (by * base.width + bx);
      const inside = bx >= x && by >= y && bx < x + over.width && by < y + over.height;
      const from = inside ? 4 * ((by - y) * over.width + bx - x) : 0;
      const alphaS = inside ? (over.data[from + 3] / 255) * opacity : 0;
      if (alphaS === 0) {
        for (let c = 0; c < 4; c++) if (result.data[at + c] !== base.data[at + c]) worst = 999;
        continue;
      }
      const alphaB = base.data[at + 3] / 255;
      const alpha = alphaS + alphaB * (1 - alphaS);
      worst = Math.max(worst, Math.abs(result.data[at + 3] - 255 * alpha));
      for (let c = 0; c < 3; c++) {
        const exact = (over.data[from + c] * alphaS + base.data[at + c] * alphaB * (1 - alphaS)) / alpha;
        worst = Math.max(worst, Math.abs(result.data[at + c] - exact));
      }
    }
  }
  expect(worst).toBeLessThanOrEqual(1);
}

describe('composite', () => {
  const kinds: Alphas[] = ['opaque', 'any', 'extreme'];
  for (const below of kinds) {
    for (const above of kinds) {
      it(`is within 1 of the exact value: ${above} over ${below}`, () => {
        for (const width of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33]) {
          for (const opacity of [1, 0.5, 0.999999, 1 / 255, 0.3]) {
            const base = picture(width, 5, width, below);
            const over = picture(width, 5, width + 1, above);
            expectOver(compositeSync(base, over, { opacity }), base, over, 0, 0, opacity);
          }
        }
      });
    }
  }

  it('clips wherever the overlay lies', () => {
    const place = fc.integer({ min: -20, max: 40 });
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(place, place, size, size, fc.constantFrom(...kinds), (x, y, w, h, kind) => {
        const base = picture(23, 19, 5, kind);
        const over = picture(w, h, 6, 'any');
        expectOver(compositeSync(base, over, { x, y }), base, over, x, y, 1);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('gives an opaque overlay as it is', () => {
    const base = picture(50, 3, 1, 'opaque');
    const over = picture(50, 3, 2, 'opaque');
    expect(compositeSync(base, over).data).toEqual(over.data);
  });

  it('leaves base and overlay alone, shared or not, and gives the same bits', async () => {
    const base = picture(45, 70, 1, 'any');
    const over = picture(31, 90, 2, 'any');
    const options = { x: 7, y: -9, opacity: 0.7 };
    const wanted = compositeSync(base, over, options).data;
    const before = base.data.slice();
    expect((await composite(base, over, { ...options, pool: shufflingPool(SEED) })).data).toEqual(wanted);
    await onHeap(base.data, 1, async (data) => {
      expect((await composite({ ...base, data }, over, options)).data).toEqual(wanted);
      expect(data.slice()).toEqual(before);
      await onHeap(over.data, 3, async (above) => {
        await onHeap(new Uint8ClampedArray(base.data.length), 5, async (out) => {
          const result = await composite({ ...base, data }, { ...over, data: above }, { ...options, out });
          expect(result.data).toBe(out);
          expect(out.slice()).toEqual(wanted);
        });
      });
    });
    const out = new Uint8ClampedArray(base.data.length);
    expect((await composite(base, over, { ...options, out })).data).toBe(out);
    expect(out).toEqual(wanted);
    expect(base.data).toEqual(before);
  });

  it.each([
    [45, 70, 0, 0],
    [45, 20, 0, 30],
    [45, 80, 0, -5],
    [60, 20, -9, 60],
    [20, 70, 5, 0],
    [20, 20, 5, 30],
  ])('writes all of an out on the heap: %i x %i at %i, %i', async (width, height, x, y) => {
    const base = picture(45, 70, 1, 'any');
    const over = picture(width, height, 2, 'any');
    const wanted = compositeSync(base, over, { x, y }).data;
    await onHeap(new Uint8ClampedArray(base.data.length).fill(77), 4, async (out) => {
      compositeSync(base, over, { x, y, out });
      expect(out.slice()).toEqual(wanted);
      await onHeap(base.data, 4, async (data) => {
        out.fill(99);
        await composite({ ...base, data }, over, { x, y, out, pool: shufflingPool(SEED) });
        expect(out.slice()).toEqual(wanted);
      });
    });
  });

  it('copies the base where there is nothing to lay on it', () => {
    const base = picture(9, 9, 1, 'any');
    const over = picture(9, 9, 2, 'opaque');
    for (const options of [{ x: 9 }, { y: -9 }, { x: 2 ** 40 }, { opacity: 0 }]) {
      const { data } = compositeSync(base, over, options);
      expect(data).toEqual(base.data);
      expect(data).not.toBe(base.data);
    }
  });

  const image = picture(4, 4, 1, 'any');
  it.each([
    [TypeError, [undefined, image]],
    [TypeError, [image, { data: 'x', width: 1, height: 1 }]],
    [RangeError, [image, { ...image, width: 5 }]],
    [RangeError, [image, image, { x: 0.5 }]],
    [TypeError, [image, image, { y: '1' }]],
    [RangeError, [image, image, { opacity: 1.1 }]],
    [RangeError, [image, image, { opacity: Number.NaN }]],
    [RangeError, [image, image, { out: image.data }]],
    [TypeError, [image, image, { out: new Int8Array(64) }]],
  ])('rejects with %o (case %#)', async (error, args) => {
    const [base, over, options] = args as Parameters<typeof composite>;
    await expect(composite(base, over, options)).rejects.toThrow(error);
    expect(() => compositeSync(base, over, options)).toThrow(/^Cannot run composite: "/);
  });
});
