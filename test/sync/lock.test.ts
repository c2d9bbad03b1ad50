// Locks of one thread against the sources: what needs other threads is in test/conformance/cases/locks.js.

import { describe, expect, test } from 'vitest';
import '../../src/index';
import { decode, encode } from '../../src/codec';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  ClosedError,
  Condition,
  Counter,
  Event,
  heapStats,
  InvalidStateError,
  Latch,
  Lock,
  Once,
  OwnerDiedError,
  RLock,
  RWLock,
  Semaphore,
  TimeoutError,
} from '../../src/index';
import { settleHolds } from '../../src/sync/_holds';

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe.each([
  ['Lock', () => new Lock()],
  ['RLock', () => new RLock()],
])('%s', (_name, make) => {
  test('is taken and let go, by guard, by hand and at the end of a scope', async () => {
    const lock = make();
    const guard = lock.acquireSync();
    expect(lock.locked).toBe(true);
    guard.release();
    expect(lock.locked).toBe(false);
    expect(() => guard.release()).toThrow(InvalidStateError);
    guard[Symbol.dispose](); // released already: nothing to do
    await lock.acquire();
    lock.release();
    lock.tryAcquire()?.[Symbol.dispose]();
    await (await lock.acquire())[Symbol.asyncDispose]();
    expect(lock.locked).toBe(false);
    expect(() => lock.release()).toThrow(/does not hold/);
    lock.close();
    expect(() => lock.acquireSync()).toThrow(ClosedError);
    await expect(lock.acquire()).rejects.toThrow(ClosedError);
    lock.close();
  });

  test('a stale guard takes nothing back', () => {
    const lock = make();
    const stale = lock.acquireSync();
    lock.release();
    const fresh = lock.acquireSync();
    expect(() => stale.release()).toThrow(InvalidStateError);
    stale[Symbol.dispose]();
    expect([stale.held, fresh.held, lock.locked]).toEqual([false, true, true]);
    fresh.release();
    lock.close();
  });

  test('what a task leaves held goes to the next with OwnerDiedError', async () => {
    const lock = make();
    const left = lock.acquireSync();
    settleHolds();
    expect([left.held, lock.locked]).toEqual([false, false]);
    const error = (await lock.acquire().catch((caught) => caught)) as OwnerDiedError;
    expect(error).toBeInstanceOf(OwnerDiedError);
    expect(lock.locked).toBe(true);
    (error.guard as { release(): void }).release();
    lock.acquireSync().release();
    lock.close();
  });

  test('travels as itself', () => {
    const lock = make();
    expect(decode(encode([lock]))).toEqual([lock]);
    expect((decode(encode({ lock })) as { lock: unknown }).lock).toBe(lock);
    const bytes = encode(lock).slice();
    lock.close();
    expect(() => decode(bytes)).toThrow(/closed/);
  });
});

test('Lock: flows of a thread take turns, in order; given-up waits take none', async () => {
  const lock = new Lock();
  const order: number[] = [];
  const first = lock.acquireSync();
  const late = lock.acquire({ timeout: 5 });
  const aborter = new AbortController();
  const aborted = lock.acquire({ signal: aborter.signal });
  const flows = [1, 2, 3].map(async (n) => {
    const guard = await lock.acquire();
    order.push(n);
    await tick();
    guard.release();
  });
  const given = Promise.allSettled([late, aborted]);
  aborter.abort(new RangeError('enough'));
  expect(await given).toMatchObject([
    { reason: { name: 'TimeoutError' } },
    { reason: { name: 'RangeError' } },
  ]);
  expect(() => lock.acquireSync()).toThrow(/wait for itself/);
  expect(() => lock.acquireSync({ timeout: 5 })).toThrow(TimeoutError);
  expect(lock.tryAcquire()).toBe(undefined);
  first.release();
  await Promise.all(flows);
  expect(order).toEqual([1, 2, 3]);
  lock.close();
});

test('RLock: as often as it was taken', () => {
  const lock = new RLock();
  const guards = [lock.acquireSync(), lock.acquireSync(), lock.tryAcquire()!];
  for (const guard of guards) {
    expect(lock.locked).toBe(true);
    guard.release();
  }
  expect(lock.locked).toBe(false);
  lock.close();
});

test('RWLock: readers together, a writer alone', async () => {
  const lock = new RWLock();
  const readers = [lock.acquireReadSync(), await lock.acquireRead(), lock.tryAcquireRead()!];
  expect(lock.tryAcquireWrite()).toBe(undefined);
  expect(() => lock.acquireWriteSync()).toThrow(/wait for itself/);
  const writer = lock.acquireWrite();
  for (const guard of readers) guard.release();
  const guard = await writer;
  expect([lock.tryAcquireRead(), lock.locked]).toEqual([undefined, true]);
  const reader = lock.acquireRead();
  guard.release();
  (await reader).release();
  expect(lock.locked).toBe(false);
  expect(() => lock.release()).toThrow(InvalidStateError);
  lock.close();
});

