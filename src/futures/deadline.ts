// How long a wait of this folder lasts. Times are read from performance.now().

import { TimeoutError } from '../errors';
import type { Wait } from '../sync/index';

/** The moment at which a wait that begins now runs out; Infinity if it does not. */
export function deadlineOf(wait: Wait | undefined, what: string): number {
  const timeout = timeoutOf(wait);
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`Cannot ${what}: wanted a timeout in milliseconds, came ${String(timeout)}`);
  }
  return performance.now() + Math.max(0, timeout);
}

export function signalOf(wait: Wait | undefined): AbortSignal | undefined {
  return typeof wait === 'object' ? wait.signal : undefined;
}

export function timeoutError(what: string, wait: Wait | undefined): TimeoutError {
  return new TimeoutError(`Cannot ${what} within ${timeoutOf(wait)} ms`);
}

function timeoutOf(wait: Wait | undefined): number | undefined {
  return typeof wait === 'object' ? wait.timeout : wait;
}
