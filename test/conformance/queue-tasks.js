// The tasks of the cases on queues, pipes and shared values: a module that every thread imports alike.

import { Counter, pipe, Queue, ShareableList, SharedMemory, sharedArray, tasks, waitAnySync } from './lib.js';

function exit() {
  if (typeof globalThis.process?.exit === 'function') globalThis.process.exit(3);
  globalThis.close();
  for (;;);
}

export const q = tasks(import.meta.url, {
  produce(queue, producer, count) {
    for (let i = 0; i < count; i++) queue.putSync(producer * 1e6 + i);
  },
  async produceAsync(queue, producer, count) {
    for (let i = 0; i < count; i++) await queue.put({ n: producer * 1e6 + i, text: 'x'.repeat(i % 200) });
  },
  /** How many came to the end, and whether each producer's order was kept. */
  consume(queue) {
    const last = {};
    let count = 0;
    let ordered = true;
    for (const item of queue) {
      const n = typeof item === 'number' ? item : item.n;
      const producer = Math.floor(n / 1e6);
      if ((last[producer] ?? -1) >= n) ordered = false;
      last[producer] = n;
      count++;
    }
    return { count, ordered };
  },
  async consumeAsync(queue) {
    let count = 0;
    for await (const _ of queue) count++;
    return { count, ordered: true };
  },
  work(queue, done) {
    for (const _ of queue) {
      done.add(1);
      queue.taskDone();
    }
  },
  getAndExit(queue) {
    queue.getSync();
    exit();
  },
  putAndExit(queue, count) {
    for (let i = 0; i < count; i++) queue.putSync({ i, text: 'y'.repeat(300) });
    exit();
  },
  putHandles(queue) {
    const counter = new Counter(41);
    const array = sharedArray(Float64Array, [1, 2, 3]);
    const inner = new Queue();
    inner.putSync('inside');
    queue.putSync({ counter, array, inner });
    counter.close();
  },
  echo(connection) {
    for (;;) {
      const message = connection.recvSync();
      if (message === 'enough') break;
      connection.sendSync(message);
    }
    connection.close();
  },
  async echoBytes(connection) {
    const buffer = new Uint8Array(1000);
    const length = await connection.recvBytesInto(buffer);
    await connection.sendBytes(buffer, 0, length);
  },
  hold(connection, event) {
    globalThis.kept = connection;
    event.set();
    exit();
  },
  pipeBack() {
    const [here, there] = pipe();
    here.sendSync('from a worker');
    globalThis.kept = here;
    return there;
  },
  firstReady(queue, event) {
    const ready = waitAnySync([queue, event], 20_000);
    return ready.length === 1 ? (ready[0] === event ? 'event' : 'queue') : `${ready.length} ready`;
  },
  nothingReady(queue) {
    return waitAnySync([queue], 20).length;
  },
  addTo(integer, float, big, count) {
    for (let i = 0; i < count; i++) {
      integer.add(1);
      float.add(0.5);
      big.add(2n);
    }
  },
  fillLocked(array, value) {
    const guard = array.getLock().acquireSync();
    for (let i = 0; i < array.length; i++) array.set(i, value);
    guard.release();
  },
  readNamed(name) {
    const memory = new SharedMemory({ name });
    const seen = [...memory.buf];
    memory.buf[0]++;
    memory.close();
    return seen;
  },
  createAndExit(name) {
    new SharedMemory({ name, create: true, size: 3 }).buf.set([7, 8, 9]);
    exit();
  },
  extend(name) {
    const list = new ShareableList(undefined, { name });
    list.set(0, list.at(0) + 1);
    list.set(1, 'soup');
    list.shm.close();
  },
  keepAndExit(handles) {
    globalThis.kept = handles;
    exit();
  },
});
