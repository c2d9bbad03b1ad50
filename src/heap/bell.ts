// This thread's bell: the word in its record that others ring when something happened for it. One waitAsync
// serves everything the thread waits for; it is armed only while a subscriber has work under way.
//
// The ring that cannot be lost: the bell's value is read before the subscribers look, PARKED is set after they
// found nothing, and the sleep is on that value. Who rings adds one first and then looks at PARKED.

import { atomicLoad, atomicStore, waitWord, waitWordAsync } from '../../assembly/atomics/index';
import { THREAD_BELL, THREAD_PARKED } from '../../assembly/heap/threads';
import { thisThread } from './heap';
import { Spinner } from './spin';

/** Looks at what may have happened; returns whether anything had. */
export type Drain = () => boolean;

/** The event loop gets a turn at least this often: what looking finds is settled without one. */
const TURN_MS = 0.5;

const subscribers = new Set<Drain>();
const spinner = new Spinner();
let armed = false;
/** Armed as soon as the caller's own code has run; what came by then needs no sleep. */
let arming = false;
/** When the thread was armed last, and when it began to look without a turn of the event loop since. */
let armedAt = 0;
let looksSince = 0;

/** Calls `drain` whenever the bell rings, until {@link unlisten}. */
export function listen(drain: Drain): void {
  subscribers.add(drain);
  if (armed || arming) return;
  arming = true;
  queueMicrotask(lookThenArm);
}

/** Looks at the bell for a moment before it arms. */
function lookThenArm(): void {
  arming = false;
  if (armed) return;
  const since = performance.now() - looksSince;
  if (since < TURN_MS) {
    const bell = thisThread() + THREAD_BELL;
    const seen = atomicLoad(bell);
    if (!drainAll() && subscribers.size > 0 && spinner.watch(bell, seen)) drainAll();
  } else spinner.learnFromSleep(since); // the thread did other things, or nothing
  arm();
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
      armedAt = performance.now();
      void sleep.then(wake);
      return;
    }
    atomicStore(record + THREAD_PARKED, 0);
  }
  armed = false;
}

function wake(): void {
  atomicStore(thisThread() + THREAD_PARKED, 0);
  looksSince = performance.now();
  spinner.learnFromSleep(looksSince - armedAt);
  arm();
}

/** Blocks until the bell rings or `timeoutMs` pass, unless `drain` finds something first. */
export function blockOnBell(drain: Drain, timeoutMs: number): void {
  const record = thisThread();
  const seen = atomicLoad(record + THREAD_BELL);
  if (drain() || spinner.watch(record + THREAD_BELL, seen)) return;
  atomicStore(record + THREAD_PARKED, 1);
  const since = performance.now();
  waitWord(record + THREAD_BELL, seen, timeoutMs);
  spinner.learnFromSleep(performance.now() - since);
  // A waitAsync that is armed meanwhile still needs the mark; a ring has woken both and cleared it.
  if (!armed) atomicStore(record + THREAD_PARKED, 0);
}
