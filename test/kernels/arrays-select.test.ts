import { describe, expect, it } from 'vitest';
import type { AnyArray, BigArray, NumArray } from '../../src/kernels/_check';
import {
  type Comparison,
  filter,
  filterSync,
  prefixSum,
  prefixSumSync,
  searchSorted,
  searchSortedSync,
  unique,
  uniqueSync,
} from '../../src/kernels/arrays';
import {
  ANY_TYPES,
  BIG_TYPES,
  byName,
  everyWay,
  expectSame,
  FLOAT_TYPES,
  INT_TYPES,
  LONG,
  make,
  NO_ARRAYS,
  SIZES,
} from './_arrays';
import { onHeap, SEED, shufflingPool } from './_shuffle';

const LENGTHS = [...SIZES, ...LONG];
type Make<T extends AnyArray = AnyArray> = new (length: number) => T;
const KINDS = ['spread', 'few', 'special'] as const;

const COMPARE: Record<Comparison, (x: number, y: number) => boolean> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
  // biome-ignore lint/suspicious/noDoubleEquals: what is tested
  '==': (x, y) => x == y,
  // biome-ignore lint/suspicious/noDoubleEquals: what is tested
  '!=': (x, y) => x != y,
};

describe.each(byName(ANY_TYPES))('selection from a %s', (name, Type) => {
  const isBig = name.startsWith('Big');

  it.each(Object.entries(COMPARE))('filter %s compares as JavaScript', async (op, compare) => {
    const values = isBig
      ? [0n, 3n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 70n)]
      : [0, -0, 2.5, 255, NaN, Infinity, -1e300];
    for (const kind of KINDS) {
      for (const length of LENGTHS) {
        const a = make(Type as Make, length, kind);
        for (const value of length > 2000 ? values.slice(0, 3) : values) {
          const wanted = (a as Float64Array).filter((x) => compare(x, value as number));
          expectSame(filterSync(a, op as Comparison, value as never), wanted);
          if (length !== LONG[3]) continue;
          for (const r of await everyWay(a, (x, o) => filter(x, op as Comparison, value as never, o)))
            expectSame(r, wanted);
        }
      }
    }
  });

  it('unique gives each element once', async () => {
    for (const kind of KINDS) {
      for (const length of LENGTHS) {
        const a = make(Type as Make, length, kind);
        const tally = new Map<unknown, number>();
        for (const x of a as Float64Array) tally.set(x, (tally.get(x) ?? 0) + 1);
        const wanted = new (Type as unknown as new (values: unknown[]) => AnyArray)([...tally.keys()]).sort();
        const counts = Uint32Array.from(wanted as Float64Array, (x) => tally.get(x)!);
        expectSame(uniqueSync(a), wanted);
        const both = uniqueSync(a, { counts: true });
        expectSame(both.values, wanted);
        expectSame(both.counts, counts);
        if (length !== LONG[3]) continue;
        for (const r of await everyWay(a, (x, o) => unique(x, { counts: true, ...o })))
          expectSame(r.counts, counts);
      }
    }
  });

  it.each(['left', 'right'] as const)('searchSorted finds the %s place', async (side) => {
    const isBefore = (x: number, y: number) => x < y || (Number.isNaN(y) && !Number.isNaN(x));
    for (const kind of KINDS) {
      for (const length of [0, 1, 2, 3, 8, 100, 20_000]) {
        const sorted = make(Type as Make, length, kind).sort() as Float64Array;
        const values = make(Type as Make, 50, kind, SEED + 1) as Float64Array;
        const place = (v: number) => {
          const at = sorted.findIndex((x) => (side === 'left' ? !isBefore(x, v) : isBefore(v, x)));
          return at < 0 ? length : at;
        };
        const wanted = Uint32Array.from(values, place);
        expectSame(searchSortedSync(sorted, values, { side }), wanted);
        expect(searchSortedSync(sorted, values[0], { side })).toBe(wanted[0]);
        for (const r of await everyWay(values, (v, o) => searchSorted(sorted, v, { side, ...o })))
          expectSame(r, wanted);
      }
    }
  });
});

