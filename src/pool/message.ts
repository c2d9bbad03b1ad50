// The pool's backend without shared memory (a page that is not cross-origin isolated): tasks and results go by
// postMessage, two at a time to each worker, so that the next is there when one ends. Handles over shared memory
// cannot travel here; the codec says so.

import { decodeError, encode } from '../codec/index';
import { BlockingNotAllowedError, BrokenProcessPoolError } from '../errors';
import { withoutHeap } from '../heap/heap';
import type { Death, FromWorker } from '../runtime/runtime';
import type { PoolBackend, PoolStats } from './_backend';
import { Calls, exitError, overdueError } from './_calls';
import { Crew, type Member } from './_crew';
import type { Job, Source } from './_jobs';
import { JobQueue } from './_queue';
import { type BackendOptions, DeathWatch, isRestart } from './_watch';
import { Ledger } from './insights';

/** Tasks on the way to one worker, the running one included. */
const DEPTH = 2;

export class MessageBackend implements PoolBackend {
  readonly isWatched = false;
  readonly kind = 'message';
  processes: number;
  readonly #queue = new JobQueue();
  readonly ledger = new Ledger();
  readonly #calls = new Calls(this.ledger);
  readonly #watch: DeathWatch;
  readonly #crew: Crew;
  readonly #load = new Map<Member, number>();
  #closing = false;
  #terminated = false;
  /** Calls of a broadcast: meant for one worker and no other. */
  readonly #pinned = new WeakSet<Job>();
  /** Workers that were ended because a task of theirs ran too long. */
  readonly #overdue = new WeakSet<Member>();
  #stats = { done: 0, failed: 0, restarts: 0 };
  #deathWaiters: Array<() => void> = [];

