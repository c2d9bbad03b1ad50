// The pieces of work that a pool gives to its workers, whatever the backend: one call, or a chunk of a map.

import type { TaskKey } from '../tasks/registry';
import {
  type BlockBytes,
  FRAME_APPLY,
  FRAME_PHASE,
  type Outcome,
  writeApply,
  writeItems,
  writePhase,
} from './frames';

/** One frame's worth of work. `settle` or `fail` is called exactly once. */
export interface Job {
  readonly key: TaskKey;
  /** FRAME_… kind, as it goes to a worker without shared memory. */
  readonly kind: number;
  /** How often it may be given to another worker after its own died. */
  retries: number;
  /** Index of its first item, and their number. */
  readonly index: number;
  readonly count: number;
  /** Larger ones run first. */
  readonly priority: number;
  /** How often something of a higher priority went before it. */
  passed: number;
  /** Milliseconds that it may run; 0 for no limit. */
  readonly taskTimeout: number;
  /** Set when nobody wants the result any more; a job that is not yet running is dropped. */
  cancelled: boolean;
  /** Called once when the job has ended, however it ended. */
  onEnd?: () => void;
  /** The arguments or items, for backends that do not write frames. */
  payload(): readonly unknown[];
  /** Writes the arguments into a slot of the board. */
  write(slot: number): BlockBytes;
  /** Takes results that are numbers from the heap, where they stay only until it returns; gives the outcome's value. */
  takeNumbers?(numbers: Float64Array): unknown;
  settle(outcome: Outcome): void;
  fail(error: unknown): void;
}

/** Where jobs come from one after the other: a map, cut lazily. */
export interface Source {
  /** The next job; undefined if there is none now. */
  next(): Job | undefined;
  readonly priority: number;
  /** No job will come any more. */
  readonly exhausted: boolean;
  /** Jobs given out and not yet settled are the source's own affair; these were never given out. */
  abandon(error: unknown): void;
}

/** One call of a function. */
export class ApplyJob implements Job {
  readonly kind = FRAME_APPLY;
  priority = 0;
  taskTimeout = 0;
  passed = 0;
  cancelled = false;
  onEnd?: () => void;
  /** Nobody asks after it or cancels it before it ends: it may share a frame with others. */
  plain = false;
  constructor(
    readonly key: TaskKey,
    readonly args: readonly unknown[],
    public retries: number,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: unknown) => void,
  ) {}
  get index(): number {
    return 0;
  }
  get count(): number {
    return 1;
  }
  payload(): readonly unknown[] {
    return this.args;
  }
  write(slot: number): BlockBytes {
    return writeApply(slot, this.args);
  }
  settle(outcome: Outcome): void {
    this.onEnd?.();
    if (outcome.ok) this.resolve(outcome.value);
    else this.reject(outcome.error);
  }
  fail(error: unknown): void {
    this.onEnd?.();
    this.reject(error);
  }
}

/** Some items of a map. */
export class ChunkJob implements Job {
  priority = 0;
  taskTimeout = 0;
  passed = 0;
  cancelled = false;
  /** Takes results that are numbers, see {@link Job.takeNumbers}. */
  store?: (begin: number, numbers: Float64Array) => unknown;
  constructor(
    readonly key: TaskKey,
    readonly kind: number,
    private readonly items: readonly unknown[],
    readonly begin: number,
    readonly end: number,
    public retries: number,
    private readonly done: (job: ChunkJob, outcome: Outcome) => void,
    private readonly failed: (job: ChunkJob, error: unknown) => void,
  ) {}
  get index(): number {
    return this.begin;
  }
  get count(): number {
    return this.end - this.begin;
  }
  payload(): readonly unknown[] {
    return Array.prototype.slice.call(this.items, this.begin, this.end);
  }
  write(slot: number): BlockBytes {
    return writeItems(slot, this.kind, this.items, this.begin, this.end);
  }
  takeNumbers(numbers: Float64Array): unknown {
    return this.cancelled || this.store === undefined ? undefined : this.store(this.begin, numbers);
  }
  settle(outcome: Outcome): void {
    this.done(this, outcome);
  }
  fail(error: unknown): void {
    this.failed(this, error);
  }
}

/** One worker's part in a kernel phase. */
export class PhaseJob implements Job {
  readonly key = '';
  readonly kind = FRAME_PHASE;
  readonly retries = 0;
  readonly priority = 0;
  readonly taskTimeout = 0;
  passed = 0;
  cancelled = false;
  constructor(
    private readonly family: string,
    private readonly job: number,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}
  get index(): number {
    return 0;
  }
  get count(): number {
    return 1;
  }
  payload(): readonly unknown[] {
    return [this.family, this.job];
  }
  write(slot: number): BlockBytes {
    return writePhase(slot, this.family, this.job);
  }
  settle(outcome: Outcome): void {
    if (outcome.ok) this.resolve();
    else this.reject(outcome.error);
  }
  fail(error: unknown): void {
    this.reject(error);
  }
}
