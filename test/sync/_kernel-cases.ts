// Kernels and JavaScript on the same primitives: `main` throws if anything does not hold, in programs as in pages. Here
// are the cases of Lock, RLock, Semaphore, Event, Barrier, Counter and Latch.

import {
  Barrier,
  Counter,
  Event,
  Latch,
  Lock,
  Once,
  Pool,
  RLock,
  RWLock,
  Semaphore,
  sharedArray,
} from '../../src/index';
import { SyncHandle } from '../../src/sync/_handle';
import { deepEqual, equal, match, ok, throws } from './_assert';
import {
  call,
  enterInScript,
  inKernel,
  inScript,
  type Kit,
  meetInScript,
  ping,
  sleep,
  stay,
  taken,
  trapped,
} from './_kernel-kit';
import { checkEventLoop } from './_kernel-loop';
import { checkConditions, checkOnce, checkShared } from './_kernel-shared';

const COUNTS = 20_000;

/** @param text the kernels, in base64 */
export async function main(text: string): Promise<string> {
  const pool = new Pool({ processes: 2, backend: 'shared' });
  await pool.ready;
  const kit: Kit = {
    text,
    pool,
    kernel: (fn, n, ...args) => pool.apply(inKernel, [text, fn, n, ...args]) as Promise<void>,
    here: (fn, n, ...args) => call(text, fn, n, ...args),
  };
  await checkLocks(kit);
  await checkShared(kit);
  await checkConditions(kit);
  await checkOnce(kit);
  await checkEventLoop(kit);
  await pool.close();
  return 'kernels and JavaScript agree';
}

async function checkLocks({ pool, kernel, here }: Kit): Promise<void> {
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
  const answers = sharedArray(Int32Array, 8);
  const held = new Lock();
  const guard = held.acquireSync();
  const shared = new RWLock();
  const reader = shared.acquireReadSync();
  const once = new Once();
  let ran = () => {};
  const running = once.run(() => new Promise<void>((resolve) => (ran = resolve)));
  await kernel('runOut', 1, held, new Semaphore(0), new Event(), barrier, shared, once, answers);
  deepEqual([...answers], [1, 1, 1, -2, 1, 0, 1, 0]);
  guard.release();
  reader.release();
  equal(shared.locked, false);
  ran();
  await running;
  barrier.reset();

  // Deaths: an owner that is terminated, a kernel that returns or traps with the lock.
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const end = doomed.apply(stay, [held, flag]).catch((error: Error) => error.name);
  while (Atomics.load(flag, 0) === 0) await sleep(1);
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
}
