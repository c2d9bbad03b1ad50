/** A million numbers through `pool.map`, against Python's, and how long the caller's event loop stood still. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type Bench,
  type Contender,
  type Group,
  type Metric,
  Missing,
  type Options,
} from '../harness/types.js';
import { loadPool, loadTasks } from '../ours.js';
import { LineProcess } from '../rivals/LineProcess.js';
import { square as squareHere } from '../rivals/square.mjs';

const ITEMS = 1_000_000;
const BLOCK_LIMIT_MS = 50;

const METRICS: readonly Metric[] = [
  { key: 'rate', label: 'M items/s', better: 'higher', digits: 2 },
  { key: 'block', label: 'loop blocked ms', better: 'lower', tail: 'max' },
  { key: 'cpu', label: 'cpu ms', better: 'lower', digits: 0 },
];

const perSecond = (ms: number) => ITEMS / ms / 1000;

function total(numbers: readonly number[]): number {
  let sum = 0;
  for (const x of numbers) sum += x;
  return sum;
}

/**
 * The longest time between two turns of the event loop, from `start` to `stop`, by a timer of 1 ms: what
 * runs in one turn, and the wait for a core that the workers have, both show.
 */
class LoopProbe {
  #last = 0;
  #longest = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#tick(), 1);
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  stop(): number {
    this.#tick();
    clearInterval(this.#timer);
    return this.#longest;
  }
}

function ours(workers: number): Contender {
  return {
    name: 'manyhands map',
    ours: true,
    async open() {
      const { Pool } = await loadPool();
      const { square } = await loadTasks();
      const pool = new Pool(workers);
      await pool.ready;
      const numbers = Array.from({ length: ITEMS }, (_, i) => i);
      return {
        async round() {
          const cpuBefore = process.cpuUsage();
          const probe = new LoopProbe();
          const begin = performance.now();
          const squares = await pool.map(square, numbers);
          const ms = performance.now() - begin;
          const block = probe.stop();
          const { user, system } = process.cpuUsage(cpuBefore);
          return {
            values: { rate: perSecond(ms), block, cpu: (user + system) / 1000 },
            check: total(squares),
          };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

function python(workers: number): Contender {
  return {
    name: 'Python Pool.map',
    async open() {
      if (spawnSync('python3', ['--version']).status !== 0) {
        throw new Missing('no python3', 'apt install python3');
      }
      const script = fileURLToPath(new URL('../rivals/pool_map.py', import.meta.url));
      const rival = await LineProcess.start('python3', [script, String(ITEMS), String(workers)]);
      return {
        async round() {
          const { ns, check } = await rival.run();
          return { values: { rate: perSecond(ns / 1e6) }, check };
        },
        close: () => rival.close(),
      };
    },
  };
}

/** No pool at all: what a task must cost before a pool is worth it. */
const here: Contender = {
  name: 'Array map, one thread',
  async open() {
    const numbers = Array.from({ length: ITEMS }, (_, i) => i);
    return {
      async round() {
        const cpuBefore = process.cpuUsage();
        const begin = performance.now();
        const squares = numbers.map((x) => squareHere(x));
        const ms = performance.now() - begin;
        const { user, system } = process.cpuUsage(cpuBefore);
        return {
          values: { rate: perSecond(ms), block: ms, cpu: (user + system) / 1000 },
          check: total(squares),
        };
      },
      close() {},
    };
  },
};

function bench({ quick, workers }: Options): Bench {
  return {
    name: 'map',
    title: `square over ${ITEMS.toLocaleString('en-US')} numbers`,
    rounds: quick ? 5 : 21,
    warmups: quick ? 2 : 3,
    metrics: METRICS,
    contenders: [ours(workers), python(workers), here],
    targets: [
      { metric: 'rate', against: 'Python Pool.map', atLeast: 2 },
      { metric: 'block', atMost: BLOCK_LIMIT_MS },
    ],
    notes: ['loop blocked: the longest time between two turns of the caller’s event loop, 1 ms when idle.'],
  };
}

export const map: Group = {
  name: 'map',
  summary: 'a million numbers through map, against Python',
  benches: (options) => [bench(options)],
};