describe('prefixSum', () => {
  it.each(byName(INT_TYPES))('of a %s wraps in 32 bits', async (name, Type) => {
    const Sums = name.startsWith('I') ? Int32Array : Uint32Array;
    for (const length of LENGTHS) {
      const a = make(Type as Make<NumArray>, length, 'spread');
      const inclusive = new Sums(length);
      const exclusive = new Sums(length);
      let sum = 0;
      for (let i = 0; i < length; i++) {
        exclusive[i] = sum;
        sum = (sum + a[i]) | 0;
        inclusive[i] = sum;
      }
      expectSame(prefixSumSync(a), inclusive);
      expectSame(prefixSumSync(a, { exclusive: true }), exclusive);
      if (length !== LONG[3]) continue;
      for (const r of await everyWay(a, (x, o) => prefixSum(x, o))) expectSame(r, inclusive);
    }
  });

  it.each(byName(BIG_TYPES))('of a %s wraps in 64 bits', (_, Type) => {
    for (const length of LENGTHS) {
      const a = make(Type as Make<BigArray>, length, 'spread');
      const wanted = new (Type as Make<BigArray>)(length);
      let sum = 0n;
      for (let i = 0; i < length; i++) wanted[i] = sum += a[i];
      expectSame(prefixSumSync(a), wanted);
    }
  });

  it.each(byName(FLOAT_TYPES))('of a %s keeps its bound', async (name, Type) => {
    for (const length of LENGTHS) {
      const a = make(Type as Make<Float64Array>, length, 'spread');
      const got = prefixSumSync(a);
      let sum = 0;
      let lost = 0;
      let scale = 0;
      for (let i = 0; i < length; i++) {
        const next = sum + a[i];
        lost += Math.abs(sum) >= Math.abs(a[i]) ? sum - next + a[i] : a[i] - next + sum;
        sum = next;
        scale += Math.abs(a[i]);
        const bound = 1e-11 * scale + (name === 'Float32Array' ? Math.abs(sum) * 2 ** -24 : 0);
        if (!(Math.abs(got[i] - (sum + lost)) <= bound)) expect(got[i]).toBe(sum + lost);
      }
      for (const r of await everyWay(a, (x, o) => prefixSum(x, o))) expectSame(r, got);
      const before = prefixSumSync(a, { exclusive: true });
      if (length > 0) expect(before[0]).toBe(0);
      expectSame(before.subarray(1), got.subarray(0, Math.max(0, length - 1)));
    }
  });

  it('goes on after what is not finite', () => {
    const a = new Float64Array(40_000).fill(1);
    a[5] = Infinity;
    a[30_000] = -Infinity;
    const sums = prefixSumSync(a);
    expect([sums[4], sums[5], sums[29_999], sums[30_000], sums[39_999]]).toEqual([
      5,
      Infinity,
      Infinity,
      NaN,
      NaN,
    ]);
  });

  it('works in place', async () => {
    const a = make(Float64Array, 50_000, 'spread');
    const wanted = prefixSumSync(a);
    await onHeap(a, 8, async (shared) => {
      expect(await prefixSum(shared, { out: shared, pool: shufflingPool(SEED) })).toBe(shared);
      expectSame(shared.slice(), wanted);
    });
    const narrow = new Int8Array(64);
    await expect(prefixSum(narrow.subarray(0, 16), { out: new Int32Array(narrow.buffer) })).rejects.toThrow(
      RangeError,
    );
  });
});

describe('selection', () => {
  it('refuses what does not fit', async () => {
    const a = new Float64Array(3);
    await expect(filter(a, '=' as never, 1)).rejects.toThrow(/filter.*"op"/);
    await expect(filter(a, '<', '1' as never)).rejects.toThrow(TypeError);
    await expect(filter(a, '<', 1n as never)).rejects.toThrow(TypeError);
    await expect(filter(new BigInt64Array(1), '<', 1 as never)).rejects.toThrow(TypeError);
    await expect(unique(a, { counts: 'yes' as never })).rejects.toThrow(/unique.*"counts"/);
    await expect(searchSorted(a, new Float32Array(1) as never)).rejects.toThrow(TypeError);
    await expect(searchSorted(a, '1' as never)).rejects.toThrow(TypeError);
    await expect(searchSorted(a, 1, { side: 'middle' as never })).rejects.toThrow(/searchSorted.*"side"/);
    await expect(prefixSum(new Uint8ClampedArray(2) as never)).rejects.toThrow(TypeError);
    for (const value of NO_ARRAYS) {
      await expect(filter(value as never, '<', 1 as never)).rejects.toThrow(TypeError);
      await expect(unique(value as never)).rejects.toThrow(TypeError);
      await expect(prefixSum(value as never)).rejects.toThrow(TypeError);
      await expect(searchSorted(value as never, 1 as never)).rejects.toThrow(TypeError);
    }
  });
});
