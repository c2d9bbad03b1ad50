/** What the workers of both sides do; the bare ones use nothing but Atomics on the same shared memory. */
import { tasks } from 'manyhands';

/** Between two readings of the clock, and of who worked last. */
const BATCH = 50;

export const { bareMeet, barePing, barePong, contend, hammer, meet, ping, pong } = tasks(import.meta.url, {
  /** Adds to a plain cell under the lock, `n` times. */
  contend(lock, cells, n) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireSync();
      cells[0]++;
      guard.release();
    }
  },
  /** Does so for a time; how often, and how often after another thread. */
  hammer(lock, cells, ms, me) {
    const end = performance.now() + ms;
    let count = 0;
    let handOvers = 0;
    while (performance.now() < end) {
      for (let i = 0; i < BATCH; i++) {
        const guard = lock.acquireSync();
        if (cells[0] !== me) {
          cells[0] = me;
          handOvers++;
        }
        guard.release();
      }
      count += BATCH;
    }
    return [count, handOvers];
  },
  ping(there, back, n) {
    for (let i = 0; i < n; i++) {
      there.set();
      back.waitSync();
      back.clear();
    }
  },
  pong(there, back, n) {
    for (let i = 0; i < n; i++) {
      there.waitSync();
      there.clear();
      back.set();
    }
  },
  barePing(cells, n) {
    for (let i = 0; i < n; i++) {
      Atomics.store(cells, 0, 1);
      Atomics.notify(cells, 0);
      Atomics.wait(cells, 1, 0);
      Atomics.store(cells, 1, 0);
    }
  },
  barePong(cells, n) {
    for (let i = 0; i < n; i++) {
      Atomics.wait(cells, 0, 0);
      Atomics.store(cells, 0, 0);
      Atomics.store(cells, 1, 1);
      Atomics.notify(cells, 1);
    }
  },
  meet(barrier, n) {
    for (let i = 0; i < n; i++) barrier.waitSync();
  },
  bareMeet(cells, parties, n) {
    for (let i = 0; i < n; i++) {
      const phase = Atomics.load(cells, 1);
      if (Atomics.add(cells, 0, 1) === parties - 1) {
        Atomics.store(cells, 0, 0);
        Atomics.add(cells, 1, 1);
        Atomics.notify(cells, 1);
      } else while (Atomics.load(cells, 1) === phase) Atomics.wait(cells, 1, phase);
    }
  },
});
