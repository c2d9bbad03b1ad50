// The table of Eisel and Lemire's algorithm: powers of five (10^q = 5^q·2^q), 128 bits of each; those of negative
// exponents as reciprocals. Rounded up are the ones with which a product can be exactly halfway between two numbers:
// rounded down, it would seem to lie below (Lemire 2021, section 5).

import { POWERS_FIRST, POWERS_LAST } from '../../assembly/kernels/text/sizes';

/** 5^27 is the greatest power of five below 2⁶⁴. */
const EXACT_TO = 27;

let table: BigUint64Array | undefined;

/** Two words for each exponent from POWERS_FIRST on, the low one first. */
export function powersOfFive(): BigUint64Array {
  if (table !== undefined) return table;
  table = new BigUint64Array(2 * (POWERS_LAST - POWERS_FIRST + 1));
  let power = 1n;
  for (let q = 0; q <= Math.max(POWERS_LAST, -POWERS_FIRST); q++, power *= 5n) {
    const bits = bitLength(power);
    if (q <= POWERS_LAST)
      put(table, q, bits > 128 ? power >> BigInt(bits - 128) : power << BigInt(128 - bits));
    if (q > 0 && q <= -POWERS_FIRST) {
      const isExact = q <= EXACT_TO;
      const reciprocal = (1n << BigInt(isExact ? bits + 127 : bits + 256)) / power + 1n;
      put(table, -q, reciprocal >> BigInt(bitLength(reciprocal) - 128));
    }
  }
  return table;
}

function put(into: BigUint64Array, exponent: number, value: bigint): void {
  const at = 2 * (exponent - POWERS_FIRST);
  into[at] = value & 0xffffffffffffffffn;
  into[at + 1] = value >> 64n;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
