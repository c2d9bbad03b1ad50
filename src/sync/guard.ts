// What acquiring gives: a hold that can be released once, by hand or by `using`.

import { InvalidStateError } from '../errors';
import { era } from './_holds';

/** What can take a guard's hold back. */
export interface Guarded {
  releaseGuard(guard: Guard): void;
}

/**
 * A hold on a lock or a permit of a semaphore.
 *
 * @example
 * ```ts
 * const lock = new Lock();
 * const guard = await lock.acquire();
 * try {
 *   console.log(lock.locked); // true
 * } finally {
 *   guard.release();
 * }
 * ```
 */
export class Guard {
  /** What it holds; undefined once released. */
  #of: Guarded | undefined;
  /** The era of _holds.ts in which it was taken. */
  readonly era = era;

  constructor(of: Guarded) {
    this.#of = of;
  }

  /** Whether it has not been released yet. */
  get held(): boolean {
    return this.#of !== undefined;
  }

  /**
   * Lets go.
   * @throws {InvalidStateError} if it was released already
   */
  release(): void {
    const of = this.#of;
    if (of === undefined) throw new InvalidStateError('Cannot release the guard: it was released already');
    this.#of = undefined;
    of.releaseGuard(this);
  }

  /** For the lock: the hold is gone, `release` has nothing to do any more. */
  static spend(guard: Guard): void {
    guard.#of = undefined;
  }

  [Symbol.dispose](): void {
    if (this.#of !== undefined) this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#of !== undefined) this.release();
  }
}
