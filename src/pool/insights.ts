// What a pool remembers of its work: insights() and trace(). Each task is noted once, when it is settled: a few
// sums, and a row of numbers in a ring, so that nothing is allocated for a task.

import { taskName } from '../tasks/registry';
import type { Member } from './_crew';
import type { Job } from './_jobs';

/** How one worker spent its time, in milliseconds. */
export interface WorkerInsight {
  pid: number;
  /** From its start to the moment it was ready. */
  startMs: number;
  /** Without a task while the pool had work. */
  waitMs: number;
  /** Running tasks. */
  workMs: number;
  /** Without a task while the pool had none. */
  idleMs: number;
  /** Items done. */
  tasks: number;
}

/** What `pool.insights()` gives. */
export interface Insights {
  /** One for each worker there is, and for the last 256 that are gone. */
  workers: WorkerInsight[];
  /** The longest runs, the longest first: of one call, or of a chunk that begins at item `index`. */
  slowest: Array<{ fn: string; ms: number; index: number }>;
  /** What workers took to start, and waited while there was work. */
  overheadMs: number;
}

/** An event of the Chrome trace format: milliseconds become microseconds, workers become threads. */
export interface TraceEvent {
  name: string;
  cat?: string;
  /** `X` for a span, `M` for a name. */
  ph: 'X' | 'M';
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  args: Record<string, unknown>;
}

const SLOWEST = 10;
/** Workers that are gone and remembered, at most. */
const GONE_MAX = 256;
/** Tasks that the trace goes back, at most. */
const ROWS_MAX = 16384;
const FIELDS = 5;

interface Worker {
  member: Pick<Member, 'name' | 'pid' | 'startedAt' | 'readyAt' | 'alive'>;
  workMs: number;
  tasks: number;
  /** The pool's busy time before it was ready. */
  busyBefore: number;
  endedAt: number;
}

export class Ledger {
  readonly #workers: Worker[] = [];
  /** Living workers by thread record, or by pid. */
  readonly #byKey = new Map<number, Worker>();
  #slowest: Array<{ key: string; ms: number; index: number }> = [];
  #floor = 0;
  #busyMs = 0;
  #busySince = -1;
  #keys: string[] = [];
  /** For each task: pid, start (absolute), duration, index, count. */
  #rows = new Float64Array(64 * FIELDS);
  #count = 0;

  /** A worker has been started. */
  join(key: number, member: Worker['member']): void {
    const worker: Worker = { member, workMs: 0, tasks: 0, busyBefore: this.#busy(), endedAt: 0 };
    this.#byKey.set(key, worker);
    this.#workers.push(worker);
  }

  /** It is ready for tasks. */
  ready(key: number): void {
    const worker = this.#byKey.get(key);
    if (worker !== undefined) worker.busyBefore = this.#busy();
  }

  leave(key: number): void {
    const worker = this.#byKey.get(key);
    if (worker === undefined) return;
    worker.endedAt = performance.now();
    // The member itself holds its thread's objects: what is remembered of the dead are figures.
    const { name, pid, startedAt, readyAt } = worker.member;
    worker.member = { name, pid, startedAt, readyAt, alive: false };
    this.#byKey.delete(key);
    if (this.#workers.length - this.#byKey.size <= GONE_MAX) return;
    const oldest = this.#workers.findIndex((one) => !one.member.alive);
    this.#workers.splice(oldest, 1);
  }

  /** There is work for the workers from now on, or none. */
  busy(isBusy: boolean): void {
    if (isBusy === this.#busySince >= 0) return;
    this.#busyMs = this.#busy();
    this.#busySince = isBusy ? performance.now() : -1;
  }

  #busy(): number {
    return this.#busySince < 0 ? this.#busyMs : this.#busyMs + performance.now() - this.#busySince;
  }

  /** A task has ended. */
  note(key: number, job: Pick<Job, 'key' | 'index' | 'count'>, started: number, ms: number): void {
    const worker = this.#byKey.get(key);
    const { index, count } = job;
    if (worker !== undefined) {
      worker.workMs += ms;
      worker.tasks += count;
    }
    if (ms > this.#floor) this.#noteSlow(job.key, ms, index);
    const row = this.#count++ % ROWS_MAX;
    if ((row + 1) * FIELDS > this.#rows.length) this.#grow();
    const rows = this.#rows;
    const at = row * FIELDS;
    rows[at] = worker === undefined ? 0 : worker.member.pid;
    rows[at + 1] = started;
    rows[at + 2] = ms;
    rows[at + 3] = index;
    rows[at + 4] = count;
    this.#keys[row] = job.key;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  #noteSlow(key: string, ms: number, index: number): void {
    const slowest = this.#slowest;
    const at = slowest.findIndex((other) => other.ms < ms);
    slowest.splice(at < 0 ? slowest.length : at, 0, { key, ms, index });
    if (slowest.length > SLOWEST) slowest.pop();
    if (slowest.length === SLOWEST) this.#floor = slowest[SLOWEST - 1].ms;
  }

  insights(): Insights {
    const now = performance.now();
    const busy = this.#busy();
    const workers = this.#workers.map(({ member, workMs, tasks, busyBefore, endedAt }) => {
      const { pid, startedAt } = member;
      const readyAt = member.readyAt || endedAt || now;
      const alive = Math.max(0, (endedAt || now) - readyAt);
      const waitMs = Math.min(Math.max(0, busy - busyBefore - workMs), Math.max(0, alive - workMs));
      const idleMs = Math.max(0, alive - workMs - waitMs);
      return { pid, startMs: readyAt - startedAt, waitMs, workMs, idleMs, tasks };
    });
    return {
      workers,
      slowest: this.#slowest.map(({ key, ms, index }) => ({ fn: nameOf(key), ms, index })),
      overheadMs: workers.reduce((sum, { startMs, waitMs }) => sum + startMs + waitMs, 0),
    };
  }

  trace(pid: number): TraceEvent[] {
    const events: TraceEvent[] = [];
    const origin = performance.timeOrigin;
    for (const { member } of this.#workers) {
      const { name, startedAt } = member;
      const readyAt = member.readyAt || performance.now();
      const at = { ph: 'X' as const, pid, tid: member.pid };
      events.push({ name: 'thread_name', ph: 'M', ts: 0, pid, tid: member.pid, args: { name } });
      events.push({
        ...at,
        name: 'start',
        cat: 'worker',
        ts: (origin + startedAt) * 1000,
        dur: (readyAt - startedAt) * 1000,
        args: {},
      });
    }
    for (let row = 0; row < Math.min(this.#count, ROWS_MAX); row++) {
      const [tid, started, ms, index, items] = this.#rows.subarray(row * FIELDS, (row + 1) * FIELDS);
      const name = nameOf(this.#keys[row]);
      events.push({
        name,
        cat: 'task',
        ph: 'X',
        ts: started * 1000,
        dur: ms * 1000,
        pid,
        tid,
        args: { index, items },
      });
    }
    return events.sort((a, b) => a.ts - b.ts);
  }
}

function nameOf(key: string): string {
  return taskName(key) || 'kernel';
}
