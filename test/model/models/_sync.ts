// What the models of assembly/sync share: threads with records, the outer loop of src/sync/_block.ts, the reaper. A
// wait is cut into turns, each a call of its own, so that a thread that looks again is where it was before.

import { atomicAdd, atomicLoad, atomicStore, notifyWord, waitWord } from '../../../assembly/atomics/index';
import { HEADER_DEATHS } from '../../../assembly/heap/layout';
import {
  THREAD_DEAD,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_PENDING,
  THREAD_STATE,
  threadRecord,
} from '../../../assembly/heap/threads';
import { WAKE_ALL, wakeSleeper } from '../../../assembly/sync/block';
import { HANDED_ALL, HANDED_ONE, NOT_HELD, tryUnlock, unhand, unlock } from '../../../assembly/sync/lock';
import { ALL_BIT, HANDED, ownerOf, ownerWord, PARKED_BIT } from '../../../assembly/sync/owner';
import { SLICE_MS } from '../explorer/atomics';
import { assert, type World } from '../explorer/model';

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

/** What {@link turn} keeps of a wait from turn to turn. */
export interface Waiting {
  slept?: boolean;
  /** The time has run out: this is the last look. */
  late?: boolean;
  /** What an event loop slept on when it gave up. */
  left?: number;
}

/** The wait was given up. */
export const TIMED_OUT = 0x10;
/** Not done yet: the call returns AGAIN, so that all ways to come here are one state. */
export const WAITS = 1;

/**
 * One turn of the blocking loop of src/sync/_block.ts: the outcome of the step, WAITS or TIMED_OUT.
 *
 * @param timed it may give up, where the model grants timeouts
 * @param decided called with the step's outcome at the moment of its last operation
 */
export function turn(
  self: Waiting,
  index: number,
  word: number,
  step: (slept: boolean) => number,
  timed = false,
  decided?: (outcome: number) => void,
): number {
  const pending = recordOf(index) + THREAD_PENDING;
  if (self.slept === undefined) atomicStore(pending, word);
  const outcome = step(self.slept === true);
  if ((outcome & 1) === 0) decided?.(outcome);
  if ((outcome & 1) === 0 || self.late) {
    delete self.slept;
    delete self.late;
    if ((outcome & 1) !== 0) self.left = outcome;
    atomicStore(pending, 0);
    return (outcome & 1) === 0 ? outcome : TIMED_OUT;
  }
  const woken = waitWord(word, outcome, timed || ownerOf(outcome) === HANDED ? 1 : SLICE_MS);
  self.slept = true;
  if (timed && woken === 2) self.late = true;
  return WAITS;
}

/**
 * The sleep that an event loop leaves behind when it gives up: the runtime's waitAsync cannot be taken back, and takes
 * wake-ups from then on that nobody acts upon.
 */
export function haunt(self: Waiting, word: number): void {
  const { left } = self;
  if (left === undefined) return;
  waitWord(word, left, -1);
  delete self.left;
}

/**
 * Lets go of a lock's word: src/sync/_owner-lock.ts Fairness.unlock, after the fast path.
 *
 * @param out called at the moment at which the word is free
 */
export function letGo(word: number, me: number, fair: boolean, out?: () => void): void {
  if (tryUnlock(word, me)) {
    out?.();
    return;
  }
  const order = unlock(word, me, fair);
  assert(order !== NOT_HELD, 'who lets go does not hold the lock');
  out?.();
  if (order === HANDED_ONE || order === HANDED_ALL) {
    if (notifyWord(word, order === HANDED_ONE ? 1 : WAKE_ALL) === 0) wake(word, unhand(word));
  } else wake(word, order);
}

/** Carries a wake order out. */
export function wake(word: number, order: number): void {
  if (order !== 0) notifyWord(word, order);
}

/** Bits of a thread that sleeps: as a blocking one, or as an event loop. */
export const bitsOf = (isLoop: boolean): number => (isLoop ? PARKED_BIT | ALL_BIT : PARKED_BIT);

/** Whether a thread is alive, in a check at the end. */
export const isAlive = (world: World, index: number): boolean => !world.dead.includes(index);

/**
 * What is done about a death: assembly/sync/block.ts wakeSleepers, for a model's few threads. With more than two the
 * wakes are left to the slices, which may end at any time once a death is known: whatever a wake brings about they
 * bring about as well, and the models stay small.
 */
export function reaper(threads: number): (dead: number) => void {
  return (dead) => {
    atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
    atomicAdd(HEADER_DEATHS, 1);
    if (threads > 2) return;
    for (let index = 0; index < threads; index++) {
      if (index !== dead && atomicLoad(recordOf(index) + THREAD_STATE) === THREAD_LIVE)
        wakeSleeper(recordOf(index));
    }
  };
}
