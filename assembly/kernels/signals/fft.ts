// Fourier transforms of complex signals, real and imaginary parts apart. Short ones are done whole; long ones as a
// matrix of n1 × n2 (Bailey's four steps): transforms of FFT_BATCH columns at a time, times ω^(j2·k1), then of
// FFT_BATCH rows at a time. Lengths with a large prime are a convolution with a chirp (Bluestein).
//
// Room for passes is `bytes` for each piece; a call takes that of its first piece for all, so that it stays cached.

import { startsInA, transform } from "./passes";
import { FFT_BATCH, FFT_BLOCK } from "./sizes";

/** One transform, in one piece, times `scale`. */
export function fft_whole(
  begin: i32, end: i32, re: usize, im: usize, toRe: usize, toIm: usize, room: usize, n: usize, roots: usize,
  factors: usize, scale: f64,
): void {
  transform(re, im, 8, toRe, toIm, 8, toRe, toIm, room, room + (n << 3), 1, n, roots, factors);
  if (scale == 1) return;
  for (let i: usize = 0; i < n; i++) {
    store<f64>(toRe + (i << 3), load<f64>(toRe + (i << 3)) * scale);
    store<f64>(toIm + (i << 3), load<f64>(toIm + (i << 3)) * scale);
  }
}

/**
 * Transforms of the columns of the n1 × n2 matrix, a piece FFT_BATCH of them, times ω^(j2·k1). A piece's results
 * lie together, row after row: row k1 of the piece's columns j0 … j0 + width − 1 at n1·j0 + k1·width.
 * ω^e of n: coarse[e >> bits] · fine[e & mask] · near, near[k1] being ω^(k1·0 … 7), real parts, imaginary parts.
 */
export function fft_columns(
  begin: i32, end: i32, re: usize, im: usize, toRe: usize, toIm: usize, roomRe: usize, roomIm: usize, n1: usize,
  n2: usize, roots: usize, factors: usize, coarse: usize, fine: usize, bits: u32, near: usize,
): void {
  const room = <usize>begin * n1 * (FFT_BATCH * 8);
  const mask: u32 = (1 << bits) - 1;
  for (let piece = begin; piece < end; piece++) {
    const j0 = <usize>piece * FFT_BATCH;
    const width = min<usize>(FFT_BATCH, n2 - j0);
    let yr = toRe + ((n1 * j0) << 3);
    let yi = toIm + ((n1 * j0) << 3);
    transform(
      re + (j0 << 3), im + (j0 << 3), n2 << 3, yr, yi, width << 3, yr, yi, roomRe + room, roomIm + room,
      width, n1, roots, factors,
    );
    let w = near;
    for (let k1: usize = 0; k1 < n1; k1++, w += FFT_BATCH * 16) {
      const e = <u32>(k1 * j0);
      const c = coarse + (<usize>(e >> bits) << 4), f = fine + (<usize>(e & mask) << 4);
      const cr = load<f64>(c), ci = load<f64>(c, 8), fr = load<f64>(f), fi = load<f64>(f, 8);
      const br = f64x2.splat(cr * fr - ci * fi), bi = f64x2.splat(cr * fi + ci * fr);
      let i: usize = 0;
      for (; i + 2 <= width; i += 2, yr += 16, yi += 16) {
        const nr = v128.load(w + (i << 3)), ni = v128.load(w + (i << 3), FFT_BATCH * 8);
        const wr = f64x2.sub(f64x2.mul(br, nr), f64x2.mul(bi, ni));
        const wi = f64x2.add(f64x2.mul(br, ni), f64x2.mul(bi, nr));
        const xr = v128.load(yr), xi = v128.load(yi);
        v128.store(yr, f64x2.sub(f64x2.mul(xr, wr), f64x2.mul(xi, wi)));
        v128.store(yi, f64x2.add(f64x2.mul(xr, wi), f64x2.mul(xi, wr)));
      }
      if (i < width) {
        const sr = f64x2.extract_lane(br, 0), si = f64x2.extract_lane(bi, 0);
        const nr = load<f64>(w + (i << 3)), ni = load<f64>(w + (i << 3), FFT_BATCH * 8);
        const wr = sr * nr - si * ni, wi = sr * ni + si * nr;
        const xr = load<f64>(yr), xi = load<f64>(yi);
        store<f64>(yr, xr * wr - xi * wi);
        store<f64>(yi, xr * wi + xi * wr);
        yr += 8, yi += 8;
      }
    }
  }
}

