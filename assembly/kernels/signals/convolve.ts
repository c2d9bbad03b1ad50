// Convolutions of doubles: sums of products where one side is short, else by transforms of overlapping blocks
// (overlap-save), two blocks at a time as the real and the imaginary part.
//
// The longer signal, of `length` elements, lies between zeros: result i of the full convolution is
// Σⱼ v[j]·a[i + taps − 1 − j].

import { times } from "./fft";
import { transform } from "./passes";
import { DIRECT_BLOCK } from "./sizes";

/** Sums of products for the results begin … end − 1 (times DIRECT_BLOCK) from `skipped` on, in the order of v. */
export function convolve_direct(
  begin: i32, end: i32, a: usize, length: i32, v: usize, taps: i32, to: usize, count: i32, skipped: i32,
): void {
  const last = min<i32>(count, end * DIRECT_BLOCK);
  let i: i32 = begin * DIRECT_BLOCK;
  for (; i + 12 <= last; i += 12) {
    // Only the taps that meet an element of the signal for one of the twelve.
    const full = i + skipped;
    const low = max<i32>(0, full - length + 1);
    const stop = v + (<usize>min<i32>(taps, full + 12) << 3);
    let at = a + (<usize>(full + taps - 1 - low) << 3);
    let p = v + (<usize>low << 3);
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
    for (; p < stop; p += 8, at -= 8) {
      const k = f64x2.splat(load<f64>(p));
      s0 = f64x2.add(s0, f64x2.mul(k, v128.load(at)));
      s1 = f64x2.add(s1, f64x2.mul(k, v128.load(at, 16)));
      s2 = f64x2.add(s2, f64x2.mul(k, v128.load(at, 32)));
      s3 = f64x2.add(s3, f64x2.mul(k, v128.load(at, 48)));
      s4 = f64x2.add(s4, f64x2.mul(k, v128.load(at, 64)));
      s5 = f64x2.add(s5, f64x2.mul(k, v128.load(at, 80)));
    }
    const place = to + (<usize>i << 3);
    v128.store(place, s0);
    v128.store(place, s1, 16);
    v128.store(place, s2, 32);
    v128.store(place, s3, 48);
    v128.store(place, s4, 64);
    v128.store(place, s5, 80);
  }
  for (; i < last; i++) {
    const full = i + skipped;
    const low = max<i32>(0, full - length + 1);
    const stop = v + (<usize>min<i32>(taps, full + 1) << 3);
    let at = a + (<usize>(full + taps - 1 - low) << 3);
    let sum: f64 = 0;
    for (let p = v + (<usize>low << 3); p < stop; p += 8, at -= 8) sum += load<f64>(p) * load<f64>(at);
    store<f64>(to + (<usize>i << 3), sum);
  }
}

/**
 * Results by transforms of length n: a piece makes two blocks of n − taps + 1. `spectrum`: that of v divided by n,
 * real parts, imaginary parts; `room`: 4 n doubles for each piece, of which a call takes those of its first.
 */
export function convolve_blocks(
  begin: i32, end: i32, a: usize, to: usize, count: usize, taps: usize, n: usize, spectrum: usize, roots: usize,
  factors: usize, room: usize,
): void {
  const part = n << 3;
  const xr = room + <usize>begin * 4 * part;
  const xi = xr + part, yr = xi + part, yi = yr + part;
  const step = n - taps + 1;
  const skip = (taps - 1) << 3;
  for (let piece = begin; piece < end; piece++) {
    const first = <usize>piece * 2 * step;
    const from = a + (first << 3);
    transform(from, from + (step << 3), 8, xr, xi, 8, xr, xi, yr, yi, 1, n, roots, factors);
    times(xr, xi, spectrum, spectrum + part, n);
    // The inverse is the transform with the parts exchanged. Its first pass must not write to x.
    const isX = (load<i32>(factors) & 1) == 0;
    const zr = isX ? xr : yr, zi = isX ? xi : yi;
    const ur = isX ? yr : xr, ui = isX ? yi : xi;
    transform(xi, xr, 8, zi, zr, 8, zi, zr, ui, ur, 1, n, roots, factors);
    const low = min(step, count - first);
    memory.copy(to + (first << 3), zr + skip, low << 3);
    if (first + step < count) {
      memory.copy(to + ((first + step) << 3), zi + skip, min(step, count - first - step) << 3);
    }
  }
}
