// Looking for a while before going to sleep: a sleep and a wake-up cost some 10 µs, a look 40 ns.
//
// Each thread learns how long from what looking brought: many looks where it paid the last times (a stream, a request
// and its answer: the other side is at work on another core), few where it did not (more threads than cores, waits for
// work). Where sleeps are over so soon that looking might have paid it tries that now and then, and less and less
// often if it does not: on a busy machine the other side may be waiting for this thread's core.

import { BUSY } from '../../assembly/queue/ring';

const SPINS_MAX = 240;
const SPINS_MIN = 16;
/** A sleep that was over within this many milliseconds might have been looks. */
const SHORT_MS = 0.03;
/** After how many short sleeps to try, at first and at last. */
const PATIENCE_MIN = 4;
const PATIENCE_MAX = 4096;

let spins = SPINS_MIN;
let shortSleeps = 0;
let patience = PATIENCE_MIN;

/** Repeats what is about to wait, a little: its first outcome that says not to wait, or its last. */
export function spin(attempt: () => number, isWait: (outcome: number) => boolean): number {
  let outcome = BUSY;
  for (let i = 0; i < spins; i++) {
    outcome = attempt();
    if (isWait(outcome)) continue;
    spins = Math.min(SPINS_MAX, spins * 2);
    patience = PATIENCE_MIN;
    return outcome;
  }
  if (spins === SPINS_MAX) patience = Math.min(PATIENCE_MAX, patience * 2);
  spins = Math.max(SPINS_MIN, spins >> 1);
  return outcome;
}

/** Learns from a wait that has slept. */
export function learnFromSleep(ms: number): void {
  if (ms > SHORT_MS || ++shortSleeps < patience) return;
  shortSleeps = 0;
  spins = SPINS_MAX;
}
