/** Arguments that weigh something: a megabyte of bytes, a million numbers, against raw workers and hand-made transfer. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Bench, Contender, Group, Metric, Options } from '../harness/types.js';
import { loadPool, loadTasks } from '../ours.js';

const WORKER = new URL('../rivals/payloadWorker.mjs', import.meta.url);
const MEGABYTE = 1 << 20;
/** In a round: the system takes some 10 ms to find cores for two threads that take turns. */
const CALLS = 1000;
/** A round of a runtime that takes much longer for a call ends with this many milliseconds. */
const ROUND_MS = 400;
const ITEMS = 1_000_000;

const CALL: readonly Metric[] = [{ key: 'us', label: 'µs/call', better: 'lower', digits: 0 }];
const MAP: readonly Metric[] = [{ key: 'ms', label: 'ms', better: 'lower', digits: 2 }];

async function startWorkers(count: number): Promise<Worker[]> {
  const threads = Array.from({ length: count }, () => new Worker(WORKER, { execArgv: [] }));
  await Promise.all(threads.map((thread) => once(thread, 'online')));
  return threads;
}

const endAll = async (threads: readonly Worker[]): Promise<void> => {
  await Promise.all(threads.map((thread) => thread.terminate()));
};

/** Sends to the worker and waits for its answer. */
async function ask<T>(thread: Worker, payload: unknown, transfer: ArrayBuffer[] = []): Promise<T> {
  const answer = once(thread, 'message');
  thread.postMessage(payload, transfer);
  return (await answer)[0];
}

const bytes = new Uint8Array(MEGABYTE).fill(7);

/** One call after the other, so that nothing but the way there is measured. */
async function calls(call: () => Promise<number>): Promise<{ values: { us: number }; check: number }> {
  let check = 0;
  const begin = performance.now();
  let ms = 0;
  let count = 0;
  for (; count < CALLS && ms < ROUND_MS; count++) {
    check += await call();
    ms = performance.now() - begin;
  }
  return { values: { us: (ms * 1000) / count }, check: check / count };
}

const ourCalls: Contender = {
  name: 'manyhands apply',
  ours: true,
  async open() {
    const { Pool } = await loadPool();
    const { lengthOf } = await loadTasks();
    const pool = new Pool(1);
    await pool.ready;
    return { round: () => calls(() => pool.apply(lengthOf, [bytes])), close: () => pool.terminate() };
  },
};

const clonedCalls: Contender = {
  name: 'postMessage, cloned',
  async open() {
    const threads = await startWorkers(1);
    return { round: () => calls(() => ask<number>(threads[0], bytes)), close: () => endAll(threads) };
  },
};

const numbers = Float64Array.from({ length: ITEMS }, (_, i) => i);
const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
};

function ourMap(workers: number, into: boolean): Contender {
  return {
    name: into ? 'manyhands map, out' : 'manyhands map',
    ours: into,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      return {
        async round() {
          const begin = performance.now();
          const out = into ? new Float64Array(ITEMS) : undefined;
          const squares = await pool.map(square, numbers as Iterable<number>, { out });
          return { values: { ms: performance.now() - begin }, check: sum(squares) };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

function transferred(workers: number): Contender {
  return {
    name: 'hand-made transfer',
    async open() {
      const threads = await startWorkers(workers);
      const share = Math.ceil(ITEMS / workers);
      return {
        async round() {
          const begin = performance.now();
          const squares = new Float64Array(ITEMS);
          await Promise.all(
            threads.map(async (thread, i) => {
              const part = numbers.slice(i * share, (i + 1) * share);
              squares.set(await ask<Float64Array>(thread, part, [part.buffer]), i * share);
            }),
          );
          return { values: { ms: performance.now() - begin }, check: sum(squares) };
        },
        close: () => endAll(threads),
      };
    },
  };
}

function benches({ quick, workers }: Options): Bench[] {
  const rounds = { rounds: quick ? 5 : 21, warmups: 6, keepCode: true };
  return [
    {
      name: 'float64array',
      title: `square over a Float64Array of ${ITEMS.toLocaleString('en-US')}`,
      ...rounds,
      // Fresh pages cost both sides more or less from one round to the next: medians of few rounds differ by half.
      rounds: quick ? 5 : 61,
      // Before the megabyte: there ours tells the system's allocator to keep what large buffers leave, for the rival too.
      metrics: MAP,
      contenders: [ourMap(workers, true), ourMap(workers, false), transferred(workers)],
      targets: [{ metric: 'ms', against: 'hand-made transfer', atMost: 1 / 1.2 }],
      notes: [
        'Transfer: one part for each worker, copied out, moved there and back, copied into the result.',
        'Without out the result is an array, whose million elements the engine clears first.',
      ],
    },
    {
      name: 'megabyte',
      title: `1 MB of bytes as an argument, up to ${CALLS.toLocaleString('en-US')} calls one after the other`,
      ...rounds,
      // As in dispatch: the engines take some 5,000 tasks to compile both ends.
      warmups: 8,
      metrics: CALL,
      contenders: [ourCalls, clonedCalls],
      targets: [{ metric: 'us', against: 'postMessage, cloned', atMost: 1 / 1.3 }],
    },
  ];
}

export const payload: Group = {
  name: 'payload',
  summary: 'a megabyte as an argument, a Float64Array through map',
  benches,
};
