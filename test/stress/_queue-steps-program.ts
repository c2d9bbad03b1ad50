// Death at every step of putting and of getting, for real: a worker exits before its k-th operation on shared memory,
// for k = 1, 2, … until it comes through. What is in the queue is whole, nothing is there twice, nobody is stuck, and
// the heap is back where it was. Argument: part of a scenario's name. Ends with a line of JSON for each scenario.

import { deepEqual, equal, ok } from 'node:assert/strict';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  Counter,
  heapStats,
  isMain,
  JoinableQueue,
  Process,
  pipe,
  Queue,
  SharedMemory,
  sharedArray,
  tasks,
} from '../../src/index';
import * as hooked from './_atomics';

/** So many k in a row must come through. */
const ENOUGH = 2;
const STUCK_MS = Number(process.env.MANYHANDS_STUCK_MS ?? 5000);
/** Steps of one run on which a block is nobody's: the last ones before a block is free, its own and a handle's. */
const LEAKS_MAX = 3;
const NAME = 'steps';

const makers = {
  number: () => 42,
  object: () => ({ i: 1, list: [1, 2] }),
  block: () => ({ text: 'x'.repeat(300) }),
  bytes: () => new Uint8Array(5000).fill(7),
  handle: () => new Counter(5),
  'block with handles': () => [new Counter(5), 'y'.repeat(300), sharedArray(Float64Array, [1, 2])],
} as const;
type Kind = keyof typeof makers;

const { putAt, getAt, makeAt } = tasks(import.meta.url, {
  putAt(queue: Queue, kind: Kind, step: number, through: Int32Array) {
    const value = makers[kind]();
    hooked.dieAt(step);
    queue.putSync(value);
    hooked.spare();
    through[0]++;
  },
  getAt(queue: Queue, _kind: Kind, step: number, through: Int32Array) {
    hooked.dieAt(step);
    queue.getSync();
    hooked.spare();
    through[0]++;
  },
  /** Makes objects of one block, shared memory with a name among them, and a queue and a pipe. */
  makeAt(_queue: Queue, _kind: Kind, step: number, through: Int32Array) {
    hooked.dieAt(step);
    new Counter();
    sharedArray(Int8Array, 10);
    new SharedMemory({ name: NAME, create: true, size: 10 });
    new JoinableQueue(4);
    pipe();
    hooked.spare();
    through[0]++;
  },
});

/** Collects garbage; undefined where a program cannot. */
const gc: (() => void) | undefined = (() => {
  if ('Deno' in globalThis || 'Bun' in globalThis) return undefined;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

/** Collects garbage until that is enough, for a while. */
async function collect(isEnough: () => boolean): Promise<void> {
  for (let round = 0; round < 40 && !isEnough(); round++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Blocks, as the heap itself tells. */
const used = () => heapStats().blocks;

/** The value is whole; gives back what came with it. */
function check(value: unknown, kind: Kind): void {
  const parts = Array.isArray(value) && kind === 'block with handles' ? value : [value];
  for (const part of parts) {
    if (part instanceof Counter) {
      equal(part.value, 5);
      part.close();
    } else if (part instanceof Float64Array) deepEqual([...part], [1, 2]);
    else if (kind !== 'block with handles') deepEqual(part, makers[kind]());
  }
}

interface Result {
  deaths: number;
  given: number;
  /** Deaths after which a block stayed. */
  leaks: number;
}

async function scenario(target: typeof putAt, kind: Kind, before: number, after: number[]): Promise<Result> {
  await collect(() => false); // what the scenario before has left
  const through = sharedArray(Int32Array, 1);
  const result: Result = { deaths: 0, given: 0, leaks: 0 };
  const first = used();
  let level = first;
  for (let step = 1, passed = 0; passed < ENOUGH; step++) {
    const queue = new Queue();
    for (let i = 0; i < before; i++) {
      const value = makers[kind]();
      queue.putSync(value);
      if (value instanceof Counter) value.close();
      else if (Array.isArray(value)) (value[0] as Counter).close();
    }
    const came = through[0];
    const worker = new Process(target, { args: [queue, kind, step, through] });
    worker.start();
    await worker.join(STUCK_MS * 4);
    ok(worker.exitCode !== null, `${kind} ${step}: the worker is stuck`);
    if (through[0] === came) {
      result.deaths++;
      passed = 0;
      equal(worker.exitCode, 3);
    } else passed++;
    if (target === makeAt) {
      try {
        const memory = new SharedMemory({ name: NAME });
        memory.unlink();
        memory.close();
        result.given++;
      } catch (error) {
        equal((error as { code?: string }).code, 'ENOENT');
      }
    }
    queue.close();
    let got = 0;
    for await (const value of queue) {
      check(value, kind);
      got++;
    }
    result.given += got;
    ok(after.includes(got), `${kind} ${step}: ${got} items are in the queue`);
    queue[Symbol.dispose]();
    // What this thread got and let go of, the collector gives back.
    await collect(() => used() === level);
    if (gc === undefined) continue;
    const now = used();
    // Less than before: what seemed to leak was collected late.
    ok(
      now >= first && now <= level + 1,
      `${kind} ${step}: ${now} blocks, ${level} before, ${first} at first`,
    );
    result.leaks += now - level;
    level = now;
  }
  ok(result.leaks <= LEAKS_MAX, `${kind}: ${result.leaks} of ${result.deaths} deaths leaked a block`);
  return result;
}

if (isMain(import.meta.url)) {
  const part = process.argv[2] ?? '';
  const names = Object.keys(makers) as Kind[];
  const runs: Array<[string, () => Promise<Result>]> = [
    ...names.map((kind): [string, () => Promise<Result>] => [
      `put ${kind}`,
      () => scenario(putAt, kind, 0, [0, 1]),
    ]),
    ...names.map((kind): [string, () => Promise<Result>] => [
      `get ${kind}`,
      () => scenario(getAt, kind, 2, [1, 2]),
    ]),
    ['make', () => scenario(makeAt, 'number', 0, [0])],
  ];
  new Queue()[Symbol.dispose](); // the first leaves an ended one in its place
  for (const [name, run] of runs) {
    if (!name.includes(part)) continue;
    console.log(JSON.stringify({ name, ...(await run()) }));
  }
}
