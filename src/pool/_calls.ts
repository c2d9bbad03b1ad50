// Tasks given to one worker by message: all tasks of the message backend, and what must run on a certain worker
// of the shared one (broadcast).

import { decode, decodeError, encode } from '../codec/index';
import { WorkerExitError } from '../errors';
import { withoutHeap } from '../heap/heap';
import type { Death, FromWorker } from '../runtime/runtime';
import { taskName } from '../tasks/registry';
import type { Crew, Member } from './_crew';
import type { Job } from './_jobs';

type Reply = Extract<FromWorker, { type: 'reply' }>;

export class Calls {
  #open = new Map<number, { member: Member; job: Job }>();
  #nextId = 1;
  #quiet: Array<() => void> = [];

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
      const pack = () => encode(job.payload()).slice();
      payload = member.record === 0 ? withoutHeap(pack) : pack();
    } catch (error) {
      job.fail(error);
      return false;
    }
    const id = this.#nextId++;
    this.#open.set(id, { member, job });
    crew.post(member, { type: 'call', id, key: job.key, kind: job.kind, payload });
    return true;
  }

  /** Settles the call that the worker answers. */
  answer(reply: Reply): boolean | undefined {
    const call = this.#open.get(reply.id);
    if (call === undefined) return undefined;
    this.#open.delete(reply.id);
    const { ms, started, index } = reply;
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
  const task = taskName(job.key) || 'a kernel';
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `Worker ${member.name} exited with code ${exitCode} while it ran ${task}${why}`;
  const error = new WorkerExitError(message, { worker: member.name, exitCode, task, cause });
  if (member.lost) quarantining.add(error);
  return error;
}
