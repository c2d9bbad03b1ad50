// The Pool: Python's multiprocessing.Pool over one of three backends. Over 400 lines, half of them the documentation
// of its methods; what they do stands in the private files of this folder.

import { BrokenProcessPoolError, ClosedError, InvalidStateError } from '../errors';
import { Outcome } from '../futures/outcome';
import type { TypedArray } from '../heap/views';
import { currentProcess } from '../process/current';
import { type Backend, runtime } from '../runtime/runtime';
import { type AnyFunction, keyOf } from '../tasks/registry';
import type { PoolBackend, PoolStats } from './_backend';
import { bestBackend, createBackend } from './_backends';
import { ImapRun } from './_imap';
import { ApplyJob, type Job } from './_jobs';
import {
  type CallOptions,
  checkNumber,
  checkWhole,
  type ImapCallOptions,
  type MapCallOptions,
  type PoolOptions,
} from './_options';
import {
  blockFor,
  type Defaults,
  limitOf,
  meterOf,
  schedulingOf,
  startApply,
  startMap,
  withoutWatch,
} from './_start';
import type { BackendOptions } from './_watch';
import { type AsyncCallbacks, AsyncResult } from './asyncResult';
import type { Insights, TraceEvent } from './insights';

type Resolve = (value: unknown) => void;
type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;
type SettledResult<R> = { status: 'fulfilled'; value: R } | { status: 'rejected'; reason: unknown };

/**
 * A pool of workers, for functions declared with `tasks` or `inline`.
 *
 * An idle pool does not keep the program alive, pending work does. A worker that dies is replaced; its task fails
 * with `WorkerExitError`, or is given to another worker (`retries`).
 *
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * await using pool = new Pool(2);
 * console.log(await pool.map(square, [1, 2, 3])); // [ 1, 4, 9 ]
 * ```
 */
export class Pool {
  /** For what is built on pools; no part of the contract. */
  readonly '~backend': PoolBackend;
  readonly #defaults: Defaults;
  #closed: Promise<void> | undefined;
  #terminated = false;
  readonly name: string;

  /**
   * @param options number of workers, or options; as many workers as cores if not given
   * @throws {RangeError} if the number of workers is no whole number from 1
   * @throws {NotShareableError} if the backend is not to be had here
   */
  constructor(options: number | PoolOptions = {}) {
    const given = typeof options === 'number' ? { processes: options } : options;
    const processes = given.processes ?? runtime().cores();
    checkWhole('processes', processes, 1);
    if (given.maxTasksPerChild !== undefined) checkWhole('maxTasksPerChild', given.maxTasksPerChild, 1);
    if (given.maxMemoryPerChild !== undefined) checkNumber('maxMemoryPerChild', given.maxMemoryPerChild, 1);
    const { retries = 0, taskTimeout } = given;
    checkWhole('retries', retries, 0);
    this.#defaults = { retries, taskTimeout: limitOf(taskTimeout) };
    this.name = given.name ?? 'PoolWorker';
    const backendOptions: BackendOptions = {
      processes,
      initializer: given.initializer && { key: keyOf(given.initializer), args: given.initargs ?? [] },
      maxMemory: given.maxMemoryPerChild,
      maxTasks: given.maxTasksPerChild ?? Number.POSITIVE_INFINITY,
      resourceLimits: given.resourceLimits,
      create: given.worker,
      name: this.name,
    };
    this['~backend'] = createBackend(given.backend ?? bestBackend(), backendOptions);
  }

  /** Resolves when the workers are ready for work; rejects if they cannot start. */
  get ready(): Promise<void> {
    return this['~backend'].ready;
  }

  /** Number of workers. */
  get processes(): number {
    return this['~backend'].processes;
  }

  /** Which backend runs this pool. */
  get backend(): Backend {
    return this['~backend'].kind;
  }

