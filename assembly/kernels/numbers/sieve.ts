// Segmented sieve of Eratosthenes on the wheel of 30. A piece is one segment of `segment` bytes (30 numbers each);
// it depends on nothing but its place. Source: the segmented sieve (Bays and Hudson 1977), with primesieve's
// division of primes into those laid as patterns, those struck block by block, and those struck at once.

import { __mh_reset } from "rt/stub";
import { BLOCK_BYTES, BLOCK_PRIMES_BELOW, PATTERN_PRIMES_MAX } from "./sizes";
import { fillPatterns, layPatterns } from "./patterns";
import { strikeMultiples } from "./strike";
import { STEPS, fillWheelTables, RAISE, spoke, spokeOf, VALUES } from "./wheel";

/**
 * Fills the tables, and lists the primes above PATTERN_PRIMES_MAX up to `root` (at most 65535) in `primes`, their
 * number first. One piece.
 */
export function sieve_prepare(begin: i32, end: i32, tables: usize, primes: usize, root: u32): void {
  fillWheelTables(tables);
  fillPatterns(tables);
  __mh_reset();
  const composite = heap.alloc(root + 1);
  memory.fill(composite, 0, root + 1);
  let count: usize = 0;
  for (let n: u32 = 3; n <= root; n += 2) {
    if (load<u8>(composite + n) != 0) continue;
    if (n > <u32>PATTERN_PRIMES_MAX) store<u32>(primes + 4 + (count++ << 2), n);
    if (n < 256) for (let m = n * n; m <= root; m += n << 1) store<u8>(composite + m, 1);
  }
  store<u32>(primes, <u32>count);
  __mh_reset();
}

/**
 * Counts the primes of the segments begin … end − 1 that lie in low … high − 1 into `counts`, a u32 each. `primes`
 * holds the `primesLength` primes above PATTERN_PRIMES_MAX up to the root of high. If `bits` is not 0, the sieve's
 * bytes stay there.
 */
export function sieve_segments(
  begin: i32, end: i32, tables: usize, primes: usize, primesLength: u32, low: f64, high: f64, segment: u32,
  counts: usize, bits: usize,
): void {
  const first = <u64>low / 30;
  const last = (<u64>high + 29) / 30;
  let small: usize = 0;
  while (small < primesLength && load<u32>(primes + (small << 2)) < BLOCK_PRIMES_BELOW) small++;
  __mh_reset();
  const cursors = heap.alloc((small << 3) + 16);
  const own = bits == 0 ? heap.alloc(<usize>segment + 64) : 0;
  for (let piece = begin; piece < end; piece++) {
    const from = first + <u64>piece * segment;
    const length = <u32>min<u64>(segment, last - from);
    const bytes = bits == 0 ? own : bits + <usize>piece * segment;
    sieveBytes(tables, bytes, from, length, primes, primesLength, small, cursors);
    if (from == first) maskBelow(bytes, <u32>(<u64>low - from * 30));
    if (from + length == last) maskFrom(bytes + length - 1, <u32>(<u64>high - (last - 1) * 30));
    store<u32>(counts + (<usize>piece << 2), popcount(bytes, length));
  }
  __mh_reset();
}

/** The sieve's bytes from .. from + length. */
function sieveBytes(
  tables: usize, bytes: usize, from: u64, length: u32, primes: usize, primesLength: usize, small: usize, cursors: usize,
): void {
  layPatterns(tables, bytes, length, from);
  if (from < 3) restorePatternPrimes(bytes, from, length);
  // The primes whose squares lie before the end.
  const limit = (from + length) * 30;
  for (let i: usize = 0; i < small; i++) {
    store<u64>(cursors + (i << 3), firstMultiple(tables, load<u32>(primes + (i << 2)), from));
  }
  for (let block: u32 = 0; block < length; block += BLOCK_BYTES) {
    const at = bytes + block;
    const size = min<u32>(BLOCK_BYTES, length - block);
    const blockLimit = (from + block + size) * 30;
    for (let i: usize = 0; i < small; i++) {
      const p = load<u32>(primes + (i << 2));
      if (<u64>p * p >= blockLimit) break;
      const offset = load<u32>(cursors + (i << 3));
      const next = strikeMultiples(tables, at, at + size, p, offset, load<u32>(cursors + (i << 3), 4));
      store<u64>(cursors + (i << 3), next - size);
    }
    // A prime whose first multiple lies in a later block waits.
    for (let i = small; i-- > 0;) {
      const p = load<u32>(primes + (i << 2));
      if (<u64>p * p < blockLimit) break;
      store<u64>(cursors + (i << 3), load<u64>(cursors + (i << 3)) - size);
    }
  }
  let i = small;
  for (; i < primesLength; i++) {
    const p = load<u32>(primes + (i << 2));
    if (p > length || <u64>p * p >= limit) break;
    const start = firstMultiple(tables, p, from);
    if (<u32>start < length) strikeMultiples(tables, bytes, bytes + length, p, <u32>start, <u32>(start >> 32));
  }
  // Primes of which hardly more than one multiple lies in the segment: whether the first does is no branch, for half of
  // them would be mispredicted.
  const elsewhere = cursors + (small << 3);
  for (; i < primesLength; i++) {
    const p = load<u32>(primes + (i << 2));
    if (<u64>p * p >= limit) break;
    const start = firstMultipleOfLarge(tables, p, from);
    let w = <u32>(start >> 32);
    let at: usize = <u32>start;
    const q = p / 30;
    const steps = tables + STEPS + ((spokeOf(p - q * 30)) << 5);
    let step = load<u32>(steps + (w << 2));
    const isInside = at < length;
    const place = select<usize>(bytes + at, elsewhere, isInside);
    store<u8>(place, load<u8>(place) & <u8>step);
    at = select<usize>(at + q * ((step >> 8) & 0xff) + (step >> 16), length, isInside);
    while (at < length) {
      w = (w + 1) & 7;
      step = load<u32>(steps + (w << 2));
      store<u8>(bytes + at, load<u8>(bytes + at) & <u8>step);
      at += q * ((step >> 8) & 0xff) + (step >> 16);
    }
  }
}

