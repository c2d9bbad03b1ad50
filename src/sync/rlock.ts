// RLock: a lock that its thread may take again. The word is a Lock's; the depth is this thread's business, for
// nobody else looks at it while the thread holds the lock.

import { atomicCompareExchange } from '../../assembly/atomics/index';
import { KIND_RLOCK } from '../../assembly/sync/block';
import { ownerOf } from '../../assembly/sync/owner';
import { InvalidStateError } from '../errors';
import { me, registerSync } from './_handle';
import { era, lostHold, tookHold } from './_holds';
import type { Wait } from './_options';
import { OwnerLock } from './_owner-lock';
import { isAwaited } from './_park';
import { Guard } from './guard';

/**
 * A lock that its owner may acquire again; it is free once it was released as often.
 *
 * **The owner is a thread.** Two asynchronous flows of one thread both enter: between them an `RLock` excludes
 * nothing, use a {@link Lock}. Deaths are answered as in {@link Lock}.
 *
 * @example
 * ```ts
 * const lock = new RLock();
 * const outer = await lock.acquire();
 * const inner = lock.acquireSync(); // the same thread: does not wait
 * inner.release();
 * outer.release();
 * console.log(lock.locked); // false
 * ```
 */
export class RLock extends OwnerLock {
  protected static readonly travels = /* @__PURE__ */ registerSync('RLock', KIND_RLOCK, () => this);

  /** The holds of this thread, the outermost first. */
  #guards: Guard[] = [];

  /** @param attach for the codec */
  constructor(attach?: unknown) {
    super(KIND_RLOCK, 16, attach);
  }

  /** Waits for the lock without blocking; see {@link Lock.acquire}. */
  acquire(wait?: Wait): Promise<Guard> {
    if (this.#guards.length > 0) return Promise.resolve(this.taken());
    if (wait === undefined && !isAwaited(this.word) && atomicCompareExchange(this.word, 0, me) === 0)
      return Promise.resolve(this.taken());
    return this.take(wait);
  }

  /** Blocks until the lock is taken; see {@link Lock.acquireSync}. */
  acquireSync(wait?: Wait): Guard {
    if (ownerOf(atomicCompareExchange(this.word, 0, me)) === 0 || this.#guards.length > 0)
      return this.taken();
    return this.takeSync(wait);
  }

  /** Takes the lock if no other thread holds it; `undefined` otherwise. */
  tryAcquire(): Guard | undefined {
    if (this.#guards.length > 0 || atomicCompareExchange(this.word, 0, me) === 0) return this.taken();
    return this.tryTake();
  }

  /**
   * Takes the last acquire back.
   * @throws {InvalidStateError} if this thread does not hold it
   */
  release(): void {
    const guard = this.#guards.at(-1);
    if (guard === undefined) {
      this.throwIfClosed('release the lock');
      throw new InvalidStateError('Cannot release the lock: this thread does not hold it');
    }
    this.releaseGuard(guard);
  }

  holds(guard: Guard): boolean {
    return this.#guards.includes(guard);
  }

  releaseGuard(guard: Guard): void {
    const at = this.#guards.lastIndexOf(guard);
    if (at < 0) throw new InvalidStateError('Cannot release the guard: its hold was released already');
    this.#guards.splice(at, 1);
    if (this.#guards.length > 0) return;
    lostHold();
    if (atomicCompareExchange(this.word, me, 0) !== me) this.letGoSlow('release the lock');
  }

  protected taken(): Guard {
    if (this.#guards.length === 0) tookHold();
    const guard = new Guard(this);
    this.#guards.push(guard);
    return guard;
  }

  giveUp(): void {
    if (this.#guards.length === 0 || this.#guards[0].era !== era) return;
    this.#guards = [];
    lostHold();
    this.abandonWord();
  }

  suspend(): Guard[] {
    const guards = this.#guards;
    this.letGoSlow('wait');
    this.#guards = [];
    lostHold();
    return guards;
  }

  resume(suspended: unknown): Guard {
    tookHold();
    // Another flow of this thread may have entered meanwhile: its holds stay beside ours.
    this.#guards = [...(suspended as Guard[]), ...this.#guards];
    return this.#guards[this.#guards.length - 1];
  }

  protected override onClose(): void {
    this.giveUp();
  }
}
