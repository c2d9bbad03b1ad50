// Convolution of two signals. Kernels: assembly/kernels/signals.

import { DIRECT_BLOCK, FFT_BLOCK, FFT_WHOLE } from '../../assembly/kernels/signals/sizes';
import {
  checkArray,
  checkName,
  checkOptions,
  checkOut,
  checkSameType,
  FLOAT,
  type FloatArray,
  typeOf,
} from './_check';
import { signals } from './_families';
import { type KernelCall, NONE, runKernel, runKernelSync } from './_plan';
import { isShared, type OutOptions, type Steps } from './arrays-common';
import { areBare } from './arrays-doubles';
import { doubles, doublesOut } from './signals-fft';
import { factorsOf, goodLength, rootsOf } from './signals-roots';
import {
  exchanged,
  factorTableOf,
  type Parts,
  partsOf,
  tableOf,
  transformNs,
  transformOf,
} from './signals-transform';

/** Options of {@link convolve}. */
export interface ConvolveOptions<T> extends OutOptions<T> {
  /** Which part: all (default), the middle as long as the longer signal, or where the two overlap wholly. */
  mode?: 'full' | 'same' | 'valid';
}

const MODES = ['full', 'same', 'valid'] as const;
/** Nanoseconds of a product and sum, measured. */
const TERM_NS = 0.2;
/** What a transform that is cut into rows costs, beside one that is not, measured. */
const LONG_FACTOR = 1.6;

/**
 * The convolution Σⱼ a[j]·v[i − j], as numpy's: `full` has a.length + v.length − 1 elements, `same` the longer
 * length, `valid` the difference of the lengths plus 1. |err| ≤ 1e-13·‖a‖₂·‖v‖₂ (Float32: 1e-5) for finite signals.
 * Sums of products where one signal is short, else products of the transforms of overlapping blocks (overlap-save).
 *
 * @param a - A signal.
 * @param v - Another one, of the same type; the two may be exchanged.
 * @param options - `mode`; `out`: where the result goes, apart from both signals.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError} if an argument is of the wrong type, or the mode unknown.
 * @throws {RangeError} if a signal is empty.
 * @complexity O(n·m) while one side is short, else O(n log m)
 * @source sums of products, or overlap-save by fft
 * @example
 * ```ts
 * console.log(await convolve(new Float64Array([1, 2, 3]), new Float64Array([1, 1]))); // Float64Array [ 1, 3, 5, 3 ]
 * ```
 */
export function convolve<T extends FloatArray>(a: T, v: T, options: ConvolveOptions<T> = {}): Promise<T> {
  return runKernel('convolve', signals, options, (call) => convolvePlan(call, a, v, options));
}

/** {@link convolve}, at once. */
export function convolveSync<T extends FloatArray>(a: T, v: T, options: ConvolveOptions<T> = NONE): T {
  if (areBare(options, a) && areBare(options, v) && a.length > 0 && v.length > 0) {
    const [long, short] = v.length > a.length ? [v, a] : [a, v];
    const count = a.length + v.length - 1;
    if (count * short.length <= PLAIN_PRODUCTS && isPlainConvolution(long, short, undefined)) {
      const result = new Float64Array(count);
      convolvePlain(long as Float64Array, short as Float64Array, 0, result);
      return result as unknown as T;
    }
  }
  return runKernelSync('convolve', signals, options, (call) => convolvePlan(call, a, v, options));
}

function* convolvePlan<T extends FloatArray>(
  call: KernelCall,
  a: T,
  v: T,
  options: ConvolveOptions<T>,
): Steps<T> {
  checkOptions('convolve', options);
  checkArray('convolve', 'a', a, FLOAT);
  checkSameType('convolve', 'v', checkArray('convolve', 'v', v, FLOAT), a);
  const { mode = 'full' } = options;
  checkName('convolve', 'mode', mode, MODES);
  for (const [name, { length }] of Object.entries({ a, v })) {
    if (length > 0) continue;
    throw new RangeError(`Cannot run convolve: "${name}" has to have a length of 1 or more, came 0`);
  }
  const [long, short] = v.length > a.length ? [v, a] : [a, v];
  const taps = short.length;
  // Which elements of the full convolution.
  const first = mode === 'full' ? 0 : mode === 'same' ? (taps - 1) >> 1 : taps - 1;
  const count =
    mode === 'full' ? long.length + taps - 1 : mode === 'same' ? long.length : long.length - taps + 1;
  const out = checkOut('convolve', options.out, typeOf(a), count, { inputs: { a, v } });
  if (count * taps <= PLAIN_PRODUCTS && isPlainConvolution(long, short, out)) {
    const result = (out ?? new Float64Array(count)) as Float64Array;
    convolvePlain(long as Float64Array, short as Float64Array, first, result);
    return result as unknown as T;
  }
  const to = doublesOut(call, typeOf(a), count, out);
  const cut = cutFor(count, taps);
  // The ends of the full convolution have fewer terms.
  const directNs = (mode === 'full' ? long.length : count) * taps * TERM_NS;
  const step = cut.size - taps + 1;
  const isDirect = directNs <= cut.costNs;

  // The longer one between zeros: taps − 1 before it, and as many as the last block reads after it.
  const reach = isDirect ? count + taps + 12 : 2 * step * cut.pairs + cut.size;
  const lengthWithZeros = Math.max(first + reach, taps - 1 + long.length);
  const zeros = call.scratch(8 * lengthWithZeros);
  const signal = call.view(Float64Array, zeros, lengthWithZeros);
  signal.fill(0, 0, taps - 1);
  signal.set(long, taps - 1);
  signal.fill(0, taps - 1 + long.length);

  if (isDirect) {
    yield {
      fn: 'convolve_direct',
      pieces: Math.ceil(count / DIRECT_BLOCK),
      args: [zeros, long.length, doubles(call, short), taps, to.address, count, first],
      costNs: directNs,
    };
  } else {
    yield* byBlocks(call, zeros + 8 * first, short, to.address, count, cut);
  }
  return to.finish();
}

