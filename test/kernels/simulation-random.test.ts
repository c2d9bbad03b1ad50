import { describe, expect, it } from 'vitest';
import {
  monteCarloPi,
  monteCarloPiSync,
  randomNormal,
  randomNormalSync,
  randomUniform,
  randomUniformSync,
} from '../../src/kernels/simulation';
import { onHeap, SEED, shufflingPool } from './_shuffle';

/** Philox 4x32-10 on whole numbers. */
function philox(counter: number[], key: number[]): number[] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const a = BigInt(c0 >>> 0) * 0xd2511f53n;
    const b = BigInt(c2 >>> 0) * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [
      Number(b >> 32n) ^ c1 ^ k0,
      Number(b & 0xffffffffn),
      Number(a >> 32n) ^ c3 ^ k1,
      Number(a & 0xffffffffn),
    ];
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  return [c0, c1, c2, c3].map((word) => word >>> 0);
}

const split = (value: number | bigint) => [Number(BigInt(value) & 0xffffffffn), Number(BigInt(value) >> 32n)];
const words = (block: number, seed: number | bigint, stream: number | bigint) =>
  philox([...split(block), ...split(stream)], split(seed));

function unit(element: number, seed: number | bigint, stream: number | bigint): number {
  const x = words(Math.floor(element / 2), seed, stream).slice((element % 2) * 2);
  return (x[1] * 2 ** 21 + (x[0] >>> 11)) * 2 ** -53;
}

const SEEDS = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n] as const;
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 480, 481];
const OFFSETS = [0, 1, 2, 3, 5, 7, 8, 13, 15, 16, 17, 2 ** 33 + 3, 2 ** 52 + 1];

it('philox here gives the known answers of Random123', () => {
  const hex = (list: number[]) => list.map((word) => word.toString(16).padStart(8, '0')).join(' ');
  expect(hex(philox([0, 0, 0, 0], [0, 0]))).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  const ones = 0xffffffff;
  expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
  const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
  expect(hex(philox(pi, [0xa4093822, 0x299f31d0]))).toBe('d16cfe09 94fdcceb 5001e420 24126ea1');
});

