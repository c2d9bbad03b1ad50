// Semaphore and BoundedSemaphore as kernels have them: sync/semaphore.ts has the algorithm.

import { atomicStore, load32 } from '../atomics/index';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { DONE, KIND_BOUNDED, KIND_SEMAPHORE, SYNC_MAGIC, SYNC_WORDS } from '../sync/block';
import { NOT_HELD } from '../sync/lock';
import { PARKED_BIT } from '../sync/owner';
import { isExhausted, permitStep, putBoundedPermit, putPermit, takePermit } from '../sync/semaphore';
import { ACQUIRED, check, deadlineOf, me, pend, sleepOn, TIMED_OUT, wake } from './wait';

/** A number of permits; a BoundedSemaphore as well. The permit of a thread that dies returns. */
// @ts-ignore: decorator
@unmanaged
export class Semaphore {
  /** Blocks until there is a permit: ACQUIRED, or TIMED_OUT, which is 0. A negative time is for ever. */
  acquire(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    const self = me();
    check(p, KIND_SEMAPHORE, KIND_BOUNDED);
    if (takePermit(p, self) == DONE) return ACQUIRED;
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let answer = TIMED_OUT;
    while (true) {
      const outcome = permitStep(p, self, PARKED_BIT);
      if (outcome == DONE) {
        answer = ACQUIRED;
        break;
      }
      if (!sleepOn(p, outcome, deadline)) break;
    }
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return answer;
  }

  /** Takes a permit if there is one. */
  tryAcquire(): bool {
    check(changetype<usize>(this), KIND_SEMAPHORE, KIND_BOUNDED);
    return takePermit(changetype<usize>(this), me()) == DONE;
  }

  /** Gives a permit; of a BoundedSemaphore one that this thread holds, or it traps. */
  release(): void {
    const p = changetype<usize>(this);
    check(p, KIND_SEMAPHORE, KIND_BOUNDED);
    const bounded = load32(p - SYNC_WORDS) == (SYNC_MAGIC | KIND_BOUNDED);
    const order = bounded ? putBoundedPermit(p, me()) : putPermit(p, me());
    if (bounded && order == NOT_HELD) throw new Error("Cannot release a permit: this thread holds none");
    wake(p, order);
  }

  /** Whether `acquire` would have to wait. */
  get locked(): bool { return isExhausted(changetype<usize>(this)); }
}
