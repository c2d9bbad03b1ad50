// A map over an array: cut into chunks as workers come to take them, sized by what the last ones cost. Also the
// engine of starmap, and of settled results.

import { decodeError } from '../codec/index';
import { CancelledError } from '../errors';
import type { TypedArray } from '../heap/views';
import { copyElements } from '../runtime/copy';
import { runtime } from '../runtime/runtime';
import type { TaskKey } from '../tasks/registry';
import { ChunkJob, type Job, type Source } from './_jobs';
import type { Outcome } from './frames';

/** What a chunk should take: long against handing it out (about 10 µs), short against the end of the map. */
const TARGET_MS = 2;
/** Items in a chunk at most: settling them must not block the caller's event loop. Numbers take 1 to 2 ns each. */
const CHUNK_MAX = 16384;
const NUMBERS_MAX = 65536;
/** Where their bytes are what the map gives: they are copied, at 50 bytes a nanosecond and less. */
const DOUBLES_MAX = 262_144;
/** What takes less, by the cost so far, is cut no more than once for each worker. */
const REST_MS = 0.2;
/** What a chunk should take at least: handing it out may cost a wake-up on either side. */
const LEAST_MS = 0.25;
/** No chunk counts as shorter than the clock's step: of less it shows nothing. Where the runtime does not tell it. */
const CLOCK_MS = 0.02;
/** Before the first chunk has told what items cost, each is larger than all before it, up to so small a share. */
const UNKNOWN_SHARE = 1 / 4096;
/** What counts of the cost measured so far when a chunk has ended. */
const KEEP = 0.7;
/** Chunks with the workers at a time, for each worker. */
const AHEAD = 4;

export type Settled = { status: 'fulfilled'; value: unknown } | { status: 'rejected'; reason: unknown };

type Results = unknown[] | TypedArray;

export interface MapOptions {
  key: TaskKey;
  kind: number;
  settled: boolean;
  /** Takes the results; an array made here if not given. */
  out?: TypedArray;
  chunksize?: number;
  retries: number;
  priority: number;
  /** Milliseconds for each item; 0 for no limit. */
  taskTimeout: number;
  processes: number;
  /** Items done so far. */
  onProgress?: (done: number, total: number) => void;
  resolve(results: Results): void;
  reject(error: unknown): void;
}

/** In place of a chunk's results: they lie in the map's already. */
const STORED = Symbol('stored');

export class MapSource implements Source {
  #results: Results | undefined;
  #chunkMax = CHUNK_MAX;
  #next = 0;
  #out = 0;
  #done = 0;
  #over = false;
  /** Of the last chunks, the older the less: so a large chunk soon outweighs the clock's error in the first small ones. */
  #ms = 0;
  #items = 0;
  /** Items in each of the last chunks; 0 while more is left than REST_MS. */
  #piece = 0;

  constructor(
    private readonly items: readonly unknown[],
    private readonly options: MapOptions,
  ) {
    this.#results = options.out;
  }

  get priority(): number {
    return this.options.priority;
  }

  get exhausted(): boolean {
    return this.#over || this.#next >= this.items.length;
  }

