// How a pool judges its workers' deaths: when it is ready, and when it gives up because workers die before they
// ever work (a circuit breaker, so that a broken worker file does not start workers for ever).

import { BrokenProcessPoolError, ClosedError } from '../errors';
import type { Death, ResourceLimits } from '../runtime/runtime';
import type { Member } from './_crew';

export interface BackendOptions {
  processes: number;
  initializer?: { key: string; args: readonly unknown[] };
  /** Items after which a worker is replaced; Infinity for never. */
  maxTasks: number;
  /** Bytes after which a worker is replaced; undefined for never. */
  maxMemory?: number;
  resourceLimits?: ResourceLimits;
  create?: () => unknown;
  name: string;
}

/** Whether the death of a worker was not the pool's own wish: it died, or somebody killed it. */
export function isRestart({ leaving, endedAs }: Member): boolean {
  return !leaving || endedAs !== undefined;
}

/** Workers that may die in a row before they are ready. */
const START_FAILURES_MAX = 3;

export class DeathWatch {
  readonly ready: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #missing: number;
  #failures = 0;
  #broken: unknown;

  constructor(processes: number) {
    this.#missing = processes;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ready.catch(() => {}); // told again by every call
  }

  /** A worker is ready. */
  started(): void {
    this.#failures = 0;
    if (--this.#missing > 0) return;
    this.#settled = true;
    this.#resolve();
  }

  #settled = false;

  /** Whether `ready` has resolved or rejected. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** A worker is gone; returns the error if the pool has to give up. */
  died(member: Member, death: Death): BrokenProcessPoolError | undefined {
    if (member.readyAt > 0 || member.leaving) return undefined;
    if (++this.#failures < START_FAILURES_MAX) return undefined;
    return this.breakWith(
      new BrokenProcessPoolError(
        `Cannot start workers: ${this.#failures} died one after the other before they were ready (exit code ${death.exitCode})`,
        { cause: death.error },
      ),
    );
  }

  /** Nothing runs here any more. */
  breakWith(error: BrokenProcessPoolError): BrokenProcessPoolError {
    this.#broken ??= error;
    this.#settled = true;
    this.#reject(error);
    return error;
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** No work is taken any more: what comes late has to be told so, it would wait for ever. */
  end(): void {
    const error = new ClosedError('Cannot give work to a pool that is closed');
    this.#broken ??= error;
    this.#settled = true;
    this.#reject(error);
  }

  throwIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }
}
