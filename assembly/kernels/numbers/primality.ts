// isPrime: division by the primes up to 37, then Miller's test with as many of them as bases as the size of n asks
// for, which proves the answer below 2⁶⁴ (Jaeschke 1993; Sorenson and Webster 2015: OEIS A014233). Products modulo
// n by Montgomery's method (1985).

import { PRIMALITY_BLOCK } from "./sizes";

const BASES: u64 = 12;

/** The first primes, a byte each. */
// @ts-ignore: decorator
@inline
function base(i: u64): u64 {
  return i < 8 ? (0x13110d0b07050302 >> (i << 3)) & 0xff : (0x251f1d17 >> ((i - 8) << 3)) & 0xff;
}

/** How many bases decide for n. */
// @ts-ignore: decorator
@inline
function basesFor(n: u64): u64 {
  if (n < 3215031751) return 4;
  if (n < 3474749660383) return 6;
  if (n < 341550071728321) return 7;
  return n < 3825123056546413051 ? 9 : BASES;
}

/** The high 64 bits of x·y. */
// @ts-ignore: decorator
@inline
function mulHigh(x: u64, y: u64): u64 {
  const x0 = x & 0xffffffff, x1 = x >> 32, y0 = y & 0xffffffff, y1 = y >> 32;
  const middle = x1 * y0 + ((x0 * y0) >> 32);
  const other = x0 * y1 + (middle & 0xffffffff);
  return x1 * y1 + (middle >> 32) + (other >> 32);
}

/** x·y / 2⁶⁴ modulo n, for x, y < n odd; `inverse` is that of n modulo 2⁶⁴. */
// @ts-ignore: decorator
@inline
function mulMod(x: u64, y: u64, n: u64, inverse: u64): u64 {
  const high = mulHigh(x, y);
  const less = mulHigh(x * y * inverse, n);
  return high - less + (high < less ? n : 0);
}

// @ts-ignore: decorator
@inline
function addMod(x: u64, y: u64, n: u64): u64 {
  return x >= n - y ? x - (n - y) : x + y;
}

/** Whether n is a prime. */
export function isPrimeNumber(n: u64): bool {
  for (let i: u64 = 0; i < BASES; i++) {
    const p = base(i);
    if (n % p == 0) return n == p;
  }
  if (n < 1369) return n > 1;
  // Newton: each step doubles the right bits.
  let inverse = n;
  for (let i = 0; i < 5; i++) inverse *= 2 - n * inverse;
  const one = (0 - n) % n;
  const minusOne = n - one;
  const twos = ctz(n - 1);
  const odd = (n - 1) >> twos;
  let witness: u64 = 0;
  let value: u64 = 0;
  for (let i: u64 = 0, count = basesFor(n); i < count; i++) {
    // The base in Montgomery's form, from the one before.
    for (; value < base(i); value++) witness = addMod(witness, one, n);
    let power = one;
    for (let bit = 63 - clz(odd); ; bit--) {
      power = mulMod(power, power, n, inverse);
      if ((odd >> bit) & 1) power = mulMod(power, witness, n, inverse);
      if (bit == 0) break;
    }
    if (power == one || power == minusOne) continue;
    let square = twos - 1;
    for (; square > 0; square--) {
      power = mulMod(power, power, n, inverse);
      if (power == minusOne) break;
    }
    if (square == 0) return false;
  }
  return true;
}

/** Writes 1 or 0 for each number. Negative numbers, fractions, NaN and what is above 2⁶⁴ are no primes. */
function test<T>(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  const last = min<u32>(<u32>end * PRIMALITY_BLOCK, length);
  for (let i = <u32>begin * PRIMALITY_BLOCK; i < last; i++) {
    const x = load<T>(from + <usize>i * sizeof<T>());
    let prime = false;
    if (isFloat<T>()) {
      // Above 2⁵³ every number of the type is even.
      if (x >= 2 && x < 9007199254740992 && floor<T>(x) == x) prime = isPrimeNumber(<u64>x);
    } else if (x > 1) prime = isPrimeNumber(<u64>x);
    store<u8>(to + i, <u8>prime);
  }
}

export function is_prime_i8(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<i8>(begin, end, from, length, to);
}
export function is_prime_u8(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<u8>(begin, end, from, length, to);
}
export function is_prime_i16(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<i16>(begin, end, from, length, to);
}
export function is_prime_u16(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<u16>(begin, end, from, length, to);
}
export function is_prime_i32(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<i32>(begin, end, from, length, to);
}
export function is_prime_u32(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<u32>(begin, end, from, length, to);
}
export function is_prime_f32(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<f32>(begin, end, from, length, to);
}
export function is_prime_f64(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<f64>(begin, end, from, length, to);
}
export function is_prime_i64(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<i64>(begin, end, from, length, to);
}
export function is_prime_u64(begin: i32, end: i32, from: usize, length: u32, to: usize): void {
  test<u64>(begin, end, from, length, to);
}
