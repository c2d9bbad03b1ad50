// The pool's backend without workers: tasks run in this thread, one after the other in the order of submission.
// For edge runtimes, and for debugging. Arguments and results pass through the codec as they would on their way
// to a worker, so that a program behaves the same here.

import { decode, decodeError, encode, encodeError } from '../codec/index';
import { BlockingNotAllowedError, BrokenProcessPoolError } from '../errors';
import { currentProcess } from '../process/current';
import { type AnyFunction, findTask } from '../tasks/registry';
import { type ItemsOutcome, runItems } from '../worker/items';
import type { PoolBackend, PoolStats } from './_backend';
import { overdueError, payloadName } from './_calls';
import type { Job, Source } from './_jobs';
import { JobQueue } from './_queue';
import type { BackendOptions } from './_watch';
import type { Outcome } from './frames';
import { Ledger } from './insights';

export class InlineBackend implements PoolBackend {
  readonly isWatched = false;
  readonly kind = 'inline';
  readonly processes = 1;
  readonly members = [];
  readonly ready: Promise<void>;
  readonly ledger = new Ledger();
  readonly #queue = new JobQueue();
  /** The loop over the queue is under way. */
  #running = false;
  /** What runs now. */
  #current: Job | undefined;
  #stats = { done: 0, failed: 0, restarts: 0 };
  #idle: Array<() => void> = [];
  #broken: BrokenProcessPoolError | undefined;

  constructor({ initializer }: BackendOptions) {
    this.ready = initializer === undefined ? Promise.resolve() : this.#initialize(initializer);
    this.ready.catch(() => {});
    const now = performance.now();
    const { name, pid } = currentProcess();
    this.ledger.join(0, { name, pid, startedAt: now, readyAt: now, alive: true });
  }

  async #initialize({ key, args }: { key: string; args: readonly unknown[] }): Promise<void> {
    try {
      await (await findTask(key))(...(decode(encode(args)) as unknown[]));
    } catch (cause) {
      this.#broken = new BrokenProcessPoolError(
        `Cannot use the pool: its initializer failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
      this.#queue.abandon(() => this.#broken);
      throw this.#broken;
    }
  }

  get isFree(): boolean {
    return !this.#running && this.#queue.length === 0;
  }

  submit(job: Job): void {
    if (this.#broken) throw this.#broken;
    this.#queue.push(job);
    this.pump();
  }

  submitSource(source: Source): void {
    if (this.#broken) throw this.#broken;
    this.#queue.addSource(source);
    this.pump();
  }

  pump(): void {
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    await this.ready.catch(() => {});
    let turn = performance.now();
    for (let job = this.#queue.take(); job !== undefined; job = this.#queue.take()) {
      await this.#runOne(job);
      if (performance.now() - turn > 20) {
        await new Promise<void>((resolve) => setTimeout(resolve, 0));
        turn = performance.now();
      }
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #runOne(job: Job): Promise<void> {
    const began = performance.now();
    this.#current = job;
    try {
      const payload = decode(encode(job.payload(), payloadName(job))) as unknown[];
      const fn = await findTask(job.key);
      const outcome = await withinLimit(job, runItems(job.kind, fn, payload), began);
      if (outcome === undefined) this.#overdue(job);
      else this.#settle(job, outcome, began);
    } catch (error) {
      this.#fail(job, error, began);
    }
  }

  /** Hands the outcome over as it would have come from a worker. */
  #settle(job: Job, outcome: ItemsOutcome, began: number): void {
    const ms = performance.now() - began;
    const started = performance.timeOrigin + began;
    const settled: Outcome = outcome.ok
      ? { ok: true, value: decode(encode(outcome.value, 'result')), ms, started }
      : { ok: false, error: decodeError(encodeError(outcome.error)), index: outcome.index, ms, started };
    this.ledger.note(0, job, started, ms);
    this.#current = undefined;
    if (settled.ok) this.#stats.done++;
    else this.#stats.failed++;
    if (!job.cancelled) job.settle(settled);
  }

  /** Nothing can be ended here: the task fails, the next ones run beside what is left of it. */
  #overdue(job: Job): void {
    this.#current = undefined;
    this.#stats.failed++;
    if (!job.cancelled) job.fail(overdueError(job));
  }

  #fail(job: Job, error: unknown, began: number): void {
    this.#current = undefined;
    this.#stats.failed++;
    if (job.cancelled) return;
    job.settle({
      ok: false,
      error,
      index: 0,
      ms: performance.now() - began,
      started: performance.timeOrigin + began,
    });
  }

  retract(job: Job): boolean {
    if (job === this.#current) return false;
    job.cancelled = true; // the queue drops it
    return true;
  }

  isRunning(job: Job): boolean {
    return job === this.#current;
  }

  abandonWaiting(reason: () => unknown): void {
    this.#queue.abandon(reason);
  }

  /** Runs what waits, here and now; an asynchronous task cannot be waited for without an event loop. */
  block(isDone: () => boolean, what: string): void {
    while (!isDone()) {
      const job = this.#queue.take();
      if (job === undefined) {
        throw new BlockingNotAllowedError(
          `Cannot block in ${what}Sync: an asynchronous task is under way in this very thread. Use ${what}`,
        );
      }
      this.#runOneSync(job, what);
    }
  }

  #runOneSync(job: Job, what: string): void {
    const began = performance.now();
    this.#current = job;
    try {
      const fn = findTask(job.key);
      if (typeof fn !== 'function')
        throw new BlockingNotAllowedError(`Cannot load a task in ${what}Sync: use ${what} first`);
      const outcome = runItems(
        job.kind,
        fn as AnyFunction,
        decode(encode(job.payload(), payloadName(job))) as unknown[],
      );
      if (outcome instanceof Promise)
        throw new BlockingNotAllowedError(`Cannot run an asynchronous task in ${what}Sync: use ${what}`);
      this.#settle(job, outcome, began);
    } catch (error) {
      this.#fail(job, error, began);
    }
  }

  broadcast(makeJob: () => Job): void {
    this.submit(makeJob());
  }

  resize(): void {}

  async close(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async terminate(reason: () => unknown): Promise<void> {
    this.#queue.abandon(reason);
    const job = this.#current;
    if (job === undefined || job.cancelled) return;
    job.cancelled = true; // it runs on, nobody hears of it
    job.fail(reason());
  }

  stats(): PoolStats {
    const running = this.#current === undefined ? 0 : 1;
    return { workers: 1, idle: 1 - running, queued: this.#queue.length, running, ...this.#stats };
  }
}

/** What a task comes to within its time limit; undefined if it takes longer: what is left of it runs on unheard. */
async function withinLimit(
  { taskTimeout }: Job,
  work: ItemsOutcome | Promise<ItemsOutcome>,
  began: number,
): Promise<ItemsOutcome | undefined> {
  if (taskTimeout === 0) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.min(taskTimeout, 0x7fffffff));
  });
  const outcome = await Promise.race([work, late]);
  clearTimeout(timer);
  return performance.now() - began > taskTimeout ? undefined : outcome;
}
