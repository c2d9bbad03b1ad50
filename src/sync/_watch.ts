// Under MANYHANDS_DEBUG=1: who is told of waits. _debug.ts, which is loaded only then, reports those that take long.

import { load32 } from '../../assembly/atomics/index';
import { HEADER_DEBUG } from '../../assembly/heap/layout';
import { heapMemory, thisThread } from '../heap/heap';
import { currentProcess, type ProcessInfo } from '../process/current';
import { runtime } from '../runtime/runtime';
import type { Limit } from './_options';
import { awaited } from './_park';

export interface Watch {
  /** This thread blocks on the word, and has looked up without success. */
  blocked(word: number, limit: Limit): void;
  unblocked(): void;
  /** Flows of this thread wait for something; called once until `idle`. */
  awaiting(): void;
  idle(): void;
}

/** What the watch is told of its thread. */
export interface Watched {
  memory: WebAssembly.Memory;
  thread: number;
  process: ProcessInfo;
  /** Where reports go. */
  print(text: string): void;
  awaited: typeof awaited;
}

export let watch: Watch | undefined;

/** Loads the watch where waits are to be watched; resolves at once elsewhere. */
export async function loadWatch(): Promise<void> {
  if (load32(HEADER_DEBUG) === 0 || watch !== undefined) return;
  const { createWatch } = await import('./_debug');
  watch = createWatch({
    memory: heapMemory(),
    thread: thisThread(),
    process: currentProcess(),
    print,
    awaited,
  });
}

function print(text: string): void {
  const { print } = runtime();
  if (print !== undefined) print(`${text}\n`);
  else console.error(text);
}