  next(): Job | undefined {
    const { key, kind, retries, processes, priority, taskTimeout } = this.options;
    if (this.exhausted || this.#out >= processes * AHEAD) return undefined;
    const begin = this.#next;
    this.#next = Math.min(this.items.length, begin + this.#chunk());
    this.#out++;
    const job = new ChunkJob(key, kind, this.items, begin, this.#next, retries, this.#settle, this.#fail);
    job.priority = priority;
    job.taskTimeout = taskTimeout;
    job.store = this.#storeNumbers;
    return job;
  }

  /** Items of the next chunk. */
  #chunk(): number {
    const { chunksize, processes, taskTimeout } = this.options;
    if (taskTimeout > 0) return 1; // each item is timed by itself
    if (chunksize !== undefined) return chunksize;
    const left = this.items.length - this.#next;
    const known = this.#items > 0;
    // So little is left that handing it out in pieces would cost more than uneven ends: a piece for each worker.
    if (known && left * this.#ms < REST_MS * this.#items) {
      this.#piece ||= Math.min(Math.ceil(left / processes), this.#chunkMax);
      return this.#piece;
    }
    this.#piece = 0;
    // Guided: never more than a share of what is left, so that all workers end together.
    const least = known ? Math.min(left / processes, (LEAST_MS * this.#items) / this.#ms) : 0;
    const share = Math.ceil(Math.max(left / (processes * 4), least));
    const byCost = known ? (TARGET_MS * this.#items) / this.#ms : 1 + this.#growth();
    return Math.max(1, Math.min(share, this.#chunkMax, Math.floor(byCost)));
  }

  /** How many items more than one to try while it is unknown what they cost. */
  #growth(): number {
    return Math.max(this.#next >>> 2, Math.min(this.#next * 2, this.items.length * UNKNOWN_SHARE));
  }

  #settle = (job: ChunkJob, outcome: Outcome): void => {
    this.#out--;
    if (this.#over) return;
    const { options, items } = this;
    if (!outcome.ok) {
      this.#rejectWith(outcome.error);
      return;
    }
    const count = job.end - job.begin;
    this.#ms = this.#ms * KEEP + Math.max(outcome.ms, runtime().clockStep ?? CLOCK_MS);
    this.#items = this.#items * KEEP + count;
    try {
      if (outcome.value !== STORED) this.#store(job.begin, outcome.value as ArrayLike<unknown>, count);
    } catch (error) {
      this.#rejectWith(error);
      return;
    }
    this.#done += count;
    options.onProgress?.(this.#done, items.length);
    if (this.#done === items.length) {
      this.#end();
      options.resolve(this.#results!);
    }
  };

  /** Numbers, straight from where the worker wrote them. */
  #storeNumbers = (begin: number, numbers: Float64Array): unknown => {
    const { out } = this.options;
    this.#chunkMax = out instanceof Float64Array ? DOUBLES_MAX : NUMBERS_MAX;
    if (out !== undefined) {
      if (isBigInts(out)) return numbers; // refused one by one
      copyElements((out as Float64Array).subarray(begin, begin + numbers.length), numbers);
      return STORED;
    }
    this.#results ??= doubles(this.items.length);
    const results = this.#results as unknown[];
    for (let i = 0; i < numbers.length; i++) results[begin + i] = numbers[i];
    return STORED;
  };

  #store(begin: number, values: ArrayLike<unknown>, count: number): void {
    const { out } = this.options;
    if (out !== undefined) {
      storeInto(out, begin, values, count);
      return;
    }
    this.#results ??= new Array(this.items.length);
    const results = this.#results as unknown[];
    if (!this.options.settled) {
      for (let i = 0; i < count; i++) results[begin + i] = values[i];
      return;
    }
    for (let i = 0; i < count; i++) {
      const [ok, value] = values[i] as [number, unknown];
      results[begin + i] = ok
        ? { status: 'fulfilled', value }
        : { status: 'rejected', reason: decodeError(value) };
    }
  }

  #fail = (job: ChunkJob, error: unknown): void => {
    this.#out--;
    if (this.#over) return;
    const { options, items } = this;
    if (!options.settled) {
      this.#rejectWith(error);
      return;
    }
    // The worker died: nobody knows at which item, so all of the chunk failed.
    this.#results ??= new Array(items.length);
    const results = this.#results as unknown[];
    for (let i = job.begin; i < job.end; i++) results[i] = { status: 'rejected', reason: error };
    this.#done += job.end - job.begin;
    if (this.#done === items.length) {
      this.#end();
      options.resolve(results);
    }
  };

  /** The map has failed; with a limit for each item the others still run. */
  #rejectWith(error: unknown): void {
    if (this.options.taskTimeout === 0) this.#end();
    this.onEnd?.();
    this.onEnd = undefined;
    this.options.reject(error);
  }

  abandon(error: unknown): void {
    if (this.#over) return;
    this.#end();
    this.options.reject(error);
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown = new CancelledError('Cannot go on: the map was cancelled')): void {
    this.abandon(reason);
  }

  /** Called once when the map has ended, however it ended. */
  onEnd?: () => void;

  #end(): void {
    this.#over = true;
    this.onEnd?.();
  }
}

const isBigInts = (array: TypedArray): boolean =>
  array instanceof BigInt64Array || array instanceof BigUint64Array;

/** Writes results into the caller's typed array. */
function storeInto(out: TypedArray, begin: number, values: ArrayLike<unknown>, count: number): void {
  const wanted = isBigInts(out) ? 'bigint' : 'number';
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value !== wanted) {
      throw new TypeError(
        `Cannot put the result of item ${begin + i} into out: wanted a ${wanted}, came ${value === null ? 'null' : typeof value}`,
      );
    }
    (out as unknown as unknown[])[begin + i] = value;
  }
}

/** An array for so many numbers, as V8 keeps them unboxed: one that begins empty is converted at the first fraction. */
function doubles(length: number): unknown[] {
  const array: unknown[] = [0.5];
  array.length = length;
  return array;
}
