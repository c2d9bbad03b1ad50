// imap and imapUnordered: a lazy map over any iterable. Input is pulled only as far ahead as the buffer allows, so
// an endless input works in constant memory; leaving the loop gives up what is under way and closes the input.

import { decodeError } from '../codec/index';
import { TimeoutError } from '../errors';
import type { TaskKey } from '../tasks/registry';
import type { PoolBackend } from './_backend';
import { ChunkJob } from './_jobs';
import { moveBuffers } from './_transfer';
import { FRAME_MAP_SETTLED, FRAME_STARMAP_SETTLED, type Outcome } from './frames';
import type { ProgressMeter } from './progress';

const TARGET_MS = 1;
const CHUNK_MAX = 1024;

export interface ImapOptions {
  key: TaskKey;
  ordered: boolean;
  /** Items are arrays of arguments. */
  star?: boolean;
  chunksize?: number;
  /** Items under way or waiting to be read, at most. */
  buffer?: number;
  retries: number;
  priority: number;
  /** Milliseconds for each item; 0 for no limit. */
  taskTimeout: number;
  signal?: AbortSignal;
  /** Milliseconds for the whole map. */
  timeout?: number;
  transfer?: (item: unknown) => readonly ArrayBuffer[];
  meter?: ProgressMeter;
}

/** One chunk on its way: its results once they are there. */
interface Entry {
  job?: ChunkJob;
  results?: Array<[ok: number, value: unknown]>;
}