/** Up to so many products the loop is faster than the kernel (measured: Node 20). */
const PLAIN_PRODUCTS = 400;

/** Whether the loop has the kernel's bits: it leaves out the zeros around the signal, whose products are 0. */
function isPlainConvolution(long: FloatArray, short: FloatArray, out: FloatArray | undefined): boolean {
  return (
    long instanceof Float64Array &&
    !isShared(long) &&
    !isShared(short) &&
    (out === undefined || !isShared(out)) &&
    areFinite(short as Float64Array)
  );
}

function areFinite(a: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Number.isFinite(a[i])) return false;
  return true;
}

/** The results from `first` on of the full convolution, terms in the order of the shorter signal. */
function convolvePlain(long: Float64Array, short: Float64Array, first: number, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) {
    const full = i + first;
    const last = Math.min(short.length - 1, full);
    let sum = 0;
    for (let j = Math.max(0, full - long.length + 1); j <= last; j++) sum += short[j] * long[full - j];
    to[i] = sum;
  }
}

/** The length of the transforms, and how many pairs of blocks there are. */
interface Cut {
  size: number;
  pairs: number;
  costNs: number;
}

/** The cheapest length of blocks for `count` results of `taps` products. */
function cutFor(count: number, taps: number): Cut {
  let best: Cut = { size: 0, pairs: 0, costNs: Infinity };
  const whole = goodLength(Math.ceil(count / 2) + taps - 1);
  for (let size = whole; ; size = 2 ** Math.ceil(Math.log2(size) - 1)) {
    const step = size - taps + 1;
    if (step <= 0) break;
    const pairs = Math.ceil(count / (2 * step));
    const costNs = (2 * pairs + 1) * transformNs(size) * (size > FFT_WHOLE ? LONG_FACTOR : 1);
    if (costNs < best.costNs) best = { size, pairs, costNs };
    if (size <= 16) break;
  }
  return best;
}

function* byBlocks(
  call: KernelCall,
  from: number,
  short: FloatArray,
  to: number,
  count: number,
  { size, pairs, costNs }: Cut,
): Steps<void> {
  const taps = short.length;
  const step = size - taps + 1;
  const x = partsOf(call, size);
  const spectrum = partsOf(call, size);
  const padded = call.view(Float64Array, x.re, 2 * size).fill(0);
  padded.set(short);
  yield transformOf(call, x, spectrum, size, 1 / size);
  if (size <= FFT_WHOLE) {
    const tables = [tableOf(call, rootsOf(size)), factorTableOf(call, factorsOf(size)!)];
    const room = call.scratch(32 * size * pairs);
    yield {
      fn: 'convolve_blocks',
      pieces: pairs,
      args: [from, to, count, taps, size, spectrum.re, ...tables, room],
      costNs,
    };
    return;
  }
  const y = partsOf(call, size);
  for (let pair = 0; pair < pairs; pair++) {
    const begin = 2 * pair * step;
    const blocks: Parts = { re: from + 8 * begin, im: from + 8 * (begin + step) };
    yield [
      ...transformOf(call, blocks, y, size, 1),
      {
        fn: 'fft_times',
        pieces: Math.ceil(size / FFT_BLOCK),
        args: [y.re, y.im, spectrum.re, spectrum.im, size],
        costNs: 2 * size,
      },
      ...transformOf(call, exchanged(y), exchanged(x), size, 1),
    ];
    for (const [part, place] of [
      [x.re, begin],
      [x.im, begin + step],
    ]) {
      const length = Math.min(step, count - place);
      if (length <= 0) continue;
      const result = call.view(Float64Array, part + 8 * (taps - 1), length);
      call.view(Float64Array, to + 8 * place, length).set(result);
    }
  }
}
