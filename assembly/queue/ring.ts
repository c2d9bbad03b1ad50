// The queue: a bounded ring of slots with many producers and many consumers, or a chain of rings where there is no
// bound. The claim is in the slot, so a death at any step is found and made good by whoever comes next. Portable.
//
// Source: Vyukov's bounded MPMC queue (laps), with the counters made hints and the claims named; a full ring without
// bound ends in a link to one of twice its size. Promise: linearizable, first in first out by the order of claims;
// nobody waits for a dead thread. A put under way delays the consumers behind it. README.md has the protocol.
// Model tests: test/model/models/queue, queue-history, queue-blocks, tally.

import { atomicCompareExchange, atomicLoad, atomicStore, fillBytes, load32, store32 } from '../atomics/index';
import {
  CLAIMED,
  FREE,
  GROWING,
  isClaimantAlive,
  kindOf,
  lapsAhead,
  lapWord,
  MOVED,
  openSlot,
  ownedWord,
  READY,
  SEALED,
  SLOT_BLOCK,
  SLOT_BYTES,
  SLOT_POSITION,
  SLOT_RING,
  SWEEPING,
  TAKING,
} from './slots';

// The queue's block; what different threads write lies on different cache lines.
/** MAGIC and the kind. */
export const QUEUE_MAGIC: usize = 0;
export const MAGIC: u32 = 0x51554500; // "QUE"
export const KIND_QUEUE: u32 = 1;
export const KIND_JOINABLE: u32 = 2;
export const KIND_SIMPLE: u32 = 3;
export const KIND_PIPE: u32 = 4;
// The word at 4 is unused.
export const QUEUE_SERIAL: usize = 8;
/** 1 once the queue takes no more items. */
export const QUEUE_CLOSED: usize = 12;
/** Most items, 0 without bound. */
export const QUEUE_BOUND: usize = 16;
export const QUEUE_FIRST_RING: usize = 20;
/** The tally of a JoinableQueue (tally.ts). */
export const QUEUE_TALLY: usize = 24;
/** Of a pipe: the owner ids of the threads that have its two ends, 0 once closed; its other direction's queue, or 0. */
export const PIPE_ENDS: usize = 28;
export const PIPE_BACK: usize = 36;
/** Where producers and consumers begin to look; anyone may move them on. */
export const QUEUE_TAIL_RING: usize = 64;
export const QUEUE_HEAD_RING: usize = 128;
/** Eventcounts (sleep.ts): an item came; room came; everything is done. */
export const QUEUE_ITEMS: usize = 192;
export const QUEUE_SPACE: usize = 256;
export const QUEUE_DONE: usize = 320;
/** Words that name blocks without a message: spares.ts. */
export const QUEUE_SPARES: usize = 384;
export const SPARES: u32 = 32;
export const QUEUE_BYTES: u32 = 512;

/** Slots are 2^SHIFT. */
export const RING_SHIFT: usize = 0;
export const RING_NEXT: usize = 4;
/** Hints: no position below is left to claim, no position below holds an item. */
export const RING_TAIL: usize = 64;
export const RING_HEAD: usize = 128;
export const RING_SLOTS: usize = 192;

/** Three bits of a lap stand in every word, so a position has at most 29. */
export const SHIFT_MIN: u32 = 3;
export const SHIFT_MAX: u32 = 22;

/** Answers that are no slot. Those that are may have a bit set: SWEEP_BIT, GROW_BIT. */
export const EMPTY: u32 = 0;
export const FULL: u32 = 0;
/** Somebody is about to change what there is. */
export const BUSY: u32 = 2;
/** Closed; for consumers: and drained. */
export const CLOSED: u32 = 4;
/** For {@link peek}: there is an item. */
export const WAITING: u32 = 6;
/** The slot holds the remains of a dead producer: free its block, then {@link finishSweep}. */
export const SWEEP_BIT: u32 = 8;
/** The slot is where the ring shall end: {@link finishGrow} or {@link finishSweep}. */
export const GROW_BIT: u32 = 16;
export const ANSWER_BITS: u32 = 31;

