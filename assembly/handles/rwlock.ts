// RWLock as kernels have it: sync/rwlock.ts has the algorithm, src/sync/rwlock.ts the JavaScript side.
//
// What a kernel writes it holds like a Lock. Many threads may read at once, so that is noted in records of each one's
// scratch arena (heap/notes.ts), one for each lock that the call has read; the host lets go of what the call leaves.

import { atomicLoad, atomicStore } from '../atomics/index';
import { NOTE_READS, READ_BYTES, READ_DEPTH, READ_NEXT, READ_OUTER, READ_WORD, threadNote } from '../heap/notes';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { DONE, INHERITED, KIND_RWLOCK, REFUSED } from '../sync/block';
import { abandon, isLocked, lockStep, tryLockSlow } from '../sync/lock';
import { ownerOf, PARKED_BIT } from '../sync/owner';
import { drainStep, hasReader, isReader, leaveReader, readStep, RW_DRAIN, tryRead } from '../sync/rwlock';
import { releaseWord } from './lock';
import { ACQUIRED, check, deadlineOf, dropHold, me, noteHold, OWNER_DIED, pend, sleepOn, TIMED_OUT, wake } from './wait';

/** This call's record of the lock; 0 if it has not read it. */
function findRead(word: usize): usize {
  let at: usize = load<u32>(threadNote(thisThread) + NOTE_READS);
  while (at != 0 && load<u32>(at + READ_WORD) != <u32>word) at = load<u32>(at + READ_NEXT);
  return at;
}

/** This call's record of the lock, made if there is none. */
function readRecord(word: usize): usize {
  const found = findRead(word);
  if (found != 0) return found;
  const first = threadNote(thisThread) + NOTE_READS;
  const at = heap.alloc(READ_BYTES);
  store<u32>(at + READ_NEXT, load<u32>(first));
  store<u32>(at + READ_WORD, <u32>word);
  store<u32>(at + READ_DEPTH, 0);
  store<u32>(first, <u32>at);
  return at;
}

function reads(record: usize, outer: u32): i32 {
  store<u32>(record + READ_DEPTH, 1);
  store<u32>(record + READ_OUTER, outer);
  return ACQUIRED;
}

/** Reads once more, if this thread reads already. */
function readAgain(p: usize, self: u32, record: usize): bool {
  const depth = load<u32>(record + READ_DEPTH);
  if (depth != 0) store<u32>(record + READ_DEPTH, depth + 1);
  else if (isReader(p, self)) reads(record, 1);
  else return false;
  return true;
}

/** Gives the writers' word up, having written nothing. */
function giveUp(p: usize, self: u32, outcome: u32): i32 {
  if (outcome == INHERITED) wake(p, abandon(p, self));
  else releaseWord(p, self);
  return TIMED_OUT;
}

/** Has the writers' word: writes, unless somebody reads. */
function tryDrain(p: usize, self: u32, outcome: u32): i32 {
  if (hasReader(p)) return giveUp(p, self, outcome);
  noteHold(p);
  return outcome == INHERITED ? OWNER_DIED : ACQUIRED;
}

/** Has the writers' word: waits until nobody reads. */
function drain(p: usize, self: u32, outcome: u32, deadline: f64): i32 {
  noteHold(p); // a trap while it waits leaves the lock to the next in line
  const word = p + RW_DRAIN;
  atomicStore(thisThread + THREAD_PENDING, <u32>word);
  for (let step = drainStep(p, PARKED_BIT); step != DONE; step = drainStep(p, PARKED_BIT)) {
    if (sleepOn(word, step, deadline)) continue;
    dropHold(p);
    return giveUp(p, self, outcome);
  }
  return outcome == INHERITED ? OWNER_DIED : ACQUIRED;
}

/** Many readers or one writer. */
// @ts-ignore: decorator
@unmanaged
export class RWLock {
  /**
   * Blocks until this thread may read: ACQUIRED, or TIMED_OUT, which is 0; OWNER_DIED if a writer died: the kernel is
   * the writer now, so that it can repair the data. A negative time is for ever. Who reads may do so again.
   */
  acquireRead(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_RWLOCK);
    const record = readRecord(p);
    if (readAgain(p, self, record)) return ACQUIRED;
    this.throwIfOwn(ownerOf(atomicLoad(p)) == self, timeoutMs);
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let slept = false;
    let outcome = readStep(p, self, slept);
    while ((outcome & 1) != 0 && sleepOn(p, outcome, deadline)) {
      slept = true;
      outcome = readStep(p, self, slept);
    }
    let answer = TIMED_OUT;
    if (outcome == DONE) answer = reads(record, 0);
    else if (outcome == INHERITED) answer = drain(p, self, outcome, deadline);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return answer;
  }

  /** Blocks until this thread alone has the lock: ACQUIRED, OWNER_DIED (it has it as well), or TIMED_OUT. */
  acquireWrite(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_RWLOCK);
    this.throwIfOwn(ownerOf(atomicLoad(p)) == self || isReader(p, self), timeoutMs);
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let slept = false;
    let outcome = lockStep(p, self, PARKED_BIT, slept);
    while ((outcome & 1) != 0 && sleepOn(p, outcome, deadline)) {
      slept = true;
      outcome = lockStep(p, self, PARKED_BIT, slept);
    }
    const answer = (outcome & 1) != 0 ? TIMED_OUT : drain(p, self, outcome, deadline);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return answer;
  }

  /** Reads if nobody writes: as `acquireRead`, with 0 if somebody does. */
  tryAcquireRead(): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_RWLOCK);
    const record = readRecord(p);
    if (readAgain(p, self, record)) return ACQUIRED;
    const outcome = tryRead(p, self);
    if (outcome == DONE) return reads(record, 0);
    return outcome == REFUSED ? TIMED_OUT : tryDrain(p, self, outcome);
  }

  /** Writes if nobody reads or writes: as `acquireWrite`, with 0 if somebody does. */
  tryAcquireWrite(): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_RWLOCK);
    const outcome = tryLockSlow(p, self);
    return outcome == REFUSED ? TIMED_OUT : tryDrain(p, self, outcome);
  }

  /** Lets go of what this kernel has, of reading once; traps if it neither reads nor writes. */
  release(): void {
    const p = changetype<usize>(this);
    const self = me();
    if (dropHold(p)) {
      releaseWord(p, self);
      return;
    }
    const record = findRead(p);
    const depth = record == 0 ? 0 : load<u32>(record + READ_DEPTH);
    if (depth == 0) throw new Error("Cannot release the lock: this kernel neither reads nor writes");
    store<u32>(record + READ_DEPTH, depth - 1);
    if (depth == 1 && load<u32>(record + READ_OUTER) == 0) wake(p + RW_DRAIN, leaveReader(p, self));
  }

  /** Whether anybody reads or writes. */
  get locked(): bool { return isLocked(changetype<usize>(this)) || hasReader(changetype<usize>(this)); }

  private throwIfOwn(own: bool, timeoutMs: f64): void {
    if (own && timeoutMs < 0)
      throw new Error("Cannot acquire the lock: this thread holds it already and would wait for itself: release it first");
  }
}
