/** Products of matrices, transposition, Fourier transforms and convolution, with doubles. */
import { checksum, elements, fillElements } from '../rivals/data.js';
import type { Spec } from './contenders.js';

const SIDE = 768;
const LARGE = 2048;
const REPEATS = 3;

function jsMatmul(a: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = product.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k];
      const from = k * n;
      for (let j = 0; j < n; j++) row[j] += x * a[from + j];
    }
  }
  return product;
}

/** In place, radix 2, roots in a table: the transform that everybody writes. */
function jsFft(re: Float64Array, im: Float64Array, cos: Float64Array, sin: Float64Array): void {
  const n = re.length;
  for (let i = 0, j = 0; i < n; i++) {
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    const step = n / length;
    for (let i = 0; i < n; i += length) {
      for (let k = 0; k < half; k++) {
        const a = i + k;
        const b = a + half;
        const c = cos[k * step];
        const s = sin[k * step];
        const r = re[b] * c + im[b] * s;
        const q = im[b] * c - re[b] * s;
        re[b] = re[a] - r;
        im[b] = im[a] - q;
        re[a] += r;
        im[a] += q;
      }
    }
  }
}

function fft(name: string, length: number, more: Partial<Spec>): Spec {
  return {
    name,
    title: `fft of ${length} complex f64, shared`,
    repeats: REPEATS,
    numpy: ['fft', length],
    notes: ['numpy: its complex numbers lie together, ours in two arrays.'],
    ours({ kernels, pool, shared }) {
      const parts = elements(2 * length);
      const re = shared('Float64Array', length);
      const im = shared('Float64Array', length);
      re.set(parts.subarray(0, length));
      im.set(parts.subarray(length));
      const out = { re: shared('Float64Array', length), im: shared('Float64Array', length) };
      return { run: () => kernels.fft(re, im, { out, pool }), check: () => checksum(out.re) };
    },
    ...more,
  };
}

export const matrices: readonly Spec[] = [
  {
    name: 'matmul',
    title: `matmul of ${SIDE} × ${SIDE} f64, shared`,
    repeats: 2,
    native: ['matmul', SIDE],
    numpy: ['matmul', SIDE],
    notes: ['numpy: OpenBLAS as it comes, on all cores, with the processor’s widest vectors.'],
    ours({ kernels, pool, shared }) {
      const data = shared('Float64Array', SIDE * SIDE);
      const out = shared('Float64Array', SIDE * SIDE);
      fillElements(data);
      const a = { data, rows: SIDE, cols: SIDE };
      return { run: () => kernels.matmul(a, a, { out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const a = elements(SIDE * SIDE);
      let product = a;
      return {
        run() {
          product = jsMatmul(a, SIDE);
        },
        check: () => checksum(product),
      };
    },
  },
  {
    name: 'matvec',
    title: `matvec of ${LARGE} × ${LARGE} f64, shared`,
    repeats: 5,
    isMemoryBound: true,
    native: ['signals', 'matvec', LARGE],
    numpy: ['matvec', LARGE],
    notes: ['numpy: OpenBLAS as it comes, on all cores, with the processor’s widest vectors.'],
    ours({ kernels, pool, shared }) {
      const data = shared('Float64Array', LARGE * LARGE);
      fillElements(data);
      const a = { data, rows: LARGE, cols: LARGE };
      const x = data.subarray(0, LARGE);
      const out = shared('Float64Array', LARGE);
      return { run: () => kernels.matvec(a, x, { out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const a = elements(LARGE * LARGE);
      const out = new Float64Array(LARGE);
      return {
        run() {
          for (let i = 0; i < LARGE; i++) {
            let total = 0;
            for (let j = 0, at = i * LARGE; j < LARGE; j++, at++) total += a[at] * a[j];
            out[i] = total;
          }
        },
        check: () => checksum(out),
      };
    },
  },
  {
    name: 'transpose',
    title: `transpose of ${LARGE} × ${LARGE} f64, shared`,
    repeats: 5,
    isMemoryBound: true,
    native: ['signals', 'transpose', LARGE],
    numpy: ['transpose', LARGE],
    ours({ kernels, pool, shared }) {
      const data = shared('Float64Array', LARGE * LARGE);
      fillElements(data);
      const out = shared('Float64Array', LARGE * LARGE);
      const m = { data, rows: LARGE, cols: LARGE };
      return { run: () => kernels.transpose(m, { out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const a = elements(LARGE * LARGE);
      const out = new Float64Array(LARGE * LARGE);
      return {
        run() {
          for (let i = 0; i < LARGE; i++)
            for (let j = 0; j < LARGE; j++) out[i * LARGE + j] = a[j * LARGE + i];
        },
        check: () => checksum(out),
      };
    },
  },
  fft('fft', 2 ** 20, {
    native: ['signals', 'fft', 2 ** 20],
    javascript() {
      const n = 2 ** 20;
      const parts = elements(2 * n);
      const re = new Float64Array(n);
      const im = new Float64Array(n);
      const cos = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
      const sin = Float64Array.from({ length: n / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / n));
      return {
        run() {
          re.set(parts.subarray(0, n));
          im.set(parts.subarray(n));
          jsFft(re, im, cos, sin);
        },
        check: () => checksum(re),
      };
    },
  }),
  fft('fftPrime', 1_000_003, {}),
  {
    name: 'convolve',
    title: 'convolve of 1e6 with 255 f64, shared',
    repeats: REPEATS,
    native: ['signals', 'convolve', 1_000_000],
    numpy: ['convolve', 1_000_000],
    ours({ kernels, pool, shared }) {
      const a = shared('Float64Array', 1_000_000);
      fillElements(a);
      const v = a.subarray(0, 255);
      const out = shared('Float64Array', 1_000_254);
      return { run: () => kernels.convolve(a, v, { out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const a = elements(1_000_000);
      const out = new Float64Array(1_000_254);
      return {
        run() {
          out.fill(0);
          for (let k = 0; k < 255; k++) {
            const x = a[k];
            for (let i = 0; i < a.length; i++) out[i + k] += x * a[i];
          }
        },
        check: () => checksum(out),
      };
    },
  },
];
