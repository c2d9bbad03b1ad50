/** How close `map` comes to handing out items one by one from a bare atomic index, which balances best. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Bench, Contender, Group, Metric, Options } from '../harness/types.js';
import { loadPool } from '../ours.js';
import { spin as spinHere } from '../rivals/spin.mjs';

const INDEX_WORKER = new URL('../rivals/indexWorker.mjs', import.meta.url);
const METRICS: readonly Metric[] = [{ key: 'ms', label: 'ms', better: 'lower', digits: 2 }];

/** Steps of `spin` in a microsecond, on this machine when nothing disturbs it. */
function stepsPerMicrosecond(): number {
  const steps = 1_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    const begin = performance.now();
    spinHere(steps);
    best = Math.min(best, performance.now() - begin);
  }
  return steps / (best * 1000);
}

function ours(steps: readonly number[], workers: number): Contender {
  return {
    name: 'manyhands map',
    ours: true,
    async open() {
      const { Pool } = await loadPool();
      const { spin } = await import('./tasks.mjs');
      const pool = new Pool(workers);
      await pool.ready;
      return {
        async round() {
          const begin = performance.now();
          const results = await pool.map(spin, steps);
          const ms = performance.now() - begin;
          return { values: { ms }, check: results.reduce((a, b) => a + b, 0) };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

function bareIndex(steps: readonly number[], workers: number): Contender {
  return {
    name: 'bare atomic index',
    async open() {
      const shared = new SharedArrayBuffer(4 * 4);
      const cells = new Int32Array(shared);
      const costs = new SharedArrayBuffer(steps.length * 4);
      new Int32Array(costs).set(steps);
      const workerData = { cells: shared, steps: costs };
      const threads = Array.from(
        { length: workers },
        () => new Worker(INDEX_WORKER, { execArgv: [], workerData }),
      );
      await Promise.all(threads.map((thread) => once(thread, 'online')));
      return {
        async round() {
          for (const cell of [1, 2, 3]) Atomics.store(cells, cell, 0);
          const begin = performance.now();
          Atomics.add(cells, 0, 1);
          Atomics.notify(cells, 0);
          for (let done = Atomics.load(cells, 2); done < workers; done = Atomics.load(cells, 2)) {
            const wait = Atomics.waitAsync(cells, 2, done);
            if (wait.async) await wait.value;
          }
          return { values: { ms: performance.now() - begin }, check: Atomics.load(cells, 3) };
        },
        async close() {
          await Promise.all(threads.map((thread) => thread.terminate()));
        },
      };
    },
  };
}

function bench(
  name: string,
  title: string,
  microseconds: readonly number[],
  atMost: number,
  options: Options,
): Bench {
  const perMicrosecond = stepsPerMicrosecond();
  const steps = microseconds.map((us) => Math.max(1, Math.round(us * perMicrosecond)));
  return {
    name,
    title,
    rounds: options.quick ? 5 : 21,
    // V8 14 and later leave the code of a first loop again and again until they have compiled the whole function.
    warmups: 8,
    metrics: METRICS,
    contenders: [ours(steps, options.workers), bareIndex(steps, options.workers)],
    targets: [{ metric: 'ms', against: 'bare atomic index', atMost }],
  };
}

/** 200 items around 5 ms, exponentially distributed and the same in every run: a few are long. */
function uneven(): number[] {
  let state = 1;
  return Array.from({ length: 200 }, () => {
    state = Math.imul(state, 48271) % 0x7fffffff;
    return -5000 * Math.log(1 - Math.abs(state) / 0x7fffffff);
  });
}

export const scheduling: Group = {
  name: 'scheduling',
  summary: 'even and uneven work through map, against a bare atomic index',
  benches: (options) => [
    bench('even', '10,000 items of 50 µs', new Array<number>(10_000).fill(50), 1.06, options),
    bench('uneven', '200 uneven items, 5 ms on average', uneven(), 1.08, options),
    bench(
      'largest-last',
      'the same, the longest last',
      uneven().sort((a, b) => a - b),
      1.08,
      options,
    ),
  ],
};
