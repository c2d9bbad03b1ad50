// How the queue waits: the loops of the locks (src/sync), with the end that queues have for a wait that runs out.

import { TimeoutError } from '../errors';
import { block, type Step } from '../sync/_block';
import { limitOf, signalOf, type Wait } from '../sync/_options';
import { park } from '../sync/_park';
import { spinner } from './_spin';

/** The wait's time in milliseconds, undefined without limit. */
export function timeoutOf(wait: Wait | undefined): number | undefined {
  return typeof wait === 'object' ? wait.timeout : wait;
}

/** Makes the error of a wait that ran out of time. */
export type OnTimeout = (cause: TimeoutError) => Error;

function ended(error: unknown, wait: Wait | undefined, onTimeout: OnTimeout | undefined): unknown {
  const ranOut = error instanceof TimeoutError && !signalOf(wait)?.aborted;
  return ranOut && onTimeout !== undefined ? onTimeout(error) : error;
}

/** Blocks until a step is done; `remedy` is the asynchronous form. */
export function waitSync(
  word: number,
  step: Step,
  wait: Wait | undefined,
  what: string,
  remedy: string,
  onTimeout?: OnTimeout,
): number {
  try {
    const limit = limitOf(wait, what);
    const begin = performance.now();
    const outcome = block(word, step, limit, remedy);
    spinner.learnFromSleep(performance.now() - begin);
    return outcome;
  } catch (error) {
    throw ended(error, wait, onTimeout);
  }
}

/** Waits in line with the other flows of this thread until a step is done. */
export async function waitAsync(
  word: number,
  step: Step,
  wait: Wait | undefined,
  what: string,
  onTimeout?: OnTimeout,
  inLine = true,
): Promise<number> {
  try {
    return await park(word, step, limitOf(wait, what), inLine);
  } catch (error) {
    throw ended(error, wait, onTimeout);
  }
}
