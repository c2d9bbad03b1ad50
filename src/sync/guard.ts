// What acquiring gives: a hold that can be released once, by hand or by `using`.

import { InvalidStateError } from '../errors';
import { era } from './_holds';

/** What can take a guard's hold back. */
export interface Guarded {
  /** Whether the guard's hold is still there: it may have been released by other means. */
  holds(guard: Guard): boolean;
  /** Takes the hold back, or throws `InvalidStateError` if it is gone. */
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
  /** Which of its lock's holds this is. */
  readonly serial: number;
  /** The era of _holds.ts in which it was taken. */
  readonly era = era;
  #of: Guarded | undefined;

  constructor(of: Guarded, serial = 0) {
    this.#of = of;
    this.serial = serial;
  }

  /** Whether it has not been released yet. */
  get held(): boolean {
    return this.#of?.holds(this) ?? false;
  }

  /**
   * Lets go.
   * @throws {InvalidStateError} if it was released already
   */
  release(): void {
    const of = this.#of;
    if (of === undefined) throw new InvalidStateError('Cannot release the guard: it was released already');
    of.releaseGuard(this);
    this.#of = undefined;
  }

  [Symbol.dispose](): void {
    if (this.held) this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.held) this.release();
  }
}
