// The table of Eisel and Lemire's algorithm: powers of five (10^q = 5^q·2^q), 128 bits of each; those of negative
// exponents as reciprocals, rounded up.

import { POWERS_FIRST, POWERS_LAST } from '../../assembly/kernels/text/sizes';

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
      const reciprocal = (1n << BigInt(bits + 2 * 128)) / power + 1n;
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
