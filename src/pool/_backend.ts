// What a pool asks of its backend. Three behave alike: shared.ts (task board), message.ts (postMessage), inline.ts
// (no workers).

import type { Member } from './_crew';
import type { Job, Source } from './_jobs';
import type { Ledger } from './insights';

export interface PoolStats {
  workers: number;
  idle: number;
  queued: number;
  running: number;
  done: number;
  failed: number;
  restarts: number;
}

export interface PoolBackend {
  readonly kind: 'shared' | 'message' | 'inline';
  /** Workers that the pool aims at. */
  readonly processes: number;
  /** Living workers. */
  readonly members: readonly Member[];
  /** Whether no work stands in it, and none is under way. */
  readonly isFree: boolean;
  /** Whether a worker looks for work just now: it needs no wake-up. */
  readonly isWatched: boolean;
  /** Resolves when the first workers are ready for tasks; rejects if they cannot start. */
  readonly ready: Promise<void>;
  submit(job: Job): void;
  submitSource(source: Source): void;
  /** More of a source may be taken now. */
  pump(): void;
  /** Takes a single job back, which then is never settled; false if a worker has it. */
  retract(job: Job): boolean;
  /** Whether a worker has the job. */
  isRunning(job: Job): boolean;
  /** Fails everything that no worker has yet. */
  abandonWaiting(reason: () => unknown): void;
  /**
   * Blocks until `isDone()`, or until the deadline; throws BlockingNotAllowedError where this thread must not block.
   */
  block(isDone: () => boolean, what: string, deadline?: number): void;
  /** Runs the job on every living worker at once. */
  broadcast(makeJob: () => Job): void;
  resize(processes: number): void;
  /** No work comes any more: ends the workers when all is done. */
  close(): Promise<void>;
  /** Ends the workers now; pending work fails with `reason`. */
  terminate(reason: () => unknown): Promise<void>;
  stats(): PoolStats;
  readonly ledger: Ledger;
}
