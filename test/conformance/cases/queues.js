// Queues, pipes, waitAny and shared values between threads: what each promises, and what a death leaves.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testOn } from '../harness.js';
import {
  BufferTooShortError,
  ClosedError,
  Counter,
  Empty,
  EOFError,
  Event,
  Full,
  heapStats,
  JoinableQueue,
  Lock,
  Pool,
  Process,
  pipe,
  Queue,
  release,
  ShareableList,
  SharedArray,
  SharedMemory,
  SimpleQueue,
  sharedArray,
  Value,
  waitAny,
} from '../lib.js';
import { q } from '../queue-tasks.js';

const ITEMS = 2_000;

describe('queues');

/** A case with two workers. */
function withTwo(name, body) {
  testOn(['shared'], name, async () => {
    const pool = new Pool({ processes: 2, backend: 'shared' });
    try {
      await body(pool);
    } finally {
      await pool.terminate();
    }
  });
}

/** Runs a function in a process of its own, to the end. */
async function run(target, ...args) {
  const process = new Process(target, { args, backend: 'shared' });
  process.start();
  await process.join();
  return process.exitCode;
}

test('order, sizes and ends in one thread', async () => {
  const queue = new Queue(2);
  await queue.put({ a: [1n] });
  queue.putSync(2);
  deepEqual([queue.size, queue.empty, queue.full], [2, false, true]);
  throws(() => queue.tryPut(3), { type: Full });
  await rejects(queue.put(3, 5), { type: Full });
  deepEqual([await queue.get(), queue.tryGet()], [{ a: [1n] }, 2]);
  throws(() => queue.tryGet(), { type: Empty });
  await rejects(queue.get({ timeout: 5 }), { type: Empty });
  queue.putSync('last');
  queue.close();
  await rejects(queue.put(1), { type: ClosedError });
  const rest = [];
  for await (const item of queue) rest.push(item);
  deepEqual(rest, ['last']);
  await rejects(queue.get(), { type: ClosedError });
  queue[Symbol.dispose]();
});

for (const maxsize of [0, 2, 100]) {
  withTwo(`two threads through a queue of maxsize ${maxsize}, in order`, async (pool) => {
    const queue = new Queue(maxsize);
    const consumed = pool.apply(q.consume, [queue]);
    await Promise.all([pool.apply(q.produce, [queue, 1, ITEMS]), q.produceAsync(queue, 2, 200)]);
    queue.close();
    deepEqual(await consumed, { count: ITEMS + 200, ordered: true });
    queue[Symbol.dispose]();
  });
}

withTwo('every item is got once by two consumers', async (pool) => {
  const queue = new SimpleQueue();
  const consumers = [pool.apply(q.consume, [queue]), pool.apply(q.consume, [queue])];
  await q.produceAsync(queue, 1, ITEMS);
  queue.close();
  const results = await Promise.all(consumers);
  equal(results[0].count + results[1].count, ITEMS);
  ok(results.every(({ ordered }) => ordered));
  queue[Symbol.dispose]();
});

withTwo('join waits until everything is done', async (pool) => {
  const queue = new JoinableQueue();
  const done = new Counter();
  for (let i = 0; i < 500; i++) queue.putSync(i);
  const work = [pool.apply(q.work, [queue, done]), pool.apply(q.work, [queue, done])];
  await queue.join();
  equal(done.value, 500);
  queue.close();
  await Promise.all(work);
  queue[Symbol.dispose]();
  done.close();
});

testOn(['shared'], 'a join settles though who got an item died', async () => {
  const queue = new JoinableQueue();
  queue.putSync(1);
  await run(q.getAndExit, queue);
  await queue.join();
  equal(queue.size, 0);
  queue[Symbol.dispose]();
});

testOn(['shared'], 'handles arrive as the same thing, though who put them has ended', async () => {
  const queue = new Queue();
  await run(q.putHandles, queue);
  const { counter, array, inner } = await queue.get();
  equal(counter.add(1), 42);
  deepEqual([...array], [1, 2, 3]);
  equal(inner.tryGet(), 'inside');
  counter.close();
  release(array);
  inner[Symbol.dispose]();
  queue[Symbol.dispose]();
});

testOn(['shared'], 'a producer that ends leaves whole items', async () => {
  const queue = new Queue();
  await run(q.putAndExit, queue, 300);
  equal(queue.size, 300);
  for (let i = 0; i < 300; i++) equal((await queue.get()).i, i);
  queue[Symbol.dispose]();
});