describe('randomUniform', () => {
  it.each(SEEDS)('is the formula for seed %s', (seed) => {
    for (const n of LENGTHS) {
      const wanted = Float64Array.from({ length: n }, (_, i) => unit(i, seed, 3n));
      expect(randomUniformSync(n, { seed, stream: 3n })).toEqual(wanted);
    }
  });

  it.each(OFFSETS)('skips %i elements', (offset) => {
    const doubles = Float64Array.from({ length: 37 }, (_, i) => -2 + 5 * unit(offset + i, 9, 0));
    expect(randomUniformSync(37, { seed: 9, offset, low: -2, high: 3 })).toEqual(doubles);
    const singles = Float32Array.from({ length: 37 }, (_, i) => {
      const element = offset + i;
      return -2 + 5 * (words(Math.floor(element / 4), 9, 0)[element % 4] >>> 8) * 2 ** -24;
    });
    expect(randomUniformSync(37, { seed: 9, offset, low: -2, high: 3, type: Float32Array })).toEqual(singles);
  });

  it('gives the same bits whoever makes which part, wherever it goes', async () => {
    for (const type of [Float64Array, Float32Array] as Float64ArrayConstructor[]) {
      const options = { seed: 5, offset: 11, type };
      const wanted = randomUniformSync(100_001, options);
      expect(await randomUniform(100_001, { ...options, pool: shufflingPool(SEED) })).toEqual(wanted);
      expect(randomUniformSync(50_001, { ...options, offset: 50_011 })).toEqual(wanted.slice(50_000));
      await onHeap(new type(100_001), 8, async (out) => {
        expect(await randomUniform(100_001, { seed: 5, offset: 11, out })).toBe(out);
        expect(out.slice()).toEqual(wanted);
      });
    }
  });

  it('takes a random seed if there is none', () => {
    expect(randomUniformSync(4)).not.toEqual(randomUniformSync(4));
    expect(randomUniformSync(3, { low: 7, high: 7 })).toEqual(Float64Array.of(7, 7, 7));
  });

  it.each([
    [RangeError, -1, {}],
    [RangeError, 1.5, {}],
    [TypeError, '5', {}],
    [RangeError, 5, { seed: -1 }],
    [RangeError, 5, { seed: 0.5 }],
    [RangeError, 5, { seed: 2n ** 64n }],
    [TypeError, 5, { seed: '1' }],
    [TypeError, 5, { stream: null }],
    [RangeError, 5, { offset: -1 }],
    [RangeError, 5, { low: 2, high: 1 }],
    [RangeError, 5, { low: Number.NaN }],
    [TypeError, 5, { type: Int32Array }],
    [TypeError, 5, { type: 'f32' }],
    [TypeError, 5, { out: new Int32Array(5) }],
    [TypeError, 5, { type: Float32Array, out: new Float64Array(5) }],
    [RangeError, 5, { out: new Float64Array(4) }],
  ])('rejects with %o (case %#)', async (error, n, options) => {
    await expect(randomUniform(n as never, options as never)).rejects.toThrow(error);
    expect(() => randomUniformSync(n as never, options as never)).toThrow(/^Cannot run randomUniform: "/);
  });
});

describe('randomNormal', () => {
  function normal(element: number, seed: number): number {
    const [u, v] = [unit(element - (element % 2), seed, 0), unit(element - (element % 2) + 1, seed, 0)];
    const radius = Math.sqrt(-2 * Math.log1p(-u));
    return radius * (element % 2 === 0 ? Math.cos(2 * Math.PI * v) : Math.sin(2 * Math.PI * v));
  }

  it.each(OFFSETS)('is the formula from element %i on', (offset) => {
    const values = randomNormalSync(200, { seed: 4, offset, mean: 10, std: 3 });
    const singles = randomNormalSync(200, { seed: 4, offset, type: Float32Array });
    values.forEach((value, i) => {
      const z = normal(offset + i, 4);
      expect(Math.abs(value - (10 + 3 * z))).toBeLessThanOrEqual(3e-13);
      expect(Math.abs(singles[i] - z)).toBeLessThanOrEqual(4e-7);
    });
  });

  it('has the moments of a normal distribution', () => {
    const values = randomNormalSync(400_000, { seed: 1 });
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits whoever makes which part', async () => {
    for (const type of [Float64Array, Float32Array] as Float64ArrayConstructor[]) {
      const options = { seed: 5, offset: 3, mean: 1, type };
      const wanted = randomNormalSync(70_003, options);
      expect(await randomNormal(70_003, { ...options, pool: shufflingPool(SEED) })).toEqual(wanted);
      expect(randomNormalSync(3, { ...options, offset: 70_003 })).toEqual(wanted.slice(70_000));
    }
  });

  it('rejects a negative deviation', async () => {
    await expect(randomNormal(3, { std: -1 })).rejects.toThrow(RangeError);
  });
});

describe('monteCarloPi', () => {
  function inside(n: number, seed: number, stream: number): number {
    let count = 0;
    for (let j = 0; j < n; j++) {
      const x = words(Math.floor(j / 2), seed, stream).slice((j % 2) * 2);
      const [px, py] = [x[0] * 2 ** -32, x[1] * 2 ** -32];
      if (px * px + py * py <= 1) count++;
    }
    return count;
  }

  it.each([1, 2, 3, 7, 8, 9, 15, 17, 1000])('counts %i points', (n) => {
    expect(monteCarloPiSync(n, { seed: 3, stream: 2 })).toBe((4 * inside(n, 3, 2)) / n);
  });

  it('comes near, whoever counts', async () => {
    const wanted = monteCarloPiSync(1_000_003, { seed: 8 });
    expect(Math.abs(wanted - Math.PI)).toBeLessThan(0.01);
    expect(await monteCarloPi(1_000_003, { seed: 8, pool: shufflingPool(SEED) })).toBe(wanted);
    expect(await monteCarloPi(0)).toBeNaN();
    await expect(monteCarloPi(-1)).rejects.toThrow(RangeError);
  });
});
