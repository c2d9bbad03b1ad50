/**
 * What one task costs when it is awaited before the next is sent, in time and in processor time of all
 * threads of the process: a wait won by spinning shows in the second.
 */
import type { Bench, Contender, Group, Metric, Options, Round } from '../harness/types.js';
import { loadPool, loadTasks } from '../ours.js';
import { AtomicsPeer, pingPong, startMessageWorkers } from '../rivals/messages.js';
import { POOLS, type Rival } from '../rivals/pools.js';

/**
 * Enough for the kernel to move the two threads to a core each, which takes it some 10 ms: on one core a wake-up costs
 * 6 µs, and none is spared by looking; on two it costs 30.
 */
const TASKS = 10_000;

const METRICS: readonly Metric[] = [
  { key: 'wall', label: 'wall µs', better: 'lower', tail: 'p99' },
  { key: 'cpu', label: 'cpu µs', better: 'lower' },
];

/** @param loop Runs the tasks, writes the time of each, and returns the last answer. */
async function timed(loop: (latenciesUs: Float64Array) => PromiseLike<number>): Promise<Round> {
  const wall = new Float64Array(TASKS);
  const before = process.cpuUsage();
  const check = await loop(wall);
  const { user, system } = process.cpuUsage(before);
  return { values: { wall, cpu: (user + system) / TASKS }, check };
}

/** The one loop of all that answer with a promise. */
function oneByOne(apply: (x: number) => PromiseLike<number>): Promise<Round> {
  return timed(async (latenciesUs) => {
    let answer = 0;
    for (let i = 0; i < latenciesUs.length; i++) {
      const begin = performance.now();
      answer = await apply(i);
      latenciesUs[i] = (performance.now() - begin) * 1000;
    }
    return answer;
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
      return { round: () => oneByOne((x) => pool.apply(square, [x])), close: () => pool.terminate() };
    },
  };
}

const messages: Contender = {
  name: 'postMessage ping-pong',
  async open() {
    const [worker] = await startMessageWorkers(1);
    return {
      round: () => timed((latenciesUs) => pingPong(worker, latenciesUs)),
      async close() {
        await worker.terminate();
      },
    };
  },
};

const atomics: Contender = {
  name: 'Atomics there and back',
  async open() {
    const peer = await AtomicsPeer.start();
    return { round: () => oneByOne((x) => peer.call(x)), close: () => peer.close() };
  },
};

/** The caller blocks in Atomics.wait, on either side of the table. */
function blocking(workers: number): Contender {
  return {
    name: 'manyhands applySync',
    ours: true,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      return {
        round: () => oneByOne(async (x) => pool.applySync(square, [x])),
        close: () => pool.terminate(),
      };
    },
  };
}

const blockedAtomics: Contender = {
  name: 'Atomics, blocking',
  async open() {
    const peer = await AtomicsPeer.start();
    return { round: () => oneByOne(async (x) => peer.callSync(x)), close: () => peer.close() };
  },
};

function library(rival: Rival, workers: number): Contender {
  return {
    name: rival.name,
    async open() {
      const pool = await rival.open(workers);
      return {
        round: () => oneByOne(pool.apply),
        async close() {
          await pool.close();
        },
      };
    },
  };
}

function benches({ quick, workers }: Options): Bench[] {
  const common = {
    rounds: quick ? 5 : 15,
    // The engines take some 5,000 tasks to compile both ends; before that a task costs three times as much.
    warmups: 2,
    keepCode: true,
    metrics: METRICS,
  };
  const awaited: Bench = {
    name: 'dispatch',
    title: `square(i), ${TASKS.toLocaleString('en-US')} times, each awaited before the next`,
    ...common,
    contenders: [ours(workers), messages, atomics, ...POOLS.map((rival) => library(rival, workers))],
    targets: [
      { metric: 'wall', against: messages.name, atMost: 0.8 },
      { metric: 'wall', against: atomics.name, atMost: 1.8 },
      { metric: 'cpu', against: messages.name, atMost: 1 },
    ],
    notes: [
      'cpu is the processor time of all threads of the process, per task.',
      'postMessage answers in a listener that sends the next at once: no promise, no turn of the event loop between.',
    ],
  };
  const blocked: Bench = {
    name: 'dispatch sync',
    title: 'the same, where the caller blocks',
    ...common,
    contenders: [blocking(workers), blockedAtomics, atomics],
    targets: [{ metric: 'wall', against: blockedAtomics.name, atMost: 1.6 }],
  };
  return [awaited, blocked];
}

export const dispatch: Group = {
  name: 'dispatch',
  summary: 'the cost of one task before the next, awaited and blocking',
  benches,
};
