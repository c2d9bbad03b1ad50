// The way to shared memory, in JavaScript, for threads that are to die at their k-th step: every operation counts, plain
// ones too. In the place of assembly/atomics/index.ts (test/runtimes/programs.ts).

import process from 'node:process';
import * as js from '../../assembly/atomics/js';

export * from '../../assembly/atomics/js';

/** Steps until death; 0 while this thread is not to die. */
let left = 0;

/** Whether a death that is due happens, is put off to the next step, or does not happen at all. */
type Farewell = () => 'now' | 'later' | 'never';

/** This thread exits before its `step`-th operation from here on, if `last`, which is called then, says so. */
export function dieAt(step: number, last: Farewell = () => 'now'): void {
  left = step;
  farewell = last;
}

/** This thread lives; how many of its steps were left. */
export function spare(): number {
  const spared = left;
  left = 0;
  return spared;
}

/** Reads a word, without a step. */
export const peek: typeof js.atomicLoad = js.atomicLoad;

let farewell: Farewell = () => 'now';

/** Whether this is a page, where an exit throws, and the worker ends once it has come to its end. */
export const isInPage = 'exitThrows' in process;
/** No step may follow an exit. */
let isGone = false;

function count(): void {
  if (isGone) throw new Error('The worker has exited');
  if (left === 0 || --left > 0) return;
  const when = farewell();
  if (when !== 'now') {
    left = when === 'later' ? 1 : 0;
    return;
  }
  isGone = isInPage;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  try {
    process.exit(3);
  } finally {
    // No step may follow, whatever the runtime does about an exit in the middle of a call.
    while (!isGone) Atomics.wait(cell, 0, 0);
  }
}

export const load32: typeof js.load32 = (p) => {
  count();
  return js.load32(p);
};
export const store32: typeof js.store32 = (p, value) => {
  count();
  js.store32(p, value);
};
export const atomicLoad: typeof js.atomicLoad = (p) => {
  count();
  return js.atomicLoad(p);
};
export const atomicStore: typeof js.atomicStore = (p, value) => {
  count();
  js.atomicStore(p, value);
};
export const atomicAdd: typeof js.atomicAdd = (p, value) => {
  count();
  return js.atomicAdd(p, value);
};
export const atomicAnd: typeof js.atomicAnd = (p, value) => {
  count();
  return js.atomicAnd(p, value);
};
export const atomicOr: typeof js.atomicOr = (p, value) => {
  count();
  return js.atomicOr(p, value);
};
export const atomicExchange: typeof js.atomicExchange = (p, value) => {
  count();
  return js.atomicExchange(p, value);
};
export const atomicCompareExchange: typeof js.atomicCompareExchange = (p, expected, desired) => {
  count();
  return js.atomicCompareExchange(p, expected, desired);
};
export const waitWord: typeof js.waitWord = (p, expected, timeoutMs) => {
  count();
  return js.waitWord(p, expected, timeoutMs);
};
export const notifyWord: typeof js.notifyWord = (p, n) => {
  count();
  return js.notifyWord(p, n);
};
