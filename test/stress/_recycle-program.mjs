// Recycled workers: each runs one task and is replaced. Prints how much the program grew meanwhile, as JSON; with
// `empty` workers of the runtime that do nothing, started and ended two at a time, as the measure to compare with.
// Arguments: ours | empty, number of workers.

import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { heapStats, isMain, Pool, tasks } from '../../dist/index.node.js';

export const { square } = tasks(import.meta.url, { square: (x) => x * x });

const WARM_UP = 100;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function ours(count) {
  const pool = new Pool({ processes: 2, maxTasksPerChild: 1 });
  const items = Array.from({ length: count }, (_, i) => i);
  const squares = await pool.map(square, items, { chunksize: 1 });
  await pool.close();
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
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    globalThis.Bun?.gc(true);
    await sleep(50);
  }
  return process.memoryUsage().rss;
}

if (isMain(import.meta.url)) {
  const [mode, count] = process.argv.slice(2);
  const run = mode === 'ours' ? ours : empty;
  await run(Math.min(WARM_UP, Number(count)));
  const before = await settled();
  const { blocks, bytesUsed } = heapStats();
  const began = performance.now();
  await run(Number(count));
  const ms = performance.now() - began;
  const after = heapStats();
  const grown = (await settled()) - before;
  console.log(
    JSON.stringify({
      mode,
      workers: Number(count),
      grownBytes: grown,
      leftBlocks: after.blocks - blocks,
      leftBytes: after.bytesUsed - bytesUsed,
      msPerWorker: +(ms / Number(count)).toFixed(2),
    }),
  );
}
