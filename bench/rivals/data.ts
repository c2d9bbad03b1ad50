/** The numbers that the array benches work on: the C++ rivals make the same ones (serve.hpp). */

/** Fills with numbers in [0, 1) that depend on the index alone. */
export function fillElements(a: Float64Array): void {
  for (let i = 0; i < a.length; i++) {
    let x = Math.imul(i, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    const high = (x ^ (x >>> 16)) >>> 0;
    x = Math.imul(high + 0x6d2b79f5, 0x2c1b3c6d);
    x ^= x >>> 15;
    a[i] = (high * 2 ** 21 + (x >>> 11)) * 2 ** -53;
  }
}

/** A weighted sum of a thousand of the elements: wrong order or a wrong element shows. */
export function checksum(a: Float64Array): number {
  const step = Math.floor(a.length / 1000);
  let total = 0;
  for (let k = 0; k < 1000; k++) total += a[k * step] * ((k % 7) + 1);
  return total;
}

export function elements(n: number): Float64Array {
  const a = new Float64Array(n);
  fillElements(a);
  return a;
}

/** Σ a[i]·(i mod 7 + 1): for bytes and counts. */
export function weigh(a: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * ((i % 7) + 1);
  return total;
}
