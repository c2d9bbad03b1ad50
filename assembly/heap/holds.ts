// Who holds which shared object: threads that have a handle, and messages under way that name one. An object's memory
// returns when nothing holds it; what a dead thread held is found here by its owner id. Portable.
//
// A table of buckets, found by the object's address. An entry says that one holder holds one object, so taking hold
// twice is taking it once, and there is no count that a death could leave wrong. Promise: of several that let go, one
// is the last, and knows it. Short critical sections; a lock whose owner died is taken over, since each step within
// leaves the table whole.
//
//   bucket    owner id of the thread at work, or 0 · further entries (a block), or 0 · 7 entries
//   block     unused · further entries, or 0 · 15 entries
//   entry     word · holder (the owner id of a thread, or what names the message: its slot's address)
//
//   ┌ 31 … 6 ─────────────────┬ 5 … 2 ┬ 1 ──────┬ 0 ───────┐
//   │ address / 64, 0 is none │ kind  │ ENDING  │ MESSAGE  │
//   └─────────────────────────┴───────┴─────────┴──────────┘
//
//   ENDING: its holder was the last, and is giving the memory back; nobody can take hold of the object any more.

import { atomicCompareExchange, atomicLoad, atomicStore, fillBytes } from '../atomics/index';
import { allocTold, freeTold } from './allocator';
import { HOLD_BUCKET_BYTES, HOLD_BUCKETS, HOLDS_AT } from './layout';
import { isThreadAlive, THREAD_OWNER } from './threads';

export const HOLD_MESSAGE: u32 = 1;
export const HOLD_ENDING: u32 = 2;
const KIND_BITS: u32 = 60;
const FLAG_BITS: u32 = 63;

export const KIND_SHIFT: u32 = 2;
/** Kinds of objects: who frees them, and how, is told to src/heap/holds.ts. */
export const OBJECT_ARRAY: u32 = 1 << KIND_SHIFT;
export const OBJECT_SYNC: u32 = 2 << KIND_SHIFT;
export const OBJECT_QUEUE: u32 = 3 << KIND_SHIFT;
export const OBJECT_MEMORY: u32 = 4 << KIND_SHIFT;
export const OBJECT_BOARD: u32 = 5 << KIND_SHIFT;
export const OBJECT_JOB: u32 = 6 << KIND_SHIFT;

/** Another thread is in the bucket: try again. Every function below may answer so. */
export const HOLD_BUSY: u32 = 1;
/** Outcomes of {@link addHold}. */
export const HOLD_REFUSED: u32 = 0;
export const HOLD_ADDED: u32 = 2;
export const HOLD_FULL: u32 = 3;

const NEXT: usize = 4;
const ENTRIES: usize = 8;
export const ENTRY_HOLDER: usize = 4;
const ENTRY_BYTES: u32 = 8;
const BLOCK_BYTES: u32 = 128;

export function objectOf(word: u32): usize {
  return (word & ~FLAG_BITS) >>> 0;
}

function bucketAt(index: u32): usize {
  return HOLDS_AT + index * HOLD_BUCKET_BYTES;
}

function bucketOf(object: usize): usize {
  let hash: u32 = (object as u32) >>> 6;
  hash ^= hash >>> 10;
  return bucketAt((hash ^ (hash >>> 6)) & (HOLD_BUCKETS - 1));
}

/** Enters the bucket; false while another living thread is in it, for some ten steps. */
function enter(bucket: usize, me: usize): boolean {
  const seen = atomicLoad(bucket);
  if (seen !== 0 && isThreadAlive(seen)) return false;
  return atomicCompareExchange(bucket, seen, atomicLoad(me + THREAD_OWNER)) === seen;
}

function leave(bucket: usize): void {
  atomicStore(bucket, 0);
}

/** The end of the entries of a bucket, or of one of its blocks. */
function endOf(part: usize, bucket: usize): usize {
  return part + (part === bucket ? HOLD_BUCKET_BYTES : BLOCK_BYTES);
}

