// Looking for a while before going to sleep. A sleep and a wake-up cost 10 to 70 µs of two threads, a look 40 ns; who
// looks for as long as a sleep costs, and then sleeps, pays at most twice what the better of the two would have been
// (Karlin, Li, Manasse, Owicki: Empirical Studies of Competitive Spinning for a Shared-Memory Multiprocessor, 1991).
//
// Who waits does so only as long as it pays, for a stream, or a request and its answer: the other side is at work on
// another core. Every wait that looking has ended gives credit, every one that it has not takes more. Without credit
// a thread looks for less than a microsecond, and tries again when sleeps are over so soon that looking might have
// paid; less and less often if it does not: there are more threads than cores, or the waits are for work.

import { atomicLoad } from '../../assembly/atomics/index';

/** What a sleep costs the two threads together: so long it looks. */
const LOOK_MS = 0.1;
/** A sleep that was over within this time might have been looks: waking up took much of it. */
const SHORT_MS = 0.2;
const CREDIT_MAX = 8;
const LOSS = 2;
/** Looks without credit; also how often the clock is asked. */
const LOOKS = 16;
/** Loads that make a look at a word take as long as an attempt to get from a queue. */
const LOADS = 4;
/** After how many short sleeps to try, at first and at last. */
const PATIENCE_MIN = 4;
const PATIENCE_MAX = 128;
const PATIENCE_GROWTH = 4;
/** After a sleep as long as this the threads may stand on other cores. */
const LONG_MS = 20;

export class Spinner {
  #credit = LOSS;
  #shortSleeps = 0;
  #patience = PATIENCE_MIN;

  /** Repeats what is about to wait, a little: its first outcome that says not to wait, or its last. */
  spin(attempt: () => number, isWait: (outcome: number) => boolean): number {
    let end = 0;
    for (let looks = 1; ; looks++) {
      const outcome = attempt();
      if (!isWait(outcome)) {
        this.#gain();
        return outcome;
      }
      if (looks % LOOKS !== 0) continue;
      if (end === 0 && this.#credit > 0) end = performance.now() + LOOK_MS;
      else if (performance.now() >= end) {
        this.#lose();
        return outcome;
      }
    }
  }

  /** Looks at a word for a little, as long as it has this value; returns whether it changed. */
  watch(word: number, value: number): boolean {
    if (this.#credit === 0) return atomicLoad(word) !== value;
    const end = performance.now() + LOOK_MS;
    do {
      for (let load = LOOKS * LOADS; load > 0; load--) {
        if (atomicLoad(word) === value) continue;
        this.#gain();
        return true;
      }
    } while (performance.now() < end);
    this.#lose();
    return false;
  }

  #gain(): void {
    if (this.#credit < CREDIT_MAX) this.#credit++;
    this.#patience = PATIENCE_MIN;
  }

  #lose(): void {
    if (this.#credit <= 0) return;
    this.#credit = Math.max(0, this.#credit - LOSS);
    if (this.#credit === 0) this.#patience = Math.min(PATIENCE_MAX, this.#patience * PATIENCE_GROWTH);
  }

  /** Learns from a wait that has slept. */
  learnFromSleep(ms: number): void {
    if (ms > LONG_MS) this.#patience = PATIENCE_MIN;
    if (ms > SHORT_MS || this.#credit > 0 || ++this.#shortSleeps < this.#patience) return;
    this.#shortSleeps = 0;
    this.#credit = LOSS;
  }
}