export class ImapRun<R> implements AsyncIterableIterator<R> {
  readonly #input: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #order: Entry[] = [];
  readonly #ready: Array<[ok: number, value: unknown]> = [];
  #readyAt = 0;
  #underWay = 0;
  #msPerItem = -1;
  #pulling = false;
  #inputDone = false;
  #inputError: { error: unknown } | undefined;
  #ended = false;
  /** Items whose results are there, and all of them; Infinity for an input that does not tell. */
  #done = 0;
  readonly #total: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly backend: PoolBackend,
    input: Iterable<unknown> | AsyncIterable<unknown>,
    private readonly options: ImapOptions,
  ) {
    this.#input =
      (input as AsyncIterable<unknown>)[Symbol.asyncIterator]?.() ??
      (input as Iterable<unknown>)[Symbol.iterator]();
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    const { timeout } = options;
    if (timeout !== undefined) {
      const late = () => this.#abort(new TimeoutError(`Cannot finish imap within ${timeout} ms`));
      this.#timer = setTimeout(late, Math.min(timeout, 0x7fffffff));
    }
    this.#total = (input as { length?: number }).length ?? Number.POSITIVE_INFINITY;
    void this.#pull();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One call after the other, as an async generator does. */
  next(): Promise<IteratorResult<R>> {
    const turn = this.#turn.then(() => this.#take());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The loop was left: cancels the rest and closes the input. */
  async return(value?: unknown): Promise<IteratorResult<R>> {
    await this.#stop();
    return { done: true, value: value as never };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  async #take(): Promise<IteratorResult<R>> {
    while (true) {
      if (this.#readyAt < this.#ready.length) {
        const [ok, value] = this.#ready[this.#readyAt++];
        if (this.#readyAt === this.#ready.length) this.#ready.length = this.#readyAt = 0;
        this.#underWay--;
        void this.#pull();
        if (ok) return { done: false, value: value as R };
        throw value;
      }
      if (this.#ended) return { done: true, value: undefined as never };
      if (this.options.ordered && this.#order[0]?.results !== undefined) {
        this.#ready.push(...this.#order.shift()!.results!);
        continue;
      }
      if (this.#inputDone && this.#underWay === 0) {
        this.#finish();
        const failed = this.#inputError;
        if (failed !== undefined) throw failed.error;
        return { done: true, value: undefined as never };
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  get #bufferSize(): number {
    const { buffer, chunksize = 1 } = this.options;
    return (
      buffer ??
      Math.max(this.backend.processes * 4, this.#chunk() * this.backend.processes * 3, chunksize * 2)
    );
  }

  #chunk(): number {
    const { chunksize, taskTimeout } = this.options;
    if (taskTimeout > 0) return 1; // each item is timed by itself
    if (chunksize !== undefined) return chunksize;
    if (this.#msPerItem < 0) return 1;
    return Math.max(1, Math.min(CHUNK_MAX, Math.floor(TARGET_MS / this.#msPerItem)));
  }

  /** Pulls input and submits chunks while the buffer has room; one such loop at a time. */
  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    const { transfer } = this.options;
    try {
      while (!this.#inputDone && !this.#ended && this.#underWay < this.#bufferSize) {
        const size = Math.min(this.#chunk(), Math.max(1, this.#bufferSize - this.#underWay));
        const items: unknown[] = [];
        while (items.length < size) {
          const step = this.#input.next();
          const { done, value } = 'then' in step ? await step : step;
          if (this.#ended) return;
          if (done) {
            this.#inputDone = true;
            break;
          }
          items.push(transfer === undefined ? value : moveBuffers(value, transfer(value)));
          if ('then' in step) break; // an asynchronous input may be slow: send what is there
        }
        if (items.length > 0) this.#submit(items);
      }
    } catch (error) {
      this.#inputDone = true;
      this.#inputError = { error };
    } finally {
      this.#pulling = false;
      this.#notify();
    }
  }

  #submit(items: unknown[]): void {
    const entry: Entry = {};
    this.#underWay += items.length;
    const { key, retries, ordered, priority, taskTimeout } = this.options;
    const settle = (results: Array<[number, unknown]>) => {
      if (this.#ended) return;
      this.#done += results.length;
      this.options.meter?.update(this.#done, this.#total);
      if (ordered) entry.results = results;
      else this.#ready.push(...results);
      this.#notify();
    };
    const failAll = (error: unknown) => settle(items.map(() => [0, error]));
    entry.job = new ChunkJob(
      key,
      this.options.star ? FRAME_STARMAP_SETTLED : FRAME_MAP_SETTLED,
      items,
      0,
      items.length,
      retries,
      (_job, outcome: Outcome) => {
        if (!outcome.ok) {
          failAll(outcome.error);
          return;
        }
        const perItem = Math.max(outcome.ms / items.length, 1e-6);
        this.#msPerItem = this.#msPerItem < 0 ? perItem : this.#msPerItem * 0.8 + perItem * 0.2;
        settle(
          (outcome.value as Array<[number, unknown]>).map(([ok, value]) => [
            ok,
            ok ? value : decodeError(value),
          ]),
        );
      },
      (_job, error) => failAll(error),
    );
    entry.job.priority = priority;
    entry.job.taskTimeout = taskTimeout;
    if (ordered) this.#order.push(entry);
    try {
      this.backend.submit(entry.job);
    } catch (error) {
      failAll(error);
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  readonly #onAbort = (): void => this.#abort(this.options.signal!.reason);

  #abort(error: unknown): void {
    this.#inputDone = true;
    this.#inputError = { error };
    this.#cancelJobs();
    this.#underWay = 0;
    this.#ready.length = this.#readyAt = 0;
    void this.#closeInput();
    this.#notify();
  }

  #cancelJobs(): void {
    for (const { job } of this.#order.splice(0)) if (job !== undefined) job.cancelled = true;
  }

  #finish(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#inputError === undefined && this.#inputDone) this.options.meter?.finish(this.#done);
    this.options.signal?.removeEventListener('abort', this.#onAbort);
  }

  async #stop(): Promise<void> {
    if (this.#ended) return;
    this.#finish();
    this.#cancelJobs();
    this.#ready.length = this.#readyAt = 0;
    await this.#closeInput();
    this.#notify();
  }

  async #closeInput(): Promise<void> {
    if (this.#inputDone && this.#inputError === undefined) return;
    this.#inputDone = true;
    try {
      await this.#input.return?.();
    } catch {
      // An input that cannot be closed harms nobody any more.
    }
  }
}