/** The entry of the holder, or 0. */
function entryOf(bucket: usize, object: usize, message: u32, holder: u32): usize {
  let part: usize = bucket;
  while (part !== 0) {
    for (let entry: usize = part + ENTRIES; entry < endOf(part, bucket); entry += ENTRY_BYTES) {
      const word = atomicLoad(entry);
      if (objectOf(word) !== object || (word & HOLD_MESSAGE) !== message) continue;
      if (atomicLoad(entry + ENTRY_HOLDER) === holder) return entry;
    }
    part = atomicLoad(part + NEXT);
  }
  return 0;
}

/** An entry of the object other than `except`, or 0. */
function otherEntry(bucket: usize, object: usize, except: usize): usize {
  let part: usize = bucket;
  while (part !== 0) {
    for (let entry: usize = part + ENTRIES; entry < endOf(part, bucket); entry += ENTRY_BYTES) {
      if (entry !== except && objectOf(atomicLoad(entry)) === object) return entry;
    }
    part = atomicLoad(part + NEXT);
  }
  return 0;
}

/** An entry that is nobody's; 0 if the memory is full. */
function emptyEntry(bucket: usize, me: usize): usize {
  let part: usize = bucket;
  while (true) {
    for (let entry: usize = part + ENTRIES; entry < endOf(part, bucket); entry += ENTRY_BYTES) {
      if (atomicLoad(entry) === 0) return entry;
    }
    const next: usize = atomicLoad(part + NEXT);
    if (next === 0) break;
    part = next;
  }
  const block: usize = allocTold(BLOCK_BYTES, me, 0);
  if (block === 0) return 0;
  fillBytes(block, 0, BLOCK_BYTES);
  atomicStore(part + NEXT, block as u32);
  return block + ENTRIES;
}

function isEmpty(block: usize): boolean {
  for (let entry: usize = block + ENTRIES; entry < block + BLOCK_BYTES; entry += ENTRY_BYTES) {
    if (atomicLoad(entry) !== 0) return false;
  }
  return true;
}

/** Empties an entry, and gives back the blocks that held nothing else. */
function remove(bucket: usize, entry: usize, me: usize): void {
  atomicStore(entry, 0);
  let part: usize = bucket;
  while (true) {
    const next: usize = atomicLoad(part + NEXT);
    if (next === 0) return;
    if (isEmpty(next)) {
      atomicStore(part + NEXT, atomicLoad(next + NEXT));
      freeTold(next, me, 0);
    } else part = next;
  }
}

/**
 * Notes that `holder` holds the object: HOLD_ADDED, also if it did before. `word` is the object's address with the
 * kind's bits, and HOLD_MESSAGE. Unless it `isNew`, somebody must hold it: HOLD_REFUSED, since it may be gone.
 */
export function addHold(word: u32, holder: u32, isNew: boolean, me: usize): u32 {
  const object = objectOf(word);
  const bucket = bucketOf(object);
  if (!enter(bucket, me)) return HOLD_BUSY;
  let outcome: u32 = HOLD_ADDED;
  const other = isNew ? 0 : otherEntry(bucket, object, 0);
  if (!isNew && (other === 0 || (atomicLoad(other) & HOLD_ENDING) !== 0)) outcome = HOLD_REFUSED;
  else if (entryOf(bucket, object, word & HOLD_MESSAGE, holder) === 0) {
    const entry = emptyEntry(bucket, me);
    if (entry === 0) outcome = HOLD_FULL;
    else {
      const kind: u32 = (isNew ? word : atomicLoad(other)) & KIND_BITS;
      atomicStore(entry + ENTRY_HOLDER, holder); // first: an entry is there once its word is
      atomicStore(entry, ((object as u32) | kind | (word & HOLD_MESSAGE)) >>> 0);
    }
  }
  leave(bucket);
  return outcome;
}

