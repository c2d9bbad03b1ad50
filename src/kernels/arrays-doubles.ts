// Float64Arrays off the shared heap, in plain JavaScript, where the copies to the heap and back take longer than the
// loop. Every result has the kernel's bits (the tests compare the two). The functions see no other
// type of array, so that they stay fast.

import { BLOCK } from '../../assembly/kernels/arrays/sizes';
import type { TypedArray } from '../heap/views';
import { arrayType, type FloatArray } from './_check';
import { NONE } from './_plan';
import { isShared } from './arrays-common';

/**
 * Lengths whose extremes are left to the kernels: shorter ones are over before a kernel is called, and of longer ones
 * the copy no longer fits the caches (measured: Node 20).
 */
export const KERNEL_FROM = 16384;
export const KERNEL_TO = 2 ** 17;
/** As assembly/kernels/arrays/reduce.ts has it. */
const CHUNK = 2048;

/** Whether the arrays are Float64Arrays off the heap. */
export function areDoubles(a: TypedArray, b: TypedArray = a, c: TypedArray = a): boolean {
  return a instanceof Float64Array && !isShared(a) && (b === a || !isShared(b)) && (c === a || !isShared(c));
}

/** Whether it is one, and its extremes are found faster here. */
export function isSearchedHere(a: TypedArray): boolean {
  return (a.length < KERNEL_FROM || a.length >= KERNEL_TO) && areDoubles(a);
}

/** Whether a call has no options and its arrays are Float64Arrays off the heap: of them there is nothing to check. */
export function areBare(options: object, a: TypedArray, b: TypedArray = a): boolean {
  return (
    options === NONE &&
    arrayType(a) === 'Float64Array' &&
    !isShared(a) &&
    (b === a || (arrayType(b) === 'Float64Array' && b.length === a.length && !isShared(b)))
  );
}

/** Whether a call has no options, and {@link isSearchedHere}. */
export function isBareHere(options: object, a: TypedArray): boolean {
  return areBare(options, a) && (a.length < KERNEL_FROM || a.length >= KERNEL_TO);
}

/** What {@link areDoubles} has found to be one. */
export const doubles = (a: TypedArray): Float64Array => a as Float64Array;

/** The sum of the elements: eight accumulators a chunk, as the kernel adds up. */
export function sumDoubles(a: Float64Array): number {
  if (a.length <= BLOCK) return 0 + sumOfBlock(a, 0, a.length);
  const sums = new Float64Array(Math.ceil(a.length / BLOCK));
  for (let block = 0; block < sums.length; block++)
    sums[block] = sumOfBlock(a, block * BLOCK, Math.min(a.length, (block + 1) * BLOCK));
  return addUp(sums);
}

function sumOfBlock(a: Float64Array, begin: number, last: number): number {
  let total = 0;
  for (let first = begin; first < last; first += CHUNK) {
    const stop = Math.min(last, first + CHUNK);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    let i = first;
    for (; i + 8 <= stop; i += 8) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
      s4 += a[i + 4];
      s5 += a[i + 5];
      s6 += a[i + 6];
      s7 += a[i + 7];
    }
    let sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
    for (; i < stop; i++) sum += a[i];
    total += sum;
  }
  return total;
}

/** Σ x[i]·y[i], added alike. */
export function productDoubles(x: Float64Array, y: Float64Array): number {
  if (x.length <= BLOCK) return 0 + productOfBlock(x, y, 0, x.length);
  const sums = new Float64Array(Math.ceil(x.length / BLOCK));
  for (let block = 0; block < sums.length; block++)
    sums[block] = productOfBlock(x, y, block * BLOCK, Math.min(x.length, (block + 1) * BLOCK));
  return addUp(sums);
}

function productOfBlock(x: Float64Array, y: Float64Array, begin: number, last: number): number {
  let total = 0;
  for (let first = begin; first < last; first += CHUNK) {
    const stop = Math.min(last, first + CHUNK);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    let i = first;
    for (; i + 8 <= stop; i += 8) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
      s4 += x[i + 4] * y[i + 4];
      s5 += x[i + 5] * y[i + 5];
      s6 += x[i + 6] * y[i + 6];
      s7 += x[i + 7] * y[i + 7];
    }
    let sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
    for (; i < stop; i++) sum += x[i] * y[i];
    total += sum;
  }
  return total;
}

