// The awaiting outer loop around the steps of a primitive. All waits of this thread for one word form a lot, with
// at most one waitAsync of the runtime: that cannot be taken back, so a wait that ends early only leaves the lot.
// Primitives never rely on a single wake-up of an event loop (ALL in assembly/sync/owner.ts), so a waitAsync whose
// lot has emptied swallows nothing that others need.

import { atomicLoad, notifyWord, waitWordAsync } from '../../assembly/atomics/index';
import { HEADER_DEATHS } from '../../assembly/heap/layout';
import { HANDED_MS } from '../../assembly/sync/block';
import { HANDED, ownerOf } from '../../assembly/sync/owner';
import { isHeapShared } from '../heap/heap';
import { holdProgram, releaseProgram } from '../runtime/hold';
import type { Step } from './_block';
import { type Limit, timeoutError } from './_options';
import { watch } from './_watch';

interface Waiter {
  step: Step;
  slept: boolean;
  what: string;
  resolve(outcome: number): void;
  reject(error: unknown): void;
}

interface Lot {
  readonly word: number;
  readonly waiters: Set<Waiter>;
  /** Only the first waiter can be next: the others need no step. */
  readonly inLine: boolean;
  armed: boolean;
  kicked: boolean;
}

const lots = new Map<number, Lot>();
let watching = false;

/** Whether flows of this thread wait for the word: a newcomer goes behind them. */
export function isAwaited(word: number): boolean {
  return lots.size > 0 && lots.has(word);
}

/** For reports: what flows of this thread wait for. */
export function* awaited(): Generator<{ waiter: object; word: number; what: string }> {
  for (const { word, waiters } of lots.values())
    for (const waiter of waiters) yield { waiter, word, what: waiter.what };
}

/**
 * Waits without blocking until a step is done; resolves with its outcome.
 *
 * @param inLine waiters of this thread are served in their order, one at a time
 */
export function park(word: number, step: Step, limit: Limit, inLine: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const { what, at, signal } = limit;
    signal?.throwIfAborted();
    if (!lots.has(word)) {
      const outcome = step(false);
      if ((outcome & 1) === 0) return resolve(outcome);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waiter: Waiter = {
      step,
      slept: false,
      what,
      resolve(outcome) {
        end();
        resolve(outcome);
      },
      reject(error) {
        leave(word, waiter);
        end();
        reject(error);
      },
    };
    const onAbort = () => waiter.reject(signal?.reason);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    if (at !== Number.POSITIVE_INFINITY) {
      timer = setTimeout(() => waiter.reject(timeoutError(what, limit)), Math.ceil(at - performance.now()));
    }
    enter(word, inLine, waiter);
  });
}

/** Notifies sleepers on the word, here and in other threads. */
export function wake(word: number, count: number): void {
  if (count === 0) return;
  if (isHeapShared()) notifyWord(word, count);
  kick(word);
}

/** Lets the waits of this thread look at the word soon, sooner than the runtime would tell. */
export function kick(word: number): void {
  if (lots.size === 0) return;
  const lot = lots.get(word);
  if (lot === undefined || lot.kicked) return;
  lot.kicked = true;
  queueMicrotask(() => {
    lot.kicked = false;
    serve(lot);
  });
}

/** Ends all waits of this thread for the word. */
export function rejectWaits(word: number, error: unknown): void {
  const lot = lots.get(word);
  if (lot !== undefined) for (const waiter of [...lot.waiters]) waiter.reject(error);
}

function enter(word: number, inLine: boolean, waiter: Waiter): void {
  let lot = lots.get(word);
  if (lot === undefined) {
    lot = { word, waiters: new Set(), inLine, armed: false, kicked: false };
    lots.set(word, lot);
    if (lots.size === 1) {
      holdProgram();
      watch?.awaiting();
    }
    watchDeaths();
  }
  lot.waiters.add(waiter);
  if (!lot.armed || !inLine) serve(lot);
}

function leave(word: number, waiter: Waiter): void {
  const lot = lots.get(word);
  if (lot?.waiters.delete(waiter) && lot.waiters.size === 0) vacate(lot);
}

function vacate(lot: Lot): void {
  if (lots.get(lot.word) !== lot || !lots.delete(lot.word) || lots.size > 0) return;
  releaseProgram();
  watch?.idle();
}

/** Takes a step for each waiter, or for the first ones in line; sleeps if any is left. */
function serve(lot: Lot): void {
  for (const waiter of lot.waiters) {
    while (true) {
      let outcome: number;
      try {
        outcome = waiter.step(waiter.slept);
      } catch (error) {
        waiter.reject(error);
        break;
      }
      if ((outcome & 1) === 0) {
        lot.waiters.delete(waiter);
        waiter.resolve(outcome);
        break;
      }
      if (ownerOf(outcome) === HANDED) setTimeout(() => rouse(lot), HANDED_MS);
      if (lot.armed || arm(lot, outcome)) {
        if (lot.inLine) return;
        break;
      }
    }
  }
  if (lot.waiters.size === 0) vacate(lot);
}

/** Sleeps on the word; false if it has changed already. */
function arm(lot: Lot, value: number): boolean {
  if (!isHeapShared()) return true; // whoever changes it is this thread, and kicks
  const sleep = waitWordAsync(lot.word, value);
  if (sleep === false) return false;
  lot.armed = true;
  void sleep.then(() => {
    lot.armed = false;
    rouse(lot);
  });
  return true;
}

function rouse(lot: Lot): void {
  for (const waiter of lot.waiters) waiter.slept = true;
  serve(lot);
}

/** While this thread waits for anything, every death makes it look at all it waits for. */
function watchDeaths(): void {
  if (watching || !isHeapShared()) return;
  const sleep = waitWordAsync(HEADER_DEATHS, atomicLoad(HEADER_DEATHS));
  if (sleep === false) {
    watchDeaths();
    return;
  }
  watching = true;
  void sleep.then(() => {
    watching = false;
    if (lots.size === 0) return;
    watchDeaths();
    for (const lot of [...lots.values()]) rouse(lot);
  });
}
