// Rows become columns. Kernel: assembly/kernels/matrices/transpose.ts.

import { BLOCKS_HIGH, LINE_BYTES } from '../../assembly/kernels/matrices/sizes';
import { ANY, type AnyArray, checkOptions, checkOut, typeOf } from './_check';
import { matrices } from './_families';
import { type KernelCall, NONE, runKernel, runKernelSync } from './_plan';
import { nameOf, type OutOptions, type Steps } from './arrays-common';
import { isBareMatrix, isOffHeap, PLAIN_ELEMENTS, transposePlain } from './matrices-plain';
import { checkMatrix } from './matrices-product';

/** Elements of any type in rows: the one in row i and column j is `data[i * cols + j]`. */
export interface AnyMatrix<T extends AnyArray = AnyArray> {
  data: T;
  rows: number;
  cols: number;
}

/**
 * The matrix with rows and columns swapped.
 *
 * @param m - `{ data, rows, cols }`, elements of any type, row by row.
 * @param options - `out`: where the data of the result goes; apart from `m.data`.
 * @returns A matrix of the same type with `m.cols` rows and `m.rows` columns.
 * @throws {TypeError} if `m` is no matrix.
 * @throws {RangeError} if its data does not have rows × cols elements.
 * @complexity O(n·m)
 * @source square blocks of a cache line’s width
 * @example
 * ```ts
 * const m = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), rows: 2, cols: 3 };
 * console.log((await transpose(m)).data); // Uint8Array [ 1, 4, 2, 5, 3, 6 ]
 * ```
 */
export function transpose<T extends AnyArray>(
  m: AnyMatrix<T>,
  options: OutOptions<T> = {},
): Promise<AnyMatrix<T>> {
  return runKernel('transpose', matrices, options, (call) => transposePlan(call, m, options));
}

/** {@link transpose}, at once. */
export function transposeSync<T extends AnyArray>(
  m: AnyMatrix<T>,
  options: OutOptions<T> = NONE,
): AnyMatrix<T> {
  if (isBareMatrix(options, m) && m.data.length <= PLAIN_ELEMENTS) {
    const data = new Float64Array(m.data.length);
    transposePlain(m.data, data, m.rows);
    return { data: data as unknown as T, rows: m.cols, cols: m.rows };
  }
  return runKernelSync('transpose', matrices, options, (call) => transposePlan(call, m, options));
}

function* transposePlan<T extends AnyArray>(
  call: KernelCall,
  m: AnyMatrix<T>,
  options: OutOptions<T>,
): Steps<AnyMatrix<T>> {
  checkOptions('transpose', options);
  checkMatrix('transpose', 'm', m, ANY);
  const { data, rows, cols } = m;
  const type = typeOf(data);
  const out = checkOut('transpose', options.out, type, data.length, { inputs: { 'm.data': data } });
  if (data.length <= PLAIN_ELEMENTS && isOffHeap(data, out)) {
    const result = out ?? new (type as unknown as new (length: number) => T)(data.length);
    transposePlain(data, result, rows);
    return { data: result, rows: cols, cols: rows };
  }
  const bytes = type.BYTES_PER_ELEMENT;
  const to = call.output(type, data.length, out);
  yield {
    fn: nameOf('transpose', bytes),
    pieces: cols === 0 ? 0 : Math.ceil(rows / (BLOCKS_HIGH * (bytes === 1 ? 32 : LINE_BYTES / bytes))),
    args: [call.input(data), to.address, rows, cols],
    costNs: data.length,
  };
  return { data: to.finish(), rows: cols, cols: rows };
}
