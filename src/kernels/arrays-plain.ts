// Short arrays, in plain JavaScript: below some hundred elements a call of a kernel takes longer than the loop. Taken
// for arrays off the shared heap alone; every result has the kernel's bits (the tests compare the two).

import type { TypedArray, TypedArrayConstructor } from '../heap/views';
import { type AnyArray, arrayType, type FloatArray, type NumArray } from './_check';
import { isShared } from './arrays-common';

// Up to these lengths the loop is faster than the kernel (measured: Node 20, one core, plain arrays).
const PLAIN_LOOP = 1000;
export const PLAIN_FILTER = 400;
export const PLAIN_SORT = 400;
export const PLAIN_ARGSORT = 150;
export const PLAIN_TALLY = 2000;

/** Whether the arrays are few elements and lie off the heap. */
export function isPlain(most: number, a: TypedArray, b?: TypedArray, c?: TypedArray): boolean {
  return (
    a.length <= most &&
    !isShared(a) &&
    (b === undefined || (b.length <= most && !isShared(b))) &&
    (c === undefined || !isShared(c))
  );
}

/** Whether they are off the heap, and a loop over them is over before a kernel is called; bytes go 16 at a time there. */
export function isLooped(a: TypedArray, b?: TypedArray, c?: TypedArray): boolean {
  return isPlain(a.BYTES_PER_ELEMENT < 4 ? PLAIN_LOOP / 2 : PLAIN_LOOP, a, b, c);
}

/** `out`, or a new array. */
export function target<T extends TypedArray>(
  type: TypedArrayConstructor<T>,
  length: number,
  out: T | undefined,
): T {
  return out ?? (new (type as unknown as new (length: number) => T)(length) as T);
}

const isFloat = (a: TypedArray) => a instanceof Float64Array || a instanceof Float32Array;

/** `a[i] * k`; `k` is an i32 for integers. */
export function scalePlain(a: NumArray, k: number, to: NumArray): void {
  if (isFloat(a)) {
    const factor = a.BYTES_PER_ELEMENT === 4 ? Math.fround(k) : k;
    for (let i = 0; i < a.length; i++) to[i] = a[i] * factor;
  } else for (let i = 0; i < a.length; i++) to[i] = Math.imul(a[i], k);
}

/** `a[i] + k`. */
export function shiftPlain(a: NumArray, k: number, to: NumArray): void {
  const summand = arrayType(a) === 'Float32Array' ? Math.fround(k) : k;
  for (let i = 0; i < a.length; i++) to[i] = a[i] + summand;
}

export function addPlain(a: NumArray, b: NumArray, to: NumArray): void {
  for (let i = 0; i < a.length; i++) to[i] = a[i] + b[i];
}

export function mulPlain(a: NumArray, b: NumArray, to: NumArray): void {
  if (isFloat(a)) for (let i = 0; i < a.length; i++) to[i] = a[i] * b[i];
  else for (let i = 0; i < a.length; i++) to[i] = Math.imul(a[i], b[i]);
}

/** `k * x[i] + y[i]`, rounded twice. */
export function axpyPlain(k: number, x: FloatArray, y: FloatArray, to: FloatArray): void {
  if (x.BYTES_PER_ELEMENT === 4) {
    const factor = Math.fround(k);
    for (let i = 0; i < x.length; i++) to[i] = Math.fround(factor * x[i]) + y[i];
  } else for (let i = 0; i < x.length; i++) to[i] = k * x[i] + y[i];
}

/** Sums in f64 by eight accumulators, as assembly/kernels/arrays/reduce.ts adds up a chunk. */
export function sumPlain(length: number, term: (i: number) => number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    s0 += term(i);
    s1 += term(i + 1);
    s2 += term(i + 2);
    s3 += term(i + 3);
    s4 += term(i + 4);
    s5 += term(i + 5);
    s6 += term(i + 6);
    s7 += term(i + 7);
  }
  let sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
  for (; i < length; i++) sum += term(i);
  return 0 + sum;
}

/** The exact sum of integers of up to 32 bits. */
export function sumIntegersPlain(a: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i];
  return sum;
}

/** The extreme, as Math.min and Math.max; the first one of 64-bit integers. */
export function extremePlain(a: AnyArray, highest: boolean): number | bigint {
  let best: number | bigint = a[0];
  if (typeof best === 'bigint') {
    for (let i = 1; i < a.length; i++) if (highest ? a[i] > best : a[i] < best) best = a[i];
    return best;
  }
  const numbers = a as NumArray;
  let found = best;
  if (highest) for (let i = 1; i < a.length; i++) found = Math.max(found, numbers[i]);
  else for (let i = 1; i < a.length; i++) found = Math.min(found, numbers[i]);
  return found;
}

/** The first place of the extreme, or of a NaN. */
export function placePlain(a: AnyArray, highest: boolean): number {
  let best = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i])) return i;
    if (highest ? a[i] > a[best] : a[i] < a[best]) best = i;
  }
  return best;
}

/** Running sums of anything but 64-bit integers; integers wrap as they are stored. */
export function prefixSumPlain(a: NumArray, exclusive: boolean, to: NumArray): void {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const next = sum + a[i];
    to[i] = 0 + (exclusive ? sum : next);
    sum = next;
  }
}

/** Sorts `to`, a copy of the elements. */
export function sortPlain(to: AnyArray, descending: boolean): void {
  to.sort();
  if (descending) to.reverse();
}

/** Whether x stands after y in the order of `sort`: -0 before +0, NaN last and all alike. */
function isAfter(x: number | bigint, y: number | bigint): boolean {
  if (x > y) return true;
  if (x < y || typeof x === 'bigint') return false;
  if (x === y) return x === 0 && Object.is(y, -0) && Object.is(x, 0);
  return Number.isNaN(x) && !Number.isNaN(y);
}

/** Insertion sort of the indices: stable both ways. */
export function argsortPlain(a: AnyArray, descending: boolean, to: Uint32Array): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    let at = i;
    while (at > 0 && (descending ? isAfter(x, a[to[at - 1]]) : isAfter(a[to[at - 1]], x))) {
      to[at] = to[at - 1];
      at--;
    }
    to[at] = i;
  }
}

/** Keeps one of equal neighbours in sorted elements: how many there are, each one's count in `counts`. */
export function uniquePlain(sorted: AnyArray, counts: Uint32Array | undefined): number {
  let length = 0;
  for (let i = 0; i < sorted.length; i++) {
    const x = sorted[i];
    const before = sorted[length - 1];
    const isNew = length === 0 || (x !== before && !(Number.isNaN(x) && Number.isNaN(before)));
    if (isNew) sorted[length++] = typeof x === 'number' ? ((x + 0) as never) : (x as never);
    if (counts !== undefined) counts[length - 1]++;
  }
  return length;
}
