/** What locks cost: alone, between two workers, and as signals; against bare Atomics and Python. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bench, Contender, Group, Metric, Options } from '../harness/types.js';
import { Missing } from '../harness/types.js';
import { loadPool } from '../ours.js';
import { compile } from '../rivals/compile.js';
import { LineProcess } from '../rivals/LineProcess.js';

const PAIRS = 200_000;
const COUNTS = 100_000;
const TRIPS = 2_000;
const SHARE_MS = 1_000;

const NS: readonly Metric[] = [{ key: 'ns', label: 'ns', better: 'lower', digits: 1 }];
const US: readonly Metric[] = [{ key: 'us', label: 'µs', better: 'lower', digits: 2 }];

const loadTasks = () => import('./tasks.mjs');

/** A loop in this thread, timed as a whole. */
function loop(name: string, ours: boolean, open: () => Promise<(n: number) => unknown>): Contender {
  return {
    name,
    ours,
    async open() {
      const run = await open();
      return {
        async round() {
          const begin = performance.now();
          await run(PAIRS);
          return { values: { ns: ((performance.now() - begin) / PAIRS) * 1e6 }, check: PAIRS };
        },
        close() {},
      };
    },
  };
}

const bareLock = loop('bare CAS lock', false, async () => {
  const cells = new Int32Array(new SharedArrayBuffer(64));
  return (n) => {
    for (let i = 0; i < n; i++) {
      if (Atomics.compareExchange(cells, 0, 0, 1) !== 0) throw new Error('the lock is taken');
      if (Atomics.compareExchange(cells, 0, 1, 0) !== 1) throw new Error('the lock is free');
    }
  };
});

function python(name: string, what: string, n: number, operations: number, maxRounds?: number): Contender {
  return {
    name,
    maxRounds,
    async open() {
      const script = fileURLToPath(new URL('../rivals/locks.py', import.meta.url));
      const process = await LineProcess.start('python3', [script, what, String(n)]).catch((error: Error) => {
        throw new Missing(error.message, 'install python3');
      });
      return {
        async round() {
          const { ns, check } = await process.run();
          return { values: { ns: ns / operations }, check };
        },
        close: () => process.close(),
      };
    },
  };
}

/** The lock of a library that is awaited; at home in runtimes with a `navigator`. */
const multithreading = loop("multithreading's Mutex", false, async () => {
  Reflect.defineProperty(globalThis, 'navigator', {
    value: globalThis.navigator ?? { hardwareConcurrency: availableParallelism() },
    configurable: true,
  });
  const { Mutex } = await import('multithreading');
  const mutex = new Mutex(new Int32Array(new SharedArrayBuffer(4)));
  return async (n) => {
    for (let i = 0; i < n; i++) (await mutex.lock()).dispose();
  };
});

/** The lock in a kernel, which loops itself, as the rival in C++ does. */
const inKernel = loop('Lock in a kernel', true, async () => {
  const { compilePairs } = await import('./kernel.js');
  return compilePairs();
});

const stdMutex: Contender = {
  name: 'std::mutex in C++',
  async open() {
    const process = await LineProcess.start(compile('mutex'), [String(PAIRS)]);
    return {
      async round() {
        const { ns, check } = await process.run();
        return { values: { ns: ns / PAIRS }, check };
      },
      close: () => process.close(),
    };
  },
};

function kernel({ quick }: Options): Bench {
  return {
    name: 'kernel-lock',
    title: 'a lock that nobody else wants, in compiled code',
    rounds: quick ? 7 : 21,
    warmups: quick ? 3 : 5,
    metrics: NS,
    contenders: [inKernel, stdMutex],
    targets: [{ metric: 'ns', against: stdMutex.name, atMost: 2 }],
  };
}

function alone({ quick }: Options, name: string, title: string, ours: Contender, atMost: number): Bench {
  const isAwaited = name === 'acquire';
  const rival = python("Python's multiprocessing.Lock", 'lock', PAIRS, PAIRS);
  return {
    name,
    title,
    rounds: quick ? 7 : 21,
    warmups: quick ? 3 : 5,
    keepCode: true,
    metrics: NS,
    contenders: [ours, bareLock, rival, ...(isAwaited ? [multithreading] : [])],
    targets: [
      { metric: 'ns', against: bareLock.name, atMost },
      isAwaited
        ? { metric: 'ns', against: multithreading.name, atMost: 0.33 }
        : { metric: 'ns', against: rival.name, atMost: 0.6 },
    ],
  };
}

const pair = loop('acquireSync, release', true, async () => {
  const { Lock } = await loadPool();
  const lock = new Lock();
  return (n) => {
    for (let i = 0; i < n; i++) {
      lock.acquireSync();
      lock.release();
    }
  };
});

const guarded = loop('acquireSync, guard.release', true, async () => {
  const { Lock } = await loadPool();
  const lock = new Lock();
  return (n) => {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireSync();
      guard.release();
    }
  };
});

const awaited = loop('await acquire, guard.release', true, async () => {
  const { Lock } = await loadPool();
  const lock = new Lock();
  return async (n) => {
    for (let i = 0; i < n; i++) (await lock.acquire()).release();
  };
});

