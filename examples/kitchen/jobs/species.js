// Who meets aircraft, and at what cost: this thread puts the parts of a file into a queue, twenty times over, the
// workers take them from there and count, all in one dict that they share.

import { ClosedError, Manager, Queue, tasks } from 'manyhands';
import { clocked } from '../clock.js';
import { html, table } from '../report/html.js';
import { extract, readStrikes, transform } from '../strikes/file.js';

const LINES_EACH = 250;
/** How often the file comes, as from as many airports: once is done in 15 ms. */
const COPIES = 20;
const SHOWN = 15;
/** Parts that may wait in the queue: who puts more has to wait. */
const WAITING = 8;
const NOTHING = { strikes: 0, cost: 0, dearest: 0 };

const plus = (a, b) => ({
  strikes: a.strikes + b.strikes,
  cost: a.cost + b.cost,
  dearest: Math.max(a.dearest, b.dearest),
});

/** The strikes of a part of the file, by species. */
function countPart({ part, line }, header) {
  const counts = new Map();
  for (const { species, cost } of transform(extract(part, line, header))) {
    counts.set(species, plus(counts.get(species) ?? NOTHING, { strikes: 1, cost, dearest: cost }));
  }
  return counts;
}

export const { consume } = tasks(import.meta.url, {
  /** Takes parts until the queue is closed and drained; says when it was at work on them. */
  consume(queue, dict, header) {
    const count = clocked(countPart);
    const stamps = [];
    for (const part of queue) {
      const { value, ...stamp } = count(part, header);
      // Atomic: no other worker changes this species between the look and the change.
      for (const [species, found] of value) dict.update(species, (sum) => plus(sum, found), NOTHING);
      stamps.push(stamp);
    }
    return stamps;
  },
});

/** @type {import('./index.js').Job} */
export const species = {
  name: 'species',
  title: 'Bird strikes by species, from a queue into a shared dict',

  async prepare({ data }) {
    const { header, parts } = await readStrikes(data, LINES_EACH);
    return { header, parts: Array.from({ length: COPIES }, () => parts).flat() };
  },

  async warm(pool) {
    const nothing = new Queue();
    nothing.close();
    await pool.broadcast(consume, [nothing, undefined, undefined]);
  },

  alone({ header, parts }, progress) {
    const counts = new Map();
    for (const [i, part] of parts.entries()) {
      for (const [name, found] of countPart(part, header)) {
        counts.set(name, plus(counts.get(name) ?? NOTHING, found));
      }
      progress({ done: i + 1, total: parts.length });
    }
    return counts;
  },

  async together({ header, parts }, { pool, progress, note }) {
    const manager = new Manager();
    try {
      const dict = manager.dict();
      const queue = new Queue(WAITING);
      const consumers = Array.from({ length: pool.processes }, () =>
        pool.apply(consume, [queue, dict, header]),
      );
      // If one of them fails nobody may be left to make room: then the queue is closed.
      const counting = Promise.all(consumers).finally(() => queue.close());
      const [stamps] = await Promise.all([counting, produce(queue, parts, progress)]);
      for (const stamp of stamps.flat()) note({ value: undefined, ...stamp });
      return dict.toMap();
    } finally {
      await manager.close();
    }
  },

  show(_input, { result }) {
    const dollars = (value) => `$${Math.round(value).toLocaleString('en')}`;
    const ranked = [...result].sort(([, a], [, b]) => b.strikes - a.strikes);
    const [first, { strikes }] = ranked[0];
    const line = `${COPIES} times the file: ${ranked.length} species, most often "${first}", ${strikes.toLocaleString('en')} times`;
    return {
      lines: [line],
      html: html`<p>${line}.</p>
${table(
  ['Wildlife, most frequent first', '#Strikes', '#Cost', '#Dearest strike'],
  ranked
    .slice(0, SHOWN)
    .map(([name, group]) => [
      name,
      group.strikes.toLocaleString('en'),
      dollars(group.cost),
      dollars(group.dearest),
    ]),
)}`,
    };
  },
};

/** Puts the parts into the queue, never more than it has room for. */
async function produce(queue, parts, progress) {
  try {
    for (const [i, part] of parts.entries()) {
      await queue.put(part); // waits for room
      progress({ done: i + 1, total: parts.length });
    }
    queue.close();
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error; // a consumer has failed, and says why
  }
}
