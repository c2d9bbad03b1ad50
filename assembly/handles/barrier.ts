// Barrier as kernels have it: sync/barrier.ts has the algorithm.

import { atomicStore, load32 } from '../atomics/index';
import { THREAD_PENDING } from '../heap/threads';
import { thisThread } from '../rt/host';
import {
  barrierParties,
  barrierPhase,
  breakBarrier,
  claimPlace,
  isBarrierBroken,
  NO_PLACE,
  partyStep,
  passBarrier,
  placeStep,
  resetBarrier,
  waitingParties,
} from '../sync/barrier';
import { BROKEN, DONE, KIND_BARRIER, SYNC_LINK, SYNC_WORDS, WAKE_ALL } from '../sync/block';
import { check, deadlineOf, me, pend, sleepOn, wake } from './wait';

/** What Barrier.wait answers besides a place. */
export const BARRIER_BROKEN: i32 = -1;
/** This party ran out of time, which broke the barrier. */
export const BARRIER_TIMED_OUT: i32 = -2;

/** A meeting point. */
// @ts-ignore: decorator
@unmanaged
export class Barrier {
  /**
   * Blocks until all have come: a number from 0 to parties - 1, another one for each party, or BARRIER_BROKEN or
   * BARRIER_TIMED_OUT, which are negative. A negative time is for ever. Traps if the barrier has an action, which only
   * JavaScript could run.
   */
  wait(timeoutMs: f64 = -1): i32 {
    const p = changetype<usize>(this);
    check(p, KIND_BARRIER);
    if (load32(p - SYNC_WORDS + SYNC_LINK) != 0)
      throw new Error("Cannot wait at the barrier: it has an action, which a kernel cannot run");
    const deadline = deadlineOf(timeoutMs);
    const outer = pend(p);
    const answer = this.meet(p, deadline);
    atomicStore(thisThread + THREAD_PENDING, <u32>outer);
    return answer;
  }

  private meet(p: usize, deadline: f64): i32 {
    const self = me();
    let phase: u32 = 0;
    let place = NO_PLACE;
    while (true) {
      phase = barrierPhase(p);
      if (isBarrierBroken(p)) return BARRIER_BROKEN;
      place = claimPlace(p, self, phase);
      if (place != NO_PLACE) break;
      let outcome = placeStep(p, phase);
      while ((outcome & 1) != 0) {
        if (!sleepOn(p, outcome, deadline)) return BARRIER_TIMED_OUT;
        outcome = placeStep(p, phase);
      }
      if (outcome == BROKEN) return this.breakUp(p, phase);
    }
    if (place == barrierParties(p) - 1) {
      if (!passBarrier(p, phase)) return this.breakUp(p, phase);
      wake(p, WAKE_ALL);
      return <i32>place;
    }
    let outcome = partyStep(p, phase);
    while ((outcome & 1) != 0) {
      if (!sleepOn(p, outcome, deadline)) {
        outcome = partyStep(p, phase); // all may have come at the last moment
        if ((outcome & 1) == 0) break;
        this.breakUp(p, phase);
        return BARRIER_TIMED_OUT;
      }
      outcome = partyStep(p, phase);
    }
    return outcome == DONE ? <i32>place : this.breakUp(p, phase);
  }

  private breakUp(p: usize, phase: u32): i32 {
    wake(p, breakBarrier(p, phase));
    return BARRIER_BROKEN;
  }

  /** Breaks the barrier: all who wait, and who come until `reset`, are told. */
  abort(): void {
    const p = changetype<usize>(this);
    check(p, KIND_BARRIER);
    this.breakUp(p, barrierPhase(p));
  }

  /** Makes the barrier as new. */
  reset(): void {
    const p = changetype<usize>(this);
    check(p, KIND_BARRIER);
    wake(p, resetBarrier(p));
  }

  get parties(): u32 { return barrierParties(changetype<usize>(this)); }
  get nWaiting(): u32 { return waitingParties(changetype<usize>(this)); }
  get broken(): bool { return isBarrierBroken(changetype<usize>(this)); }
}
