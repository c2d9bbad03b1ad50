/** Who sends from worker to worker: ours over the shared heap, and `postMessage` over a MessageChannel. */
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { loadPool } from '../ours.js';
import type { PayloadName } from './payloads.mjs';

/** Two workers that do what is asked of them in one round. */
export interface Pair {
  /** `count` messages from one to the other: the total of what was read. */
  stream(kind: PayloadName, count: number): Promise<number>;
  /** `count` numbers there and back, one at a time: microseconds each. */
  pingPong(count: number): Promise<Float64Array>;
  close(): Promise<void>;
}

export async function openOurs(): Promise<Pair> {
  const { Pool, Queue, pipe } = await loadPool();
  const { consume, ping, pong, produce } = await import('./tasks.mjs');
  const pool = new Pool(2);
  await pool.ready;
  const queue = new Queue();
  return {
    async stream(kind, count) {
      const [total] = await Promise.all([
        pool.apply(consume, [queue, kind, count]),
        pool.apply(produce, [queue, kind, count]),
      ]);
      return total;
    },
    async pingPong(count) {
      const [left, right] = pipe();
      const [latencies] = await Promise.all([
        pool.apply(ping, [left, count]),
        pool.apply(pong, [right, count]),
      ]);
      return latencies;
    },
    close: async () => void (await pool.terminate()),
  };
}

export async function openPorts(): Promise<Pair> {
  const { port1, port2 } = new MessageChannel();
  const [left, right] = [port1, port2].map(
    (port) =>
      new Worker(new URL('portWorker.mjs', import.meta.url), {
        execArgv: [],
        workerData: { port },
        transferList: [port],
      }),
  );
  await Promise.all([once(left, 'online'), once(right, 'online')]);
  const ask = async (worker: Worker, order: object): Promise<unknown> => {
    worker.postMessage(order);
    return (await once(worker, 'message'))[0];
  };
  return {
    async stream(kind, count) {
      const total = ask(right, { role: 'consume', kind, count });
      await Promise.all([total, ask(left, { role: 'produce', kind, count })]);
      return (await total) as number;
    },
    async pingPong(count) {
      const echo = ask(right, { role: 'pong', count });
      const latencies = await ask(left, { role: 'ping', count });
      await echo;
      return latencies as Float64Array;
    },
    async close() {
      await Promise.all([left.terminate(), right.terminate()]);
    },
  };
}
