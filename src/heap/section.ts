// Sections: short work on shared memory in which other threads wait for this one, without sleeping.
//
// A thread that is terminated tells nobody. Its parent learns of it in its event loop, and may be the very thread that
// waits for the dead one to leave: for ever. So no thread is terminated within a section: its parent first says that
// it shall end, then looks whether it is in one (Crew.kill); the thread first says that it is in one, then looks
// whether it shall end. That is the handshake of Dekker's algorithm: one of the two sees the other.
//
// Deaths by other causes are found by looking which threads the system still has, where it tells (lookOut).

import { atomicLoad, atomicStore } from '../../assembly/atomics/index';
import { NOTE_WITHIN, threadNote } from '../../assembly/heap/notes';
import { STOP_NOW, THREAD_STOP } from '../../assembly/heap/threads';
import { ClosedError } from '../errors';
import { thisThread } from './heap';

let depth = 0;

/** Enters a section, or one within it; false if this thread is to end at once: then it may not. */
export function enterSection(): boolean {
  if (depth === 0) {
    const me = thisThread();
    const within = threadNote(me) + NOTE_WITHIN;
    atomicStore(within, 1);
    if (atomicLoad(me + THREAD_STOP) === STOP_NOW) {
      atomicStore(within, 0);
      return false;
    }
  }
  depth++;
  return true;
}

export function leaveSection(): void {
  if (--depth === 0) atomicStore(threadNote(thisThread()) + NOTE_WITHIN, 0);
}

/**
 * Runs `body` in a section.
 * @throws {ClosedError} if this thread is to end at once
 */
export function inSection<T>(body: () => T): T {
  if (!enterSection()) throw new ClosedError('Cannot use shared memory: this worker is being ended');
  try {
    return body();
  } finally {
    leaveSection();
  }
}

/** Whether the thread with this record is in a section. */
export function isWithinSection(record: number): boolean {
  return atomicLoad(threadNote(record) + NOTE_WITHIN) !== 0;
}

let look: (() => void) | undefined;
let lookedAt = 0;
/** Between two looks, which take some 50 µs. */
const LOOK_MS = 100;

/** Says how to find deaths among the threads that this one has started, whose events it cannot get now. */
export function onLookOut(find: () => void): void {
  look = find;
}

/** Whoever this thread waits for may be dead, and it be the one that has to find out; not too often. */
export function lookOut(): void {
  if (look === undefined || performance.now() - lookedAt < LOOK_MS) return;
  lookedAt = performance.now();
  look();
}

/** Between two calls of {@link lookOut}: an attempt takes some 50 ns. */
const ATTEMPTS = 10_000;

/** Repeats an attempt while its outcome is `busy`: another thread is at it, for a short while, or dead. */
export function persist(attempt: () => number, busy: number): number {
  for (let i = 1; ; i++) {
    const outcome = attempt();
    if (outcome !== busy) return outcome;
    if (i % ATTEMPTS === 0) lookOut();
  }
}
