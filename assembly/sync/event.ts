// Event and Latch: gates that threads wait for. Portable.
//
// Promise: whoever waits, or begins to, when an event is set goes on, though it be cleared at once; nothing is owned, so a death
// costs at most its wake-up, which the reaper makes good (wakeSleepers in block.ts).
// Model test: test/model/models/event.
//
//   event   bit 0 PARKED: somebody sleeps · bit 1 SET · bits 2–31: how often it was set
//   latch   bit 0 PARKED                  · bits 1–31: what is still to be counted down
//
// Both are left by a CAS that removes PARKED, and who removed it wakes all. Setting and counting down publish what
// their thread wrote before.

import { atomicCompareExchange, atomicLoad } from '../atomics/index';
import { DONE, WAKE_ALL, WAKE_NONE } from './block';
import { PARKED_BIT } from './owner';

const SET_BIT: u32 = 2;
const ONE_SET: u32 = 4;
const SETS_SHIFT: u32 = 2;
export const LATCH_MAX: u32 = 0x7fffffff;

/** Sets the event: a wake order. */
export function setEvent(p: usize): u32 {
  while (true) {
    const word = atomicLoad(p);
    if ((word & SET_BIT) !== 0) return WAKE_NONE;
    const next: u32 = (((word + ONE_SET) | SET_BIT) & ~PARKED_BIT) >>> 0;
    if (atomicCompareExchange(p, word, next) === word)
      return (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;
  }
}

export function clearEvent(p: usize): void {
  while (true) {
    const word = atomicLoad(p);
    if ((word & SET_BIT) === 0) return;
    if (atomicCompareExchange(p, word, (word & ~SET_BIT) >>> 0) === word) return;
  }
}

export function isEventSet(p: usize): boolean {
  return (atomicLoad(p) & SET_BIT) !== 0;
}

/** One step of waiting. @param since the word when the wait began */
export function eventStep(p: usize, since: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    if (((word | since) & SET_BIT) !== 0 || word >>> SETS_SHIFT !== since >>> SETS_SHIFT) return DONE;
    const parked: u32 = (word | PARKED_BIT) >>> 0;
    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;
  }
}

/** Counts down by `n`, to 0 at most: a wake order. */
export function countDownLatch(p: usize, n: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    const count: u32 = word >>> 1;
    if (count === 0) return WAKE_NONE;
    const left: u32 = count > n ? count - n : 0;
    const next: u32 = left === 0 ? 0 : ((left << 1) | (word & PARKED_BIT)) >>> 0;
    if (atomicCompareExchange(p, word, next) !== word) continue;
    return left === 0 && (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;
  }
}

export function latchCount(p: usize): u32 {
  return atomicLoad(p) >>> 1;
}

/** One step of waiting for the latch. */
export function latchStep(p: usize): u32 {
  while (true) {
    const word = atomicLoad(p);
    if (word >>> 1 === 0) return DONE;
    const parked: u32 = (word | PARKED_BIT) >>> 0;
    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;
  }
}