test('Semaphore counts up, BoundedSemaphore does not', async () => {
  for (const bad of [-1, 1.5, Number.NaN]) expect(() => new Semaphore(bad)).toThrow(RangeError);
  const semaphore = new Semaphore(2000);
  const guards = Array.from({ length: 2000 }, () => semaphore.acquireSync());
  expect([semaphore.locked, semaphore.tryAcquire()]).toEqual([true, undefined]);
  const waiting = semaphore.acquire();
  guards.pop()!.release();
  guards.push(await waiting);
  for (const guard of guards) guard.release();
  semaphore.release(3);
  for (let i = 0; i < 2003; i++) expect(semaphore.tryAcquire()).toBeDefined();
  expect(semaphore.tryAcquire()).toBe(undefined);
  const signal = new Semaphore(0);
  signal.release();
  signal.acquireSync();
  const bounded = new BoundedSemaphore(1);
  expect(() => bounded.release()).toThrow(InvalidStateError);
  bounded.acquireSync().release();
  expect(() => bounded.release()).toThrow(InvalidStateError);
  for (const handle of [semaphore, signal, bounded]) handle.close();
});

test('Event: a wait that began before set ends, though it is cleared at once', async () => {
  const event = new Event();
  const waits = [event.wait(), event.wait({ timeout: 1000 })];
  event.set();
  event.clear();
  expect(await Promise.all(waits)).toEqual([true, true]);
  expect(event.isSet).toBe(false);
  await expect(event.wait(5)).rejects.toThrow(TimeoutError);
  expect(() => event.waitSync({ timeout: 5 })).toThrow(TimeoutError);
  event.set();
  expect(event.waitSync()).toBe(true);
  event.close();
});

test('Barrier: meets, breaks, is reset; the action runs once', async () => {
  for (const bad of [0, -1, 1.5]) expect(() => new Barrier(bad)).toThrow(RangeError);
  let actions = 0;
  const barrier = new Barrier(3, { action: () => void actions++ });
  for (let i = 0; i < 20; i++) {
    const places = await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
    expect(places.sort()).toEqual([0, 1, 2]);
  }
  expect([actions, barrier.nWaiting, barrier.parties]).toEqual([20, 0, 3]);
  const broken = barrier.wait();
  const late = barrier.wait({ timeout: 5 });
  expect(barrier.nWaiting).toBe(2);
  const ended = Promise.allSettled([late, broken]);
  expect(await ended).toMatchObject([
    { reason: { name: 'TimeoutError' } },
    { reason: { name: 'BrokenBarrierError' } },
  ]);
  expect(barrier.broken).toBe(true);
  expect(() => barrier.waitSync()).toThrow(BrokenBarrierError);
  barrier.reset();
  const waiting = barrier.wait();
  barrier.reset();
  await expect(waiting).rejects.toThrow(BrokenBarrierError);
  expect(barrier.broken).toBe(false);
  barrier.abort();
  await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
  barrier.close();
  const failing = new Barrier(2, { action: () => Promise.reject(new RangeError('no')) });
  const other = failing.wait();
  await expect(failing.wait()).rejects.toThrow(RangeError);
  await expect(other).rejects.toThrow(BrokenBarrierError);
  failing.close();
});

test('Condition: notifies in order, and holds its lock again after a time-out', async () => {
  const condition = new Condition(new Lock());
  expect(() => condition.notify()).toThrow(InvalidStateError);
  await expect(condition.wait()).rejects.toThrow(InvalidStateError);
  const order: number[] = [];
  const waiters = [1, 2, 3].map(async (n) => {
    const guard = await condition.acquire();
    await condition.wait();
    order.push(n);
    guard.release();
  });
  await tick();
  for (let i = 0; i < 3; i++) {
    const guard = await condition.acquire();
    condition.notify();
    guard.release();
    await tick();
  }
  await Promise.all(waiters);
  expect(order).toEqual([1, 2, 3]);
  const guard = condition.acquireSync();
  await expect(condition.wait({ timeout: 5 })).rejects.toThrow(TimeoutError);
  expect(() => condition.waitSync(5)).toThrow(TimeoutError);
  await expect(condition.waitFor(() => false, 5)).rejects.toThrow(TimeoutError);
  expect([guard.held, await condition.waitFor(() => 7)]).toEqual([true, 7]);
  guard.release();
  condition.close();
  condition.lock.close();
});

test('Counter, Latch, Once', async () => {
  const counter = new Counter(2 ** 52);
  expect([counter.add(1), counter.add(-2n), counter.bigValue]).toEqual([
    2 ** 52 + 1,
    2 ** 52 - 1,
    2n ** 52n - 1n,
  ]);
  expect(() => counter.add(0.5)).toThrow(RangeError);
  const latch = new Latch(2);
  const waiting = latch.wait();
  latch.countDown(5);
  await waiting;
  expect(latch.count).toBe(0);
  latch.waitSync();
  const once = new Once();
  let runs = 0;
  const run = () => once.run(() => tick().then(() => ({ run: ++runs })));
  expect(await Promise.all([run(), run()])).toEqual([{ run: 1 }, { run: 1 }]);
  expect([once.done, once.runSync(() => 5)]).toEqual([true, { run: 1 }]);
  const failing = new Once();
  for (let i = 0; i < 2; i++) {
    expect(() =>
      failing.runSync(() => {
        throw new RangeError(`run ${i}`);
      }),
    ).toThrow('run 0');
  }
  const unsendable = new Once();
  for (let i = 0; i < 2; i++) expect(() => unsendable.runSync(() => () => 1)).toThrow(/Cannot/);
  for (const handle of [counter, latch, once, failing, unsendable]) handle.close();
});

test('nothing is left on the heap', () => {
  expect(heapStats().byKind.sync).toEqual({ blocks: 0, bytes: 0 });
});
