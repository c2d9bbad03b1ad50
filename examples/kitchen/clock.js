// Time stamps that mean the same in every thread, taken by the tasks themselves.

import { currentProcess } from 'manyhands';

/**
 * What a clocked task returns.
 * @typedef {{ value: any, worker: string, start: number, end: number }} Stamped
 */

/** Milliseconds since 1970, with fractions, comparable between threads. */
export function now() {
  return performance.timeOrigin + performance.now();
}

/** `fn`, whose result comes with who computed it, from when to when. */
export function clocked(fn) {
  return (...args) => {
    const start = now();
    const stamp = (value) => ({ value, worker: currentProcess().name, start, end: now() });
    const value = fn(...args);
    return value instanceof Promise ? value.then(stamp) : stamp(value);
  };
}
