// Workers that die with a pool of their own: whatever its workers do just then, they end too, and what they and the pool
// held of the heap returns, their places among the threads as well. Prints a line of JSON for each death.

import process from 'node:process';
import { atomicLoad } from '../../assembly/atomics/index';
import { THREADS_MAX } from '../../assembly/heap/layout';
import { THREAD_FREE, THREAD_STATE, threadRecord } from '../../assembly/heap/threads';
import { heapStats, isMain, Lock, Pool, sharedArray, tasks } from '../../src/index';

/** Within so long everything has returned, unless it never does. */
const RETURNED_MS = 10_000;

// Words.
const BEGUN = 0;
const GO = 1;
const LET_LOOPS_END = 2;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<void>(() => {});

/** How the worker dies. */
const deaths = ['terminate', 'exit', 'throw'] as const;
/** What its workers do meanwhile. */
const occupations = ['starting', 'idle', 'waiting', 'blocked', 'looping', 'working', 'parents'] as const;

export const { host, occupy, reverse } = tasks(import.meta.url, {
  /** Makes a pool, gives it work and dies; or waits to be ended. */
  async host(words: Int32Array, lock: Lock, death: string, occupation: string): Promise<void> {
    const pool = new Pool(2);
    if (occupation === 'starting') Atomics.add(words, BEGUN, 2);
    else if (occupation === 'idle' || occupation === 'working') {
      await pool.map(reverse, ['desserts', 'stressed']);
      Atomics.add(words, BEGUN, 2);
    }
    if (occupation === 'working') {
      const long = Array.from({ length: 500 }, (_, i) => 'x'.repeat(i * 10));
      void (async () => {
        while (true) await Promise.all([pool.map(reverse, long, { chunksize: 5 }), pool.map(reverse, long)]);
      })();
    } else if (occupation !== 'idle') {
      // Arguments and a result that lie in blocks of the heap.
      for (let i = 0; i < 4; i++)
        void pool.apply(occupy, [words, lock, occupation, 'x'.repeat(5000)]).catch(() => {});
    }
    while (Atomics.load(words, GO) === 0) await sleep(1);
    if (death === 'exit') process.exit(3);
    if (death === 'throw')
      setTimeout(() => {
        throw new Error('burnt');
      });
    await never;
  },
  async occupy(words: Int32Array, lock: Lock, occupation: string, _text = ''): Promise<string> {
    if (occupation === 'starting') return 'x'.repeat(1000);
    Atomics.add(words, BEGUN, 1);
    if (occupation === 'blocked') lock.acquireSync();
    if (occupation === 'looping') while (Atomics.load(words, LET_LOOPS_END) === 0);
    if (occupation === 'parents') {
      const pool = new Pool(1);
      void pool.apply(occupy, [words, lock, 'waiting']).catch(() => {});
      void pool.map(reverse, ['drawer', 'reward']);
    }
    await never;
    return '';
  },
  reverse: (text: string) => [...text].reverse().join(''),
});

function threadsTaken(): number {
  let taken = 0;
  for (let slot = 1; slot < THREADS_MAX; slot++) {
    if (atomicLoad(threadRecord(slot) + THREAD_STATE) !== THREAD_FREE) taken++;
  }
  return taken;
}

/** Blocks of each kind, and threads. */
function level(): Record<string, number> {
  const kinds = Object.entries(heapStats().byKind).map(([kind, { blocks }]) => [kind, blocks]);
  return { ...Object.fromEntries(kinds), threads: threadsTaken() };
}

/** What there is more of; the collector may have given back arrays and locks of earlier deaths meanwhile. */
function leftSince(before: Record<string, number>): string[] {
  return Object.entries(level())
    .filter(([kind, count]) => count > before[kind])
    .map(([kind, count]) => `${kind} ${count - before[kind]}`);
}

async function die(death: string, occupation: string): Promise<object> {
  const words = sharedArray(Int32Array, 3);
  const lock = new Lock();
  const guard = lock.acquireSync();
  const before = level();
  const pool = new Pool({ processes: 1 });
  const ended = pool.apply(host, [words, lock, death, occupation]).catch((error) => error.name);
  const begun = occupation === 'parents' ? 4 : 2;
  while (Atomics.load(words, BEGUN) < begun) await sleep(1);
  Atomics.store(words, GO, 1);
  if (death === 'terminate') await pool.terminate();
  const error = await ended;
  await pool.close();
  if (occupation === 'looping') {
    await sleep(100); // what they may still write to has not gone to others meanwhile
    Atomics.store(words, LET_LOOPS_END, 1);
  }
  const began = performance.now();
  let left = leftSince(before);
  while (left.length > 0 && performance.now() - began < RETURNED_MS) {
    await sleep(5);
    left = leftSince(before);
  }
  guard.release();
  return { death, occupation, error, left, ms: Math.round(performance.now() - began) };
}

if (isMain(import.meta.url)) {
  for (const death of deaths) {
    for (const occupation of occupations) console.log(JSON.stringify(await die(death, occupation)));
  }
}
