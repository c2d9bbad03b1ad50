// Operations that sleep more than once are written once, as generators that yield where to sleep; the two drivers
// here are all that blocking and awaiting differ in.

import { block, type Step } from './_block';
import type { Limit } from './_options';
import { park } from './_park';

/** A sleep: on which word, until which step is done. */
export interface Sleep {
  word: number;
  step(bits: number, slept: boolean): number;
  limit: Limit;
  /** See park in _park.ts. */
  inLine: boolean;
}

export type Operation<T> = Generator<Sleep, T, number>;

const PARKED = 1;
const PARKED_ALL = 3;

/** A wait that is never over: where a thread may not block it throws what says so. */
export function* refuse(word: number, limit: Limit): Operation<void> {
  yield { word, step: () => 1, limit, inLine: false };
}

/** Runs the operation, blocking. */
export function runBlocking<T>(operation: Operation<T>, remedy: string): T {
  let next = operation.next(0);
  while (!next.done) {
    const { word, step, limit } = next.value;
    let outcome = 0;
    try {
      outcome = block(word, (slept) => step(PARKED, slept), limit, remedy);
    } catch (error) {
      next = operation.throw(error);
      continue;
    }
    next = operation.next(outcome);
  }
  return next.value;
}

/** Runs the operation, awaiting. */
export async function runAwaiting<T>(operation: Operation<T>): Promise<T> {
  let next = operation.next(0);
  while (!next.done) {
    const { word, step, limit, inLine } = next.value;
    let outcome = 0;
    const stepAll: Step = (slept) => step(PARKED_ALL, slept);
    try {
      outcome = await park(word, stepAll, limit, inLine);
    } catch (error) {
      next = operation.throw(error);
      continue;
    }
    next = operation.next(outcome);
  }
  return next.value;
}
