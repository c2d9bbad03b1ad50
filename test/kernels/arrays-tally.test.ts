import { describe, expect, it } from 'vitest';
import type { IntArray, NumArray } from '../../src/kernels/_check';
import { bincount, bincountSync, histogram, histogramSync } from '../../src/kernels/arrays';
import { byName, everyWay, expectSame, INT_TYPES, make, NO_ARRAYS, NUM_TYPES } from './_arrays';
import { random, SEED } from './_shuffle';

type Make<T> = new (length: number) => T;

/** Bins by looking at every edge. */
function reference(a: ArrayLike<number>, edges: Float64Array): Uint32Array {
  const bins = edges.length - 1;
  const counts = new Uint32Array(bins);
  for (let i = 0; i < a.length; i++) {
    for (let bin = 0; bin < bins; bin++) {
      const isLast = bin === bins - 1;
      if (a[i] >= edges[bin] && (isLast ? a[i] <= edges[bins] : a[i] < edges[bin + 1])) {
        counts[bin]++;
        break;
      }
    }
  }
  return counts;
}

const edgesOf = (lo: number, hi: number, bins: number) =>
  Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? hi : i * ((hi - lo) / bins) + lo));

describe('histogram', () => {
  it.each(byName(NUM_TYPES))('of a %s counts what lies between the edges', async (_, Type) => {
    for (const length of [0, 1, 2, 17, 1000]) {
      for (const bins of [1, 2, 7, 10, 100]) {
        const a = make(Type as Make<NumArray>, length, 'spread');
        const values = Array.from(a);
        let [lo, hi] = length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
        if (lo === hi) [lo, hi] = [lo - 0.5, hi + 0.5];
        const got = histogramSync(a, { bins });
        expectSame(got.edges, edgesOf(lo, hi, bins));
        expectSame(got.counts, reference(a, got.edges));
        const ranged = histogramSync(a, { bins, range: [-10, 100.1] });
        expectSame(ranged.edges, edgesOf(-10, 100.1, bins));
        expectSame(ranged.counts, reference(a, ranged.edges));
      }
    }
    const long = make(Type as Make<NumArray>, 200_000, 'spread');
    const wanted = histogramSync(long);
    expect(wanted.counts.reduce((x, y) => x + y)).toBe(200_000);
    for (const r of await everyWay(long, (x, o) => histogram(x, o))) expect(r).toEqual(wanted);
  });

  it('puts edges where they belong, however they round', () => {
    const next = random(SEED);
    for (let round = 0; round < 200; round++) {
      const lo = (next() - 0.5) * 10 ** (next() * 20 - 10);
      const hi = lo + next() * 10 ** (next() * 12 - 10);
      if (!(lo < hi)) continue;
      const bins = 1 + Math.floor(next() * 30);
      const edges = edgesOf(lo, hi, bins);
      const a = Float64Array.from([
        ...edges,
        ...edges.map((x) => x * (1 - 2 ** -53)),
        ...edges.map((x) => x * (1 + 2 ** -52)),
      ]);
      expectSame(histogramSync(a, { bins, range: [lo, hi] }).counts, reference(a, edges));
    }
  });

  it('takes bins narrower than floats', () => {
    const a = Float64Array.of(0, 5e-324, 1e-323, 1.5e-323);
    const got = histogramSync(a, { bins: 7 });
    expectSame(got.counts, reference(a, got.edges));
    const near = Float64Array.of(1, 1 + 2 ** -52, 1 + 2 ** -51);
    expectSame(histogramSync(near, { bins: 100 }).counts, reference(near, edgesOf(1, 1 + 2 ** -51, 100)));
  });

  it('does not count NaN nor what is outside', () => {
    const a = Float64Array.of(NaN, -1, 0, 1, 1.0000001, Infinity, -Infinity);
    expect(histogramSync(a, { bins: 2, range: [0, 1] }).counts).toEqual(new Uint32Array([1, 1]));
    expect(histogramSync(Float64Array.of(3, 3), { bins: 2 })).toEqual({
      counts: new Uint32Array([0, 2]),
      edges: Float64Array.of(2.5, 3, 3.5),
    });
  });

  it('refuses what does not fit', async () => {
    const a = Float64Array.of(1, 2);
    for (const bins of [0, -1, 1.5, NaN, 2 ** 24 + 1])
      await expect(histogram(a, { bins })).rejects.toThrow(/"bins"/);
    for (const range of [[1, 0], [NaN, 1], [0, Infinity], [0]] as never[]) {
      await expect(histogram(a, { range })).rejects.toThrow(RangeError);
    }
    await expect(histogram(a, { range: 5 as never })).rejects.toThrow(TypeError);
    await expect(histogram(Float64Array.of(1, NaN))).rejects.toThrow(RangeError);
    await expect(histogram(Float64Array.of(1, Infinity))).rejects.toThrow(RangeError);
    for (const value of NO_ARRAYS) await expect(histogram(value as never)).rejects.toThrow(TypeError);
  });
});

