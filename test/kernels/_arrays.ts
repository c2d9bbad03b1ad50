// Arrays of every type, of the lengths where kernels turn corners, for the tests of array kernels.

import { expect } from 'vitest';
import { BLOCK } from '../../assembly/kernels/arrays/sizes';
import type { TypedArray } from '../../src/heap/views';
import type { AnyArray } from '../../src/kernels/_check';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

/** Around the widths of vectors and unrolled loops. */
export const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000];
/** Around blocks. */
export const LONG = [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5];

export const INT_TYPES = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;
export const FLOAT_TYPES = [Float32Array, Float64Array] as const;
export const NUM_TYPES = [...INT_TYPES, ...FLOAT_TYPES] as const;
export const BIG_TYPES = [BigInt64Array, BigUint64Array] as const;
export const ANY_TYPES = [...NUM_TYPES, Uint8ClampedArray, ...BIG_TYPES] as const;

export type Make = new (length: number) => AnyArray;
export type Kind = 'spread' | 'few' | 'special';

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  NaN,
  Infinity,
  -Infinity,
  0.5,
  -0.5,
  1.5,
  2.5,
  5e-324,
  1e308,
  -1e308,
  3,
  127,
  255,
];

/** An array whose elements are spread over the type's range, few different, or (floats) special values. */
export function make<T extends AnyArray>(
  Type: new (length: number) => T,
  length: number,
  kind: Kind,
  seed = SEED,
): T {
  const next = random(seed + length);
  const array = new Type(length);
  const isFloat = array instanceof Float32Array || array instanceof Float64Array;
  for (let i = 0; i < length; i++) {
    const pick = kind === 'few' ? Math.floor(next() * 5) - 2 : SPECIAL[Math.floor(next() * SPECIAL.length)];
    if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
      const spread = (BigInt(Math.floor(next() * 2 ** 32)) << 32n) | BigInt(Math.floor(next() * 2 ** 32));
      array[i] = kind === 'spread' ? spread : BigInt(Number.isFinite(pick) ? Math.trunc(pick) : 7);
    } else if (kind === 'spread')
      array[i] = isFloat ? (next() - 0.4) * 1000 : Math.floor((next() - 0.5) * 2 ** 33);
    else array[i] = pick;
  }
  return array;
}

/**
 * The results of an async kernel for one input: with shuffled pieces, with the input shared and at an odd offset,
 * to be compared with the sync form's.
 */
export async function everyWay<T extends TypedArray, R>(
  input: T,
  run: (a: T, options: { pool: ReturnType<typeof shufflingPool> }) => Promise<R>,
): Promise<R[]> {
  return [
    await run(input, { pool: shufflingPool(SEED) }),
    await onHeap(input, input.BYTES_PER_ELEMENT, (shared) => run(shared, { pool: shufflingPool(SEED + 1) })),
  ];
}

/** Every type of the heap, by name, for tables of tests. */
export const byName = <T extends { name: string }>(types: readonly T[]): Array<[string, T]> =>
  types.map((type) => [type.name, type]);

/** What no kernel takes as an array. */
export const NO_ARRAYS: unknown[] = [[1, 2], 'abc', null, undefined, 3, new DataView(new ArrayBuffer(8)), {}];

/** The same class, length and elements, -0 told from 0; fast where `toEqual` takes seconds. */
export function expectSame(actual: ArrayLike<unknown>, wanted: ArrayLike<unknown>): void {
  expect(actual.constructor.name).toBe(wanted.constructor.name);
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    if (!Object.is(actual[i], wanted[i])) expect(`[${i}] ${actual[i]}`).toBe(`[${i}] ${wanted[i]}`);
  }
}
