// The Fourier transform of a complex signal. Kernels: assembly/kernels/signals.

import type { TypedArrayConstructor } from '../heap/views';
import {
  checkArray,
  checkFlag,
  checkLength,
  checkOptions,
  checkOut,
  checkSameType,
  FLOAT,
  type FloatArray,
  overlaps,
  typeOf,
  wrongType,
} from './_check';
import { signals } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Output, runKernel, runKernelSync } from './_plan';
import { isShared, type Steps } from './arrays-common';
import { areBare } from './arrays-doubles';
import { isShortTransform, transformPlain, zeros } from './signals-plain';
import { exchanged, type Parts, transform } from './signals-transform';

/** Complex numbers: their real and their imaginary parts. */
export interface Spectrum<T extends FloatArray = FloatArray> {
  re: T;
  im: T;
}

/** Options of {@link fft}. */
export interface FftOptions<T extends FloatArray = FloatArray> extends KernelOptions {
  /** The inverse transform, divided by the length. */
  inverse?: boolean;
  /** Where the result goes: two arrays of the signal's type and length. */
  out?: Spectrum<T>;
}

/**
 * The discrete Fourier transform Xₖ = Σⱼ xⱼ·e^(−2πijk/n) of a signal of any length; `inverse` takes the other sign
 * and divides by n. ‖err‖₂ is at most 1e-14·‖X‖₂ for powers of two, else 1e-13 (Float32: 1e-6).
 *
 * Stockham's autosort passes of radix 4, 2, 3, 5, 7, 11 and 13; long ones as Bailey's rows and columns (1990);
 * lengths with larger primes as Bluestein's convolution with a chirp (1970). O(n log n) for every length.
 *
 * @param re - The real parts.
 * @param im - The imaginary parts, of the same type and length; null or undefined: all 0.
 * @param options - `inverse`; `out`: two arrays, apart from each other and from the signal.
 * @returns `{ re, im }`, arrays of the signal's type and length.
 * @throws {TypeError} if an argument is of the wrong type.
 * @throws {RangeError} if the signal is empty, or lengths differ.
 * @complexity O(n log n) for every length
 * @source Stockham’s mixed-radix passes; Bailey’s four steps for long ones; Bluestein for large primes
 * @example
 * ```ts
 * const { re } = await fft(new Float64Array([1, 2, 3, 4]));
 * console.log(re); // Float64Array [ 10, -2, -2, -2 ]
 * ```
 */
export function fft<T extends FloatArray>(
  re: T,
  im?: T | null,
  options: FftOptions<T> = {},
): Promise<Spectrum<T>> {
  return runKernel('fft', signals, options, (call) => fftPlan(call, re, im, options));
}

/** {@link fft}, at once. */
export function fftSync<T extends FloatArray>(
  re: T,
  im?: T | null,
  options: FftOptions<T> = NONE,
): Spectrum<T> {
  if (!im && areBare(options, re) && isShortTransform(re.length))
    return short(re as Float64Array, null, false, undefined) as never;
  return runKernelSync('fft', signals, options, (call) => fftPlan(call, re, im, options));
}

function* fftPlan<T extends FloatArray>(
  call: KernelCall,
  re: T,
  im: T | null | undefined,
  options: FftOptions<T>,
): Steps<Spectrum<T>> {
  checkOptions('fft', options);
  checkArray('fft', 're', re, FLOAT);
  const n = re.length;
  if (im !== undefined && im !== null) {
    checkSameType('fft', 'im', checkArray('fft', 'im', im, FLOAT), re);
    checkLength('fft', 'im', im, n);
  }
  const inverse = checkFlag('fft', 'inverse', options.inverse, false);
  const out = checkSpectrum(options.out, re, im ?? re);
  if (n === 0) throw new RangeError('Cannot run fft: "re" has to have a length of 1 or more, came 0');

  if (isShortTransform(n) && areOffHeap(re, im, out)) {
    if (re.BYTES_PER_ELEMENT === 8) {
      return short(re as Float64Array, im as Float64Array | null | undefined, inverse, out as never) as never;
    }
    const { re: real, im: imaginary } = short(widened(re), im && widened(im), inverse, undefined);
    const type = typeOf(re) as unknown as new (length: number) => T;
    const to = out ?? { re: new type(n), im: new type(n) };
    for (let i = 0; i < n; i++) {
      to.re[i] = real[i];
      to.im[i] = imaginary[i];
    }
    return to;
  }
  const x: Parts = { re: doubles(call, re), im: im ? doubles(call, im) : call.zeroed(8 * n) };
  const toRe = doublesOut(call, typeOf(re), n, out?.re);
  const toIm = doublesOut(call, typeOf(re), n, out?.im);
  const to: Parts = { re: toRe.address, im: toIm.address };
  if (inverse) yield* transform(call, exchanged(x), exchanged(to), n, 1 / n);
  else yield* transform(call, x, to, n, 1);
  const result = { re: toRe.finish(), im: toIm.finish() };
  return out ?? result;
}

function areOffHeap<T extends FloatArray>(
  re: T,
  im: T | null | undefined,
  out: Spectrum<T> | undefined,
): boolean {
  return !isShared(re) && !(im && isShared(im)) && !(out && (isShared(out.re) || isShared(out.im)));
}

/** A copy in f64: for short arrays the loop is faster than the constructor. */
function widened(a: FloatArray): Float64Array {
  const wide = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) wide[i] = a[i];
  return wide;
}

/** A transform in plain JavaScript. */
function short(
  re: Float64Array,
  im: Float64Array | null | undefined,
  inverse: boolean,
  out: Spectrum<Float64Array> | undefined,
): Spectrum<Float64Array> {
  const n = re.length;
  const to = out ?? { re: new Float64Array(n), im: new Float64Array(n) };
  const imaginary = im ?? zeros(n);
  // With the parts exchanged, the transform is the inverse.
  if (inverse) transformPlain(imaginary, re, to.im, to.re, 1 / n);
  else transformPlain(re, imaginary, to.re, to.im, 1);
  return to;
}

/** The elements as doubles on the heap. */
export function doubles(call: KernelCall, array: FloatArray): number {
  if (array.BYTES_PER_ELEMENT === 8) return call.input(array);
  const address = call.scratch(8 * array.length);
  call.view(Float64Array, address, array.length).set(array);
  return address;
}

/** Room for a result that kernels write as doubles, whatever type it is of. */
export function doublesOut<T extends FloatArray>(
  call: KernelCall,
  type: TypedArrayConstructor<T>,
  length: number,
  out: T | undefined,
): Output<T> {
  if (type.BYTES_PER_ELEMENT === 8) return call.output(type, length, out);
  const address = call.scratch(8 * length);
  return {
    address,
    finish() {
      const result = out ?? new (type as unknown as new (length: number) => T)(length);
      result.set(call.view(Float64Array, address, length));
      return result;
    },
  };
}

function checkSpectrum<T extends FloatArray>(
  out: Spectrum<T> | undefined,
  re: T,
  im: T,
): Spectrum<T> | undefined {
  if (out === undefined) return undefined;
  if (typeof out !== 'object' || out === null) wrongType('fft', 'out', 'an object { re, im }', out);
  const rules = { inputs: { re, im } };
  for (const part of ['re', 'im'] as const) {
    if (out[part] === undefined) wrongType('fft', `out.${part}`, `of the type ${typeOf(re).name}`, undefined);
    checkOut('fft', out[part], typeOf(re), re.length, rules);
  }
  if (overlaps(out.re, out.im)) {
    throw new RangeError('Cannot run fft: "out.re" and "out.im" share some of their memory');
  }
  return out;
}
