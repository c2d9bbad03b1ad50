// prefixSum. The plan knows each block's sum (of integers by reduce.ts) and gives what comes before it; here the running
// sums are written. Integers wrap in the result's type; floats run in f64 from each block's start, and a block's sum is
// the last of its running sums, so that whoever does it alone has it at no cost (src/kernels/arrays-doubles.ts).

import { BLOCK } from "./sizes";

/** Running sums of elements S as R, accumulated as A from `before` (A for each block) on. */
function scan<S, R, A>(begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize): void {
  for (let block = begin; block < end; block++) {
    const base = load<A>(before + <usize>block * sizeof<A>());
    const last = min<u32>((<u32>block + 1) * BLOCK, length);
    let sum: A = 0;
    for (let i = <u32>block * BLOCK; i < last; i++) {
      const next: A = sum + <A>load<S>(from + <usize>i * sizeof<S>());
      store<R>(to + <usize>i * sizeof<R>(), <R>(base + (exclusive != 0 ? sum : next)));
      sum = next;
    }
  }
}

/** Each block's sum, added one by one: four blocks side by side, for an addition waits for the one before. */
function sumsInOrder<S>(begin: i32, end: i32, from: usize, length: u32, sums: usize): void {
  const STEP = <usize>BLOCK * sizeof<S>();
  let block = begin;
  for (; block + 4 <= end && (<u32>block + 4) * BLOCK <= length; block += 4) {
    let at = from + <usize>block * STEP;
    const stop = at + STEP;
    let s0: f64 = 0, s1: f64 = 0, s2: f64 = 0, s3: f64 = 0;
    for (; at < stop; at += sizeof<S>()) {
      s0 += <f64>load<S>(at);
      s1 += <f64>load<S>(at, BLOCK * sizeof<S>());
      s2 += <f64>load<S>(at, 2 * BLOCK * sizeof<S>());
      s3 += <f64>load<S>(at, 3 * BLOCK * sizeof<S>());
    }
    const to = sums + (<usize>block << 3);
    store<f64>(to, s0);
    store<f64>(to, s1, 8);
    store<f64>(to, s2, 16);
    store<f64>(to, s3, 24);
  }
  for (; block < end; block++) {
    const last = min<u32>((<u32>block + 1) * BLOCK, length);
    let sum: f64 = 0;
    for (let i = <u32>block * BLOCK; i < last; i++) sum += <f64>load<S>(from + <usize>i * sizeof<S>());
    store<f64>(sums + (<usize>block << 3), sum);
  }
}

export function scan_sums_f32(begin: i32, end: i32, from: usize, length: u32, sums: usize): void {
  sumsInOrder<f32>(begin, end, from, length, sums);
}
export function scan_sums_f64(begin: i32, end: i32, from: usize, length: u32, sums: usize): void {
  sumsInOrder<f64>(begin, end, from, length, sums);
}

export function scan_i8(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<i8, i32, i32>(begin, end, from, length, exclusive, before, to);
}
export function scan_u8(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<u8, i32, i32>(begin, end, from, length, exclusive, before, to);
}
export function scan_i16(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<i16, i32, i32>(begin, end, from, length, exclusive, before, to);
}
export function scan_u16(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<u16, i32, i32>(begin, end, from, length, exclusive, before, to);
}
export function scan_i32(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<i32, i32, i32>(begin, end, from, length, exclusive, before, to);
}
export function scan_f32(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<f32, f32, f64>(begin, end, from, length, exclusive, before, to);
}
export function scan_f64(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<f64, f64, f64>(begin, end, from, length, exclusive, before, to);
}
export function scan_i64(
  begin: i32, end: i32, from: usize, length: u32, exclusive: i32, before: usize, to: usize,
): void {
  scan<i64, i64, i64>(begin, end, from, length, exclusive, before, to);
}
