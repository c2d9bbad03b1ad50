// This thread's bell: the word in its record that others ring when something happened for it. One waitAsync
// serves everything the thread waits for; it is armed only while a subscriber has work under way.
//
// The ring that cannot be lost: the bell's value is read before the subscribers look, PARKED is set after they
// found nothing, and the sleep is on that value. Who rings adds one first and then looks at PARKED.

import { atomicLoad, atomicStore, waitWord, waitWordAsync } from '../../assembly/atomics/index';
import { THREAD_BELL, THREAD_PARKED } from '../../assembly/heap/threads';
import { thisThread } from './heap';

/** Looks at what may have happened; returns whether anything had. */
export type Drain = () => boolean;

const subscribers = new Set<Drain>();
let armed = false;

/** Calls `drain` whenever the bell rings, until {@link unlisten}. */
export function listen(drain: Drain): void {
  subscribers.add(drain);
  if (!armed) arm();
}

/** Stops calling `drain`. */
export function unlisten(drain: Drain): void {
  subscribers.delete(drain);
}

function drainAll(): boolean {
  let any = false;
  for (const drain of subscribers) if (drain()) any = true;
  return any;
}

function arm(): void {
  const record = thisThread();
  while (subscribers.size > 0) {
    const seen = atomicLoad(record + THREAD_BELL);
    drainAll();
    if (subscribers.size === 0) break;
    atomicStore(record + THREAD_PARKED, 1);
    const sleep = waitWordAsync(record + THREAD_BELL, seen);
    if (sleep !== false) {
      armed = true;
      void sleep.then(wake);
      return;
    }
    atomicStore(record + THREAD_PARKED, 0);
  }
  armed = false;
}

function wake(): void {
  atomicStore(thisThread() + THREAD_PARKED, 0);
  arm();
}

/** Blocks until the bell rings or `timeoutMs` pass, unless `drain` finds something first. */
export function blockOnBell(drain: Drain, timeoutMs: number): void {
  const record = thisThread();
  const seen = atomicLoad(record + THREAD_BELL);
  if (drain()) return;
  atomicStore(record + THREAD_PARKED, 1);
  waitWord(record + THREAD_BELL, seen, timeoutMs);
  // A waitAsync that is armed meanwhile still needs the mark; a ring has woken both and cleared it.
  if (!armed) atomicStore(record + THREAD_PARKED, 0);
}
