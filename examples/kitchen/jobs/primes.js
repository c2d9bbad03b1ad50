// Prime counting, one worker against all: the stretches of a long range, each sieved by the kernel countPrimes.

import { tasks } from 'manyhands';
import { countPrimes, countPrimesSync } from 'manyhands/kernels';
import { clocked, now } from '../clock.js';
import { here } from '../here.js';
import { html } from '../report/html.js';

const LIMIT = 10_000_000_000;
const STRETCHES = 100;
/** π(10¹⁰), as Meissel found it; oeis.org/A006880. */
const PUBLISHED = 455_052_511;
/** Where the kernel is held against a plain sieve: the start, and the end of the range. */
const SAMPLES = [
  [0, 50_000_000],
  [LIMIT - 10_000_000, LIMIT],
];

export const { countStretch } = tasks(import.meta.url, {
  countStretch: clocked((lo, hi) => countPrimesSync(lo, hi, { pool: here })),
});

/** Counts the primes of [lo, hi) with a sieve of Eratosthenes in plain JavaScript, one byte for each number. */
export function plainCount(lo, hi) {
  const root = Math.floor(Math.sqrt(hi));
  const small = new Uint8Array(root + 1);
  const composite = new Uint8Array(hi - lo);
  for (let n = lo; n < Math.min(2, hi); n++) composite[n - lo] = 1;
  for (let p = 2; p <= root; p++) {
    if (small[p]) continue;
    for (let n = p * p; n <= root; n += p) small[n] = 1;
    for (let n = Math.max(p * p, Math.ceil(lo / p) * p) - lo; n < composite.length; n += p) composite[n] = 1;
  }
  let count = 0;
  for (let i = 0; i < composite.length; i++) count += 1 - composite[i];
  return count;
}

/** @type {import('./index.js').Job} */
export const primes = {
  name: 'primes',
  title: `Primes below ${LIMIT.toLocaleString('en')}, one worker against all`,

  async prepare() {
    const step = LIMIT / STRETCHES;
    return Array.from({ length: STRETCHES }, (_, i) => [i * step, (i + 1) * step]);
  },

  warm: (pool) => pool.broadcast(countStretch, [0, 1000]),

  alone(stretches, progress) {
    const counts = stretches.map(([lo, hi], i) => {
      const count = countPrimesSync(lo, hi, { pool: here });
      progress({ done: i + 1, total: STRETCHES });
      return count;
    });
    return { count: counts.reduce((sum, count) => sum + count, 0) };
  },

  async together(stretches, { pool, progress, note }) {
    const counts = await pool.starmap(countStretch, stretches, { progress });
    return { count: counts.reduce((sum, stamped) => sum + note(stamped), 0) };
  },

  /** The kernel shares the range among the workers by itself; and a plain sieve, for some of the range. */
  async beside(_stretches, pool) {
    const start = now();
    const count = await countPrimes(0, LIMIT, { pool });
    const middle = now();
    const same = SAMPLES.every(([lo, hi]) => plainCount(lo, hi) === countPrimesSync(lo, hi));
    const plainMs = now() - middle;
    return [
      { label: 'countPrimes(0, 1e10, { pool }), one call', ms: middle - start, same: count === PUBLISHED },
      { label: 'plain JavaScript, the 6e7 numbers at both ends', ms: plainMs, same },
    ];
  },

  show(_stretches, { result }) {
    const verdict = result.count === PUBLISHED ? 'as published' : `but ${PUBLISHED} is published`;
    const line = `${result.count.toLocaleString('en')} primes, ${verdict}`;
    return { lines: [line], html: html`<p>${line}.</p>` };
  },
};
