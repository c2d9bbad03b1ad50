// Future: concurrent.futures.Future. The result of a call given to an executor.

import { CancelledError } from '../errors';
import type { Wait } from '../sync/index';
import type { Work } from './_work';
import { deadlineOf, timeoutError } from './deadline';
import { guarded, type Outcome } from './outcome';

/** Errors made by a cancellation: a task may throw a CancelledError too, and was not cancelled. */
const cancellations = new WeakSet<Error>();

/** The error of a cancelled future. */
export function cancellation(): CancelledError {
  const error = new CancelledError('Cannot give the result: the future was cancelled');
  cancellations.add(error);
  return error;
}

/**
 * The result of a call that an executor has accepted: at once a handle to ask and cancel, and a promise-like:
 * `await future` is the result. An error that nobody reads is no unhandled rejection.
 *
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
 * const future = executor.submit(square, 7);
 * console.log(await future.result()); // 49
 * console.log(future.done(), future.cancelled()); // true false
 * ```
 */
export class Future<T> implements PromiseLike<T> {
  /** For `wait` and `asCompleted`; no part of the contract. */
  readonly '~outcome': Outcome<T>;
  readonly #work: Work;

  /** Made by executors; a program of its own uses `Promise.withResolvers`. */
  constructor(outcome: Outcome<T>, work: Work) {
    this['~outcome'] = outcome;
    this.#work = work;
  }

  /**
   * The call's result.
   *
   * @param wait milliseconds to wait at most, or `{ timeout, signal }`
   * @returns what the task returned
   * @throws what the task threw
   * @throws {CancelledError} if the future was cancelled
   * @throws {TimeoutError} if the time runs out; the call goes on
   */
  result(wait?: Wait): Promise<T> {
    return this['~outcome'].value(wait, 'get the result of the future');
  }

  /**
   * {@link result}, blocking this thread.
   *
   * @param timeout milliseconds to wait at most
   * @throws {BlockingNotAllowedError} where this thread may not block and there is no result yet
   */
  resultSync(timeout?: number): T {
    const what = 'get the result of the future';
    const { isSettled } = this['~outcome'];
    this.#work.block(isSettled, 'result', deadlineOf(timeout, what));
    if (!isSettled()) throw timeoutError(what, timeout);
    return this['~outcome'].get();
  }

  /**
   * The error that the call threw; undefined if it returned.
   *
   * @param wait milliseconds to wait at most, or `{ timeout, signal }`
   * @throws {CancelledError} if the future was cancelled
   * @throws {TimeoutError} if the time runs out
   */
  async exception(wait?: Wait): Promise<unknown> {
    await this['~outcome'].settled(wait, 'get the exception of the future');
    if (this.cancelled()) throw this['~outcome'].error;
    return this['~outcome'].error;
  }

  /**
   * Cancels the call if it does not run yet.
   *
   * @returns whether the future is cancelled; false if the call runs or has ended
   */
  cancel(): boolean {
    if (this['~outcome'].isSettled()) return this.cancelled();
    if (!this.#work.retract()) return false;
    this['~outcome'].reject(cancellation());
    return this.cancelled();
  }

  /** Whether the call was cancelled before it ran. */
  cancelled(): boolean {
    const { error } = this['~outcome'];
    return error instanceof CancelledError && cancellations.has(error);
  }

  /** Whether a worker runs the call now. */
  running(): boolean {
    return !this['~outcome'].isSettled() && this.#work.isRunning;
  }

  /** Whether the call has returned, has thrown, or was cancelled. */
  done(): boolean {
    return this['~outcome'].isSettled();
  }

  /**
   * Calls `fn` with this future once it is done; at once if it is. What `fn` throws is reported as an uncaught
   * error, and harms neither the future nor the other callbacks.
   */
  addDoneCallback(fn: (future: this) => unknown): void {
    if (this['~outcome'].isSettled()) guarded(() => fn(this));
    else this['~outcome'].listen(() => fn(this));
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited as its result
  then<R = T, E = never>(
    onResult?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.result().then(onResult, onError);
  }

  catch<E = never>(onError?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<T | E> {
    return this.result().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.result().finally(onEnd);
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }
}
