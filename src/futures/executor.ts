// ProcessPoolExecutor: concurrent.futures' executor, over a Pool.

import { ClosedError, WorkerExitError } from '../errors';
import { ImapRun } from '../pool/_imap';
import { ApplyJob } from '../pool/_jobs';
import { checkWhole, type PoolOptions } from '../pool/_options';
import { type Defaults, limitOf } from '../pool/_start';
import { Pool } from '../pool/pool';
import { type AnyFunction, keyOf } from '../tasks/registry';
import { TimedRun, zip } from './_runs';
import { Work } from './_work';
import { cancellation, Future } from './future';
import { Outcome } from './outcome';

/** How an executor is made: as a pool, but `maxWorkers` counts the workers. */
export interface ExecutorOptions extends Omit<PoolOptions, 'processes'> {
  /** Number of workers; as many as there are cores if not given. */
  maxWorkers?: number;
}

/** Options of an executor's map. */
export interface ExecutorMapOptions {
  /** Milliseconds from the call; a result asked for after that is a TimeoutError. */
  timeout?: number;
  /** Calls given to a worker at a time; 1 if not given. */
  chunksize?: number;
  /** Calls that are submitted and not yet read, at most: input is then pulled as results are read. */
  bufferSize?: number;
  signal?: AbortSignal;
}

type Input<T> = Iterable<T> | AsyncIterable<T>;
type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K]> };
type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;

/** Without a chunk size, a longer input is cut into chunks, so that submitting it costs no more than this many. */
const SINGLES_MAX = 4096;

/**
 * Runs calls in a pool of workers and gives a {@link Future} for each, as Python's class of the same name.
 *
 * A worker that dies fails its call with `WorkerExitError` and is replaced; the executor lives on.
 *
 * @example
 * ```ts
 * const { power } = tasks(import.meta.url, { power: (x: number, n: number) => x ** n });
 * await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
 * console.log(await executor.submit(power, 2, 10)); // 1024
 * for await (const y of executor.map(power, [1, 2, 3], [2, 2, 2])) console.log(y); // 1, 4, 9
 * ```
 */
export class ProcessPoolExecutor {
  readonly #pool: Pool;
  readonly #defaults: Defaults;
  #shut: Promise<void> | undefined;

  /**
   * @param options number of workers, or options
   * @throws {RangeError} if the number of workers is no whole number from 1
   * @throws {NotShareableError} if the backend is not to be had here
   */
  constructor(options: number | ExecutorOptions = {}) {
    const { maxWorkers, ...rest } = typeof options === 'number' ? { maxWorkers: options } : options;
    if (maxWorkers !== undefined) checkWhole('maxWorkers', maxWorkers, 1);
    this.#pool = new Pool({ name: 'ExecutorWorker', ...rest, processes: maxWorkers });
    const { retries = 0, taskTimeout } = rest as PoolOptions;
    this.#defaults = { retries, taskTimeout: limitOf(taskTimeout) };
  }

  /** Number of workers. */
  get maxWorkers(): number {
    return this.#pool.processes;
  }

  /**
   * Gives `fn(...args)` to a worker.
   *
   * @returns the call's future, which can be awaited itself
   * @throws {ClosedError} if the executor is shut down
   * @throws {NotShareableError} if workers do not know `fn`
   */
  submit<F extends AnyFunction>(fn: F, ...args: Readonly<Parameters<F>>): Future<Result<F>> {
    this.#throwIfShut('submit a call');
    const backend = this.#pool['~backend'];
    const outcome = new Outcome<Result<F>>();
    const { retries, taskTimeout } = this.#defaults;
    const job = new ApplyJob(keyOf(fn), args, retries, outcome.resolve, outcome.reject);
    job.taskTimeout = taskTimeout;
    const future = new Future<Result<F>>(outcome, new Work(backend, job));
    try {
      backend.submit(job);
    } catch (error) {
      outcome.reject(error); // the pool is broken: told as it is to the calls before
    }
    return future;
  }

  /**
   * Calls `fn` with the first items of all inputs, then with the second ones, and so on until the shortest input
   * ends. All input is read and submitted now, unless `bufferSize` is given.
   *
   * @param args an iterable for each parameter of `fn`, sync or async; options last, if any
   * @returns the results in the order of the input; after an item's error the next can be asked for, leaving the
   *   loop cancels what does not run yet
   * @throws {ClosedError} if the executor is shut down
   */
  map<F extends AnyFunction>(
    fn: F,
    ...args: Inputs<Parameters<F>> | [...Inputs<Parameters<F>>, ExecutorMapOptions]
  ): AsyncIterableIterator<Result<F>>;
  map<F extends AnyFunction>(fn: F, ...args: unknown[]): AsyncIterableIterator<Result<F>> {
    this.#throwIfShut('map');
    const key = keyOf(fn);
    const last = args.at(-1);
    const options = (args.length > 0 && !isIterable(last) ? args.pop() : undefined) ?? {};
    const { timeout, chunksize, bufferSize, signal } = options as ExecutorMapOptions;
    if (chunksize !== undefined) checkWhole('chunksize', chunksize, 1);
    if (bufferSize !== undefined) checkWhole('bufferSize', bufferSize, 1);
    signal?.throwIfAborted();
    const [items, length] = zip(args as Input<unknown>[], bufferSize === undefined);
    const run = new ImapRun<Result<F>>(this.#pool['~backend'], items, {
      key,
      ordered: true,
      star: true,
      chunksize: chunksize ?? Math.max(1, Math.ceil(length / SINGLES_MAX)),
      buffer: bufferSize ?? Number.POSITIVE_INFINITY,
      ...this.#defaults,
      priority: 0,
      signal,
    });
    return timeout === undefined ? run : new TimedRun(run, timeout);
  }

  /**
   * Takes no more calls and frees the workers when the accepted ones are done.
   *
   * @param options `wait: false` resolves at once; `cancelFutures: true` cancels the calls that no worker runs yet
   * @returns resolves when the workers are gone
   */
  async shutdown(options: { wait?: boolean; cancelFutures?: boolean } = {}): Promise<void> {
    const { wait = true, cancelFutures = false } = options;
    if (cancelFutures) this.#pool['~backend'].abandonWaiting(cancellation);
    this.#shut ??= this.#pool.close();
    if (wait) await this.#shut;
  }

  /**
   * Ends the workers now, as Python's `terminate_workers`: running calls fail with `WorkerExitError` and exit code
   * −15, waiting ones are cancelled.
   */
  terminateWorkers(): Promise<void> {
    return this.#end('terminated', -15);
  }

  /** As {@link terminateWorkers}, with exit code −9. */
  killWorkers(): Promise<void> {
    return this.#end('killed', -9);
  }

  #end(how: string, exitCode: number): Promise<void> {
    const backend = this.#pool['~backend'];
    backend.abandonWaiting(cancellation);
    const message = `Cannot finish the call: its worker was ${how} with all others of the executor`;
    this.#shut = backend.terminate(() => new WorkerExitError(message, { exitCode }));
    return this.#shut;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #throwIfShut(what: string): void {
    if (this.#shut !== undefined) throw new ClosedError(`Cannot ${what}: the executor was shut down`);
  }
}

function isIterable(value: unknown): boolean {
  if (typeof value === 'string') return true;
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
