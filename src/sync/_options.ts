// What every wait takes, and how it ends without success.

import { TimeoutError } from '../errors';

/** How long to wait, and what ends the waiting early. */
export interface WaitOptions {
  /** Milliseconds after which the wait ends in {@link TimeoutError}; for ever unless given. */
  timeout?: number;
  /** Ends the wait with its reason. */
  signal?: AbortSignal;
}

/** Where a time is wanted, a number of milliseconds does as well as options. */
export type Wait = number | WaitOptions;

/** The moment at which a wait that begins now runs out. */
export function deadlineOf(wait: Wait | undefined, what: string): number {
  const timeout = typeof wait === 'object' ? wait.timeout : wait;
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`Cannot ${what}: wanted a timeout in milliseconds, came ${String(timeout)}`);
  }
  return performance.now() + Math.max(0, timeout);
}

export function signalOf(wait: Wait | undefined): AbortSignal | undefined {
  return typeof wait === 'object' ? wait.signal : undefined;
}

/** Whole timeouts as options, so that methods may add their own. */
export function optionsOf(wait: Wait | undefined): WaitOptions {
  return typeof wait === 'number' ? { timeout: wait } : (wait ?? {});
}

export function timeoutError(what: string, wait: Wait | undefined): TimeoutError {
  return new TimeoutError(`Cannot ${what} within ${optionsOf(wait).timeout} ms`);
}