export function ringBytes(shift: u32): u32 {
  return (RING_SLOTS as u32) + (SLOT_BYTES << shift);
}

/** Initialises a ring in a block of `ringBytes(shift)`. */
export function initRing(ring: usize, shift: u32): void {
  fillBytes(ring, 0, ringBytes(shift));
  store32(ring + RING_SHIFT, shift);
  const count: u32 = 1 << shift;
  for (let i: u32 = 0; i < count; i++) store32(ring + RING_SLOTS + i * SLOT_BYTES + SLOT_RING, ring as u32);
}

/** Initialises the queue's words in a zeroed block. */
export function initQueue(queue: usize, ring: usize, bound: u32): void {
  atomicStore(queue + QUEUE_BOUND, bound);
  atomicStore(queue + QUEUE_FIRST_RING, ring as u32);
  atomicStore(queue + QUEUE_TAIL_RING, ring as u32);
  atomicStore(queue + QUEUE_HEAD_RING, ring as u32);
}

export function slotOf(ring: usize, shift: u32, position: u32): usize {
  return ring + RING_SLOTS + (position & ((1 << shift) - 1)) * SLOT_BYTES;
}

/** Moves a hint on, if it still stands where it stood. */
function raise(hint: usize, position: u32): void {
  atomicCompareExchange(hint, position, (position + 1) >>> 0);
}

/** Claims a slot for an item of `me`: the slot, with GROW_BIT if the ring has to grow first; FULL, BUSY or CLOSED. */
export function beginPut(queue: usize, me: u32): u32 {
  const bound = load32(queue + QUEUE_BOUND);
  while (true) {
    if (atomicLoad(queue + QUEUE_CLOSED) !== 0) return CLOSED;
    const ring: usize = atomicLoad(queue + QUEUE_TAIL_RING);
    const shift = load32(ring + RING_SHIFT);
    const tail = atomicLoad(ring + RING_TAIL);
    const slot = slotOf(ring, shift, tail);
    const lap: u32 = tail >>> shift;
    const word = atomicLoad(slot);
    const ahead = lapsAhead(word, lap);
    const kind = kindOf(word);
    if (ahead !== 0 && ahead !== 1) {
      if (atomicLoad(ring + RING_TAIL) === tail) return FULL;
    } else if (ahead === 0 && kind === FREE) {
      if (bound !== 0) {
        const oldest: u32 = (tail - bound) >>> 0;
        if (lapsAhead(atomicLoad(slotOf(ring, shift, oldest)), oldest >>> shift) === 0) {
          if (atomicLoad(ring + RING_TAIL) === tail) return FULL;
          continue;
        }
      }
      const next: u32 = (tail + 1) >>> 0;
      const grow = bound === 0 && lapsAhead(atomicLoad(slotOf(ring, shift, next)), next >>> shift) === 7;
      if (atomicCompareExchange(slot, word, ownedWord(grow ? GROWING : CLAIMED, lap, me)) !== word) continue;
      openSlot(slot, tail);
      if (grow) return (slot | GROW_BIT) >>> 0;
      raise(ring + RING_TAIL, tail);
      return slot;
    } else if (ahead === 0 && kind === MOVED) {
      atomicCompareExchange(queue + QUEUE_TAIL_RING, ring as u32, atomicLoad(slot + SLOT_BLOCK));
    } else if (ahead === 0 && kind === SEALED) {
      return CLOSED;
    } else if (ahead === 0 && kind === GROWING) {
      if (isClaimantAlive(word)) return BUSY;
      if (atomicCompareExchange(slot, word, ownedWord(GROWING, lap, me)) !== word) continue;
      openSlot(slot, tail);
      return (slot | GROW_BIT) >>> 0;
    } else {
      raise(ring + RING_TAIL, tail);
    }
  }
}

/** The lap that the slot's claim belongs to. */
function claimedLap(slot: usize): u32 {
  return load32(slot + SLOT_POSITION) >>> load32((load32(slot + SLOT_RING) as usize) + RING_SHIFT);
}

/** Publishes the item that stands in the slot; its partner is the CAS that takes it. */
export function finishPut(slot: usize): void {
  atomicStore(slot, lapWord(READY, claimedLap(slot)));
}

