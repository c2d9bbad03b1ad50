/** The rivals that are no library: workers spoken to by `postMessage`, or by Atomics on shared memory. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const MESSAGE_WORKER = new URL('messageWorker.mjs', import.meta.url);
const ATOMICS_WORKER = new URL('atomicsWorker.mjs', import.meta.url);

/** Starts a worker that has none of the command's own loaders. */
async function start(url: URL, workerData?: unknown): Promise<Worker> {
  const worker = new Worker(url, { execArgv: [], workerData });
  await once(worker, 'online');
  return worker;
}

export function startMessageWorkers(count: number): Promise<Worker[]> {
  return Promise.all(Array.from({ length: count }, () => start(MESSAGE_WORKER)));
}

/**
 * One number to the worker and back at a time, each sent from the handler of the last answer: nothing but
 * the messages themselves.
 *
 * @param latenciesUs Receives a figure per task; its length is the number of tasks.
 * @returns The last answer.
 */
export function pingPong(worker: Worker, latenciesUs: Float64Array): Promise<number> {
  return new Promise((resolve) => {
    let i = 0;
    let sent = performance.now();
    const onMessage = (answer: number): void => {
      latenciesUs[i++] = (performance.now() - sent) * 1000;
      if (i === latenciesUs.length) {
        worker.off('message', onMessage);
        resolve(answer);
        return;
      }
      sent = performance.now();
      worker.postMessage(i);
    };
    worker.on('message', onMessage);
    worker.postMessage(0);
  });
}

/**
 * All messages at once, dealt out to the workers in turn.
 *
 * @returns The sum of the answers.
 */
export function flood(workers: readonly Worker[], tasks: number): Promise<number> {
  return new Promise((resolve) => {
    let left = tasks;
    let total = 0;
    const onMessage = (answer: number): void => {
      total += answer;
      if (--left > 0) return;
      for (const worker of workers) worker.off('message', onMessage);
      resolve(total);
    };
    for (const worker of workers) worker.on('message', onMessage);
    for (let i = 0; i < tasks; i++) workers[i % workers.length].postMessage(i);
  });
}

/** One worker that sleeps in `Atomics.wait`, called by a thread that sleeps in `Atomics.waitAsync`. */
export class AtomicsPeer {
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #worker: Worker;
  #calls = 0;

  private constructor(cells: Int32Array<SharedArrayBuffer>, worker: Worker) {
    this.#cells = cells;
    this.#worker = worker;
  }

  static async start(): Promise<AtomicsPeer> {
    const memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
    return new AtomicsPeer(new Int32Array(memory), await start(ATOMICS_WORKER, memory));
  }

  async call(x: number): Promise<number> {
    const cells = this.#cells;
    const before = this.#calls++;
    Atomics.store(cells, 2, x);
    Atomics.store(cells, 0, this.#calls);
    Atomics.notify(cells, 0);
    // In a loop: the notify of the call before may come after that call has seen its answer.
    while (Atomics.load(cells, 1) === before) {
      const wait = Atomics.waitAsync(cells, 1, before);
      if (wait.async) await wait.value;
    }
    return Atomics.load(cells, 2);
  }

  callSync(x: number): number {
    const cells = this.#cells;
    const before = this.#calls++;
    Atomics.store(cells, 2, x);
    Atomics.store(cells, 0, this.#calls);
    Atomics.notify(cells, 0);
    while (Atomics.load(cells, 1) === before) Atomics.wait(cells, 1, before);
    return Atomics.load(cells, 2);
  }

  /** The worker never returns to its event loop, so it is stopped from here. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
