// What the cases of kernels' locks share: the tasks of the workers, and how a test kernel is called: as a phase calls its
// kernels, by the package's own code.

import {
  type Barrier,
  type Condition,
  type Event,
  type Lock,
  type Once,
  type OwnerDiedError,
  type Pool,
  type RLock,
  type RWLock,
  type Semaphore,
  tasks,
} from '../../src/index';
import { loadKernels } from '../../src/kernels/_module';
import { callKernel } from '../../src/kernels/_plan';
import { SyncHandle } from '../../src/sync/_handle';

const wordsOf = (arg: unknown): number =>
  arg instanceof SyncHandle
    ? SyncHandle.wordsOf(arg)
    : ArrayBuffer.isView(arg)
      ? arg.byteOffset
      : (arg as number);

/** Calls a kernel for the pieces 0 … n − 1 in this thread. */
export async function call(text: string, fn: string, n: number, ...args: unknown[]): Promise<void> {
  const source = async () => ({ default: text });
  const kernels = await loadKernels({ name: 'sync-test', threads: source, single: source });
  kernels.__mh_reset();
  callKernel(kernels, fn, 0, n, args.map(wordsOf));
}

export const {
  inKernel,
  inScript,
  enterInScript,
  ping,
  meetInScript,
  stay,
  stayWriting,
  writeInScript,
  readInScript,
  produceInScript,
  consumeInScript,
  onceInScript,
} = tasks(import.meta.url, {
  inKernel: call,
  inScript(lock: Lock | RLock, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireSync();
      cells[0]++;
      guard.release();
    }
  },
  enterInScript(semaphore: Semaphore, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = semaphore.acquireSync();
      const inside = Atomics.add(cells, 0, 1) + 1;
      if (inside > Atomics.load(cells, 1)) Atomics.store(cells, 1, inside);
      Atomics.sub(cells, 0, 1);
      guard.release();
      Atomics.add(cells, 2, 1);
    }
  },
  ping(there: Event, back: Event, n: number) {
    for (let i = 0; i < n; i++) {
      there.set();
      back.waitSync();
      back.clear();
    }
  },
  meetInScript(barrier: Barrier, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) Atomics.add(cells, 0, barrier.waitSync());
  },
  stay(lock: Lock, flag: Int32Array) {
    lock.acquireSync();
    Atomics.store(flag, 0, 1);
    while (true) Atomics.wait(flag, 0, 1, 1000);
  },
  stayWriting(lock: RWLock, flag: Int32Array) {
    lock.acquireWriteSync();
    Atomics.store(flag, 0, 1);
    while (true) Atomics.wait(flag, 0, 1, 1000);
  },
  writeInScript(lock: RWLock, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireWriteSync();
      cells[0]++;
      cells[1]++;
      guard.release();
    }
  },
  readInScript(lock: RWLock, cells: Int32Array, n: number) {
    let torn = 0;
    for (let i = 0; i < n; i++) {
      const guard = lock.acquireReadSync();
      if (cells[0] !== cells[1]) torn++;
      guard.release();
    }
    return torn;
  },
  produceInScript(condition: Condition, cells: Int32Array, n: number) {
    for (let i = 0; i < n; i++) {
      const guard = condition.acquireSync();
      condition.waitForSync(() => cells[0] === 0);
      cells[0] = i + 1;
      condition.notifyAll();
      guard.release();
    }
  },
  consumeInScript(condition: Condition, cells: Int32Array, n: number) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const guard = condition.acquireSync();
      condition.waitForSync(() => cells[0] !== 0);
      sum += cells[0];
      cells[0] = 0;
      condition.notifyAll();
      guard.release();
    }
    return sum;
  },
  onceInScript(once: Once, cells: Int32Array) {
    return once.runSync(() => {
      Atomics.add(cells, 0, 1);
      return 'by JavaScript';
    });
  },
});

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What taking the lock answers. */
export async function taken(lock: Lock | RLock): Promise<string> {
  try {
    (await lock.acquire({ timeout: 5000 })).release();
    return 'taken';
  } catch (error) {
    const { guard, name } = error as OwnerDiedError;
    (guard as { release(): void }).release();
    return name;
  }
}

/** As {@link taken}, for writing. */
export async function takenWriting(lock: RWLock): Promise<string> {
  try {
    (await lock.acquireWrite({ timeout: 5000 })).release();
    return 'taken';
  } catch (error) {
    const { guard, name } = error as OwnerDiedError;
    (guard as { release(): void }).release();
    return name;
  }
}

export const trapped = (promise: Promise<void>) =>
  promise.then(
    () => 'returned',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** What the parts of the test share. */
export interface Kit {
  text: string;
  pool: Pool;
  /** Calls a kernel in a worker. */
  kernel(fn: string, n: number, ...args: unknown[]): Promise<void>;
  /** Calls one in this thread. */
  here(fn: string, n: number, ...args: unknown[]): Promise<void>;
}
