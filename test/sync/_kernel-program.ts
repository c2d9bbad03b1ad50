// Kernels and JavaScript on the same primitives. Argument: the file with the kernels (base64). Ends with code 0 if all
// held. A test kernel is called as a phase calls its kernels: by the package's own code.

import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import {
  Barrier,
  Counter,
  Event,
  isMain,
  Latch,
  Lock,
  type OwnerDiedError,
  Pool,
  RLock,
  Semaphore,
  sharedArray,
  tasks,
} from '../../src/index.node';
import { loadKernels } from '../../src/kernels/_module';
import { callKernel } from '../../src/kernels/_plan';
import { SyncHandle } from '../../src/sync/_handle';

const COUNTS = 20_000;
const wordsOf = (arg: unknown): number =>
  arg instanceof SyncHandle
    ? SyncHandle.wordsOf(arg)
    : ArrayBuffer.isView(arg)
      ? arg.byteOffset
      : (arg as number);

/** Calls a kernel for the pieces 0 … n − 1 in this thread. */
async function call(text: string, fn: string, n: number, ...args: unknown[]): Promise<void> {
  const source = async () => ({ default: text });
  const kernels = await loadKernels({ name: 'sync-test', threads: source, single: source });
  kernels.__mh_reset();
  callKernel(kernels, fn, 0, n, args.map(wordsOf));
}

const { inKernel, inScript, enterInScript, ping, meetInScript, stay } = tasks(import.meta.url, {
  inKernel: call,
  inScript(lock: Lock | RLock, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireSync();
      cells[0]++;
      guard.release();
    }
  },
  enterInScript(semaphore: Semaphore, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = semaphore.acquireSync();
      const inside = Atomics.add(cells, 0, 1) + 1;
      if (inside > Atomics.load(cells, 1)) Atomics.store(cells, 1, inside);
      Atomics.sub(cells, 0, 1);
      guard.release();
      Atomics.add(cells, 2, 1);
    }
  },
  ping(there: Event, back: Event, n: number) {
    for (let i = 0; i < n; i++) {
      there.set();
      back.waitSync();
      back.clear();
    }
  },
  meetInScript(barrier: Barrier, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) Atomics.add(cells, 0, barrier.waitSync());
  },
  stay(lock: Lock, flag: Int32Array) {
    lock.acquireSync();
    Atomics.store(flag, 0, 1);
    while (true) Atomics.wait(flag, 0, 1, 1000);
  },
});

/** What taking the lock answers. */
async function taken(lock: Lock | RLock): Promise<string> {
  try {
    (await lock.acquire({ timeout: 5000 })).release();
    return 'taken';
  } catch (error) {
    const { guard, name } = error as OwnerDiedError;
    (guard as { release(): void }).release();
    return name;
  }
}

