// Death at every step, for real: two workers use a primitive, one of them exits before its k-th operation on shared
// memory, for k = 1, 2, … until it comes through. The other must be done within a second of the death, and what the
// primitive promises must hold. Argument: part of a scenario's name. Ends with a line of JSON for each scenario.
//
// A Counter has one atomic instruction and nothing to survive; there is no scenario for it.

import { deepEqual, equal, ok } from 'node:assert/strict';
import process from 'node:process';
import * as raw from '../../assembly/atomics/js';
import { ownerOf, SLEEPERS_MASK } from '../../assembly/sync/owner';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Event,
  isMain,
  Latch,
  Lock,
  Once,
  type OwnerDiedError,
  Pool,
  RLock,
  RWLock,
  Semaphore,
  sharedArray,
  tasks,
  WorkerExitError,
} from '../../src/index';
import { me, SyncHandle } from '../../src/sync/_handle';
import * as hooked from './_atomics';

const STUCK_MS = Number(process.env.MANYHANDS_STUCK_MS ?? 1000);
/** A wait that goes on for longer has hung; nothing is measured by it. */
const HUNG_MS = 20_000;
/** So many k in a row must come through: how many steps a run has depends on its luck. */
const ENOUGH = 4;
const ROUNDS = 2;
/** Who holds a lock lingers until somebody sleeps on it, or for this long. */
const LINGER_MS = 3;

// Cells of a run.
const COUNTED = 0;
const CONFIRMED = 1;
const REPORTS = 2;
const HELD = 3;
const GATE = 4;
/** Both of them, the survivor's first. */
const FLAGS = 5;
const CELLS = 8;

interface Guard {
  release(): void;
}

/** The task's side of a scenario: what both workers do. `held` tells whether this thread has it, without a step. */
interface Part {
  // biome-ignore lint/suspicious/noExplicitAny: each scenario has its own primitives
  run(handles: any[], cells: Int32Array, isVictim: boolean): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  held?(handles: any[]): boolean;
}

const owns = (handle: SyncHandle) => ownerOf(raw.atomicLoad(SyncHandle.wordsOf(handle))) === me;

function guarded(take: () => Guard, cells: Int32Array, body: () => void = () => {}): void {
  let guard: Guard;
  try {
    guard = take();
  } catch (error) {
    guard = (error as OwnerDiedError).guard as Guard;
    if (guard === undefined) throw error;
    cells[REPORTS]++;
    cells[CONFIRMED] = cells[COUNTED];
  }
  cells[COUNTED]++;
  body();
  cells[CONFIRMED]++;
  guard.release();
}

/** Until another thread sleeps on the word. */
function linger(handle: SyncHandle): void {
  const word = SyncHandle.wordsOf(handle);
  const end = performance.now() + LINGER_MS;
  while ((raw.atomicLoad(word) & SLEEPERS_MASK) === 0 && performance.now() < end);
}

const repeat = (body: () => void) => {
  for (let i = 0; i < ROUNDS; i++) body();
};

/** Says that it has come to a place, and goes on when the others have. */
function meet(cells: Int32Array, at: number, parties: number): void {
  Atomics.add(cells, at, 1);
  Atomics.notify(cells, at);
  while (Atomics.load(cells, at) < parties) Atomics.wait(cells, at, Atomics.load(cells, at), 10);
}

function write([lock]: RWLock[], cells: Int32Array): void {
  repeat(() => {
    const take = () => lock.acquireWriteSync();
    guarded(take, cells, () => linger(lock));
  });
}

function usePermit([semaphore]: (Semaphore | BoundedSemaphore)[]): void {
  repeat(() => {
    const guard = semaphore.acquireSync();
    linger(semaphore);
    guard.release();
  });
}

