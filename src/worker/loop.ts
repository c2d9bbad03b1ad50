// The worker's loop on a task board. Two ways to sleep: soon after work it blocks in Atomics.wait (a wake takes
// 3 µs, but the thread's event loop stands still), after HOT_MS without work it waits with waitAsync, where timers
// and messages of the user's modules run and no processor time is used. While a task is asynchronous the loop
// awaits it. Every way out of a sleep looks at the stop word. How calls reach a resting worker: threads.ts.

import {
  atomicAdd,
  atomicLoad,
  atomicStore,
  load32,
  notifyWord,
  waitWord,
  waitWordAsync,
} from '../../assembly/atomics/index';
import {
  REST_PARKED,
  REST_RUNNING,
  REST_SEARCHING,
  THREAD_BUSY_US,
  THREAD_CALLS,
  THREAD_MESSAGES,
  THREAD_REST,
  THREAD_STOP,
  THREAD_TASKS,
  threadSlot,
} from '../../assembly/heap/threads';
import {
  claimSlot,
  finishSlot,
  isBoardEmpty,
  ownerBell,
  SLOT_COUNT,
  SLOT_KIND,
  SLOT_MS,
  slotAt,
} from '../../assembly/pool/board';
import { thisThread } from '../heap/heap';
import { Spinner } from '../heap/spin';
import { FRAME_APPLY_NUMBERS, readF64 } from '../pool/frames';
import { isEnding } from '../sync/_block';
import { settleHolds } from '../sync/_holds';
import { runFrame } from './run';

/** How long a worker without work stays blocked before it gives its event loop the thread. */
const HOT_MS = 30;
/** A worker that is never idle still gives its event loop a turn this often. */
const TURN_MS = 100;

/** Serves the board until the stop word is set, `maxItems` items are done, or (asked after each task) it is full. */
export async function serve(board: number, maxItems: number, isFull?: () => boolean): Promise<void> {
  const me = thisThread();
  const mySlot = threadSlot(me);
  let items = 0;
  let lastTurn = performance.now();
  while (atomicLoad(me + THREAD_STOP) === 0) {
    const index = claimSlot(board, mySlot);
    if (index >= 0) {
      atomicStore(me + THREAD_REST, REST_RUNNING);
      const slot = slotAt(board, index);
      // A call's numbers are its arguments, not items.
      const count = load32(slot + SLOT_KIND) === FRAME_APPLY_NUMBERS ? 1 : load32(slot + SLOT_COUNT);
      const work = runFrame(slot);
      if (work !== undefined) {
        await work;
        lastTurn = performance.now();
      }
      if (isEnding(me)) return;
      settleHolds();
      const ms = readF64(slot + SLOT_MS);
      items += count;
      atomicAdd(me + THREAD_TASKS, count);
      atomicAdd(me + THREAD_BUSY_US, Math.round(ms * 1000));
      const turnDue = performance.now() - lastTurn >= TURN_MS;
      const leaving = items >= maxItems || isFull?.();
      // Before the result: the owner's next task then finds this worker looking, and needs no notify.
      if (!leaving && !turnDue) atomicStore(me + THREAD_REST, REST_SEARCHING);
      if (finishSlot(board, index)) notifyWord(ownerBell(board), 0xffffffff);
      if (leaving) return;
      if (!turnDue && atomicLoad(me + THREAD_MESSAGES) === 0) continue;
    } else if (atomicLoad(me + THREAD_MESSAGES) === 0) {
      if (await park(board, me)) lastTurn = performance.now();
      continue;
    }
    atomicStore(me + THREAD_REST, REST_RUNNING);
    await turn();
    lastTurn = performance.now();
  }
}

const spinner = new Spinner();

/** Sleeps until there is something to look at: blocked at first (returns at once), then with the event loop running. */
function park(board: number, me: number): false | Promise<true> {
  // Who finds it looking calls it without a notify (callThread).
  if (atomicLoad(me + THREAD_REST) === REST_SEARCHING && spinner.watch(me + THREAD_REST, REST_SEARCHING))
    return false;
  const seen = atomicLoad(me + THREAD_CALLS);
  atomicStore(me + THREAD_REST, REST_PARKED);
  if (isWanted(board, me)) {
    atomicStore(me + THREAD_REST, REST_RUNNING);
    return false;
  }
  const since = performance.now();
  const isCalled = waitWord(me + THREAD_CALLS, seen, HOT_MS) !== 2;
  spinner.learnFromSleep(performance.now() - since);
  if (isCalled) return false;
  const sleep = waitWordAsync(me + THREAD_CALLS, seen);
  return sleep === false ? false : sleep.then(() => true);
}

/** Whether it would be wrong to sleep: a task, a message or the stop came since the last look. */
function isWanted(board: number, me: number): boolean {
  return atomicLoad(me + THREAD_STOP) !== 0 || atomicLoad(me + THREAD_MESSAGES) !== 0 || !isBoardEmpty(board);
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
