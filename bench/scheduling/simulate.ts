// How maps would end on more cores than this machine has: the pool's own chunking (MapSource) under a simulated clock,
// with the costs of handing out that are measured here, now, or given in µs: `npx tsx bench/scheduling/simulate.ts
// [chunk item way]`. The figures stand in docs/scheduling.md.
//
// The model: one owner posts chunks and settles them, one thing at a time, each at a cost for the chunk and for every
// item in it; a worker without work takes the next chunk a little after it was posted, works, and hands over. Measured
// are the owner's costs, by maps of trivial items one by one and in large chunks, and the way to a worker, by a single
// call there and back. Compared is the greedy schedule without any cost, item by item, which is what a bare atomic
// index comes to at best.

import { availableParallelism } from 'node:os';
import { MapSource } from '../../src/pool/_map.js';
import { FRAME_MAP } from '../../src/pool/frames.js';
import { loadPool, loadTasks } from '../ours.js';

const WORKERS = [1, 2, 4, 8, 16, 32, 64];

/** Of the owner for each chunk, and for each item, half of it for posting; of the way to a worker or back. */
interface Costs {
  chunkMs: number;
  itemMs: number;
  takeMs: number;
}

/** What handing out costs here: the best of several, since others use this machine too. */
async function measure(): Promise<Costs> {
  const { Pool } = await loadPool();
  const { square } = await loadTasks();
  const pool = new Pool(Math.min(2, availableParallelism()));
  await pool.ready;
  const items = Array.from({ length: 20_000 }, (_, i) => i);
  const perItem = async (numbers: number[], chunksize: number): Promise<number> => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 12; round++) {
      const begin = performance.now();
      await pool.map(square, numbers, { chunksize });
      best = Math.min(best, (performance.now() - begin) / numbers.length);
    }
    return best;
  };
  const chunkMs = await perItem(items, 1);
  const itemMs = await perItem(
    Array.from({ length: 1_000_000 }, (_, i) => i),
    16_384,
  );
  let there = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2000; round++) {
    const begin = performance.now();
    await pool.apply(square, [round]);
    there = Math.min(there, performance.now() - begin);
  }
  await pool.close();
  return { chunkMs, itemMs, takeMs: Math.max(0, (there - chunkMs) / 2) };
}

/** Milliseconds until the last item of a map is settled. */
function simulate(costs: readonly number[], workers: number, { chunkMs, itemMs, takeMs }: Costs): number {
  const ownerMs = (count: number) => (chunkMs + count * itemMs) / 2;
  let end = 0;
  const source = new MapSource(costs, {
    key: 'simulated',
    kind: FRAME_MAP,
    settled: false,
    retries: 0,
    priority: 0,
    taskTimeout: 0,
    processes: workers,
    resolve: () => {},
    reject: (error) => {
      throw error;
    },
  });
  type Chunk = NonNullable<ReturnType<MapSource['next']>> & { begin: number; end: number };
  const posted: Array<{ at: number; chunk: Chunk }> = [];
  const running: Array<{ at: number; ms: number; worker: number; chunk: Chunk }> = [];
  /** When each worker is free. */
  const free = new Float64Array(workers);
  const idle = Array.from({ length: workers }, (_, worker) => worker);
  let owner = 0;
  const start = (): void => {
    while (posted.length > 0 && idle.length > 0) {
      const { at, chunk } = posted.shift()!;
      const worker = idle.shift()!;
      const begin = Math.max(at, free[worker]) + takeMs;
      let ms = 0;
      for (let i = chunk.begin; i < chunk.end; i++) ms += costs[i];
      running.push({ at: begin + ms + takeMs, ms, worker, chunk });
    }
  };
  const fill = (): void => {
    for (let job = source.next(); job !== undefined; job = source.next()) {
      const chunk = job as Chunk;
      owner += ownerMs(chunk.end - chunk.begin);
      posted.push({ at: owner, chunk });
    }
    start();
  };
  fill();
  while (running.length > 0) {
    let first = 0;
    for (let i = 1; i < running.length; i++) if (running[i].at < running[first].at) first = i;
    const [{ at, ms, worker, chunk }] = running.splice(first, 1);
    free[worker] = at;
    idle.push(worker);
    start(); // the worker takes what stands on the board, the owner is not asked
    const count = chunk.end - chunk.begin;
    owner = Math.max(owner, at) + ownerMs(count);
    chunk.settle({ ok: true, value: new Float64Array(count), ms, started: 0 });
    end = owner;
    fill();
  }
  return end;
}

/** The same, each item to whoever is free first, at no cost. */
function bare(costs: readonly number[], workers: number): number {
  const free = new Float64Array(workers);
  for (const cost of costs) {
    let first = 0;
    for (let worker = 1; worker < workers; worker++) if (free[worker] < free[first]) first = worker;
    free[first] += cost;
  }
  return Math.max(...free);
}

/** Numbers that look random and are the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(7);
/** Exponentially distributed around 10 ms: a few are long. */
const uneven = Array.from({ length: 200 }, () => -10 * Math.log(1 - next()));
const WORK: Array<[name: string, costs: number[]]> = [
  ['10,000 × 50 µs', new Array(10_000).fill(0.05)],
  ['1,000,000 × 1 µs', new Array(1_000_000).fill(0.001)],
  ['200 uneven, 10 ms on average', uneven],
  ['the same, the longest last', [...uneven].sort((a, b) => a - b)],
  ['2,000 × 10 ms', new Array(2000).fill(10)],
];

const given = process.argv.slice(2).map((us) => Number(us) / 1000);
const costs: Costs =
  given.length === 3 ? { chunkMs: given[0], itemMs: given[1], takeMs: given[2] } : await measure();
const us = (ms: number) => (ms * 1000).toPrecision(2);
console.log(
  `Costs: ${us(costs.chunkMs)} µs of the owner for a chunk and ${us(costs.itemMs)} µs for an item, ${us(costs.takeMs)} µs to a worker.\n`,
);
console.log(`| work | ${WORKERS.join(' | ')} |`);
console.log(`|---|${WORKERS.map(() => '---:').join('|')}|`);
for (const [name, items] of WORK) {
  const row = WORKERS.map((workers) => {
    const ratio = simulate(items, workers, costs) / bare(items, workers);
    return ratio.toFixed(ratio < 10 ? 3 : 1);
  });
  console.log(`| ${name} | ${row.join(' | ')} |`);
}
