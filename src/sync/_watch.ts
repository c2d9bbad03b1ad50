// Under MANYHANDS_DEBUG=1: who is told of waits. _debug.ts, which is loaded only then, reports those that take long.

import { load32 } from '../../assembly/atomics/index';
import { HEADER_DEBUG } from '../../assembly/heap/layout';
import type { Limit } from './_options';

export interface Watch {
  /** This thread blocks on the word, and has looked up without success. */
  blocked(word: number, limit: Limit): void;
  unblocked(): void;
  /** Flows of this thread wait for something; called once until `idle`. */
  awaiting(): void;
  idle(): void;
}

export let watch: Watch | undefined;

/** Loads the watch where waits are to be watched; resolves at once elsewhere. */
export async function loadWatch(): Promise<void> {
  if (load32(HEADER_DEBUG) === 0 || watch !== undefined) return;
  watch = (await import('./_debug')).createWatch();
}
