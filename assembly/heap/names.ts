// The table of names of shared memory: words in the heap's header, each the address of a block that has a name. A name
// holds its block (holds.ts), as a message does: its place in the table is the message's. Portable.
//
//   word    0 free · address of a block · the same with PENDING: its hold is being taken or given back
//
// The table changes under one lock, whose word is its owner's id. A thread that dies in there leaves at most one PENDING
// word, which whoever takes the lock over clears: what was being made is unmade, what was being taken away is gone.
//
//   make    claimName, take a hold for the place, settleName; endClear if there is no memory for the hold
//   unmake  beginClear, drop the place's hold, which gives the block back if it was the last, endClear
//
// Promise: linearizable; a block that is found under its name, and held before the table is left, cannot have been given
// back. Model test: test/model/models/names.

import { atomicCompareExchange, atomicLoad, atomicStore } from '../atomics/index';
import { HEADER_NAMES_LOCK, HEADER_NAMES_USED, NAMES_AT, NAMES_MAX } from './layout';
import { isThreadAlive } from './threads';

const PENDING: u32 = 1;

/** Outcomes of {@link enterNames}: another thread is in there, for some dozen steps; entered; and somebody died in there. */
export const NAMES_BUSY: u32 = 0;
export const NAMES_ENTERED: u32 = 1;
export const NAMES_INHERITED: u32 = 2;

/** Enters the table. After NAMES_INHERITED the {@link pendingName} is to be cleared first. */
export function enterNames(owner: u32): u32 {
  const seen = atomicLoad(HEADER_NAMES_LOCK);
  if (seen !== 0 && isThreadAlive(seen)) return NAMES_BUSY;
  if (atomicCompareExchange(HEADER_NAMES_LOCK, seen, owner) !== seen) return NAMES_BUSY;
  return seen === 0 ? NAMES_ENTERED : NAMES_INHERITED;
}

export function leaveNames(): void {
  atomicStore(HEADER_NAMES_LOCK, 0);
}

/** How many words of the table were ever used. */
export function usedNames(): u32 {
  return atomicLoad(HEADER_NAMES_USED);
}

/** The n-th word of the table. */
export function namePlace(index: u32): usize {
  return NAMES_AT + 4 * index;
}

/** The block that has its name at a place, settled or not; 0 if none. */
export function namedBlock(place: usize): usize {
  return (atomicLoad(place) & ~PENDING) >>> 0;
}

/** The place where somebody died; 0 if there is none. */
export function pendingName(): usize {
  const used = usedNames();
  for (let i: u32 = 0; i < used; i++) {
    if ((atomicLoad(namePlace(i)) & PENDING) !== 0) return namePlace(i);
  }
  return 0;
}

/** Begins to name a block: a place for it, or 0 if there is none. */
export function claimName(block: usize): usize {
  const used = usedNames();
  let index: u32 = 0;
  while (index < used && atomicLoad(namePlace(index)) !== 0) index++;
  if (index === NAMES_MAX) return 0;
  if (index === used) atomicStore(HEADER_NAMES_USED, used + 1);
  atomicStore(namePlace(index), ((block as u32) | PENDING) >>> 0);
  return namePlace(index);
}

/** The block has its name: who finds it may take hold of it. */
export function settleName(place: usize, block: usize): void {
  atomicStore(place, block as u32);
}

/** Begins to take the name from a block. */
export function beginClear(place: usize, block: usize): void {
  atomicStore(place, ((block as u32) | PENDING) >>> 0);
}

/** The place is free: its hold is gone, or never was. */
export function endClear(place: usize): void {
  atomicStore(place, 0);
}
