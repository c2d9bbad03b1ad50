// What the models of assembly/sync share: threads with records, the outer loop of src/sync/_block.ts, the reaper.

import { atomicAdd, atomicLoad, atomicStore, notifyWord, waitWord } from '../../../assembly/atomics/index';
import {
  THREAD_DEAD,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_PENDING,
  THREAD_STATE,
  threadRecord,
} from '../../../assembly/heap/threads';
import { HANDED, ownerOf, ownerWord } from '../../../assembly/sync/owner';
import { AGAIN, type Thread } from '../explorer/model';

export const WORD = 0x600000;
/** A plain word that only who holds the lock may touch: two at once are a race. */
export const DATA = 0x600400;

const GENERATION = 1 << 10;

/** Thread `index` of a model in lock words. */
export const meOf = (index: number): number => ownerWord(GENERATION + index + 1);
export const recordOf = (index: number): number => threadRecord(index + 1);

/** Makes the threads 0 … count − 1 live. */
export function liveThreads(count: number): void {
  for (let index = 0; index < count; index++) {
    atomicStore(recordOf(index) + THREAD_OWNER, GENERATION + index + 1);
    atomicStore(recordOf(index) + THREAD_STATE, THREAD_LIVE);
  }
}

export const TIMED_OUT = 0x10;

/**
 * The blocking loop.
 *
 * @param timed it may give up, where the model grants timeouts
 * @param impatient the 2 ms that a newcomer leaves a hand-over alone are over at once
 */
export function blockOn(
  index: number,
  word: number,
  step: (slept: boolean) => number,
  timed = false,
  impatient = false,
): number {
  const pending = recordOf(index) + THREAD_PENDING;
  let slept = false;
  atomicStore(pending, word);
  while (true) {
    const outcome = step(slept);
    if ((outcome & 1) === 0) {
      atomicStore(pending, 0);
      return outcome;
    }
    const isHanded = ownerOf(outcome) === HANDED;
    if (isHanded && impatient) {
      slept = true;
      continue;
    }
    const woken = waitWord(word, outcome, isHanded || timed ? 1 : -1);
    if (timed && woken === 2) {
      const last = step(true);
      atomicStore(pending, 0);
      return (last & 1) === 0 ? last : TIMED_OUT;
    }
    slept = true;
  }
}

/** Deaths that {@link slices} has been told of. */
const REAPED = 0x600800;

/** What is done about a death. */
export function reaper(dead: number): void {
  atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
  atomicStore(recordOf(dead) + THREAD_PENDING, 0);
  atomicAdd(REAPED, 1);
  notifyWord(REAPED, 1);
}

/**
 * Wakes, after a death, until nobody sleeps: the wakes of the reaper, and what the slices of the blocking loop add
 * for a thread that looked before the death and fell asleep after them. Before a death it wakes nobody, so a
 * wake-up that is lost without one is found.
 */
export function slices(threads: number): Thread {
  return {
    name: 'slices',
    daemon: true,
    self: { seen: 0 },
    calls: [
      function wakeAll(self: { seen: number }) {
        const reaped = atomicLoad(REAPED);
        if (reaped === self.seen) {
          waitWord(REAPED, reaped, -1);
          return AGAIN;
        }
        let awake = true;
        for (let index = 0; index < threads; index++) {
          if (atomicLoad(recordOf(index) + THREAD_STATE) !== THREAD_LIVE) continue;
          const pending = atomicLoad(recordOf(index) + THREAD_PENDING);
          if (pending === 0) continue;
          notifyWord(pending, 0xffffffff);
          awake = false;
        }
        if (awake) self.seen = reaped;
        return AGAIN;
      },
    ],
  };
}
