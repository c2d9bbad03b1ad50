// The pool's backend over shared memory: tasks go through a board in the heap (assembly/pool/board.ts), workers
// take them, results come back in the same slots. This is the owner's side: it fills slots (_slots.ts) from the queue,
// sleeps on the thread's bell, settles what is done, and answers for what a dead worker had claimed.
// Over 400 lines: who is held open, who is told and what is posted next follows from each of these.

import { atomicLoad, atomicStore } from '../../assembly/atomics/index';
import { THREAD_STOP, threadRecord } from '../../assembly/heap/threads';
import { SLOT_MS, SLOT_STARTED, SLOT_STATE, slotThread } from '../../assembly/pool/board';
import { decodeError, encode } from '../codec/index';
import { BlockingNotAllowedError, BrokenProcessPoolError, ClosedError } from '../errors';
import { blockOnBell, listen, unlisten } from '../heap/bell';
import { letGoOfMessages } from '../heap/holds';
import { leavers } from '../runtime/hold';
import { type Death, type FromWorker, runtime } from '../runtime/runtime';
import type { PoolBackend, PoolStats } from './_backend';
import { Batcher, BatchJob } from './_batch';
import { Calls, exitError, overdueError } from './_calls';
import { Crew, type Member } from './_crew';
import { Cutter } from './_cutter';
import type { Job, Source } from './_jobs';
import { Overdue } from './_overdue';
import { JobQueue, PATIENCE } from './_queue';
import { Slots } from './_slots';
import { type BackendOptions, DeathWatch, isRestart } from './_watch';
import { areNumbers, FRAME_PHASE, freeResult, readCalls, readF64, readOutcome } from './frames';
import { Ledger } from './insights';

/** Tasks that go onto the board together, when they are submitted without a pause. */
const BURST = 128;
/** How long the workers hold the program open after the last task: spares a ref and an unref for each task. */
const HOLD_MS = 10;
/** Tasks that nobody has begun are offered to all this often: who was called may be held up by its own event loop. */
const LATE_MS = 50;
/** A blocked owner looks for deaths this often. */
const BLOCK_SLICE_MS = 100;
/** A blocked owner waits this long for its first worker to start. */
const START_MAX_MS = 10_000;

export class SharedBackend implements PoolBackend {
  readonly kind = 'shared';
  processes: number;
  readonly #overdue: Overdue = new Overdue(() => this.#slots.findOverdue(this.#endOverdue));
  readonly #slots = new Slots(this.#overdue);
  readonly #queue = new JobQueue();
  /** Absent if workers count their tasks: each then goes singly. */
  readonly #batcher: Batcher | undefined;
  readonly #crew: Crew;
  readonly #watch: DeathWatch;
  readonly ledger = new Ledger();
  readonly #calls = new Calls(this.ledger);
  readonly #cutter: Cutter;
  /** Record of the worker that finished last. */
  #lastWorker = 0;
  #listening = false;
  #waits = 0;
  #holdTimer: ReturnType<typeof setTimeout> | undefined;
  #closing = false;
  #terminated = false;
  #freed = false;
  #stats = { done: 0, failed: 0, restarts: 0 };
  #idleWaiters: Array<() => void> = [];
  #deathWaiters: Array<() => void> = [];
  readonly #drain = () => this.#collect();
  #lateTimer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;
  readonly #flush = () => {
    this.#flushing = false;
    if (!this.#slots.isFull) this.pump();
  };

  readonly #leave = () =>
    this.terminate(() => new ClosedError('Cannot finish the task: the worker that made the pool has ended'));

