// How kernels wait: the outer loop around the steps of a primitive, as src/sync/_block.ts has it for JavaScript.
//
// A thread sleeps in slices, so that it sees its stop word and deaths that nobody could tell it of. Waiting itself is
// an import (atomics/wasm.ts says why). In a build without threads nobody could end a wait: one without a time limit
// traps, one with a limit has run out.

import { atomicLoad, atomicStore, load32, notifyWord, waitWord } from '../atomics/index';
import { NOTE_HELD, threadNote } from '../heap/notes';
import { STOP_NOW, THREAD_OWNER, THREAD_PENDING, THREAD_STOP } from '../heap/threads';
import { thisThread } from '../rt/host';
import { HANDED_MS, SLICE_MS, SYNC_LINK, SYNC_MAGIC, SYNC_WORDS } from '../sync/block';
import { HANDED, ownerOf, ownerWord } from '../sync/owner';

/** What acquiring and waiting answer: 0 if it ran out of time, so `if (lock.acquire(10))` reads as it should. */
export const TIMED_OUT: i32 = 0;
export const ACQUIRED: i32 = 1;
/** Acquired from a thread that died, or returned, while it held it: what the lock protects may need repair. */
export const OWNER_DIED: i32 = 2;

// @ts-ignore: decorator
@external("env", "now")
declare function hostNow(): f64;

const ALONE = "Cannot wait in a kernel here: there is no other thread that could end the wait";

/** Milliseconds on the clock of performance.now(). */
export function now(): f64 { return hostNow(); }

/** This thread in owner words. */
// @ts-ignore: decorator
@inline
export function me(): u32 { return ownerWord(load32(thisThread + THREAD_OWNER)); }

/** When a wait that begins now runs out; a negative time is for ever. */
export function deadlineOf(timeoutMs: f64): f64 {
  return timeoutMs < 0 ? Infinity : now() + timeoutMs;
}

/** Says on which word the thread is about to sleep, so that a death wakes it; returns what it said before. */
export function pend(word: usize): usize {
  const outer: usize = atomicLoad(thisThread + THREAD_PENDING);
  atomicStore(thisThread + THREAD_PENDING, <u32>word);
  return outer;
}

/** Sleeps while the word is `value`, for a slice at most; false once the time is over. */
export function sleepOn(word: usize, value: u32, deadline: f64): bool {
  let slice: f64 = ownerOf(value) == HANDED ? HANDED_MS : SLICE_MS;
  if (deadline != Infinity) {
    const left = deadline - now();
    if (left <= 0) return false;
    slice = min<f64>(slice, left);
  }
  if (!ASC_FEATURE_THREADS) {
    if (deadline != Infinity) return false;
    throw new Error(ALONE);
  }
  waitWord(word, value, slice);
  if (atomicLoad(thisThread + THREAD_STOP) == STOP_NOW) throw new Error("Cannot wait any longer: this worker is being ended");
  return true;
}

/** Traps where the thread could not wait so long: before something is changed that only a waiter may leave. */
export function checkWaiting(timeoutMs: f64): void {
  if (ASC_FEATURE_THREADS) waitWord(thisThread + THREAD_OWNER, 0, 0); // never 0: answers at once, or the host refuses
  else if (timeoutMs < 0) throw new Error(ALONE);
}

/** Does a wake order. */
// @ts-ignore: decorator
@inline
export function wake(word: usize, order: u32): void {
  if (order != 0) notifyWord(word, order);
}

/** Traps unless a primitive of the kind lies there: the argument was no handle, or was closed. */
export function check(word: usize, kind: u32, other: u32 = 0): void {
  const magic = word > SYNC_WORDS && (word & 15) == 0 ? load32(word - SYNC_WORDS) : 0;
  if (magic != (SYNC_MAGIC | kind) && magic != (SYNC_MAGIC | other))
    throw new Error("Cannot use the handle: it was closed, or is of another kind than the kernel's parameter says");
}

// What a kernel holds is a list through its locks' heads, which only the owner of a lock touches: if the kernel traps,
// or returns without letting go, the host leaves all of it to the next in line (src/sync/_kernel.ts).

/** Notes that the kernel holds the lock. */
export function noteHold(word: usize): void {
  const held = threadNote(thisThread) + NOTE_HELD;
  store<u32>(word - SYNC_WORDS + SYNC_LINK, load<u32>(held));
  store<u32>(held, <u32>word);
}

/** Whether the kernel holds the lock. */
export function isNoted(word: usize): bool {
  let at: usize = load<u32>(threadNote(thisThread) + NOTE_HELD);
  while (at != 0 && at != word) at = load<u32>(at - SYNC_WORDS + SYNC_LINK);
  return at != 0;
}

/** Forgets it; false if the kernel does not hold it. */
export function dropHold(word: usize): bool {
  let link: usize = threadNote(thisThread) + NOTE_HELD;
  for (let at: usize = load<u32>(link); at != 0; at = load<u32>(link)) {
    const next = at - SYNC_WORDS + SYNC_LINK;
    if (at == word) {
      store<u32>(link, load<u32>(next));
      return true;
    }
    link = next;
  }
  return false;
}
