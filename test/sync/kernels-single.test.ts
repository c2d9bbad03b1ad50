// The build of a kernel for one thread: locks work, a wait that nobody could end traps, and the flows of the thread are
// told of what a kernel lets go.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atomicLoad, atomicStore, bindMemory, load32 } from '../../assembly/atomics/index';
import { HEADER_MAX_PAGES, INITIAL_PAGES } from '../../assembly/heap/layout';
import { THREAD_OWNER, takeThread } from '../../assembly/heap/threads';
import { initSync, KIND_EVENT, KIND_LOCK, SYNC_WORDS } from '../../assembly/sync/block';
import { eventStep, isEventSet } from '../../assembly/sync/event';
import { ownerWord, PARKED_BIT } from '../../assembly/sync/owner';
import { compileKernel } from '../../src/build/compile';

const SOURCE = `
import { Event, Lock } from "manyhands/assembly";
export function count(lock: Lock, cell: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    lock.acquire();
    store<i32>(cell, load<i32>(cell) + 1);
    lock.release();
  }
}
export function take(lock: Lock, ms: f64): i32 { return lock.acquire(ms); }
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
  const { __mh_start, count, take, set } = exports as Record<string, (...args: number[]) => number>;
  __mh_start?.();

  count(lock, cell, 1000);
  expect([load32(cell), atomicLoad(lock)]).toEqual([1000, 0]);

  atomicStore(lock, ownerWord(atomicLoad(other + THREAD_OWNER)));
  expect(take(lock, 60_000)).toBe(0);
  expect(() => take(lock, -1)).toThrow('the kernel has trapped');

  expect(eventStep(event, 0) & PARKED_BIT).toBe(PARKED_BIT);
  set(event);
  expect(isEventSet(event)).toBe(true);
  expect(told).toEqual([event]);
});