/** Gives a claimed slot up: consumers pass over it. */
export function abandonPut(slot: usize): void {
  atomicStore(slot, ownedWord(SWEEPING, claimedLap(slot), 0));
}

/** Forgets the ring that a dead thread had put behind this one, before that is freed; of other slots nothing. */
export function forgetNext(slot: usize): void {
  if (kindOf(atomicLoad(slot)) === GROWING) atomicStore((load32(slot + SLOT_RING) as usize) + RING_NEXT, 0);
}

/** Ends the ring at the slot: the queue goes on in `next`, an initialised ring whose address stands in BLOCK. */
export function finishGrow(queue: usize, slot: usize, next: usize): void {
  const ring: usize = load32(slot + SLOT_RING);
  atomicStore(ring + RING_NEXT, next as u32);
  atomicStore(slot, lapWord(MOVED, claimedLap(slot)));
  atomicCompareExchange(queue + QUEUE_TAIL_RING, ring as u32, next as u32);
}

/** Takes the next item for `me`: the slot, with SWEEP_BIT if it holds none but must be swept; EMPTY, BUSY or CLOSED. */
export function beginGet(queue: usize, me: u32): u32 {
  let ring: usize = atomicLoad(queue + QUEUE_HEAD_RING);
  let shift = load32(ring + RING_SHIFT);
  let position = atomicLoad(ring + RING_HEAD);
  // Items before `position` are being taken, or swept, by others: the hints have to stay for the case that they die.
  let shared = false;
  while (true) {
    const slot = slotOf(ring, shift, position);
    const lap: u32 = position >>> shift;
    const word = atomicLoad(slot);
    const ahead = lapsAhead(word, lap);
    if (ahead === 0) {
      const kind = kindOf(word);
      if (kind === READY) {
        if (atomicCompareExchange(slot, word, ownedWord(TAKING, lap, me)) === word) return slot;
        continue;
      }
      if (kind === FREE) {
        if (atomicLoad(queue + QUEUE_CLOSED) === 0) return EMPTY;
        atomicCompareExchange(slot, word, lapWord(SEALED, lap));
        continue;
      }
      if (kind === SEALED) return shared ? BUSY : CLOSED;
      if (kind === MOVED) {
        const next: usize = atomicLoad(slot + SLOT_BLOCK);
        if (!shared) atomicCompareExchange(queue + QUEUE_HEAD_RING, ring as u32, next as u32);
        ring = next;
        shift = load32(ring + RING_SHIFT);
        position = atomicLoad(ring + RING_HEAD);
        continue;
      }
      if (isClaimantAlive(word)) {
        if (kind === CLAIMED) return BUSY; // what stands behind it came later
        if (kind === GROWING) return EMPTY; // nothing stands behind it
        shared = true;
        position = (position + 1) >>> 0;
        continue;
      }
      const mine = ownedWord(kind === CLAIMED ? SWEEPING : kind, lap, me);
      if (atomicCompareExchange(slot, word, mine) !== word) continue;
      if (kind === TAKING) return slot;
      openSlot(slot, position); // its producer may have died before it did
      return (slot | SWEEP_BIT) >>> 0;
    }
    if (ahead === 1) {
      if (!shared) raise(ring + RING_HEAD, position);
      position = (position + 1) >>> 0;
      continue;
    }
    // A whole ring of items that others are taking; or the hint was old.
    if (shared) return BUSY;
    ring = atomicLoad(queue + QUEUE_HEAD_RING);
    shift = load32(ring + RING_SHIFT);
    position = atomicLoad(ring + RING_HEAD);
  }
}

