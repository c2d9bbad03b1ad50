// The blocking outer loop around the steps of a primitive (assembly/sync/block.ts says what a step is).
//
// A thread sleeps in slices: it looks at its stop word between them, and finds deaths that nobody could tell it of
// (a parent that blocks learns nothing from its runtime). No other wake-up depends on slices.

import { atomicLoad, atomicStore, waitWord } from '../../assembly/atomics/index';
import { STOP_NOW, THREAD_PENDING, THREAD_STOP } from '../../assembly/heap/threads';
import { HANDED_MS, SLICE_MS } from '../../assembly/sync/block';
import { HANDED, ownerOf } from '../../assembly/sync/owner';
import { BlockingNotAllowedError, ClosedError } from '../errors';
import { isHeapShared, thisThread } from '../heap/heap';
import { lookOut } from '../heap/section';
import { runtime } from '../runtime/runtime';
import { type Limit, timeoutError } from './_options';
import { watch } from './_watch';

/** How long a thread that is to be ended waits for its end. */
const ENDING_MS = 10;
/** What a wait says that nobody woke. */
const TIMED_OUT = 2;
let ending = false;

/**
 * Whether this thread was told to end at once. Deno declares it dead before it has stopped: from here on it writes
 * to nothing that may have another owner by now.
 */
export function isEnding(record = thisThread()): boolean {
  if (!ending && atomicLoad(record + THREAD_STOP) === STOP_NOW) ending = true;
  return ending;
}

/** A step: an even outcome, or the odd value to sleep on. */
export type Step = (slept: boolean) => number;

/** Whether this thread may sleep in a primitive, and a wake-up could come. */
export function canSleep(): boolean {
  return runtime().canBlock() && isHeapShared();
}

/**
 * Blocks until a step is done; returns its outcome.
 *
 * @param word the word to sleep on
 * @param remedy the asynchronous form
 */
export function block(word: number, step: Step, limit: Limit, remedy: string): number {
  const { what, at, signal } = limit;
  if (!canSleep()) {
    const outcome = step(false);
    if ((outcome & 1) === 0) return outcome;
    throw new BlockingNotAllowedError(
      `Cannot ${what} here: this thread may not block, use "await ${remedy}"`,
    );
  }
  const record = thisThread();
  const outer = atomicLoad(record + THREAD_PENDING);
  let slept = false;
  atomicStore(record + THREAD_PENDING, word); // before the step: a death after it wakes us
  try {
    while (true) {
      const outcome = step(slept);
      if ((outcome & 1) === 0) return outcome;
      signal?.throwIfAborted();
      const slice = ownerOf(outcome) === HANDED ? HANDED_MS : SLICE_MS;
      if (at === Number.POSITIVE_INFINITY) {
        if (waitWord(word, outcome, slice) === TIMED_OUT) lookOut();
      } else {
        const left = at - performance.now();
        if (left <= 0) throw timeoutError(what, limit);
        if (waitWord(word, outcome, Math.min(slice, left)) === TIMED_OUT) lookOut();
      }
      slept = true;
      watch?.blocked(word, limit);
      if (isEnding(record)) {
        // The runtime ends this thread at the next step it takes; only where it cannot the wait ends by itself.
        waitWord(record + THREAD_STOP, STOP_NOW, ENDING_MS);
        throw new ClosedError(`Cannot ${what}: this worker is being ended`);
      }
    }
  } finally {
    atomicStore(record + THREAD_PENDING, outer);
    watch?.unblocked();
  }
}
