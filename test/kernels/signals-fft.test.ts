// fft against the sums of its definition, for every small length, kinds of long ones, and by its properties.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FFT_WHOLE } from '../../assembly/kernels/signals/sizes';
import type { FloatArray } from '../../src/kernels/_check';
import { fft, fftSync, type Spectrum } from '../../src/kernels/signals';
import { byName, expectSame, FLOAT_TYPES, NO_ARRAYS } from './_arrays';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

type FloatType = Float64ArrayConstructor | Float32ArrayConstructor;

function signal(Type: FloatType, n: number, seed = SEED): Spectrum {
  const next = random(seed + n);
  return { re: new Type(n).map(() => next() - 0.5), im: new Type(n).map(() => next() - 0.5) };
}

/** Element k of the definition, with compensated sums; its error is a few units in the last place of ‖x‖₁. */
function element({ re, im }: Spectrum, k: number, sign = -1): [number, number] {
  const n = re.length;
  const sums = [0, 0, 0, 0];
  const add = (part: 0 | 2, value: number) => {
    const total = sums[part] + value;
    const gap = total - sums[part];
    sums[part + 1] += sums[part] - (total - gap) + (value - gap);
    sums[part] = total;
  };
  let e = 0;
  for (let j = 0; j < n; j++) {
    const quarters = Math.round((4 * e) / n);
    const angle = ((4 * e - quarters * n) / n) * (Math.PI / 2);
    const turned = [
      [Math.cos(angle), Math.sin(angle)],
      [-Math.sin(angle), Math.cos(angle)],
      [-Math.cos(angle), -Math.sin(angle)],
      [Math.sin(angle), -Math.cos(angle)],
    ][quarters & 3];
    const c = turned[0];
    const s = sign * turned[1];
    add(0, re[j] * c);
    add(0, -im[j] * s);
    add(2, re[j] * s);
    add(2, im[j] * c);
    e = (e + k) % n;
  }
  return [sums[0] + sums[1], sums[2] + sums[3]];
}

const isPowerOfTwo = (n: number) => (n & (n - 1)) === 0;
const bound = (Type: FloatType, n: number) =>
  Type === Float32Array ? 1e-6 : isPowerOfTwo(n) ? 1e-14 : 1e-13;
const norm = (...parts: ArrayLike<number>[]) => {
  let sum = 0;
  for (const part of parts) for (let i = 0; i < part.length; i++) sum += part[i] * part[i];
  return Math.sqrt(sum);
};
const less = (a: ArrayLike<number>, b: ArrayLike<number>) => Float64Array.from(a, (x, i) => x - b[i]);

/** ‖got − wanted‖ against the bound. */
function expectNear(Type: FloatType, got: Spectrum, wanted: Spectrum, what = ''): void {
  const n = wanted.re.length;
  expect([got.re.length, got.im.length]).toEqual([n, n]);
  const error = norm(less(got.re, wanted.re), less(got.im, wanted.im)) / norm(wanted.re, wanted.im);
  if (!(error <= bound(Type, n))) expect(`error ${error}`).toBe(`≤ ${bound(Type, n)} ${what} (seed ${SEED})`);
}

function definition(x: Spectrum, inverse = false): Spectrum {
  const n = x.re.length;
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    [re[k], im[k]] = element(x, k, inverse ? 1 : -1);
    if (inverse) [re[k], im[k]] = [re[k] / n, im[k] / n];
  }
  return { re, im };
}

const SMALL = Array.from({ length: 130 }, (_, i) => i + 1);
const MIDDLE = [
  256, 512, 1024, 2048, 169, 210, 243, 315, 343, 420, 625, 1001, 1155, 1331, 2197, 509, 1009, 1458,
];
/** Longer than what is done whole, in all ways to divide them; their ends are partial batches. */
const LONG = [
  2 ** 14,
  2 ** 15,
  3 * 5 * 7 * 128,
  9 * 25 * 49,
  3 ** 9,
  5 ** 6,
  7 ** 5,
  11 * 13 * 100,
  10007,
  2 ** 14 - 2,
];

