// Clusters of points; see assembly/kernels/simulation/kmeans.ts.

import { KMEANS_LANES } from '../../assembly/kernels/simulation/sizes';
import {
  arrayType,
  checkArray,
  checkInteger,
  checkLength,
  checkSameType,
  FLOAT,
  typeOf,
  wrongType,
} from './_check';
import { simulation } from './_families';
import { isBare, type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';
import { isShared } from './arrays-common';
import { kmeansPlain, PLAIN_DISTANCES } from './simulation-plain';
import { checkWord64 } from './simulation-seed';

/** Points, one a row. */
export interface PointMatrix<T extends Float32Array | Float64Array = Float32Array | Float64Array> {
  data: T;
  rows: number;
  cols: number;
}

/** Options of {@link kmeans}. */
export interface KmeansOptions<T extends Float32Array | Float64Array> extends KernelOptions {
  /** Centroids to start from, k rows; else k-means++ chooses them. */
  init?: PointMatrix<T>;
  /** What k-means++ chooses by. */
  seed?: number | bigint;
  /** Most moves of the centroids. */
  maxIterations?: number;
}

/** What {@link kmeans} gives. */
export interface Kmeans<T extends Float32Array | Float64Array> {
  centroids: PointMatrix<T>;
  /** For each point the index of its nearest centroid. */
  labels: Uint32Array;
  /** The sum of the squared distances of points to their centroids. */
  inertia: number;
  /** How often the centroids were moved. */
  iterations: number;
  /** Whether the last move changed no label. */
  converged: boolean;
}

/**
 * Divides points into k clusters by Lloyd's method: each point goes to its nearest centroid, each centroid to the
 * mean of its points, until nothing changes.
 *
 * @param points The points, finite, one a row.
 * @param k How many clusters: 1 … `points.rows`.
 * @throws {TypeError} if `points` or `init` is no matrix of floats, or their types differ
 * @throws {RangeError} if a shape or number is wrong, or a coordinate not finite
 * @complexity O(n·k·d) an iteration
 * @source Lloyd (1982), k-means++ (Arthur and Vassilvitskii 2007)
 * @example
 * ```ts
 * const data = Float64Array.of(0, 0, 0, 1, 9, 9, 9, 8);
 * const { labels, converged } = await kmeans({ data, rows: 4, cols: 2 }, 2);
 * console.log(labels[0] === labels[1], labels[1] === labels[2], converged); // true false true
 * ```
 */
export function kmeans<T extends Float32Array | Float64Array>(
  points: PointMatrix<T>,
  k: number,
  options: KmeansOptions<T> = {},
): Promise<Kmeans<T>> {
  return runKernel('kmeans', simulation, options, (call) => plan(call, points, k, options));
}

/** {@link kmeans}, at once. */
export function kmeansSync<T extends Float32Array | Float64Array>(
  points: PointMatrix<T>,
  k: number,
  options: KmeansOptions<T> = {},
): Kmeans<T> {
  if (isBare(options)) {
    const checked = check('kmeans', points, k, options);
    if (isLittleWork(checked)) return kmeansHere('kmeans', checked);
  }
  return runKernelSync('kmeans', simulation, options, (call) => plan(call, points, k, options));
}

/** Nanoseconds of a coordinate compared with a centroid's, measured. */
const COORDINATE_NS = 0.8;
/** Pieces at most, and points of a piece at least. */
const PIECES_MAX = 64;
const POINTS_MIN = 256;

/** The points on the heap, and how they are cut. */
interface Cloud {
  args: number[];
  rows: number;
  cols: number;
  pieces: number;
  perPiece: number;
}

function* plan<T extends Float32Array | Float64Array>(
  call: KernelCall,
  points: PointMatrix<T>,
  k: number,
  options: KmeansOptions<T>,
): Generator<Phase, Kmeans<T>, void> {
  const { kernel } = call;
  const checked = check(kernel, points, k, options);
  if (isLittleWork(checked)) return kmeansHere(kernel, checked);
  const { data, rows, cols, init, maxIterations, key } = checked;
  const isSingle = data.BYTES_PER_ELEMENT === 4 ? 1 : 0;
  const perPiece = Math.max(POINTS_MIN, Math.ceil(rows / PIECES_MAX));
  const pieces = Math.ceil(rows / perPiece);
  const cloud = { args: [call.input(data), rows, cols, isSingle, perPiece], rows, cols, pieces, perPiece };
  const flags = call.scratch(8 * pieces);
  yield { fn: 'kmeans_check', pieces, args: [...cloud.args, flags], costNs: rows * cols };
  if (call.view(Float64Array, flags, pieces).includes(1)) failOfPoints(kernel);

  const lanes = Math.ceil(k / KMEANS_LANES) * KMEANS_LANES;
  const centroids = call.scratch(8 * lanes * cols);
  const places = call.view(Float64Array, centroids, lanes * cols).fill(Number.POSITIVE_INFINITY);
  const place = (centroid: number, from: ArrayLike<number>, row: number) => {
    for (let col = 0; col < cols; col++) places[col * lanes + centroid] = from[row * cols + col];
  };
  if (init !== undefined) for (let i = 0; i < k; i++) place(i, init.data, i);
  else for (const [i, row] of (yield* chooseRows(call, cloud, k, key)).entries()) place(i, data, row);

  const recordLength = 2 + k + k * cols;
  const partials = call.scratch(8 * recordLength * pieces);
  const labels = call.output(Uint32Array, rows);
  call.view(Uint32Array, labels.address, rows).fill(0xffffffff);
  const assign: Phase = {
    fn: 'kmeans_assign',
    pieces,
    args: [...cloud.args, centroids, k, lanes, labels.address, partials],
    costNs: rows * lanes * cols * COORDINATE_NS,
  };
  const total = (field: number) => {
    const records = call.view(Float64Array, partials, recordLength * pieces);
    let sum = 0;
    for (let piece = 0; piece < pieces; piece++) sum += records[piece * recordLength + field];
    return sum;
  };
  yield assign;
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    yield {
      fn: 'kmeans_move',
      pieces: k,
      args: [partials, pieces, cols, isSingle, centroids, k, lanes],
      costNs: k * cols * pieces * 2,
    };
    yield assign;
    iterations++;
    converged = total(1) === 0;
  }
  const result = new (typeOf(data) as unknown as new (length: number) => T)(k * cols);
  for (let i = 0; i < k; i++) {
    for (let col = 0; col < cols; col++) result[i * cols + col] = places[col * lanes + i];
  }
  return {
    centroids: { data: result, rows: k, cols },
    labels: labels.finish(),
    inertia: total(0),
    iterations,
    converged,
  };
}

