import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEGMENT_BYTES } from '../../assembly/kernels/numbers/sizes';
import {
  countPrimes,
  countPrimesSync,
  isPrime,
  isPrimeSync,
  primes,
  primesSync,
} from '../../src/kernels/numbers';
import { ANY_TYPES, byName, everyWay, make, NO_ARRAYS } from './_arrays';
import { SEED, shufflingPool } from './_shuffle';

const LIMIT = 300_000;
const composite = new Uint8Array(LIMIT).fill(1, 0, 2);
for (let p = 2; p * p < LIMIT; p++) {
  if (composite[p] === 0) for (let m = p * p; m < LIMIT; m += p) composite[m] = 1;
}
const small = Array.from({ length: LIMIT }, (_, n) => n).filter((n) => composite[n] === 0);
const between = (lo: number, hi: number) => small.filter((p) => p >= lo && p < hi);

describe('countPrimes', () => {
  it.each([
    [0, 1e6, 78498],
    [0, 1e7, 664579],
    [0, 1e8, 5761455],
    [1e12, 1e12 + 1e7, 361726],
    [9007199244740991, 9007199254740991, 273017],
    [-(2 ** 53) + 1, 10, 4],
    [10, 10, 0],
    [10, -10, 0],
  ])('of %d … %d are %d', (lo, hi, wanted) => {
    expect(countPrimesSync(lo, hi)).toBe(wanted);
  });

  it('counts what a plain sieve counts, wherever the bounds lie', () => {
    for (let hi = 0; hi < 200; hi++)
      for (let lo = -2; lo <= hi; lo++) expect(countPrimesSync(lo, hi)).toBe(between(lo, hi).length);
    fc.assert(
      fc.property(fc.nat(LIMIT), fc.nat(LIMIT), (lo, hi) => {
        expect(countPrimesSync(lo, hi)).toBe(between(lo, hi).length);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is additive over segments', () => {
    const edge = SEGMENT_BYTES * 30;
    const whole = countPrimesSync(0, 3 * edge);
    for (const cut of [edge - 1, edge, edge + 1, 2 * edge + 7]) {
      expect(countPrimesSync(0, cut) + countPrimesSync(cut, 3 * edge)).toBe(whole);
    }
  });

  it('does not depend on who counts which piece', async () => {
    for (let seed = 0; seed < 5; seed++) {
      expect(await countPrimes(5, 2e7, { pool: shufflingPool(SEED + seed) })).toBe(1270605);
    }
  });

  it.each([[1.5], [NaN], [Infinity], [2 ** 53]])('refuses the bound %d', async (bound) => {
    expect(() => countPrimesSync(0, bound)).toThrow(RangeError);
    await expect(countPrimes(bound, 3)).rejects.toThrow(/countPrimes.*"lo"/);
  });

  it('refuses other types', async () => {
    await expect(countPrimes('0' as never, 3)).rejects.toThrow(TypeError);
    await expect(countPrimes(0, 3n as never)).rejects.toThrow(TypeError);
    await expect(countPrimes(0, 3, null as never)).rejects.toThrow(TypeError);
  });
});

describe('primes', () => {
  it('lists what a plain sieve lists', async () => {
    expect([...primesSync(0, LIMIT)]).toEqual(small);
    expect([...(await primes(-5, LIMIT, { pool: shufflingPool(SEED) }))]).toEqual(small);
    fc.assert(
      fc.property(fc.nat(LIMIT), fc.nat(1000), (lo, width) => {
        expect([...primesSync(lo, Math.min(LIMIT, lo + width))]).toEqual(
          between(lo, Math.min(LIMIT, lo + width)),
        );
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is a Uint32Array up to 2 ** 32 and a Float64Array beyond', () => {
    expect(primesSync(2 ** 32 - 100, 2 ** 32)).toEqual(
      new Uint32Array([4294967197, 4294967231, 4294967279, 4294967291]),
    );
    expect(primesSync(2 ** 32, 2 ** 32 + 20)).toEqual(new Float64Array([4294967311]));
    expect(primesSync(5, 2)).toEqual(new Uint32Array(0));
    expect(primesSync(2 ** 53 - 120, 2 ** 53 - 1)).toEqual(new Float64Array([2 ** 53 - 111]));
  });
});

describe('isPrime', () => {
  it.each(byName(ANY_TYPES))('of a %s', async (_, Type) => {
    const a = make(Type as typeof Int32Array, 3000, 'few');
    for (let i = 0; i < a.length; i++) {
      if (typeof a[i] === 'bigint') (a as unknown as BigInt64Array)[i] = BigInt(i);
      else a[i] = i;
    }
    const wanted = Uint8Array.from(a, (n) => (Number(n) >= 0 && composite[Number(n)] === 0 ? 1 : 0));
    expect(isPrimeSync(a)).toEqual(wanted);
    for (const result of await everyWay(a, isPrime)) expect(result).toEqual(wanted);
  });

  it('tells what no bases fool', () => {
    const pseudoprimes = [
      2047n,
      3215031751n,
      3474749660383n,
      341550071728321n,
      3825123056546413051n,
      2n ** 64n - 1n,
    ];
    expect(isPrimeSync(new BigUint64Array(pseudoprimes))).toEqual(new Uint8Array(6));
    expect(isPrimeSync(new BigUint64Array([2n ** 64n - 59n, 2n ** 61n - 1n, 2n, 37n]))).toEqual(
      new Uint8Array(4).fill(1),
    );
    expect(isPrimeSync(new BigInt64Array([-7n, 2n ** 63n - 25n]))).toEqual(new Uint8Array([0, 1]));
    expect(isPrimeSync(new Float64Array([2.5, -3, NaN, Infinity, -Infinity, 2 ** 53 - 111, 1e300]))).toEqual(
      new Uint8Array([0, 0, 0, 0, 0, 1, 0]),
    );
  });

  it('agrees with the sieve below 2 ** 53', () => {
    const from = 2 ** 53 - 20_001;
    const numbers = Float64Array.from({ length: 20_000 }, (_, i) => from + i);
    const found = numbers.filter((_, i) => isPrimeSync(numbers.subarray(i, i + 1))[0] === 1);
    expect(found).toEqual(primesSync(from, 2 ** 53 - 1));
  });

  it.each(NO_ARRAYS.map((value) => [value]))('refuses %s', async (value) => {
    await expect(isPrime(value as never)).rejects.toThrow(TypeError);
  });
});
