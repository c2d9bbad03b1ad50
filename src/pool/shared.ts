// The pool's backend over shared memory: tasks go through a board in the heap (assembly/pool/board.ts), workers
// take them, results come back in the same slots. This is the owner's side: it fills slots from the queue, sleeps
// on the thread's bell, settles what is done, and answers for what a dead worker had claimed.
// Over 400 lines: posting, settling and burying all work on the tables of slots that are private to this class.

import { atomicLoad, atomicStore, store32 } from '../../assembly/atomics/index';
import { THREAD_STOP, threadRecord, threadSlot } from '../../assembly/heap/threads';
import {
  argBytesAt,
  BOARD_NAMES,
  BOARD_TAIL,
  claimedBy,
  freeSlot,
  isBoardEmpty,
  postSlot,
  retractSlot,
  SLOT_CLAIMED,
  SLOT_DONE,
  SLOT_FN,
  SLOT_MS,
  SLOT_READY,
  SLOT_STARTED,
  SLOT_STATE,
  slotAt,
  slotKind,
  slotThread,
  takeDone,
} from '../../assembly/pool/board';
import { decodeError, encode } from '../codec/index';
import { BlockingNotAllowedError, BrokenProcessPoolError, ClosedError } from '../errors';
import { blockOnBell, listen, unlisten } from '../heap/bell';
import { letGo, letGoOfMessages } from '../heap/holds';
import { leavers } from '../runtime/hold';
import { type Death, type FromWorker, runtime } from '../runtime/runtime';
import type { PoolBackend, PoolStats } from './_backend';
import { Batcher, BatchJob } from './_batch';
import { Calls, exitError, overdueError } from './_calls';
import { Crew, type Member } from './_crew';
import type { Job, Source } from './_jobs';
import { Overdue } from './_overdue';
import { JobQueue, PATIENCE } from './_queue';
import { type BackendOptions, DeathWatch, isRestart } from './_watch';
import { createBoard, emptySlot } from './board';
import {
  areNumbers,
  cutCalls,
  FRAME_PHASE,
  freeResult,
  readCalls,
  readF64,
  readOutcome,
  writeF64,
} from './frames';
import { Ledger } from './insights';
import { writeName } from './names';

