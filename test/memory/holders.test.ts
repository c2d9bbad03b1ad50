// Who holds what: memory returns when nobody can reach an object, whoever died with a handle of it.

import {
  Condition,
  Counter,
  Event,
  heapStats,
  Lock,
  type ManyhandsError,
  Once,
  Pool,
  Process,
  pipe,
  Queue,
  release,
  sharedArray,
  Value,
} from 'manyhands';
import { expect, test } from 'vitest';
import {
  disposeQueue,
  getOne,
  holdAndDie,
  makeAndPut,
  returnFresh,
  sortForEver,
  stop,
  waitFor,
} from './tasks.mjs';

const KINDS = ['array', 'sync', 'queue', 'object', 'other'] as const;
new Queue()[Symbol.dispose](); // the first one that is disposed of leaves an ended one in its place, once a thread
const used = () => KINDS.map((kind) => heapStats().byKind[kind].blocks);

test('what a worker that died held returns, also when everybody else let go before', async () => {
  const before = used();
  const lock = new Lock();
  const queue = new Queue<number>(4);
  const array = sharedArray(Int32Array, 100);
  const value = new Value('d', 1);
  const event = new Event();
  const process = new Process(holdAndDie, { args: [[lock, queue, array, value, event], event] });
  process.start();
  await event.wait();
  for (const handle of [lock, queue, value, event]) handle[Symbol.dispose]();
  await process.join();
  expect(process.exitCode).toBe(7);
  // Not by hand: the array is this thread's alone now, so its release is the last.
  release(array);
  expect(used()).toEqual(before);
});

test('the scratch memory of a kernel returns with the worker that was ended while it called it', async () => {
  const kernel = () => heapStats().byKind.kernel.blocks;
  const [before, level] = [heapStats().blocks, kernel()];
  const process = new Process(sortForEver);
  process.start();
  while (kernel() === level) await new Promise((resolve) => setTimeout(resolve, 1));
  process.kill();
  await process.join();
  expect([heapStats().blocks, kernel()]).toEqual([before, level]);
});

test('a condition returns with those who died while they waited for it', async () => {
  const before = used();
  const [condition, event] = [new Condition(), new Event()];
  const process = new Process(waitFor, { args: [condition, event] });
  process.start();
  await event.wait();
  (await condition.acquire()).release(); // it waits: it has let go of the lock
  process.kill();
  await process.join();
  const { lock } = condition;
  for (const handle of [condition, lock, event]) handle[Symbol.dispose]();
  expect(used()).toEqual(before);
});

test('a handle in a waiting message lives though its sender let go of it, and though its sender died', async () => {
  const before = used();
  const queue = new Queue<Counter | Int32Array>();
  const counter = new Counter(41);
  queue.putSync(counter);
  counter.close();
  const process = new Process(makeAndPut, { args: [queue] });
  process.start();
  await process.join();
  const got = (await queue.get()) as Counter;
  expect(got.add(1)).toBe(42);
  got.close();
  const array = (await queue.get()) as Int32Array;
  expect([...array]).toEqual([1, 2, 3]);
  release(array);
  queue[Symbol.dispose]();
  expect(used()).toEqual(before);
});

test('messages that nobody takes give what they name back with their queue', () => {
  const before = used();
  const queue = new Queue();
  for (let i = 0; i < 200; i++) {
    const inner = new Queue();
    const lock = new Lock();
    inner.putSync({ lock, text: 'x'.repeat(200) });
    queue.putSync([inner, lock, lock]);
    lock.close();
    inner[Symbol.dispose]();
  }
  queue[Symbol.dispose]();
  expect(used()).toEqual(before);
});

test('a message that cannot be read gives back what it names', () => {
  const before = used();
  const queue = new Queue();
  const array = sharedArray(Int32Array, 10);
  const lock = new Lock();
  queue.putSync([lock, array]);
  release(array); // by hand: whoever is to get it gets a bare view
  lock.close();
  const [again] = queue.getSync() as [Lock];
  again.close();
  queue[Symbol.dispose]();
  expect(used()).toEqual(before);
});

test('a pipe is given back with both its ends, one of them in a worker that died', async () => {
  const before = used();
  const [here, there] = pipe();
  here.sendSync({ big: 'x'.repeat(1000) });
  const ready = new Event();
  const process = new Process(holdAndDie, { args: [[there], ready] });
  process.start();
  await process.join();
  expect(() => here.sendSync(1)).toThrow('closed');
  here.close();
  there.close();
  ready.close();
  expect(used()).toEqual(before);
});

test('what a worker returns lives until it is read', async () => {
  const before = used();
  const pool = new Pool(1);
  const results = await Promise.all(Array.from({ length: 50 }, (_, i) => pool.apply(returnFresh, [i])));
  await pool.close();
  for (const [index, [array, once]] of results.entries()) {
    expect(array[0]).toBe(index);
    release(array);
    expect(once.runSync(() => 'ran')).toBe('ran');
    once.close();
  }
  expect(results[0][1]).toBeInstanceOf(Once);
  expect(used()).toEqual(before);
});

test('a consumer that dies with what it got leaves nothing behind', async () => {
  const before = used();
  const queue = new Queue();
  const lock = new Lock();
  for (let i = 0; i < 3; i++) queue.putSync({ lock, text: 'x'.repeat(5000) });
  lock.close();
  for (let i = 0; i < 3; i++) {
    const process = new Process(getOne, { args: [queue] });
    process.start();
    await process.join();
  }
  expect(queue.size).toBe(0);
  queue[Symbol.dispose]();
  expect(used()).toEqual(before);
});

test('what a worker disposed of leaves nothing when the worker ends', async () => {
  const before = used();
  const pool = new Pool(1);
  await pool.apply(disposeQueue);
  await pool.close();
  expect(used()).toEqual(before);
});

test('an object that everybody let go of is not attached to by a late record', async () => {
  const pool = new Pool(1);
  const lock = new Lock();
  const late = pool.apply(stop, [lock]);
  lock.close();
  // It may have come in time; if not the error says why.
  await late.catch((error: ManyhandsError) => expect(error.message).toContain('Cannot attach the Lock'));
  await pool.close();
});
