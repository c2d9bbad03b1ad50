/** What a shared dict costs: numbers set and got by one worker, and added to by two; against Python's manager. */
import { fileURLToPath } from 'node:url';
import {
  type Bench,
  type Contender,
  type Group,
  type Metric,
  Missing,
  type Options,
} from '../harness/types.js';
import { loadPool } from '../ours.js';
import { LineProcess } from '../rivals/LineProcess.js';

const KEYS = 1000;
const COUNT = 200_000;
/** Python takes about 30 µs for each. */
const PYTHON_COUNT = 5000;
const NAMES = Array.from({ length: KEYS }, (_, i) => `key ${i}`);

const RATE: readonly Metric[] = [{ key: 'rate', label: 'k operations/s', better: 'higher', digits: 1 }];

const loadTasks = () => import('./tasks.mjs');
type Tasks = Awaited<ReturnType<typeof loadTasks>>;
type Package = Awaited<ReturnType<typeof loadPool>>;
interface Kit {
  pool: InstanceType<Package['Pool']>;
  tasks: Tasks;
  dict: Parameters<Tasks['setAll']>[0];
}

/** `operations` in workers, timed as a whole; what `run` returns is checked for as many operations as Python does. */
function ours(name: string, operations: number, run: (kit: Kit) => Promise<number>): Contender {
  return {
    name,
    ours: true,
    async open() {
      const { Manager, Pool } = await loadPool();
      const pool = new Pool(2);
      await pool.ready;
      const manager = new Manager();
      const dict = manager.dict<string, number>(NAMES.map((key, i) => [key, i + 0.5] as const));
      const kit: Kit = { pool, tasks: await loadTasks(), dict };
      return {
        async round() {
          const begin = performance.now();
          const check = await run(kit);
          return { values: { rate: operations / (performance.now() - begin) }, check };
        },
        async close() {
          await pool.terminate();
          await manager.close();
        },
      };
    },
  };
}

function python(what: string): Contender {
  return {
    name: "Python's Manager().dict",
    maxRounds: 5,
    async open() {
      const script = fileURLToPath(new URL('../rivals/manager.py', import.meta.url));
      const args = [script, what, String(PYTHON_COUNT), String(KEYS)];
      const process = await LineProcess.start('python3', args).catch((error: Error) => {
        throw new Missing(error.message, 'install python3');
      });
      return {
        async round() {
          const { ns, check } = await process.run();
          return { values: { rate: PYTHON_COUNT / (ns / 1e6) }, check: (check ?? 0) / PYTHON_COUNT };
        },
        close: () => process.close(),
      };
    },
  };
}

/** An ordinary Map in this thread, which shares nothing. */
const map: Contender = {
  name: 'an ordinary Map, one thread',
  async open() {
    const numbers = new Map(NAMES.map((key, i) => [key, i + 0.5]));
    return {
      async round() {
        const begin = performance.now();
        let total = 0;
        for (let i = 0; i < COUNT; i++) total += numbers.get(NAMES[i % KEYS])!;
        return { values: { rate: COUNT / (performance.now() - begin) }, check: total / COUNT };
      },
      close() {},
    };
  },
};

const total = (dict: Kit['dict']): number => [...dict.values()].reduce((sum, value) => sum + value, 0);

function bench({ quick }: Options, name: string, title: string, contenders: Contender[]): Bench {
  const [, rival] = contenders;
  return {
    name,
    title,
    rounds: quick ? 5 : 15,
    warmups: quick ? 2 : 4,
    metrics: RATE,
    contenders,
    targets: [{ metric: 'rate', against: rival.name, atLeast: 20 }],
    notes: ['A target besides: more than 1000 k operations a second.'],
  };
}

const setting = ours('manyhands dict.set', COUNT, async ({ pool, tasks, dict }) => {
  await pool.apply(tasks.setAll, [dict, NAMES, COUNT]);
  return total(dict) / KEYS;
});
const getting = ours(
  'manyhands dict.get',
  COUNT,
  async ({ pool, tasks, dict }) => (await pool.apply(tasks.getAll, [dict, NAMES, COUNT])) / COUNT,
);
/** Two workers at once, on the same keys. */
const adding = ours('manyhands dict.update, two workers', 2 * COUNT, async ({ pool, tasks, dict }) => {
  for (const name of NAMES) dict.set(name, 0);
  await Promise.all([1, 2].map(() => pool.apply(tasks.addAll, [dict, NAMES, COUNT])));
  const lost = 2 * COUNT - total(dict);
  if (lost !== 0) throw new Error(`${lost} updates were lost`);
  return 0;
});

export const manager: Group = {
  name: 'manager',
  summary: "shared dicts, against Python's manager",
  benches: (options) => [
    bench(options, 'dict set', `${COUNT} numbers set under ${KEYS} names, in a worker`, [
      setting,
      python('set'),
    ]),
    bench(options, 'dict get', `${COUNT} numbers got by ${KEYS} names, in a worker`, [
      getting,
      python('get'),
      map,
    ]),
    {
      name: 'dict update',
      title: `two workers add ${COUNT} times each to the same ${KEYS} numbers`,
      rounds: options.quick ? 5 : 15,
      warmups: options.quick ? 2 : 4,
      metrics: RATE,
      contenders: [adding],
      targets: [],
    },
  ],
};
