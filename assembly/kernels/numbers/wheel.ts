// The wheel modulo 30: of 30 numbers only the 8 that neither 2, 3 nor 5 divides can be primes above 5.
// Source: Pritchard's wheel sieve; the idea of one byte for 30 numbers is primesieve's (Kim Walisch).
//
// Multiples of a prime p = 30 q + r are visited as p·m, m = 30 k + w, w running through the wheel. From one w
// to the next, the byte moves on by q·(gap of w) + (a carry that depends on r and w alone), and the bit depends
// on r and w alone: 64 entries, which `sieve_prepare` computes.

/** Index on the wheel of a number that is on it: 1, 7, 11, … → 0, 1, 2, … */
// @ts-ignore: decorator
@inline
export function spokeOf(residue: u32): u32 { return (residue * 8) / 30; }

/** The wheel's numbers: 1, 7, 11, 13, 17, 19, 23, 29, and 31 after them, a byte each. */
// @ts-ignore: decorator
@inline
export function spoke(index: u32): u32 {
  return index == 8 ? 31 : <u32>((0x1d1713110d0b0701 >> (<u64>index << 3)) & 0xff);
}

// The tables, from their address on:
//   STEPS   64 × u32: for (spoke of the prime, spoke of the multiplier): mask · gap << 8 · carry << 16
//   RAISE   32 × u8: for n mod 30: how far it is to the next number on the wheel
//   VALUES  64 × u8: for bit i of 64: the number it stands for, 0 … 239
//   PATTERNS: see patterns.ts
export const STEPS: usize = 0;
export const RAISE: usize = 256;
export const VALUES: usize = 288;
export const PATTERNS: usize = 384;

export function fillWheelTables(tables: usize): void {
  for (let r: u32 = 0; r < 8; r++) {
    for (let w: u32 = 0; w < 8; w++) {
      const here = spoke(r) * spoke(w);
      const gap = spoke(w + 1) - spoke(w);
      const carry = (spoke(r) * spoke(w + 1)) / 30 - here / 30;
      const mask = ~(1 << spokeOf(here % 30)) & 0xff;
      store<u32>(tables + STEPS + ((r << 5) | (w << 2)), mask | (gap << 8) | (carry << 16));
    }
  }
  for (let n: u32 = 0, w: u32 = 0; n < 30; n++) {
    if (n > spoke(w)) w++;
    store<u8>(tables + RAISE + n, <u8>(spoke(w) - n));
  }
  for (let bit: u32 = 0; bit < 64; bit++) {
    store<u8>(tables + VALUES + bit, <u8>((bit >> 3) * 30 + spoke(bit & 7)));
  }
}
