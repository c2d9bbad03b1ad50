/** How many tiny tasks a second go through when all of them are in flight at once. */
import type { Bench, Contender, Group, Metric, Options, Round } from '../harness/types.js';
import { loadPool, loadTasks } from '../ours.js';
import { flood, startMessageWorkers } from '../rivals/messages.js';
import { POOLS, type Rival, TUNED } from '../rivals/pools.js';

const TASKS = 50_000;
const MESSAGES = 'postMessage, no library';

const METRICS: readonly Metric[] = [
  { key: 'rate', label: 'tasks/s', better: 'higher', digits: 0 },
  { key: 'cpu', label: 'cpu µs/task', better: 'lower', digits: 2 },
];

async function timed(job: () => Promise<number>): Promise<Round> {
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const check = await job();
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { values: { rate: TASKS / seconds, cpu: (user + system) / TASKS }, check };
}

function allAtOnce(apply: (x: number) => PromiseLike<number>): Promise<Round> {
  return timed(async () => {
    const answers = new Array<PromiseLike<number>>(TASKS);
    for (let i = 0; i < TASKS; i++) answers[i] = apply(i);
    let total = 0;
    for (const answer of await Promise.all(answers)) total += answer;
    return total;
  });
}

function ours(workers: number): Contender {
  return {
    name: 'manyhands apply',
    ours: true,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      return { round: () => allAtOnce((x) => pool.apply(square, [x])), close: () => pool.terminate() };
    },
  };
}

function messages(workers: number): Contender {
  return {
    name: MESSAGES,
    async open() {
      const threads = await startMessageWorkers(workers);
      return {
        round: () => timed(() => flood(threads, TASKS)),
        async close() {
          await Promise.all(threads.map((thread) => thread.terminate()));
        },
      };
    },
  };
}

function library(rival: Rival, workers: number): Contender {
  return {
    name: rival.name,
    async open() {
      const pool = await rival.open(workers);
      return {
        round: () => allAtOnce(pool.apply),
        async close() {
          await pool.close();
        },
      };
    },
  };
}

function bench({ quick, workers }: Options): Bench {
  return {
    name: 'throughput',
    title: `square(i), ${TASKS.toLocaleString('en-US')} tasks in flight`,
    rounds: quick ? 3 : 9,
    warmups: quick ? 2 : 4,
    keepCode: true,
    metrics: METRICS,
    contenders: [
      ours(workers),
      messages(workers),
      ...[...POOLS, ...TUNED].map((rival) => library(rival, workers)),
    ],
    targets: [
      ...POOLS.slice(0, 1).map(({ name }) => ({ metric: 'rate', against: name, atLeast: 8 })),
      ...TUNED.map(({ name }) => ({ metric: 'rate', against: name, atLeast: 5 })),
      { metric: 'rate', against: MESSAGES, atLeast: 1.2 },
    ],
    notes: ['The rivals with a library and ours make a promise per task; postMessage alone makes none.'],
  };
}

export const throughput: Group = {
  name: 'throughput',
  summary: 'tiny tasks a second, 50,000 in flight',
  benches: (options) => [bench(options)],
};
