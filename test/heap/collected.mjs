// Run by array.test.ts with --expose-gc: prints what became of shared arrays whose views were collected.

import { heapStats, isMain, Pool, release, sharedArray, tasks } from 'manyhands';

let kept;

export const { keep, collect } = tasks(import.meta.url, {
  keep(array) {
    kept = array;
    return array[0];
  },
  async collect() {
    await collectHere();
    return kept[0];
  },
});

/** Several collections, with turns of the event loop between them for the finalizers. */
async function collectHere() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const blocks = () => heapStats().byKind.array.blocks;

if (isMain(import.meta.url)) {
  const seen = {};
  const pool = new Pool(1);
  let part = sharedArray(Float64Array, 1000).fill(7).subarray(10, 20);
  await collectHere();
  seen.keptByPart = [blocks(), part[0]];
  await pool.apply(keep, [part]);
  part = undefined;
  await collectHere();
  seen.keptByWorker = [blocks(), await pool.apply(collect)];
  await pool.apply(keep, [[1]]);
  await pool.apply(collect);
  seen.unreachable = blocks();

  const released = sharedArray(Float64Array, 1000);
  await pool.apply(keep, [released]);
  release(released);
  const next = sharedArray(Float64Array, 1000).fill(3);
  await pool.apply(keep, [[1]]);
  await pool.apply(collect);
  const other = sharedArray(Float64Array, 1000).fill(9);
  seen.afterRelease = [released.byteOffset === next.byteOffset, next[0], other[0], blocks()];
  await pool.close();
  console.log(JSON.stringify(seen));
}