const parts: Record<string, Part> = {
  Lock: {
    run: ([lock], cells) =>
      repeat(() => {
        const take = () => lock.acquireSync();
        guarded(take, cells, () => linger(lock));
      }),
    held: ([lock]) => owns(lock),
  },
  RLock: {
    run: ([lock], cells) =>
      repeat(() => {
        const take = () => lock.acquireSync();
        guarded(take, cells, () => {
          take().release();
          linger(lock);
        });
      }),
    held: ([lock]) => owns(lock),
  },
  'RWLock, writing': { run: write, held: ([lock]) => owns(lock) },
  'RWLock, reading': {
    run(handles, cells, isVictim) {
      // Nobody inherits: the one who dies never writes.
      if (!isVictim) return write(handles as RWLock[], cells);
      repeat(() => {
        const guard = (handles[0] as RWLock).acquireReadSync();
        linger(handles[0]);
        guard.release();
      });
    },
  },
  Semaphore: { run: usePermit },
  BoundedSemaphore: { run: usePermit },
  Event: {
    run([there, back], _cells, isVictim) {
      const [hear, ring] = isVictim ? [back, there] : [there, back];
      for (let i = 0; i < ROUNDS; i++) {
        if (isVictim) ring.set();
        hear.waitSync({ timeout: HUNG_MS });
        hear.clear();
        if (!isVictim) ring.set();
      }
    },
  },
  Latch: {
    run([latch]) {
      latch.countDown();
      latch.waitSync({ timeout: HUNG_MS });
    },
  },
  Barrier: {
    run([barrier], cells) {
      try {
        repeat(() => barrier.waitSync({ timeout: HUNG_MS }));
      } catch (error) {
        if (!(error instanceof BrokenBarrierError)) throw error;
        cells[REPORTS]++;
      }
    },
  },
  Condition: {
    run([condition], cells, isVictim) {
      let guard: Guard;
      try {
        guard = condition.acquireSync();
      } catch (error) {
        guard = (error as { guard: Guard }).guard;
      }
      Atomics.store(cells, FLAGS + (isVictim ? 1 : 0), 1);
      try {
        condition.waitSync({ timeout: HUNG_MS });
      } catch (error) {
        if ((error as Error).name !== 'OwnerDiedError') throw error;
      }
      guard.release();
    },
  },
  Once: {
    run: ([once], cells) =>
      once.runSync(() => {
        cells[COUNTED]++;
        return { answer: 42 };
      }),
  },
};

export const { part } = tasks(import.meta.url, {
  /** One worker's part; the one that gets a step dies before it. */
  part(name: string, handles: SyncHandle[], cells: Int32Array, dieAt: number) {
    const { run, held } = parts[name];
    meet(cells, GATE, 2);
    if (dieAt > 0) {
      hooked.dieAt(dieAt, () => {
        if (held?.(handles)) Atomics.store(cells, HELD, 1);
        return 'now';
      });
    }
    const value = run(handles, cells, dieAt > 0);
    hooked.spare();
    return value;
  },
});

