// Products of matrices, and of a matrix and a vector. Kernels: assembly/kernels/matrices.

import {
  DEPTH,
  PACK_PANELS,
  PIECE_COLS,
  PIECE_ROWS,
  TILE_BYTES,
  TILE_ROWS,
} from '../../assembly/kernels/matrices/sizes';
import {
  type AnyArray,
  checkArray,
  checkInteger,
  checkLength,
  checkOptions,
  checkOut,
  checkSameType,
  FLOAT,
  type FloatArray,
  typeOf,
  wrongType,
} from './_check';
import { matrices } from './_families';
import { type KernelCall, NONE, runKernel, runKernelSync } from './_plan';
import { nameOf, type OutOptions, type Steps, suffixOf } from './arrays-common';
import { areBare } from './arrays-doubles';
import {
  areOffHeap,
  isBareMatrix,
  matmulPlain,
  matvecPlain,
  PLAIN_ELEMENTS,
  PLAIN_TERMS,
} from './matrices-plain';

/** Numbers in rows: the element in row i and column j is `data[i * cols + j]`. */
export interface Matrix<T extends FloatArray = FloatArray> {
  data: T;
  rows: number;
  cols: number;
}

/** Options of a kernel whose result is a matrix. */
export type MatrixOptions<T> = OutOptions<T>;

/** Products of fewer terms are made from the factors as they lie; packing pays above (measured). */
const SMALL_TERMS = 24 ** 3;
/** Nanoseconds of a vector's product and sum, measured. */
const VECTOR_NS = 0.35;
/** Elements of a piece of a matrix times a vector, about. */
const MATVEC_PIECE = 16384;

/**
 * The product of two matrices, `Σₖ a[i, k] * b[k, j]`. Zeros are not skipped: NaN and infinities go as in IEEE
 * arithmetic. The error of each element is at most 2k·u·Σ|a[i, k]||b[k, j]|, u being 2⁻⁵³ (Float32: 2⁻²⁴).
 * Packed panels after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
 *
 * @param a - `{ data, rows, cols }`, floats, row by row.
 * @param b - A matrix of the same type with `b.rows === a.cols`.
 * @param options - `out`: where the data of the result goes; apart from both factors.
 * @returns A matrix of `a.rows` rows and `b.cols` columns.
 * @throws {TypeError} if a factor is no matrix of floats, or their types differ.
 * @throws {RangeError} if the shapes do not fit.
 * @complexity O(n·k·m)
 * @source packed panels after Goto and van de Geijn (2008) and BLIS
 * @example
 * ```ts
 * const a = { data: new Float64Array([1, 2, 3, 4]), rows: 2, cols: 2 };
 * console.log((await matmul(a, a)).data); // Float64Array [ 7, 10, 15, 22 ]
 * ```
 */
export function matmul<T extends FloatArray>(
  a: Matrix<T>,
  b: Matrix<T>,
  options: MatrixOptions<T> = {},
): Promise<Matrix<T>> {
  return runKernel('matmul', matrices, options, (call) => matmulPlan(call, a, b, options));
}

/** {@link matmul}, at once. */
export function matmulSync<T extends FloatArray>(
  a: Matrix<T>,
  b: Matrix<T>,
  options: MatrixOptions<T> = NONE,
): Matrix<T> {
  if (isBareMatrix(options, a) && isBareMatrix(options, b) && a.cols === b.rows) {
    const [m, k, n] = [a.rows, a.cols, b.cols];
    if (k <= DEPTH && m * k * n <= PLAIN_TERMS) {
      const data = new Float64Array(m * n);
      matmulPlain(a.data as Float64Array, b.data as Float64Array, data, m, k, n);
      return { data: data as unknown as T, rows: m, cols: n };
    }
  }
  return runKernelSync('matmul', matrices, options, (call) => matmulPlan(call, a, b, options));
}

/**
 * A matrix times a vector, `Σₖ a[i, k] * x[k]` for each row, with the bounds of {@link matmul}.
 *
 * @param a - `{ data, rows, cols }`, floats, row by row.
 * @param x - An array of the same type with `a.cols` elements.
 * @param options - `out`: where the result goes; apart from both inputs.
 * @returns An array of `a.rows` elements.
 * @throws {TypeError} if `a` is no matrix of floats, or the types differ.
 * @throws {RangeError} if the shapes do not fit.
 * @complexity O(n·m)
 * @source four accumulators a row
 * @example
 * ```ts
 * const a = { data: new Float64Array([1, 2, 3, 4]), rows: 2, cols: 2 };
 * console.log(await matvec(a, new Float64Array([1, 10]))); // Float64Array [ 21, 43 ]
 * ```
 */
export function matvec<T extends FloatArray>(a: Matrix<T>, x: T, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('matvec', matrices, options, (call) => matvecPlan(call, a, x, options));
}

/** {@link matvec}, at once. */
export function matvecSync<T extends FloatArray>(a: Matrix<T>, x: T, options: OutOptions<T> = NONE): T {
  if (
    a?.rows * a?.cols <= PLAIN_ELEMENTS &&
    isBareMatrix(options, a) &&
    areBare(options, x) &&
    x.length === a.cols
  ) {
    const result = new Float64Array(a.rows);
    matvecPlain(a.data as Float64Array, x as Float64Array, result, a.cols);
    return result as unknown as T;
  }
  return runKernelSync('matvec', matrices, options, (call) => matvecPlan(call, a, x, options));
}

