// convolve against sums of products, in all modes, on both sides of the lengths where transforms take over.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../../src/kernels/_check';
import { convolve, convolveSync } from '../../src/kernels/signals';
import { byName, expectSame, FLOAT_TYPES, NO_ARRAYS } from './_arrays';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

type FloatType = Float64ArrayConstructor | Float32ArrayConstructor;
const MODES = ['full', 'same', 'valid'] as const;

function signal(Type: FloatType, n: number, seed = SEED): FloatArray {
  const next = random(seed + n);
  return new Type(n).map(() => next() - 0.3);
}

/** Every product of two elements, added where numpy's definition says. */
function product(a: FloatArray, v: FloatArray): Float64Array {
  const full = new Float64Array(a.length + v.length - 1);
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    for (let j = 0; j < v.length; j++) full[i + j] += x * v[j];
  }
  return full;
}

/** `same` and `valid` are the middle of the full convolution. */
function part(full: Float64Array, a: FloatArray, v: FloatArray, mode: (typeof MODES)[number]): Float64Array {
  const [most, least] = [Math.max(a.length, v.length), Math.min(a.length, v.length)];
  if (mode === 'full') return full;
  const first = mode === 'same' ? (least - 1) >> 1 : least - 1;
  return full.slice(first, first + (mode === 'same' ? most : most - least + 1));
}

const norm = (a: FloatArray) => Math.hypot(...a.subarray(0, 50000));

function expectNear(a: FloatArray, v: FloatArray, got: FloatArray, wanted: Float64Array): void {
  expect(got.constructor).toBe(a.constructor);
  expect(got.length).toBe(wanted.length);
  const bound = (a instanceof Float32Array ? 1e-5 : 1e-13) * norm(a) * norm(v);
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(got[i] - wanted[i]) <= bound)) {
      expect(`[${i}] ${got[i]}`).toBe(`[${i}] ${wanted[i]} ± ${bound} (seed ${SEED})`);
    }
  }
}

const SIZES: Array<[number, number]> = [
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 4],
  [13, 5],
  [5, 13],
  [100, 7],
  [2049, 2],
  [5000, 31],
  [1000, 1000],
  [300, 5000],
  [20000, 150],
  [20001, 1000],
  [9000, 9000],
  [40000, 2500],
];

describe.each(byName(FLOAT_TYPES))('convolve of %s', (_, Type) => {
  it.each(SIZES)('%i and %i elements', async (n, m) => {
    const a = signal(Type, n);
    const v = signal(Type, m, SEED + 1);
    const full = product(a, v);
    for (const mode of MODES) {
      const result = convolveSync(a, v, { mode });
      expectNear(a, v, result, part(full, a, v, mode));
      expectSame(await convolve(a, v, { mode, pool: shufflingPool(SEED) }), result);
    }
  });

  it('shared arrays, odd offsets and out', async () => {
    for (const [n, m] of [
      [9, 4],
      [3000, 700],
    ]) {
      const a = signal(Type, n);
      const v = signal(Type, m, SEED + 1);
      const wanted = convolveSync(a, v);
      await onHeap(a, Type.BYTES_PER_ELEMENT, (x) =>
        onHeap(v, 0, (y) =>
          onHeap(wanted.map(() => 5) as FloatArray, Type.BYTES_PER_ELEMENT, async (out) => {
            expect(await convolve(x, y, { out, pool: shufflingPool(SEED) })).toBe(out);
            expectSame(out.slice(), wanted);
          }),
        ),
      );
    }
  });

  it('any lengths, and the two exchanged', () => {
    const length = fc.integer({ min: 1, max: 900 });
    fc.assert(
      fc.property(length, length, fc.constantFrom(...MODES), (n, m, mode) => {
        const a = signal(Type, n);
        const v = signal(Type, m, SEED + 1);
        const wanted = part(product(a, v), a, v, mode);
        expectNear(a, v, convolveSync(a, v, { mode }), wanted);
        expectNear(a, v, convolveSync(v, a, { mode }), wanted);
      }),
      { numRuns: 60, seed: SEED },
    );
  });

  it('small integers are exact where the sums are made as such', () => {
    expect([...convolveSync(new Type([1, 2, 3]), new Type([0, 1, 0.5]))]).toEqual([0, 1, 2.5, 4, 1.5]);
    expect([...convolveSync(new Type([1, 2, 3]), new Type([0, 1, 0.5]), { mode: 'same' })]).toEqual([
      1, 2.5, 4,
    ]);
    expect([...convolveSync(new Type([1, 2, 3]), new Type([0, 1, 0.5]), { mode: 'valid' })]).toEqual([2.5]);
  });
});

describe('arguments', () => {
  const x = new Float64Array(4);
  it('of wrong types', async () => {
    for (const no of [...NO_ARRAYS, new Int32Array(4)]) {
      expect(() => convolveSync(no as Float64Array, x)).toThrow(/Cannot run convolve: "a"/);
      expect(() => convolveSync(x, no as Float64Array)).toThrow(/Cannot run convolve: "v"/);
    }
    expect(() => convolveSync(x, new Float32Array(4) as never)).toThrow(TypeError);
    expect(() => convolveSync(x, x, { mode: 'half' as never })).toThrow(TypeError);
    expect(() => convolveSync(x, x, { mode: null as never })).toThrow(TypeError);
    await expect(convolve(x, x, null as never)).rejects.toThrow(TypeError);
  });

  it('of wrong lengths, or with overlaps', () => {
    expect(() => convolveSync(x, new Float64Array(0))).toThrow(/"v"/);
    expect(() => convolveSync(new Float64Array(0), x)).toThrow(RangeError);
    expect(() => convolveSync(x, x, { out: new Float64Array(4) })).toThrow(RangeError);
    expect(() => convolveSync(x, x, { out: x, mode: 'same' })).toThrow(/share/);
  });
});
