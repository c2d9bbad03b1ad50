// Tables of roots of unity and how lengths are divided, for the transforms.

import { FFT_BATCH, FFT_PRIME_MAX } from '../../assembly/kernels/signals/sizes';

/** e^(−2πie/n) for each e that `exponents` gives, real part first; each correct to an ulp or two. */
function roots(n: number, exponents: ArrayLike<number>): Float64Array {
  const table = new Float64Array(2 * exponents.length);
  for (let i = 0; i < exponents.length; i++) {
    const e = exponents[i];
    // The angle as a number of quarter turns and the rest, −⅛ … ⅛ of a turn, which is exact.
    const quarters = Math.round((4 * e) / n);
    const rest = ((4 * e - quarters * n) / n) * (Math.PI / 2);
    const cosine = Math.cos(rest);
    const sine = Math.sin(rest);
    const turn = quarters & 3;
    table[2 * i] = turn === 0 ? cosine : turn === 1 ? -sine : turn === 2 ? -cosine : sine;
    table[2 * i + 1] = turn === 0 ? -sine : turn === 1 ? -cosine : turn === 2 ? sine : cosine;
  }
  return table;
}

/** Bytes of tables that are kept for further calls. */
const KEPT_BYTES = 32 << 20;
/** Larger ones are not kept. */
export const TABLE_BYTES = KEPT_BYTES / 2;
const kept = new Map<string, Float64Array>();
let keptBytes = 0;

/** The table of that name, made if it is not kept. */
export function remember(key: string, make: () => Float64Array): Float64Array {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const table = make();
  if (table.byteLength > TABLE_BYTES) return table;
  for (const [old, { byteLength }] of kept) {
    if (keptBytes + table.byteLength <= KEPT_BYTES) break;
    kept.delete(old);
    keptBytes -= byteLength;
  }
  kept.set(key, table);
  keptBytes += table.byteLength;
  return table;
}

const upTo = (length: number, exponent: (i: number) => number = (i) => i) =>
  Float64Array.from({ length }, (_, i) => exponent(i));

/** All n roots. */
export function rootsOf(n: number): Float64Array {
  return remember(`roots ${n}`, () => roots(n, upTo(n)));
}

/** All n roots, and after them, as 32-bit integers, the number of factors and the factors. */
export function wholeTableOf(n: number, factors: readonly number[]): Float64Array {
  return remember(`whole ${n}`, () => {
    const table = new Float64Array(2 * n + (factors.length >> 1) + 1);
    table.set(rootsOf(n));
    new Int32Array(table.buffer, 16 * n).set([factors.length, ...factors]);
    return table;
  });
}

/** The roots 0, 2ᵇⁱᵗˢ, 2·2ᵇⁱᵗˢ … below n. */
export function coarseRootsOf(n: number, bits: number): Float64Array {
  return remember(`coarse ${n}`, () =>
    roots(
      n,
      upTo(Math.ceil(n / 2 ** bits), (i) => i * 2 ** bits),
    ),
  );
}

/** The roots below 2ᵇⁱᵗˢ. */
export function fineRootsOf(n: number, bits: number): Float64Array {
  return remember(`fine ${n}`, () => roots(n, upTo(2 ** bits)));
}

/** For each k1 < n1 the real parts of the roots k1·(0 … FFT_BATCH − 1), then the imaginary parts. */
export function nearRootsOf(n: number, n1: number): Float64Array {
  return remember(`near ${n}`, () => {
    const pairs = roots(
      n,
      upTo(n1 * FFT_BATCH, (i) => Math.floor(i / FFT_BATCH) * (i % FFT_BATCH)),
    );
    const table = new Float64Array(pairs.length);
    for (let i = 0; i < pairs.length; i++) {
      const row = Math.floor(i / (2 * FFT_BATCH));
      const place = (i >> 1) % FFT_BATCH;
      table[row * 2 * FFT_BATCH + (i & 1) * FFT_BATCH + place] = pairs[i];
    }
    return table;
  });
}

/** e^(−πik²/n) for k < n. */
export function chirpOf(n: number): Float64Array {
  return remember(`chirp ${n}`, () => {
    let square = 0;
    return roots(
      2 * n,
      upTo(n, (k) => {
        const now = square;
        square = (square + 2 * k + 1) % (2 * n);
        return now;
      }),
    );
  });
}

/** The radices of the passes of a transform of length n, or undefined if a prime is too large. */
export function factorsOf(n: number): number[] | undefined {
  const factors: number[] = [];
  for (const radix of [4, 2, 3, 5, 7, 11, 13]) {
    if (radix > FFT_PRIME_MAX) break;
    for (; n % radix === 0; n /= radix) factors.push(radix);
  }
  return n === 1 ? factors : undefined;
}

/** The least length of few small factors that is not below `least`. */
export function goodLength(least: number): number {
  let best = Infinity;
  for (const odd of [1, 3, 5, 9, 15]) {
    best = Math.min(best, odd * 2 ** Math.max(0, Math.ceil(Math.log2(least / odd))));
  }
  return best;
}
