// The steps of a Fourier transform of any length, for the plans of fft and convolve.

import { FFT_BATCH, FFT_BLOCK, FFT_WHOLE } from '../../assembly/kernels/signals/sizes';
import type { KernelCall, Phase } from './_plan';
import type { Steps } from './arrays-common';
import {
  chirpOf,
  coarseRootsOf,
  factorsOf,
  fineRootsOf,
  goodLength,
  nearRootsOf,
  remember,
  rootsOf,
  TABLE_BYTES,
  wholeTableOf,
} from './signals-roots';

/** Addresses of the real and the imaginary parts. */
export interface Parts {
  re: number;
  im: number;
}

/** Nanoseconds of an element in a doubling of the length, measured. */
const ELEMENT_NS = 0.7;

/** Scratch for n complex numbers. */
export function partsOf(call: KernelCall, n: number): Parts {
  const re = call.scratch(16 * n);
  return { re, im: re + 8 * n };
}

/** The parts exchanged: between two exchanges, the transform is the inverse, but for the factor 1 / n. */
export function exchanged({ re, im }: Parts): Parts {
  return { re: im, im: re };
}

/** A copy of the table on the heap. */
export function tableOf(call: KernelCall, table: Float64Array): number {
  const address = call.scratch(table.byteLength);
  call.view(Float64Array, address, table.length).set(table);
  return address;
}

/** The number of factors and the factors, on the heap. */
export function factorTableOf(call: KernelCall, factors: readonly number[]): number {
  const address = call.scratch(4 * (factors.length + 1));
  call.view(Int32Array, address, factors.length + 1).set([factors.length, ...factors]);
  return address;
}

/** Nanoseconds of a transform, about. */
export function transformNs(n: number): number {
  return n * Math.max(1, Math.log2(n)) * ELEMENT_NS;
}

/** Transforms n complex numbers from `x`, which stays as it is, to `to`, times `scale`. */
export function* transform(call: KernelCall, x: Parts, to: Parts, n: number, scale: number): Steps<void> {
  if (factorsOf(n) === undefined) yield* byChirp(call, x, to, n, scale);
  else yield transformOf(call, x, to, n, scale);
}

/** The phases of {@link transform} for an n that has small factors alone, see {@link goodLength}. */
export function transformOf(call: KernelCall, x: Parts, to: Parts, n: number, scale: number): Phase[] {
  if (n > FFT_WHOLE) return byRows(call, x, to, n, scale);
  const table = wholeTableOf(n, factorsOf(n)!);
  const roots = call.scratch(16 * n + table.byteLength);
  call.view(Float64Array, roots, table.length).set(table);
  const tables = [roots + table.byteLength, n, roots, roots + 16 * n];
  return [
    {
      fn: 'fft_whole',
      pieces: 1,
      args: [x.re, x.im, to.re, to.im, ...tables, scale],
      costNs: transformNs(n),
    },
  ];
}

/** Bailey's four steps: columns, factors, rows. */
function byRows(call: KernelCall, x: Parts, to: Parts, n: number, scale: number): Phase[] {
  let n1 = Math.floor(Math.sqrt(n));
  while (n % n1 !== 0) n1--;
  const n2 = n / n1;
  const bits = Math.ceil(Math.log2(n) / 2);
  const coarse = coarseRootsOf(n, bits);
  const columns = partsOf(call, n);
  const a = partsOf(call, n);
  const b = partsOf(call, n);
  const first = {
    fn: 'fft_columns',
    pieces: Math.ceil(n2 / FFT_BATCH),
    args: [
      ...[x.re, x.im, columns.re, columns.im, a.re, a.im, n1, n2],
      ...[tableOf(call, rootsOf(n1)), factorTableOf(call, factorsOf(n1)!)],
      tableOf(call, scale === 1 ? coarse : coarse.map((root) => root * scale)),
      tableOf(call, fineRootsOf(n, bits)),
      bits,
      tableOf(call, nearRootsOf(n, n1)),
    ],
    costNs: transformNs(n) / 2,
  };
  const second = {
    fn: 'fft_rows',
    pieces: Math.ceil(n1 / FFT_BATCH),
    args: [
      ...[columns.re, columns.im, to.re, to.im, a.re, a.im, b.re, b.im, n1, n2],
      ...[tableOf(call, rootsOf(n2)), factorTableOf(call, factorsOf(n2)!)],
    ],
    costNs: transformNs(n) / 2,
  };
  return [first, second];
}

/** Bluestein's: jk = (j² + k² − (k − j)²) / 2 makes the transform a convolution with a chirp. */
function* byChirp(call: KernelCall, x: Parts, to: Parts, n: number, scale: number): Steps<void> {
  const size = goodLength(2 * n - 1);
  const chirp = chirpOf(n);
  const chirpAt = tableOf(call, chirp);
  const [a, b, c] = [partsOf(call, size), partsOf(call, size), partsOf(call, size)];
  // The chirp's spectrum is kept too; until it is made, its table holds NaN.
  const known =
    16 * size > TABLE_BYTES
      ? undefined
      : remember(`spectrum ${n}`, () => new Float64Array(2 * size).fill(Number.NaN));
  if (known === undefined || Number.isNaN(known[0])) {
    const re = call.view(Float64Array, a.re, size).fill(0);
    const im = call.view(Float64Array, a.im, size).fill(0);
    for (let i = 0; i < n; i++) {
      re[i] = chirp[2 * i];
      im[i] = -chirp[2 * i + 1];
      if (i > 0) {
        re[size - i] = re[i];
        im[size - i] = im[i];
      }
    }
    yield transformOf(call, a, b, size, 1 / size);
    known?.set(call.view(Float64Array, b.re, 2 * size));
  } else {
    call.view(Float64Array, b.re, 2 * size).set(known);
  }
  const pieces = Math.ceil(size / FFT_BLOCK);
  yield [
    {
      fn: 'fft_chirp',
      pieces,
      args: [x.re, x.im, a.re, a.im, n, size, chirpAt, 1],
      costNs: size * 2,
    },
    ...transformOf(call, a, c, size, 1),
    { fn: 'fft_times', pieces, args: [c.re, c.im, b.re, b.im, size], costNs: size * 2 },
    ...transformOf(call, exchanged(c), exchanged(a), size, 1),
    {
      fn: 'fft_chirp',
      pieces: Math.ceil(n / FFT_BLOCK),
      args: [a.re, a.im, to.re, to.im, n, n, chirpAt, scale],
      costNs: n * 2,
    },
  ];
}