function contended({ quick }: Options): Bench {
  const rival = python("Python's Value with its lock", 'value', COUNTS / 10, COUNTS / 5, 5);
  const ours: Contender = {
    name: 'Lock around cells[0]++',
    ours: true,
    async open() {
      const { Lock, Pool, sharedArray } = await loadPool();
      const { contend, hammer } = await loadTasks();
      const pool = new Pool(2);
      await pool.ready;
      const lock = new Lock();
      const cells = sharedArray(Int32Array, 1);
      return {
        async round() {
          cells[0] = 0;
          const begin = performance.now();
          await Promise.all([1, 2].map(() => pool.apply(contend, [lock, cells, COUNTS])));
          const ns = ((performance.now() - begin) / COUNTS / 2) * 1e6;
          if (cells[0] !== 2 * COUNTS) throw new Error(`${2 * COUNTS - cells[0]} updates were lost`);
          const shares = await Promise.all(
            [1, 2].map((me) => pool.apply(hammer, [lock, cells, SHARE_MS, me])),
          );
          const [[a, handOvers], [b]] = shares;
          return { values: { ns, share: Math.min(a, b) / Math.max(a, b), handOvers } };
        },
        close: () => pool.terminate(),
      };
    },
  };
  return {
    name: 'counter',
    title: 'two workers that count in one cell',
    rounds: quick ? 3 : 7,
    warmups: 1,
    metrics: [
      ...NS,
      { key: 'share', label: 'smaller/larger share', better: 'higher', digits: 2 },
      { key: 'handOvers', label: 'hand-overs/s', better: 'higher', digits: 0 },
    ],
    contenders: [ours, rival],
    targets: [
      { metric: 'ns', against: rival.name, atMost: 0.1 },
      { metric: 'share', atLeast: 0.5 },
      { metric: 'handOvers', atLeast: 500 },
    ],
    notes: [
      'share and hand-overs are of a second in which both take the lock as often as they can; where the two workers have to share one core, hand-overs are as rare as its scheduler makes them.',
    ],
  };
}

/** Two workers that signal each other, with ours and with bare Atomics. */
function signals(
  { quick }: Options,
  name: string,
  title: string,
  ours: (kit: Kit) => Promise<unknown>,
  bare: (kit: Kit) => Promise<unknown>,
): Bench {
  const contender = (label: string, run: (kit: Kit) => Promise<unknown>, isOurs: boolean): Contender => ({
    name: label,
    ours: isOurs,
    async open() {
      const { Barrier, Event, Pool, sharedArray } = await loadPool();
      const pool = new Pool(2);
      await pool.ready;
      const kit: Kit = {
        pool,
        tasks: await loadTasks(),
        cells: sharedArray(Int32Array, 2),
        there: new Event(),
        back: new Event(),
        barrier: new Barrier(2),
      };
      return {
        async round() {
          const begin = performance.now();
          await run(kit);
          return { values: { us: ((performance.now() - begin) / TRIPS) * 1e3 } };
        },
        close: () => pool.terminate(),
      };
    },
  });
  const floor = contender('bare Atomics', bare, false);
  return {
    name,
    title,
    rounds: quick ? 9 : 31,
    warmups: 3,
    metrics: US,
    contenders: [contender('manyhands', ours, true), floor],
    targets: [{ metric: 'us', against: floor.name, atMost: 1.7 }],
  };
}

type Package = Awaited<ReturnType<typeof loadPool>>;
interface Kit {
  pool: InstanceType<Package['Pool']>;
  tasks: Awaited<ReturnType<typeof loadTasks>>;
  cells: Int32Array;
  there: InstanceType<Package['Event']>;
  back: InstanceType<Package['Event']>;
  barrier: InstanceType<Package['Barrier']>;
}

export const sync: Group = {
  name: 'sync',
  summary: 'locks, alone and contended, events and barriers',
  benches: (options) => [
    alone(options, 'lock', 'a lock that nobody else wants: take it, let go', pair, 2),
    alone(options, 'guard', 'the same with a guard', guarded, 2.5),
    alone(options, 'acquire', 'the same, awaited', awaited, 20),
    kernel(options),
    contended(options),
    signals(
      options,
      'event',
      'two workers that wake each other in turn, there and back',
      ({ pool, tasks, there, back }) =>
        Promise.all([
          pool.apply(tasks.ping, [there, back, TRIPS]),
          pool.apply(tasks.pong, [there, back, TRIPS]),
        ]),
      ({ pool, tasks, cells }) =>
        Promise.all([pool.apply(tasks.barePing, [cells, TRIPS]), pool.apply(tasks.barePong, [cells, TRIPS])]),
    ),
    signals(
      options,
      'barrier',
      'two workers that meet again and again',
      ({ pool, tasks, barrier }) => Promise.all([1, 2].map(() => pool.apply(tasks.meet, [barrier, TRIPS]))),
      ({ pool, tasks, cells }) =>
        Promise.all([1, 2].map(() => pool.apply(tasks.bareMeet, [cells, 2, TRIPS]))),
    ),
  ],
};
