// What the workers of the queue tests do.

import process from 'node:process';
import { currentProcess, tasks } from 'manyhands';

export const {
  produce,
  consume,
  consumeAsync,
  produceMixed,
  echo,
  dieAfter,
  stream,
  putShared,
  getForever,
  tryProduce,
  work,
  getAndDie,
  talk,
  talkSync,
  sendAndDie,
  sendAndLeave,
  pollFor,
} = tasks(import.meta.url, {
  /** Puts `count` numbers that name their producer. */
  produce(queue, producer, count) {
    for (let i = 0; i < count; i++) queue.putSync(producer * 1e9 + i);
    return count;
  },
  /** All there is, until the end: how many of each producer, and whether each one's order was kept. */
  consume(queue) {
    const last = {};
    let count = 0;
    let ordered = true;
    for (const item of queue) {
      const producer = Math.floor(item / 1e9);
      if ((last[producer] ?? -1) >= item) ordered = false;
      last[producer] = item;
      count++;
    }
    return { count, ordered };
  },
  async consumeAsync(queue) {
    let count = 0;
    for await (const _ of queue) count++;
    return { count, ordered: true };
  },
  /** Waits until all are here, then puts without waiting. */
  tryProduce(queue, start, count) {
    start.waitSync();
    for (let i = 0; i < count; i++) queue.tryPut(i);
  },
  produceMixed(queue, count) {
    for (let i = 0; i < count; i++) queue.putSync({ i, text: 'x'.repeat(i % 300), list: [i, { i }] });
  },
  async echo(input, output) {
    for await (const item of input) await output.put(item);
    output.close();
  },
  /** Puts until it dies in the middle of it. */
  dieAfter(queue, count) {
    for (let i = 0; i < count; i++) queue.putSync(i);
    process.exit(3);
  },
  stream(queue) {
    for (let i = 0; ; i++) queue.putSync({ i, text: 'y'.repeat(200) });
  },
  putShared(queue, array) {
    array[0] = 42;
    queue.putSync({ array, from: currentProcess().name });
  },
  getForever(queue) {
    while (true) queue.getSync();
  },
  work(queue, count) {
    let done = 0;
    for (; done < count; done++) {
      queue.getSync();
      queue.taskDone();
    }
    return done;
  },
  /** Takes items and dies before it says that they are done. */
  getAndDie(queue, count) {
    for (let i = 0; i < count; i++) queue.getSync();
    process.exit(4);
  },
  /** Sends back what comes, until the other end closes. */
  async talk(connection) {
    let count = 0;
    for await (const message of connection) {
      await connection.send({ message, by: currentProcess().name });
      count++;
    }
    return count;
  },
  talkSync(connection) {
    let count = 0;
    try {
      for (; ; count++) connection.sendSync(connection.recvSync());
    } catch (error) {
      if (error.code !== 'ERR_EOF') throw error;
    }
    return count;
  },
  sendAndDie(connection, count) {
    for (let i = 0; i < count; i++) connection.sendSync(i);
    process.exit(5);
  },
  sendAndLeave(connection, count) {
    for (let i = 0; i < count; i++) connection.sendSync(i);
    connection.close();
  },
  pollFor(connection, timeout) {
    return connection.pollSync(timeout);
  },
});
