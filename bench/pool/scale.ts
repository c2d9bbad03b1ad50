/** What does not show in one call: starting a pool, tasks by the million, input without end, and doing nothing. */
import { Worker } from 'node:worker_threads';
import { collectGarbage as collect } from '../harness/measure.js';
import type { Bench, Contender, Group, Metric, Options } from '../harness/types.js';
import { loadPool, loadTasks } from '../ours.js';
import { startMessageWorkers } from '../rivals/messages.js';
import { POOLS, type Rival } from '../rivals/pools.js';

const QUEUED = [100, 1000, 10_000, 100_000, 1_000_000];
const STREAM = 1_000_000;
const IDLE_MS = 500;
/** V8 collects garbage once more some 8 s after a thread has gone quiet; from then on it does nothing. */
const QUIET_MS = 10_000;

const START: readonly Metric[] = [{ key: 'ms', label: 'ms', better: 'lower', digits: 1 }];
const QUEUE: readonly Metric[] = [
  { key: 'us', label: 'µs/task', better: 'lower', digits: 2 },
  { key: 'bytes', label: 'bytes/task', better: 'lower', digits: 0 },
];
const LAZY: readonly Metric[] = [
  { key: 'rate', label: 'k items/s', better: 'higher', digits: 0 },
  { key: 'mb', label: 'MB more', better: 'lower', digits: 1, tail: 'max' },
];
const IDLE: readonly Metric[] = [{ key: 'cpu', label: 'cpu ms/s', better: 'lower', digits: 2 }];

/** JavaScript's heap and what hangs on it, not the shared memory. */
const heap = (): number => process.memoryUsage().heapUsed;

/** Two workers and the first result of each. */
function start(name: string, open: () => Promise<{ first(): Promise<number>; close(): unknown }>): Contender {
  return {
    name,
    ours: name.startsWith('manyhands'),
    async open() {
      return {
        async round() {
          const begin = performance.now();
          const pool = await open();
          const check = await pool.first();
          const ms = performance.now() - begin;
          await pool.close();
          return { values: { ms }, check };
        },
        close() {},
      };
    },
  };
}

const twice = async (apply: (x: number) => PromiseLike<number>): Promise<number> => {
  const [a, b] = await Promise.all([apply(3), apply(4)]);
  return a + b;
};

const starts: Contender[] = [
  start('manyhands', async () => {
    const { Pool } = await loadPool();
    const { square } = await loadTasks();
    // Without the loaders of this command, as the rivals are started.
    const file = new URL(import.meta.resolve('manyhands/worker'));
    const pool = new Pool({ processes: 2, worker: () => new Worker(file, { execArgv: [] }) });
    return { first: () => twice((x) => pool.apply(square, [x])), close: () => pool.terminate() };
  }),
  ...POOLS.map((rival: Rival) =>
    start(rival.name, async () => {
      const pool = await rival.open(2);
      return { first: () => twice(pool.apply), close: () => pool.close() };
    }),
  ),
  start('two workers, no library', async () => {
    const threads = await startMessageWorkers(2);
    return {
      async first() {
        const answers = threads.map(
          (thread, i) =>
            new Promise<number>((resolve) => {
              thread.once('message', resolve);
              thread.postMessage(i + 3);
            }),
        );
        const [a, b] = await Promise.all(answers);
        return a + b;
      },
      close: () => Promise.all(threads.map((thread) => thread.terminate())),
    };
  }),
];

/** So many tasks at once: what each costs, and what it weighs while it waits. */
function queued(count: number, workers: number): Contender {
  return {
    name: `${count.toLocaleString('en-US')} queued`,
    ours: count === QUEUED.at(-1),
    ...(count > 100_000 && { maxRounds: 3 }),
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      return {
        async round() {
          collect();
          const before = heap();
          const answers = new Array<Promise<number>>(count);
          const begin = performance.now();
          for (let i = 0; i < count; i++) answers[i] = pool.apply(square, [i]);
          const submitted = performance.now() - begin;
          collect();
          const bytes = (heap() - before) / count;
          const again = performance.now();
          await Promise.all(answers);
          return { values: { us: ((submitted + performance.now() - again) * 1000) / count, bytes } };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

/** Looks at the memory ten times on the way: all that a million items may take is what a hundred thousand take. */
function lazily(count: number, workers: number): Contender {
  return {
    name: `${count.toLocaleString('en-US')} results`,
    ours: count === STREAM,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      return {
        async round() {
          let pulled = 0;
          const input = (function* () {
            for (; pulled < 10 * count; pulled++) yield pulled;
          })();
          collect();
          const before = heap();
          const begin = performance.now();
          let read = 0;
          let most = 0;
          for await (const _ of pool.imap(square, input)) {
            if (++read % (count / 10) === 0) {
              collect();
              most = Math.max(most, heap() - before);
            }
            if (read === count) break;
          }
          const ms = performance.now() - begin;
          const last = pulled;
          await new Promise((resolve) => setTimeout(resolve, 20));
          return { values: { rate: count / ms, mb: most / 1e6 }, check: pulled - last };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

function idle(name: string, workers: number): Contender {
  return {
    name,
    ours: workers > 0,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = workers > 0 ? new Pool(workers) : undefined;
      await pool?.map(square, [1, 2, 3]);
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      return {
        async round() {
          const before = process.cpuUsage();
          await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
          const { user, system } = process.cpuUsage(before);
          return { values: { cpu: (user + system) / IDLE_MS } };
        },
        close: () => pool?.terminate(),
      };
    },
  };
}

function benches({ quick, workers }: Options): Bench[] {
  const rounds = { rounds: quick ? 3 : 9, warmups: 1 };
  return [
    {
      name: 'start',
      title: 'two workers started, a result from each',
      ...rounds,
      metrics: START,
      contenders: starts,
      targets: POOLS.map(({ name }) => ({
        metric: 'ms',
        against: name,
        atMost: 0.75,
      })),
    },
    {
      name: 'queued',
      title: 'square(i), so many tasks at once',
      ...rounds,
      metrics: QUEUE,
      contenders: QUEUED.map((count) => queued(count, workers)),
      targets: [{ metric: 'us', against: '100 queued', atMost: 2 }],
      notes: ['bytes: JavaScript heap for each task that waits, its promise included; wanted are 450.'],
    },
    {
      name: 'lazy',
      title: `imap over an input without end, left after so many results`,
      ...rounds,
      metrics: LAZY,
      contenders: [lazily(STREAM / 10, workers), lazily(STREAM, workers)],
      targets: [
        { metric: 'mb', atMost: 8 },
        { metric: 'mb', against: `${(STREAM / 10).toLocaleString('en-US')} results`, atMost: 1.5 },
      ],
      notes: [
        'MB more: the most of ten looks on the way, after a collection each, whose time is in the rate.',
        'The check is the number of items that were read after the loop was left: none.',
        'MB more: the trace of the last 16,384 tasks is in it, whatever the number of items.',
      ],
    },
    {
      name: 'idle',
      title: 'a pool that has nothing to do',
      ...rounds,
      metrics: IDLE,
      contenders: [idle('manyhands, idle', workers), idle('no pool', 0)],
      targets: [{ metric: 'cpu', atMost: 5 }],
    },
  ];
}

export const scale: Group = {
  name: 'scale',
  summary: 'starting, tasks by the million, input without end, doing nothing',
  benches,
};
