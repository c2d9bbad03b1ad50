// wait and asCompleted: concurrent.futures' functions over many futures.

import type { WaitOptions } from '../sync/index';
import { deadlineOf, signalOf, timeoutError } from './deadline';
import type { Future } from './future';
import { type Listenable, whenever } from './outcome';

/** When {@link wait} returns: as Python's constants. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

// biome-ignore lint/suspicious/noExplicitAny: futures of anything
type AnyFuture = Future<any>;

/** What `wait` gives: two sets, together all futures. */
export interface WaitResult<F extends AnyFuture> {
  done: Set<F>;
  notDone: Set<F>;
}

/**
 * Waits for futures, whichever executors they come from.
 *
 * @param futures any iterable of futures; one that stands there twice counts once
 * @param options `timeout` in milliseconds, after which it returns what is done by then; `signal`; `returnWhen`,
 *   `'ALL_COMPLETED'` if not given
 * @returns the futures that are done (cancelled ones too), and the others
 * @throws the signal's reason
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * await using executor = new ProcessPoolExecutor();
 * const futures = [1, 2, 3].map((x) => executor.submit(square, x));
 * const { done, notDone } = await wait(futures);
 * console.log(done.size, notDone.size); // 3 0
 * ```
 */
export async function wait<F extends AnyFuture>(
  futures: Iterable<F>,
  options: WaitOptions & { returnWhen?: ReturnWhen } = {},
): Promise<WaitResult<F>> {
  const { returnWhen = 'ALL_COMPLETED' } = options;
  if (!['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'].includes(returnWhen)) {
    throw new TypeError(
      `Cannot wait for ${String(returnWhen)}: wanted FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED`,
    );
  }
  const all = new Set(futures);
  const signal = signalOf(options);
  try {
    await whenever(new Tally(all, returnWhen), options, 'wait for the futures');
  } catch (error) {
    if (signal?.aborted) throw error;
    // The time ran out: what is done by now is the answer.
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
  }
  const done = new Set<F>();
  const notDone = new Set<F>();
  for (const future of all) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}

/** Tells when enough of the futures are done. */
class Tally implements Listenable {
  #left: number;
  #tell: (() => void) | undefined;
  constructor(
    private readonly futures: ReadonlySet<AnyFuture>,
    private readonly returnWhen: ReturnWhen,
  ) {
    this.#left = futures.size;
  }

  readonly #count = (): void => {
    this.#left--;
    if (this.#isEnough()) this.#tell?.();
  };

  #isEnough(): boolean {
    if (this.#left === 0) return true;
    if (this.returnWhen === 'ALL_COMPLETED') return false;
    if (this.returnWhen === 'FIRST_COMPLETED') return this.#left < this.futures.size;
    for (const future of this.futures) if (future['~outcome'].isError && !future.cancelled()) return true;
    return false;
  }

  listen(listener: () => void): void {
    // What is done already is counted first, so that one that was done does not hide the others.
    for (const future of this.futures) future['~outcome'].listen(this.#count);
    if (this.#isEnough()) listener();
    else this.#tell = listener;
  }

  unlisten(): void {
    this.#tell = undefined;
    for (const future of this.futures) future['~outcome'].unlisten(this.#count);
  }
}

/**
 * Gives futures as they are done, those that are done already first.
 *
 * @param futures any iterable of futures; one that stands there twice comes once
 * @param options `timeout` in milliseconds for all of them, from the call; `signal`
 * @throws {TimeoutError} if they are not all done in time
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * await using executor = new ProcessPoolExecutor();
 * let sum = 0;
 * for await (const future of asCompleted([1, 2, 3].map((x) => executor.submit(square, x)))) {
 *   sum += await future.result();
 * }
 * console.log(sum); // 14
 * ```
 */
export function asCompleted<F extends AnyFuture>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): AsyncIterableIterator<F> {
  return new Completions(new Set(futures), options);
}

// Written by hand: an async generator would await each future that it yields.
class Completions<F extends AnyFuture> implements AsyncIterableIterator<F> {
  readonly #what = 'get all of the futures';
  readonly #deadline: number;
  readonly #ready: F[] = [];
  readonly #listeners = new Map<F, () => void>();
  readonly #more: Listenable = {
    listen: (listener) => (this.#ready.length > 0 ? listener() : (this.#tell = listener)),
    unlisten: () => (this.#tell = undefined),
  };
  #left: number;
  #tell: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    futures: ReadonlySet<F>,
    private readonly options: WaitOptions,
  ) {
    this.#deadline = deadlineOf(options, this.#what);
    this.#left = futures.size;
    for (const future of futures) {
      const listener = () => {
        this.#ready.push(future);
        this.#tell?.();
      };
      this.#listeners.set(future, listener);
      future['~outcome'].listen(listener);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One call after the other, as an async generator does. */
  next(): Promise<IteratorResult<F>> {
    const turn = this.#turn.then(() => this.#take());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #take(): Promise<IteratorResult<F>> {
    if (this.#left === 0) return { done: true, value: undefined };
    if (this.#ready.length === 0) await this.#wait();
    this.#left--;
    return { done: false, value: this.#ready.shift() as F };
  }

  async #wait(): Promise<void> {
    const { signal } = this.options;
    try {
      await whenever(this.#more, { timeout: this.#deadline - performance.now(), signal }, this.#what);
    } catch (error) {
      await this.return();
      throw signal?.aborted ? error : timeoutError(this.#what, this.options);
    }
  }

  async return(): Promise<IteratorResult<F>> {
    this.#left = 0;
    for (const [future, listener] of this.#listeners) future['~outcome'].unlisten(listener);
    this.#listeners.clear();
    return { done: true, value: undefined };
  }
}