  /**
   * Calls `fn(...args)` in a worker.
   *
   * @returns what `fn` returned
   * @throws what `fn` threw
   * @throws {WorkerExitError} if the worker died
   */
  apply<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> = [] as never,
    options?: CallOptions,
  ): Promise<Result<F>> {
    return new Promise((resolve, reject) => {
      this.#throwIfClosed();
      startApply(
        this['~backend'],
        this.#defaults,
        fn,
        args,
        options,
        resolve as Resolve,
        reject,
        options === undefined,
      );
    });
  }

  /** {@link apply}, blocking this thread. */
  applySync<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> = [] as never,
    options: CallOptions = {},
  ): Result<F> {
    this.#throwIfClosed();
    const outcome = new Outcome<Result<F>>();
    const watchless = withoutWatch(options);
    const job = startApply(
      this['~backend'],
      this.#defaults,
      fn,
      args,
      watchless,
      outcome.resolve,
      outcome.reject,
    );
    return blockFor(this['~backend'], outcome, job, 'apply', options.timeout);
  }

  /** {@link apply}, whose result is asked for later. */
  applyAsync<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> = [] as never,
    options: CallOptions & AsyncCallbacks<Result<F>> = {},
  ): AsyncResult<Result<F>> {
    return this.#async(options, (resolve, reject) =>
      startApply(this['~backend'], this.#defaults, fn, args, options, resolve, reject),
    );
  }

  /**
   * Calls `fn` with each item, in the workers; the results are in the order of the items.
   *
   * @param items any iterable; read whole before the work starts (see `imap` for a lazy one)
   * @returns the results; with `out` the typed array that they went into
   * @throws what the first failing item threw, unless `settled` is set
   * @throws {TypeError} with `out`, if it is no typed array or a result does not fit into one
   * @throws {RangeError} if `out` has another length than the items
   */
  map<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions & { settled: true },
  ): Promise<SettledResult<Result<F>>[]>;
  map<F extends AnyFunction, T extends TypedArray>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions & { out: T },
  ): Promise<T>;
  map<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options?: MapCallOptions,
  ): Promise<Result<F>[]>;
  map<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions = {},
  ): Promise<unknown> {
    return this.#map(fn, items, false, options);
  }

  /** {@link map} with an array of arguments for each call. */
  starmap<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions & { settled: true },
  ): Promise<SettledResult<Result<F>>[]>;
  starmap<F extends AnyFunction, T extends TypedArray>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions & { out: T },
  ): Promise<T>;
  starmap<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options?: MapCallOptions,
  ): Promise<Result<F>[]>;
  starmap<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions = {},
  ): Promise<unknown> {
    return this.#map(fn, items, true, options);
  }

  /** {@link map}, blocking this thread. */
  mapSync<F extends AnyFunction, T extends TypedArray>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions & { out: T },
  ): T;
  mapSync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options?: MapCallOptions,
  ): Result<F>[];
  mapSync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions = {},
  ): unknown {
    return this.#mapSync(fn, items, false, options);
  }

  /** {@link starmap}, blocking this thread. */
  starmapSync<F extends AnyFunction, T extends TypedArray>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions & { out: T },
  ): T;
  starmapSync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options?: MapCallOptions,
  ): Result<F>[];
  starmapSync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions = {},
  ): unknown {
    return this.#mapSync(fn, items, true, options);
  }

  /** {@link map}, whose results are asked for later. */
  mapAsync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]>,
    options: MapCallOptions & AsyncCallbacks<Result<F>[]> = {},
  ): AsyncResult<Result<F>[]> {
    return this.#mapAsync(fn, items, false, options);
  }

  /** {@link starmap}, whose results are asked for later. */
  starmapAsync<F extends AnyFunction>(
    fn: F,
    items: Iterable<Readonly<Parameters<F>>>,
    options: MapCallOptions & AsyncCallbacks<Result<F>[]> = {},
  ): AsyncResult<Result<F>[]> {
    return this.#mapAsync(fn, items, true, options);
  }

  #map(fn: AnyFunction, items: Iterable<unknown>, star: boolean, options: MapCallOptions): Promise<never> {
    return new Promise((resolve, reject) => {
      this.#throwIfClosed();
      startMap(this['~backend'], this.#defaults, fn, items, star, options, resolve as Resolve, reject);
    });
  }

  #mapSync(fn: AnyFunction, items: Iterable<unknown>, star: boolean, options: MapCallOptions): never[] {
    this.#throwIfClosed();
    const outcome = new Outcome<never[]>();
    const watchless = withoutWatch(options);
    const source = startMap(
      this['~backend'],
      this.#defaults,
      fn,
      items,
      star,
      watchless,
      outcome.resolve,
      outcome.reject,
    );
    return blockFor(this['~backend'], outcome, source, star ? 'starmap' : 'map', options.timeout);
  }

  #mapAsync<R>(
    fn: AnyFunction,
    items: Iterable<unknown>,
    star: boolean,
    options: MapCallOptions & AsyncCallbacks<R>,
  ): AsyncResult<R> {
    return this.#async(options, (resolve, reject) =>
      startMap(this['~backend'], this.#defaults, fn, items, star, options, resolve, reject),
    );
  }

  #async<R>(
    callbacks: AsyncCallbacks<R>,
    start: (resolve: Resolve, reject: Resolve) => unknown,
  ): AsyncResult<R> {
    this.#throwIfClosed();
    const outcome = new Outcome<R>();
    const result = new AsyncResult<R>(outcome, this['~backend'], callbacks);
    try {
      start(outcome.resolve, outcome.reject);
    } catch (error) {
      if (!(error instanceof BrokenProcessPoolError)) throw error;
      outcome.reject(error); // told as it is to the calls before
    }
    return result;
  }

  /**
   * A lazy {@link map}: an async iterator over the results in order, which pulls its input as it is read.
   * After an item's error the next item can be asked for.
   */
  imap<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]> | AsyncIterable<Parameters<F>[0]>,
    options: ImapCallOptions = {},
  ): AsyncIterableIterator<Result<F>> {
    return this.#imap(fn, items, options, true);
  }

  /** {@link imap}, with the results as they come. */
  imapUnordered<F extends AnyFunction>(
    fn: F,
    items: Iterable<Parameters<F>[0]> | AsyncIterable<Parameters<F>[0]>,
    options: ImapCallOptions = {},
  ): AsyncIterableIterator<Result<F>> {
    return this.#imap(fn, items, options, false);
  }

  #imap<R>(
    fn: AnyFunction,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options: ImapCallOptions,
    ordered: boolean,
  ): ImapRun<R> {
    this.#throwIfClosed();
    const { chunksize, buffer, signal, transfer, timeout } = options;
    if (chunksize !== undefined) checkWhole('chunksize', chunksize, 1);
    if (buffer !== undefined) checkWhole('buffer', buffer, 1);
    signal?.throwIfAborted();
    const retries = options.retries ?? this.#defaults.retries;
    const key = keyOf(fn);
    const scheduling = schedulingOf(options, this.#defaults);
    return new ImapRun<R>(this['~backend'], items, {
      key,
      ordered,
      chunksize,
      buffer,
      retries,
      signal,
      timeout,
      transfer,
      meter: meterOf(options.progress, fn),
      ...scheduling,
    });
  }

  /** Runs `fn(...args)` once on every worker; the results, one for each. */
  async broadcast<F extends AnyFunction>(
    fn: F,
    args: Readonly<Parameters<F>> = [] as never,
  ): Promise<Result<F>[]> {
    this.#throwIfClosed();
    const key = keyOf(fn);
    const results: Promise<unknown>[] = [];
    this['~backend'].broadcast(() => {
      let job!: Job;
      results.push(new Promise((resolve, reject) => (job = new ApplyJob(key, args, 0, resolve, reject))));
      return job;
    });
    return Promise.all(results) as Promise<Result<F>[]>;
  }

  /** Changes the number of workers; those too many end after what they are doing. */
  resize(processes: number): void {
    this.#throwIfClosed();
    checkWhole('processes', processes, 1);
    this['~backend'].resize(processes);
  }

  /** What the pool is doing. */
  stats(): PoolStats {
    return this['~backend'].stats();
  }

  /** How the workers spent their time so far, those that are there and the last 256 that are gone; the slowest tasks. */
  insights(): Insights {
    return this['~backend'].ledger.insights();
  }

  /**
   * The last 16384 tasks, and the starts of the workers that `insights` has, as Chrome trace events: `JSON.stringify` them into a file that
   * Perfetto opens.
   */
  trace(): TraceEvent[] {
    return this['~backend'].ledger.trace(currentProcess().pid);
  }

  /** For kernels, which share their phases among the workers: the backend of a pool that is open. */
  '~open'(): PoolBackend {
    this.#throwIfClosed();
    return this['~backend'];
  }

  /** Takes no more work; resolves when the accepted work is done and the workers are gone. */
  close(): Promise<void> {
    this.#closed ??= this['~backend'].close();
    return this.#closed;
  }

  /**
   * Waits until the pool, closed before, is done and its workers are gone.
   * @throws {InvalidStateError} if the pool is still open
   */
  async join(): Promise<void> {
    if (this.#closed === undefined)
      throw new InvalidStateError('Cannot join an open pool: call close() or terminate() first');
    await this.#closed;
  }

  /** Ends the workers now; pending work rejects with `ClosedError`. */
  terminate(): Promise<void> {
    if (!this.#terminated) {
      this.#terminated = true;
      this.#closed = this['~backend'].terminate(
        () => new ClosedError('Cannot finish the task: the pool was terminated'),
      );
    }
    return this.#closed!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #throwIfClosed(): void {
    if (this.#closed !== undefined) throw closedError();
  }
}

function closedError(): ClosedError {
  return new ClosedError('Cannot give work to a pool that is closed');
}
