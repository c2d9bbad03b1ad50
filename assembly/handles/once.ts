// Once as kernels have it: sync/once.ts has the algorithm.

import { atomicLoad, atomicStore } from '../atomics/index';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import { DONE, KIND_ONCE, REFUSED } from '../sync/block';
import { finishOnce, onceStep } from '../sync/once';
import { ownerOf, PARKED_BIT, RETURNED, THREW } from '../sync/owner';
import { check, deadlineOf, dropHold, me, noteHold, pend, sleepOn, TIMED_OUT, wake } from './wait';

/** What Once.begin answers besides TIMED_OUT: this kernel is to run it, and then to call `finish`. */
export const RUN_IT: i32 = 1;
/** Somebody has run it. */
export const HAS_RUN: i32 = 2;

/** Something that is done once in the program. Where JavaScript asks for the outcome of a kernel it gets undefined. */
// @ts-ignore: decorator
@unmanaged
export class Once {
  /**
   * Blocks while another thread runs it: RUN_IT, HAS_RUN, or TIMED_OUT, which is 0. A negative time is for ever. Who
   * returns or traps before `finish` leaves it to the next in line.
   */
  begin(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    check(p, KIND_ONCE);
    const self = me();
    if (timeoutMs < 0 && ownerOf(atomicLoad(p)) == self)
      throw new Error("Cannot wait for what is run once: this thread runs it and would wait for itself");
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    let outcome = onceStep(p, self, PARKED_BIT);
    while ((outcome & 1) != 0 && sleepOn(p, outcome, deadline)) outcome = onceStep(p, self, PARKED_BIT);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    if (outcome == DONE) {
      noteHold(p);
      return RUN_IT;
    }
    return outcome == REFUSED ? HAS_RUN : TIMED_OUT;
  }

  /** It has been run: lets all who wait go on. Traps if `begin` did not tell this kernel to run it. */
  finish(): void {
    const p = changetype<usize>(this);
    if (!dropHold(p)) throw new Error("Cannot finish what is run once: this kernel does not run it");
    wake(p, finishOnce(p, RETURNED, 0, 0));
  }

  /** Whether it has been run. */
  get done(): bool {
    const owner = ownerOf(atomicLoad(changetype<usize>(this)));
    return owner == RETURNED || owner == THREW;
  }

  /** Whether it has been run by JavaScript, and threw. */
  get threw(): bool { return ownerOf(atomicLoad(changetype<usize>(this))) == THREW; }
}
