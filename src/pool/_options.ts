// What pools and their calls can be told, and how it is checked.

import type { TypedArray } from '../heap/views';
import type { Backend, ResourceLimits } from '../runtime/runtime';
import type { AnyFunction } from '../tasks/registry';
import type { Progress } from './progress';

/** How a pool is made. */
export interface PoolOptions {
  /** Number of workers; as many as there are cores if not given. */
  processes?: number;
  /** A task that each worker runs once before its first work. */
  initializer?: AnyFunction;
  initargs?: readonly unknown[];
  /** Items after which a worker is replaced by a fresh one. */
  maxTasksPerChild?: number;
  /**
   * Bytes of JavaScript memory; a worker that uses more after a task is replaced by a fresh one. Browsers do not show
   * what a worker uses: there it has no effect. Bun cannot tell buffers from the shared heap: there they do not count.
   */
  maxMemoryPerChild?: number;
  /** Name of the workers, a number is appended. */
  name?: string;
  backend?: Backend;
  /** How often a task is given to another worker after its own died; 0 if not given. */
  retries?: number;
  /** Milliseconds for each item, see {@link CallOptions}; a call's own goes before. */
  taskTimeout?: number;
  /** Limits on each worker's JavaScript heap, where the runtime has them. */
  resourceLimits?: ResourceLimits;
  /** Makes a worker: for bundlers without a plugin. Its file imports `manyhands/worker` and the modules with tasks. */
  worker?: () => unknown;
}

/** Options of a call. */
export interface CallOptions {
  /** Milliseconds for the whole call. */
  timeout?: number;
  signal?: AbortSignal;
  /** How often a task is given to another worker after its own died. */
  retries?: number;
  /**
   * Milliseconds for each item, from the moment it begins to run. An item that takes longer fails with
   * TimeoutError and its worker is replaced; the other items of a map still run.
   */
  taskTimeout?: number;
  /** What has the larger priority is run first, equals in the order of submission; 0 if not given. */
  priority?: number;
  /** Buffers among the arguments that change hands: they are detached here. */
  transfer?: readonly ArrayBuffer[];
  /** `true` draws a bar on a terminal; a function is told. */
  progress?: boolean | ((progress: Progress) => void);
}

/** Options of a map. */
export interface MapCallOptions extends CallOptions {
  /** Items given to a worker at a time; measured and adapted if not given. */
  chunksize?: number;
  /** Results as `Promise.allSettled` gives them, instead of rejecting at the first error. */
  settled?: boolean;
  /**
   * A typed array of as many elements as there are items, which takes the results and is what the map gives: a third of
   * the time of an array for a million numbers. It may be the items themselves; a map that fails has filled a part.
   */
  out?: TypedArray;
}

/** Options of a lazy map. */
export interface ImapCallOptions extends Omit<CallOptions, 'transfer'> {
  chunksize?: number;
  /** Items pulled ahead of what has been read, at most. */
  buffer?: number;
  /** Buffers in the item just pulled that change hands: they are detached here. */
  // biome-ignore lint/suspicious/noExplicitAny: an item may be anything
  transfer?: (item: any) => readonly ArrayBuffer[];
}

/** Throws unless `out` is a typed array for so many results. */
export function checkOut(out: unknown, length: number, settled: boolean): void {
  if (!ArrayBuffer.isView(out) || out instanceof DataView) {
    throw new TypeError(`Cannot map into ${describe(out)} as out: wanted a typed array`);
  }
  if (settled) {
    throw new TypeError(
      'Cannot map into out: with "settled" the results are objects; leave one of the two away',
    );
  }
  const came = (out as TypedArray).length;
  if (came !== length) {
    throw new RangeError(`Cannot map ${length} items into out: wanted ${length} elements, came ${came}`);
  }
}

const describe = (value: unknown): string =>
  value === null
    ? 'null'
    : typeof value === 'object'
      ? (value.constructor?.name ?? 'an object')
      : typeof value;

/** Throws a RangeError unless `value` is a whole number from `least`. */
export function checkWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`Cannot take ${String(value)} as ${name}: wanted a whole number from ${least}`);
  }
}

/** Throws a RangeError unless `value` is a number, not below `least`. */
export function checkNumber(name: string, value: number, least = Number.NEGATIVE_INFINITY): void {
  if (typeof value !== 'number' || Number.isNaN(value) || value < least) {
    const wanted = least === 0 ? 'a number from 0' : 'a number';
    throw new RangeError(`Cannot take ${String(value)} as ${name}: wanted ${wanted}`);
  }
}
