// Putting and taking as all who use a queue do it: between the ring's steps, what becomes of blocks and rings. What
// wakes whom is left to the callers, since JavaScript and kernels do it differently. Portable.
//
//   put    beginPut → GROW_BIT: growRing, wake SPACE and ITEMS, again
//                   → a slot: openMessage, write, format, finishPut | abandonPut; wake ITEMS
//   take   beginGet → SWEEP_BIT: let go of what it holds, sweepRemains; wake SPACE (ITEMS, if closed) and DONE; again
//                   → a slot: read, noteTake, endTake | returnItem; wake SPACE (ITEMS, if closed) | ITEMS
//
// Model test: test/model/models/queue-blocks.

import { atomicLoad, load32 } from '../atomics/index';
import { allocForSlot, freeBlock, passBlockOn } from './messages';
import {
  beginSweep,
  finishGrow,
  finishSweep,
  finishTake,
  forgetNext,
  initRing,
  RING_SHIFT,
  ringBytes,
  SHIFT_MAX,
} from './ring';
import { SLOT_BLOCK, SLOT_RING } from './slots';
import { settleSpare } from './spares';

/** Outcomes of {@link growRing}. */
export const GROWN: u32 = 0;
export const LONGEST: u32 = 1;
export const NO_MEMORY: u32 = 2;

/** Lets the queue go on in a ring of twice the size, from the slot that beginPut answered with GROW_BIT. */
export function growRing(queue: usize, slot: usize, me: usize): u32 {
  const shift: u32 = load32((load32(slot + SLOT_RING) as usize) + RING_SHIFT) + 1;
  forgetNext(slot); // of one that died while it did this
  freeBlock(slot, me);
  if (shift > SHIFT_MAX) {
    finishSweep(slot);
    return LONGEST;
  }
  const ring = allocForSlot(slot, ringBytes(shift), 64, me);
  if (ring === 0) {
    finishSweep(slot);
    return NO_MEMORY;
  }
  initRing(ring, shift);
  finishGrow(queue, slot, ring);
  return GROWN;
}

/** Gives back what a slot holds that nobody works on any more, whatever its thread was doing as it died. */
export function freeRemains(queue: usize, slot: usize, me: usize): void {
  settleSpare(queue, slot);
  forgetNext(slot);
  freeBlock(slot, me);
}

/** Frees a slot that beginGet answered with SWEEP_BIT, and what a dead producer had allocated for it. */
export function sweepRemains(queue: usize, slot: usize, me: usize): void {
  freeRemains(queue, slot, me);
  finishSweep(slot);
}

/** Frees a slot of the queue whose item was read, by `owner` (claimant) in the thread with record `me`. */
export function endTake(queue: usize, slot: usize, owner: u32, me: usize): void {
  if (atomicLoad(slot + SLOT_BLOCK) !== 0) {
    beginSweep(slot, owner);
    passBlockOn(queue, slot, me);
  }
  finishTake(slot);
}
