// histogram and bincount. Each piece of the array counts into a table of its own; here the tables are added up.
// Kernels: assembly/kernels/arrays/tally.ts.

import { SORT_PIECE } from '../../assembly/kernels/arrays/sizes';
import {
  arrayType,
  checkArray,
  checkInteger,
  checkLength,
  checkOptions,
  INT,
  type IntArray,
  NUM,
  type NumArray,
  wrongRange,
  wrongType,
} from './_check';
import { arrays } from './_families';
import { isBare, type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import { nameOf, type Steps, suffixOf, wrappingSuffixOf } from './arrays-common';
import { areBare, tallyPlain } from './arrays-doubles';
import { extremeOf } from './arrays-extremes';
import { extremePlain, isPlain, PLAIN_TALLY } from './arrays-plain';

/** Options of `histogram`. */
export interface HistogramOptions extends KernelOptions {
  /** How many bins of equal width, 1 … 2²⁴. */
  bins?: number;
  /** Lower edge of the first and upper edge of the last bin; the extremes of the elements if not given. */
  range?: readonly [number, number];
}

/** What `histogram` gives. */
export interface Histogram {
  counts: Uint32Array;
  /** Edges of the bins, one more than bins. */
  edges: Float64Array;
}

/** Options of `bincount`. */
export interface BincountOptions extends KernelOptions {
  /** Least length of the result. */
  minlength?: number;
  /** What each element adds to its bin, in place of 1. */
  weights?: Float64Array;
}

const COUNTABLE = [...INT, 'Uint8ClampedArray'] as const;
const COUNTED: ReadonlySet<string | undefined> = new Set(COUNTABLE);
const BINS_MAX = 2 ** 24;
const NUMBERS_MAX = 2 ** 28;
/** Counters of all pieces' tables together: few, or adding them up takes longer than counting. */
const COUNTERS_MAX = 2 ** 20;

/** Into how many pieces, of how many elements, an array is cut that counts into tables of `bins`. */
function cut(length: number, bins: number): { piece: number; pieces: number } {
  const most = Math.max(1, Math.min(64, Math.floor(COUNTERS_MAX / bins)));
  const piece = Math.max(SORT_PIECE, Math.ceil(length / most));
  return { piece, pieces: Math.ceil(length / piece) };
}

/**
 * Counts the elements in bins of equal width; x is in bin i if `edges[i] <= x < edges[i + 1]`, the last bin closed.
 * Elements outside, and NaN, are not counted.
 *
 * @param a - Integers or floats.
 * @param options - `bins`: how many; `range`: lower and upper edge.
 * @returns Counts and edges.
 * @throws {TypeError | RangeError} if an argument does not fit, or there is no range and the extremes are not finite.
 * @complexity O(n + bins)
 * @source a pair of tables a piece; the edges decide only near a bin’s border
 * @example
 * ```ts
 * const { counts } = await histogram(new Float64Array([1, 2, 2.5, 9]), { bins: 2, range: [0, 10] });
 * console.log(counts); // Uint32Array [ 3, 1 ]
 * ```
 */
export function histogram(a: NumArray, options: HistogramOptions = {}): Promise<Histogram> {
  return runKernel('histogram', arrays, options, (call) => histogramPlan(call, a, options));
}

/** {@link histogram}, at once, in this thread. */
export function histogramSync(a: NumArray, options: HistogramOptions = {}): Histogram {
  if (isBare(options) && options.range !== undefined && isTallied(a, PLAIN_TALLY)) {
    const { bins = 10, range } = options;
    if (Number.isInteger(bins) && bins >= 1 && bins <= BINS_MAX && isRange(range) && range[0] < range[1]) {
      const edges = edgesOf(range[0], range[1], bins);
      const counts = new Uint32Array(bins);
      tallyPlain(a, edges, counts);
      return { counts, edges };
    }
  }
  return runKernelSync('histogram', arrays, options, (call) => histogramPlan(call, a, options));
}

function* histogramPlan(call: KernelCall, a: NumArray, options: HistogramOptions): Steps<Histogram> {
  checkOptions('histogram', options);
  checkArray('histogram', 'a', a, NUM);
  const { range } = options;
  const bins = checkInteger('histogram', 'bins', options.bins === undefined ? 10 : options.bins, 1, BINS_MAX);
  if (range !== undefined) checkRange(range);
  const isShort = isPlain(PLAIN_TALLY, a);
  const from = isShort ? 0 : call.input(a);
  let [low, high] = range ?? [0, 1];
  if (range === undefined && a.length > 0) {
    low = (isShort ? extremePlain(a, false) : yield* extremeOf(call, a, from, 0)) as number;
    high = (isShort ? extremePlain(a, true) : yield* extremeOf(call, a, from, 1)) as number;
  }
  if (!Number.isFinite(high - low)) {
    throw new RangeError(
      `Cannot run histogram: its range has to be finite, came ${low} … ${high}: give "range"`,
    );
  }
  if (low === high) {
    low -= 0.5;
    high += 0.5;
  }
  const edges = edgesOf(low, high, bins);
  if (isShort) {
    const counts = new Uint32Array(bins);
    tallyPlain(a, edges, counts);
    return { counts, edges };
  }
  const { piece, pieces } = cut(a.length, bins);
  // Two tables a piece.
  const tables = call.scratch(pieces * bins * 8);
  const args = [from, a.length, piece, call.input(edges), bins, tables];
  yield { fn: nameOf('tally', suffixOf(a)), pieces, args, costNs: a.length * 1.5 + pieces * bins };
  return { counts: addTables(call.view(Uint32Array, tables, 2 * pieces * bins), bins), edges };
}

/** Whether it is a short Float64Array off the heap. */
const isTallied = (a: NumArray, most: number) => areBare(NONE, a) && a.length <= most;

/** The bins' lower edges, and the last one's upper. */
function edgesOf(low: number, high: number, bins: number): Float64Array<ArrayBuffer> {
  const edges = new Float64Array(bins + 1);
  const width = (high - low) / bins;
  for (let i = 0; i < bins; i++) edges[i] = i * width + low;
  edges[bins] = high;
  return edges;
}

/** Whether it is right: what is wrong with it, {@link checkRange} tells. */
function isRange(range: unknown): range is readonly [number, number] {
  if (!Array.isArray(range) || range.length !== 2) return false;
  const [low, high] = range as unknown[];
  return typeof low === 'number' && typeof high === 'number' && low <= high && Number.isFinite(high - low);
}

function checkRange(range: unknown): asserts range is readonly [number, number] {
  if (!Array.isArray(range) && !ArrayBuffer.isView(range))
    wrongType('histogram', 'range', 'a pair of numbers', range);
  const pair = range as readonly unknown[];
  if (pair.length !== 2)
    throw new RangeError(`Cannot run histogram: "range" has to be a pair, came ${pair.length}`);
  for (const edge of pair)
    if (typeof edge !== 'number') wrongType('histogram', 'range', 'a pair of numbers', edge);
  const [low, high] = pair as [number, number];
  if (!(low <= high) || !Number.isFinite(high - low)) {
    throw new RangeError(
      `Cannot run histogram: "range" has to be finite and ascending, came ${low} … ${high}`,
    );
  }
}

/** The sum of the pieces' tables. */
function addTables(tables: Uint32Array, bins: number): Uint32Array<ArrayBuffer> {
  const total = new Uint32Array(bins);
  for (let at = 0; at < tables.length; at += bins) {
    for (let bin = 0; bin < bins; bin++) total[bin] += tables[at + bin];
  }
  return total;
}

/**
 * How often each number from 0 on comes; with `weights`, the sum of each number's weights, within 10⁻¹³·Σ|w|.
 *
 * @param a - Integers ≥ 0, below 2²⁸.
 * @param options - `minlength`: least length of the result; `weights`: an array of the same length.
 * @returns A Uint32Array of max(a) + 1 counts, or a Float64Array of sums.
 * @throws {TypeError | RangeError} if an argument does not fit, or an element is negative or too large.
 * @complexity O(n + bins)
 * @source a table a piece; weights compensated (Neumaier 1974)
 * @example
 * ```ts
 * console.log(await bincount(new Uint8Array([1, 3, 1]))); // Uint32Array [ 0, 2, 0, 1 ]
 * ```
 */
export function bincount(
  a: IntArray,
  options: BincountOptions & { weights: Float64Array },
): Promise<Float64Array>;
export function bincount(
  a: IntArray,
  options?: BincountOptions & { weights?: undefined },
): Promise<Uint32Array>;
export function bincount(a: IntArray, options: BincountOptions = {}): Promise<Uint32Array | Float64Array> {
  return runKernel('bincount', arrays, options, (call) => bincountPlan(call, a, options));
}

/** {@link bincount}, at once, in this thread. */
export function bincountSync(a: IntArray, options: BincountOptions & { weights: Float64Array }): Float64Array;
export function bincountSync(a: IntArray, options?: BincountOptions & { weights?: undefined }): Uint32Array;
export function bincountSync(a: IntArray, options: BincountOptions = NONE): Uint32Array | Float64Array {
  if (options === NONE && COUNTED.has(arrayType(a)) && isPlain(PLAIN_TALLY, a))
    return shortBincount(a, 0, undefined);
  return runKernelSync('bincount', arrays, options, (call) => bincountPlan(call, a, options));
}

function* bincountPlan(
  call: KernelCall,
  a: IntArray,
  options: BincountOptions,
): Steps<Uint32Array | Float64Array> {
  checkOptions('bincount', options);
  checkArray('bincount', 'a', a, COUNTABLE);
  const minlength = checkInteger(
    'bincount',
    'minlength',
    options.minlength === undefined ? 0 : options.minlength,
    0,
    NUMBERS_MAX,
  );
  const { weights } = options;
  if (weights !== undefined) {
    checkArray('bincount', 'weights', weights, ['Float64Array']);
    checkLength('bincount', 'weights', weights, a.length);
  }
  const { length } = a;
  if (isPlain(PLAIN_TALLY, a, weights)) return shortBincount(a, minlength, weights);
  const from = call.input(a);
  let bins = minlength;
  if (length > 0) {
    const low = isSigned(a) ? ((yield* extremeOf(call, a, from, 0)) as number) : 0;
    const high = (yield* extremeOf(call, a, from, 1)) as number;
    bins = binsOf(low, high, minlength);
  }
  if (length === 0) return weights === undefined ? new Uint32Array(bins) : new Float64Array(bins);
  const type = wrappingSuffixOf(a).replace('i', 'u');
  const { piece, pieces } = cut(length, bins);
  const costNs = length * 1.5 + pieces * bins;
  if (weights === undefined) {
    const tables = call.scratch(pieces * bins * 4);
    yield { fn: nameOf('numbers', type), pieces, args: [from, length, piece, bins, tables], costNs };
    return addTables(call.view(Uint32Array, tables, pieces * bins), bins);
  }
  const tables = call.scratch(pieces * bins * 16);
  const args = [from, length, piece, call.input(weights), bins, tables];
  yield { fn: nameOf('weights', type), pieces, args, costNs: costNs * 3 };
  return addWeights(call.view(Float64Array, tables, pieces * bins * 2), bins);
}

const isSigned = (a: IntArray): boolean =>
  a instanceof Int8Array || a instanceof Int16Array || a instanceof Int32Array;

function binsOf(low: number, high: number, minlength: number): number {
  if (low < 0) wrongRange('bincount', 'a', 'of numbers ≥ 0', low);
  if (high >= NUMBERS_MAX) wrongRange('bincount', 'a', `of numbers below ${NUMBERS_MAX}`, high);
  return Math.max(minlength, high + 1);
}

function shortBincount(
  a: IntArray,
  minlength: number,
  weights: Float64Array | undefined,
): Uint32Array | Float64Array {
  let low = 0;
  let high = -1;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    if (x > high) high = x;
    if (x < low) low = x;
  }
  const bins = a.length === 0 ? minlength : binsOf(low, high, minlength);
  if (weights === undefined) {
    const counts = new Uint32Array(bins);
    for (let i = 0; i < a.length; i++) counts[a[i]]++;
    return counts;
  }
  // Sums and what they lost, as the kernel has them.
  const table = new Float64Array(2 * bins);
  for (let i = 0; i < a.length; i++) {
    const at = 2 * a[i];
    const sum = table[at];
    const part = weights[i];
    const next = sum + part;
    table[at + 1] += Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum;
    table[at] = next;
  }
  return addWeights(table, bins);
}

/** The sum of the pieces' tables of sums and what they lost, in the pieces' order. */
function addWeights(tables: Float64Array, bins: number): Float64Array<ArrayBuffer> {
  const total = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    let sum = 0;
    let lost = 0;
    for (let at = bin * 2; at < tables.length; at += bins * 2) {
      const part = tables[at];
      const next = sum + part;
      lost += (Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum) + tables[at + 1];
      sum = next;
    }
    total[bin] = Number.isFinite(sum) ? sum + lost : sum;
  }
  return total;
}
