// A slot of a queue's ring: its state word, who may change it, and what it carries. Portable. README.md has the protocol.
//
//   state word   ┌ 31 … 6 ───────────────────────────┬ 5 … 3 ──────────────┬ 2 … 0 ┐
//                │ the lap's high bits, or the owner │ the lap's low bits  │ kind  │
//                └───────────────────────────────────┴─────────────────────┴───────┘
//
//   kind       carries  who may change it                               meaning
//   FREE       lap      a producer → CLAIMED | GROWING (by CAS)         this lap's item has not come
//                       a consumer of a closed queue → SEALED (by CAS)
//   CLAIMED    owner    the owner → READY | SWEEPING (of nobody)        being written
//                       if it died: a consumer → SWEEPING (by CAS)
//   READY      lap      a consumer → TAKING (by CAS)                    holds an item
//   TAKING     owner    the owner → SWEEPING | FREE of the next lap     being read
//                       the owner → READY of this lap                   it is not for this consumer
//                       if it died: a consumer → TAKING (by CAS): the item is read again
//   SWEEPING   owner    the owner → FREE of the next lap                holds what a dead producer left
//                       if it died: a consumer → SWEEPING (by CAS)
//   GROWING    owner    the owner → MOVED | FREE of this lap            the ring's end is being put here
//                       if it died: anyone → GROWING (by CAS)
//   MOVED      lap      nobody                                          the queue goes on in the ring at BLOCK
//   SEALED     lap      nobody                                          the queue was closed and ends here

import { atomicLoad, atomicStore } from '../atomics/index';
import {
  SLOT_BITS,
  SLOT_MASK,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_STARTING,
  THREAD_STATE,
  threadRecord,
} from '../heap/threads';

export const FREE: u32 = 0;
export const CLAIMED: u32 = 1;
export const READY: u32 = 2;
export const TAKING: u32 = 3;
export const SWEEPING: u32 = 4;
export const GROWING: u32 = 5;
export const MOVED: u32 = 6;
export const SEALED: u32 = 7;

const KIND_MASK: u32 = 7;
const LAP_SHIFT: u32 = 3;
const LAP_LOW_MASK: u32 = 7;
const OWNER_SHIFT: u32 = 6;
/** Of the owner id: the record's number and 16 bits of how often it was taken. */
export const OWNER_MASK: u32 = 0x3ffffff;

export const SLOT_STATE: usize = 0;
/** What stands in the slot, and in what block: messages.ts. */
export const SLOT_FORMAT: usize = 4;
/** Bytes of the message. */
export const SLOT_LENGTH: usize = 8;
/** Address of the message's block, or 0. MOVED: the next ring. */
export const SLOT_BLOCK: usize = 12;
/** The position that was last claimed here. */
export const SLOT_POSITION: usize = 16;
/** The ring that the slot lies in. */
export const SLOT_RING: usize = 20;
export const SLOT_INLINE: usize = 24;
export const SLOT_BYTES: u32 = 128;
export const INLINE_BYTES: u32 = 104;

export function kindOf(word: u32): u32 {
  return word & KIND_MASK;
}

/** The word of a kind that carries its lap. */
export function lapWord(kind: u32, lap: u32): u32 {
  return ((lap << LAP_SHIFT) | kind) >>> 0;
}

/** The word of a kind that carries its owner. */
export function ownedWord(kind: u32, lap: u32, owner: u32): u32 {
  return ((owner << OWNER_SHIFT) | ((lap & LAP_LOW_MASK) << LAP_SHIFT) | kind) >>> 0;
}

/** How many laps the slot is ahead of `lap`: 0 the same, 1 it was passed, 7 it still holds an item of the lap before. */
export function lapsAhead(word: u32, lap: u32): u32 {
  return ((word >>> LAP_SHIFT) - lap) & LAP_LOW_MASK;
}

/** How a thread stands in words. */
export function claimant(owner: u32): u32 {
  return owner & OWNER_MASK;
}

/** Whether the thread that an owned word names still runs, or starts. Nobody (0) does not. */
export function isClaimantAlive(word: u32): boolean {
  const owner: u32 = word >>> OWNER_SHIFT;
  const record = threadRecord(owner & SLOT_MASK);
  if (owner >>> SLOT_BITS === 0 || (atomicLoad(record + THREAD_OWNER) & OWNER_MASK) !== owner) return false;
  const state = atomicLoad(record + THREAD_STATE);
  return state === THREAD_STARTING || state === THREAD_LIVE;
}

/** Notes which position was claimed. */
export function openSlot(slot: usize, position: u32): void {
  atomicStore(slot + SLOT_POSITION, position);
}
