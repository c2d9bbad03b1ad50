// What is done when a thread is dead: what it held of the heap is taken back, and its record is nobody's again. Each
// thread buries the workers that it has started.
//
// A worker may have started workers of its own, and die without ending them. Nobody else knows these orphans: whoever
// buries their parent finds them by THREAD_PARENT, tells them to stop, and buries them once they have ended. Until then
// the parent's record and all that it held stay what they are: the orphans may still use it. Who tells that an orphan
// has ended:
//
//   Node, Bun   a worker's end, as its parent hears of it, comes after that of all the workers that it has started
//   Deno        the main thread hears of the end of every thread and notes it (NOTE_ENDED); orphans end by themselves
//   a page      whoever buries their parent asks for it

import { atomicAdd, atomicLoad, atomicStore, notifyWord, waitWordAsync } from '../../assembly/atomics/index';
import { reapThread } from '../../assembly/heap/allocator';
import { freeArena } from '../../assembly/heap/arena';
import { HEADER_DEATHS, THREADS_MAX } from '../../assembly/heap/layout';
import { NOTE_ENDED, threadNote } from '../../assembly/heap/notes';
import {
  freeThread,
  isChildOf,
  isDead,
  REST_RUNNING,
  rouseThread,
  SLOT_MASK,
  STOP_NOW,
  THREAD_BELL,
  THREAD_CALLS,
  THREAD_DEAD,
  THREAD_OWNER,
  THREAD_REST,
  THREAD_STATE,
  THREAD_STOP,
  threadRecord,
  threadSlot,
} from '../../assembly/heap/threads';
import { wakeSleeper, wakeSleepers } from '../../assembly/sync/block';
import { thisThread } from '../heap/heap';
import { buryHolds, reclaim } from '../heap/holds';
import { buryScratch } from '../heap/scratch';
import { runtime } from '../runtime/runtime';

/** How long a worker may take to be ended, before it is given up; Chromium breaks an endless loop after 2 seconds. */
const LOST_MS = 3500;

/** A dead thread, as whoever buries it knows it. */
export interface Dead {
  readonly record: number;
}

/** The dead who left orphans that may still run; the timer gives these up. */
const bereaved = new Map<Dead, ReturnType<typeof setTimeout>>();
/** Records of orphans that have ended, and left orphans themselves. */
const mourned = new Set<number>();
/** Owner ids of orphans that were told to stop, and have not ended yet. */
const stopped = new Set<number>();

/** Milliseconds after which a thread that has not ended is given up. */
export function givenUpAfter(): number {
  return runtime().endsWithin ?? LOST_MS;
}

/** Milliseconds after which what a thread that has not ended holds goes to others. */
export function inheritedAfter(): number {
  return runtime().inheritedAfter ?? givenUpAfter();
}

/** Takes back what a dead thread held of the heap, and wakes whoever may wait for it. */
export function takeBack(record: number): void {
  reclaim(record);
  declareDead(record);
  atomicStore(record + THREAD_REST, REST_RUNNING); // takes no calls any more
  freeArena(record);
  buryScratch(record);
  reapThread(threadSlot(record), thisThread());
  wakeSleepers();
  // It may have taken the mark of this thread's bell and not lived to notify.
  notifyWord(thisThread() + THREAD_BELL, 0xffffffff);
}

/** From here on what the thread holds goes to others. */
export function declareDead(record: number): void {
  atomicStore(record + THREAD_STATE, THREAD_DEAD);
}

/** Tells a thread to stop at once, whatever it does or waits for. */
export function stopNow(record: number): void {
  atomicStore(record + THREAD_STOP, STOP_NOW);
  wakeSleeper(record);
  if (rouseThread(record)) notifyWord(record + THREAD_CALLS, 0xffffffff);
}

/**
 * Lets go of all that a dead thread held and frees its record: now, or when its orphans have ended.
 *
 * @param areOrphansGone whether it is known that the workers it had started have ended
 */
export function layToRest(dead: Dead, areOrphansGone: boolean): void {
  if (inter(dead.record, areOrphansGone)) {
    clearTimeout(bereaved.get(dead));
    bereaved.delete(dead);
  } else if (!bereaved.has(dead)) {
    bereaved.set(
      dead,
      setTimeout(() => giveUpOrphans(dead.record), inheritedAfter()),
    );
    void lookAfterOrphans();
  }
}

/** Whether the thread is dead and not laid to rest, because of its orphans. */
export function isBereaved(dead: Dead): boolean {
  return bereaved.has(dead);
}

/** Buries the orphans of a dead thread that have ended, and it if there are no others; returns whether it did. */
function inter(record: number, areOrphansGone: boolean): boolean {
  let isAlone = true;
  for (const orphan of childrenOf(record)) {
    if (!areOrphansGone && !hasEnded(orphan)) {
      stopOrphan(orphan);
      isAlone = false;
      continue;
    }
    if (!mourned.has(orphan)) {
      mourned.add(orphan);
      stopped.delete(atomicLoad(orphan + THREAD_OWNER));
      takeBack(orphan);
    }
    if (!inter(orphan, areOrphansGone)) isAlone = false;
  }
  if (!isAlone) return false;
  mourned.delete(record);
  buryHolds(record);
  freeThread(record);
  return true;
}

/** Tells an orphan to stop, and asks for its end. */
function stopOrphan(record: number): void {
  const owner = atomicLoad(record + THREAD_OWNER);
  if (stopped.has(owner)) return;
  stopped.add(owner);
  stopNow(record);
  runtime().awaitOrphan?.(owner);
}

/** Records of the threads that the one with this record has started, and that are not buried yet. */
export function childrenOf(record: number): number[] {
  const children: number[] = [];
  for (let slot = 1; slot < THREADS_MAX; slot++) {
    const other = threadRecord(slot);
    if (isChildOf(other, record)) children.push(other);
  }
  return children;
}

/** Whether somebody has heard of the thread's end who can know. What it says itself, or others of it, may be too early. */
function hasEnded(record: number): boolean {
  return atomicLoad(threadNote(record) + NOTE_ENDED) === atomicLoad(record + THREAD_OWNER);
}

/** Orphans that do not end: what they hold goes to others, but they keep their places and what they may write to. */
function giveUpOrphans(record: number): void {
  for (const orphan of childrenOf(record)) {
    if (!isDead(atomicLoad(orphan + THREAD_STATE))) declareDead(orphan);
    giveUpOrphans(orphan);
  }
  wakeSleepers();
}

let looking = false;

/** Looks at every death whether the bereaved can be laid to rest; holds no program open. */
async function lookAfterOrphans(): Promise<void> {
  if (looking) return;
  looking = true;
  while (bereaved.size > 0) {
    const seen = atomicLoad(HEADER_DEATHS);
    for (const dead of [...bereaved.keys()]) layToRest(dead, false);
    if (bereaved.size > 0) await waitWordAsync(HEADER_DEATHS, seen);
  }
  looking = false;
}

let listening = false;

/** Notes the ends of other threads' workers, where this thread hears of them. */
export function noteEnds(): void {
  if (listening) return;
  listening = true;
  runtime().onOrphanEnd?.((owner) => {
    atomicStore(threadNote(threadRecord(owner & SLOT_MASK)) + NOTE_ENDED, owner);
    atomicAdd(HEADER_DEATHS, 1);
    notifyWord(HEADER_DEATHS, 0xffffffff);
  });
}
