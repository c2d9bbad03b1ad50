// prefixSum. The plan knows each block's sum (reduce.ts) and gives what comes before it; here the running sums are
// written. Integers wrap in the result's type; floats run in f64 from each block's start.

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
