// Condition, the JavaScript side: assembly/sync/condition.ts has the algorithm.

import { atomicLoad } from '../../assembly/atomics/index';
import { HEADER_DEATHS } from '../../assembly/heap/layout';
import { INHERITED, KIND_CONDITION, LOOK, WAKE_ALL } from '../../assembly/sync/block';
import {
  appendNode,
  CONDITION_BYTES,
  initCondition,
  NODE_BYTES,
  NODE_NOTIFIED,
  nodeStep,
  notifyNode,
  removeDeadNode,
  removeNode,
} from '../../assembly/sync/condition';
import { InvalidStateError } from '../errors';
import { allocate, release } from '../heap/heap';
import { canSleep, isEnding } from './_block';
import { type Operation, refuse, runAwaiting, runBlocking } from './_drive';
import { Attach, me, registerSync, SyncHandle } from './_handle';
import { type Limit, limitOf, type Wait } from './_options';
import { OwnerLock, ownerDied } from './_owner-lock';
import { wake } from './_park';
import type { Guard } from './guard';
import { RLock } from './rlock';

const WHAT = 'wait for the condition';

/** Nobody holds the condition any more: whoever still stands in its list has died there. */
function freeNodes(word: number): void {
  for (let dead = removeDeadNode(word); dead !== 0; dead = removeDeadNode(word)) {
    release(dead, NODE_BYTES, 'sync');
  }
}

/**
 * Waiting for a change of what a lock protects.
 *
 * A notification whose receiver died goes to the next in line. `wait` throws `OwnerDiedError` if the lock's owner
 * died meanwhile; the caller holds the lock then, too.
 *
 * @example
 * ```ts
 * const condition = new Condition();
 * let ready = false;
 * setTimeout(() => {
 *   const guard = condition.acquireSync();
 *   ready = true;
 *   condition.notify();
 *   guard.release();
 * }, 1);
 * const guard = await condition.acquire();
 * await condition.waitFor(() => ready);
 * guard.release();
 * console.log(ready); // true
 * ```
 */
