// Lock and RLock as kernels have them: sync/lock.ts has the algorithm, src/sync/lock.ts the JavaScript side.

import { atomicLoad, atomicStore, load32, notifyWord, store32 } from '../atomics/index';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { INHERITED, KIND_LOCK, KIND_RLOCK, REFUSED, SPINS, UNFAIR_MS, WAKE_ALL } from '../sync/block';
import {
  HANDED_ALL,
  HANDED_ONE,
  isLocked,
  lockStep,
  NOT_HELD,
  RLOCK_DEPTH,
  RLOCK_OUTER,
  tryLock,
  tryLockSlow,
  tryUnlock,
  unhand,
  unlock,
} from '../sync/lock';
import { ownerOf, PARKED_BIT } from '../sync/owner';
import { ACQUIRED, check, deadlineOf, dropHold, isNoted, me, noteHold, now, OWNER_DIED, pend, sleepOn, TIMED_OUT, wake } from './wait';

/** From when on an unlock is to be fair, in this instance: a thread's own business. */
let fairAt: f64 = 0;
let random: u32 = 0x9e3779b9;

function isFairnessDue(): bool {
  const at = now();
  if (at < fairAt) return false;
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  fairAt = at + (<f64>random / 4294967296) * 2 * UNFAIR_MS;
  return true;
}

/** Blocks until the word is taken: ACQUIRED, OWNER_DIED or TIMED_OUT. */
export function acquireWord(p: usize, self: u32, timeoutMs: f64): i32 {
  for (let i = 0; i < SPINS; i++) if (atomicLoad(p) == 0 && tryLock(p, self)) return ACQUIRED;
  const deadline = deadlineOf(timeoutMs);
  const outer = pend(p);
  let answer = TIMED_OUT;
  let slept = false;
  while (true) {
    const outcome = lockStep(p, self, PARKED_BIT, slept);
    if ((outcome & 1) == 0) {
      answer = outcome == INHERITED ? OWNER_DIED : ACQUIRED;
      break;
    }
    if (!sleepOn(p, outcome, deadline)) break;
    slept = true;
  }
  atomicStore(thisThread + THREAD_PENDING, <u32>outer);
  return answer;
}

function tryAcquireWord(p: usize, self: u32): i32 {
  const outcome = tryLockSlow(p, self);
  return outcome == REFUSED ? TIMED_OUT : outcome == INHERITED ? OWNER_DIED : ACQUIRED;
}

/** Lets go of the word, in a way that is fair now and then. */
export function releaseWord(p: usize, self: u32): void {
  if (tryUnlock(p, self)) return;
  const order = unlock(p, self, isFairnessDue());
  if (order == NOT_HELD) throw new Error("Cannot release the lock: this thread does not hold it");
  if (order == HANDED_ONE || order == HANDED_ALL) {
    if (notifyWord(p, order == HANDED_ONE ? 1 : WAKE_ALL) == 0) wake(p, unhand(p));
  } else wake(p, order);
}

/** Mutual exclusion between threads, JavaScript or kernels. */
// @ts-ignore: decorator
@unmanaged
export class Lock {
  /**
   * Blocks until the lock is taken: ACQUIRED, OWNER_DIED (taken as well), or TIMED_OUT, which is 0. A negative time
   * is for ever. Traps where the thread would wait for itself.
   */
  acquire(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    let answer = ACQUIRED;
    if (!tryLock(p, self)) {
      check(p, KIND_LOCK);
      if (timeoutMs < 0 && ownerOf(atomicLoad(p)) == self)
        throw new Error("Cannot acquire the lock: this thread holds it already and would wait for itself: use an RLock");
      answer = acquireWord(p, self, timeoutMs);
    }
    if (answer != TIMED_OUT) noteHold(p);
    return answer;
  }

  /** Takes the lock if nobody holds it: as `acquire`, with 0 if somebody does. */
  tryAcquire(): i32 {
    const p = changetype<usize>(this);
    check(p, KIND_LOCK);
    const answer = tryAcquireWord(p, me());
    if (answer != TIMED_OUT) noteHold(p);
    return answer;
  }

  /** Lets go; traps if this kernel has not taken it. */
  release(): void {
    const p = changetype<usize>(this);
    if (!dropHold(p)) throw new Error("Cannot release the lock: this kernel does not hold it");
    releaseWord(p, me());
  }

  /** Whether somebody holds it. */
  get locked(): bool { return isLocked(changetype<usize>(this)); }
}

/** A lock that its thread may take again, also in a kernel while its JavaScript holds it. */
// @ts-ignore: decorator
@unmanaged
export class RLock {
  /** Blocks until the lock is taken; see Lock. */
  acquire(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    let answer = ACQUIRED;
    if (!tryLock(p, self)) {
      check(p, KIND_RLOCK);
      if (this.enter(p, self)) return ACQUIRED;
      answer = acquireWord(p, self, timeoutMs);
    }
    if (answer != TIMED_OUT) this.taken(p, 0);
    return answer;
  }

  /** Takes the lock if no other thread holds it; see Lock. */
  tryAcquire(): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_RLOCK);
    if (this.enter(p, self)) return ACQUIRED;
    const answer = tryAcquireWord(p, self);
    if (answer != TIMED_OUT) this.taken(p, 0);
    return answer;
  }

  /** Takes the last acquire back; traps if this kernel has not taken it. */
  release(): void {
    const p = changetype<usize>(this);
    const self = me();
    const depth = isNoted(p) ? load32(p + RLOCK_DEPTH) : 0;
    if (depth == 0) throw new Error("Cannot release the lock: this kernel does not hold it");
    store32(p + RLOCK_DEPTH, depth - 1);
    if (depth > 1) return;
    dropHold(p);
    if (load32(p + RLOCK_OUTER) == 0) releaseWord(p, self);
  }

  /** Whether somebody holds it. */
  get locked(): bool { return isLocked(changetype<usize>(this)); }

  /** Once more, if this thread has it. */
  private enter(p: usize, self: u32): bool {
    if (ownerOf(atomicLoad(p)) != self) return false;
    if (isNoted(p)) store32(p + RLOCK_DEPTH, load32(p + RLOCK_DEPTH) + 1);
    else this.taken(p, 1); // the words behind may be those of one who died
    return true;
  }

  private taken(p: usize, outer: u32): void {
    store32(p + RLOCK_DEPTH, 1);
    store32(p + RLOCK_OUTER, outer);
    noteHold(p);
  }
}
