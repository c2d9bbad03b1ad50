// Thread records: who works on this memory. One record a thread (the main thread, every worker), found by
// slot number. Portable. A record's words:
//
//   state     who may change it          meaning
//   FREE      anyone, by CAS → STARTING  nobody's
//   STARTING  the thread that took it    being filled in, its worker is on the way
//   LIVE      the thread itself          running
//   DEAD      the reaper → FREE          the worker is gone, what it held is being taken back; the exit code, if it
//                                        is known, stands in the bits from 8 up
//
// An owner id (slot in the low 10 bits, how often the slot was taken in the upper 22) names a thread in lock
// words; it differs from every earlier id of the same slot, up to 4 million takings of one slot.

import { atomicAdd, atomicCompareExchange, atomicLoad, atomicStore } from '../atomics/index';
import { THREAD_BYTES, THREADS_AT, THREADS_MAX } from './layout';

export const THREAD_STATE: usize = 0;
export const THREAD_OWNER: usize = 4;
/** Non-zero asks the thread to leave its loop, STOP_NOW to leave whatever it waits for too. */
export const THREAD_STOP: usize = 8;
export const STOP_NOW: u32 = 2;
/** Counts events of what this thread owns (results of its pools …); it sleeps on it. See ringBell. */
export const THREAD_BELL: usize = 12;
/** 1 while the thread sleeps on its bell, or has a waitAsync on it. */
export const THREAD_PARKED: usize = 16;
/** The address this thread sleeps on in a primitive (assembly/sync), or is about to: every death wakes it. */
export const THREAD_PENDING: usize = 20;
/** Record of the thread that started this one; 0 in a record that is nobody's. */
export const THREAD_PARENT: usize = 24;
/** Microseconds spent running tasks, and tasks run: for insights. */
export const THREAD_BUSY_US: usize = 28;
export const THREAD_TASKS: usize = 32;
/** The same word in the thread of a Process, which runs one task: EXIT_BIT and the exit code, once that has ended. */
export const THREAD_EXIT: usize = 32;
export const EXIT_BIT: u32 = 0x80000000;
/** Scratch arena of kernels (rt/stub.ts): first chunk, chunk in use, next free byte, end of the chunk. */
export const THREAD_ARENA: usize = 36;
/** Messages that the parent has posted and the thread has not yet received: it gives its event loop turns. */
export const THREAD_MESSAGES: usize = 52;
/** Counts calls to work; a pool's worker sleeps on it. Apart from the bell: a worker may own a pool itself. */
export const THREAD_CALLS: usize = 56;
/** How a pool's worker rests: the states below. */
export const THREAD_REST: usize = 60;
/** The slab this thread allocates from, for each size class (0 = none); touched by the thread alone. */
export const THREAD_SLABS: usize = 64;

export const THREAD_FREE: u32 = 0;
export const THREAD_STARTING: u32 = 1;
export const THREAD_LIVE: u32 = 2;
export const THREAD_DEAD: u32 = 3;

// How a worker rests, so that nobody is woken in vain and no wake-up is lost:
//
//   state      who may change it            meaning
//   RUNNING    the thread                   works, or was called and is on its way to look for work
//   PARKED     a caller, by CAS → RUNNING   sleeps on its calls, or has a waitAsync on it: who calls notifies
//              the thread
//   SEARCHING  a caller, by CAS → RUNNING   awake, looks for work before it sleeps: can be called without a notify
//              the thread
//
// A thread parks in this order: read the calls, store PARKED, look once more at everything it waits for, sleep on
// that value. Who has something for it does so first and looks at the state afterwards. One call takes a thread
// out of PARKED or SEARCHING, so two tasks call two threads. A thread that was called and finds nothing parks again.
export const REST_RUNNING: u32 = 0;
export const REST_PARKED: u32 = 1;
export const REST_SEARCHING: u32 = 2;

export const SLOT_BITS: u32 = 10;
export const SLOT_MASK: u32 = 1023;

/** The state word of a thread that has ended with an exit code, and what it tells. */
export function deadWith(exitCode: u32): u32 {
  return THREAD_DEAD | ((exitCode & 0xff) << 8);
}
export function isDead(state: u32): boolean {
  return (state & 0xff) === THREAD_DEAD;
}
export function exitCodeOf(state: u32): u32 {
  return (state >>> 8) & 0xff;
}