async function main(text: string): Promise<void> {
  const pool = new Pool({ processes: 2, backend: 'shared' });
  await pool.ready;
  const kernel = (fn: string, n: number, ...args: unknown[]) =>
    pool.apply(inKernel, [text, fn, n, ...args]) as Promise<void>;
  const trapped = (promise: Promise<void>) =>
    promise.then(
      () => 'returned',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const here = (fn: string, n: number, ...args: unknown[]) => call(text, fn, n, ...args);

  // Exclusion: a worker in a kernel, a worker in JavaScript, and flows of the main thread.
  for (const [lock, fn] of [
    [new Lock(), 'count'],
    [new RLock(), 'countAgain'],
  ] as const) {
    const cells = sharedArray(Int32Array, 2);
    const flow = async () => {
      for (let i = 0; i < 500; i++) {
        const guard = await lock.acquire();
        cells[0]++;
        guard.release();
      }
    };
    await Promise.all([kernel(fn, COUNTS, lock, cells), pool.apply(inScript, [lock, cells, COUNTS]), flow()]);
    deepEqual([...cells], [2 * COUNTS + 500, 0], fn);
    await Promise.all([kernel(fn, COUNTS, lock, cells), kernel(fn, COUNTS, lock, cells)]);
    await here(fn, 10, lock, cells);
    deepEqual([...cells], [4 * COUNTS + 510, 0], fn);
    equal(lock.locked, false);
  }

  // An RLock that JavaScript holds: its thread's kernel enters, and leaves the hold as it was.
  const again = new RLock();
  const outer = again.acquireSync();
  await here('countAgain', 5, again, sharedArray(Int32Array, 1));
  ok(outer.held && again.locked);
  equal(await trapped(here('keep', 1, new Lock(), again)), 'returned');
  ok(outer.held && again.locked, 'what the kernel left held is not what JavaScript holds');
  outer.release();
  equal(await taken(again), 'taken');

  const semaphore = new Semaphore(1);
  const inside = sharedArray(Int32Array, 3);
  await Promise.all([
    kernel('enter', COUNTS, semaphore, inside),
    pool.apply(enterInScript, [semaphore, inside, COUNTS]),
  ]);
  deepEqual([...inside], [0, 1, 2 * COUNTS]);
  equal(semaphore.locked, false);

  const [there, back] = [new Event(), new Event()];
  await Promise.all([kernel('pong', 500, there, back), pool.apply(ping, [there, back, 500])]);
  const barrier = new Barrier(2);
  const places = sharedArray(Int32Array, 1);
  await Promise.all([kernel('meet', 500, barrier, places), pool.apply(meetInScript, [barrier, places, 500])]);
  equal(places[0], 500);
  const counter = new Counter(-1);
  const latch = new Latch(1);
  await Promise.all([kernel('tally', 1000, counter, latch), latch.wait()]);
  equal(counter.value, 3000);

  // Time runs out.
  const answers = sharedArray(Int32Array, 5);
  const held = new Lock();
  const guard = held.acquireSync();
  await kernel('runOut', 1, held, new Semaphore(0), new Event(), barrier, answers);
  deepEqual([...answers], [1, 1, 1, -2, 1]);
  guard.release();
  barrier.reset();

  // Deaths: an owner that is terminated, a kernel that returns or traps with the lock.
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const end = doomed.apply(stay, [held, flag]).catch((error: Error) => error.name);
  while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const heir = sharedArray(Int32Array, 2);
  const waiting = kernel('count', 3, held, heir);
  await doomed.terminate();
  await Promise.all([waiting, end]);
  deepEqual([...heir], [3, 1], 'a kernel inherits');
  for (const fn of ['keep', 'trap'] as const) {
    const other = new RLock();
    match(
      await trapped(kernel(fn, 1, held, ...(fn === 'keep' ? [other] : []))),
      fn === 'keep' ? /^returned/ : /unreachable/i,
    );
    equal(await taken(held), 'OwnerDiedError', fn);
    equal(await taken(held), 'taken', fn);
    if (fn === 'keep') equal(await taken(other), 'OwnerDiedError', fn);
    if (fn === 'keep') equal(await taken(other), 'taken', fn);
  }

  // Misuse.
  match(await trapped(kernel('twice', 1, held)), /KernelTrapError.*wait for itself: use an RLock/);
  equal(await taken(held), 'OwnerDiedError');
  match(await trapped(kernel('releaseOnly', 1, held)), /KernelTrapError.*does not hold it/);
  match(await trapped(kernel('releaseAgain', 1, again)), /KernelTrapError.*does not hold it/);
  match(await trapped(kernel('wait', 1, held)), /KernelTrapError.*of another kind/);
  match(await trapped(kernel('wait', 1, 12345)), /KernelTrapError.*of another kind/);
  match(
    await trapped(kernel('meetOnce', 1, new Barrier(1, { action: ping }))),
    /KernelTrapError.*has an action/,
  );
  match(await trapped(kernel('blocks', 1)), /KernelTrapError.*free already/);
  held.close();
  throws(() => SyncHandle.wordsOf(held), /closed/);
  await pool.close();
  console.log('kernels and JavaScript agree');
}

if (isMain(import.meta.url)) await main(readFileSync(process.argv[2], 'utf8'));
