// Real kills of workers that count under a lock: nobody is stuck, no update is lost, and as many owners are reported
// dead as died while they held the lock. Arguments: number of kills, seed. Ends with a line of JSON.
//
// Three sorts of death, by turns of chance: the worker exits while it holds the lock, exits while it does not, or is
// terminated wherever it is. Who holds the lock at a death is witnessed apart from what the lock reports: the moment
// before a worker is declared dead nobody can have inherited from it, so the lock's word still tells. A worker that
// exits declares itself dead, but does so at a known place. Where it is being terminated meanwhile its place may not be
// known: such deaths are counted as uncertain.
//
// Under the lock a worker adds one to both cells, so who inherits the lock sees how far the dead one came, and repairs.

import process from 'node:process';
import { atomicLoad } from '../../assembly/atomics/index';
import {
  isDead,
  STOP_NOW,
  THREAD_OWNER,
  THREAD_STATE,
  THREAD_STOP,
  threadSlot,
} from '../../assembly/heap/threads';
import { ownerOf, ownerWord } from '../../assembly/sync/owner';
import { thisThread } from '../../src/heap/heap';
import { activeChildren, isMain, Lock, type OwnerDiedError, Pool, sharedArray, tasks } from '../../src/index';
import { Crew, type Member } from '../../src/pool/_crew';
import { SyncHandle } from '../../src/sync/_handle';
import { randomOf } from './_random';

const WORKERS = 3;
const THREADS = 1024;
/** Between two terminations, at most. */
const PAUSE_MS = 120;
/** A wait that takes longer is stuck. */
const STUCK_MS = Number(process.env.MANYHANDS_STUCK_MS ?? 1000);

// Cells.
const COUNTED = 0;
const CONFIRMED = 1;
const REPORTS = 2;
const STUCK = 3;

// Where a worker is, by its thread's slot.
const OUTSIDE = 0;
const ACQUIRING = 1;
const HOLDING = 2;
const RELEASING = 3;

interface Guard {
  release(): void;
}

const clock = () => performance.timeOrigin + performance.now();

/** Takes the lock; repairs what a dead owner left. */
function enter(take: () => Guard, cells: Int32Array): Guard {
  try {
    return take();
  } catch (error) {
    const { guard } = error as OwnerDiedError;
    if (guard === undefined) throw error;
    cells[REPORTS]++;
    cells[CONFIRMED] = cells[COUNTED];
    return guard as Guard;
  }
}

export const { count } = tasks(import.meta.url, {
  /** Counts for ever; exits in the middle of count `exitAt`, or, if that is negative, before it. */
  count(
    lock: Lock,
    cells: Int32Array,
    places: Int32Array,
    since: Float64Array,
    waits: Float64Array,
    done: Int32Array,
    exitAt: number,
  ) {
    const record = thisThread();
    const me = threadSlot(record);
    for (let i = 1; ; i++) {
      if (i === -exitAt) process.exit(3);
      // Where the runtime cannot stop a thread that runs. No exit here: in a worker that is being terminated Deno's spins
      // for ever.
      if (atomicLoad(record + THREAD_STOP) === STOP_NOW) throw new Error('terminated');
      since[me] = clock();
      Atomics.store(places, me, ACQUIRING);
      const guard = enter(() => lock.acquireSync(), cells);
      Atomics.store(places, me, HOLDING);
      const waited = clock() - since[me];
      if (waited > waits[me]) waits[me] = waited;
      if (waited > STUCK_MS) cells[STUCK]++;
      cells[COUNTED]++;
      if (i === exitAt) process.exit(3);
      cells[CONFIRMED]++;
      Atomics.store(places, me, RELEASING);
      guard.release();
      Atomics.store(places, me, OUTSIDE);
      done[me]++;
    }
  },
});

async function main(kills: number, seed: number): Promise<void> {
  console.log(`${kills} kills, seed ${seed}`);
  const random = randomOf(seed);
  const lock = new Lock();
  const cells = sharedArray(Int32Array, 4);
  const places = sharedArray(Int32Array, THREADS);
  const since = sharedArray(Float64Array, THREADS);
  const waits = sharedArray(Float64Array, THREADS);
  const done = sharedArray(Int32Array, THREADS);
  const word = SyncHandle.wordsOf(lock);
  const deaths = { all: 0, holding: 0, uncertain: 0, swallowed: 0 };

  const bury = Crew.prototype.bury;
  Crew.prototype.bury = function (member: Member, death) {
    if (member.alive && member.record !== 0) witness(member.record);
    bury.call(this, member, death);
  };

  function witness(record: number): void {
    const slot = threadSlot(record);
    const place = Atomics.load(places, slot);
    const holds = ownerOf(atomicLoad(word)) === ownerWord(atomicLoad(record + THREAD_OWNER));
    deaths.all++;
    const announced = isDead(atomicLoad(record + THREAD_STATE));
    if (holds) {
      // It had the lock from a dead owner and did not live to say so.
      if (place === ACQUIRING && cells[REPORTS] < deaths.holding - deaths.swallowed) deaths.swallowed++;
      deaths.holding++;
    } else if (announced) {
      if (place === HOLDING) deaths.holding++;
      else if (place !== OUTSIDE) deaths.uncertain++;
    }
    Atomics.store(places, slot, OUTSIDE);
  }

  const pool = new Pool({ processes: WORKERS, backend: 'shared' });
  await pool.ready;
  const finished = () => deaths.all >= kills;
  const work = async () => {
    while (!finished()) {
      const sort = random(4);
      const exitAt = sort < 2 ? 1 + random(300) : sort === 2 ? -1 - random(300) : 0;
      await pool.apply(count, [lock, cells, places, since, waits, done, exitAt]).catch(() => {});
    }
  };
  const running = Array.from({ length: WORKERS }, work);
  const stuck = new Set<string>();
  while (!finished()) {
    await new Promise((resolve) => setTimeout(resolve, random(PAUSE_MS)));
    for (let slot = 0; slot < THREADS; slot++) {
      if (Atomics.load(places, slot) === ACQUIRING && clock() - since[slot] > STUCK_MS)
        stuck.add(`${slot} ${since[slot]}`);
    }
    const children = activeChildren();
    if (children.length > 0) children[random(children.length)].kill();
  }
  await pool.terminate();
  await Promise.all(running);
  const last = await lock.acquire({ timeout: 10 * STUCK_MS }).catch((error) => {
    enter(() => {
      throw error;
    }, cells);
    return error.guard as Guard;
  });
  last.release();

  const updates = done.reduce((sum, n) => sum + n, 0);
  const expected = deaths.holding - deaths.swallowed;
  const result = {
    kills: deaths.all,
    counted: cells[COUNTED],
    /** Updates that are not in the count, or that were counted and are in no worker's books: a death may leave one. */
    lost: Math.max(
      0,
      updates - cells[COUNTED],
      cells[COUNTED] - updates - deaths.all,
      cells[COUNTED] - cells[CONFIRMED],
    ),
    diedHolding: deaths.holding,
    reports: cells[REPORTS],
    swallowed: deaths.swallowed,
    uncertain: deaths.uncertain,
    wrongReports: Math.max(0, expected - cells[REPORTS], cells[REPORTS] - expected - deaths.uncertain),
    stuck: cells[STUCK] + stuck.size,
    worstWaitMs: Math.round(Math.max(...waits)),
  };
  console.log(JSON.stringify(result));
  process.exitCode = result.lost + result.wrongReports + result.stuck > 0 ? 1 : 0;
}

if (isMain(import.meta.url))
  await main(Number(process.argv[2] ?? 100), Number(process.argv[3] ?? Date.now() % 1e9));
