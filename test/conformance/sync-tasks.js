// The tasks of the cases on locks: a module that the main thread and every worker import alike.

import { currentProcess, Event, Lock, tasks } from './lib.js';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells whoever waits on the flag. */
function raise(flag) {
  Atomics.add(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function exit() {
  if (typeof globalThis.process?.exit === 'function') globalThis.process.exit(3);
  globalThis.close();
  for (;;);
}

export const s = tasks(import.meta.url, {
  count(lock, cells, n) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireSync();
      cells[0]++;
      guard.release();
    }
  },
  async countAsync(lock, cells, n) {
    for (let i = 0; i < n; i++) {
      const guard = await lock.acquire();
      const seen = cells[0];
      if (i % 16 === 0) await null;
      cells[0] = seen + 1;
      guard.release();
    }
  },
  countWriting(lock, cells, n) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireWriteSync();
      cells[0]++;
      cells[1]++;
      guard.release();
    }
  },
  /** Counts how often the two cells differ: never, under a lock. */
  countReading(lock, cells, n) {
    let torn = 0;
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireReadSync();
      if (cells[0] !== cells[1]) torn++;
      guard.release();
    }
    return torn;
  },
  inside(semaphore, cells, n) {
    let most = 0;
    for (let i = 0; i < n; i++) {
      const guard = semaphore.acquireSync();
      most = Math.max(most, Atomics.add(cells, 0, 1) + 1);
      for (let spin = 0; spin < 50; spin++) Atomics.load(cells, 0);
      Atomics.sub(cells, 0, 1);
      guard.release();
    }
    return most;
  },
  /** Takes turns until there have been `n`, once all parties are there; how many it had. */
  takeTurns(lock, cells, parties, n) {
    Atomics.add(cells, 1, 1);
    while (Atomics.load(cells, 1) < parties) Atomics.wait(cells, 1, Atomics.load(cells, 1), 5);
    for (let mine = 0; ; mine++) {
      const guard = lock.acquireSync();
      const over = cells[0] === n;
      if (!over) cells[0]++;
      // Long enough that the others come.
      for (let spin = 0; spin < 2000; spin++) Atomics.load(cells, 1);
      guard.release();
      if (over) return mine;
    }
  },
  acquireAndReturn(lock) {
    lock.acquireSync();
  },
  acquireReadAndReturn(lock) {
    lock.acquireReadSync();
  },
  acquireAndThrow(lock) {
    lock.acquireSync();
    throw new RangeError('with a lock in hand');
  },
  acquireAndExit(lock, flag) {
    lock.acquireSync();
    raise(flag);
    exit();
  },
  acquireAndStay(lock, flag, method = 'acquireSync') {
    lock[method]();
    raise(flag);
    for (;;) Atomics.wait(flag, 0, Atomics.load(flag, 0), 1000);
  },
  /** Holds it until the second cell of the flag is set. */
  hold(handle, method, flag) {
    const guard = handle[method]();
    raise(flag);
    while (Atomics.load(flag, 1) === 0) Atomics.wait(flag, 1, 0, 50);
    guard.release();
  },
  takeOrder(lock) {
    try {
      lock.acquireSync().release();
      return 'taken';
    } catch (error) {
      error.guard?.release();
      return error.name;
    }
  },
  isSame: (handles) => handles.every((handle) => handle === handles[0]),
  classOf: (handle) => handle.constructor.name,
  makeLock: () => new Lock(),
  waitEvent(event, flag) {
    raise(flag);
    event.waitSync();
    return event.isSet;
  },
  pingPong(ping, pong, n) {
    for (let i = 0; i < n; i++) {
      ping.waitSync();
      ping.clear();
      pong.set();
    }
  },
  meet(barrier, n) {
    const places = [];
    for (let i = 0; i < n; i++) places.push(barrier.waitSync());
    return places;
  },
  async meetAsync(barrier) {
    return barrier.wait();
  },
  meetOrError(barrier, flag) {
    raise(flag);
    try {
      return barrier.waitSync();
    } catch (error) {
      return error.name;
    }
  },
  produce(condition, cells, n) {
    for (let i = 0; i < n; i++) {
      const guard = condition.acquireSync();
      condition.waitForSync(() => cells[0] === 0);
      cells[0] = i + 1;
      condition.notifyAll();
      guard.release();
    }
  },
  consume(condition, cells, n) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const guard = condition.acquireSync();
      condition.waitForSync(() => cells[0] !== 0);
      sum += cells[0];
      cells[0] = 0;
      condition.notifyAll();
      guard.release();
    }
    return sum;
  },
  waitNotified(condition, flag) {
    const guard = condition.acquireSync();
    raise(flag);
    condition.waitSync();
    guard.release();
    return 'notified';
  },
  add(counter, n) {
    for (let i = 0; i < n; i++) counter.add(1);
  },
  countDown: (latch) => latch.countDown(),
  set: (event) => event.set(),
  once: (once, cells) =>
    once.runSync(() => {
      Atomics.add(cells, 0, 1);
      return { by: currentProcess().pid };
    }),
  onceAndExit(once, flag) {
    once.runSync(() => {
      raise(flag);
      exit();
    });
  },
  nothing: () => {},
  freshEvent: () => new Event(),
});
