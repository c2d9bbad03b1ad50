// Semaphore and BoundedSemaphore, the JavaScript side: assembly/sync/semaphore.ts has the algorithm.

import { DONE, KIND_BOUNDED, KIND_SEMAPHORE } from '../../assembly/sync/block';
import { NOT_HELD } from '../../assembly/sync/lock';
import { ALL_BIT, PARKED_BIT } from '../../assembly/sync/owner';
import {
  initSemaphore,
  isExhausted,
  permitStep,
  putBoundedPermit,
  putPermit,
  semaphoreBytes,
  takePermit,
} from '../../assembly/sync/semaphore';
import { InvalidStateError } from '../errors';
import { block } from './_block';
import { Attach, me, registerSync, SyncHandle } from './_handle';
import { limitOf, type Wait, wholeNumber } from './_options';
import { isAwaited, park, wake } from './_park';
import { Guard, type Guarded } from './guard';

const WHAT = 'acquire a permit';
const PERMITS_MAX = 0x7fffffff;

/** What both kinds share. */
abstract class Permits extends SyncHandle implements Guarded {
  protected constructor(kind: number, permits: unknown) {
    const attached = permits instanceof Attach;
    const n = attached ? 0 : wholeNumber(permits, 0, PERMITS_MAX, 'make a semaphore');
    super(kind, attached ? (permits.extra[0] as number) : semaphoreBytes(n), permits);
    if (!attached) initSemaphore(this.word, n);
    this.#bytes = attached ? (permits.extra[0] as number) : semaphoreBytes(n);
  }

  readonly #bytes: number;

  protected override extra(): unknown[] {
    return [this.#bytes];
  }

  /** Whether `acquire` would have to wait. */
  get locked(): boolean {
    this.throwIfClosed('look at the semaphore');
    return isExhausted(this.word);
  }

  /**
   * Waits for a permit, without blocking. The permit of a thread that dies returns to the semaphore.
   *
   * @returns the hold: release it, let `using` do it, or call `release` of the semaphore
   * @throws {TimeoutError} if it runs out of time; the signal's reason if that is aborted
   */
  async acquire(wait?: Wait): Promise<Guard> {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const limit = limitOf(wait, WHAT);
    if (isAwaited(word) || takePermit(word, me) !== DONE) {
      await park(word, () => permitStep(word, me, PARKED_BIT | ALL_BIT), limit, true);
    }
    return new Guard(this);
  }

  /**
   * Blocks until there is a permit.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  acquireSync(wait?: Wait): Guard {
    this.throwIfClosed(WHAT);
    const { word } = this;
    if (takePermit(word, me) !== DONE) {
      const limit = limitOf(wait, WHAT);
      block(word, () => permitStep(word, me, PARKED_BIT), limit, 'semaphore.acquire()');
    }
    return new Guard(this);
  }

  /** Takes a permit if there is one; `undefined` otherwise. */
  tryAcquire(): Guard | undefined {
    this.throwIfClosed(WHAT);
    return takePermit(this.word, me) === DONE ? new Guard(this) : undefined;
  }

  abstract release(n?: number): void;

  holds(_guard: Guard): boolean {
    return true;
  }

  releaseGuard(_guard: Guard): void {
    this.release();
  }
}

/**
 * A number of permits. Releasing counts up, by whomever and beyond the first number too, as in Python.
 *
 * @example
 * ```ts
 * const semaphore = new Semaphore(2);
 * const guard = await semaphore.acquire();
 * semaphore.acquireSync();
 * console.log(semaphore.locked, semaphore.tryAcquire()); // true undefined
 * guard.release();
 * ```
 */
export class Semaphore extends Permits {
  protected static readonly travels = /* @__PURE__ */ registerSync('Semaphore', KIND_SEMAPHORE, () => this);

  /**
   * @param permits a whole number from 0
   * @throws {RangeError} if it is none
   */
  constructor(permits: number | unknown = 1) {
    super(KIND_SEMAPHORE, permits);
  }

  /** Gives `n` permits. */
  release(n = 1): void {
    this.throwIfClosed('release a permit');
    wholeNumber(n, 1, PERMITS_MAX, 'release permits');
    for (let i = 0; i < n; i++) wake(this.word, putPermit(this.word, me));
  }
}

/** A semaphore whose permits are released by the threads that hold them. */
export class BoundedSemaphore extends Permits {
  protected static readonly travels = /* @__PURE__ */ registerSync(
    'BoundedSemaphore',
    KIND_BOUNDED,
    () => this,
  );

  /**
   * @param permits a whole number from 0
   * @throws {RangeError} if it is none
   */
  constructor(permits: number | unknown = 1) {
    super(KIND_BOUNDED, permits);
  }

  /**
   * Gives `n` permits back.
   * @throws {InvalidStateError} if this thread does not hold that many
   */
  release(n = 1): void {
    this.throwIfClosed('release a permit');
    wholeNumber(n, 1, PERMITS_MAX, 'release permits');
    for (let i = 0; i < n; i++) {
      const order = putBoundedPermit(this.word, me);
      if (order === NOT_HELD) {
        throw new InvalidStateError(
          'Cannot release a permit: this thread holds none. Where one thread acquires and another releases, use a Semaphore',
        );
      }
      wake(this.word, order);
    }
  }
}