/** Offset of the first multiple of p from p² and byte `from` on, and the spoke of its multiplier above it. */
// @ts-ignore: decorator
@inline
function firstMultiple(tables: usize, p: u32, from: u64): u64 {
  let m = max<u64>(p, (from * 30 + p - 1) / p);
  const turn = m / 30;
  const residue = <u32>(m - turn * 30);
  const raise = <u32>load<u8>(tables + RAISE + residue);
  m += raise;
  return min<u64>((m * p) / 30 - from, 0xffff0000) | ((<u64>spokeOf(residue + raise)) << 32);
}

/** The same by divisions of f64, which take a third of the time: quotients up to 2⁵³ / p that may be wrong by one. */
// @ts-ignore: decorator
@inline
function firstMultipleOfLarge(tables: usize, p: u32, from: u64): u64 {
  const base = <i64>(from * 30);
  let m = <i64>(<f64>base / <f64>p);
  const rest = base - m * <i64>p;
  // Up to the next whole one.
  m += <i64>(rest > 0) - <i64>(rest <= -<i64>p);
  m = max<i64>(p, m);
  let turn = <i64>(<f64>m * (1 / 30.0));
  let residue = <i32>(m - turn * 30);
  residue += residue < 0 ? 30 : residue >= 30 ? -30 : 0;
  const raise = <i32>load<u8>(tables + RAISE + residue);
  const beyond = (m + raise) * <i64>p - base;
  const offset = beyond >= 0xffff0000 ? 0xffff0000 : <u32>beyond / 30;
  return <u64>offset | (<u64>spokeOf(residue + raise) << 32);
}

/** 7 … 71 are multiples of themselves, and 1 is not a prime. */
function restorePatternPrimes(bytes: usize, from: u64, length: u32): void {
  for (let b = from; b < min<u64>(3, from + length); b++) {
    let byte: u32 = load<u8>(bytes + <usize>(b - from));
    for (let i: u32 = 0; i < 8; i++) {
      const n = <u32>b * 30 + spoke(i);
      if (n > <u32>PATTERN_PRIMES_MAX) break;
      byte = n == 1 || n == 49 ? byte & ~(1 << i) : byte | (1 << i);
    }
    store<u8>(bytes + <usize>(b - from), <u8>byte);
  }
}

/** Clears the bits of the byte's numbers below `low`, 0 … 29. */
function maskBelow(at: usize, low: u32): void {
  let byte: u32 = load<u8>(at);
  for (let i: u32 = 0; i < 8; i++) if (spoke(i) < low) byte &= ~(1 << i);
  store<u8>(at, <u8>byte);
}

/** Clears the bits of the byte's numbers from `high` on, 1 … 30. */
function maskFrom(at: usize, high: u32): void {
  let byte: u32 = load<u8>(at);
  for (let i: u32 = 0; i < 8; i++) if (spoke(i) >= high) byte &= ~(1 << i);
  store<u8>(at, <u8>byte);
}

/** Bits set in `length` bytes. */
function popcount(at: usize, length: u32): u32 {
  let total = i64x2.splat(0);
  const end = at + length;
  while (at + 16 <= end) {
    // A lane of eight bits holds 31 times 8.
    let bytes = i8x16.splat(0);
    const stop = min<usize>(end - 15, at + 31 * 16);
    for (; at < stop; at += 16) bytes = i8x16.add(bytes, i8x16.popcnt(v128.load(at)));
    const words = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_u(words), i64x2.extend_high_i32x4_u(words)));
  }
  let rest: u32 = 0;
  for (; at < end; at++) rest += popcnt<u32>(load<u8>(at));
  return <u32>(i64x2.extract_lane(total, 0) + i64x2.extract_lane(total, 1)) + rest;
}

/** Writes the primes of the segments' bits to `to` as u32, from the places that `starts` (u32 each) tells. */
export function sieve_list_u32(
  begin: i32, end: i32, tables: usize, bits: usize, low: f64, high: f64, segment: u32, starts: usize, to: usize,
): void {
  listPrimes<u32>(begin, end, tables, bits, low, high, segment, starts, to);
}

/** {@link sieve_list_u32} as f64. */
export function sieve_list_f64(
  begin: i32, end: i32, tables: usize, bits: usize, low: f64, high: f64, segment: u32, starts: usize, to: usize,
): void {
  listPrimes<f64>(begin, end, tables, bits, low, high, segment, starts, to);
}

function listPrimes<T>(
  begin: i32, end: i32, tables: usize, bits: usize, low: f64, high: f64, segment: u32, starts: usize, to: usize,
): void {
  const first = <u64>low / 30;
  const last = (<u64>high + 29) / 30;
  for (let piece = begin; piece < end; piece++) {
    const from = first + <u64>piece * segment;
    const length = <u32>min<u64>(segment, last - from);
    const bytes = bits + <usize>piece * segment;
    let at = to + load<u32>(starts + (<usize>piece << 2)) * sizeof<T>();
    for (let i: u32 = 0; i < length; i += 8) {
      let word: u64 = load<u64>(bytes + i);
      if (i + 8 > length) word &= (<u64>1 << (<u64>(length - i) << 3)) - 1;
      const base = (from + i) * 30;
      while (word != 0) {
        store<T>(at, <T>(base + load<u8>(tables + VALUES + <usize>ctz(word))));
        at += sizeof<T>();
        word &= word - 1;
      }
    }
  }
}
