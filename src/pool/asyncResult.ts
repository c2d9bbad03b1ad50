// AsyncResult: what a pool's …Async methods give at once.

import { InvalidStateError } from '../errors';
import { deadlineOf, timeoutError } from '../futures/deadline';
import type { Outcome } from '../futures/outcome';
import type { Wait } from '../sync/index';
import type { PoolBackend } from './_backend';

/** Who is told when the result of an …Async call is there. */
export interface AsyncCallbacks<T> {
  /** Called with the result; what it throws is reported as an uncaught error and harms nobody else. */
  callback?: (result: T) => unknown;
  /** Called with the error, if there is one. */
  errorCallback?: (error: unknown) => unknown;
}

/**
 * The result of a call that goes on in the pool, as multiprocessing's class of the same name. It can be awaited
 * itself; an error that nobody reads is no unhandled rejection.
 *
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * await using pool = new Pool(2);
 * const result = pool.mapAsync(square, [1, 2, 3]);
 * await result.wait();
 * console.log(result.ready(), result.successful(), await result.get()); // true true [ 1, 4, 9 ]
 * ```
 */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #outcome: Outcome<T>;
  readonly #backend: PoolBackend;

  /** Made by pools. */
  constructor(outcome: Outcome<T>, backend: PoolBackend, { callback, errorCallback }: AsyncCallbacks<T>) {
    this.#outcome = outcome;
    this.#backend = backend;
    if (callback === undefined && errorCallback === undefined) return;
    outcome.listen(() => {
      if (outcome.isError) errorCallback?.(outcome.error);
      else callback?.(outcome.get());
    });
  }

  /**
   * The result.
   *
   * @param wait milliseconds to wait at most, or `{ timeout, signal }`
   * @throws what the task threw
   * @throws {TimeoutError} if the time runs out; the work goes on
   */
  get(wait?: Wait): Promise<T> {
    return this.#outcome.value(wait, 'get the result');
  }

  /**
   * {@link get}, blocking this thread.
   *
   * @param timeout milliseconds to wait at most
   * @throws {BlockingNotAllowedError} where this thread may not block and there is no result yet
   */
  getSync(timeout?: number): T {
    this.waitSync(timeout);
    return this.#outcome.get();
  }

  /**
   * Waits until there is a result or an error, and throws neither.
   *
   * @param wait milliseconds to wait at most, or `{ timeout, signal }`
   * @throws {TimeoutError} if the time runs out
   */
  wait(wait?: Wait): Promise<void> {
    return this.#outcome.settled(wait, 'wait for the result');
  }

  /** {@link wait}, blocking this thread. */
  waitSync(timeout?: number): void {
    const what = 'wait for the result';
    this.#backend.block(this.#outcome.isSettled, 'get', deadlineOf(timeout, what));
    if (!this.#outcome.isSettled()) throw timeoutError(what, timeout);
  }

  /** Whether there is a result or an error. */
  ready(): boolean {
    return this.#outcome.isSettled();
  }

  /**
   * Whether the work ended without an error.
   * @throws {InvalidStateError} if it has not ended yet
   */
  successful(): boolean {
    if (!this.#outcome.isSettled())
      throw new InvalidStateError('Cannot tell whether the work was successful: it is not ready');
    return !this.#outcome.isError;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited as its result
  then<R = T, E = never>(
    onResult?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.get().then(onResult, onError);
  }

  catch<E = never>(onError?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<T | E> {
    return this.get().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.get().finally(onEnd);
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncResult';
  }
}
