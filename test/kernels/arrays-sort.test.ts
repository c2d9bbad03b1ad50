import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SORT_SMALL } from '../../assembly/kernels/arrays/sizes';
import type { AnyArray } from '../../src/kernels/_check';
import { argsort, argsortSync, sort, sortSync } from '../../src/kernels/arrays';
import { ANY_TYPES, byName, everyWay, expectSame, type Kind, make, NO_ARRAYS, SIZES } from './_arrays';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

const LENGTHS = [...SIZES, 24, 25, 100];
const LONG = [SORT_SMALL, SORT_SMALL + 1, 200_000];
const KINDS: Kind[] = ['spread', 'few', 'special'];

const sorted = <T extends AnyArray>(a: T): T => a.slice().sort() as T;

function expectStable(a: AnyArray, order: Uint32Array, wanted: AnyArray): void {
  let wrong = -1;
  for (let i = 0; i < order.length && wrong < 0; i++) {
    if (!Object.is(a[order[i]], wanted[i])) wrong = i;
    if (i > 0 && Object.is(a[order[i - 1]], a[order[i]]) && order[i - 1] >= order[i]) wrong = i;
  }
  expect(wrong).toBe(-1);
}

describe.each(byName(ANY_TYPES))('sort of a %s', (_, Type) => {
  const Make = Type as new (length: number) => AnyArray;

  it.each(KINDS)('is that of JavaScript: %s values', async (kind) => {
    for (const length of [...LENGTHS, ...LONG]) {
      const a = make(Make, length, kind);
      const before = a.slice();
      const wanted = sorted(a);
      expectSame(sortSync(a), wanted);
      expectSame(sortSync(a, { descending: true }), wanted.slice().reverse());
      expectSame(a, before);
      expectStable(a, argsortSync(a), wanted);
      expectStable(a, argsortSync(a, { descending: true }), wanted.slice().reverse() as AnyArray);
    }
  });

  it('does not depend on who sorts which piece', async () => {
    for (const kind of KINDS) {
      const a = make(Make, 150_000, kind);
      const wanted = sorted(a);
      for (const result of await everyWay(a, sort)) expectSame(result, wanted);
      const order = argsortSync(a);
      for (const result of await everyWay(a, argsort)) expectSame(result, order);
    }
  });
});

describe('sort', () => {
  const shapes: Record<string, (i: number, n: number, next: () => number) => number> = {
    ascending: (i) => i,
    descending: (i, n) => n - i,
    equal: () => 7,
    'ascending but one': (i, n) => (i === n - 2 ? -1 : i),
    sawtooth: (i) => i % 1000,
    'organ pipe': (i, n) => Math.min(i, n - i),
    'half zeros': (i, _n, next) => (i & 1 ? 0 : next()),
    'one outlier': (i, _n, next) => (i === 5 ? 1e300 : next()),
    'low bits': (_i, _n, next) => 1 + Math.floor(next() * 1000) * 2 ** -52,
    clusters: (_i, _n, next) => Math.floor(next() * 4) * 1e100 + Math.floor(next() * 100) * 1e-10,
    exponential: (_i, _n, next) => 10 ** (next() * 600 - 300),
  };
  it.each(Object.entries(shapes))('takes %s input', (_, shape) => {
    for (const n of [50, 5000, 120_000]) {
      const next = random(SEED + n);
      const a = Float64Array.from({ length: n }, (_value, i) => shape(i, n, next));
      expectSame(sortSync(a), sorted(a));
      expectSame(sortSync(a, { descending: true }), sorted(a).reverse());
      expectStable(a, argsortSync(a), sorted(a));
    }
  });

  it('takes any bits', () => {
    fc.assert(
      fc.property(fc.float64Array({ maxLength: 300 }), (a) => {
        expectSame(sortSync(a), sorted(a));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('puts NaN of either sign last', () => {
    const a = new Float64Array([NaN, 1, -Infinity, 0]);
    new DataView(a.buffer).setBigUint64(0, 0xfff8000000000001n, true);
    expectSame(sortSync(a), new Float64Array([-Infinity, 0, 1, NaN]));
    expectSame(sortSync(a, { descending: true }), new Float64Array([NaN, 1, 0, -Infinity]));
  });

  it('works in place, and to an array of the heap', async () => {
    const a = make(Float64Array, 100_000, 'spread');
    const plain = a.slice();
    expect(await sort(plain, { out: plain, pool: shufflingPool(SEED) })).toBe(plain);
    expectSame(plain, sorted(a));
    await onHeap(a, 8, async (shared) => {
      expect(await sort(shared, { out: shared, pool: shufflingPool(SEED) })).toBe(shared);
      expectSame(shared.slice(), sorted(a));
    });
    await onHeap(new Float64Array(a.length), 8, async (out) => {
      expect(await sort(a, { out })).toBe(out);
      expectSame(out.slice(), sorted(a));
    });
  });

  it('refuses an out that does not fit', async () => {
    const a = new Float64Array(8);
    const all = new Float64Array(16);
    await expect(sort(a, { out: new Float32Array(8) as never })).rejects.toThrow(TypeError);
    await expect(sort(a, { out: new Float64Array(7) })).rejects.toThrow(RangeError);
    await expect(sort(all.subarray(0, 8), { out: all.subarray(1, 9) })).rejects.toThrow(
      /sort.*"out" and "a"/,
    );
    await expect(
      argsort(new Uint32Array(all.buffer, 0, 8), { out: new Uint32Array(all.buffer, 0, 8) }),
    ).rejects.toThrow(RangeError);
    await expect(sort(a, { descending: 1 as never })).rejects.toThrow(TypeError);
  });

  it.each(NO_ARRAYS.map((value) => [value]))('refuses %s', async (value) => {
    await expect(sort(value as never)).rejects.toThrow(TypeError);
    expect(() => argsortSync(value as never)).toThrow(TypeError);
  });
});