/** Whether {@link beginGet} would find an item: WAITING, EMPTY, BUSY or CLOSED; changes nothing. */
export function peek(queue: usize): u32 {
  let ring: usize = atomicLoad(queue + QUEUE_HEAD_RING);
  let shift = load32(ring + RING_SHIFT);
  let position = atomicLoad(ring + RING_HEAD);
  let steps: u32 = 0;
  while (steps++ >>> shift <= 1) {
    const word = atomicLoad(slotOf(ring, shift, position));
    const ahead = lapsAhead(word, position >>> shift);
    if (ahead > 1) return BUSY;
    if (ahead === 0) {
      const kind = kindOf(word);
      if (kind === FREE || kind === GROWING) return atomicLoad(queue + QUEUE_CLOSED) === 0 ? EMPTY : CLOSED;
      if (kind === SEALED) return CLOSED;
      if (kind === READY || (kind === TAKING && !isClaimantAlive(word))) return WAITING;
      if (kind === CLAIMED && isClaimantAlive(word)) return BUSY;
      if (kind === MOVED) {
        ring = atomicLoad(ring + RING_NEXT);
        shift = load32(ring + RING_SHIFT);
        position = atomicLoad(ring + RING_HEAD);
        steps = 0;
        continue;
      }
    }
    position = (position + 1) >>> 0;
  }
  return BUSY;
}

/** Puts a taken item back unread: it is the next for whoever looks, as what a dying consumer was taking. */
export function returnItem(slot: usize): void {
  atomicStore(slot, lapWord(READY, claimedLap(slot)));
}

/**
 * The item of a taken slot was read, and is its consumer's: what remains of it is swept before the slot is freed, by
 * `me` or, if that dies, by another consumer.
 */
export function beginSweep(slot: usize, me: u32): void {
  atomicStore(slot, ownedWord(SWEEPING, claimedLap(slot), me));
}

/** Frees a slot whose item was read, or which was swept; its block is the caller's from now on. */
export function finishTake(slot: usize): void {
  const ring: usize = load32(slot + SLOT_RING);
  const shift = load32(ring + RING_SHIFT);
  let position = load32(slot + SLOT_POSITION);
  atomicStore(slot, lapWord(FREE, ((position + (1 << shift)) >>> 0) >>> shift));
  while (true) {
    const next: u32 = (position + 1) >>> 0;
    if (atomicCompareExchange(ring + RING_HEAD, position, next) !== position) return;
    if (lapsAhead(atomicLoad(slotOf(ring, shift, next)), next >>> shift) !== 1) return;
    position = next;
  }
}

/** Ends a sweep, after BLOCK was freed: the slot is passed, or, where the ring was to end, free again. */
export function finishSweep(slot: usize): void {
  if (kindOf(atomicLoad(slot)) === GROWING) atomicStore(slot, lapWord(FREE, claimedLap(slot)));
  else finishTake(slot);
}

/**
 * Whether every item has left the queue: none waits, and none is being put, taken or swept. Exact, as the hints are not
 * while others are about to move them on.
 */
export function isDrained(queue: usize): boolean {
  let ring: usize = atomicLoad(queue + QUEUE_HEAD_RING);
  let position = atomicLoad(ring + RING_HEAD);
  while (true) {
    const shift = load32(ring + RING_SHIFT);
    const slot = slotOf(ring, shift, position);
    const word = atomicLoad(slot);
    const ahead = lapsAhead(word, position >>> shift);
    if (ahead === 1) position = (position + 1) >>> 0;
    else if (ahead === 0 && kindOf(word) === MOVED) {
      ring = atomicLoad(slot + SLOT_BLOCK);
      position = atomicLoad(ring + RING_HEAD);
    } else if (ahead === 0) {
      const kind = kindOf(word);
      return kind === FREE || kind === GROWING || kind === SEALED;
    } else position = atomicLoad(ring + RING_HEAD); // the hint was old
  }
}

/** Closes the queue: it takes no more items; the consumers find the end behind the last one. */
export function closeQueue(queue: usize): void {
  atomicStore(queue + QUEUE_CLOSED, 1);
}

/** Number of items, as far as the hints tell: exact while nobody is at work. */
export function queueSize(queue: usize): u32 {
  let ring: usize = atomicLoad(queue + QUEUE_HEAD_RING);
  let size: u32 = 0;
  while (ring !== 0) {
    const head = atomicLoad(ring + RING_HEAD);
    const count: u32 = (atomicLoad(ring + RING_TAIL) - head) >>> 0;
    if (count < 0x80000000) size += count;
    ring = atomicLoad(ring + RING_NEXT);
  }
  return size;
}
