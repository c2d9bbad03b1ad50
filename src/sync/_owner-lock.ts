// What Lock and RLock share: one word that names the thread which holds it (assembly/sync/lock.ts).

import { atomicCompareExchange, atomicLoad, notifyWord } from '../../assembly/atomics/index';
import { INHERITED, REFUSED, SPINS, UNFAIR_MS, WAKE_ALL } from '../../assembly/sync/block';
import {
  abandon,
  HANDED_ALL,
  HANDED_ONE,
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
import type { Sleep } from './_drive';
import { me, SyncHandle } from './_handle';
import type { Holdable } from './_holds';
import { type Limit, limitOf, type Wait } from './_options';
import { kick, park, wake } from './_park';
import { Guard, type Guarded } from './guard';

const WHAT = 'acquire the lock';

/** Looks at the word for a moment; true if that was enough to take it. */
export function spinForLock(word: number): boolean {
  for (let i = 0; i < SPINS; i++) {
    if (atomicLoad(word) === 0 && atomicCompareExchange(word, 0, me) === 0) return true;
  }
  return false;
}

export function ownerDied(guard: Guard): OwnerDiedError {
  return new OwnerDiedError(
    'The owner of the lock died, or returned, while it held it: repair what the lock protects, then release error.guard',
    { guard },
  );
}

/** When an unlock has to be fair, for one lock in one thread. */
export class Fairness {
  #at = 0;

  isDue(): boolean {
    const now = performance.now();
    if (now < this.#at) return false;
    this.#at = now + Math.random() * 2 * UNFAIR_MS;
    return true;
  }

  /** Lets go of a word that others may sleep on; false if this thread does not hold it. */
  unlock(word: number): boolean {
    const fair = isHeapShared() && this.isDue();
    const order = unlock(word, me, fair);
    if (order === NOT_HELD) return false;
    if (order === HANDED_ONE || order === HANDED_ALL) {
      if (notifyWord(word, order === HANDED_ONE ? 1 : WAKE_ALL) === 0) wake(word, unhand(word));
      else if (order === HANDED_ONE) kick(word);
    } else wake(word, order);
    return true;
  }
}

export abstract class OwnerLock extends SyncHandle implements Guarded, Holdable {
  readonly #fairness = new Fairness();
  /** Keeps the hidden class of guards alive: V8 forgets it with the last guard, and all code that was optimised for it. */
  protected readonly sample = new Guard(this);

  /** Whether somebody holds it. */
  get locked(): boolean {
    this.throwIfClosed('look at the lock');
    return isLocked(this.word);
  }

  /** Whether this thread holds it. */
  get heldHere(): boolean {
    return ownerOf(atomicLoad(this.word)) === me;
  }

  /** The lock was taken: makes the guard. */
  protected abstract taken(): Guard;

  #enter(outcome: number): Guard {
    const guard = this.taken();
    if (outcome === INHERITED) throw ownerDied(guard);
    return guard;
  }

  protected tryTake(): Guard | undefined {
    this.throwIfClosed(WHAT);
    const outcome = tryLockSlow(this.word, me);
    return outcome === REFUSED ? undefined : this.#enter(outcome);
  }

  protected takeSync(wait: Wait | undefined): Guard {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const limit = limitOf(wait, WHAT);
    if (canSleep()) {
      if (spinForLock(word)) return this.taken();
      if (this.heldHere && limit.at === Number.POSITIVE_INFINITY) {
        throw new InvalidStateError(
          `Cannot ${WHAT}: this thread holds it already and would wait for itself. Use an RLock, or "await lock.acquire()" where another flow of this thread releases it`,
        );
      }
    }
    return this.#enter(
      block(word, (slept) => lockStep(word, me, PARKED_BIT, slept), limit, 'lock.acquire()'),
    );
  }

  protected async take(wait: Wait | undefined): Promise<Guard> {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const limit = limitOf(wait, WHAT);
    return this.#enter(
      await park(word, (slept) => lockStep(word, me, PARKED_BIT | ALL_BIT, slept), limit, true),
    );
  }

  /** Lets go of the word when somebody may sleep on it. */
  protected letGoSlow(what: string): void {
    this.throwIfClosed(what);
    if (!this.#fairness.unlock(this.word)) {
      throw new InvalidStateError(`Cannot ${what}: this thread does not hold it`);
    }
  }

  /** Leaves the lock to the next in line as if this thread had died. */
  protected abandonWord(): void {
    wake(this.word, abandon(this.word, me));
  }

  abstract acquire(wait?: Wait): Promise<Guard>;
  abstract acquireSync(wait?: Wait): Guard;
  abstract tryAcquire(): Guard | undefined;
  abstract release(): void;
  abstract holds(guard: Guard): boolean;
  abstract releaseGuard(guard: Guard): void;
  abstract giveUp(): void;

  /** For a Condition: the address of the lock's words. */
  get words(): number {
    this.throwIfClosed('make a condition');
    return this.word;
  }

  /** For a Condition: lets go completely; what it returns brings the hold back. */
  abstract suspend(): unknown;
  /** For a Condition: the word has been taken again. Returns the guard of the hold. */
  abstract resume(suspended: unknown): Guard;

  /** For a Condition: the sleep that takes the word again. */
  retake(limit: Limit): Sleep {
    const { word } = this;
    return { word, step: (bits, slept) => lockStep(word, me, bits, slept), limit, inLine: true };
  }
}
