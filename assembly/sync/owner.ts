// Owner words: a word that names the thread which holds something, and whether anybody sleeps on it. Portable.
//
//   bit 0      PARKED   a thread sleeps on the word: who lets go wakes one
//   bit 1      ALL      a sleeper cannot be woken alone: who lets go wakes all
//   bits 2–31  the owner's id without its two highest bits (2²⁰ takings of one record until an id comes again)
//
// No thread has record 0, so its ids name what is no thread:
//   HANDED     let go for the benefit of a thread that sleeps here: others take it only after a while
//   ABANDONED  its owner returned, or ended, without letting go
// ALL stands for the sleepers of event loops: a wake-up that reaches an event loop may lie there for as long as
// that thread computes or blocks, so no other sleeper may depend on it.

import { atomicLoad } from '../atomics/index';
import {
  SLOT_BITS,
  SLOT_MASK,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_STARTING,
  THREAD_STATE,
  threadRecord,
} from '../heap/threads';

export const PARKED_BIT: u32 = 1;
export const ALL_BIT: u32 = 2;
export const SLEEPERS_MASK: u32 = PARKED_BIT | ALL_BIT;
export const OWNER_SHIFT: u32 = 2;
export const OWNER_MASK: u32 = 0xfffffffc;

const NOBODY_SHIFT: u32 = SLOT_BITS + OWNER_SHIFT;
export const HANDED: u32 = 1 << NOBODY_SHIFT;
export const ABANDONED: u32 = 2 << NOBODY_SHIFT;
/** A {@link Once} that has run: it returned, or it threw. */
export const RETURNED: u32 = 3 << NOBODY_SHIFT;
export const THREW: u32 = 4 << NOBODY_SHIFT;

/** How the thread with this owner id stands in owner words. */
export function ownerWord(owner: u32): u32 {
  return (owner << OWNER_SHIFT) >>> 0;
}

/** The owner that a word names, as {@link ownerWord} gives it; 0 for nobody. */
export function ownerOf(word: u32): u32 {
  return (word & OWNER_MASK) >>> 0;
}

/** Whether the thread that the word names still runs, or starts. */
export function isOwnerAlive(word: u32): boolean {
  const record = threadRecord((word >>> OWNER_SHIFT) & SLOT_MASK);
  if (ownerWord(atomicLoad(record + THREAD_OWNER)) !== ownerOf(word)) return false;
  const state = atomicLoad(record + THREAD_STATE);
  return state === THREAD_STARTING || state === THREAD_LIVE;
}
