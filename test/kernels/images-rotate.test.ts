import { describe, expect, it } from 'vitest';
import { type Image, type RotateOptions, rotate, rotateSync } from '../../src/kernels/images';
import { picture } from './_pictures';
import { onHeap, SEED, shufflingPool } from './_shuffle';

const words = ({ data }: Image) => new Uint32Array(data.slice().buffer);

/** The sampling in f64. */
function reference(
  src: Image,
  degrees: number,
  width: number,
  height: number,
  options: RotateOptions,
): number[] {
  const { filter = 'bilinear', background = [0, 0, 0, 0] } = options;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const result: number[] = [];
  const pixel = (x: number, y: number) => {
    const at =
      4 * (Math.max(0, Math.min(src.height - 1, y)) * src.width + Math.max(0, Math.min(src.width - 1, x)));
    return Array.from(src.data.subarray(at, at + 4));
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      const u = src.width / 2 + dx * cos + dy * sin;
      const v = src.height / 2 - dx * sin + dy * cos;
      if (u < 0 || v < 0 || u >= src.width || v >= src.height) result.push(...background);
      else if (filter === 'nearest') result.push(...pixel(Math.floor(u), Math.floor(v)));
      else {
        const [left, top] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
        const [du, dv] = [u - 0.5 - left, v - 0.5 - top];
        const sum = [0, 0, 0, 0];
        for (const [i, j, weight] of [
          [0, 0, (1 - du) * (1 - dv)],
          [1, 0, du * (1 - dv)],
          [0, 1, (1 - du) * dv],
          [1, 1, du * dv],
        ]) {
          const [r, g, b, a] = pixel(left + i, top + j);
          [r * a, g * a, b * a, a].forEach((value, c) => {
            sum[c] += value * weight;
          });
        }
        result.push(...sum.slice(0, 3).map((value) => (sum[3] === 0 ? 0 : value / sum[3])), sum[3]);
      }
    }
  }
  return result;
}

describe('rotate', () => {
  it.each([
    [0, (x: number, y: number) => [x, y]],
    [90, (x: number, y: number, _w: number, h: number) => [y, h - 1 - x]],
    [180, (x: number, y: number, w: number, h: number) => [w - 1 - x, h - 1 - y]],
    [270, (x: number, y: number, w: number) => [w - 1 - y, x]],
    [-90, (x: number, y: number, w: number) => [w - 1 - y, x]],
    [450, (x: number, y: number, _w: number, h: number) => [y, h - 1 - x]],
  ])('moves pixels exactly at %i degrees', (degrees, source) => {
    for (const [w, h] of [
      [1, 1],
      [3, 2],
      [17, 33],
      [40, 7],
    ]) {
      const src = picture(w, h, 5);
      const result = rotateSync(src, degrees);
      expect([result.width, result.height]).toEqual(degrees % 180 === 0 ? [w, h] : [h, w]);
      const from = words(src);
      words(result).forEach((word, i) => {
        const [sx, sy] = source(i % result.width, Math.floor(i / result.width), w, h);
        expect(word).toBe(from[sy * w + sx]);
      });
    }
  });

  it('moves pixels exactly without expanding where pixels meet pixels', () => {
    const src = picture(7, 5, 1);
    const result = words(rotateSync(src, 90, { expand: false }));
    const from = words(src);
    for (let y = 0; y < 5; y++) {
      for (let x = 1; x < 6; x++) expect(result[y * 7 + x]).toBe(from[(5 - x) * 7 + y + 1]);
      expect([result[y * 7], result[y * 7 + 6]]).toEqual([0, 0]);
    }
  });

  it.each(
    [1, 30, 44, 89.5, 137, -20, 1000].flatMap((degrees) => [
      [degrees, 31, 18],
      [degrees, 100, 45],
    ]),
  )('samples at %f degrees, %i × %i pixels', (degrees, w, h) => {
    for (const filter of ['bilinear', 'nearest'] as const) {
      for (const expand of [true, false]) {
        const src = picture(w, h, 2, degrees === 44 ? 'opaque' : 'any');
        const options = { filter, expand, background: [9, 8, 7, 255] } as const;
        const result = rotateSync(src, degrees, options);
        if (expand) {
          const angle = (degrees * Math.PI) / 180;
          const [c, s] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
          expect(result.width).toBe(Math.ceil(w * c + h * s - 1e-9));
          expect(result.height).toBe(Math.ceil(w * s + h * c - 1e-9));
        } else expect([result.width, result.height]).toEqual([w, h]);
        const wanted = reference(src, degrees, result.width, result.height, options);
        // A point on the border of two pixels, or of the picture, may fall to either side.
        let far = 0;
        for (let i = 0; i < wanted.length; i += 4) {
          const isFar = [0, 1, 2, 3].some((c) => Math.abs(result.data[i + c] - wanted[i + c]) > 1);
          if (isFar && wanted[i + 3] >= 1) far++;
        }
        expect(far).toBeLessThanOrEqual(2);
      }
    }
  });

  it('gives the same bits whoever runs which rows, shared or not', async () => {
    const src = picture(61, 70, 3);
    for (const degrees of [90, 33]) {
      const wanted = rotateSync(src, degrees);
      expect(await rotate(src, degrees, { pool: shufflingPool(SEED) })).toEqual(wanted);
      await onHeap(src.data, 1, async (data) => {
        expect((await rotate({ ...src, data }, degrees)).data).toEqual(wanted.data);
      });
    }
  });

  const src = picture(3, 3, 1);
  it.each([
    [RangeError, Number.NaN, {}],
    [TypeError, '90', {}],
    [TypeError, 90, { filter: 'cubic' }],
    [TypeError, 90, { expand: 1 }],
    [TypeError, 90, { background: 0 }],
    [RangeError, 90, { background: [0, 0, 0] }],
    [RangeError, 90, { background: [0, 0, 0, 256] }],
    [RangeError, 90, { out: src.data }],
    [RangeError, 45, { out: new Uint8ClampedArray(36) }],
  ])('rejects with %o (case %#)', async (error, degrees, options) => {
    await expect(rotate(src, degrees as never, options as never)).rejects.toThrow(error);
    expect(() => rotateSync(src, degrees as never, options as never)).toThrow(/^Cannot run rotate: "/);
  });
});
