import { describe, expect, it } from 'vitest';
import type { AnyArray, NumArray } from '../../src/kernels/_check';
import {
  add,
  addSync,
  axpy,
  axpySync,
  fill,
  fillSync,
  map,
  mapSync,
  mul,
  mulSync,
  scale,
  scaleSync,
} from '../../src/kernels/arrays';
import { MAP_OPERATIONS } from '../../src/kernels/arrays-map';
import {
  ANY_TYPES,
  byName,
  everyWay,
  expectSame,
  FLOAT_TYPES,
  INT_TYPES,
  LONG,
  make,
  NO_ARRAYS,
  NUM_TYPES,
  SIZES,
} from './_arrays';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

const LENGTHS = [...SIZES, ...LONG];
type Make = new (length: number) => NumArray;

/** The array that an operation on each element gives; the type's own conversion wraps and rounds. */
function each<T extends AnyArray>(a: T, f: (x: number, i: number) => number): T {
  const result = a.slice() as Float64Array;
  for (let i = 0; i < result.length; i++) result[i] = f(result[i], i);
  return result as T;
}

/** Products of 32-bit integers need more bits than a number has. */
const product = (a: NumArray, x: number, y: number) =>
  a instanceof Float32Array || a instanceof Float64Array ? x * y : Math.imul(x, y);

describe.each(byName(NUM_TYPES))('arithmetic of a %s', (name, Type) => {
  const isFloat = name.startsWith('Float');
  const round = name === 'Float32Array' ? Math.fround : (x: number) => x;
  const scalars = isFloat
    ? [0, -0, 1.1, -3, NaN, Infinity]
    : [0, 1, -3, 255, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER, -(2 ** 53) + 1];

  it.each(LENGTHS)('is that of JavaScript for %i elements', (length) => {
    for (const kind of ['spread', 'special'] as const) {
      const a = make(Type as Make, length, kind);
      const b = make(Type as Make, length, kind, SEED + 1);
      for (const k of length > 2000 ? scalars.slice(0, 3) : scalars) {
        expectSame(
          scaleSync(a, k),
          each(a, (x) => product(a, x, isFloat ? round(k) : k | 0)),
        );
        expectSame(mulSync(a, k), scaleSync(a, k));
        expectSame(
          addSync(a, k),
          each(a, (x) => x + (isFloat ? round(k) : k | 0)),
        );
      }
      expectSame(
        addSync(a, b),
        each(a, (x, i) => x + b[i]),
      );
      expectSame(
        mulSync(a, b),
        each(a, (x, i) => product(a, x, b[i])),
      );
    }
  });

  it('does not depend on who computes which piece', async () => {
    const a = make(Type as Make, LONG[3], 'spread');
    for (const r of await everyWay(a, (x, o) => scale(x, 3, o))) expectSame(r, scaleSync(a, 3));
    for (const r of await everyWay(a, (x, o) => add(x, a, o))) expectSame(r, addSync(a, a));
    for (const r of await everyWay(a, (x, o) => mul(x, x, o))) expectSame(r, mulSync(a, a));
  });

  it('works in place', async () => {
    const a = make(Type as Make, 40_000, 'spread');
    const wanted = addSync(a, a);
    const plain = a.slice() as NumArray;
    expect(await add(plain, plain, { out: plain })).toBe(plain);
    expectSame(plain, wanted);
    await onHeap(a, a.BYTES_PER_ELEMENT, async (shared) => {
      expect(await add(shared, shared, { out: shared, pool: shufflingPool(SEED) })).toBe(shared);
      expectSame(shared.slice(), wanted);
    });
  });

  if (isFloat) return;
  it.each([1.5, NaN, Infinity, 2 ** 53])('refuses the scalar %d', async (k) => {
    await expect(scale(new (Type as Make)(3), k)).rejects.toThrow(/scale.*"k"/);
    expect(() => addSync(new (Type as Make)(3), k)).toThrow(RangeError);
  });
});

describe('axpy', () => {
  it.each(byName(FLOAT_TYPES))('of a %s rounds each operation', async (_, Type) => {
    for (const length of LENGTHS) {
      const x = make(Type as new (length: number) => Float32Array, length, 'spread');
      const y = make(Type as new (length: number) => Float32Array, length, 'spread', SEED + 1);
      const round = x instanceof Float32Array ? Math.fround : (v: number) => v;
      const wanted = each(x, (v, i) => round(round(1.1) * v) + y[i]);
      expectSame(axpySync(1.1, x, y), wanted);
      if (length === LONG[3])
        for (const r of await everyWay(x, (v, o) => axpy(1.1, v, y, o))) expectSame(r, wanted);
    }
  });
});

describe('fill', () => {
  it.each(byName(ANY_TYPES))('converts for a %s as its own fill does', async (name, Type) => {
    const values = name.startsWith('Big')
      ? [0n, -1n, 2n ** 64n + 5n]
      : [0, -0, 1.5, -1, 300, NaN, 2 ** 33 + 7, -Infinity];
    for (const length of [0, 1, 7, 65, 40_001]) {
      for (const value of values) {
        const wanted = new (Type as Make)(length).fill(value as never);
        const a = make(Type as Make, length, 'few');
        expect(fillSync(a, value as never)).toBe(a);
        expectSame(a, wanted);
        await onHeap(make(Type as Make, length, 'few'), a.BYTES_PER_ELEMENT, async (shared) => {
          expect(await fill(shared, value as never, { pool: shufflingPool(SEED) })).toBe(shared);
          expectSame(shared.slice(), wanted);
        });
      }
    }
  });
});

