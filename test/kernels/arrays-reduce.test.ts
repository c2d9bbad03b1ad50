import { describe, expect, it } from 'vitest';
import type { AnyArray, NumArray } from '../../src/kernels/_check';
import {
  argmax,
  argmaxSync,
  argmin,
  argminSync,
  dot,
  dotSync,
  max,
  maxSync,
  mean,
  meanSync,
  min,
  minSync,
  norm,
  normSync,
  sum,
  sumSync,
  variance,
  varianceSync,
} from '../../src/kernels/arrays';
import {
  ANY_TYPES,
  BIG_TYPES,
  byName,
  everyWay,
  FLOAT_TYPES,
  INT_TYPES,
  LONG,
  make,
  NO_ARRAYS,
  NUM_TYPES,
  SIZES,
} from './_arrays';
import { random, SEED } from './_shuffle';

const LENGTHS = [...SIZES, ...LONG];
type Make<T extends AnyArray = NumArray> = new (length: number) => T;

/** Σ exactly (to 2⁻⁸⁰⁰), as a fraction of two bigints, rounded to a number at the end. */
function exactSum(values: Iterable<number>): number {
  const SCALE = 2n ** 800n;
  let total = 0n;
  for (const x of values) {
    const exponent = x === 0 ? 0 : Math.max(-300, Math.floor(Math.log2(Math.abs(x))) - 52);
    total +=
      ((BigInt(x / 2 ** exponent) * SCALE) / 2n ** BigInt(Math.max(0, -exponent))) *
      2n ** BigInt(Math.max(0, exponent));
  }
  return Number(total / 2n ** 700n) / 2 ** 100;
}

const magnitudes = (a: Iterable<number>) => exactSum(Array.from(a, Math.abs));

describe('sum', () => {
  it.each(byName([...INT_TYPES, Uint8ClampedArray]))('of a %s is exact', (_, Type) => {
    for (const length of LENGTHS) {
      const a = make(Type as Make, length, 'spread');
      let wanted = 0;
      for (const x of a) wanted += x;
      expect(sumSync(a)).toBe(wanted);
    }
  });

  it.each(byName(BIG_TYPES))('of a %s wraps', (name, Type) => {
    for (const length of LENGTHS) {
      const a = make(Type as Make<BigInt64Array>, length, 'spread');
      let wanted = 0n;
      for (const x of a) wanted += x;
      expect(sumSync(a)).toBe(
        name === 'BigInt64Array' ? BigInt.asIntN(64, wanted) : BigInt.asUintN(64, wanted),
      );
    }
  });

  it.each(byName(FLOAT_TYPES))('of a %s keeps its bound', async (_, Type) => {
    for (const length of LENGTHS) {
      const a = make(Type as Make<Float64Array>, length, 'spread');
      const wanted = exactSum(a);
      const got = sumSync(a);
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-13 * magnitudes(a));
      for (const r of await everyWay(a, (x, o) => sum(x, o))) expect(r).toBe(got);
    }
  });

  it('keeps its bound where the terms cancel', () => {
    const next = random(SEED);
    const half = Float64Array.from({ length: 100_000 }, () => (next() - 0.5) * 10 ** (next() * 20));
    const a = new Float64Array(200_001);
    a.set(half);
    a.set(
      half.map((x) => -x),
      100_000,
    );
    a[200_000] = 0.125;
    expect(Math.abs(sumSync(a) - 0.125)).toBeLessThanOrEqual(1e-13 * magnitudes(a));
  });

  it.each([
    [[NaN, 1], NaN],
    [[Infinity, 1], Infinity],
    [[Infinity, -Infinity], NaN],
    [[-Infinity, 5], -Infinity],
    [[], 0],
  ])('of %j is %d', (values, wanted) => {
    for (const pad of [0, 20_000]) {
      const a = new Float64Array([...values, ...new Array(pad).fill(1)]);
      expect(sumSync(a)).toBe(values.length === 0 ? pad : wanted);
      expect(dotSync(a, new Float64Array(a.length).fill(1))).toBe(values.length === 0 ? pad : wanted);
    }
  });
});

