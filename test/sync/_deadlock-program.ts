// Waits that take long, for debug.test.ts: two workers that take two locks crosswise, two flows of the main thread and a
// worker that do so, and a flow that waits for a lock which a worker keeps while it waits for an event.

import { Event, isMain, Lock, Pool, sharedArray, tasks } from '../../src/index';

/** Longer than the report takes to come. */
const PATIENCE_MS = 7000;

export const { cross, keep } = tasks(import.meta.url, {
  cross(first: Lock, second: Lock, met: Int32Array) {
    const guard = first.acquireSync();
    Atomics.add(met, 0, 1);
    while (Atomics.load(met, 0) < 2) Atomics.wait(met, 0, Atomics.load(met, 0), 10);
    try {
      second.acquireSync({ timeout: PATIENCE_MS }).release();
      return 'taken';
    } catch (error) {
      return (error as Error).name;
    } finally {
      guard.release();
    }
  },
  keep(lock: Lock, event: Event, met: Int32Array) {
    const guard = lock.acquireSync();
    Atomics.add(met, 0, 1);
    event.waitSync();
    guard.release();
  },
});

async function main(): Promise<void> {
  const pool = new Pool({ processes: 4, backend: 'shared', name: 'Cook' });
  await pool.ready;
  const [spoon, pan, knife, board, kept] = [new Lock(), new Lock(), new Lock(), new Lock(), new Lock()];
  const event = new Event();
  const [workers, both, keeper] = [1, 2, 3].map(() => sharedArray(Int32Array, 1));
  const met = async (flag: Int32Array, n: number) => {
    while (Atomics.load(flag, 0) < n) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const ends = [
    pool.apply(cross, [spoon, pan, workers]),
    pool.apply(cross, [pan, spoon, workers]),
    pool.apply(cross, [knife, board, both]),
  ];
  const keeping = pool.apply(keep, [kept, event, keeper]);
  await met(keeper, 1);
  const waiting = kept.acquire();
  const guard = await board.acquire();
  await met(both, 1);
  Atomics.add(both, 0, 1);
  const crossed = knife.acquire({ timeout: PATIENCE_MS }).then(
    () => 'taken',
    (error: Error) => error.name,
  );
  const names = await Promise.all([crossed, ...ends]);
  guard.release();
  event.set();
  (await waiting).release();
  await keeping;
  await pool.close();
  console.log(`ended: ${names.join(' ')}`);
}

if (isMain(import.meta.url)) await main();
