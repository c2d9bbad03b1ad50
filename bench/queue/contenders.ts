/**
 * Who sends from worker to worker: ours over the shared heap, `postMessage` over a MessageChannel, Python's
 * multiprocessing, and a bare ring in shared memory that does nothing but copy.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Missing } from '../harness/types.js';
import { loadPool } from '../ours.js';
import { LineProcess } from '../rivals/LineProcess.js';
import type { PayloadName } from './payloads.mjs';

/** Two workers (or as many pairs) that do what is asked of them in one round. */
export interface Pair {
  /** `count` messages from one to the other: the total of what was read. */
  stream(kind: PayloadName, count: number): Promise<Streamed>;
  close(): Promise<void>;
}

export interface Streamed {
  total: number;
  /** Measured by the rival itself. */
  ms?: number;
}

export interface Pinger {
  /** `count` numbers there and back, one at a time: microseconds each. */
  pingPong(count: number): Promise<Float64Array | number>;
  close(): Promise<void>;
}

interface Settings {
  /** Of producers and consumers, as many each. */
  pairs?: number;
  /** The reader keeps one buffer for all messages. */
  into?: boolean;
  /** Most messages that wait: so that large ones stay in the cache. */
  maxsize?: number;
}

export async function openOurs({
  pairs = 1,
  into = false,
  maxsize = 0,
}: Settings = {}): Promise<Pair & Pinger> {
  const { Pool, Queue, pipe } = await loadPool();
  const { consume, consumeInto, ping, pong, produce } = await import('./tasks.mjs');
  const pool = new Pool(2 * pairs);
  await pool.ready;
  const queue = new Queue(maxsize);
  return {
    async stream(kind, count) {
      const share = count / pairs;
      const totals = Array.from({ length: pairs }, () =>
        pool.apply(into ? consumeInto : consume, [queue, kind, share]),
      );
      const puts = Array.from({ length: pairs }, (_, i) =>
        pool.apply(produce, [queue, kind, share, i * share]),
      );
      await Promise.all(puts);
      return { total: (await Promise.all(totals)).reduce((sum, total) => sum + total) };
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

/** Two plain workers, each with its own data. */
async function startWorkers(file: string, data: object[], transfer: MessagePort[][] = []) {
  const workers = data.map(
    (workerData, i) =>
      new Worker(new URL(file, import.meta.url), {
        execArgv: [],
        workerData,
        transferList: (transfer[i] ?? []) as never,
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'online')));
  const ask = async (i: number, order: object): Promise<unknown> => {
    workers[i].postMessage(order);
    return (await once(workers[i], 'message'))[0];
  };
  const close = async () => void (await Promise.all(workers.map((worker) => worker.terminate())));
  return { ask, close };
}

export async function openPorts(): Promise<Pair & Pinger> {
  const { port1, port2 } = new MessageChannel();
  const ports = [port1, port2] as unknown as MessagePort[];
  const data = ports.map((port) => ({ port }));
  const { ask, close } = await startWorkers(
    'portWorker.mjs',
    data,
    ports.map((port) => [port]),
  );
  return {
    async stream(kind, count) {
      const total = ask(1, { role: 'consume', kind, count });
      await Promise.all([total, ask(0, { role: 'produce', kind, count })]);
      return { total: (await total) as number };
    },
    async pingPong(count) {
      const echo = ask(1, { role: 'pong', count });
      const latencies = await ask(0, { role: 'ping', count });
      await echo;
      return latencies as Float64Array;
    },
    close,
  };
}

/** Blocks that the bare ring has room for. */
const RING_BLOCKS = 16;

export async function openRing(blockBytes: number, into: boolean): Promise<Pair> {
  const data = {
    words: new Int32Array(new SharedArrayBuffer(128)),
    blocks: new Uint8Array(new SharedArrayBuffer(RING_BLOCKS * blockBytes)),
    blockBytes,
  };
  const { ask, close } = await startWorkers('ringWorker.mjs', [data, data]);
  return {
    async stream(kind, count) {
      const total = ask(1, { role: 'consume', kind, count, into });
      await Promise.all([total, ask(0, { role: 'produce', kind, count })]);
      return { total: (await total) as number };
    },
    close,
  };
}

async function startPython(what: string, count: number): Promise<LineProcess> {
  const script = fileURLToPath(new URL('../rivals/queues.py', import.meta.url));
  return LineProcess.start('python3', [script, what, String(count)]).catch((error: Error) => {
    throw new Missing(error.message, 'install python3');
  });
}

export async function openPythonQueue(kind: PayloadName, count: number): Promise<Pair> {
  const process = await startPython(kind, count);
  return {
    async stream() {
      const { ns, check = Number.NaN } = await process.run();
      return { total: check, ms: ns / 1e6 };
    },
    close: () => process.close(),
  };
}

export async function openPythonPipe(count: number): Promise<Pinger> {
  const process = await startPython('ping', count);
  return {
    pingPong: async () => (await process.run()).ns / 1e3 / count,
    close: () => process.close(),
  };
}
