// Event and Latch as kernels have them: sync/event.ts has the algorithm.

import { atomicLoad, atomicStore } from '../atomics/index';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { DONE, KIND_EVENT, KIND_LATCH } from '../sync/block';
import { clearEvent, countDownLatch, eventStep, isEventSet, latchCount, latchStep, setEvent } from '../sync/event';
import { check, deadlineOf, pend, sleepOn, wake } from './wait';

/** A flag that threads wait for. */
// @ts-ignore: decorator
@unmanaged
export class Event {
  /** Lets all who wait go on, and those who come until it is cleared. */
  set(): void {
    check(changetype<usize>(this), KIND_EVENT);
    wake(changetype<usize>(this), setEvent(changetype<usize>(this)));
  }

  /** From now on `wait` waits. */
  clear(): void {
    check(changetype<usize>(this), KIND_EVENT);
    clearEvent(changetype<usize>(this));
  }

  get isSet(): bool { return isEventSet(changetype<usize>(this)); }

  /** Blocks until it is set; false if it ran out of time. A negative time is for ever. */
  wait(timeoutMs: f64 = -1): bool {
    const p = changetype<usize>(this);
    check(p, KIND_EVENT);
    const since = atomicLoad(p);
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let outcome = eventStep(p, since);
    while (outcome != DONE && sleepOn(p, outcome, deadline)) outcome = eventStep(p, since);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return outcome == DONE;
  }
}

/** A count that only goes down. */
// @ts-ignore: decorator
@unmanaged
export class Latch {
  /** Counts down by `n`, to 0 at most. */
  countDown(n: u32 = 1): void {
    check(changetype<usize>(this), KIND_LATCH);
    wake(changetype<usize>(this), countDownLatch(changetype<usize>(this), n));
  }

  get count(): u32 { return latchCount(changetype<usize>(this)); }

  /** Blocks until the count is 0; false if it ran out of time. A negative time is for ever. */
  wait(timeoutMs: f64 = -1): bool {
    const p = changetype<usize>(this);
    check(p, KIND_LATCH);
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let outcome = latchStep(p);
    while (outcome != DONE && sleepOn(p, outcome, deadline)) outcome = latchStep(p);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return outcome == DONE;
  }
}