export class Condition extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync(
    'Condition',
    KIND_CONDITION,
    () => this,
    freeNodes,
  );

  readonly #lock: OwnerLock;

  /** @param lock a `Lock` or `RLock`, its own `RLock` unless given */
  constructor(lock?: OwnerLock | unknown) {
    const own = lock instanceof Attach ? lock.extra[0] : (lock ?? new RLock());
    if (!(own instanceof OwnerLock)) {
      throw new TypeError('Cannot make a condition: wanted a Lock or an RLock');
    }
    super(KIND_CONDITION, CONDITION_BYTES, lock instanceof Attach ? lock : undefined);
    if (!(lock instanceof Attach)) initCondition(this.word, own.words);
    this.#lock = own;
  }

  protected override extra(): unknown[] {
    return [this.#lock];
  }

  /** The lock that belongs to the condition. */
  get lock(): OwnerLock {
    return this.#lock;
  }

  /** Takes the lock; see `Lock.acquire`. */
  acquire(wait?: Wait): Promise<Guard> {
    return this.#lock.acquire(wait);
  }

  /** Takes the lock, blocking; see `Lock.acquireSync`. */
  acquireSync(wait?: Wait): Guard {
    return this.#lock.acquireSync(wait);
  }

  /** Takes the lock if it is free. */
  tryAcquire(): Guard | undefined {
    return this.#lock.tryAcquire();
  }

  /** Lets go of the lock. */
  release(): void {
    this.#lock.release();
  }

  /**
   * Lets go of the lock, waits for a notification without blocking, and takes the lock again.
   *
   * @returns true
   * @throws {InvalidStateError} if this thread does not hold the lock
   * @throws {TimeoutError} if it runs out of time; the caller holds the lock again
   */
  async wait(wait?: Wait): Promise<true> {
    this.#throwIfNotHeld('wait');
    return runAwaiting(this.#wait(limitOf(wait, WHAT)));
  }

  /** The same, blocking. */
  waitSync(wait?: Wait): true {
    this.#throwIfNotHeld('wait');
    const limit = limitOf(wait, WHAT);
    // Before the lock is let go: it could not be taken again.
    if (!canSleep()) runBlocking(refuse(this.word, limit), 'condition.wait()');
    return runBlocking(this.#wait(limit), 'condition.wait()');
  }

  /**
   * Waits until the predicate, called with the lock held, is truthy.
   * @returns what the predicate returned
   */
  async waitFor<T>(predicate: () => T | PromiseLike<T>, wait?: Wait): Promise<T> {
    this.#throwIfNotHeld('wait');
    const limit = limitOf(wait, WHAT);
    while (true) {
      const result = await predicate();
      if (result) return result;
      await runAwaiting(this.#wait(limit));
    }
  }

  /** The same, blocking. */
  waitForSync<T>(predicate: () => T, wait?: Wait): T {
    this.#throwIfNotHeld('wait');
    const limit = limitOf(wait, WHAT);
    while (true) {
      const result = predicate();
      if (result) return result;
      if (!canSleep()) runBlocking(refuse(this.word, limit), 'condition.waitFor()');
      runBlocking(this.#wait(limit), 'condition.waitFor()');
    }
  }

  /**
   * Lets the `n` longest-waiting go on, once they have the lock.
   * @throws {InvalidStateError} if this thread does not hold the lock
   */
  notify(n = 1): void {
    this.#throwIfNotHeld('notify');
    let node = 0;
    for (let i = 0; i < n; i++) {
      node = notifyNode(this.word, node);
      if (node === 0) return;
      wake(node, WAKE_ALL);
    }
  }

  /** Lets all who wait go on. */
  notifyAll(): void {
    this.notify(Number.POSITIVE_INFINITY);
  }

  #throwIfNotHeld(what: string): void {
    this.throwIfClosed(what);
    if (!this.#lock.heldHere) {
      throw new InvalidStateError(
        `Cannot ${what}: this thread does not hold the condition's lock. Call "acquire" first`,
      );
    }
  }

  *#wait(limit: Limit): Operation<true> {
    const { word } = this;
    const lock = this.#lock;
    const node = allocate(NODE_BYTES, 'sync');
    appendNode(word, node, me);
    const forever = limitOf(undefined, 'acquire the lock again');
    let problem: unknown;
    let failed = false;
    let deaths = atomicLoad(HEADER_DEATHS);
    while (true) {
      const since = deaths;
      const suspended = lock.suspend();
      let outcome = 0;
      try {
        outcome = yield { word: node, step: () => nodeStep(node, since), limit, inLine: false };
      } catch (error) {
        if (isEnding()) throw error; // without the lock: a dying thread takes none
        problem = error;
        failed = true;
      }
      const inherited = (yield lock.retake(forever)) === INHERITED;
      const guard = lock.resume(suspended);
      const seen = atomicLoad(HEADER_DEATHS); // before the list is looked through: a later death is the next look's
      this.#passOn();
      const notified = atomicLoad(node) === NODE_NOTIFIED;
      if (outcome === LOOK && !notified && !failed && !inherited) {
        deaths = seen;
        continue;
      }
      removeNode(word, node);
      release(node, NODE_BYTES, 'sync');
      if (inherited) throw ownerDied(guard);
      if (failed && !notified) throw problem;
      return true;
    }
  }

  /** With the lock held: clears away who died waiting, and gives its notification to the next. */
  #passOn(): void {
    for (let dead = removeDeadNode(this.word); dead !== 0; dead = removeDeadNode(this.word)) {
      const owed = atomicLoad(dead) === NODE_NOTIFIED;
      release(dead, NODE_BYTES, 'sync');
      if (!owed) continue;
      const next = notifyNode(this.word, 0);
      if (next !== 0) wake(next, WAKE_ALL);
    }
  }
}