function* matmulPlan<T extends FloatArray>(
  call: KernelCall,
  a: Matrix<T>,
  b: Matrix<T>,
  options: MatrixOptions<T>,
): Steps<Matrix<T>> {
  checkOptions('matmul', options);
  checkMatrix('matmul', 'a', a, FLOAT);
  checkMatrix('matmul', 'b', b, FLOAT);
  checkSameType('matmul', 'b.data', b.data, a.data);
  const [m, k, n] = [a.rows, a.cols, b.cols];
  if (b.rows !== k) {
    throw new RangeError(`Cannot run matmul: "b.rows" has to be a.cols, ${k}, came ${b.rows}`);
  }
  const type = typeOf(a.data);
  const inputs = { 'a.data': a.data, 'b.data': b.data };
  const out = checkOut('matmul', options.out, type, m * n, { inputs });
  if (k <= DEPTH && m * k * n <= PLAIN_TERMS && areOffHeap(a.data, b.data, out)) {
    const data = (out ?? new Float64Array(m * n)) as Float64Array;
    matmulPlain(a.data as Float64Array, b.data as Float64Array, data, m, k, n);
    return { data: data as unknown as T, rows: m, cols: n };
  }
  const bytes = type.BYTES_PER_ELEMENT;
  const to = call.output(type, m * n, out);
  const result = (): Matrix<T> => ({ data: to.finish(), rows: m, cols: n });
  if (m === 0 || n === 0) return result();
  if (k === 0) {
    (call.view(type, to.address, m * n) as unknown as Float64Array).fill(0);
    return result();
  }
  const first = call.input(a.data);
  const second = call.input(b.data);
  const suffix = suffixOf(a.data);
  const costNs = (m * k * n * bytes * VECTOR_NS) / 16;
  if (k <= DEPTH && m * k * n <= SMALL_TERMS) {
    yield { fn: nameOf('matmul_small', suffix), pieces: m, args: [first, second, to.address, k, n], costNs };
    return result();
  }
  const width = TILE_BYTES / bytes;
  const rowPanels = Math.ceil(m / TILE_ROWS);
  const colPanels = Math.ceil(n / width);
  const rows = call.scratch(rowPanels * k * TILE_ROWS * bytes);
  const cols = call.scratch(colPanels * k * TILE_BYTES);
  const pieces = Math.ceil(m / PIECE_ROWS) * Math.ceil(n / PIECE_COLS);
  yield [
    {
      fn: nameOf('matmul_rows', suffix),
      pieces: Math.ceil(rowPanels / PACK_PANELS),
      args: [first, m, k, rows],
      costNs: m * k,
    },
    {
      fn: nameOf('matmul_cols', suffix),
      pieces: Math.ceil(colPanels / PACK_PANELS),
      args: [second, k, n, cols],
      costNs: k * n,
    },
    { fn: nameOf('matmul', suffix), pieces, args: [rows, cols, to.address, m, k, n], costNs },
  ];
  return result();
}

function* matvecPlan<T extends FloatArray>(
  call: KernelCall,
  a: Matrix<T>,
  x: T,
  options: OutOptions<T>,
): Steps<T> {
  checkOptions('matvec', options);
  checkMatrix('matvec', 'a', a, FLOAT);
  checkSameType('matvec', 'x', checkArray('matvec', 'x', x, FLOAT), a.data);
  checkLength('matvec', 'x', x, a.cols);
  const out = checkOut('matvec', options.out, typeOf(x), a.rows, { inputs: { 'a.data': a.data, x } });
  if (a.data.length <= PLAIN_ELEMENTS && areOffHeap(a.data, x, out)) {
    const result = (out ?? new Float64Array(a.rows)) as Float64Array;
    matvecPlain(a.data as Float64Array, x as Float64Array, result, a.cols);
    return result as unknown as T;
  }
  const to = call.output(typeOf(x), a.rows, out);
  const perPiece = Math.max(1, Math.ceil(MATVEC_PIECE / Math.max(1, a.cols)));
  yield {
    fn: nameOf('matvec', suffixOf(x)),
    pieces: Math.ceil(a.rows / perPiece),
    args: [call.input(a.data), call.input(x), to.address, a.rows, a.cols, perPiece],
    costNs: a.data.byteLength / 16,
  };
  return to.finish();
}

/** An object { data, rows, cols } whose data has rows * cols elements of one of the types. */
export function checkMatrix(
  kernel: string,
  name: string,
  matrix: { data: AnyArray; rows: number; cols: number },
  types: readonly Parameters<typeof checkArray>[3][number][],
): void {
  if (typeof matrix !== 'object' || matrix === null) {
    wrongType(kernel, name, 'a matrix { data, rows, cols }', matrix);
  }
  checkArray(kernel, `${name}.data`, matrix.data, types);
  checkInteger(kernel, `${name}.rows`, matrix.rows, 0);
  checkInteger(kernel, `${name}.cols`, matrix.cols, 0);
  checkLength(kernel, `${name}.data`, matrix.data, matrix.rows * matrix.cols);
}