describe.each(byName(ANY_TYPES))('extremes of a %s', (_, Type) => {
  it('are those of Math', async () => {
    for (const kind of ['spread', 'few', 'special'] as const) {
      for (const length of LENGTHS.slice(1)) {
        const a = make(Type as Make, length, kind);
        if (kind === 'special' && length % 2 === 0 && typeof a[0] === 'number')
          (a as Float64Array).set(Array.from(a as Float64Array, (x) => (Number.isNaN(x) ? 2 : x)));
        const values = Array.from(a as Iterable<number>);
        const math = (f: 'min' | 'max') =>
          typeof values[0] === 'number'
            ? values.reduce((x, y) => Math[f](x, y))
            : values.reduce((x, y) => ((f === 'min' ? y < x : y > x) ? y : x));
        const place = (better: (x: number, y: number) => boolean) => {
          const nan = values.findIndex((x) => Number.isNaN(x));
          return nan >= 0 ? nan : values.reduce((best, x, i) => (better(x, values[best]) ? i : best), 0);
        };
        expect(minSync(a)).toBe(math('min'));
        expect(maxSync(a)).toBe(math('max'));
        expect(argminSync(a)).toBe(place((x, y) => x < y));
        expect(argmaxSync(a)).toBe(place((x, y) => x > y));
        if (length !== LONG[3]) continue;
        for (const r of await everyWay(a, (x, o) => min(x, o))) expect(r).toBe(math('min'));
        for (const r of await everyWay(a, (x, o) => max(x, o))) expect(r).toBe(math('max'));
        for (const r of await everyWay(a, (x, o) => argmin(x, o))) expect(r).toBe(argminSync(a));
        for (const r of await everyWay(a, (x, o) => argmax(x, o))) expect(r).toBe(argmaxSync(a));
      }
    }
  });

  it('of no elements are refused', async () => {
    const none = new (Type as Make)(0);
    for (const kernel of [min, max, argmin, argmax]) {
      await expect((kernel as (a: AnyArray) => Promise<unknown>)(none)).rejects.toThrow(RangeError);
    }
  });
});

describe.each(byName(NUM_TYPES))('statistics of a %s', (_, Type) => {
  it('agree with plain loops', async () => {
    for (const length of LENGTHS) {
      const a = make(Type as Make, length, 'spread');
      const values = Array.from(a);
      const total = exactSum(values);
      const scale = magnitudes(values);
      const wanted = total / length;
      const got = meanSync(a);
      if (length === 0) expect(got).toBeNaN();
      else expect(Math.abs(got - wanted)).toBeLessThanOrEqual((1e-13 * scale) / length);
      const squares = values.map((x) => x * x);
      expect(normSync(a)).toBeCloseTo(Math.sqrt(exactSum(squares)), -6);
      expect(Math.abs(normSync(a, { ord: 1 }) - scale)).toBeLessThanOrEqual(1e-13 * scale);
      expect(normSync(a, { ord: Infinity })).toBe(values.reduce((m, x) => Math.max(m, Math.abs(x)), 0));
      for (const ddof of [0, 1]) {
        const spread = exactSum(values.map((x) => (x - wanted) ** 2)) / (length - ddof);
        const v = varianceSync(a, { ddof });
        if (length <= ddof) expect(v).toBeNaN();
        else expect(Math.abs(v - spread)).toBeLessThanOrEqual(1e-10 * spread);
      }
      if (length !== LONG[3]) continue;
      for (const r of await everyWay(a, (x, o) => mean(x, o))) expect(r).toBe(got);
      for (const r of await everyWay(a, (x, o) => variance(x, o))) expect(r).toBe(varianceSync(a));
      for (const r of await everyWay(a, (x, o) => norm(x, o))) expect(r).toBe(normSync(a));
    }
  });
});

describe('dot', () => {
  it.each(byName(FLOAT_TYPES))('of a %s keeps its bound', async (_, Type) => {
    for (const length of LENGTHS) {
      const x = make(Type as Make<Float64Array>, length, 'spread');
      const y = make(Type as Make<Float64Array>, length, 'spread', SEED + 1);
      const terms = Array.from(x, (v, i) => v * y[i]);
      const got = dotSync(x, y);
      expect(Math.abs(got - exactSum(terms))).toBeLessThanOrEqual(1.1e-13 * magnitudes(terms));
      for (const r of await everyWay(x, (v, o) => dot(v, y, o))) expect(r).toBe(got);
    }
  });
});

describe('reductions', () => {
  it('keep their bound far from zero', () => {
    const next = random(SEED);
    const a = Float64Array.from({ length: 50_000 }, () => 1e6 + next());
    const centre = exactSum(a) / a.length;
    const wanted = exactSum(Array.from(a, (x) => (x - centre) ** 2)) / a.length;
    expect(Math.abs(varianceSync(a) - wanted)).toBeLessThanOrEqual(1e-10 * wanted);
  });

  it('refuse what does not fit', async () => {
    await expect(mean(new BigInt64Array(2) as never)).rejects.toThrow(TypeError);
    await expect(norm(new Float64Array(2), { ord: 3 })).rejects.toThrow(RangeError);
    await expect(norm(new Float64Array(2), { ord: '1' as never })).rejects.toThrow(TypeError);
    await expect(variance(new Float64Array(2), { ddof: NaN })).rejects.toThrow(/variance.*"ddof"/);
    await expect(dot(new Float64Array(2), new Float64Array(3))).rejects.toThrow(/dot.*"y"/);
    await expect(dot(new Int8Array(2) as never, new Int8Array(2) as never)).rejects.toThrow(TypeError);
    for (const value of NO_ARRAYS) {
      await expect(sum(value as never)).rejects.toThrow(TypeError);
      expect(() => argminSync(value as never)).toThrow(TypeError);
    }
  });
});
