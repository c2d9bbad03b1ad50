// Decimal to binary, correctly rounded: Clinger's fast path (1990), then Eisel and Lemire's algorithm (Lemire 2021,
// "Number parsing at a gigabyte per second") with the table of 128-bit powers of five that the host makes.

import { POWERS_FIRST, POWERS_LAST } from "./sizes";

/** A value as its bits, and the two that no finite number has. */
export const NUMBER_NAN: u64 = 0x7ff8000000000000;
const INFINITY: u64 = 0x7ff0000000000000;
/** The digits beyond the nineteenth matter: the host has to read it. */
export const NUMBER_UNSURE: u64 = 0xffffffffffffffff;

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - 48 < 10;
}

/** The bits of the number that the bytes at `at` … `end` − 1 are, whole; NUMBER_NAN if they are none. */
export function parseNumber(at: usize, end: usize, powers: usize): u64 {
  let sign: u64 = 0;
  if (at < end) {
    const first = load<u8>(at);
    if (first == 45) sign = 0x8000000000000000;
    if (first == 45 || first == 43) at++;
  }
  if (at >= end) return NUMBER_NAN;
  if (load<u8>(at) == 73) return isInfinity(at, end) ? sign | INFINITY : NUMBER_NAN;
  let mantissa: u64 = 0;
  let exponent = 0;
  // Significant digits taken, and whether one that was left out is not 0.
  let taken = 0;
  let isCut = false;
  let digits = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (isDigit(byte)) {
      digits++;
      if (taken < 19) {
        mantissa = mantissa * 10 + <u64>(byte - 48);
        if (mantissa != 0) taken++;
        if (isFraction) exponent--;
      } else {
        isCut = isCut || byte != 48;
        if (!isFraction) exponent++;
      }
    } else if (byte == 46 && !isFraction) {
      isFraction = true;
      if (digits == 0 && !(at + 1 < end && isDigit(load<u8>(at + 1)))) return NUMBER_NAN;
    } else break;
  }
  if (digits == 0) return NUMBER_NAN;
  if (at < end) {
    if ((load<u8>(at) | 32) != 101) return NUMBER_NAN;
    at++;
    let isNegative = false;
    if (at < end && (load<u8>(at) == 45 || load<u8>(at) == 43)) isNegative = load<u8>(at++) == 45;
    if (at >= end) return NUMBER_NAN;
    let power = 0;
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (!isDigit(byte)) return NUMBER_NAN;
      if (power < 100000000) power = power * 10 + <i32>(byte - 48);
    }
    exponent += isNegative ? -power : power;
  }
  if (!isCut && mantissa < 0x20000000000000 && exponent >= -22 && exponent <= 22) {
    const value = <f64>mantissa;
    const scale = smallPower(abs(exponent));
    return sign | reinterpret<u64>(exponent < 0 ? value / scale : value * scale);
  }
  const bits = scaled(mantissa, exponent, powers);
  if (isCut && scaled(mantissa + 1, exponent, powers) != bits) return NUMBER_UNSURE;
  return sign | bits;
}

function isInfinity(at: usize, end: usize): bool {
  // "Infinity", little-endian.
  return end - at == 8 && load<u64>(at) == 0x7974696e69666e49;
}

/** 10^n for n ≤ 22, exact: each step is. */
// @ts-ignore: decorator
@inline
function smallPower(n: i32): f64 {
  let power: f64 = 1;
  let base: f64 = 10;
  for (; n != 0; n >>= 1) {
    if (n & 1) power *= base;
    base *= base;
  }
  return power;
}

/** The bits of mantissa·10^exponent. */
function scaled(mantissa: u64, exponent: i32, powers: usize): u64 {
  if (mantissa == 0 || exponent < POWERS_FIRST) return 0;
  if (exponent > POWERS_LAST) return INFINITY;
  const zeros = <i32>clz(mantissa);
  const w = mantissa << zeros;
  const power = powers + (<usize>(exponent - POWERS_FIRST) << 4);
  const factor = load<u64>(power, 8);
  let low = w * factor;
  let high = multiplyHigh(w, factor);
  if ((high & 0x1ff) == 0x1ff) {
    const more = multiplyHigh(w, load<u64>(power));
    low += more;
    if (more > low) high++;
  }
  const upper = <i32>(high >> 63);
  let bits = high >> (upper + 9);
  // ⌊exponent·log₂ 10⌋ + 63, biased.
  let binary = ((217706 * exponent) >> 16) + 63 + upper - zeros + 1023;
  if (binary <= 0) {
    if (1 - binary >= 64) return 0;
    bits >>= 1 - binary;
    bits += bits & 1;
    bits >>= 1;
    return bits;
  }
  // Halfway between two numbers: to the even one.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << (upper + 9) == high) bits &= ~1;
  bits += bits & 1;
  bits >>= 1;
  if (bits >= 0x20000000000000) {
    bits = 0x10000000000000;
    binary++;
  }
  if (binary >= 2047) return INFINITY;
  return (bits & 0xfffffffffffff) | (<u64>binary << 52);
}

/** The high word of the product. */
// @ts-ignore: decorator
@inline
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff, aHigh = a >> 32;
  const bLow = b & 0xffffffff, bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}
