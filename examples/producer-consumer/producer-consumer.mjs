// Producers and consumers over one queue: some workers read bird strikes from a file, others parse and count them.
// The queue holds a few lines at most, so whoever reads too fast waits (back-pressure), and memory stays small however
// long the file is. The end: a closed queue. One file, to copy:
//
//   node producer-consumer.mjs [--file birdstrikes.csv] [--producers 2] [--consumers 2] [--maxsize 16]

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { Full, isMain, Pool, Queue, sharedArray, tasks } from 'manyhands';

const FILE = new URL('../data/birdstrikes.csv', import.meta.url);
const SPECIES = 8;
const COST = 12;
const LINE_FEED = 10;

/** The fields of a line; a field in quotes may have commas in it. */
function fieldsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
}

/** Counts a strike and its cost under its species. */
function count(tally, line) {
  const fields = fieldsOf(line);
  const cost = Number(fields[COST].replaceAll(',', ''));
  const group = tally.get(fields[SPECIES]) ?? { strikes: 0, cost: 0 };
  tally.set(fields[SPECIES], { strikes: group.strikes + 1, cost: group.cost + cost });
}

// Decoders refuse shared memory in some runtimes, hence the slice.
const linesOf = (bytes) => new TextDecoder().decode(bytes.slice()).trimEnd().split(/\r?\n/);

export const { produce, consume } = tasks(import.meta.url, {
  /** Puts the lines of a part of the file into the queue. */
  produce(queue, part) {
    let waits = 0;
    const lines = linesOf(part);
    for (const line of lines) {
      // `queue.putSync(line)` would do. This counts how often there is no room.
      try {
        queue.tryPut(line);
      } catch (error) {
        if (!(error instanceof Full)) throw error;
        waits++;
        queue.putSync(line);
      }
    }
    return { lines: lines.length, waits };
  },

  /** Takes lines until the queue is closed and drained. */
  consume(queue) {
    const tally = new Map();
    let lines = 0;
    for (const line of queue) {
      count(tally, line);
      lines++;
    }
    return { tally, lines };
  },
});

/** Cuts the bytes behind the first line into parts of about one size that end where a line ends. */
function cutAtLines(bytes, parts) {
  const cuts = [bytes.indexOf(LINE_FEED) + 1];
  for (let i = 1; i < parts; i++) {
    const at = bytes.indexOf(LINE_FEED, Math.floor((i * bytes.length) / parts)) + 1;
    cuts.push(Math.max(at, cuts.at(-1)));
  }
  return cuts.map((begin, i) => bytes.subarray(begin, cuts[i + 1] ?? bytes.length));
}

/** Counts the strikes of a file's bytes by species, and says who did how much. */
export async function countStrikes(file, { producers, consumers, maxsize }) {
  const parts = cutAtLines(sharedArray(Uint8Array, file), producers);
  const queue = new Queue(maxsize);
  // A worker for each: they run at the same time, and block while they wait for one another.
  const pool = new Pool(producers + consumers);
  // Whatever ends a side, in good order or not, ends the queue, so that the other side never waits in vain.
  const side = (calls) => Promise.all(calls).finally(() => queue.close());
  try {
    const [produced, consumed] = await Promise.all([
      side(parts.map((part) => pool.apply(produce, [queue, part]))),
      side(Array.from({ length: consumers }, () => pool.apply(consume, [queue]))),
    ]);
    const total = new Map();
    for (const { tally } of consumed) {
      for (const [species, { strikes, cost }] of tally) {
        const group = total.get(species) ?? { strikes: 0, cost: 0 };
        total.set(species, { strikes: group.strikes + strikes, cost: group.cost + cost });
      }
    }
    return { total, produced, consumed };
  } finally {
    await pool.close();
  }
}

/** The same in one thread. */
function countAlone(file) {
  const tally = new Map();
  for (const line of linesOf(file).slice(1)) count(tally, line);
  return tally;
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      file: { type: 'string' },
      producers: { type: 'string', default: '2' },
      consumers: { type: 'string', default: '2' },
      maxsize: { type: 'string', default: '16' },
    },
  });
  const [producers, consumers, maxsize] = [values.producers, values.consumers, values.maxsize].map(Number);
  const file = new Uint8Array(readFileSync(values.file ?? FILE));
  const { total, produced, consumed } = await countStrikes(file, { producers, consumers, maxsize });

  const number = (value, width = 7) => value.toLocaleString('en').padStart(width);
  console.log(`Through a queue of ${maxsize} lines:`);
  produced.forEach(({ lines, waits }, i) => {
    console.log(
      `  producer ${i + 1}${number(lines)} lines put, ${number(waits, 0)} times after a wait for room`,
    );
  });
  consumed.forEach(({ tally, lines }, i) => {
    console.log(`  consumer ${i + 1}${number(lines)} lines counted, ${number(tally.size, 0)} species`);
  });
  const strikes = [...total.values()].reduce((sum, group) => sum + group.strikes, 0);
  const cost = [...total.values()].reduce((sum, group) => sum + group.cost, 0);
  console.log(`${number(strikes, 0)} strikes, ${total.size} species, $ ${number(cost, 0)} of damage.`);
  const same = isDeepStrictEqual(total, countAlone(file));
  console.log(same ? 'One thread counts the same.' : 'One thread counts otherwise!');
  process.exitCode = same ? 0 : 1;
}