/** Collects the columns k0 … k0 + width − 1 of what fft_columns left as rows of n2: to[j2][q]. */
function collect(from: usize, to: usize, k0: usize, width: usize, n1: usize, n2: usize): void {
  for (let j0: usize = 0; j0 < n2; j0 += FFT_BATCH) {
    const across = min<usize>(FFT_BATCH, n2 - j0);
    const source = from + ((n1 * j0 + k0 * across) << 3);
    const target = to + ((j0 * width) << 3);
    if (across == FFT_BATCH && width == FFT_BATCH) {
      for (let q: usize = 0; q < <usize>FFT_BATCH; q += 2) {
        for (let b: usize = 0; b < <usize>FFT_BATCH; b += 2) {
          const at = source + ((q * FFT_BATCH + b) << 3);
          const x = v128.load(at), y = v128.load(at, FFT_BATCH * 8);
          const place = target + ((b * FFT_BATCH + q) << 3);
          v128.store(place, i8x16.shuffle(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
          v128.store(
            place, i8x16.shuffle(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), FFT_BATCH * 8,
          );
        }
      }
      continue;
    }
    for (let b: usize = 0; b < across; b++) {
      for (let q: usize = 0; q < width; q++) {
        store<f64>(target + ((b * width + q) << 3), load<f64>(source + ((q * across + b) << 3)));
      }
    }
  }
}

/** Transforms of the rows, a piece FFT_BATCH of them, to their places: k1 + n1·k2. */
export function fft_rows(
  begin: i32, end: i32, re: usize, im: usize, toRe: usize, toIm: usize, aRe: usize, aIm: usize, bRe: usize,
  bIm: usize, n1: usize, n2: usize, roots: usize, factors: usize,
): void {
  const room = <usize>begin * n2 * (FFT_BATCH * 8);
  const ar = aRe + room, ai = aIm + room, br = bRe + room, bi = bIm + room;
  for (let piece = begin; piece < end; piece++) {
    const k0 = <usize>piece * FFT_BATCH;
    const width = min<usize>(FFT_BATCH, n1 - k0);
    const xr = startsInA(factors) ? br : ar, xi = startsInA(factors) ? bi : ai;
    collect(re, xr, k0, width, n1, n2);
    collect(im, xi, k0, width, n1, n2);
    transform(
      xr, xi, width << 3, toRe + (k0 << 3), toIm + (k0 << 3), n1 << 3, ar, ai, br, bi, width, n2, roots, factors,
    );
  }
}

/** to[i] = x[i]·chirp[i] for i < n, 0 up to `size`. */
export function fft_chirp(
  begin: i32, end: i32, re: usize, im: usize, toRe: usize, toIm: usize, n: usize, size: usize, chirp: usize, scale: f64,
): void {
  const first = <usize>begin * FFT_BLOCK;
  const stop = min<usize>(size, <usize>end * FFT_BLOCK);
  for (let i = first; i < stop; i++) {
    let r: f64 = 0, s: f64 = 0;
    if (i < n) {
      const x = load<f64>(re + (i << 3)), y = load<f64>(im + (i << 3));
      const c = load<f64>(chirp + (i << 4)) * scale, d = load<f64>(chirp + (i << 4), 8) * scale;
      r = x * c - y * d;
      s = x * d + y * c;
    }
    store<f64>(toRe + (i << 3), r);
    store<f64>(toIm + (i << 3), s);
  }
}

/** x[i] = x[i]·f[i]. */
export function fft_times(begin: i32, end: i32, re: usize, im: usize, fRe: usize, fIm: usize, n: usize): void {
  const first = (<usize>begin * FFT_BLOCK) << 3;
  times(re + first, im + first, fRe + first, fIm + first, min<usize>(n, <usize>end * FFT_BLOCK) - (first >> 3));
}

/** The same for n elements. */
export function times(re: usize, im: usize, fRe: usize, fIm: usize, n: usize): void {
  const stop = re + ((n & ~1) << 3);
  for (; re < stop; re += 16, im += 16, fRe += 16, fIm += 16) {
    const x = v128.load(re), y = v128.load(im), c = v128.load(fRe), d = v128.load(fIm);
    v128.store(re, f64x2.sub(f64x2.mul(x, c), f64x2.mul(y, d)));
    v128.store(im, f64x2.add(f64x2.mul(x, d), f64x2.mul(y, c)));
  }
  if (n & 1) {
    const x = load<f64>(re), y = load<f64>(im), c = load<f64>(fRe), d = load<f64>(fIm);
    store<f64>(re, x * c - y * d);
    store<f64>(im, x * d + y * c);
  }
}
