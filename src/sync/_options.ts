// What every wait takes, and how it ends without success.

import { TimeoutError } from '../errors';

/** How long to wait, and what ends the waiting early. */
export interface WaitOptions {
  /** Milliseconds after which the wait ends in `TimeoutError`; for ever unless given. */
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

/** A wait that has begun. */
export interface Limit {
  /** What is being done, for messages: `acquire the lock`. */
  readonly what: string;
  /** When it runs out, on the clock of performance.now(). */
  readonly at: number;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Begins a wait: throws if it is aborted already. */
export function limitOf(wait: Wait | undefined, what: string): Limit {
  const signal = signalOf(wait);
  signal?.throwIfAborted();
  const timeout = (typeof wait === 'object' ? wait.timeout : wait) ?? Number.POSITIVE_INFINITY;
  return { what, at: wait === undefined ? timeout : deadlineOf(wait, what), timeout, signal };
}

export function timeoutError(what: string, wait: Wait | undefined): TimeoutError {
  return new TimeoutError(`Cannot ${what} within ${typeof wait === 'object' ? wait.timeout : wait} ms`);
}

/** A whole number from `least`, or a RangeError. */
export function wholeNumber(value: unknown, least: number, most: number, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(
      `Cannot ${what}: wanted a whole number from ${least} to ${most}, came ${String(value)}`,
    );
  }
  return value;
}
