// The worker's loop on a task board. Two ways to sleep: soon after work it blocks in Atomics.wait (a wake takes
// 3 µs, but the thread's event loop stands still), after HOT_MS without work it waits with waitAsync, where timers
// and messages of the user's modules run and no processor time is used. While a task is asynchronous the loop
// awaits it. Every way out of a sleep looks at the stop word.

import { atomicAdd, atomicLoad, notifyWord, waitWord, waitWordAsync } from '../../assembly/atomics/index';
import { THREAD_BUSY_US, THREAD_MESSAGES, THREAD_STOP, THREAD_TASKS, threadSlot } from '../../assembly/heap/threads';
import {
  BOARD_BELL, BOARD_HEAD, BOARD_SLEEPERS, BOARD_TAIL, claimSlot, finishSlot, ownerBell, SLOT_COUNT, SLOT_MS, slotAt,
} from '../../assembly/pool/board';
import { thisThread } from '../heap/heap';
import { readF64 } from '../pool/frames';
import { runFrame } from './run';

/** How long a worker without work stays blocked before it gives its event loop the thread. */
const HOT_MS = 30;
/** A worker that is never idle still gives its event loop a turn this often. */
const TURN_MS = 100;

/** Serves the board until the stop word is set or `maxItems` items are done. */
export async function serve(board: number, maxItems: number): Promise<void> {
  const me = thisThread();
  const mySlot = threadSlot(me);
  let items = 0;
  let lastTurn = performance.now();
  while (atomicLoad(me + THREAD_STOP) === 0) {
    const index = claimSlot(board, mySlot);
    if (index >= 0) {
      const slot = slotAt(board, index);
      const count = atomicLoad(slot + SLOT_COUNT);
      const work = runFrame(slot);
      if (work !== undefined) {
        await work;
        lastTurn = performance.now();
      }
      const ms = readF64(slot + SLOT_MS);
      items += count;
      atomicAdd(me + THREAD_TASKS, count);
      atomicAdd(me + THREAD_BUSY_US, Math.round(ms * 1000));
      if (finishSlot(board, index)) notifyWord(ownerBell(board), 0xffffffff);
      if (items >= maxItems) return;
      if (atomicLoad(me + THREAD_MESSAGES) === 0 && performance.now() - lastTurn < TURN_MS) continue;
    } else if (atomicLoad(me + THREAD_MESSAGES) === 0) {
      if (blockForWork(board, me)) continue;
      await sleepForWork(board, me);
      lastTurn = performance.now();
      continue;
    }
    await turn();
    lastTurn = performance.now();
  }
}

/** Blocks for at most HOT_MS; false if nothing came. */
function blockForWork(board: number, me: number): boolean {
  atomicAdd(board + BOARD_SLEEPERS, 1);
  const seen = atomicLoad(board + BOARD_BELL);
  let woken = true;
  if (!hasWork(board, me)) woken = waitWord(board + BOARD_BELL, seen, HOT_MS) !== 2;
  atomicAdd(board + BOARD_SLEEPERS, 0xffffffff);
  return woken;
}

/** Sleeps with the event loop running. */
async function sleepForWork(board: number, me: number): Promise<void> {
  atomicAdd(board + BOARD_SLEEPERS, 1);
  const seen = atomicLoad(board + BOARD_BELL);
  if (!hasWork(board, me)) {
    const sleep = waitWordAsync(board + BOARD_BELL, seen);
    if (sleep !== false) await sleep;
  }
  atomicAdd(board + BOARD_SLEEPERS, 0xffffffff);
}

/** Whether it would be wrong to sleep: a task came between the last look and the sleeper's count, or a stop. */
function hasWork(board: number, me: number): boolean {
  return atomicLoad(me + THREAD_STOP) !== 0 || atomicLoad(me + THREAD_MESSAGES) !== 0 || !isBoardEmpty(board);
}

function isBoardEmpty(board: number): boolean {
  const tail = atomicLoad(board + BOARD_TAIL);
  return atomicLoad(board + BOARD_HEAD) === tail;
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
