// Once, the JavaScript side: assembly/sync/once.ts has the algorithm.

import { atomicLoad, heapBytes, load32 } from '../../assembly/atomics/index';
import { DONE, KIND_ONCE } from '../../assembly/sync/block';
import { abandon } from '../../assembly/sync/lock';
import { finishOnce, ONCE_BYTES, ONCE_OUTCOME, onceStep } from '../../assembly/sync/once';
import { ownerOf, RETURNED, THREW } from '../../assembly/sync/owner';
import { decode, decodeError, encode, encodeError } from '../codec/index';
import { InvalidStateError } from '../errors';
import { allocate, release } from '../heap/heap';
import { type Operation, runAwaiting, runBlocking } from './_drive';
import { me, registerSync, SyncHandle } from './_handle';
import { type Limit, limitOf, type Wait } from './_options';
import { wake } from './_park';

const WHAT = 'wait for what is run once';

/**
 * Runs a function once in the program: everyone gets its result, or its error. If its thread dies in the middle
 * the next in line runs it anew.
 *
 * @example
 * ```ts
 * const once = new Once();
 * let runs = 0;
 * const results = await Promise.all([once.run(() => ++runs), once.run(() => ++runs)]);
 * console.log(results, once.runSync(() => ++runs)); // [1, 1] 1
 * ```
 */
export class Once extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync(
    'Once',
    KIND_ONCE,
    () => this,
    freeOutcome,
  );

  /** The outcome, once this thread has it. */
  #known: { ok: boolean; value: unknown } | undefined;
  #running = false;

  /** @param attach for the codec */
  constructor(attach?: unknown) {
    super(KIND_ONCE, 16, attach);
  }

  /** Whether it has been run. */
  get done(): boolean {
    this.throwIfClosed('look at it');
    const owner = ownerOf(atomicLoad(this.word));
    return owner === RETURNED || owner === THREW;
  }

  /**
   * Runs the function, or waits for the outcome of who does.
   * @param fn sync or async; its result has to be of a kind that can be sent to other threads
   */
  async run<T>(fn: () => T | PromiseLike<T>, wait?: Wait): Promise<T> {
    this.throwIfClosed(WHAT);
    if (this.#known === undefined && (await runAwaiting(this.#begin(limitOf(wait, WHAT))))) {
      this.#running = true;
      try {
        this.#finish(true, await fn());
      } catch (error) {
        this.#finish(false, error);
      }
    }
    return this.#outcome() as T;
  }

  /** The same, blocking. */
  runSync<T>(fn: () => T, wait?: Wait): T {
    this.throwIfClosed(WHAT);
    if (this.#running) {
      throw new InvalidStateError(`Cannot ${WHAT}: this thread runs it and would wait for itself`);
    }
    if (this.#known === undefined && runBlocking(this.#begin(limitOf(wait, WHAT)), 'once.run()')) {
      this.#running = true;
      try {
        this.#finish(true, fn());
      } catch (error) {
        this.#finish(false, error);
      }
    }
    return this.#outcome() as T;
  }

  *#begin(limit: Limit): Operation<boolean> {
    const { word } = this;
    return (yield { word, step: (bits) => onceStep(word, me, bits), limit, inLine: false }) === DONE;
  }

  /** Publishes the outcome; one that cannot be sent is an error for all. */
  #finish(ok: boolean, value: unknown): void {
    if (this.#known !== undefined) return;
    this.#running = false;
    const bytes = encode(ok ? value : encodeError(value)); // throws: the caller publishes that instead
    this.#known = { ok, value };
    const at = allocate(bytes.length, 'sync');
    heapBytes(at + bytes.length).set(bytes, at);
    wake(this.word, finishOnce(this.word, ok ? RETURNED : THREW, at, bytes.length));
  }

  #outcome(): unknown {
    if (this.#known === undefined) {
      const at = load32(this.word + ONCE_OUTCOME);
      const length = load32(this.word + ONCE_BYTES);
      // A kernel has run it: there is no value.
      const value = at === 0 ? undefined : decode(heapBytes(at + length).slice(at, at + length));
      const ok = ownerOf(atomicLoad(this.word)) === RETURNED;
      this.#known = { ok, value: ok ? value : decodeError(value) };
    }
    if (!this.#known.ok) throw this.#known.value;
    return this.#known.value;
  }

  protected override onClose(): void {
    if (this.#running) wake(this.word, abandon(this.word, me));
  }
}

/** Gives back the outcome with the last holder. */
function freeOutcome(word: number): void {
  const outcome = load32(word + ONCE_OUTCOME);
  if (outcome !== 0) release(outcome, load32(word + ONCE_BYTES), 'sync');
}
