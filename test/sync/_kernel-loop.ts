// The cases of event loops beside kernels that hold the locks: nothing blocks, and in a page nothing could.

import {
  Barrier,
  Condition,
  Event,
  Latch,
  Lock,
  Once,
  RLock,
  RWLock,
  Semaphore,
  sharedArray,
} from '../../src/index';
import { deepEqual, equal, match, ok, throws } from './_assert';
import { type Kit, sleep, trapped } from './_kernel-kit';

/** A kernel in a worker has everything: every asynchronous form waits without blocking, in a page as elsewhere. */
export async function checkEventLoop({ kernel, here }: Kit): Promise<void> {
  const [lock, again, shared, semaphore, once] = [
    new Lock(),
    new RLock(),
    new RWLock(),
    new Semaphore(1),
    new Once(),
  ];
  const [condition, barrier, latch] = [new Condition(), new Barrier(2), new Latch(1)];
  const [held, go] = [new Event(), new Event()];
  const handles = [lock, again, shared, semaphore, once, condition, barrier, latch, held, go];
  const ended = kernel('holdAll', 1, ...handles);
  await held.wait();
  const settled: string[] = [];
  const note = (name: string) => () => void settled.push(name);
  const forms = {
    lock: lock.acquire().then((guard) => guard.release()),
    again: again.acquire().then((guard) => guard.release()),
    read: shared.acquireRead().then((guard) => guard.release()),
    write: shared.acquireWrite().then((guard) => guard.release()),
    semaphore: semaphore.acquire().then((guard) => guard.release()),
    once: once.run(() => 'not run'),
    condition: condition.acquire().then((guard) => guard.release()),
    latch: latch.wait(),
    barrier: barrier.wait(),
  };
  for (const [name, form] of Object.entries(forms)) void form.then(note(name));
  let turns = 0;
  while (turns < 20) {
    await sleep(1);
    turns++;
  }
  deepEqual([...settled, turns], [20]);
  deepEqual(
    [lock.tryAcquire(), shared.tryAcquireRead(), semaphore.tryAcquire()],
    [undefined, undefined, undefined],
  );
  if ('document' in globalThis) {
    const cells = sharedArray(Int32Array, 2);
    for (const form of [
      () => lock.acquireSync(),
      () => again.acquireSync(),
      () => shared.acquireReadSync(),
      () => shared.acquireWriteSync(),
      () => semaphore.acquireSync(),
      () => once.runSync(() => 0),
      () => latch.waitSync(),
      () => go.waitSync(),
    ]) {
      throws(form, /BlockingNotAllowedError/);
    }
    match(await trapped(here('count', 1, lock, cells)), /BlockingNotAllowedError.*run them in a worker/);
    match(await trapped(here('read', 1, shared, cells, cells)), /BlockingNotAllowedError/);
    match(await trapped(here('once', 1, once, cells)), /BlockingNotAllowedError/);
    deepEqual([...cells, ...settled], [0, 0]);
  }
  go.set();
  await Promise.all([ended, ...Object.values(forms)]);
  equal(settled.length, 9);
  deepEqual([lock.locked, again.locked, shared.locked, semaphore.locked], [false, false, false, false]);
  if ('document' in globalThis) {
    // A condition that a kernel may not wait for keeps its lock, and nobody in its list.
    const guard = await condition.acquire();
    match(await trapped(here('waitOnly', 1, condition)), /BlockingNotAllowedError/);
    ok(guard.held && condition.lock.locked);
    condition.notify();
    guard.release();
  }
  for (const handle of handles) handle.close();
}
