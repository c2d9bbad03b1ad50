// Short transforms off the shared heap, in plain JavaScript: a call of the kernel takes longer. The passes are those of
// assembly/kernels/signals/passes.ts, so every result has the kernel's bits (the tests compare the two).

import { factorsOf, rootsOf } from './signals-roots';

/** Up to this length the loop is faster than the kernel (measured: Node 20, one core). */
export const PLAIN_FFT = 256;

const ZEROS = new Float64Array(PLAIN_FFT);
/** What the passes write in turns. */
const rooms = [0, 1].map(() => ({ re: new Float64Array(PLAIN_FFT), im: new Float64Array(PLAIN_FFT) }));

/** By the length. */
const known: { factors: readonly number[]; roots: Float64Array }[] = [];

/** Whether a transform of the length is done here. */
export function isShortTransform(n: number): boolean {
  return n <= PLAIN_FFT && n > 0 && (n & (n - 1)) === 0;
}

/** The transform of a length that is a power of two, times `scale`. */
export function transformPlain(
  re: Float64Array,
  im: Float64Array,
  toRe: Float64Array,
  toIm: Float64Array,
  scale: number,
): void {
  const n = re.length;
  known[n] ??= { factors: factorsOf(n)!, roots: rootsOf(n) };
  const { factors, roots } = known[n];
  if (factors.length === 0) {
    toRe[0] = re[0];
    toIm[0] = im[0];
  }
  let x = { re, im };
  let s = 1;
  for (let i = 0; i < factors.length; i++) {
    const y = i === factors.length - 1 ? { re: toRe, im: toIm } : rooms[i & 1];
    if (factors[i] === 4) pass4(x.re, x.im, y.re, y.im, n / (4 * s), s, roots);
    else pass2(x.re, x.im, y.re, y.im, n / (2 * s), s, roots);
    x = y;
    s *= factors[i];
  }
  if (scale === 1) return;
  for (let i = 0; i < n; i++) {
    toRe[i] *= scale;
    toIm[i] *= scale;
  }
}

/** Zeros, for the imaginary parts of real numbers. */
export function zeros(n: number): Float64Array {
  return n === PLAIN_FFT ? ZEROS : ZEROS.subarray(0, n);
}

function pass4(
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  s: number,
  roots: Float64Array,
): void {
  const j = s * m;
  // The kernel's first pass multiplies by the root 1 as well, which a zero's sign shows.
  const isFirst = s === 1 && m % 2 === 0;
  for (let p = 0; p < m; p++) {
    const e = 2 * s * p;
    const w1r = roots[e];
    const w1i = roots[e + 1];
    const w2r = roots[2 * e];
    const w2i = roots[2 * e + 1];
    const w3r = roots[3 * e];
    const w3i = roots[3 * e + 1];
    for (let q = 0; q < s; q++) {
      const x = q + s * p;
      const ar = xr[x];
      const ai = xi[x];
      const br = xr[x + j];
      const bi = xi[x + j];
      const cr = xr[x + 2 * j];
      const ci = xi[x + 2 * j];
      const dr = xr[x + 3 * j];
      const di = xi[x + 3 * j];
      const er = ar + cr;
      const ei = ai + ci;
      const fr = ar - cr;
      const fi = ai - ci;
      const gr = br + dr;
      const gi = bi + di;
      const hr = br - dr;
      const hi = bi - di;
      const y = q + 4 * s * p;
      yr[y] = er + gr;
      yi[y] = ei + gi;
      const zr1 = fr + hi;
      const zi1 = fi - hr;
      const zr2 = er - gr;
      const zi2 = ei - gi;
      const zr3 = fr - hi;
      const zi3 = fi + hr;
      if (p === 0 && !isFirst) {
        yr[y + s] = zr1;
        yi[y + s] = zi1;
        yr[y + 2 * s] = zr2;
        yi[y + 2 * s] = zi2;
        yr[y + 3 * s] = zr3;
        yi[y + 3 * s] = zi3;
      } else {
        yr[y + s] = zr1 * w1r - zi1 * w1i;
        yi[y + s] = zr1 * w1i + zi1 * w1r;
        yr[y + 2 * s] = zr2 * w2r - zi2 * w2i;
        yi[y + 2 * s] = zr2 * w2i + zi2 * w2r;
        yr[y + 3 * s] = zr3 * w3r - zi3 * w3i;
        yi[y + 3 * s] = zr3 * w3i + zi3 * w3r;
      }
    }
  }
}

function pass2(
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  s: number,
  roots: Float64Array,
): void {
  const j = s * m;
  for (let p = 0; p < m; p++) {
    const wr = roots[2 * s * p];
    const wi = roots[2 * s * p + 1];
    for (let q = 0; q < s; q++) {
      const x = q + s * p;
      const ar = xr[x];
      const ai = xi[x];
      const br = xr[x + j];
      const bi = xi[x + j];
      const y = q + 2 * s * p;
      yr[y] = ar + br;
      yi[y] = ai + bi;
      const zr = ar - br;
      const zi = ai - bi;
      yr[y + s] = p === 0 ? zr : zr * wr - zi * wi;
      yi[y + s] = p === 0 ? zi : zr * wi + zi * wr;
    }
  }
}
