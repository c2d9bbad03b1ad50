// Futures as a Node program meets them: what nobody reads harms nobody, what a callback throws is not lost.

import { AsyncResult, asCompleted, Pool, ProcessPoolExecutor, wait } from 'manyhands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, later, square } from './_tasks.mjs';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
let others: NodeJS.UncaughtExceptionListener[] = [];

beforeEach(() => {
  uncaught.length = 0;
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  for (const listener of others) process.on('uncaughtException', listener);
});

/** Lets the runtime find rejections that nobody handles. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an error that nobody reads', () => {
  it('of a future is no unhandled rejection', async () => {
    await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const future = executor.submit(fail, 'unread');
    const cancelled = executor.submit(square, 1);
    cancelled.cancel();
    await wait([future, cancelled]);
    await turn();
    expect(uncaught).toEqual([]);
    for await (const one of asCompleted([future])) expect(one).toBe(future);
  });

  it('of an AsyncResult is no unhandled rejection', async () => {
    await using pool = new Pool(1);
    const results = [pool.applyAsync(fail, ['unread']), pool.mapAsync(fail, ['a', 'b'])];
    for (const result of results) await result.wait();
    await turn();
    expect(uncaught).toEqual([]);
    expect(results[0]).toBeInstanceOf(AsyncResult);
  });
});

describe('an error that a callback throws', () => {
  it('is reported as uncaught, and harms neither the future nor the other callbacks', async () => {
    await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const future = executor.submit(square, 5);
    const told: string[] = [];
    future.addDoneCallback(() => {
      throw new Error('first callback');
    });
    future.addDoneCallback(() => told.push('second'));
    expect(await future).toBe(25);
    future.addDoneCallback(() => {
      throw new Error('late callback');
    });
    await turn();
    expect(told).toEqual(['second']);
    expect(uncaught.map(String)).toEqual(['Error: first callback', 'Error: late callback']);
    expect(await executor.submit(square, 6)).toBe(36);
  });

  it('of an AsyncResult is reported as uncaught, and harms neither the result nor the pool', async () => {
    await using pool = new Pool(1);
    const result = pool.applyAsync(square, [7], {
      callback() {
        throw new Error('callback');
      },
    });
    const failed = pool.applyAsync(fail, ['x'], {
      errorCallback() {
        throw new Error('errorCallback');
      },
    });
    expect(await result.get()).toBe(49);
    await expect(failed.get()).rejects.toThrow('x');
    await turn();
    expect(uncaught.map(String)).toEqual(['Error: callback', 'Error: errorCallback']);
  });
});

it('calls that are cancelled here and there leave the others as they are', async () => {
  await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  const gate = executor.submit(later, 0, 20);
  const futures = Array.from({ length: 600 }, (_, i) => executor.submit(square, i));
  const cancelled = futures.filter((future, i) => i % 3 === 1 && future.cancel());
  expect(cancelled.length).toBe(200);
  await gate;
  const { notDone } = await wait(futures);
  expect(notDone.size).toBe(0);
  const kept = futures.filter((future) => !future.cancelled());
  expect(await Promise.all(kept)).toEqual(futures.flatMap((_, i) => (i % 3 === 1 ? [] : [i * i])));
});
