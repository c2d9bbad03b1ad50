// Barrier, the JavaScript side: assembly/sync/barrier.ts has the algorithm.

import { store32 } from '../../assembly/atomics/index';
import {
  barrierBytes,
  barrierParties,
  barrierPhase,
  breakBarrier,
  claimPlace,
  initBarrier,
  isBarrierBroken,
  leaveBarrier,
  NO_PLACE,
  partyStep,
  passBarrier,
  placeStep,
  resetBarrier,
  waitingParties,
} from '../../assembly/sync/barrier';
import {
  KIND_BARRIER,
  BROKEN as STEP_BROKEN,
  SYNC_LINK,
  SYNC_WORDS,
  WAKE_ALL,
} from '../../assembly/sync/block';
import { BrokenBarrierError } from '../errors';
import { type AnyFunction, findTask, keyOf } from '../tasks/registry';
import { canSleep } from './_block';
import { type Operation, refuse, runAwaiting, runBlocking } from './_drive';
import { Attach, me, registerSync, SyncHandle } from './_handle';
import { type Limit, limitOf, type Wait, wholeNumber } from './_options';
import { kick, wake } from './_park';

const WHAT = 'wait at the barrier';

export interface BarrierOptions {
  /** Called by the last party to arrive before all go on; a declared task if that may be a worker. */
  action?: AnyFunction;
  /** Milliseconds that each `wait` may take unless it says otherwise. */
  timeout?: number;
}

/**
 * A meeting point: each party waits until all have come.
 *
 * A party that is killed while it waits, runs out of time or is aborted breaks the barrier: all others get
 * `BrokenBarrierError` until `reset`.
 *
 * @example
 * ```ts
 * const barrier = new Barrier(2);
 * const places = await Promise.all([barrier.wait(), barrier.wait()]);
 * console.log(places.sort()); // [0, 1]
 * ```
 */