/** A call's arguments, as they were checked. */
interface Arguments<T extends Float32Array | Float64Array> {
  data: T;
  rows: number;
  cols: number;
  k: number;
  init: PointMatrix<T> | undefined;
  maxIterations: number;
  key: [low: number, high: number];
}

function check<T extends Float32Array | Float64Array>(
  kernel: string,
  points: PointMatrix<T>,
  k: number,
  options: KmeansOptions<T>,
): Arguments<T> {
  const { data, rows, cols } = checkMatrix(kernel, 'points', points);
  checkInteger(kernel, 'k', k, 1, rows);
  const { init, seed = 0, maxIterations = 300 } = options;
  checkInteger(kernel, 'maxIterations', maxIterations, 0);
  const key = checkWord64(kernel, 'seed', seed);
  if (init !== undefined) {
    checkMatrix(kernel, 'init', init);
    checkSameType(kernel, 'init.data', init.data, data);
    if (init.rows !== k || init.cols !== cols) {
      throw new RangeError(
        `Cannot run ${kernel}: "init" has to be ${k} x ${cols}, came ${init.rows} x ${init.cols}`,
      );
    }
    if (!areFinite(init.data)) {
      throw new RangeError(`Cannot run ${kernel}: "init" has to be finite, came a number that is not`);
    }
  }
  return { data, rows, cols, k, init, maxIterations, key };
}

