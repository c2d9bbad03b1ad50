// Calls that share a frame. When thousands of short calls of one function wait, a frame takes several of them, so that
// slot, wake-up and settling are paid for once. Sizes follow guided
// self-scheduling (Polychronopoulos and Kuck, 1987): a share of what is left, so that the last ones go singly and the
// workers end together; and no more than what takes a quarter of a millisecond, as measured. Only calls with numbers
// for arguments share, and of functions that return numbers. A worker begins each call by itself, so that what it has
// not begun can be taken back from it: from one that takes too long (its call may wait for one behind it), or is lost.

import type { TaskKey } from '../tasks/registry';
import { ApplyJob, type Job } from './_jobs';
import type { JobQueue } from './_queue';
import { type BlockBytes, FRAME_CALLS, type Outcome, writeCalls } from './frames';

/** What a frame of calls is to take, in milliseconds. */
const TARGET_MS = 0.25;
const CALLS_MAX = 128;
/** A batch is at most this part of what waits for one worker. */
const SHARE = 8;
const ARGS_MAX = 8;

/** Calls of one function in one frame. */
export class BatchJob implements Job {
  readonly kind = FRAME_CALLS;
  readonly index = 0;
  readonly priority = 0;
  readonly taskTimeout = 0;
  retries = 0;
  passed = 0;
  cancelled = false;

  constructor(
    readonly key: TaskKey,
    public jobs: readonly ApplyJob[],
  ) {}

  get count(): number {
    return this.jobs.length;
  }

  payload(): readonly unknown[] {
    return this.jobs.map((job) => job.args);
  }

  write(slot: number): BlockBytes {
    return writeCalls(slot, this.jobs as ReadonlyArray<{ args: readonly number[] }>);
  }

  /** Settles the calls that ended: with `values`, and then one more with `last`. Returns those that did not begin. */
  settleFirst(
    values: Float64Array,
    last: Outcome | undefined,
    ms: number,
    started: number,
  ): readonly ApplyJob[] {
    const { jobs } = this;
    const outcome = { ok: true as const, value: 0, ms, started };
    let done = 0;
    for (; done < values.length; done++) {
      outcome.value = values[done];
      jobs[done].settle(outcome);
    }
    if (last !== undefined) jobs[done++].settle(last);
    return done === jobs.length ? [] : jobs.slice(done);
  }

  /** Keeps the first `count` calls and returns the others. */
  cut(count: number): readonly ApplyJob[] {
    const rest = this.jobs.slice(count);
    this.jobs = this.jobs.slice(0, count);
    return rest;
  }

  settle(outcome: Outcome): void {
    for (const job of this.jobs) job.settle(outcome);
  }

  fail(error: unknown): void {
    for (const job of this.jobs) job.fail(error);
  }
}

/** Decides which calls share a frame. */
export class Batcher {
  /** The function that was measured last, and what a call of it takes. */
  #key: TaskKey = '';
  #ms = Number.POSITIVE_INFINITY;
  /** Functions whose calls go singly, and until when. */
  readonly #refused = new Map<TaskKey, number>();

  /** Some calls have ended after so many milliseconds together. */
  note(key: TaskKey, count: number, ms: number): void {
    if (count === 0) return;
    if (key !== this.#key) {
      this.#key = key;
      this.#ms = ms / count;
    } else this.#ms += (ms / count - this.#ms) / 8;
  }

  /** Calls of this function are to go singly for so many milliseconds. */
  refuse(key: TaskKey, ms: number): void {
    this.#refused.set(key, performance.now() + ms);
  }

  /** The job, together with those that wait right behind it and may share its frame. */
  gather(job: Job, queue: JobQueue, processes: number): Job {
    const { length } = queue;
    if (length < processes * SHARE * 2 || job.key !== this.#key || !(job instanceof ApplyJob)) return job;
    const room = Math.min(CALLS_MAX, length / (processes * SHARE), TARGET_MS / this.#ms) | 0;
    if (room < 2 || !isPlain(job, job.args.length)) return job;
    if ((this.#refused.get(job.key) ?? 0) > performance.now()) return job;
    const jobs = [job];
    while (jobs.length < room) {
      const next = queue.peek();
      if (!(next instanceof ApplyJob) || next.key !== job.key || !isPlain(next, job.args.length)) break;
      jobs.push(queue.take() as ApplyJob);
    }
    return jobs.length === 1 ? job : new BatchJob(job.key, jobs);
  }
}

function isPlain({ plain, args, cancelled }: ApplyJob, length: number): boolean {
  if (!plain || cancelled || args.length !== length || length === 0 || length > ARGS_MAX) return false;
  for (let i = 0; i < length; i++) if (typeof args[i] !== 'number') return false;
  return true;
}
