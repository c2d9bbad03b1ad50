// Recycled workers: each runs one task and is replaced. Prints how much the program grew meanwhile, as JSON; with
// `empty` workers of the runtime that do nothing, started and ended two at a time, as the measure to compare with.
// Arguments: ours | empty, number of workers.
//
// What is measured is what workers leave for ever. So both begin with as many workers as fill what is bounded (a pool
// remembers its last 256 workers), and main.ts runs both with the collector at hand and a young generation of fixed
// size: V8 lets that grow to 16 MB with how much survives a collection, which alone was 3.9 MB for each 1,000 workers
// beyond empty ones; with it fixed, memory is flat from the 750th worker to the 2,000th (measured). What is resident goes
// up and down by 7 MB meanwhile, as the system's allocator keeps or returns what threads had: so it is looked at many
// times, and the middle of the first half compared with that of the second.

import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { heapStats, isMain, Pool, tasks } from '../../dist/index.node.js';

export const { square } = tasks(import.meta.url, { square: (x) => x * x });

/** Bun's memory grows for 3,000 workers, and then no more: 77 MB after 1,000, 84 ± 4 from 3,000 to 5,000 (measured). */
const WARM_UP = globalThis.Bun === undefined ? 1000 : 3000;
const STEPS = 20;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let pool;

async function ours(count) {
  pool ??= new Pool({ processes: 2, maxTasksPerChild: 1 });
  const items = Array.from({ length: count }, (_, i) => i);
  const squares = await pool.map(square, items, { chunksize: 1 });
  if (squares.some((value, i) => value !== i * i)) throw new Error('a result is wrong');
}

async function empty(count) {
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const worker = new Worker('', { eval: true });
      await new Promise((resolve) => worker.on('exit', resolve));
    }
  };
  await Promise.all([one(), one()]);
}

/** Resident bytes, after what collects itself has had its time. */
async function settled() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    globalThis.Bun?.gc(true);
    await sleep(30);
  }
  return process.memoryUsage().rss;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

if (isMain(import.meta.url)) {
  const [mode, workers] = process.argv.slice(2);
  const count = Number(workers);
  const run = mode === 'ours' ? ours : empty;
  const { blocks, bytesUsed } = heapStats();
  if (count >= 1000) await run(WARM_UP);
  const samples = [];
  let ms = 0;
  for (let step = 0; step < STEPS; step++) {
    const began = performance.now();
    await run(Math.ceil(count / STEPS));
    ms += performance.now() - began;
    samples.push(await settled());
  }
  await pool?.close();
  const after = heapStats();
  // From the middle of the first half to that of the second are half of the workers.
  const half = STEPS / 2;
  const grown = 2 * (median(samples.slice(half)) - median(samples.slice(0, half)));
  console.log(
    JSON.stringify({
      mode,
      workers: count,
      grownBytes: grown,
      leftBlocks: after.blocks - blocks,
      leftBytes: after.bytesUsed - bytesUsed,
      msPerWorker: +(ms / count).toFixed(2),
    }),
  );
}
