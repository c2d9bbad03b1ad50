// Begins a call or a map: what their forms (awaited, blocking, …Async) have in common.

import { CancelledError, TimeoutError } from '../errors';
import type { Outcome } from '../futures/outcome';
import { runtime } from '../runtime/runtime';
import { type AnyFunction, keyOf } from '../tasks/registry';
import type { PoolBackend } from './_backend';
import { watchCall } from './_deadline';
import { ApplyJob, type Job } from './_jobs';
import { MapSource } from './_map';
import { type CallOptions, checkNumber, checkOut, checkWhole, type MapCallOptions } from './_options';
import { moveBuffers } from './_transfer';
import { FRAME_MAP, FRAME_MAP_SETTLED, FRAME_STARMAP, FRAME_STARMAP_SETTLED } from './frames';
import { ProgressMeter } from './progress';

/** What calls of a pool do unless they say otherwise. */
export interface Defaults {
  retries: number;
  /** Milliseconds; 0 for no limit. */
  taskTimeout: number;
}

type Resolve = (value: unknown) => void;
type Reject = (error: unknown) => void;

/** Begins one call; a plain one is asked about by its promise alone. */
export function startApply(
  backend: PoolBackend,
  defaults: Defaults,
  fn: AnyFunction,
  args: readonly unknown[],
  options: CallOptions | undefined,
  resolve: Resolve,
  reject: Reject,
  plain = false,
): Job {
  const key = keyOf(fn);
  const sent = options?.transfer === undefined ? args : moveBuffers(args, options.transfer);
  const job = new ApplyJob(key, sent, options?.retries ?? defaults.retries, resolve, reject);
  job.taskTimeout = defaults.taskTimeout;
  if (options !== undefined) {
    Object.assign(job, schedulingOf(options, defaults));
    watchCall(options, 'apply', job, reject);
    const meter = meterOf(options.progress, fn);
    if (meter !== undefined) {
      const end = job.onEnd;
      job.onEnd = () => {
        end?.();
        meter.finish(1);
      };
    }
  }
  job.plain = plain && job.taskTimeout === 0;
  submitting(job, () => backend.submit(job));
  return job;
}

/** Begins a map; undefined if there was nothing to do. */
export function startMap(
  backend: PoolBackend,
  defaults: Defaults,
  fn: AnyFunction,
  items: Iterable<unknown>,
  star: boolean,
  options: MapCallOptions,
  resolve: Resolve,
  reject: Reject,
): MapSource | undefined {
  const { chunksize, settled = false, progress, out } = options;
  if (chunksize !== undefined) checkWhole('chunksize', chunksize, 1);
  const key = keyOf(fn);
  let all = Array.isArray(items) || ArrayBuffer.isView(items) ? (items as unknown[]) : Array.from(items);
  if (options.transfer !== undefined) all = moveBuffers(all, options.transfer);
  if (out !== undefined) checkOut(out, all.length, settled);
  const meter = meterOf(progress, fn);
  if (all.length === 0) {
    meter?.finish();
    resolve(out ?? []);
    return undefined;
  }
  const source = new MapSource(all, {
    key,
    kind: star ? (settled ? FRAME_STARMAP_SETTLED : FRAME_STARMAP) : settled ? FRAME_MAP_SETTLED : FRAME_MAP,
    settled,
    out,
    chunksize,
    retries: options.retries ?? defaults.retries,
    ...schedulingOf(options, defaults),
    processes: backend.processes,
    onProgress:
      meter && ((done, total) => (done === total ? meter.finish(total) : meter.update(done, total))),
    resolve,
    reject,
  });
  watchCall(options, 'map', source, reject);
  submitting(source, () => backend.submitSource(source));
  return source;
}

/** Who is told of progress: a function, or a bar on a terminal. */
export function meterOf(progress: CallOptions['progress'], fn: AnyFunction): ProgressMeter | undefined {
  const listener =
    typeof progress === 'function' ? progress : progress ? runtime().bar?.(fn.name || 'map') : undefined;
  return listener && new ProgressMeter(listener);
}

/** What options, or else the pool, say of the order and the time limit of tasks. */
export function schedulingOf(
  { priority = 0, taskTimeout }: Pick<CallOptions, 'priority' | 'taskTimeout'>,
  defaults: Defaults,
): { priority: number; taskTimeout: number } {
  checkNumber('priority', priority);
  return { priority, taskTimeout: taskTimeout === undefined ? defaults.taskTimeout : limitOf(taskTimeout) };
}

/** A time limit as jobs have it: 0 for none. */
export function limitOf(taskTimeout: number | undefined): number {
  if (taskTimeout === undefined || taskTimeout === Number.POSITIVE_INFINITY) return 0;
  checkNumber('taskTimeout', taskTimeout, 0);
  return Math.max(taskTimeout, 0.01);
}

/** Submits work; if it is refused, its timer and listeners go. */
function submitting(work: { onEnd?: () => void }, submit: () => void): void {
  try {
    submit();
  } catch (error) {
    work.onEnd?.();
    throw error;
  }
}

/** Options of a blocking form: a blocked thread gets no timers and no events. */
export function withoutWatch<O extends CallOptions>(options: O): O {
  options.signal?.throwIfAborted();
  return { ...options, timeout: undefined, signal: undefined };
}

/** Blocks until there is an outcome; gives the work up at the timeout. */
export function blockFor<T>(
  backend: PoolBackend,
  outcome: Outcome<T>,
  work: Job | MapSource | undefined,
  what: string,
  timeout = Number.POSITIVE_INFINITY,
): T {
  backend.block(outcome.isSettled, what, performance.now() + timeout);
  if (!outcome.isSettled()) {
    const late = new TimeoutError(`Cannot finish ${what}Sync within ${timeout} ms`);
    if (work instanceof MapSource) work.cancel(new CancelledError(late.message));
    else if (work !== undefined) work.cancelled = true;
    throw late;
  }
  return outcome.get();
}
