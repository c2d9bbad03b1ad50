// Small matrices off the shared heap, in plain JavaScript: a call of a kernel takes longer. Every result has the
// kernel's bits (the tests compare the two).

import { isOnHeap, type TypedArray } from '../heap/views';
import { type AnyArray, arrayType } from './_check';
import { NONE } from './_plan';

// Up to so many terms of a product, and so many elements, the loops are faster than the kernels (measured: Node 20).
export const PLAIN_TERMS = 1500;
export const PLAIN_ELEMENTS = 1500;

const isOff = (array: TypedArray | undefined) => array === undefined || !isOnHeap(array);

/** Whether a call has no options, and the matrix is in order, of f64 and off the heap. */
export function isBareMatrix(
  options: object,
  matrix: { data: AnyArray; rows: number; cols: number },
): boolean {
  if (options !== NONE || typeof matrix !== 'object' || matrix === null) return false;
  const { data, rows, cols } = matrix;
  return (
    arrayType(data) === 'Float64Array' &&
    data.length === rows * cols &&
    Number.isInteger(rows) &&
    Number.isInteger(cols) &&
    rows >= 0 &&
    cols >= 0 &&
    !isOnHeap(data)
  );
}

/** Whether the arrays are Float64Arrays off the heap. */
export function areOffHeap(a: TypedArray, b: TypedArray, out: TypedArray | undefined): boolean {
  return a instanceof Float64Array && isOff(a) && isOff(b) && isOff(out);
}

/** Whether the array and the result lie off the heap. */
export function isOffHeap(a: TypedArray, out: TypedArray | undefined): boolean {
  return isOff(a) && isOff(out);
}

/** a, of m rows and k columns, times b, of n columns: terms in their order. */
export function matmulPlain(
  a: Float64Array,
  b: Float64Array,
  to: Float64Array,
  m: number,
  k: number,
  n: number,
): void {
  for (let row = 0; row < m; row++) {
    let col = 0;
    for (; col + 4 <= n; col += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let i = 0, at = col; i < k; i++, at += n) {
        const x = a[row * k + i];
        s0 += x * b[at];
        s1 += x * b[at + 1];
        s2 += x * b[at + 2];
        s3 += x * b[at + 3];
      }
      to[row * n + col] = s0;
      to[row * n + col + 1] = s1;
      to[row * n + col + 2] = s2;
      to[row * n + col + 3] = s3;
    }
    for (; col < n; col++) {
      let sum = 0;
      for (let i = 0, at = col; i < k; i++, at += n) sum += a[row * k + i] * b[at];
      to[row * n + col] = sum;
    }
  }
}

/** Each row of k elements times x: four accumulators of two elements, then what is left. */
export function matvecPlain(a: Float64Array, x: Float64Array, to: Float64Array, k: number): void {
  for (let row = 0, at = 0; row < to.length; row++) {
    let sum = 0;
    let i = 0;
    if (k >= 8) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let s4 = 0;
      let s5 = 0;
      let s6 = 0;
      let s7 = 0;
      for (; i + 8 <= k; i += 8, at += 8) {
        s0 += a[at] * x[i];
        s1 += a[at + 1] * x[i + 1];
        s2 += a[at + 2] * x[i + 2];
        s3 += a[at + 3] * x[i + 3];
        s4 += a[at + 4] * x[i + 4];
        s5 += a[at + 5] * x[i + 5];
        s6 += a[at + 6] * x[i + 6];
        s7 += a[at + 7] * x[i + 7];
      }
      sum = s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
    }
    for (; i < k; i++, at++) sum += a[at] * x[i];
    to[row] = sum;
  }
}

export function transposePlain(from: TypedArray, to: TypedArray, rows: number): void {
  for (let row = 0, at = 0; row < rows; row++) {
    for (let i = row; i < to.length; i += rows, at++) to[i] = from[at] as never;
  }
}