/** Σ (a[i] − c)², added alike. */
export function squaresDoubles(a: Float64Array, c: number): number {
  if (a.length <= BLOCK) return 0 + squaresOfBlock(a, c, 0, a.length);
  const sums = new Float64Array(Math.ceil(a.length / BLOCK));
  for (let block = 0; block < sums.length; block++)
    sums[block] = squaresOfBlock(a, c, block * BLOCK, Math.min(a.length, (block + 1) * BLOCK));
  return addUp(sums);
}

function squaresOfBlock(a: Float64Array, c: number, begin: number, last: number): number {
  let total = 0;
  for (let first = begin; first < last; first += CHUNK) {
    const stop = Math.min(last, first + CHUNK);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    let i = first;
    for (; i + 8 <= stop; i += 8) {
      const d0 = a[i] - c;
      const d1 = a[i + 1] - c;
      const d2 = a[i + 2] - c;
      const d3 = a[i + 3] - c;
      const d4 = a[i + 4] - c;
      const d5 = a[i + 5] - c;
      const d6 = a[i + 6] - c;
      const d7 = a[i + 7] - c;
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
      s4 += d4 * d4;
      s5 += d5 * d5;
      s6 += d6 * d6;
      s7 += d7 * d7;
    }
    let sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
    for (; i < stop; i++) sum += (a[i] - c) * (a[i] - c);
    total += sum;
  }
  return total;
}

/** Σ of the blocks' sums, compensated (Neumaier 1974). */
export function addUp(parts: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const part of parts) {
    const next = total + part;
    lost += Math.abs(total) >= Math.abs(part) ? total - next + part : part - next + total;
    total = next;
  }
  // Beyond the finite, the compensation is NaN where the sum is not.
  return Number.isFinite(total) ? total + lost : total;
}

/** The mean of the squared distances from the mean, but for the divisor, n − `ddof`. */
export function varianceDoubles(a: Float64Array, ddof: number): number {
  return squaresDoubles(a, sumDoubles(a) / a.length) / (a.length - ddof);
}

/** Running sums, each block's from what comes before it on, as the kernel has them. */
export function prefixSumFloats<T extends FloatArray>(a: T, exclusive: boolean, to: T): void {
  let total = 0;
  let lost = 0;
  for (let begin = 0; begin < a.length; begin += BLOCK) {
    const last = Math.min(a.length, begin + BLOCK);
    const base = Number.isFinite(total) ? total + lost : total;
    let sum = 0;
    if (exclusive) {
      for (let i = begin; i < last; i++) {
        const before = sum;
        sum += a[i];
        to[i] = base + before;
      }
    } else {
      for (let i = begin; i < last; i++) {
        sum += a[i];
        to[i] = base + sum;
      }
    }
    const next = total + sum;
    lost += Math.abs(total) >= Math.abs(sum) ? total - next + sum : sum - next + total;
    total = next;
  }
}

