// What workers run in the cases of the fault matrix: each task meets its fault in one phase of a worker's life.

import { tasks } from '../lib.js';
import { refuseGrowth, strike, tooLong } from './strike.js';

/** Has the fault strike when the worker's event loop runs next: then no task is under way. */
const arm = (...fault) => {
  setTimeout(() => strike(...fault), 0);
};

export const f = tasks(import.meta.url, {
  square: (x) => x * x,
  prepare: (...fault) => {
    globalThis.fault = fault;
  },
  sum: (values) => values.length,
  strike: (...fault) => strike(...fault),
  arm: (...fault) => arm(...fault) ?? 'armed',
  /** Long enough that the worker then gives its event loop a turn, though tasks wait. */
  work(ms) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return 'worked';
  },
  strikeHolding(lock, fault, flag, limited) {
    lock.acquireSync();
    if (fault === 'unclonable result') return () => {};
    return strike(fault, flag, limited);
  },
  strikePushing(queue, fault, flag, limited) {
    if (fault === 'unclonable argument') return queue.put(() => {});
    if (fault !== 'kill') {
      return queue.put({
        before: new Uint8Array(1000),
        get value() {
          return strike(fault, flag, limited);
        },
      });
    }
    Atomics.store(flag, 0, 1);
    for (let i = 0; i < 1000; i++) queue.putSync({ i, bytes: new Uint8Array(2000).fill(i) });
    return strike(fault, flag, limited);
  },
  strikeEncoding: (fault, flag, limited) =>
    fault === 'unclonable result'
      ? { inner: [() => {}] }
      : {
          before: new Uint8Array(1000),
          get value() {
            return strike(fault, flag, limited);
          },
        },
  strikeSending(fault, flag) {
    if (fault !== 'grow fails') {
      if (flag !== undefined) Atomics.add(flag, 0, 1);
      return new Uint8Array(200_000).fill(7);
    }
    refuseGrowth();
    return new Uint8Array(tooLong());
  },
  giveFunction: () => () => {},
});
