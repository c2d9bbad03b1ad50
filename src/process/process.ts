// Process: multiprocessing's class, a worker that runs one function.

import { atomicLoad } from '../../assembly/atomics/index';
import { EXIT_BIT, isDead, THREAD_EXIT, THREAD_STATE } from '../../assembly/heap/threads';
import { decode, decodeError, encode, traceOf } from '../codec/index';
import { BlockingNotAllowedError, ClosedError, InvalidStateError } from '../errors';
import { deadlineOf } from '../futures/deadline';
import { Outcome } from '../futures/outcome';
import { blockOnBell } from '../heap/bell';
import { nextId } from '../heap/heap';
import { bestBackend, checkBackend } from '../pool/_backends';
import { Crew, type Member } from '../pool/_crew';
import { type Backend, type Death, type FromWorker, runtime } from '../runtime/runtime';
import type { Wait } from '../sync/index';
import { type AnyFunction, findTask, keyOf } from '../tasks/registry';
import { registerChild } from './children';
import { currentProcess } from './current';

/** How a process is made. */
export interface ProcessOptions<F extends AnyFunction> {
  args?: Readonly<Parameters<F>>;
  /** JavaScript has no keyword arguments: pass an object in `args`. */
  kwargs?: never;
  /** `Process-1` and so on, if not given. */
  name?: string;
  /** Whether the program may end while the process runs; it ends with the program then. */
  daemon?: boolean;
  backend?: Backend;
  /** Makes the worker: for bundlers without a plugin, as the option of Pool. */
  worker?: () => unknown;
}

/** How long a blocked `joinSync` sleeps between two looks at what its runtime does not announce. */
const SLICE_MS = 100;

let count = 0;

/**
 * Runs one function in a worker of its own.
 *
 * @example
 * ```ts
 * const { fill } = tasks(import.meta.url, { fill: (array: Int32Array) => void array.fill(7) });
 * const array = sharedArray(Int32Array, 3);
 * const process = new Process(fill, { args: [array] });
 * process.start();
 * await process.join();
 * console.log(process.exitCode, array[0]); // 0 7
 * ```
 */
export class Process<F extends AnyFunction = AnyFunction> {
  readonly #key: string;
  readonly #args: readonly unknown[];
  readonly #backend: Backend;
  readonly #create: (() => unknown) | undefined;
  #name: string;
  #daemon: boolean;
  #pid: number | null = null;
  #crew: Crew | undefined;
  #member: Member | undefined;
  #started = false;
  #closed = false;
  /** What the function came to, before its worker is gone. */
  #result: number | undefined;
  readonly #end = new Outcome<number>();
  #joins = 0;

  /**
   * @param target a function that workers know (see `tasks` and `inline`), sync or async; what it returns is dropped
   * @param options its arguments, and how the process is called and held
   * @throws {NotShareableError} if workers do not know `target`, or the backend is not to be had here
   */
  constructor(target: F, options: ProcessOptions<F> = {}) {
    this.#key = keyOf(target);
    this.#args = options.args ?? [];
    this.#backend = options.backend ?? bestBackend();
    checkBackend(this.#backend);
    this.#create = options.worker;
    this.#daemon = options.daemon ?? false;
    const parent = currentProcess().name;
    this.#name = options.name ?? (parent === 'MainProcess' ? `Process-${++count}` : `${parent}:${++count}`);
  }

  /** How the process is called; may be set until it starts. */
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#throwIfStarted('rename');
    this.#name = name;
  }

  /** Whether the program may end while the process runs; may be set until it starts. */
  get daemon(): boolean {
    return this.#daemon;
  }
  set daemon(daemon: boolean) {
    this.#throwIfStarted('make a daemon of');
    this.#daemon = daemon;
  }

  /** Its number in the program, as `currentProcess().pid` gives it there; null before it starts. */
  get pid(): number | null {
    return this.#pid;
  }

  /**
   * Null before the process has ended; then 0 if the function returned, 1 if it threw, what the process exited
   * with, −15 after `terminate()`, −9 after `kill()`.
   */
  get exitCode(): number | null {
    return this.#end.isSettled() ? this.#end.get() : null;
  }

  /** Resolves with the exit code when the process has ended. */
  get sentinel(): Promise<number> {
    this.#throwIfNotStarted('wait for');
    return this.#end.value(undefined, 'wait for the process');
  }

