// The cases of RWLock, Condition and Once in kernels.

import { Condition, heapStats, Lock, Once, Pool, RWLock, sharedArray } from '../../src/index';
import { deepEqual, equal, match, ok } from './_assert';
import {
  consumeInScript,
  inKernel,
  type Kit,
  onceInScript,
  produceInScript,
  readInScript,
  sleep,
  stayWriting,
  takenWriting,
  trapped,
  writeInScript,
} from './_kernel-kit';

const COUNTS = 20_000;

export async function checkShared({ pool, kernel, here }: Kit): Promise<void> {
  const lock = new RWLock();
  const cells = sharedArray(Int32Array, 3);
  const seen = sharedArray(Int32Array, 3);
  const flow = async () => {
    for (let i = 0; i < 200; i++) (await lock[i % 2 === 0 ? 'acquireRead' : 'acquireWrite']()).release();
  };
  const [, torn] = await Promise.all([
    kernel('write', COUNTS, lock, cells),
    pool.apply(readInScript, [lock, cells, COUNTS]),
    flow(),
  ]);
  await Promise.all([
    kernel('read', COUNTS, lock, cells, seen),
    pool.apply(writeInScript, [lock, cells, COUNTS]),
    flow(),
  ]);
  await Promise.all([kernel('read', COUNTS, lock, cells, seen), kernel('write', COUNTS, lock, cells)]);
  deepEqual([torn, ...cells, ...seen], [0, 3 * COUNTS, 3 * COUNTS, 0, 0, 2 * COUNTS, 0]);
  equal(lock.locked, false);

  // A thread that reads already: its kernel enters, also while a writer waits, and leaves the hold as it was.
  const outer = lock.acquireReadSync();
  const writing = takenWriting(lock);
  await here('read', 5, lock, cells, seen);
  equal(seen[1], 2 * COUNTS + 5);
  ok(outer.held && lock.locked);
  outer.release();
  equal(await writing, 'taken');

  // Deaths: a writer that is terminated; a kernel that returns with holds.
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const end = doomed.apply(stayWriting, [lock, flag]).catch((error: Error) => error.name);
  while (Atomics.load(flag, 0) === 0) await sleep(1);
  const waiting = [kernel('read', 2, lock, cells, seen), kernel('write', 2, lock, cells)];
  await doomed.terminate();
  await Promise.all([...waiting, end]);
  equal(cells[2] + seen[2], 1, 'one inherits, the reader or the writer');
  const read = new RWLock();
  const once = new Once();
  equal(await trapped(kernel('keepShared', 1, lock, read, once)), 'returned');
  equal(await takenWriting(lock), 'OwnerDiedError');
  equal(await takenWriting(lock), 'taken');
  equal(await takenWriting(read), 'taken', 'a reader that is gone disturbs nobody');
  equal(await once.run(() => 'anew'), 'anew');

  match(await trapped(kernel('readThenWrite', 1, read)), /KernelTrapError.*wait for itself/);
  equal(await takenWriting(read), 'taken');
  match(await trapped(kernel('releaseShared', 1, read)), /KernelTrapError.*neither reads nor writes/);
}

export async function checkConditions({ text, pool, kernel, here }: Kit): Promise<void> {
  const all = (COUNTS / 10) * (COUNTS / 10 + 1) * 0.5;
  const lock = new Lock();
  for (const condition of [new Condition(), new Condition(lock)]) {
    const { blocks } = heapStats().byKind.sync;
    const cells = sharedArray(Int32Array, 5);
    const [, sum] = await Promise.all([
      kernel('produce', COUNTS / 10, condition, cells),
      pool.apply(consumeInScript, [condition, cells, COUNTS / 10]),
    ]);
    await Promise.all([
      kernel('consume', COUNTS / 10, condition, cells),
      pool.apply(produceInScript, [condition, cells, COUNTS / 10]),
    ]);
    await Promise.all([
      kernel('consume', COUNTS / 10, condition, cells),
      kernel('produce', COUNTS / 10, condition, cells),
    ]);
    deepEqual([sum, cells[1]], [all, 2 * all]);

    // A flow of this thread notifies a kernel; time runs out.
    const notify = async (waits: () => boolean) => {
      while (!waits()) await sleep(1);
      const guard = await condition.acquire(); // so it sleeps
      condition.notify();
      guard.release();
    };
    const answer = sharedArray(Int32Array, 1);
    const woken = kernel('waitFor', 1, condition, -1, answer);
    await notify(() => Atomics.load(answer, 0) === -1);
    await woken;
    equal(answer[0], 1);
    await kernel('waitFor', 1, condition, 5, answer);
    equal(answer[0], 0);

    // A kernel that waits dies: who is next in line is notified.
    cells.fill(0);
    const doomed = new Pool({ processes: 1, backend: 'shared' });
    const end = doomed.apply(inKernel, [text, 'consume', 1, condition, cells]).catch(() => undefined);
    while (Atomics.load(cells, 2) === 0) await sleep(1);
    const next = kernel('waitFor', 1, condition, -1, answer);
    while (Atomics.load(answer, 0) !== -1) await sleep(1);
    await doomed.terminate();
    await Promise.all([end, notify(() => true), next]);
    equal(answer[0], 1);
    match(
      await trapped(kernel('waitOnly', 1, condition)),
      /KernelTrapError.*does not hold the condition's lock/,
    );
    match(await trapped(kernel('notifyOnly', 1, condition)), /KernelTrapError.*call acquire first/);
    match(await trapped(kernel('wait', 1, condition)), /KernelTrapError.*of another kind/);
    equal(condition.lock.locked, false);
    const left = heapStats().byKind.sync.blocks - blocks; // the collector may have taken handles meanwhile
    ok(left <= 0, `${left} nodes of waiters were left`);
    condition.close();
  }

  // An RLock that this thread's JavaScript holds: a kernel of the thread that waits lets go of it, and it comes back.
  const held = new Condition();
  if (!('document' in globalThis)) {
    const outer = held.acquireSync();
    const cells = sharedArray(Int32Array, 5);
    const giving = kernel('produce', 1, held, cells);
    await here('consume', 1, held, cells);
    await giving;
    ok(outer.held && held.lock.locked);
    equal(cells[1], 1);
    outer.release();
  }
  held.close();
  lock.close();
}

export async function checkOnce({ pool, kernel, here }: Kit): Promise<void> {
  const cells = sharedArray(Int32Array, 2);
  const byKernel = new Once();
  await Promise.all([kernel('once', 1, byKernel, cells), kernel('once', 1, byKernel, cells)]);
  await here('once', 1, byKernel, cells);
  deepEqual([...cells], [1, 3]);
  equal(await byKernel.run(() => 'not run'), undefined);
  equal(await pool.apply(onceInScript, [byKernel, cells]), undefined);
  const either = new Once();
  await Promise.all([kernel('once', 1, either, cells), pool.apply(onceInScript, [either, cells])]);
  deepEqual([...cells], [2, 4]);
  const threw = new Once();
  match(await threw.run(() => Promise.reject(new RangeError('burnt'))).catch(String), /burnt/);
  await kernel('once', 1, threw, cells);
  deepEqual([...cells], [2, 4]);
  match(await trapped(kernel('finishOnly', 1, either)), /KernelTrapError.*does not run it/);
}