describe('bincount', () => {
  it.each(byName(INT_TYPES))('of a %s counts each number', async (_, Type) => {
    for (const length of [0, 1, 2, 1000, 200_000]) {
      const next = random(SEED + length);
      const a = new (Type as Make<IntArray>)(length);
      for (let i = 0; i < length; i++) a[i] = Math.floor(next() * 100);
      const weights = Float64Array.from({ length }, () => (next() - 0.4) * 10 ** (next() * 6));
      const bins = length === 0 ? 0 : Math.max(...new Set(a)) + 1;
      const counts = new Uint32Array(bins);
      const sums = new Float64Array(bins);
      const sizes = new Float64Array(bins);
      const lost = new Float64Array(bins);
      for (let i = 0; i < length; i++) {
        counts[a[i]]++;
        const y = weights[i] - lost[a[i]];
        const next = sums[a[i]] + y;
        lost[a[i]] = next - sums[a[i]] - y;
        sums[a[i]] = next;
        sizes[a[i]] += Math.abs(weights[i]);
      }
      expectSame(bincountSync(a), counts);
      const got = bincountSync(a, { weights });
      expect(got.length).toBe(bins);
      got.forEach((x, i) => {
        expect(Math.abs(x - sums[i])).toBeLessThanOrEqual(1e-13 * sizes[i]);
      });
      expect(bincountSync(a, { minlength: 200 }).length).toBe(200);
      for (const r of await everyWay(a, (x, o) => bincount(x, { weights, ...o }))) expectSame(r, got);
      for (const r of await everyWay(a, (x, o) => bincount(x, o))) expectSame(r, counts);
    }
  });

  it('keeps infinite weights', () => {
    const weights = Float64Array.of(1, Infinity, 2, -Infinity, Infinity);
    expectSame(
      bincountSync(Uint8Array.of(0, 0, 0, 1, 2), { weights }),
      Float64Array.of(Infinity, -Infinity, Infinity),
    );
  });

  it('refuses what does not fit', async () => {
    await expect(bincount(Int32Array.of(1, -1))).rejects.toThrow(RangeError);
    await expect(bincount(Uint32Array.of(2 ** 28))).rejects.toThrow(RangeError);
    await expect(bincount(Uint32Array.of(2 ** 32 - 1))).rejects.toThrow(RangeError);
    await expect(bincount(Uint8Array.of(1), { minlength: -1 })).rejects.toThrow(/bincount.*"minlength"/);
    await expect(bincount(Uint8Array.of(1), { weights: new Float64Array(2) })).rejects.toThrow(RangeError);
    await expect(bincount(Uint8Array.of(1), { weights: new Float32Array(1) as never })).rejects.toThrow(
      TypeError,
    );
    await expect(bincount(Float64Array.of(1) as never)).rejects.toThrow(TypeError);
    for (const value of NO_ARRAYS) await expect(bincount(value as never)).rejects.toThrow(TypeError);
  });
});