withTwo('a pipe carries values and bytes both ways', async (pool) => {
  const [here, there] = pipe();
  const echo = pool.apply(q.echo, [there]);
  for (const message of [1, 'text', { deep: [new Map([[1, 2n]])] }, new Uint8Array(5000).fill(3)]) {
    await here.send(message);
    deepEqual(await here.recv(), message);
  }
  await here.send('enough');
  await echo;
  await rejects(here.recv(), { type: EOFError });
  here.close();
  const [left, right] = pipe();
  const bytes = pool.apply(q.echoBytes, [right]);
  await left.sendBytes(new Uint8Array([1, 2, 3]));
  await rejects(left.recvBytesInto(new Uint8Array(2)), { type: BufferTooShortError });
  await bytes;
  left.close();
});

testOn(['shared'], 'the other end of a pipe whose worker died is at its end', async () => {
  const [here, there] = pipe();
  const event = new Event();
  const waiting = here.recv();
  await run(q.hold, there, event);
  await rejects(waiting, { type: EOFError });
  throws(() => here.sendSync(1), { type: ClosedError });
  here.close();
  there.close();
  event.close();
});

withTwo('a worker can return an end of a pipe', async (pool) => {
  const there = await pool.apply(q.pipeBack);
  equal(await there.recv(), 'from a worker');
  there.close();
});

withTwo('waitAny tells what is ready, in every thread', async (pool) => {
  const queue = new Queue();
  const event = new Event();
  deepEqual(await waitAny([queue, event], 5), []);
  const waiting = waitAny([queue, event]);
  const inWorker = pool.apply(q.firstReady, [queue, event]);
  event.set();
  ok((await waiting)[0] === event);
  equal(await inWorker, 'event');
  event.clear();
  equal(await pool.apply(q.nothingReady, [queue]), 0);
  queue.putSync(1);
  ok((await waitAny([event, queue]))[0] === queue);
  equal(await pool.apply(q.firstReady, [queue, event]), 'queue');
  const process = new Process(q.nothingReady, { args: [queue] });
  process.start();
  ok((await waitAny([process, event]))[0] === process);
  queue[Symbol.dispose]();
  event.close();
});

withTwo('values add atomically, arrays have their lock', async (pool) => {
  const values = [new Value('i'), new Value('d', 1), new Value('q')];
  await Promise.all([1, 2].map(() => pool.apply(q.addTo, [...values, 500])));
  deepEqual(
    values.map((one) => one.value),
    [1000, 501, 2000n],
  );
  const array = new SharedArray('h', [1, 2, 3]);
  await pool.apply(q.fillLocked, [array, -4]);
  deepEqual([...array], [-4, -4, -4]);
  for (const handle of [...values, array]) handle.close();
});

withTwo('memory is found by its name in every thread', async (pool) => {
  const memory = new SharedMemory({ name: 'conformance', create: true, size: 3 });
  memory.buf.set([1, 2, 3]);
  deepEqual(await pool.apply(q.readNamed, ['conformance']), [1, 2, 3]);
  equal(memory.buf[0], 2);
  throws(() => new SharedMemory({ name: 'conformance', create: true, size: 3 }), { code: 'EEXIST' });
  memory.unlink();
  throws(() => new SharedMemory({ name: 'conformance' }), { code: 'ENOENT' });
  await rejects(pool.apply(q.readNamed, ['conformance']), { code: 'ENOENT' });
  memory.close();
  const list = new ShareableList([1, 'dessert', null]);
  await pool.apply(q.extend, [list.shm.name]);
  deepEqual([...list], [2, 'soup', null]);
  list.shm.unlink();
  list.shm.close();
});

testOn(['shared'], 'a name outlives the worker that made it', async () => {
  await run(q.createAndExit, 'left behind');
  const memory = new SharedMemory({ name: 'left behind' });
  deepEqual([...memory.buf], [7, 8, 9]);
  memory.unlink();
  memory.close();
});

testOn(['shared'], 'what a worker that died held is given back', async () => {
  const used = () => {
    const { array, sync, queue } = heapStats().byKind;
    return [array.blocks, sync.blocks, queue.blocks];
  };
  new Queue()[Symbol.dispose](); // the first leaves an ended one in its place
  const before = used();
  const handles = [new Queue(), new Lock(), new Value('d'), pipe()[0]];
  const array = sharedArray(Int32Array, 100);
  await run(q.keepAndExit, [...handles.slice(0, 3), array]);
  for (const handle of handles.slice(0, 3)) handle[Symbol.dispose]();
  release(array);
  // Not more than before; less where the engine collects meanwhile what earlier cases have left.
  const [arrays, syncs] = used();
  ok(arrays <= before[0] && syncs <= before[1], `${arrays} and ${syncs} blocks, before ${before}`);
  handles[3].close();
});
