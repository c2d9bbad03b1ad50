// waitAny: until one of many things is ready. Python's `multiprocessing.connection.wait`.

import { waitWord } from '../../assembly/atomics/index';
import { THREAD_STOP } from '../../assembly/heap/threads';
import { BlockingNotAllowedError, ClosedError, TimeoutError } from '../errors';
import { thisThread } from '../heap/heap';
import { lookOut } from '../heap/section';
import { canSleep, isEnding } from '../sync/_block';
import { signalOf, type Wait, type WaitOptions } from '../sync/_options';
import { timeoutOf } from './_wait';
import type { Waitable } from './_waitable';

/** An `Event`, as far as waiting for it goes. */
interface Settable {
  readonly isSet: boolean;
  wait(wait?: WaitOptions): Promise<unknown>;
}
/** A `Process`, as far as waiting for it goes. */
interface Ending {
  readonly exitCode: number | null;
  readonly sentinel: PromiseLike<unknown>;
  joinSync?(timeout?: number): void;
}

/**
 * What `waitAny` waits for: a connection or queue with something to take, an event that is set, a process that ended,
 * a promise (a process's sentinel, a future) that is settled.
 */
export type Awaitable = Blockable | PromiseLike<unknown>;
/** What `waitAnySync` waits for: no promise, since none settles while its thread blocks. */
export type Blockable = Waitable | Settable | Ending;

function untilReady(thing: Awaitable, wait: WaitOptions): PromiseLike<unknown> {
  if ('then' in thing) return thing;
  if ('~untilReady' in thing) return thing['~untilReady'](wait);
  return 'isSet' in thing ? thing.wait(wait) : thing.sentinel;
}

/**
 * Waits until at least one of the things is ready, without blocking: a connection or a queue from which something can
 * be taken (or which has come to its end), an event that is set, a process that has ended, a promise that is settled.
 *
 * @param things connections, queues, events, processes, promises
 * @param wait how long; for ever unless given
 * @returns those that are ready, none if the time ran out
 * @throws the signal's reason if that is aborted
 * @example
 * ```ts
 * const [orders, receipts] = [new Queue<string>(), new Queue<string>()];
 * receipts.putSync('4.50');
 * console.log((await waitAny([orders, receipts])).length); // 1
 * ```
 */
export async function waitAny<T extends Awaitable>(things: Iterable<T>, wait?: Wait): Promise<T[]> {
  const all = checked(things, ['isSet', 'sentinel', 'then', '~isReady'], ', processes and promises');
  const settled = new Set<Awaitable>();
  for (const thing of all) {
    if (!('then' in thing)) continue;
    const settle = () => settled.add(thing);
    thing.then(settle, settle);
  }
  const isReady = (thing: Awaitable) => ('then' in thing ? settled.has(thing) : isReadyNow(thing));
  await null; // what is settled already says so now
  signalOf(wait)?.throwIfAborted();
  const timeout = timeoutOf(wait);
  let ready = all.filter(isReady);
  if (ready.length > 0 || all.length === 0 || timeout === 0) return ready;
  const done = new AbortController();
  const outer = signalOf(wait);
  const onAbort = () => done.abort(outer?.reason);
  outer?.addEventListener('abort', onAbort);
  const until = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  try {
    while (ready.length === 0) {
      const left = until - performance.now();
      if (left <= 0) return [];
      const limit: WaitOptions = { signal: done.signal };
      if (left !== Number.POSITIVE_INFINITY) limit.timeout = left;
      const waits = all.map((thing) => untilReady(thing, limit));
      if (left !== Number.POSITIVE_INFINITY) waits.push(runOut(left, done.signal));
      // The others end by the abort below, and with the reason that nobody reads.
      for (const other of waits) void Promise.resolve(other).catch(() => {});
      try {
        await Promise.race(waits);
      } catch (error) {
        outer?.throwIfAborted();
        if (!(error instanceof TimeoutError) && settled.size === 0) throw error;
      }
      ready = all.filter(isReady);
    }
    return ready;
  } finally {
    outer?.removeEventListener('abort', onAbort);
    done.abort(new TimeoutError('The wait is over'));
  }
}

function isReadyNow(thing: Blockable): boolean {
  if ('~isReady' in thing) return thing['~isReady']();
  return 'isSet' in thing ? thing.isSet : thing.exitCode !== null;
}

function checked<T extends object>(things: Iterable<T>, keys: readonly PropertyKey[], last: string): T[] {
  const all = [...things];
  for (const thing of all) {
    if (typeof thing === 'object' && thing !== null && keys.some((key) => key in thing)) continue;
    throw new TypeError(`Cannot wait for it: wanted connections, queues, events${last}`);
  }
  return all;
}

/** How long a thread that blocks for several things sleeps between two looks at them. */
const LOOK_MS = 1;

/**
 * Blocks until at least one of the things is ready; otherwise like {@link waitAny}.
 *
 * @param things connections, queues, events, processes
 * @param wait how long; for ever unless given
 * @returns those that are ready, none if the time ran out
 * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
 * @example
 * ```ts
 * const [orders, receipts] = [new Queue<string>(), new Queue<string>()];
 * console.log(waitAnySync([orders, receipts], 10)); // []
 * ```
 */
export function waitAnySync<T extends Blockable>(things: Iterable<T>, wait?: Wait): T[] {
  const all = checked(things, ['isSet', 'sentinel', '~isReady'], ' and processes');
  const timeout = timeoutOf(wait);
  const until = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  const stop = thisThread() + THREAD_STOP;
  while (true) {
    signalOf(wait)?.throwIfAborted();
    // One that blocks hears of no end by its event loop.
    for (const thing of all) if ('joinSync' in thing && canSleep()) thing.joinSync?.(0);
    const ready = all.filter(isReadyNow);
    const left = until - performance.now();
    if (ready.length > 0 || all.length === 0 || left <= 0) return ready;
    if (!canSleep()) {
      throw new BlockingNotAllowedError(
        'Cannot wait for any of the things here: this thread may not block, use "await waitAny(things)"',
      );
    }
    // There is no sleeping on several words at once. A lone look costs some tens of nanoseconds.
    waitWord(stop, 0, Math.min(LOOK_MS, left));
    lookOut();
    if (isEnding()) throw new ClosedError('Cannot wait any longer: this worker is being ended');
  }
}

/** Resolves after `ms`, or when the signal is aborted. */
function runOut(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
