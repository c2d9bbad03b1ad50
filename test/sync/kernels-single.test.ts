// The build of a kernel for one thread: locks work, a wait that nobody could end traps, and the flows of the thread are
// told of what a kernel lets go.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atomicLoad, atomicStore, bindMemory, load32, refreshViews } from '../../assembly/atomics/index';
import { HEADER_KINDS, HEADER_KINDS_SYNC, HEADER_MAX_PAGES, INITIAL_PAGES } from '../../assembly/heap/layout';
import { THREAD_OWNER, takeThread } from '../../assembly/heap/threads';
import {
  initSync,
  KIND_CONDITION,
  KIND_EVENT,
  KIND_LOCK,
  KIND_ONCE,
  KIND_RWLOCK,
  SYNC_WORDS,
} from '../../assembly/sync/block';
import { initCondition } from '../../assembly/sync/condition';
import { eventStep, isEventSet } from '../../assembly/sync/event';
import { ownerOf, ownerWord, PARKED_BIT, RETURNED } from '../../assembly/sync/owner';
import { hasReader, RW_BYTES } from '../../assembly/sync/rwlock';
import { compileKernel } from '../../src/build/compile';
import { KINDS } from '../../src/heap/heap';

const SOURCE = `
import { Condition, Event, HAS_RUN, Lock, Once, RUN_IT, RWLock } from "manyhands/assembly";
export function count(lock: Lock, cell: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    lock.acquire();
    store<i32>(cell, load<i32>(cell) + 1);
    lock.release();
  }
}
export function take(lock: Lock, ms: f64): i32 { return lock.acquire(ms); }
export function share(lock: RWLock): void {
  lock.acquireRead();
  if (lock.tryAcquireWrite() != 0) unreachable();
  lock.release();
  lock.acquireWrite();
  lock.release();
}
export function wait(condition: Condition, ms: f64): i32 {
  condition.acquire();
  const answer = condition.wait(ms);
  condition.release();
  return answer;
}
export function once(once: Once): void {
  if (once.begin() != RUN_IT) unreachable();
  once.finish();
  if (once.begin() != HAS_RUN) unreachable();
}
export function set(event: Event): void { event.set(); }
`;
const PAGES = 1024;
const BLOCKS = 65536 * (INITIAL_PAGES - 1);

async function singleBuild(): Promise<Uint8Array<ArrayBuffer>> {
  const baseDir = mkdtempSync(join(tmpdir(), 'manyhands-kernel-'));
  try {
    writeFileSync(join(baseDir, 'kernel.ts'), SOURCE);
    const assemblyDir = join(import.meta.dirname, '../../assembly');
    const kernel = await compileKernel({ name: 'one', entry: 'kernel.ts', baseDir, window: 54, assemblyDir });
    return new Uint8Array(kernel.single);
  } finally {
    rmSync(baseDir, { recursive: true });
  }
}

test('a kernel in a program of one thread', async () => {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: PAGES });
  bindMemory(memory);
  atomicStore(HEADER_MAX_PAGES, PAGES);
  const [me, other] = [takeThread(), takeThread()];
  initSync(BLOCKS, KIND_LOCK, 1, 32);
  initSync(BLOCKS + 64, KIND_EVENT, 2, 32);
  initSync(BLOCKS + 192, KIND_ONCE, 3, 32);
  initSync(BLOCKS + 256, KIND_CONDITION, 4, 32);
  initCondition(BLOCKS + 256 + SYNC_WORDS, BLOCKS + SYNC_WORDS);
  initSync(BLOCKS + 320, KIND_RWLOCK, 5, SYNC_WORDS + RW_BYTES);
  const [once, condition, shared] = [192, 256, 320].map((at) => BLOCKS + at + SYNC_WORDS);
  const [lock, event, cell] = [BLOCKS + SYNC_WORDS, BLOCKS + 64 + SYNC_WORDS, BLOCKS + 128];
  const told: number[] = [];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(await singleBuild()), {
    env: {
      memory,
      thread: new WebAssembly.Global({ value: 'i32' }, me),
      now: () => performance.now(),
      notify32: (p: number) => told.push(p),
      abort: () => {
        throw new Error('the kernel has trapped');
      },
    },
  });
  const { __mh_start, __mh_reset, count, take, set, share, wait, ...rest } = exports as Record<
    string,
    (...args: number[]) => number
  >;
  __mh_start?.();

  count(lock, cell, 1000);
  expect([load32(cell), atomicLoad(lock)]).toEqual([1000, 0]);

  atomicStore(lock, ownerWord(atomicLoad(other + THREAD_OWNER)));
  expect(take(lock, 60_000)).toBe(0);
  expect(() => take(lock, -1)).toThrow('the kernel has trapped');

  atomicStore(lock, 0);
  expect(wait(condition, 1)).toBe(0);
  expect(() => wait(condition, -1)).toThrow('the kernel has trapped');
  refreshViews();
  expect(atomicLoad(lock), 'not let go of').toBe(ownerWord(atomicLoad(me + THREAD_OWNER)));
  expect(load32(condition), 'nobody in its list').toBe(0);
  share(shared);
  rest.once(once);
  __mh_reset();
  refreshViews(); // as the host does after each call: the scratch arena made the memory grow
  expect([atomicLoad(shared), hasReader(shared), ownerOf(atomicLoad(once))]).toEqual([0, false, RETURNED]);

  expect(eventStep(event, 0) & PARKED_BIT).toBe(PARKED_BIT);
  set(event);
  expect(isEventSet(event)).toBe(true);
  expect(told).toEqual([event]);
});

test('kernels count blocks where JavaScript does', () => {
  expect(HEADER_KINDS_SYNC).toBe(HEADER_KINDS + KINDS.indexOf('sync') * 8);
});
