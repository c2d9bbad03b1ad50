// What all primitives share: the head of their blocks, and how a death reaches those who sleep. Portable.
//
//   block: magic and kind · bytes of the block · serial · link · the primitive's words
//
// The link is the next lock that a kernel of the owner holds (assembly/heap/notes.ts), or 1 for a barrier with an action.
//
// How an operation waits: a primitive offers a step, which does what can be done without waiting. An even answer
// is the outcome; an odd one is the value of the primitive's word on which to sleep before the next step. A thread
// that may block sleeps in waitWord, one that may not in waitWordAsync: the steps are the same.

import { atomicAdd, atomicLoad, atomicStore, notifyWord } from '../atomics/index';
import { HEADER_DEATHS, THREADS_MAX } from '../heap/layout';
import { THREAD_LIVE, THREAD_PENDING, THREAD_STATE, threadRecord } from '../heap/threads';

export const SYNC_MAGIC: u32 = 0x53594e00; // "SYN" and the kind
/** Bytes of the block. */
export const SYNC_BYTES: usize = 4;
export const SYNC_SERIAL: usize = 8;
export const SYNC_LINK: usize = 12;
export const SYNC_WORDS: usize = 16;

export const KIND_LOCK: u32 = 1;
export const KIND_RLOCK: u32 = 2;
export const KIND_RWLOCK: u32 = 3;
export const KIND_SEMAPHORE: u32 = 4;
export const KIND_BOUNDED: u32 = 5;
export const KIND_CONDITION: u32 = 6;
export const KIND_EVENT: u32 = 7;
export const KIND_BARRIER: u32 = 8;
export const KIND_COUNTER: u32 = 9;
export const KIND_LATCH: u32 = 10;
export const KIND_ONCE: u32 = 11;

/** Outcomes of steps. */
export const DONE: u32 = 0;
/** Done, and what was taken belonged to a thread that died. */
export const INHERITED: u32 = 2;
/** Cannot be done any more. */
export const BROKEN: u32 = 4;
/** For the try forms: would have to wait. */
export const REFUSED: u32 = 6;
/** A death was noticed: look at what the dead held, then go on. */
export const LOOK: u32 = 8;

/** A blocked thread looks up this often: at its stop word, and for deaths that nobody could tell it of. */
export const SLICE_MS: f64 = 100;
/** For how long a lock that was handed over is left to the one who was woken. */
export const HANDED_MS: f64 = 2;
/** A taker may overtake sleepers for this long on average, as in parking_lot. */
export const UNFAIR_MS: f64 = 0.5;
/**
 * Looks at a held lock before sleeping: in JavaScript about eight microseconds, what a sleep and its wake-up cost
 * (Karlin, Manasse, McGeoch and Owicki, 1991: such a wait costs at most twice the best). Two workers that want nothing
 * but the lock share it more evenly so: the smaller share was 0.69 to 0.97 of the larger with 64 looks, 0.81 to 1.00
 * with 256, 0.71 to 1.00 with 512 (measured, rounds of 0.7 s on two idle cores).
 */
export const SPINS: i32 = 256;

/** Wake orders: how many sleepers the caller has to notify. */
export const WAKE_NONE: u32 = 0;
export const WAKE_ONE: u32 = 1;
export const WAKE_ALL: u32 = 0xffffffff;

/** Initialises the head of a zeroed block. */
export function initSync(block: usize, kind: u32, serial: u32, bytes: u32): void {
  atomicStore(block + SYNC_SERIAL, serial);
  atomicStore(block + SYNC_BYTES, bytes);
  atomicStore(block, SYNC_MAGIC | kind);
}

/** Wakes a thread that sleeps in a primitive, so that it looks at its stop word. */
export function wakeSleeper(record: usize): void {
  const address: usize = atomicLoad(record + THREAD_PENDING);
  if (address !== 0) notifyWord(address, WAKE_ALL);
}

/**
 * Wakes every thread that sleeps in a primitive, so that each looks again: called when a thread has died, after
 * it was marked DEAD. Whatever wake-up the dead owed or swallowed is made good, whichever address it was for.
 */
export function wakeSleepers(): void {
  atomicAdd(HEADER_DEATHS, 1);
  notifyWord(HEADER_DEATHS, WAKE_ALL); // event loops: each looks at all it waits for
  for (let slot: u32 = 1; slot < THREADS_MAX; slot++) {
    const record = threadRecord(slot);
    if (atomicLoad(record + THREAD_STATE) !== THREAD_LIVE) continue;
    wakeSleeper(record);
  }
}
