// The blocking outer loop around the steps of a primitive (assembly/sync/block.ts says what a step is).
//
// A thread sleeps in slices: it looks at its stop word between them, and finds deaths that nobody could tell it of
// (a parent that blocks learns nothing from its runtime). No other wake-up depends on slices.

import { atomicLoad, atomicStore, waitWord } from '../../assembly/atomics/index';
import { STOP_NOW, THREAD_PENDING, THREAD_STOP } from '../../assembly/heap/threads';
import { HANDED, ownerOf } from '../../assembly/sync/owner';
import { BlockingNotAllowedError, ClosedError } from '../errors';
import { isHeapShared, thisThread } from '../heap/heap';
import { runtime } from '../runtime/runtime';
import { watchWait } from './_debug';
import { deadlineOf, signalOf, timeoutError, type Wait } from './_options';

const SLICE_MS = 100;
/** For how long a lock that was handed over is left to the one who was woken. */
export const HANDED_MS = 2;

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
 * @param what what is being done, for messages: `acquire the lock`
 * @param remedy the asynchronous form
 */
export function block(
  word: number,
  step: Step,
  wait: Wait | undefined,
  what: string,
  remedy: string,
): number {
  const signal = signalOf(wait);
  signal?.throwIfAborted();
  const deadline = deadlineOf(wait, what);
  if (!canSleep()) {
    const outcome = step(false);
    if ((outcome & 1) === 0) return outcome;
    throw new BlockingNotAllowedError(
      `Cannot ${what} here: this thread may not block, use "await ${remedy}"`,
    );
  }
  const record = thisThread();
  const outer = atomicLoad(record + THREAD_PENDING);
  const began = performance.now();
  let slept = false;
  atomicStore(record + THREAD_PENDING, word); // before the step: a death after it wakes us
  try {
    while (true) {
      const outcome = step(slept);
      if ((outcome & 1) === 0) return outcome;
      signal?.throwIfAborted();
      const now = performance.now();
      if (now >= deadline) throw timeoutError(what, wait);
      const slice = ownerOf(outcome) === HANDED ? HANDED_MS : SLICE_MS;
      waitWord(word, outcome, Math.min(slice, deadline - now));
      slept = true;
      if (atomicLoad(record + THREAD_STOP) === STOP_NOW) {
        throw new ClosedError(`Cannot ${what}: this worker is being ended`);
      }
      watchWait(word, outcome, what, began);
    }
  } finally {
    atomicStore(record + THREAD_PENDING, outer);
  }
}
