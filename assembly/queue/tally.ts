// Who has how many items of a JoinableQueue in work: a pair of words for each thread. Nothing counts the items that
// are not done yet, so nothing is left to mend when a thread dies: what is in the queue and what living threads have
// in work is what a join waits for. Portable.
//
//   tally: highest record number in use · unused (12 bytes) · [owner id, items in work] of each record number
//
// An item is counted here before it leaves the queue, so at any moment it is seen in one place at least.

import { atomicAdd, atomicCompareExchange, atomicLoad, atomicStore, load32 } from '../atomics/index';
import { THREADS_MAX } from '../heap/layout';
import { isThreadAlive, SLOT_MASK } from '../heap/threads';
import { isDrained, QUEUE_TAIL_RING, QUEUE_TALLY, RING_TAIL } from './ring';

const ENTRIES: usize = 16;
const ENTRY_BYTES: u32 = 8;
const ENTRY_COUNT: usize = 4;
export const TALLY_BYTES: u32 = 16 + THREADS_MAX * ENTRY_BYTES;

function entryOf(tally: usize, slot: u32): usize {
  return tally + ENTRIES + slot * ENTRY_BYTES;
}

/** One item more in work in the calling thread. */
export function noteTaken(tally: usize, owner: u32): void {
  const slot = owner & SLOT_MASK;
  const entry = entryOf(tally, slot);
  if (atomicLoad(entry) !== owner) {
    atomicStore(entry + ENTRY_COUNT, 0); // of an earlier thread with this record
    atomicStore(entry, owner);
    let highest = atomicLoad(tally);
    while (highest < slot) {
      const seen = atomicCompareExchange(tally, highest, slot);
      if (seen === highest) break;
      highest = seen;
    }
  }
  atomicAdd(entry + ENTRY_COUNT, 1);
}

/** An item is about to be taken from the queue, which may have no tally: it stands in its block from the start. */
export function noteTake(queue: usize, owner: u32): void {
  const tally: usize = load32(queue + QUEUE_TALLY);
  if (tally !== 0) noteTaken(tally, owner);
}

/** One item of the entry is done: what is left of it, or -1 if there was none. */
function takeOff(entry: usize): i32 {
  while (true) {
    const count = atomicLoad(entry + ENTRY_COUNT);
    if (count === 0) return -1;
    if (atomicCompareExchange(entry + ENTRY_COUNT, count, count - 1) === count) return (count - 1) as i32;
  }
}

/** One item is done, of the calling thread if it has any in work, else of another: as {@link takeOff}. */
export function noteDone(tally: usize, owner: u32): i32 {
  const mine = entryOf(tally, owner & SLOT_MASK);
  if (atomicLoad(mine) === owner) {
    const left = takeOff(mine);
    if (left >= 0) return left;
  }
  const highest = atomicLoad(tally);
  for (let slot: u32 = 1; slot <= highest; slot++) {
    const entry = entryOf(tally, slot);
    if (!isThreadAlive(atomicLoad(entry))) continue;
    const left = takeOff(entry);
    if (left >= 0) return left;
  }
  return -1;
}

/** Whether everything that was put is done, or was lost with the thread that had it in work. */
export function isSettled(queue: usize, tally: usize): boolean {
  while (true) {
    const ring: usize = atomicLoad(queue + QUEUE_TAIL_RING);
    const tail = atomicLoad(ring + RING_TAIL);
    if (!isDrained(queue)) return false;
    const highest = atomicLoad(tally);
    for (let slot: u32 = 1; slot <= highest; slot++) {
      const entry = entryOf(tally, slot);
      if (atomicLoad(entry + ENTRY_COUNT) !== 0 && isThreadAlive(atomicLoad(entry))) return false;
    }
    // What was put meanwhile may have been in neither place when we looked.
    if (atomicLoad(queue + QUEUE_TAIL_RING) === ring && atomicLoad(ring + RING_TAIL) === tail) return true;
  }
}