  constructor(options: BackendOptions) {
    this.processes = options.processes;
    this.#watch = new DeathWatch(options.processes);
    const { initializer } = options;
    this.#crew = new Crew({
      backend: 'message',
      boot: {
        board: 0,
        initializer: initializer && {
          key: initializer.key,
          args: withoutHeap(() => encode(initializer.args).slice()),
        },
        maxTasks: options.maxTasks,
        maxMemory: options.maxMemory,
      },
      resourceLimits: options.resourceLimits,
      create: options.create,
      name: options.name,
      onStart: (member) => this.ledger.join(member.pid, member),
      onMessage: (member, message) => this.#hear(member, message),
      onDeath: (member, death) => this.#onDeath(member, death),
    });
    for (let i = 0; i < this.processes; i++) this.#crew.start();
  }

  get ready(): Promise<void> {
    if (!this.#watch.isSettled) this.#crew.hold(true);
    return this.#watch.ready;
  }

  get isFree(): boolean {
    return this.#queue.length === 0 && this.#calls.size === 0;
  }

  get members(): readonly Member[] {
    return this.#crew.members;
  }

  submit(job: Job): void {
    this.#watch.throwIfBroken();
    this.#queue.push(job);
    this.pump();
  }

  submitSource(source: Source): void {
    this.#watch.throwIfBroken();
    this.#queue.addSource(source);
    this.pump();
  }

  pump(): void {
    for (let depth = 1; depth <= DEPTH; depth++) {
      for (const member of this.#crew.members) {
        while (!member.leaving && (this.#load.get(member) ?? 0) < depth) {
          const job = this.#queue.take();
          if (job === undefined) {
            this.ledger.busy(this.#calls.size > 0);
            this.#crew.hold(this.#calls.size > 0 || this.#closing);
            return;
          }
          this.ledger.busy(true);
          this.#crew.hold(true);
          if (this.#calls.send(this.#crew, member, job))
            this.#load.set(member, (this.#load.get(member) ?? 0) + 1);
        }
      }
    }
  }

  #hear(member: Member, message: FromWorker): void {
    if (message.type === 'ready') {
      this.#watch.started();
      this.ledger.ready(member.pid);
      if (this.#watch.isSettled) this.#crew.hold(this.#calls.size > 0 || this.#closing);
    } else if (message.type === 'broken') {
      const cause = decodeError(message.error);
      const error = new BrokenProcessPoolError(
        `Cannot use the pool: its initializer failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
      this.#watch.breakWith(error);
      void this.terminate(() => error);
    } else if (message.type === 'began') {
      this.#calls.began(message.id, (late, job) => this.#endOverdue(late, job));
    } else if (message.type === 'reply') {
      this.#load.set(member, Math.max(0, (this.#load.get(member) ?? 1) - 1));
      if (this.#calls.answer(message)) this.#stats.done++;
      else this.#stats.failed++;
    }
    this.pump();
  }

  /** Ends a worker whose task runs too long, and starts another in its place. */
  #endOverdue(member: Member, job: Job): void {
    this.#overdue.add(member);
    this.#stats.failed++;
    this.#stats.restarts++;
    this.#crew.kill(member);
    if (!job.cancelled) job.fail(overdueError(job, member));
    if (!this.#terminated) this.#crew.start();
    this.pump();
  }

  #onDeath(member: Member, death: Death): void {
    this.#load.delete(member);
    this.ledger.leave(member.record || member.pid);
    // A worker runs its calls in order, so that only the first of them can have begun; and not even that one before
    // the worker was ready, after it said that it ends, or once a task that ran too long was taken from it.
    const noneBegan = death.orderly || member.readyAt === 0 || this.#overdue.has(member);
    const orphans = this.#calls.orphans(member);
    for (let index = orphans.length - 1; index >= 0; index--) {
      const job = orphans[index];
      const untouched = (noneBegan || index > 0) && !this.#pinned.has(job);
      if (!this.#terminated && (untouched || job.retries > 0)) {
        if (!untouched) job.retries--;
        this.#queue.unshift(job);
      } else {
        this.#stats.failed++;
        job.fail(exitError(member, death, job));
      }
    }
    for (const resolve of this.#deathWaiters.splice(0)) resolve();
    const wanted = !this.#terminated && (!this.#closing || this.#queue.length > 0);
    if (wanted && this.#crew.members.length < this.processes) {
      const reason = this.#watch.died(member, death);
      if (reason !== undefined) {
        void this.terminate(() => reason);
        return;
      }
      if (isRestart(member)) this.#stats.restarts++;
      this.#crew.start();
    }
    this.pump();
  }

  retract(job: Job): boolean {
    if (this.#calls.has(job)) return false;
    job.cancelled = true; // the queue drops it
    this.pump();
    return true;
  }

  isRunning(job: Job): boolean {
    return this.#calls.has(job);
  }

  abandonWaiting(reason: () => unknown): void {
    this.#queue.abandon(reason);
  }

  block(isDone: () => boolean, what: string): void {
    if (isDone()) return;
    throw new BlockingNotAllowedError(
      `Cannot block in ${what}Sync: without shared memory a blocked thread receives no results. Use ${what}, which returns a promise`,
    );
  }

  broadcast(makeJob: () => Job): void {
    this.#watch.throwIfBroken();
    this.#crew.hold(true);
    for (const member of [...this.#crew.members]) {
      const job = makeJob();
      this.#pinned.add(job);
      if (this.#calls.send(this.#crew, member, job))
        this.#load.set(member, (this.#load.get(member) ?? 0) + 1);
    }
  }

  resize(processes: number): void {
    this.processes = processes;
    const staying = this.#crew.members.filter((member) => !member.leaving);
    for (let missing = processes - staying.length; missing > 0; missing--) this.#crew.start();
    for (const member of staying.slice(processes)) this.#crew.dismiss(member, 0x7fffffff);
    this.pump();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#crew.hold(true);
    while (this.#calls.size > 0 || this.#queue.length > 0) {
      if (this.#calls.size > 0) await this.#calls.quiet();
      else await new Promise<void>((resolve) => this.#deathWaiters.push(resolve)); // every worker is leaving
    }
    this.#watch.end();
    for (const member of [...this.#crew.members]) this.#crew.dismiss(member);
    await this.#buried();
  }

  async terminate(reason: () => unknown): Promise<void> {
    this.#closing = true;
    this.#terminated = true;
    this.#watch.end();
    this.#crew.hold(true);
    this.#queue.abandon(reason);
    for (const job of this.#calls.jobs()) job.fail(reason());
    for (const member of [...this.#crew.members]) this.#crew.kill(member);
    await this.#buried();
  }

  async #buried(): Promise<void> {
    while (this.#crew.members.length > 0)
      await new Promise<void>((resolve) => this.#deathWaiters.push(resolve));
  }

  stats(): PoolStats {
    const workers = this.#crew.members.length;
    const running = [...this.#load.values()].filter((load) => load > 0).length;
    return {
      workers,
      idle: workers - running,
      queued: this.#queue.length + this.#calls.size - running,
      running,
      ...this.#stats,
    };
  }
}