/**
 * Notes that the holder lets go. If it was the last its word is returned, and thread `heir` has to free the object, then
 * to call {@link endHold}; otherwise 0.
 */
export function dropHold(word: u32, holder: u32, heir: u32, me: usize): u32 {
  const object = objectOf(word);
  const bucket = bucketOf(object);
  if (!enter(bucket, me)) return HOLD_BUSY;
  let last: u32 = 0;
  const entry = entryOf(bucket, object, word & HOLD_MESSAGE, holder);
  if (entry !== 0) {
    if (otherEntry(bucket, object, entry) !== 0) remove(bucket, entry, me);
    else {
      last = ((atomicLoad(entry) | HOLD_ENDING) & ~HOLD_MESSAGE) >>> 0;
      // A second entry, so that a death on the way leaves one or the other; in place if the memory is full.
      const own = holder === heir && (word & HOLD_MESSAGE) === 0 ? entry : emptyEntry(bucket, me);
      atomicStore((own === 0 ? entry : own) + ENTRY_HOLDER, heir);
      atomicStore(own === 0 ? entry : own, last);
      if (own !== 0 && own !== entry) remove(bucket, entry, me);
    }
  }
  leave(bucket);
  return last;
}

/** The object's memory was given back by thread `heir`. */
export function endHold(word: u32, heir: u32, me: usize): u32 {
  const object = objectOf(word);
  const bucket = bucketOf(object);
  if (!enter(bucket, me)) return HOLD_BUSY;
  const entry = entryOf(bucket, object, 0, heir);
  if (entry !== 0 && (atomicLoad(entry) & HOLD_ENDING) !== 0) remove(bucket, entry, me);
  leave(bucket);
  return 0;
}

/** Takes the object from all who hold it, since it is given back by hand: for thread `heir`, as {@link dropHold}. */
export function seizeHold(object: usize, heir: u32, me: usize): u32 {
  const bucket = bucketOf(object);
  if (!enter(bucket, me)) return HOLD_BUSY;
  let last: u32 = 0;
  const mine = entryOf(bucket, object, 0, heir);
  if (mine !== 0) {
    last = (atomicLoad(mine) | HOLD_ENDING) >>> 0;
    atomicStore(mine, last);
    let other = otherEntry(bucket, object, mine);
    while (other !== 0) {
      remove(bucket, other, me);
      other = otherEntry(bucket, object, mine);
    }
  }
  leave(bucket);
  return last;
}

/**
 * The entry of a holder between `low` and `high` in bucket `index`, or 0. Those holders are dead, or messages that the
 * caller alone has; still another may take the object away by hand, so what is read there is to be checked.
 */
export function holdIn(index: u32, message: u32, low: u32, high: u32, me: usize): usize {
  const bucket = bucketAt(index);
  let answer: usize = 0;
  if (!enter(bucket, me)) return HOLD_BUSY;
  let part: usize = bucket;
  while (part !== 0 && answer === 0) {
    for (let entry: usize = part + ENTRIES; entry < endOf(part, bucket); entry += ENTRY_BYTES) {
      const word = atomicLoad(entry);
      const holder = atomicLoad(entry + ENTRY_HOLDER);
      if (word === 0 || (word & HOLD_MESSAGE) !== message || holder < low || holder > high) continue;
      answer = entry;
      break;
    }
    part = atomicLoad(part + NEXT);
  }
  leave(bucket);
  return answer;
}

/** Whether a bucket may have entries: most have none. */
export function mayHold(index: u32): boolean {
  const bucket = bucketAt(index);
  if (atomicLoad(bucket + NEXT) !== 0) return true;
  for (let entry: usize = bucket + ENTRIES; entry < bucket + HOLD_BUCKET_BYTES; entry += ENTRY_BYTES) {
    if (atomicLoad(entry) !== 0) return true;
  }
  return false;
}