  constructor(options: BackendOptions) {
    leavers.add(this.#leave);
    this.processes = options.processes;
    const { initializer } = options;
    const counts = options.maxTasks !== Number.POSITIVE_INFINITY || options.maxMemory !== undefined;
    if (!counts) this.#batcher = new Batcher();
    this.#cutter = new Cutter(
      this.#slots,
      this.#batcher,
      (jobs) => this.#putBack(jobs),
      () => this.pump(),
    );
    this.#watch = new DeathWatch(options.processes);
    this.#crew = new Crew({
      backend: 'shared',
      boot: {
        board: this.#slots.board,
        initializer: initializer && { key: initializer.key, args: encode(initializer.args).slice() },
        maxTasks: options.maxTasks,
        maxMemory: options.maxMemory,
      },
      resourceLimits: options.resourceLimits,
      create: options.create,
      name: options.name,
      onStart: (member) => this.ledger.join(member.record, member),
      onMessage: (member, message) => this.#hear(member, message),
      onDeath: (member, death) => this.#onDeath(member, death),
      onGone: (member) => this.#slots.freeKept(member.record),
    });
    for (let i = 0; i < this.processes; i++) this.#crew.start();
  }

  get ready(): Promise<void> {
    if (!this.#watch.isSettled) this.#holdFor(this.#watch.ready);
    return this.#watch.ready;
  }

  /** Holds the program open until the promise is settled. */
  #holdFor(promise: Promise<void>): void {
    this.#waits++;
    this.#crew.hold(true);
    const end = () => {
      this.#waits--;
      if (!this.#isBusy()) this.#rest();
    };
    promise.then(end, end);
  }

  get isFree(): boolean {
    return this.#slots.taken === 0 && this.#queue.length === 0 && this.#calls.size === 0;
  }

  get isWatched(): boolean {
    return this.#crew.isAnySearching();
  }

  #isBusy(): boolean {
    return this.#slots.taken > 0 || this.#queue.length > 0 || this.#calls.size > 0 || this.#waits > 0;
  }

  get members(): readonly Member[] {
    return this.#crew.members;
  }

  submit(job: Job): void {
    this.#watch.throwIfBroken();
    this.#queue.push(job);
    if (this.#queue.isMixed) this.#makeWay(job.priority);
    // The first task goes at once. What follows without a pause goes together: a wake-up for each would cost more
    // than most tasks; and as a caller that submits thousands leaves its event loop no turn, results are looked after.
    if (this.#slots.taken === 0) this.pump();
    else if ((this.#queue.length & (BURST - 1)) === 0) this.#slots.isFull ? this.#collect() : this.pump();
    else if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(this.#flush);
    }
  }

  submitSource(source: Source): void {
    this.#watch.throwIfBroken();
    this.#queue.addSource(source);
    if (this.#queue.isMixed) this.#makeWay(source.priority);
    this.pump();
  }

  /** Takes what has a lower priority, and no worker yet, off the board again; the newest first, to keep the order. */
  #makeWay(priority: number): void {
    this.#slots.eachBackwards((index, job) => {
      if (job.priority >= priority || job.kind === FRAME_PHASE) return;
      if (job.passed >= PATIENCE || !this.#slots.retract(index)) return;
      job.passed++;
      if (!job.cancelled) this.#queue.unshift(job);
    });
  }

  /** Fills the board from the queue and wakes as many workers as there is new work. */
  pump(): void {
    let posted = 0;
    // With priorities in play the board is kept short: what stands there is hard to overtake.
    const depth = this.#queue.isMixed ? this.processes * 2 : Number.POSITIVE_INFINITY;
    while (!this.#slots.isFull && this.#slots.taken < depth) {
      const job = this.#queue.take();
      if (job === undefined) break;
      const gathered = this.#batcher?.gather(job, this.#queue, this.processes) ?? job;
      if (!this.#slots.post(gathered)) continue;
      posted++;
      if (gathered instanceof BatchJob) this.#cutter.begin();
    }
    if (posted > 0) {
      this.#crew.call(posted, this.#lastWorker);
      this.#begin();
    }
  }

  /** There is work: hold the program open and listen for the bell. */
  #begin(): void {
    this.#crew.hold(true);
    if (!this.#listening) {
      this.#listening = true;
      this.#lateTimer ??= setTimeout(this.#offerLate, LATE_MS);
      this.ledger.busy(true);
      listen(this.#drain);
    }
  }

  /** Rouses all workers for what stands on the board: of those that were called one may be in a timer of the user's. */
  readonly #offerLate = (): void => {
    this.#lateTimer = undefined;
    if (!this.#listening) return;
    if (this.#slots.hasWaiting) this.#crew.ringAll();
    this.#lateTimer = setTimeout(this.#offerLate, LATE_MS);
  };

  /** There is none: stop listening at once, let go of the program a little later. */
  #rest(): void {
    this.#listening = false;
    this.ledger.busy(false);
    unlisten(this.#drain);
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
    if (this.#closing) return;
    this.#holdTimer ??= setTimeout(() => {
      this.#holdTimer = undefined;
      if (!this.#isBusy()) this.#crew.hold(false);
    }, HOLD_MS);
  }

  /** Settles everything that is done, refills the board. */
  #collect(): boolean {
    const any = this.#slots.collect(this.#finish);
    if (any) this.pump();
    if (this.#slots.taken === 0 && this.#queue.length === 0 && this.#listening) this.#rest();
    return any;
  }

  readonly #finish = (index: number): void => {
    const job = this.#slots.job(index);
    const finisher = this.#slots.finisher(index);
    if (job === undefined || finisher === 0) return;
    this.#lastWorker = finisher;
    const slot = this.#slots.at(index);
    if (job instanceof BatchJob) {
      this.#finishBatch(index, slot, job);
      return;
    }
    const outcome = readOutcome(slot, job);
    this.#slots.clear(index);
    this.ledger.note(this.#lastWorker, job, outcome.started, outcome.ms);
    this.#batcher?.note(job.key, job.count, outcome.ms);
    if (outcome.ok) this.#stats.done++;
    else this.#stats.failed++;
    if (!job.cancelled) job.settle(outcome);
  };

  /** Some calls of the frame have ended; the others go back to the front of the queue. */
  #finishBatch(index: number, slot: number, batch: BatchJob): void {
    const values = readCalls(slot);
    const last = areNumbers(slot) ? undefined : readOutcome(slot);
    const ms = readF64(slot + SLOT_MS);
    const started = readF64(slot + SLOT_STARTED);
    this.#slots.clear(index);
    const { key } = batch;
    const count = values.length + (last === undefined ? 0 : 1);
    this.ledger.note(this.#lastWorker, { key, index: 0, count }, started, ms);
    this.#batcher?.note(key, count, ms);
    // It returns not only numbers, or may well throw again soon: then most of each batch would come back.
    if (last !== undefined) this.#batcher?.refuse(key, last.ok ? Number.POSITIVE_INFINITY : 100);
    this.#stats.done += last?.ok === false ? count - 1 : count;
    if (last?.ok === false) this.#stats.failed++;
    if (!batch.cancelled) this.#putBack(batch.settleFirst(values, last, ms, started));
  }

  #putBack(jobs: readonly Job[]): void {
    for (let i = jobs.length - 1; i >= 0; i--) this.#queue.unshift(jobs[i]);
  }

  /** Ends what runs too long, with its worker. */
  readonly #endOverdue = (job: Job, slot: number, state: number): void => {
    const record = threadRecord(slotThread(state));
    const member = this.#crew.members.find((one) => one.record === record);
    if (member === undefined) return;
    // It takes no other task from here on, so that none dies with it; what it has taken already it may finish.
    atomicStore(record + THREAD_STOP, 1);
    if (atomicLoad(slot + SLOT_STATE) !== state) {
      this.#crew.dismiss(member, 0x7fffffff);
      return;
    }
    job.cancelled = true;
    this.#stats.failed++;
    this.#stats.restarts++;
    this.#crew.kill(member);
    job.fail(overdueError(job, member));
    if (!this.#terminated) this.#crew.start();
  };

  #hear(member: Member, message: FromWorker): void {
    if (message.type === 'ready') {
      this.#watch.started();
      this.ledger.ready(member.record);
    } else if (message.type === 'broken') this.#break(message.error);
    else if (message.type === 'reply') {
      if (this.#calls.answer(message)) this.#stats.done++;
      else this.#stats.failed++;
      if (!this.#isBusy()) this.#rest();
    }
  }

  /** The initializer failed: nothing can run here, now or later. */
  #break(record: unknown): void {
    const cause = decodeError(record);
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new BrokenProcessPoolError(`Cannot use the pool: its initializer failed: ${why}`, {
      cause,
    });
    this.#watch.breakWith(error);
    void this.terminate(() => error);
  }

  #onDeath(member: Member, death: Death): void {
    this.#collect();
    this.#slots.collectFrom(member.record, this.#finish);
    this.ledger.leave(member.record);
    if (this.#lastWorker === member.record) this.#lastWorker = 0;
    for (const job of this.#calls.orphans(member)) job.fail(exitError(member, death, job));
    this.#slots.eachOf(member.record, (index, job, slot) => {
      const orphans =
        job instanceof BatchJob ? this.#cutter.orphansOf(slot, job, member.lost, this.#countDone) : [job];
      if (member.lost) {
        this.#slots.abandon(index);
      } else {
        freeResult(slot); // it may have died between writing a result and handing it over
        letGoOfMessages(slot, slot);
        this.#slots.clear(index);
      }
      if (!job.cancelled) for (const orphan of orphans) this.#failOrphan(orphan, member, death);
    });
    // It may have died with a wake-up meant for work that is still there.
    this.#crew.ringAll();
    for (const resolve of this.#deathWaiters.splice(0)) resolve();
    if (!this.#terminated) this.#replace(member, death);
    if (this.#slots.taken > 0 || this.#queue.length > 0) this.pump();
    else if (this.#listening) this.#rest();
  }

  readonly #countDone = (count: number): void => {
    this.#stats.done += count;
  };

  #failOrphan(job: Job, member: Member, death: Death): void {
    if (job.retries > 0) {
      job.retries--;
      this.#queue.unshift(job);
      return;
    }
    this.#stats.failed++;
    job.fail(exitError(member, death, job));
  }

  /** Starts a worker in the dead one's place, unless they die before they ever work. */
  #replace(member: Member, death: Death): void {
    if (this.#freed || this.#crew.members.length >= this.processes) return;
    if (this.#closing && this.#slots.taken === 0 && this.#queue.length === 0) return;
    const reason = this.#watch.died(member, death);
    if (reason !== undefined) {
      void this.terminate(() => reason);
      return;
    }
    if (member.readyAt > 0 && isRestart(member)) this.#stats.restarts++;
    this.#crew.start();
  }

  retract(job: Job): boolean {
    const index = this.#slots.indexOf(job);
    if (index < 0) {
      if (this.#calls.has(job)) return false;
      job.cancelled = true; // the queue drops it
    } else if (!this.#slots.retract(index)) return false;
    if (!this.#slots.isFull) this.pump();
    if (this.#slots.taken === 0 && this.#queue.length === 0 && this.#listening) this.#rest();
    return true;
  }

  isRunning(job: Job): boolean {
    const index = this.#slots.indexOf(job);
    return index < 0 ? this.#calls.has(job) : this.#slots.isBegun(index);
  }

  abandonWaiting(reason: () => unknown): void {
    this.#queue.abandon(reason);
    this.#slots.each((index, job) => {
      if (job.kind === FRAME_PHASE || !this.#slots.retract(index)) return;
      if (!job.cancelled) job.fail(reason());
    });
    if (this.#slots.taken === 0 && this.#listening) this.#rest();
  }

  block(isDone: () => boolean, what: string, deadline = Number.POSITIVE_INFINITY): void {
    if (isDone()) return;
    if (!runtime().canBlock()) {
      throw new BlockingNotAllowedError(
        `Cannot block this thread in ${what}Sync: use ${what}, which returns a promise`,
      );
    }
    const began = performance.now();
    let offerAt = began + LATE_MS;
    this.pump();
    while (true) {
      this.#collect();
      const left = deadline - performance.now();
      if (isDone() || left <= 0) return;
      blockOnBell(this.#drain, Math.min(BLOCK_SLICE_MS, left));
      this.#crew.checkDeaths();
      this.#overdue.check();
      if (performance.now() >= offerAt) {
        offerAt = performance.now() + LATE_MS;
        if (this.#slots.hasWaiting) this.#crew.ringAll();
      }
      this.#cutter.check();
      // A worker that cannot even load tells only the event loop, which stands still here.
      if (performance.now() - began > START_MAX_MS && !this.#crew.isAnyLive()) {
        throw new BrokenProcessPoolError(
          `Cannot finish ${what}Sync: no worker has started within ${START_MAX_MS} ms. Use ${what}, whose error says why`,
        );
      }
    }
  }

  broadcast(makeJob: () => Job): void {
    this.#watch.throwIfBroken();
    this.#crew.hold(true);
    for (const member of [...this.#crew.members]) this.#calls.send(this.#crew, member, makeJob());
  }

  resize(processes: number): void {
    this.processes = processes;
    while (this.#crew.members.filter((member) => !member.leaving).length < processes) this.#crew.start();
    const extra = this.#crew.members.filter((member) => !member.leaving).slice(processes);
    for (const member of extra) this.#crew.dismiss(member, 0x7fffffff);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#crew.hold(true);
    while (this.#slots.taken > 0 || this.#queue.length > 0 || this.#calls.size > 0) {
      if (this.#calls.size > 0) await this.#calls.quiet();
      else await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
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
    this.#slots.each((index, job) => {
      if (job.cancelled) return;
      if (!this.#slots.retract(index)) {
        // The memory of a phase is its caller's again when it fails: not before its worker is gone.
        if (job.kind === FRAME_PHASE) return;
        job.cancelled = true;
      }
      job.fail(reason());
    });
    for (const job of this.#calls.jobs()) job.fail(reason());
    for (const member of [...this.#crew.members]) this.#crew.kill(member);
    await this.#buried();
  }

  /** Waits until all workers are gone, then gives the heap back what the pool held of it. */
  async #buried(): Promise<void> {
    while (this.#crew.members.length > 0)
      await new Promise<void>((resolve) => this.#deathWaiters.push(resolve));
    if (this.#freed) return;
    this.#freed = true;
    leavers.delete(this.#leave);
    clearTimeout(this.#holdTimer);
    this.#cutter.end();
    clearTimeout(this.#lateTimer);
    if (this.#listening) this.#rest();
    this.#slots.leave();
  }

  stats(): PoolStats {
    let running = 0;
    let shared = 0; // calls that share a frame with another
    this.#slots.each((index, job) => {
      if (this.#slots.isRunning(index)) running++;
      if (job instanceof BatchJob) shared += job.count - 1;
    });
    const workers = this.#crew.members.length;
    return {
      workers,
      idle: Math.max(0, workers - running),
      queued: this.#queue.length + this.#slots.taken + shared - running,
      running,
      ...this.#stats,
    };
  }
}