export class Barrier extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync('Barrier', KIND_BARRIER, () => this);

  readonly #timeout: number | undefined;
  /** The action, or the key by which a worker finds it. */
  #action: AnyFunction | string | undefined;

  /**
   * @param parties how many meet, a whole number from 1
   * @throws {RangeError} if it is none
   */
  constructor(parties: number | unknown, options: BarrierOptions = {}) {
    const attached = parties instanceof Attach;
    const n = attached ? (parties.extra[0] as number) : wholeNumber(parties, 1, 65536, 'make a barrier');
    if (options.action !== undefined && typeof options.action !== 'function') {
      throw new TypeError('Cannot make a barrier: wanted a function as its action');
    }
    super(KIND_BARRIER, barrierBytes(n), parties);
    if (!attached) initBarrier(this.word, n);
    if (options.action !== undefined) store32(this.word - SYNC_WORDS + SYNC_LINK, 1); // kernels cannot run it
    this.#timeout = attached ? (parties.extra[1] as number | undefined) : options.timeout;
    this.#action = attached ? (parties.extra[2] as string | undefined) : options.action;
  }

  protected override extra(): unknown[] {
    const action = typeof this.#action === 'function' ? keyOf(this.#action) : this.#action;
    return [this.parties, this.#timeout, action];
  }

  /** How many meet. */
  get parties(): number {
    this.throwIfClosed('look at the barrier');
    return barrierParties(this.word);
  }

  /** How many wait now. */
  get nWaiting(): number {
    this.throwIfClosed('look at the barrier');
    return waitingParties(this.word);
  }

  get broken(): boolean {
    this.throwIfClosed('look at the barrier');
    return isBarrierBroken(this.word);
  }

  /**
   * Waits for the others, without blocking.
   *
   * @returns a number from 0 to `parties − 1`, another one for each party
   * @throws {BrokenBarrierError} if the barrier is or gets broken
   * @throws {TimeoutError} if it runs out of time; that breaks the barrier
   */
  async wait(wait?: Wait): Promise<number> {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const [phase, place] = await runAwaiting(this.#arrive(this.#limit(wait)));
    if (place === this.parties - 1) {
      if (this.#action !== undefined) await this.#act(phase, () => this.#actAsync());
      this.#pass(phase);
    } else {
      await runAwaiting(this.#meet(word, phase, this.#limit(wait)));
    }
    return place;
  }

  /** The same, blocking. */
  waitSync(wait?: Wait): number {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const limit = this.#limit(wait);
    // Before a place is claimed, which could not be given back.
    if (!canSleep() && waitingParties(word) < barrierParties(word) - 1 && !isBarrierBroken(word))
      runBlocking(refuse(word, limit), 'barrier.wait()');
    const [phase, place] = runBlocking(this.#arrive(limit), 'barrier.wait()');
    if (place === barrierParties(word) - 1) {
      if (this.#action !== undefined) this.#act(phase, () => this.#actSync());
      this.#pass(phase);
    } else {
      runBlocking(this.#meet(word, phase, limit), 'barrier.wait()');
    }
    return place;
  }

  /** Breaks the barrier: all who wait, and who come until `reset`, get `BrokenBarrierError`. */
  abort(): void {
    this.throwIfClosed('abort the barrier');
    this.#break(barrierPhase(this.word));
  }

  /** Makes the barrier as new; who waits gets `BrokenBarrierError`. */
  reset(): void {
    this.throwIfClosed('reset the barrier');
    wake(this.word, resetBarrier(this.word));
  }

  #limit(wait: Wait | undefined): Limit {
    const own = typeof wait === 'object' ? { timeout: this.#timeout, ...wait } : (wait ?? this.#timeout);
    return limitOf(own, WHAT);
  }

  #break(phase: number): void {
    wake(this.word, breakBarrier(this.word, phase));
  }

  #broken(phase: number): BrokenBarrierError {
    this.#break(phase);
    return new BrokenBarrierError(
      'Cannot pass the barrier: it is broken, because it was aborted or reset, or a party died or ran out of time. Call "reset" to use it again',
    );
  }

  *#arrive(limit: Limit): Operation<[phase: number, place: number]> {
    const { word } = this;
    while (true) {
      const phase = barrierPhase(word);
      if (isBarrierBroken(word)) throw this.#broken(phase);
      const place = claimPlace(word, me, phase);
      if (place !== NO_PLACE) return [phase, place];
      // More threads than parties: the meeting under way goes first.
      const outcome = yield { word, step: () => placeStep(word, phase), limit, inLine: false };
      if (outcome === STEP_BROKEN) throw this.#broken(phase);
    }
  }

  *#meet(word: number, phase: number, limit: Limit): Operation<void> {
    let outcome: number;
    try {
      outcome = yield { word, step: () => partyStep(word, phase), limit, inLine: false };
    } catch (error) {
      outcome = leaveBarrier(word, phase);
      kick(word);
      if (outcome === STEP_BROKEN) throw error;
    }
    if (outcome === STEP_BROKEN) throw this.#broken(phase);
  }

  #pass(phase: number): void {
    if (!passBarrier(this.word, phase)) throw this.#broken(phase);
    wake(this.word, WAKE_ALL);
  }

  /** Calls the action; if it throws the barrier breaks. */
  #act<T>(phase: number, call: () => T): T {
    const fail = (error: unknown): never => {
      this.#break(phase);
      throw error;
    };
    try {
      const result = call();
      return result instanceof Promise ? (result.catch(fail) as T) : result;
    } catch (error) {
      return fail(error);
    }
  }

  #actSync(): void {
    const action = typeof this.#action === 'string' ? findTask(this.#action) : this.#action;
    if (typeof action !== 'function') {
      throw new TypeError(
        'Cannot run the action of the barrier: its module is not loaded in this worker. Use "await barrier.wait()", or import the module',
      );
    }
    action();
  }

  async #actAsync(): Promise<void> {
    const action = typeof this.#action === 'string' ? await findTask(this.#action) : this.#action;
    await action?.();
  }
}
