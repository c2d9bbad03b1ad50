// Lock, the JavaScript side: assembly/sync/lock.ts has the algorithm.

import { atomicCompareExchange, atomicLoad, notifyWord } from '../../assembly/atomics/index';
import { INHERITED, KIND_LOCK, REFUSED } from '../../assembly/sync/block';
import {
  abandon,
  HANDED_OVER,
  isLocked,
  lockStep,
  NOT_HELD,
  tryLockSlow,
  unhand,
  unlock,
} from '../../assembly/sync/lock';
import { ALL_BIT, ownerOf, PARKED_BIT } from '../../assembly/sync/owner';
import { InvalidStateError, OwnerDiedError } from '../errors';
import { isHeapShared } from '../heap/heap';
import { block, canSleep } from './_block';
import { me, registerSync, SyncHandle } from './_handle';
import { era, type Holdable, lostHold, tookHold } from './_holds';
import { optionsOf, type Wait } from './_options';
import { isAwaited, kick, park, wake } from './_park';
import { Guard, type Guarded } from './guard';

/** A taker may overtake sleepers for this long on average, as in parking_lot. */
const UNFAIR_MS = 0.5;
/** Looks at a held lock before sleeping: about two microseconds. */
const SPINS = 64;

/** What Lock and RLock share: one word, held by one thread. */
export abstract class OwnerLock extends SyncHandle implements Guarded, Holdable {
  #fairAt = 0;

  /** Whether somebody holds it. */
  get locked(): boolean {
    this.throwIfClosed('look at the lock');
    return isLocked(this.word);
  }

  /** One of the waits below came to its end. */
  protected abstract taken(): Guard;

  /** Gives the guard, or tells that the last owner died. */
  #enter(outcome: number): Guard {
    const guard = this.taken();
    if (outcome !== INHERITED) return guard;
    throw new OwnerDiedError(
      'The owner of the lock died, or returned, while it held it: repair what the lock protects, then release error.guard',
      { guard },
    );
  }

  protected tryTake(): Guard | undefined {
    this.throwIfClosed('acquire the lock');
    const outcome = tryLockSlow(this.word, me);
    return outcome === REFUSED ? undefined : this.#enter(outcome);
  }

  protected takeSync(wait: Wait | undefined): Guard {
    this.throwIfClosed('acquire the lock');
    const { word } = this;
    if (canSleep()) {
      for (let i = 0; i < SPINS; i++) {
        if (atomicLoad(word) === 0 && atomicCompareExchange(word, 0, me) === 0) return this.taken();
      }
    }
    if (ownerOf(atomicLoad(word)) === me && optionsOf(wait).timeout === undefined && canSleep()) {
      throw new InvalidStateError(
        'Cannot acquire the lock: this thread holds it already and would wait for itself. Use an RLock, or "await lock.acquire()" where another flow of this thread releases it',
      );
    }
    return this.#enter(
      block(
        word,
        (slept) => lockStep(word, me, PARKED_BIT, slept),
        wait,
        'acquire the lock',
        'lock.acquire()',
      ),
    );
  }

  protected async take(wait: Wait | undefined): Promise<Guard> {
    this.throwIfClosed('acquire the lock');
    const { word } = this;
    return this.#enter(
      await park(
        word,
        (slept) => lockStep(word, me, PARKED_BIT | ALL_BIT, slept),
        wait,
        'acquire the lock',
        true,
      ),
    );
  }

  /** Lets go of the word when somebody may sleep on it. */
  protected letGoSlow(what: string): void {
    this.throwIfClosed(what);
    const { word } = this;
    const now = performance.now();
    const fair = now >= this.#fairAt;
    if (fair) this.#fairAt = now + Math.random() * 2 * UNFAIR_MS;
    const order = unlock(word, me, fair);
    if (order === NOT_HELD) {
      throw new InvalidStateError(`Cannot ${what}: this thread does not hold it`);
    }
    if (order === HANDED_OVER) {
      if (notifyWord(word, 1) === 0) wake(word, unhand(word));
    } else if (fair && order !== 0) {
      notifyWord(word, order); // flows of this thread wait for their turn like all others
      if (!isHeapShared()) kick(word);
    } else wake(word, order);
  }

  /** Leaves the lock to the next in line as if this thread had died. */
  protected abandonWord(): void {
    wake(this.word, abandon(this.word, me));
  }

  abstract releaseGuard(guard: Guard): void;
  abstract giveUp(): void;
}

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
  /** The hold of this thread, if it has one. */
  #guard: Guard | undefined;

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
    const guard = this.#guard;
    if (atomicCompareExchange(this.word, me, 0) !== me) this.letGoSlow('release the lock');
    if (guard !== undefined) {
      this.#guard = undefined;
      Guard.spend(guard);
    }
    lostHold();
  }

  protected taken(): Guard {
    tookHold();
    return (this.#guard = new Guard(this));
  }

  releaseGuard(_guard: Guard): void {
    this.release();
  }

  giveUp(): void {
    if (this.#guard === undefined || this.#guard.era !== era) return;
    Guard.spend(this.#guard);
    this.#guard = undefined;
    lostHold();
    this.abandonWord();
  }

  protected override onClose(): void {
    this.giveUp();
  }
}

registerSync('Lock', KIND_LOCK, Lock);