describe('map', () => {
  const ulps = (x: number, y: number, type: 'f32' | 'f64') => {
    if (Object.is(x, y)) return 0;
    if (Number.isNaN(x) || Number.isNaN(y)) return Infinity;
    if (Object.is(Math.abs(x), Math.abs(y)) && x === 0) return Infinity;
    const exponent = Math.max(type === 'f64' ? -1022 : -126, Math.floor(Math.log2(Math.abs(y) || 1e-320)));
    return Math.abs(x - y) / 2 ** (exponent - (type === 'f64' ? 52 : 23));
  };
  const next = random(SEED);
  const inputs = Float64Array.from({ length: 20_000 }, (_, i) => {
    const sign = i & 1 ? -1 : 1;
    return sign * (i % 3 === 0 ? next() : i % 3 === 1 ? next() * 30 : 10 ** (next() * 17 - 8));
  });
  const nearZeros = Float64Array.from({ length: 2000 }, () => Math.round(next() * 6e8) * (Math.PI / 2));
  const special = Float64Array.of(
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -1.5,
    0.49999999999999994,
    -0.2,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    1e308,
    2251799813685248.5,
    709.7,
    710,
    -745,
    1e-300,
    2,
    4,
    8,
    10,
    100,
    1000,
    Math.PI,
    Math.PI / 2,
  );
  const functions: Record<string, (x: number) => number> = {
    neg: (x) => -x,
    square: (x) => x * x,
    reciprocal: (x) => 1 / x,
  };
  const exact = MAP_OPERATIONS.slice(0, MAP_OPERATIONS.indexOf('exp'));

  it.each(MAP_OPERATIONS)('%s is that of Math', async (op) => {
    const f = functions[op] ?? (Math as unknown as Record<string, (x: number) => number>)[op];
    const trigonometry = ['sin', 'cos', 'tan'].includes(op);
    for (const Type of [Float64Array, Float32Array]) {
      const a = new Type(
        [...inputs, ...nearZeros, ...special].filter(
          (x) => !trigonometry || !(Math.abs(x) > 1e9) || !Number.isFinite(x),
        ),
      );
      const result = mapSync(a, op);
      const isWide = Type === Float64Array;
      let worst = 0;
      for (let i = 0; i < a.length; i++) {
        const wanted = isWide ? f(a[i]) : Math.fround(f(a[i]));
        const off = ulps(result[i], wanted, isWide ? 'f64' : 'f32');
        if (off > worst) worst = off;
        if (off > (isWide ? 4 : 2))
          expect(`${op}(${a[i]}) = ${result[i]}`).toBe(`${op}(${a[i]}) = ${wanted}`);
      }
      if (exact.includes(op)) expect(worst).toBe(0);
      for (const r of await everyWay(a, (x, o) => map(x, op, o))) expectSame(r, result);
    }
  });

  it.each(byName(INT_TYPES))('of a %s wraps', (_, Type) => {
    const a = make(Type as Make, 1000, 'spread');
    a.set([0, 1, 127, 128, 255, 32768, 2 ** 31].map((x) => x));
    expectSame(mapSync(a, 'abs'), each(a, Math.abs));
    expectSame(
      mapSync(a, 'neg'),
      each(a, (x) => -x),
    );
    expectSame(mapSync(a, 'sign'), each(a, Math.sign));
    expectSame(
      mapSync(a, 'square'),
      each(a, (x) => Math.imul(x, x)),
    );
    expect(() => mapSync(a, 'sqrt')).toThrow(TypeError);
  });

  it('refuses unknown operations', async () => {
    await expect(map(new Float64Array(1), 'toString' as never)).rejects.toThrow(/map.*"op"/);
    await expect(map(new Uint8ClampedArray(1) as never, 'abs')).rejects.toThrow(TypeError);
  });
});

describe('arithmetic', () => {
  it('refuses what does not fit', async () => {
    const a = new Float64Array(4);
    await expect(add(a, new Float32Array(4) as never)).rejects.toThrow(TypeError);
    await expect(add(a, new Float64Array(5))).rejects.toThrow(RangeError);
    await expect(mul(a, '2' as never)).rejects.toThrow(TypeError);
    await expect(scale(a, 2n as never)).rejects.toThrow(TypeError);
    await expect(scale(a, 2, { out: new Float64Array(3) })).rejects.toThrow(/scale.*"out"/);
    await expect(axpy(1, a, new Float64Array(3))).rejects.toThrow(/axpy.*"y"/);
    await expect(fill(new BigInt64Array(2), 3 as never)).rejects.toThrow(TypeError);
    for (const value of NO_ARRAYS) {
      await expect(scale(value as never, 2)).rejects.toThrow(TypeError);
      expect(() => fillSync(value as never, 2 as never)).toThrow(TypeError);
    }
  });
});