describe.each(byName(FLOAT_TYPES))('fft of %s', (_, Type) => {
  it('every length of 1 … 130, both ways', () => {
    for (const n of SMALL) {
      const x = signal(Type, n);
      expectNear(Type, fftSync(x.re, x.im), definition(x), `n = ${n}`);
      expectNear(Type, fftSync(x.re, x.im, { inverse: true }), definition(x, true), `n = ${n} inverse`);
    }
  });

  it.each(MIDDLE)('length %i', (n) => {
    const x = signal(Type, n);
    expectNear(Type, fftSync(x.re, x.im), definition(x));
  });

  it.each(LONG)('length %i: some elements, the norm, there and back', async (n) => {
    expect(n).toBeGreaterThan(FFT_WHOLE);
    const x = signal(Type, n);
    const y = await fft(x.re, x.im, { pool: shufflingPool(SEED) });
    expect(y.re.constructor).toBe(Type);
    const size = norm(y.re, y.im);
    for (const k of [
      0,
      1,
      2,
      n >> 1,
      n - 1,
      ...Array.from({ length: 6 }, (_, i) => Math.floor(random(SEED + i)() * n)),
    ]) {
      const [re, im] = element(x, k);
      expect(Math.hypot(y.re[k] - re, y.im[k] - im)).toBeLessThan(bound(Type, n) * size);
    }
    const back = await fft(y.re, y.im, { inverse: true, pool: shufflingPool(SEED) });
    expect(norm(less(back.re, x.re), less(back.im, x.im))).toBeLessThan(
      2 * bound(Type, n) * norm(x.re, x.im),
    );
    const same = fftSync(x.re, x.im);
    expectSame(same.re, y.re);
    expectSame(same.im, y.im);
  });

  it('no imaginary part is one of zeros', () => {
    for (const n of [1, 12, 37, 1000]) {
      const { re } = signal(Type, n);
      const wanted = fftSync(re, new Type(n) as never);
      for (const none of [null, undefined]) expect(fftSync(re, none)).toEqual(wanted);
    }
  });

  it('an impulse and a wave', () => {
    for (const n of [8, 15, 31, 10000]) {
      const impulse = new Type(n);
      impulse[0] = 1;
      expectNear(Type, fftSync(impulse), { re: new Type(n).fill(1), im: new Type(n) });
    }
    const constant = fftSync(new Type(16).fill(1));
    expect([...constant.re]).toEqual([16, ...new Array(15).fill(0)]);
    expect([...constant.im]).toEqual(new Array(16).fill(0));
  });

  it('shared arrays, odd offsets and out', async () => {
    for (const n of [5, 64, 1009, 16384]) {
      const x = signal(Type, n);
      const wanted = fftSync(x.re, x.im);
      await onHeap(x.re, Type.BYTES_PER_ELEMENT, (re) =>
        onHeap(x.im, 3 * Type.BYTES_PER_ELEMENT, (im) =>
          onHeap(new Type(n) as FloatArray, Type.BYTES_PER_ELEMENT, async (outRe) => {
            const out = { re: outRe, im: new Type(n) as FloatArray };
            expect(await fft(re, im, { out, pool: shufflingPool(SEED) })).toBe(out);
            expectSame(outRe.slice(), wanted.re);
            expectSame(out.im, wanted.im);
            expectSame(re.slice(), x.re);
          }),
        ),
      );
    }
  });

  it('is linear, and shifts turn phases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 0, max: 699 }), (n, by) => {
        const x = signal(Type, n);
        const y = fftSync(x.re, x.im);
        const shift = by % n;
        const moved = fftSync(
          x.re.map((_, i) => x.re[(i + shift) % n]),
          x.im.map((_, i) => x.im[(i + shift) % n]),
        );
        const turned = {
          re: Float64Array.from(y.re, (r, k) => {
            const angle = (2 * Math.PI * ((k * shift) % n)) / n;
            return r * Math.cos(angle) - y.im[k] * Math.sin(angle);
          }),
          im: Float64Array.from(y.re, (r, k) => {
            const angle = (2 * Math.PI * ((k * shift) % n)) / n;
            return r * Math.sin(angle) + y.im[k] * Math.cos(angle);
          }),
        };
        const error = norm(less(moved.re, turned.re), less(moved.im, turned.im));
        expect(error).toBeLessThanOrEqual(3 * Math.max(bound(Type, n), 1e-13) * norm(y.re, y.im));
      }),
      { numRuns: 60, seed: SEED },
    );
  });
});

describe('arguments', () => {
  const x = new Float64Array(4);
  it('of wrong types', async () => {
    for (const no of [...NO_ARRAYS, new Int32Array(4)]) {
      expect(() => fftSync(no as Float64Array)).toThrow(/Cannot run fft: "re"/);
      if (no !== null && no !== undefined) expect(() => fftSync(x, no as Float64Array)).toThrow(TypeError);
    }
    expect(() => fftSync(x, new Float32Array(4) as never)).toThrow(TypeError);
    expect(() => fftSync(x, null, { inverse: 1 as never })).toThrow(TypeError);
    expect(() => fftSync(x, null, null as never)).toThrow(TypeError);
    expect(() => fftSync(x, null, { out: x as never })).toThrow(TypeError);
    expect(() =>
      fftSync(x, null, { out: { re: new Float32Array(4), im: new Float32Array(4) } as never }),
    ).toThrow(TypeError);
    await expect(fft('abc' as never)).rejects.toThrow(TypeError);
  });

  it('of wrong lengths, or with overlaps', async () => {
    expect(() => fftSync(new Float64Array(0))).toThrow(RangeError);
    expect(() => fftSync(x, new Float64Array(3))).toThrow(RangeError);
    expect(() => fftSync(x, null, { out: { re: new Float64Array(3), im: new Float64Array(4) } })).toThrow(
      RangeError,
    );
    expect(() => fftSync(x, null, { out: { re: x, im: new Float64Array(4) } })).toThrow(/share/);
    const both = new Float64Array(4);
    expect(() => fftSync(x, null, { out: { re: both, im: both } })).toThrow(/share/);
    await expect(fft(new Float32Array(0))).rejects.toThrow(RangeError);
  });
});
