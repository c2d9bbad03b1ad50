// JoinableQueue and SimpleQueue, with real workers.

import { InvalidStateError, JoinableQueue, Pool, SimpleQueue, TimeoutError } from 'manyhands';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getAndDie, work } from './tasks.mjs';

let pool: Pool;
beforeAll(async () => {
  pool = new Pool(2);
  await pool.ready;
});
afterAll(() => pool.terminate());

test('join waits for every item to be done', async () => {
  using queue = new JoinableQueue<number>();
  await queue.join();
  queue.putSync(1);
  queue.putSync(2);
  await expect(queue.join(10)).rejects.toThrow(TimeoutError);
  queue.tryGet();
  queue.taskDone();
  queue.tryGet();
  expect(() => queue.joinSync(5)).toThrow(TimeoutError);
  const joined = queue.join();
  queue.taskDone();
  await joined;
  expect(() => queue.taskDone()).toThrow(InvalidStateError);
  queue.joinSync();
});

test('join waits for workers', async () => {
  using queue = new JoinableQueue<number>(10);
  const working = [pool.apply(work, [queue, 500]), pool.apply(work, [queue, 500])];
  for (let i = 0; i < 1000; i++) await queue.put(i);
  await queue.join();
  expect(queue.empty).toBe(true);
  expect(await Promise.all(working)).toEqual([500, 500]);
});

test('join settles though a worker dies before taskDone', async () => {
  using queue = new JoinableQueue<number>();
  for (let i = 0; i < 5; i++) queue.putSync(i);
  const joined = queue.join({ timeout: 20_000 });
  await expect(pool.apply(getAndDie, [queue, 5])).rejects.toMatchObject({ code: 'ERR_WORKER_EXIT' });
  await joined;
});

test('a simple queue has no bound and is first in, first out', async () => {
  using queue = new SimpleQueue<number>();
  for (let i = 0; i < 1000; i++) queue.putSync(i);
  for (let i = 0; i < 1000; i++) expect(await queue.get()).toBe(i);
  expect(queue.empty).toBe(true);
});