/** How many elements a comparison (`<`, or `<=` where `orEqual`) finds before each value, which is no NaN. */
export function searchDoubles(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const x = sorted[middle];
    if (orEqual ? x <= value : x < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least (or greatest) as a comparison finds it; NaN if there is a NaN; 0 of either sign. */
function nearExtreme(a: Float64Array, highest: boolean): number {
  let b0 = a[0];
  let b1 = b0;
  let b2 = b0;
  let b3 = b0;
  let isUnsure = false;
  let i = 0;
  for (; i + 4 <= a.length; i += 4) {
    const x0 = a[i];
    const x1 = a[i + 1];
    const x2 = a[i + 2];
    const x3 = a[i + 3];
    if (highest) {
      if (x0 > b0) b0 = x0;
      if (x1 > b1) b1 = x1;
      if (x2 > b2) b2 = x2;
      if (x3 > b3) b3 = x3;
    } else {
      if (x0 < b0) b0 = x0;
      if (x1 < b1) b1 = x1;
      if (x2 < b2) b2 = x2;
      if (x3 < b3) b3 = x3;
    }
    // NaN, or infinities of both signs.
    if (Number.isNaN(x0 + x1 + (x2 + x3))) isUnsure = true;
  }
  const math = highest ? Math.max : Math.min;
  let best = math(b0, b1, b2, b3);
  for (; i < a.length; i++) best = math(best, a[i]);
  return isUnsure && a.some(Number.isNaN) ? Number.NaN : best;
}

/** As Math.min and Math.max. */
export function extremeDoubles(a: Float64Array, highest: boolean): number {
  const best = nearExtreme(a, highest);
  if (best !== 0) return best;
  const winner = highest ? 0 : -0;
  for (let i = 0; i < a.length; i++) if (Object.is(a[i], winner)) return winner;
  return -winner;
}

/** Up to here looking for the place of the best so far costs less than a second look. */
const FEW = 64;

function placeOfFew(a: Float64Array, highest: boolean): number {
  let at = 0;
  let best = a[0];
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    if (highest ? x > best : x < best) {
      best = x;
      at = i;
    } else if (Number.isNaN(x)) return i;
  }
  return at;
}

/** The first place of the extreme, or of a NaN. */
export function placeDoubles(a: Float64Array, highest: boolean): number {
  if (a.length <= FEW) return placeOfFew(a, highest);
  const best = nearExtreme(a, highest);
  if (Number.isNaN(best)) return a.findIndex(Number.isNaN);
  return a.indexOf(best);
}

export function scaleDoubles(a: Float64Array, k: number, to: Float64Array): void {
  for (let i = 0; i < a.length; i++) to[i] = a[i] * k;
}

export function shiftDoubles(a: Float64Array, k: number, to: Float64Array): void {
  for (let i = 0; i < a.length; i++) to[i] = a[i] + k;
}

export function addDoubles(a: Float64Array, b: Float64Array, to: Float64Array): void {
  for (let i = 0; i < a.length; i++) to[i] = a[i] + b[i];
}

export function mulDoubles(a: Float64Array, b: Float64Array, to: Float64Array): void {
  for (let i = 0; i < a.length; i++) to[i] = a[i] * b[i];
}

export function axpyDoubles(k: number, x: Float64Array, y: Float64Array, to: Float64Array): void {
  for (let i = 0; i < x.length; i++) to[i] = k * x[i] + y[i];
}

/** The elements that the comparison keeps: bits 1 less, 2 equal, 4 greater; 8 turns the answer round. */
export function filterDoubles(a: Float64Array, keep: number, value: number): Float64Array {
  const kept = new Float64Array(a.length);
  let length = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const found = x < value ? 1 : x === value ? 2 : x > value ? 4 : 0;
    const holds = keep & 8 ? (keep & found) === 0 : (keep & found) !== 0;
    if (holds) kept[length++] = x;
  }
  return kept.slice(0, length);
}

/** Counts the elements between the edges, the last bin closed: as the kernel, by the edges where it is near to one. */
export function tallyPlain(a: ArrayLike<number>, edges: Float64Array, counts: Uint32Array): void {
  const bins = counts.length;
  const low = edges[0];
  const high = edges[bins];
  const perUnit = bins / (high - low);
  const near = bins * 2 ** -49 + Math.max(Math.abs(low), Math.abs(high)) * perUnit * 2 ** -51;
  const inside = 0.5 - 2 * near;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const place = (x - low) * perUnit;
    const bin = place | 0;
    // One comparison for both borders; those within twice their reach go by the edges too.
    if (Math.abs(place - bin - 0.5) < inside && x <= high) counts[bin]++;
    else if (x >= low && x <= high) counts[binOf(x, Math.min(bins - 1, bin), edges)]++;
  }
}

/** The last bin that begins at or before x; `bin` is a guess. */
function binOf(x: number, bin: number, edges: Float64Array): number {
  let found = bin;
  while (x < edges[found]) found--;
  while (found + 2 < edges.length && x >= edges[found + 1]) found++;
  return found;
}
