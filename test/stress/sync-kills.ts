// Random kills of workers that count under locks: nobody is stuck, no update is lost, and as many owners are
// reported dead as died while they held the lock. `npx tsx test/stress/sync-kills.ts [kills] [seed]`
//
// Under the lock a worker writes its slot's number to `intent`, then adds one to both cells: so who inherits the
// lock sees how far the dead one came, and repairs.

import { Lock, Pool, sharedArray } from 'manyhands';
import { killed } from './sync-kills-tasks.mjs';

const KILLS = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1e9);
const WORKERS = 3;
const STUCK_MS = 1000;

let state = seed >>> 0;
/** A number from 0 to n − 1 (xorshift). */
function random(n: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}
if (state === 0) state = 1;

const lock = new Lock();
/** Counted, counted again, inherited locks, deaths while holding (told by the dead), repaired, progress. */
const cells = sharedArray(Int32Array, 8);
let kills = 0;
let worstMs = 0;
console.log(`${KILLS} kills, seed ${seed}`);

while (kills < KILLS) {
  const pool = new Pool({ processes: WORKERS, backend: 'shared' });
  await pool.ready;
  const work = Array.from({ length: WORKERS }, (_, i) =>
    // Half of them exit by themselves at a random point, the others are terminated with the pool.
    pool.apply(killed, [lock, cells, i < WORKERS - 1 ? 1 + random(400) : 0]).catch(() => {}),
  );
  await new Promise((resolve) => setTimeout(resolve, 5 + random(20)));
  const ended = pool.terminate();
  const began = performance.now();
  try {
    (await lock.acquire({ timeout: 10 * STUCK_MS })).release();
  } catch (error) {
    const { guard } = error as { guard?: { release(): void } };
    if (guard === undefined) throw error;
    if (cells[0] !== cells[1]) cells[1] = cells[0];
    guard.release();
  }
  worstMs = Math.max(worstMs, performance.now() - began);
  await ended;
  await Promise.all(work);
  kills += WORKERS;
}
(
  await lock.acquire().catch((error) => {
    cells[1] = cells[0]; // inherited: the last one died in the middle
    return error.guard;
  })
).release();
const lost = cells[0] - cells[1];
console.log(
  `${kills} kills: ${cells[0]} counted, ${lost} lost, ${cells[2]} inherited by workers, worst wait ${worstMs.toFixed(0)} ms`,
);
if (lost !== 0 || worstMs > STUCK_MS) process.exitCode = 1;