/** The main thread's side: makes the primitives, helps after a death, looks at what is left. */
interface Scenario {
  make(): SyncHandle[];
  /** Does what the victim would have done for the survivor, until that is done. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  relieve?(handles: any[], done: AbortSignal): unknown;
  /** While both are at work. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  assist?(handles: any[], cells: Int32Array, isOver: () => boolean): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  check(handles: any[], cells: Int32Array, died: boolean, answer: unknown): unknown;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** The lock can be had, and as many deaths of owners were told as there were. */
async function checkLock(take: () => Promise<Guard>, cells: Int32Array, died: boolean): Promise<void> {
  const guard = await take().catch((error) => {
    equal(error.name, 'OwnerDiedError');
    cells[REPORTS]++;
    cells[CONFIRMED] = cells[COUNTED];
    return error.guard as Guard;
  });
  guard.release();
  (await take()).release();
  equal(cells[CONFIRMED], cells[COUNTED]);
  equal(cells[REPORTS], cells[HELD], 'reports against deaths of an owner');
  if (!died) equal(cells[COUNTED], 2 * ROUNDS);
}

function checkPermit(semaphore: Semaphore | BoundedSemaphore): void {
  const guard = semaphore.tryAcquire();
  ok(guard !== undefined, 'the permit is gone');
  equal(semaphore.tryAcquire(), undefined, 'there are two permits');
  guard.release();
}

const within = { timeout: STUCK_MS };

const scenarios: Record<string, Scenario> = {
  Lock: {
    make: () => [new Lock()],
    check: ([lock], cells, died) => checkLock(() => lock.acquire(within), cells, died),
  },
  RLock: {
    make: () => [new RLock()],
    check: ([lock], cells, died) => checkLock(() => lock.acquire(within), cells, died),
  },
  'RWLock, writing': {
    make: () => [new RWLock()],
    check: ([lock], cells, died) => checkLock(() => lock.acquireWrite(within), cells, died),
  },
  'RWLock, reading': {
    make: () => [new RWLock()],
    async check([lock], cells) {
      await checkLock(() => lock.acquireWrite(within), cells, true);
      equal(cells[COUNTED], ROUNDS);
    },
  },
  Semaphore: { make: () => [new Semaphore(1)], check: ([semaphore]) => checkPermit(semaphore) },
  BoundedSemaphore: { make: () => [new BoundedSemaphore(1)], check: ([semaphore]) => checkPermit(semaphore) },
  Event: {
    make: () => [new Event(), new Event()],
    async relieve([mine], done) {
      while (!done.aborted) {
        mine.set();
        await pause();
      }
    },
    check: ([mine, other]) => {
      mine.set();
      other.set();
      ok(mine.isSet && other.isSet);
    },
  },
  Latch: {
    make: () => [new Latch(2)],
    relieve: ([latch]) => latch.countDown(latch.count),
    check: ([latch]) => equal(latch.count, 0),
  },
  Barrier: {
    make: () => [new Barrier(2)],
    async relieve([barrier], signal) {
      while (!signal.aborted) await barrier.wait({ signal }).catch(pause);
    },
    async check([barrier], cells, died) {
      if (!died) equal(cells[REPORTS], 0);
      if (barrier.broken) barrier.reset();
      const places = await Promise.all([barrier.wait(within), barrier.wait(within)]);
      deepEqual(places.sort(), [0, 1]);
    },
  },
  Condition: {
    make: () => [new Condition(new Lock())],
    async assist([condition], cells, isOver) {
      while (Atomics.load(cells, FLAGS) === 0) await pause();
      while (Atomics.load(cells, FLAGS + 1) === 0 && !isOver()) await pause();
      await notify(condition, 1);
      if (!isOver()) await notify(condition, 1);
    },
    relieve: ([condition]) => notify(condition, 1),
    check: async ([condition]) => {
      await notify(condition, 0);
      await notify(condition, 0);
    },
  },
  Once: {
    make: () => [new Once()],
    check([once], cells, died, answer) {
      deepEqual(answer, { answer: 42 });
      deepEqual(
        once.runSync(() => ({ answer: 0 })),
        answer,
      );
      ok(cells[COUNTED] === 1 || (died && cells[COUNTED] === 2), 'runs');
    },
  },
};

async function notify(condition: Condition, n: number): Promise<void> {
  const guard = await condition.acquire(within).catch((error) => error.guard as Guard);
  condition.notify(n);
  guard.release();
}

/** Runs the scenario with a death before the k-th step; whether there was one. */
async function runOnce(pool: Pool, name: string, k: number): Promise<boolean> {
  const { make, relieve, assist, check } = scenarios[name];
  const handles = make();
  const cells = sharedArray(Int32Array, CELLS);
  let over = false;
  const isOver = () => over;
  const victim = pool.apply(part, [name, handles, cells, k]).then(
    () => false,
    (error) => {
      if (error instanceof WorkerExitError) return true;
      throw error;
    },
  );
  const survivor = pool.apply(part, [name, handles, cells, 0]);
  survivor.catch(() => {});
  const assistance = assist?.(handles, cells, isOver);
  const died = await victim;
  over = true;
  const diedAt = performance.now();
  await assistance;
  const done = new AbortController();
  const relief = died ? relieve?.(handles, done.signal) : undefined;
  const answer = await survivor.finally(() => done.abort());
  const tookMs = performance.now() - diedAt;
  await relief;
  ok(!died || tookMs < STUCK_MS, `the survivor went on ${Math.round(tookMs)} ms after the death`);
  await check(handles, cells, died, answer);
  for (const handle of handles) handle.close();
  return died;
}

async function main(filter: string): Promise<void> {
  const pool = new Pool({ processes: 2, backend: 'shared' });
  await pool.ready;
  for (const name of Object.keys(scenarios).filter((scenario) => scenario.includes(filter))) {
    let deaths = 0;
    let k = 1;
    try {
      for (let through = 0; through < ENOUGH; k++) {
        if (await runOnce(pool, name, k)) {
          deaths++;
          through = 0;
        } else through++;
      }
      console.log(JSON.stringify({ name, deaths, steps: k - ENOUGH }));
    } catch (error) {
      console.log(JSON.stringify({ name, deaths, failedAt: k, error: String((error as Error).stack) }));
      process.exitCode = 1;
    }
  }
  await pool.terminate();
}

if (isMain(import.meta.url)) await main(process.argv[2] ?? '');
