// Tasks given to one worker by message: all tasks of the message backend, and what must run on a certain worker
// of the shared one (broadcast).

import { decode, decodeError, encode } from '../codec/index';
import { TimeoutError, WorkerExitError } from '../errors';
import { withoutHeap } from '../heap/heap';
import type { Death, FromWorker } from '../runtime/runtime';
import { taskName } from '../tasks/registry';
import type { Crew, Member } from './_crew';
import type { Job } from './_jobs';
import { FRAME_APPLY } from './frames';
import type { Ledger } from './insights';

type Reply = Extract<FromWorker, { type: 'reply' }>;

interface Call {
  member: Member;
  job: Job;
  /** Runs while the call does, if it has a time limit. */
  limit: ReturnType<typeof setTimeout> | undefined;
}

export class Calls {
  #open = new Map<number, Call>();
  #nextId = 1;
  #quiet: Array<() => void> = [];

  constructor(private readonly ledger: Ledger) {}

  get size(): number {
    return this.#open.size;
  }

  /** Whether the job is with a worker. */
  has(job: Job): boolean {
    for (const call of this.#open.values()) if (call.job === job) return true;
    return false;
  }

  /** Sends the job to the worker; a job that cannot be sent fails. Returns whether it was sent. */
  send(crew: Crew, member: Member, job: Job): boolean {
    let payload: Uint8Array;
    try {
      const pack = () => encode(job.payload(), payloadName(job)).slice();
      payload = member.record === 0 ? withoutHeap(pack) : pack();
    } catch (error) {
      job.fail(error);
      return false;
    }
    const id = this.#nextId++;
    this.#open.set(id, { member, job, limit: undefined });
    const limited = job.taskTimeout > 0;
    crew.post(member, { type: 'call', id, key: job.key, kind: job.kind, payload, limited });
    return true;
  }

  /** A call with a time limit has begun to load or to run: `end` is told if it takes too long from here. */
  began(id: number, end: (member: Member, job: Job) => void): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    clearTimeout(call.limit);
    call.limit = setTimeout(
      () => {
        this.#open.delete(id);
        end(call.member, call.job);
        this.#check();
      },
      Math.min(call.job.taskTimeout, 0x7fffffff),
    );
  }

  /** Settles the call that the worker answers. */
  answer(reply: Reply): boolean | undefined {
    const call = this.#open.get(reply.id);
    if (call === undefined) return undefined;
    this.#open.delete(reply.id);
    clearTimeout(call.limit);
    const { ms, started, index } = reply;
    this.ledger.note(call.member.record || call.member.pid, call.job, started, ms);
    try {
      const value = decode(reply.value as Uint8Array);
      call.job.settle(
        reply.ok
          ? { ok: true, value, ms, started }
          : { ok: false, error: decodeError(value), index, ms, started },
      );
    } catch (error) {
      call.job.settle({ ok: false, error, index: 0, ms, started });
    }
    this.#check();
    return reply.ok;
  }

  /** Takes the dead worker's calls out; the caller retries or fails them. */
  orphans(member: Member): Job[] {
    const jobs: Job[] = [];
    for (const [id, call] of this.#open) {
      if (call.member !== member) continue;
      this.#open.delete(id);
      clearTimeout(call.limit);
      jobs.push(call.job);
    }
    this.#check();
    return jobs;
  }

  /** Calls that are open, of any worker. */
  jobs(): Job[] {
    return [...this.#open.values()].map(({ job }) => job);
  }

  /** Resolves when no call is open. */
  quiet(): Promise<void> {
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#quiet.push(resolve));
  }

  #check(): void {
    if (this.#open.size === 0) for (const resolve of this.#quiet.splice(0)) resolve();
  }
}

/** What a job's payload is called in errors. */
export function payloadName({ kind }: Job): string {
  return kind === FRAME_APPLY ? 'args' : 'items';
}

const quarantining = new WeakSet<object>();

/**
 * Whether the error tells of a worker that could not be ended: what it worked on must never be given to others.
 */
export function isQuarantined(error: unknown): boolean {
  return typeof error === 'object' && error !== null && quarantining.has(error);
}

/** The error for a task whose worker died. */
export function exitError(member: Member, death: Death, job: Job): WorkerExitError {
  const { exitCode, error: cause } = death;
  death.isTold = true;
  const task = taskName(job.key) || 'a kernel';
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `Worker ${member.name} exited with code ${exitCode} while it ran ${task}${why}`;
  const error = new WorkerExitError(message, { worker: member.name, exitCode, task, cause });
  if (member.lost) quarantining.add(error);
  return error;
}

/** The error for a task that ran longer than it may. */
export function overdueError(job: Job, member?: Member): TimeoutError {
  const task = taskName(job.key) || 'a kernel';
  const end = member === undefined ? '' : `: worker ${member.name} was ended`;
  return new TimeoutError(`Cannot finish ${task} within its taskTimeout of ${job.taskTimeout} ms${end}`);
}
