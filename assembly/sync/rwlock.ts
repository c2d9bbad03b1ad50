// RWLock: one writer or many readers. Portable.
//
// Source: the distributed ("big reader") lock: each thread that reads says so in a word of its own, a writer takes
// the writers' word and waits until no reader is left. A reader's death is seen in its word, a writer's in its own.
// Promise: readers do not disturb each other; a writer that waits keeps new readers out; after a writer, who waits
// for it in any role has its chance (the hand-over of lock.ts). Model test: test/model/models/rwlock.
//
//   WRITER   a Lock's word (lock.ts); readers sleep on it too, with ALL, because one wake-up may serve many
//   DRAIN    bits 0–1 sleepers · bits 2–31 count: the writer sleeps on it until the readers have left
//   HIGH     no record above this one has read
//   READER   one word for each thread record: owner word while the thread reads, 0 or a dead one's otherwise
//
// The race that must not happen is a reader and a writer at once: the reader says that it reads and then looks at
// WRITER, the writer takes WRITER and then looks at the readers. One of them sees the other, and gives way: always
// the reader.

import { atomicCompareExchange, atomicExchange, atomicLoad, atomicStore, notifyWord } from '../atomics/index';
import { THREADS_MAX } from '../heap/layout';
import { SLOT_MASK } from '../heap/threads';
import { DONE, INHERITED, REFUSED, WAKE_ALL, WAKE_NONE } from './block';
import { ALL_BIT, HANDED, isOwnerAlive, OWNER_SHIFT, ownerOf, PARKED_BIT, SLEEPERS_MASK } from './owner';

export const RW_DRAIN: usize = 4;
const RW_HIGH: usize = 8;
const RW_READERS: usize = 16;
const ONE_LEFT: u32 = 4;

export const RW_BYTES: u32 = (RW_READERS as u32) + THREADS_MAX * 4;

function readerAt(p: usize, me: u32): usize {
  return p + RW_READERS + (((me >>> OWNER_SHIFT) & SLOT_MASK) << 2);
}

/** Says that the thread reads, unless there is a writer. */
function enterReader(p: usize, me: u32): boolean {
  const slot: u32 = (me >>> OWNER_SHIFT) & SLOT_MASK;
  let high = atomicLoad(p + RW_HIGH);
  while (high < slot) {
    const seen = atomicCompareExchange(p + RW_HIGH, high, slot);
    if (seen === high) break;
    high = seen;
  }
  atomicStore(readerAt(p, me), me);
  if (atomicLoad(p) === 0) return true;
  const order = leaveReader(p, me); // the writer may have seen us
  if (order !== 0) notifyWord(p + RW_DRAIN, order);
  return false;
}

/**
 * One step of a thread that does not read yet: DONE, or the value to sleep on; INHERITED if the writer died: the
 * caller is the writer now, once the readers have left ({@link drainStep}).
 */
export function readStep(p: usize, me: u32, slept: boolean): u32 {
  while (true) {
    const word = atomicLoad(p);
    const owner = ownerOf(word);
    if (owner === 0) {
      if (enterReader(p, me)) return DONE;
      continue;
    }
    if (owner === HANDED) {
      if (slept) {
        // Handed to whoever slept here: a reader leaves it open, and enters with the others.
        if (atomicCompareExchange(p, word, 0) === word && (word & SLEEPERS_MASK) !== 0)
          notifyWord(p, WAKE_ALL);
        continue;
      }
    } else if (!isOwnerAlive(owner)) {
      const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;
      if (atomicCompareExchange(p, word, mine) === word) return INHERITED;
      continue;
    }
    const parked: u32 = (word | PARKED_BIT | ALL_BIT) >>> 0;
    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;
  }
}

/** Reads if there is no writer: DONE, INHERITED as above, or REFUSED. */
export function tryRead(p: usize, me: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    const owner = ownerOf(word);
    if (owner === 0) {
      if (enterReader(p, me)) return DONE;
    } else if (owner === HANDED || isOwnerAlive(owner)) {
      return REFUSED;
    } else {
      const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;
      if (atomicCompareExchange(p, word, mine) === word) return INHERITED;
    }
  }
}

/** The thread reads no more: an order to wake the writer on DRAIN. */
export function leaveReader(p: usize, me: u32): u32 {
  atomicExchange(readerAt(p, me), 0);
  if (atomicLoad(p) === 0) return WAKE_NONE;
  while (true) {
    const drain = atomicLoad(p + RW_DRAIN);
    if ((drain & SLEEPERS_MASK) === 0) return WAKE_NONE;
    const next: u32 = ((drain & ~SLEEPERS_MASK) + ONE_LEFT) >>> 0;
    if (atomicCompareExchange(p + RW_DRAIN, drain, next) === drain) return WAKE_ALL;
  }
}

/** One step of the writer, who has WRITER: DONE when nobody reads, or the value of DRAIN to sleep on. */
export function drainStep(p: usize, bits: u32): u32 {
  if (!hasReader(p)) return DONE;
  while (true) {
    const drain = atomicLoad(p + RW_DRAIN);
    const parked: u32 = (drain | bits) >>> 0;
    if (parked !== drain && atomicCompareExchange(p + RW_DRAIN, drain, parked) !== drain) continue;
    return hasReader(p) ? parked : DONE;
  }
}

/** Whether a living thread reads. */
export function hasReader(p: usize): boolean {
  const high = atomicLoad(p + RW_HIGH);
  for (let slot: u32 = 1; slot <= high; slot++) {
    const reader = atomicLoad(p + RW_READERS + (slot << 2));
    if (reader !== 0 && isOwnerAlive(reader)) return true;
  }
  return false;
}

/** For reports: the owner words of the threads that read. */
export function readerWord(p: usize, slot: u32): u32 {
  return slot <= atomicLoad(p + RW_HIGH) ? atomicLoad(p + RW_READERS + (slot << 2)) : 0;
}

/** Whether this thread reads, by its word. */
export function isReader(p: usize, me: u32): boolean {
  return atomicLoad(readerAt(p, me)) === me;
}