/** Tasks that may stand on the board: deep enough that workers never wait for the owner's event loop. */
const SLOTS = 256;
/** A worker that has been at a batch for so long gets its other calls taken back. */
const BATCH_LATE_MS = 20;
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
  readonly #board: number;
  readonly #jobs: Array<Job | undefined> = new Array(SLOTS);
  readonly #names = new Map<string, number>();
  readonly #queue = new JobQueue();
  /** Absent if workers count their tasks: each then goes singly. */
  readonly #batcher: Batcher | undefined;
  readonly #crew: Crew;
  readonly #watch: DeathWatch;
  readonly ledger = new Ledger();
  readonly #calls = new Calls(this.ledger);
  readonly #overdue = new Overdue(() => this.#findOverdue());
  #onBoard = 0;
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
  #cutTimer: ReturnType<typeof setTimeout> | undefined;
  #lateTimer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;
  readonly #flush = () => {
    this.#flushing = false;
    if (this.#onBoard < SLOTS) this.pump();
  };

  readonly #leave = () =>
    this.terminate(() => new ClosedError('Cannot finish the task: the worker that made the pool has ended'));

  constructor(options: BackendOptions) {
    leavers.add(this.#leave);
    this.processes = options.processes;
    this.#board = createBoard(SLOTS);
    const { initializer } = options;
    const counts = options.maxTasks !== Number.POSITIVE_INFINITY || options.maxMemory !== undefined;
    if (!counts) this.#batcher = new Batcher();
    this.#watch = new DeathWatch(options.processes);
    this.#crew = new Crew({
      backend: 'shared',
      boot: {
        board: this.#board,
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
      onGone: (member) => this.#onGone(member),
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

  #isBusy(): boolean {
    return this.#onBoard > 0 || this.#queue.length > 0 || this.#calls.size > 0 || this.#waits > 0;
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
    if (this.#onBoard === 0) this.pump();
    else if ((this.#queue.length & (BURST - 1)) === 0) this.#onBoard < SLOTS ? this.pump() : this.#collect();
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
    const tail = atomicLoad(this.#board + BOARD_TAIL);
    for (let step = 1; step <= SLOTS && this.#onBoard > 0; step++) {
      const index = (tail - step) & (SLOTS - 1);
      const job = this.#jobs[index];
      if (job === undefined || job.priority >= priority || job.kind === FRAME_PHASE) continue;
      if (job.passed >= PATIENCE || !retractSlot(this.#board, index)) continue;
      this.#clear(index);
      job.passed++;
      if (!job.cancelled) this.#queue.unshift(job);
    }
  }

  /** Fills the board from the queue and wakes as many workers as there is new work. */
  pump(): void {
    let posted = 0;
    // With priorities in play the board is kept short: what stands there is hard to overtake.
    const depth = this.#queue.isMixed ? this.processes * 2 : SLOTS;
    while (this.#onBoard < depth) {
      const job = this.#queue.take();
      if (job === undefined) break;
      if (this.#post(this.#batcher?.gather(job, this.#queue, this.processes) ?? job)) posted++;
    }
    if (posted > 0) {
      this.#crew.call(posted, this.#lastWorker);
      this.#begin();
    }
  }

  #post(job: Job): boolean {
    const index = freeSlot(this.#board);
    const slot = slotAt(this.#board, index);
    try {
      store32(argBytesAt(this.#board, index), job.write(slot));
      store32(slot + SLOT_FN, job.key === '' ? 0 : this.#nameOf(job.key));
    } catch (error) {
      job.fail(error); // the arguments cannot be sent, or the heap is full
      return false;
    }
    this.#jobs[index] = job;
    this.#onBoard++;
    if (job.taskTimeout > 0) {
      writeF64(slot + SLOT_STARTED, 0); // the worker that takes it writes when
      this.#overdue.begin(job.taskTimeout);
    }
    if (job instanceof BatchJob) {
      writeF64(slot + SLOT_STARTED, 0);
      this.#cutTimer ??= setTimeout(this.#cutBatches, BATCH_LATE_MS);
    }
    postSlot(this.#board, index);
    return true;
  }

  #nameOf(key: string): number {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = writeName(key, this.#board + BOARD_NAMES);
      this.#names.set(key, name);
    }
    return name;
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
    if (!isBoardEmpty(this.#board)) this.#crew.ringAll();
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
    let any = false;
    for (let word = 0; word < SLOTS / 32; word++) {
      let bits = takeDone(this.#board, word);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits = (bits & (bits - 1)) >>> 0;
        this.#finish(word * 32 + bit);
        any = true;
      }
    }
    if (any) this.pump();
    if (this.#onBoard === 0 && this.#queue.length === 0 && this.#listening) this.#rest();
    return any;
  }

  #finish(index: number): void {
    const slot = slotAt(this.#board, index);
    const job = this.#jobs[index];
    const state = atomicLoad(slot + SLOT_STATE);
    if (job === undefined || slotKind(state) !== SLOT_DONE) return;
    this.#lastWorker = threadRecord(slotThread(state));
    if (job instanceof BatchJob) {
      this.#finishBatch(index, slot, job);
      return;
    }
    const outcome = readOutcome(slot, job);
    this.#clear(index);
    this.ledger.note(this.#lastWorker, job, outcome.started, outcome.ms);
    this.#batcher?.note(job.key, job.count, outcome.ms);
    if (outcome.ok) this.#stats.done++;
    else this.#stats.failed++;
    if (!job.cancelled) job.settle(outcome);
  }

  /** Some calls of the frame have ended; the others go back to the front of the queue. */
  #finishBatch(index: number, slot: number, batch: BatchJob): void {
    const values = readCalls(slot);
    const last = areNumbers(slot) ? undefined : readOutcome(slot);
    const ms = readF64(slot + SLOT_MS);
    const started = readF64(slot + SLOT_STARTED);
    this.#clear(index);
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

  #clear(index: number): void {
    this.#abandonSlot(index);
    emptySlot(this.#board, index);
  }

  /** Forgets the job of a slot; one that a lost worker may still write to stays claimed until that ends. */
  #abandonSlot(index: number): void {
    if (this.#jobs[index]!.taskTimeout > 0) this.#overdue.end();
    this.#jobs[index] = undefined;
    this.#onBoard--;
  }

  /** Ends what runs too long; returns how long it is until something else may. */
  #findOverdue(): number {
    const now = performance.timeOrigin + performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (job === undefined || job.taskTimeout === 0 || job.cancelled) continue;
      const slot = slotAt(this.#board, index);
      const state = atomicLoad(slot + SLOT_STATE);
      const started = slotKind(state) === SLOT_CLAIMED ? readF64(slot + SLOT_STARTED) : 0;
      const left = job.taskTimeout - (started > 0 ? now - started : 0);
      if (left > 0) next = Math.min(next, left);
      else this.#endOverdue(job, slot, state);
    }
    return next;
  }

  #endOverdue(job: Job, slot: number, state: number): void {
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
  }

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
    this.#finishFor(member);
    this.ledger.leave(member.record);
    if (this.#lastWorker === member.record) this.#lastWorker = 0;
    const claimed = member.record === 0 ? 0 : claimedBy(threadSlot(member.record));
    for (const job of this.#calls.orphans(member)) job.fail(exitError(member, death, job));
    for (let index = 0; index < SLOTS; index++) {
      const slot = slotAt(this.#board, index);
      const job = this.#jobs[index];
      if (job === undefined || atomicLoad(slot + SLOT_STATE) !== claimed) continue;
      const orphans = job instanceof BatchJob ? this.#orphansOf(slot, job, member) : [job];
      if (member.lost) {
        this.#abandonSlot(index);
      } else {
        freeResult(slot); // it may have died between writing a result and handing it over
        letGoOfMessages(slot, slot);
        this.#clear(index);
      }
      if (!job.cancelled) for (const orphan of orphans) this.#failOrphan(orphan, member, death);
    }
    // It may have died with a wake-up meant for work that is still there.
    this.#crew.ringAll();
    for (const resolve of this.#deathWaiters.splice(0)) resolve();
    if (!this.#terminated) this.#replace(member, death);
    if (this.#onBoard > 0 || this.#queue.length > 0) this.pump();
    else if (this.#listening) this.#rest();
  }

  /** Takes calls back from workers that have been at a batch for too long: what they wait for may be behind it. */
  readonly #cutBatches = (): void => {
    this.#cutTimer = undefined;
    const now = performance.timeOrigin + performance.now();
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (!(job instanceof BatchJob)) continue;
      this.#cutTimer ??= setTimeout(this.#cutBatches, BATCH_LATE_MS);
      const slot = slotAt(this.#board, index);
      const started = readF64(slot + SLOT_STARTED);
      if (slotKind(atomicLoad(slot + SLOT_STATE)) !== SLOT_CLAIMED || started === 0) continue;
      if (now - started >= BATCH_LATE_MS) this.#cut(slot, job);
    }
    if (this.#onBoard < SLOTS) this.pump();
  };

  #cut(slot: number, batch: BatchJob): void {
    const rest = batch.cut(cutCalls(slot));
    if (rest.length === 0 || batch.cancelled) return;
    this.#batcher?.refuse(batch.key, 1000);
    this.#putBack(rest);
  }

  /** The call of a batch that its dead worker had begun; the rest goes back. */
  #orphansOf(slot: number, batch: BatchJob, { lost }: Member): readonly Job[] {
    if (lost) this.#cut(slot, batch); // it may run on, but begins none of them any more
    if (batch.cancelled) return batch.jobs;
    const values = readCalls(slot);
    this.#stats.done += values.length;
    const [begun, ...rest] = batch.settleFirst(values, undefined, 0, 0);
    this.#putBack(rest);
    return begun === undefined ? [] : [begun];
  }

  #failOrphan(job: Job, member: Member, death: Death): void {
    if (job.retries > 0) {
      job.retries--;
      this.#queue.unshift(job);
      return;
    }
    this.#stats.failed++;
    job.fail(exitError(member, death, job));
  }

  /** A lost worker has ended: its slots are free again. */
  #onGone(member: Member): void {
    for (let index = 0; index < SLOTS; index++) {
      const slot = slotAt(this.#board, index);
      const state = atomicLoad(slot + SLOT_STATE);
      if (this.#jobs[index] !== undefined || slotThread(state) !== threadSlot(member.record)) continue;
      freeResult(slot);
      emptySlot(this.#board, index);
    }
  }

  /** Settles what a dead worker had done without yet setting the bit in the done map. */
  #finishFor(member: Member): void {
    if (member.record === 0) return;
    const dead = threadSlot(member.record);
    for (let index = 0; index < SLOTS; index++) {
      const state = atomicLoad(slotAt(this.#board, index) + SLOT_STATE);
      if (slotKind(state) === SLOT_DONE && slotThread(state) === dead) this.#finish(index);
    }
  }

  /** Starts a worker in the dead one's place, unless they die before they ever work. */
  #replace(member: Member, death: Death): void {
    if (this.#freed || this.#crew.members.length >= this.processes) return;
    if (this.#closing && this.#onBoard === 0 && this.#queue.length === 0) return;
    const reason = this.#watch.died(member, death);
    if (reason !== undefined) {
      void this.terminate(() => reason);
      return;
    }
    if (member.readyAt > 0 && isRestart(member)) this.#stats.restarts++;
    this.#crew.start();
  }

  retract(job: Job): boolean {
    const index = this.#jobs.indexOf(job);
    if (index < 0) {
      if (this.#calls.has(job)) return false;
      job.cancelled = true; // the queue drops it
    } else {
      if (!retractSlot(this.#board, index)) return false;
      this.#clear(index);
    }
    if (this.#onBoard < SLOTS) this.pump();
    if (this.#onBoard === 0 && this.#queue.length === 0 && this.#listening) this.#rest();
    return true;
  }

  isRunning(job: Job): boolean {
    const index = this.#jobs.indexOf(job);
    if (index < 0) return this.#calls.has(job);
    return slotKind(atomicLoad(slotAt(this.#board, index) + SLOT_STATE)) !== SLOT_READY;
  }

  abandonWaiting(reason: () => unknown): void {
    this.#queue.abandon(reason);
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (job === undefined || job.kind === FRAME_PHASE || !retractSlot(this.#board, index)) continue;
      this.#clear(index);
      if (!job.cancelled) job.fail(reason());
    }
    if (this.#onBoard === 0 && this.#listening) this.#rest();
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
        if (!isBoardEmpty(this.#board)) this.#crew.ringAll();
      }
      if (this.#cutTimer !== undefined) {
        clearTimeout(this.#cutTimer);
        this.#cutBatches();
      }
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
    while (this.#onBoard > 0 || this.#queue.length > 0 || this.#calls.size > 0) {
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
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (job === undefined || job.cancelled) continue;
      if (retractSlot(this.#board, index)) this.#clear(index);
      // The memory of a phase is its caller's again when it fails: not before its worker is gone.
      else if (job.kind === FRAME_PHASE) continue;
      else job.cancelled = true;
      job.fail(reason());
    }
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
    clearTimeout(this.#cutTimer);
    clearTimeout(this.#lateTimer);
    if (this.#listening) this.#rest();
    for (let index = 0; index < SLOTS; index++) if (this.#jobs[index] !== undefined) this.#abandonSlot(index);
    letGo(this.#board); // with all that hangs on it, unless a lost worker holds it too
  }

  stats(): PoolStats {
    let running = 0;
    let shared = 0; // calls that share a frame with another
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (job === undefined) continue;
      if (slotKind(atomicLoad(slotAt(this.#board, index))) === SLOT_CLAIMED) running++;
      if (job instanceof BatchJob) shared += job.count - 1;
    }
    const workers = this.#crew.members.length;
    return {
      workers,
      idle: Math.max(0, workers - running),
      queued: this.#queue.length + this.#onBoard + shared - running,
      running,
      ...this.#stats,
    };
  }
}