  /**
   * Starts the worker; returns at once.
   *
   * @throws {InvalidStateError} if it was started before
   * @throws {NotShareableError} if the arguments cannot be sent
   */
  start(): void {
    this.#throwIfStarted('start');
    const args = encode(this.#args).slice();
    this.#started = true;
    if (this.#backend === 'inline') {
      this.#pid = nextId();
      void this.#runHere(args);
      return;
    }
    const crew = new Crew({
      backend: this.#backend,
      boot: { board: 0, isProcess: true, maxTasks: 1 },
      create: this.#create,
      name: this.#name,
      onMessage: (_member, message) => this.#hear(message),
      onDeath: (_member, death) => this.#die(death),
    });
    crew.hold(!this.#daemon);
    const member = crew.start(this.#name);
    this.#crew = crew;
    this.#member = member;
    this.#pid = member.pid;
    registerChild(member, this);
    crew.post(member, { type: 'main', key: this.#key, args });
  }

  async #runHere(args: Uint8Array): Promise<void> {
    try {
      await (await findTask(this.#key))(...(decode(args) as unknown[]));
      this.#end.resolve(0);
    } catch (error) {
      if (!this.#end.isSettled()) this.#report(error);
      this.#end.resolve(1);
    }
  }

  #hear(message: FromWorker): void {
    if (message.type !== 'ended') return;
    this.#result = message.exitCode;
    if (message.exitCode !== 0) this.#report(decodeError(message.error));
  }

  #die(death: Death): void {
    death.isTold = true;
    if (this.#result === undefined && death.error !== undefined) this.#report(death.error);
    // A runtime may report another code for the end of the thread than what its function came to.
    const { record = 0 } = this.#member ?? {};
    const exit = record === 0 ? 0 : atomicLoad(record + THREAD_EXIT);
    this.#end.resolve(this.#result ?? ((exit & EXIT_BIT) !== 0 ? exit & 0xff : death.exitCode));
  }

  /** As Python prints a process's traceback: nobody else would ever see the error. */
  #report(error: unknown): void {
    console.error(`Process ${this.#name}:\n${traceOf(error)}`);
  }

  /**
   * Waits until the process has ended, or the time has run out: `exitCode` tells.
   *
   * @param wait milliseconds to wait at most, or `{ timeout, signal }`
   * @throws {InvalidStateError} if it was never started
   */
  async join(wait?: Wait): Promise<void> {
    this.#throwIfNotStarted('join');
    if (this.#end.isSettled()) return;
    this.#joins++;
    this.#crew?.hold(true); // who waits for a daemon keeps the program alive
    try {
      await this.#end.settled(wait, 'join the process');
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TimeoutError' || isAborted(wait)) throw error;
    } finally {
      if (--this.#joins === 0) this.#crew?.hold(!this.#daemon);
    }
  }

  /**
   * {@link join}, blocking this thread.
   *
   * @param timeout milliseconds to wait at most
   * @throws {BlockingNotAllowedError} where this thread may not block, or without shared memory
   */
  joinSync(timeout?: number): void {
    this.#throwIfNotStarted('join');
    const deadline = deadlineOf(timeout, 'join the process');
    const { record = 0 } = this.#member ?? {};
    if (this.#end.isSettled()) return;
    if (record === 0 || !runtime().canBlock()) {
      throw new BlockingNotAllowedError(
        'Cannot join the process here: this thread may not block, or has no shared memory. Use "await process.join()"',
      );
    }
    while (!this.#look(record)) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      blockOnBell(() => hasEnded(record), Math.min(left, SLICE_MS));
    }
  }

  /** Finds out in shared memory whether the process has ended. */
  #look(record: number): boolean {
    this.#crew!.checkDeaths();
    if (this.#end.isSettled()) return true;
    const exit = atomicLoad(record + THREAD_EXIT);
    if ((exit & EXIT_BIT) !== 0) this.#end.resolve(exit & 0xff);
    // A thread that is ended from outside announces nothing.
    else if (this.#member!.endedAs !== undefined) this.#end.resolve(this.#member!.endedAs);
    return this.#end.isSettled();
  }

  /** Whether the process has started and not ended. */
  isAlive(): boolean {
    this.#throwIfClosed('ask');
    return this.#started && !this.#end.isSettled();
  }

  /** Ends the process now: its exit code is −15. Does nothing to a process that has ended. */
  terminate(): void {
    this.#stop('terminate', -15);
  }

  /** As {@link terminate}, with exit code −9. */
  kill(): void {
    this.#stop('kill', -9);
  }

  #stop(what: string, exitCode: number): void {
    this.#throwIfNotStarted(what);
    if (this.#end.isSettled()) return;
    if (this.#member === undefined) this.#end.resolve(exitCode);
    else this.#crew!.kill(this.#member, exitCode);
  }

  /**
   * Gives up the object.
   * @throws {InvalidStateError} if the process still runs
   */
  close(): void {
    if (this.#closed) return;
    if (this.isAlive())
      throw new InvalidStateError(`Cannot close ${this.#name}: it is running, join or terminate it first`);
    this.#closed = true;
  }

  /** Terminates the process if it still runs. */
  [Symbol.dispose](): void {
    if (!this.#closed && this.isAlive()) this.terminate();
    this.#closed = true;
  }

  /** Waits for the process if it was started. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed && this.#started) await this.join();
    this.#closed = true;
  }

  #throwIfClosed(what: string): void {
    if (this.#closed) throw new ClosedError(`Cannot ${what} ${this.#name}: it was closed`);
  }

  #throwIfStarted(what: string): void {
    this.#throwIfClosed(what);
    if (this.#started) throw new InvalidStateError(`Cannot ${what} ${this.#name}: it was started before`);
  }

  #throwIfNotStarted(what: string): void {
    this.#throwIfClosed(what);
    if (!this.#started) throw new InvalidStateError(`Cannot ${what} ${this.#name}: it was never started`);
  }
}

function hasEnded(record: number): boolean {
  return (atomicLoad(record + THREAD_EXIT) & EXIT_BIT) !== 0 || isDead(atomicLoad(record + THREAD_STATE));
}

function isAborted(wait: Wait | undefined): boolean {
  return typeof wait === 'object' && wait.signal?.aborted === true;
}