function areFinite(numbers: Float32Array | Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
}

/** Whether plain JavaScript is faster. */
function isLittleWork<T extends Float32Array | Float64Array>({
  data,
  rows,
  cols,
  k,
  init,
}: Arguments<T>): boolean {
  return init !== undefined && rows * k * Math.max(1, cols) <= PLAIN_DISTANCES && !isShared(data);
}

function kmeansHere<T extends Float32Array | Float64Array>(
  kernel: string,
  { data, rows, cols, init, maxIterations }: Arguments<T>,
): Kmeans<T> {
  if (!areFinite(data)) failOfPoints(kernel);
  return kmeansPlain({ data, rows, cols }, init!, maxIterations);
}

function failOfPoints(kernel: string): never {
  throw new RangeError(`Cannot run ${kernel}: "points" has to be finite, came a number that is not`);
}

/** k-means++: each next row with a probability that grows with its squared distance to those before. */
function* chooseRows(
  call: KernelCall,
  { args, rows, cols, pieces, perPiece }: Cloud,
  k: number,
  key: readonly [number, number],
): Generator<Phase, number[], void> {
  const random = call.scratch(8 * k);
  const room = call.scratch(192 * Math.ceil((k + 16) / 16384));
  yield {
    fn: 'random_uniform',
    pieces: Math.ceil(k / 16384),
    args: [random, k, 0, ...key, 0, 0, 0, 1, 0, room],
    costNs: k * 2,
  };
  const uniform = call.view(Float64Array, random, k).slice();
  const nearest = call.scratch(8 * rows);
  call.view(Float64Array, nearest, rows).fill(Number.POSITIVE_INFINITY);
  const sums = call.scratch(8 * pieces);
  const chosen = [Math.floor(uniform[0] * rows)];
  while (chosen.length < k) {
    yield {
      fn: 'kmeans_spread',
      pieces,
      args: [...args, chosen[chosen.length - 1], nearest, sums],
      costNs: rows * cols * 2,
    };
    const total = call.view(Float64Array, sums, pieces).reduce((sum, part) => sum + part, 0);
    let left = uniform[chosen.length] * total;
    let piece = 0;
    const parts = call.view(Float64Array, sums, pieces);
    while (piece < pieces - 1 && left >= parts[piece]) left -= parts[piece++];
    const distances = call.view(Float64Array, nearest, rows);
    let row = piece * perPiece;
    const last = Math.min(rows, row + perPiece) - 1;
    while (row < last && (left >= distances[row] || distances[row] === 0)) left -= distances[row++];
    chosen.push(row);
  }
  return chosen;
}

/** Whether it is a matrix of floats: what is wrong with it, {@link checkMatrix} tells. */
function isMatrix({ data, rows, cols }: PointMatrix): boolean {
  const type = arrayType(data);
  return (
    (type === 'Float64Array' || type === 'Float32Array') &&
    Number.isSafeInteger(rows) &&
    Number.isSafeInteger(cols) &&
    rows >= 0 &&
    cols >= 0 &&
    data.length === rows * cols
  );
}

function checkMatrix<T extends Float32Array | Float64Array>(
  kernel: string,
  name: string,
  matrix: PointMatrix<T>,
): PointMatrix<T> {
  if (typeof matrix !== 'object' || matrix === null) {
    wrongType(kernel, name, 'a matrix { data, rows, cols }', matrix);
  }
  if (isMatrix(matrix)) return matrix;
  checkArray(kernel, `${name}.data`, matrix.data, FLOAT);
  checkInteger(kernel, `${name}.rows`, matrix.rows, 0);
  checkInteger(kernel, `${name}.cols`, matrix.cols, 0);
  checkLength(kernel, `${name}.data`, matrix.data, matrix.rows * matrix.cols);
  return matrix;
}
