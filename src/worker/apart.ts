// Keeps the engine from merging a long function of the user's into a loop of ours. V8's middle tier, Maglev, does so, and
// compiles the loops of what it has merged no further: a task that is one loop then takes 1.7 times as long for good
// (measured: Deno 2.9, V8 15.0). Short functions are better merged: a million squares took 3.0 ms, apart 4.0 (Node 20).

import type { AnyFunction } from '../tasks/registry';

/** What an item of a long function takes at least: a call more is nothing beside it. */
const LONG_MS = 0.02;
/** A function that is new to the engine is slow for its first items: so much time must have gone into long ones. */
const SURE_MS = 10;

/** Milliseconds of each function's last items, as long as they were long. */
const spent = new WeakMap<AnyFunction, number>();

/** So many items of the function took so long. */
export function noteItems(fn: AnyFunction, count: number, ms: number): void {
  if (ms > LONG_MS * count) spent.set(fn, (spent.get(fn) ?? 0) + ms);
  else spent.delete(fn);
}

/** The function of one argument for a loop over items: itself, or one that calls it out of the engine's sight. */
export function forLoop(fn: AnyFunction): AnyFunction {
  return (spent.get(fn) ?? 0) > SURE_MS ? apart(fn) : fn;
}

const argument: [unknown] = [undefined];

function apart(fn: AnyFunction): AnyFunction {
  return (item) => {
    argument[0] = item;
    const value = Reflect.apply(fn, undefined, argument);
    argument[0] = undefined;
    return value;
  };
}
