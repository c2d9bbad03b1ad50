// Condition as kernels have it: sync/condition.ts has the algorithm, src/sync/condition.ts the JavaScript side.

import { atomicAdd, atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { alloc, free } from '../heap/allocator';
import { HEADER_DEATHS, HEADER_KINDS_SYNC } from '../heap/layout';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { KIND_CONDITION, KIND_LOCK, KIND_RLOCK, LOOK, SYNC_MAGIC, SYNC_WORDS, WAKE_ALL } from '../sync/block';
import { appendNode, conditionLock, NODE_BYTES, NODE_NOTIFIED, nodeStep, notifyNode, removeDeadNode, removeNode } from '../sync/condition';
import { RLOCK_DEPTH, RLOCK_OUTER } from '../sync/lock';
import { ownerOf } from '../sync/owner';
import { acquireWord, Lock, releaseWord, RLock } from './lock';
import { ACQUIRED, check, checkWaiting, deadlineOf, dropHold, me, noteHold, OWNER_DIED, pend, sleepOn, TIMED_OUT, wake } from './wait';

function lockOf(p: usize): usize {
  check(p, KIND_CONDITION);
  const lock = conditionLock(p);
  check(lock, KIND_LOCK, KIND_RLOCK);
  return lock;
}

function isRLock(lock: usize): bool {
  return load32(lock - SYNC_WORDS) == (SYNC_MAGIC | KIND_RLOCK);
}

/** The lock of the condition, which this thread must hold. */
function heldLockOf(p: usize): usize {
  const lock = lockOf(p);
  if (ownerOf(atomicLoad(lock)) != me())
    throw new Error("Cannot wait or notify: this thread does not hold the condition's lock: call acquire first");
  return lock;
}

function freeNode(node: usize): void {
  free(node, thisThread);
  countNodes(-1);
}

/** Nodes stand in heapStats() with all that JavaScript allocates, for it may be the one that frees them. */
function countNodes(n: i32): void {
  atomicAdd(HEADER_KINDS_SYNC, <u32>n);
  atomicAdd(HEADER_KINDS_SYNC + 4, <u32>(n * <i32>NODE_BYTES));
}

/** With the lock held: clears away who died waiting, and gives its notification to the next. */
function passOn(p: usize): void {
  for (let dead = removeDeadNode(p); dead != 0; dead = removeDeadNode(p)) {
    const owed = atomicLoad(dead) == NODE_NOTIFIED;
    freeNode(dead);
    const next = owed ? notifyNode(p, 0) : 0;
    if (next != 0) wake(next, WAKE_ALL);
  }
}

/** Waiting for a change of what a lock protects. */
// @ts-ignore: decorator
@unmanaged
export class Condition {
  /** Takes the condition's lock; see Lock. */
  acquire(timeoutMs: f64 = -1): i32 {
    const lock = lockOf(changetype<usize>(this));
    return isRLock(lock) ? changetype<RLock>(lock).acquire(timeoutMs) : changetype<Lock>(lock).acquire(timeoutMs);
  }

  /** Takes the condition's lock if nobody else holds it; see Lock. */
  tryAcquire(): i32 {
    const lock = lockOf(changetype<usize>(this));
    return isRLock(lock) ? changetype<RLock>(lock).tryAcquire() : changetype<Lock>(lock).tryAcquire();
  }

  /** Lets go of the condition's lock; see Lock. */
  release(): void {
    const lock = lockOf(changetype<usize>(this));
    if (isRLock(lock)) changetype<RLock>(lock).release();
    else changetype<Lock>(lock).release();
  }

  /**
   * Lets go of the lock, completely, blocks until another thread notifies, and takes the lock again: ACQUIRED;
   * TIMED_OUT, which is 0; or OWNER_DIED if the lock's owner died meanwhile. The kernel holds the lock whichever it is.
   * A negative time is for ever. Traps if the thread does not hold the lock, or may not wait.
   */
  wait(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    const lock = heldLockOf(p);
    checkWaiting(timeoutMs);
    const node = alloc(NODE_BYTES, thisThread);
    if (node == 0) throw new Error("Cannot wait for the condition: the memory is full");
    countNodes(1);
    appendNode(p, node, self);
    const deadline = deadlineOf(timeoutMs);
    let deaths = atomicLoad(HEADER_DEATHS);
    while (true) {
      const noted = dropHold(lock);
      const depth = load32(lock + RLOCK_DEPTH);
      const outer = load32(lock + RLOCK_OUTER);
      releaseWord(lock, self);
      const pending = pend(node);
      let outcome = nodeStep(node, deaths);
      while ((outcome & 1) != 0 && sleepOn(node, outcome, deadline)) outcome = nodeStep(node, deaths);
      const inherited = acquireWord(lock, self, -1) == OWNER_DIED;
      atomicStore(thisThread + THREAD_PENDING, <u32>pending);
      if (noted) noteHold(lock);
      if (isRLock(lock)) {
        store32(lock + RLOCK_DEPTH, depth);
        store32(lock + RLOCK_OUTER, outer);
      }
      const seen = atomicLoad(HEADER_DEATHS); // before the list is looked through: a later death is the next look's
      passOn(p);
      const notified = atomicLoad(node) == NODE_NOTIFIED;
      if (outcome == LOOK && !notified && !inherited) {
        deaths = seen;
        continue;
      }
      removeNode(p, node);
      freeNode(node);
      return inherited ? OWNER_DIED : notified ? ACQUIRED : TIMED_OUT;
    }
  }

  /** Lets the `n` longest-waiting go on, once they have the lock. Traps if the thread does not hold it. */
  notify(n: u32 = 1): void {
    const p = changetype<usize>(this);
    heldLockOf(p);
    let node: usize = 0;
    for (let i: u32 = 0; i < n; i++) {
      node = notifyNode(p, node);
      if (node == 0) return;
      wake(node, WAKE_ALL);
    }
  }

  /** Lets all who wait go on. */
  notifyAll(): void { this.notify(u32.MAX_VALUE); }
}
