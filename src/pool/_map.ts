// A map over an array: cut into chunks as workers come to take them, sized by what the last ones cost. Also the
// engine of starmap, and of settled results.

import { decodeError } from '../codec/index';
import { CancelledError } from '../errors';
import type { TaskKey } from '../tasks/registry';
import { ChunkJob, type Job, type Source } from './_jobs';
import type { Outcome } from './frames';

/** What a chunk should take: long against handing it out (about 10 µs), short against the end of the map. */
const TARGET_MS = 2;
/** Items in a chunk at most: settling them must not block the caller's event loop. */
const CHUNK_MAX = 16384;
/** Chunks with the workers at a time, for each worker. */
const AHEAD = 4;

export type Settled = { status: 'fulfilled'; value: unknown } | { status: 'rejected'; reason: unknown };

export interface MapOptions {
  key: TaskKey;
  kind: number;
  settled: boolean;
  chunksize?: number;
  retries: number;
  priority: number;
  /** Milliseconds for each item; 0 for no limit. */
  taskTimeout: number;
  processes: number;
  /** Items done so far. */
  onProgress?: (done: number, total: number) => void;
  resolve(results: unknown[]): void;
  reject(error: unknown): void;
}

export class MapSource implements Source {
  readonly #results: unknown[];
  #next = 0;
  #out = 0;
  #done = 0;
  #over = false;
  #msPerItem = -1;

  constructor(
    private readonly items: readonly unknown[],
    private readonly options: MapOptions,
  ) {
    this.#results = new Array(items.length);
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
    return job;
  }

  /** Items of the next chunk. */
  #chunk(): number {
    const { chunksize, processes, taskTimeout } = this.options;
    if (taskTimeout > 0) return 1; // each item is timed by itself
    if (chunksize !== undefined) return chunksize;
    const left = this.items.length - this.#next;
    // Guided: never more than a share of what is left, so that all workers end together.
    const share = Math.ceil(left / (processes * 4));
    const byCost = this.#msPerItem < 0 ? 1 + (this.#next >>> 2) : TARGET_MS / this.#msPerItem;
    return Math.max(1, Math.min(share, CHUNK_MAX, Math.floor(byCost)));
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
    const perItem = Math.max(outcome.ms / count, 1e-6);
    this.#msPerItem = this.#msPerItem < 0 ? perItem : this.#msPerItem * 0.7 + perItem * 0.3;
    this.#store(job.begin, outcome.value as ArrayLike<unknown>, count);
    this.#done += count;
    options.onProgress?.(this.#done, items.length);
    if (this.#done === items.length) {
      this.#end();
      options.resolve(this.#results);
    }
  };

  #store(begin: number, values: ArrayLike<unknown>, count: number): void {
    const results = this.#results;
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
    for (let i = job.begin; i < job.end; i++) this.#results[i] = { status: 'rejected', reason: error };
    this.#done += job.end - job.begin;
    if (this.#done === items.length) {
      this.#end();
      options.resolve(this.#results);
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
