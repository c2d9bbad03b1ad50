// A shared array of 10 million numbers, doubled in place ten times over by tasks on its parts. No number travels:
// a part arrives in the worker as the same memory.

import { sharedArray, tasks } from 'manyhands';
import { scale, scaleSync } from 'manyhands/kernels';
import { clocked, now } from '../clock.js';
import { here } from '../here.js';
import { html } from '../report/html.js';

const LENGTH = 10_000_000;
const PARTS = 20;
const ROUNDS = 10;

export const { double } = tasks(import.meta.url, {
  double: clocked((part) => {
    scaleSync(part, 2, { out: part, pool: here });
  }),
});

function fill(numbers) {
  for (let i = 0; i < numbers.length; i++) numbers[i] = i + 0.25;
}

/** Whether two arrays hold the same numbers. */
function equal(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @type {import('./index.js').Job} */
export const array = {
  name: 'array',
  title: `A shared array of ${LENGTH.toLocaleString('en')} numbers, doubled in place ${ROUNDS} times`,

  async prepare() {
    const shared = sharedArray(Float64Array, LENGTH);
    const step = LENGTH / PARTS;
    const parts = Array.from({ length: PARTS }, (_, i) => shared.subarray(i * step, (i + 1) * step));
    return { shared, parts, plain: new Float64Array(LENGTH) };
  },

  warm: (pool) => pool.broadcast(double, [new Float64Array(1)]),

  before({ shared, plain }, alone) {
    fill(alone ? plain : shared);
  },

  alone({ plain }, progress) {
    for (let round = 1; round <= ROUNDS; round++) {
      for (let i = 0; i < plain.length; i++) plain[i] *= 2;
      progress({ done: round, total: ROUNDS });
    }
    return plain;
  },

  async together({ shared, parts }, { pool, progress, note }) {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const stamped of await pool.map(double, parts)) note(stamped);
      progress({ done: round, total: ROUNDS });
    }
    return shared;
  },

  same: equal,

  /** The same with the kernel, which shares the array among the workers by itself. */
  async beside({ shared, plain }, pool) {
    fill(shared);
    await scale(shared, 1, { out: shared, pool });
    const start = now();
    for (let round = 1; round <= ROUNDS; round++) await scale(shared, 2, { out: shared, pool });
    const ms = now() - start;
    return [{ label: 'scale(array, 2, { out: array, pool })', ms, same: equal(shared, plain) }];
  },

  show({ shared }, { ms }) {
    const gigabytes = (2 * ROUNDS * shared.byteLength) / ms / 1e6;
    const line = `${LENGTH.toLocaleString('en')} numbers checked one by one; ${gigabytes.toFixed(1)} GB/s read and written`;
    return { lines: [line], html: html`<p>${line}.</p>` };
  },
};
