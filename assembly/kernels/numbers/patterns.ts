// The multiples of the primes 7 … 71 as repeating patterns of bytes. Two or three primes share a pattern, whose
// period is their product; a segment starts as the AND of the eight patterns, 16 bytes at a time.
//
// Each pattern stands 16 bytes longer than its period, so that a load at any phase is whole.

import { PATTERNS } from "./wheel";

// Periods: 7·11·13, 17·19, 23·29, 31·37, 41·43, 47·53, 59·61, 67·71.
const P0: u32 = 1001, P1: u32 = 323, P2: u32 = 667, P3: u32 = 1147;
const P4: u32 = 1763, P5: u32 = 2491, P6: u32 = 3599, P7: u32 = 4757;
const A0: usize = PATTERNS;
const A1: usize = A0 + P0 + 16;
const A2: usize = A1 + P1 + 16;
const A3: usize = A2 + P2 + 16;
const A4: usize = A3 + P3 + 16;
const A5: usize = A4 + P4 + 16;
const A6: usize = A5 + P5 + 16;
const A7: usize = A6 + P6 + 16;
/** Where the patterns end. */
export const PATTERNS_END: usize = A7 + P7 + 16;

export function fillPatterns(tables: usize): void {
  memory.fill(tables + PATTERNS, 0xff, PATTERNS_END - PATTERNS);
  fillPattern(tables + A0, P0, 7, 11, 13);
  fillPattern(tables + A1, P1, 17, 19, 0);
  fillPattern(tables + A2, P2, 23, 29, 0);
  fillPattern(tables + A3, P3, 31, 37, 0);
  fillPattern(tables + A4, P4, 41, 43, 0);
  fillPattern(tables + A5, P5, 47, 53, 0);
  fillPattern(tables + A6, P6, 59, 61, 0);
  fillPattern(tables + A7, P7, 67, 71, 0);
}

function fillPattern(pattern: usize, period: u32, a: u32, b: u32, c: u32): void {
  strikeOdd(pattern, period + 16, a);
  strikeOdd(pattern, period + 16, b);
  if (c != 0) strikeOdd(pattern, period + 16, c);
}

/** Strikes the multiples of p out of `bytes` bytes that begin with the number 0. */
function strikeOdd(bytes: usize, length: u32, p: u32): void {
  for (let n = p; n < length * 30; n += 2 * p) {
    const residue = n % 30;
    if (residue % 3 == 0 || residue % 5 == 0) continue;
    const at = bytes + n / 30;
    store<u8>(at, load<u8>(at) & ~(<u8>1 << <u8>((residue * 8) / 30)));
  }
}

/** Writes `length` bytes, rounded up to 16, of all eight patterns to `to`, from byte `first` of the numbers on. */
export function layPatterns(tables: usize, to: usize, length: u32, first: u64): void {
  let i0 = <u32>(first % P0), i1 = <u32>(first % P1), i2 = <u32>(first % P2), i3 = <u32>(first % P3);
  let i4 = <u32>(first % P4), i5 = <u32>(first % P5), i6 = <u32>(first % P6), i7 = <u32>(first % P7);
  for (const end = to + length; to < end; to += 16) {
    const low = v128.and(
      v128.and(v128.load(tables + i0, A0), v128.load(tables + i1, A1)),
      v128.and(v128.load(tables + i2, A2), v128.load(tables + i3, A3)),
    );
    const high = v128.and(
      v128.and(v128.load(tables + i4, A4), v128.load(tables + i5, A5)),
      v128.and(v128.load(tables + i6, A6), v128.load(tables + i7, A7)),
    );
    v128.store(to, v128.and(low, high));
    i0 = next(i0, P0); i1 = next(i1, P1); i2 = next(i2, P2); i3 = next(i3, P3);
    i4 = next(i4, P4); i5 = next(i5, P5); i6 = next(i6, P6); i7 = next(i7, P7);
  }
}

// @ts-ignore: decorator
@inline
function next(i: u32, period: u32): u32 {
  const j = i + 16;
  return select<u32>(j - period, j, j >= period);
}