export function threadRecord(slot: u32): usize {
  return THREADS_AT + slot * THREAD_BYTES;
}

export function threadSlot(record: usize): u32 {
  return ((record - THREADS_AT) / THREAD_BYTES) as u32;
}

/** Takes a free record (slot 1 and up) in state STARTING; returns its address, or 0 if all are taken. */
export function takeThread(): usize {
  for (let slot: u32 = 1; slot < THREADS_MAX; slot++) {
    const record = threadRecord(slot);
    if (atomicLoad(record + THREAD_STATE) !== THREAD_FREE) continue;
    if (atomicCompareExchange(record + THREAD_STATE, THREAD_FREE, THREAD_STARTING) !== THREAD_FREE) continue;
    // FREE records are touched by nobody, so these plain-looking stores are ours until the id is handed out.
    const generation: u32 = (atomicLoad(record + THREAD_OWNER) >>> SLOT_BITS) + 1;
    atomicStore(record + THREAD_STOP, 0);
    atomicStore(record + THREAD_BELL, 0);
    atomicStore(record + THREAD_PARKED, 0);
    atomicStore(record + THREAD_CALLS, 0);
    atomicStore(record + THREAD_REST, REST_RUNNING);
    atomicStore(record + THREAD_PENDING, 0);
    atomicStore(record + THREAD_BUSY_US, 0);
    atomicStore(record + THREAD_TASKS, 0);
    atomicStore(record + THREAD_MESSAGES, 0);
    atomicStore(record + THREAD_OWNER, ((generation << SLOT_BITS) | slot) >>> 0);
    return record;
  }
  return 0;
}

/** Makes a dead thread's record nobody's: the last step of its burial. */
export function freeThread(record: usize): void {
  atomicStore(record + THREAD_PARENT, 0); // who takes the record next is not this one's parent's child
  atomicStore(record + THREAD_STATE, THREAD_FREE);
}

/** Whether the thread with this record was started by the one with record `parent`, and is not buried yet. */
export function isChildOf(record: usize, parent: usize): boolean {
  return (
    atomicLoad(record + THREAD_PARENT) === (parent as u32) &&
    atomicLoad(record + THREAD_STATE) !== THREAD_FREE
  );
}

/** Whether the thread with this owner id still runs (or starts). */
export function isThreadAlive(owner: u32): boolean {
  const record = threadRecord(owner & SLOT_MASK);
  if (atomicLoad(record + THREAD_OWNER) !== owner) return false;
  const state = atomicLoad(record + THREAD_STATE);
  return state === THREAD_STARTING || state === THREAD_LIVE;
}

/** Tells a thread that something it owns changed; returns whether it sleeps, so that the caller notifies its bell. */
export function ringBell(record: usize): boolean {
  atomicAdd(record + THREAD_BELL, 1);
  if (atomicCompareExchange(record + THREAD_PARKED, 1, 0) !== 1) return false;
  atomicAdd(record + THREAD_BELL, 1); // it may have parked on the first ring's value, and would sleep unmarked
  return true;
}

/** Makes a worker look, whatever it rests for; returns whether it sleeps, so that the caller notifies its calls. */
export function rouseThread(record: usize): boolean {
  atomicAdd(record + THREAD_CALLS, 1);
  if (atomicCompareExchange(record + THREAD_REST, REST_PARKED, REST_RUNNING) !== REST_PARKED) return false;
  atomicAdd(record + THREAD_CALLS, 1); // as in ringBell
  return true;
}

export const CALL_REFUSED: u32 = 0;
export const CALL_TAKEN: u32 = 1;
export const CALL_NOTIFY: u32 = 2;

/**
 * Calls a worker to work that is there already: CALL_REFUSED if it has other work, CALL_TAKEN if it will look,
 * CALL_NOTIFY if it will and the caller has to notify its calls.
 */
export function callThread(record: usize): u32 {
  const rest = atomicLoad(record + THREAD_REST);
  if (rest === REST_RUNNING) return CALL_REFUSED;
  if (rest === REST_SEARCHING) {
    if (atomicCompareExchange(record + THREAD_REST, REST_SEARCHING, REST_RUNNING) === REST_SEARCHING)
      return CALL_TAKEN;
    // It has parked, or found work, meanwhile.
  }
  return rouseThread(record) ? CALL_NOTIFY : CALL_REFUSED;
}
