// A result that comes once, and who waits for it: what a Future and an AsyncResult are made of. Nothing is
// allocated for an outcome that nobody waits for, and an error that nobody reads is no unhandled rejection.

import type { Wait } from '../sync/index';
import { deadlineOf, signalOf, timeoutError } from './deadline';

const PENDING = 0;
const VALUE = 1;
const ERROR = 2;

/** The longest time that a timer can take. */
const TIMER_MAX_MS = 0x7fffffff;

export class Outcome<T> {
  #state = PENDING;
  #content: unknown;
  #listeners: Set<() => void> | undefined;

  readonly resolve = (value: unknown): void => this.#settle(VALUE, value);
  readonly reject = (error: unknown): void => this.#settle(ERROR, error);
  readonly isSettled = (): boolean => this.#state !== PENDING;

  get isError(): boolean {
    return this.#state === ERROR;
  }

  /** The error; undefined if there is none. */
  get error(): unknown {
    return this.#state === ERROR ? this.#content : undefined;
  }

  #settle(state: number, content: unknown): void {
    if (this.#state !== PENDING) return;
    this.#state = state;
    this.#content = content;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) guarded(listener);
  }

  /** Calls `listener` once there is a result, in order of subscription; at once if it is there. */
  listen(listener: () => void): void {
    if (this.#state !== PENDING) guarded(listener);
    else (this.#listeners ??= new Set()).add(listener);
  }

  unlisten(listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** The value, or throws the error; only once it is settled. */
  get(): T {
    if (this.#state === ERROR) throw this.#content;
    return this.#content as T;
  }

  /** Resolves when there is a result, whichever it is. */
  settled(wait: Wait | undefined, what: string): Promise<void> {
    return whenever(this, wait, what);
  }

  async value(wait: Wait | undefined, what: string): Promise<T> {
    if (this.#state === PENDING) await this.settled(wait, what);
    return this.get();
  }
}

/** What can be listened to until it is over. */
export interface Listenable {
  listen(listener: () => void): void;
  unlisten(listener: () => void): void;
}

/** Resolves when `source` tells, rejects at the timeout with TimeoutError, at an abort with its reason. */
export function whenever(source: Listenable, wait: Wait | undefined, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = signalOf(wait);
    signal?.throwIfAborted();
    const deadline = deadlineOf(wait, what);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      source.unlisten(listener);
    };
    const listener = (): void => {
      end();
      resolve();
    };
    const onAbort = (): void => {
      end();
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', onAbort);
    if (deadline !== Number.POSITIVE_INFINITY) {
      const ms = Math.min(TIMER_MAX_MS, Math.max(0, deadline - performance.now()));
      timer = setTimeout(() => {
        end();
        reject(timeoutError(what, wait));
      }, ms);
    }
    source.listen(listener);
  });
}

/** Runs a caller's function; what it throws is reported as an uncaught error and harms nobody else. */
export function guarded(callback: () => unknown): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
