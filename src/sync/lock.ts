// Lock, the JavaScript side: assembly/sync/lock.ts has the algorithm.

import { atomicCompareExchange } from '../../assembly/atomics/index';
import { KIND_LOCK } from '../../assembly/sync/block';
import { InvalidStateError } from '../errors';
import { me, registerSync } from './_handle';
import { era, lostHold, tookHold } from './_holds';
import type { Wait } from './_options';
import { OwnerLock } from './_owner-lock';
import { isAwaited } from './_park';
import { Guard } from './guard';

/**
 * Mutual exclusion between threads and, within a thread, between asynchronous flows. Not reentrant.
 *
 * A lock whose owner dies goes to the next in line with an `OwnerDiedError`; a task that returns while it holds
 * the lock counts as dead. Acquiring is not strictly in order, but nobody starves: about every half millisecond
 * a lock that others wait for is handed to one of them.
 *
 * @example
 * ```ts
 * const lock = new Lock();
 * const guard = await lock.acquire({ timeout: 1000 });
 * console.log(lock.locked, lock.tryAcquire()); // true undefined
 * guard.release();
 * ```
 */
export class Lock extends OwnerLock {
  protected static readonly travels = /* @__PURE__ */ registerSync('Lock', KIND_LOCK, () => this);

  /** Holds that this thread has had; the one it has now, or 0. Numbers, so that nothing is kept alive or allocated. */
  #serial = 0;
  #hold = 0;
  #era = 0;

  /** @param attach for the codec */
  constructor(attach?: unknown) {
    super(KIND_LOCK, 16, attach);
  }

  /**
   * Waits for the lock, here without blocking.
   *
   * @returns the hold: release it, or let `using` do it
   * @throws {OwnerDiedError} with the hold in `guard`, if the last owner died
   * @throws {TimeoutError} if it runs out of time; the signal's reason if that is aborted
   */
  acquire(wait?: Wait): Promise<Guard> {
    if (wait === undefined && !isAwaited(this.word) && atomicCompareExchange(this.word, 0, me) === 0)
      return Promise.resolve(this.taken());
    return this.take(wait);
  }

  /**
   * Blocks until the lock is taken; otherwise like {@link Lock.acquire}.
   *
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   * @throws {InvalidStateError} if this thread holds it already and no timeout is given
   */
  acquireSync(wait?: Wait): Guard {
    if (atomicCompareExchange(this.word, 0, me) === 0) return this.taken();
    return this.takeSync(wait);
  }

  /** Takes the lock if nobody holds it; `undefined` otherwise. */
  tryAcquire(): Guard | undefined {
    if (atomicCompareExchange(this.word, 0, me) === 0) return this.taken();
    return this.tryTake();
  }

  /**
   * Lets go of the lock.
   * @throws {InvalidStateError} if this thread does not hold it
   */
  release(): void {
    if (atomicCompareExchange(this.word, me, 0) !== me) this.letGoSlow('release the lock');
    this.#hold = 0;
    lostHold();
  }

  protected taken(): Guard {
    tookHold();
    this.#era = era;
    return new Guard(this, (this.#hold = ++this.#serial));
  }

  holds(guard: Guard): boolean {
    return guard.serial === this.#hold;
  }

  releaseGuard(guard: Guard): void {
    if (guard.serial !== this.#hold) {
      throw new InvalidStateError('Cannot release the guard: its hold was released already');
    }
    this.release();
  }

  giveUp(): void {
    if (this.#hold === 0 || this.#era !== era) return;
    this.#hold = 0;
    lostHold();
    this.abandonWord();
  }

  suspend(): number {
    const hold = this.#hold;
    this.letGoSlow('wait');
    this.#hold = 0;
    lostHold();
    return hold;
  }

  resume(suspended: unknown): Guard {
    tookHold();
    this.#era = era;
    this.#hold = suspended as number;
    return new Guard(this, this.#hold);
  }

  protected override onClose(): void {
    this.giveUp();
  }
}
