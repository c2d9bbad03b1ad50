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
  if (!isCut && mantissa < EXACT_BELOW && exponent >= -22 && exponent <= 22) {
    const value = <f64>mantissa;
    const scale = smallPower(abs(exponent));
    return sign | reinterpret<u64>(exponent < 0 ? value / scale : value * scale);
  }
  const bits = scaled(mantissa, exponent, powers);
  if (isCut && scaled(mantissa + 1, exponent, powers) != bits) return NUMBER_UNSURE;
  return sign | bits;
}

/** Nothing that parsePlain reads. */
export const NUMBER_OTHER: u64 = 0xfffffffffffffffe;
/** Bytes that parsePlain may look at. */
export const PLAIN_ROOM: usize = 48;
/** Most digits that a u64 holds whatever they are. */
const DIGITS_MAX: i32 = 19;
const EXACT_BELOW: u64 = 0x20000000000000;

/** Where the number that parsePlain has read ends. */
export let plainEnd: usize = 0;

/**
 * The bits of the number at `at` if it is of the plain kind that fills most tables, [-]digits[.digits] with at most 19
 * digits in all, and `delimiter` or a line's end follows; else NUMBER_OTHER. Looks at PLAIN_ROOM bytes. Digits behind
 * the point are read eight at a time (Lemire 2021).
 */
export function parsePlain(at: usize, delimiter: u32, powers: usize): u64 {
  let sign: u64 = 0;
  if (load<u8>(at) == 45) {
    sign = 0x8000000000000000;
    at++;
  }
  let mantissa: u64 = 0;
  let digits = 0;
  let byte = <u32>load<u8>(at);
  while (isDigit(byte) && digits < DIGITS_MAX) {
    mantissa = mantissa * 10 + <u64>(byte - 48);
    digits++;
    byte = load<u8>(++at);
  }
  let exponent = 0;
  if (byte == 46) {
    at++;
    let found: i32;
    do {
      const eight = load<u64>(at) ^ 0x3030303030303030;
      const others = (((eight & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | eight) & 0x8080808080808080;
      found = <i32>(ctz(others) >> 3); // 8 where all are digits
      if (found == 0) break;
      mantissa = mantissa * <u64>smallPower(found) + eightDigits(eight << (64 - 8 * found));
      exponent -= found;
      at += found;
    } while (found == 8 && digits - exponent <= DIGITS_MAX);
    digits -= exponent;
    byte = load<u8>(at);
  }
  if (digits == 0 || digits > DIGITS_MAX) return NUMBER_OTHER;
  if (byte != delimiter && byte != 10 && !(byte == 13 && load<u8>(at, 1) == 10)) return NUMBER_OTHER;
  plainEnd = at;
  if (mantissa < EXACT_BELOW) return sign | reinterpret<u64>(<f64>mantissa / smallPower(-exponent));
  return sign | scaled(mantissa, exponent, powers);
}

/** Eight bytes of 0 … 9, the first digit in the lowest byte, as a number. */
// @ts-ignore: decorator
@inline
function eightDigits(bytes: u64): u64 {
  const pairs = ((bytes * 2561) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (fours * 42949672960001) >> 32;
}

function isInfinity(at: usize, end: usize): bool {
  // "Infinity", little-endian.
  return end - at == 8 && load<u64>(at) == 0x7974696e69666e49;
}

/** 10^n for n ≤ 22, all exact. */
const POWERS_OF_TEN = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);

// @ts-ignore: decorator
@inline
function smallPower(n: i32): f64 {
  return load<f64>(POWERS_OF_TEN + (<usize>n << 3));
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
