// The allocator under random operations, from one thread and from several, JavaScript and wasm together.

import { beforeAll, expect, test } from 'vitest';
import {
  atomicExchange,
  atomicLoad,
  atomicStore,
  heapBytes,
  memoryPages,
} from '../../assembly/atomics/index';
import * as portable from '../../assembly/heap/allocator';
import {
  alloc,
  allocAligned,
  FREE_NO_BLOCK,
  FREE_OK,
  FREE_OVERRUN,
  FREE_TWICE,
  free,
  realloc,
  usableBytes,
} from '../../assembly/heap/allocator';
import {
  HEADER_FAIL_GROW,
  HEADER_WRITTEN_AFTER_FREE,
  HEAP_FIRST_SPAN,
  SPAN_BYTES,
} from '../../assembly/heap/layout';
import { takeThread } from '../../assembly/heap/threads';
import { compileSource } from './_kernel';
import { createHeap, heapSpans, type TestHeap, walk } from './_memory';
import { type Outcome, runOperations } from './_random';
import { bundle, runThread, seedOf } from './_threads';

/** Operations of each thread. */
const OPERATIONS = 10_000;
/** Growths that fail, one after the other. */
const FAILING_GROWTHS = 30;
const MAIL_SLOTS = 16;
const SOURCE = `export { alloc, allocAligned, free } from "manyhands/assembly/heap/allocator";`;

let script = '';
let wasm: WebAssembly.Module;

beforeAll(async () => {
  script = await bundle('_worker.ts');
  wasm = await WebAssembly.compile(await compileSource('allocator', SOURCE, 60));
});

/** All words of the mailbox, emptied. */
function emptyMailbox(mailbox: number, me: number): number {
  let left = 0;
  for (let i = 0; i < MAIL_SLOTS; i++) {
    const p = atomicExchange(mailbox + i * 4, 0);
    if (p === 0) continue;
    expect(free(p, me)).toBe(FREE_OK);
    left++;
  }
  expect(free(mailbox, me)).toBe(FREE_OK);
  return left;
}

/** Runs the operations in one thread for each of `modules` (undefined: the JavaScript allocator). */
async function runThreads(
  { memory, me }: TestHeap,
  seed: number,
  modules: Array<WebAssembly.Module | undefined>,
) {
  const mailbox = alloc(MAIL_SLOTS * 4, me);
  heapBytes(mailbox + MAIL_SLOTS * 4).fill(0, mailbox, mailbox + MAIL_SLOTS * 4);
  const gate = new Int32Array(new SharedArrayBuffer(8));
  gate[1] = modules.length;
  const outcomes = await Promise.all(
    modules.map((module, i) =>
      runThread<Outcome>(script, {
        memory,
        module,
        gate,
        record: takeThread(),
        seed: seed + i,
        operations: OPERATIONS,
        mailbox,
        slots: MAIL_SLOTS,
      }),
    ),
  );
  for (const { problem } of outcomes) expect(problem).toBe('');
  expect(walk().broken).toBe(0);
  const left = emptyMailbox(mailbox, me);
  const sum = (key: 'allocated' | 'freed' | 'foreign') =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  expect(sum('allocated') - sum('freed')).toBe(left);
  expect(sum('foreign')).toBeGreaterThan(0);
  const after = walk();
  expect({ broken: after.broken, blocks: after.blocks, usedBytes: after.usedBytes }).toEqual({
    broken: 0,
    blocks: 0,
    usedBytes: 0,
  });
}

test('10,000 random operations in one thread leave the heap exactly tiled', () => {
  const { me } = createHeap();
  const mailbox = alloc(MAIL_SLOTS * 4, me);
  heapBytes(mailbox + MAIL_SLOTS * 4).fill(0, mailbox, mailbox + MAIL_SLOTS * 4);
  const seed = seedOf('one thread');
  const outcome = runOperations(portable, me, { operations: OPERATIONS, seed, mailbox, slots: MAIL_SLOTS });
  expect(outcome.problem).toBe('');
  emptyMailbox(mailbox, me);
  const { broken, blocks, slabs, freeSpans } = walk();
  expect({ broken, blocks }).toEqual({ broken: 0, blocks: 0 });
  // One slab a class may stay with its thread; everything else is free spans again.
  expect(slabs).toBeLessThanOrEqual(48);
  expect(freeSpans).toBeGreaterThanOrEqual(heapSpans() - 48 * 8);
});

test('10,000 random operations of each of 2 threads leave the heap exactly tiled', async () => {
  await runThreads(createHeap(), seedOf('two threads'), [undefined, undefined]);
});

test('4 threads, two in JavaScript and two in wasm, share one heap', async () => {
  await runThreads(createHeap(), seedOf('both compilers'), [undefined, wasm, undefined, wasm]);
});

test('blocks of every size are apart, aligned and as large as asked for', () => {
  const { me } = createHeap();
  const blocks: Array<[from: number, to: number]> = [];
  for (let bytes = 0; bytes <= 300_000; bytes = bytes < 300 ? bytes + 1 : Math.ceil(bytes * 1.07)) {
    const p = alloc(bytes, me) >>> 0;
    expect(p % 16).toBe(0);
    expect(usableBytes(p)).toBeGreaterThanOrEqual(bytes);
    blocks.push([p, p + usableBytes(p)]);
  }
  blocks.sort(([a], [b]) => a - b);
  for (let i = 1; i < blocks.length; i++) expect(blocks[i][0]).toBeGreaterThanOrEqual(blocks[i - 1][1]);
  expect(walk().blocks).toBe(blocks.length);
  for (const [p] of blocks) expect(free(p, me)).toBe(FREE_OK);
  expect(walk().blocks).toBe(0);
});

test('every alignment up to 64 KiB is kept, and an inner address frees its block', () => {
  const { me } = createHeap();
  for (let align = 16; align <= 65536; align *= 2) {
    for (const bytes of [1, 100, 5000, 200_000]) {
      const p = allocAligned(bytes, align, me) >>> 0;
      expect(p % align).toBe(0);
      expect(free(p, me)).toBe(FREE_OK);
    }
  }
  expect(walk().blocks).toBe(0);
});

test('realloc keeps the contents', () => {
  const { me } = createHeap();
  let p = alloc(100, me);
  heapBytes(p + 100).fill(7, p, p + 100);
  for (const bytes of [50, 1000, 70_000, 400_000, 60]) {
    p = realloc(p, bytes, me);
    expect([...heapBytes(p + 50).subarray(p, p + 50)].every((byte) => byte === 7)).toBe(true);
  }
  expect(free(p, me)).toBe(FREE_OK);
  expect(walk().blocks).toBe(0);
});

test('a second free and the free of no block are answers', () => {
  const { me } = createHeap();
  for (const bytes of [10, 5000, 100_000, 500_000]) {
    const p = alloc(bytes, me);
    expect(free(p, me)).toBe(FREE_OK);
    expect(free(p, me)).toBe(FREE_TWICE);
  }
  expect(free(100, me)).toBe(FREE_NO_BLOCK);
  expect(free(SPAN_BYTES * 20, me)).toBe(FREE_NO_BLOCK);
  expect([FREE_TWICE, FREE_NO_BLOCK]).toContain(free(memoryPages() * SPAN_BYTES + 64, me));
  expect(walk().broken).toBe(0);
});

test(`growth that fails at the n-th time, n to ${FAILING_GROWTHS}, gives 0 and harms nothing`, () => {
  for (let n = 1; n <= FAILING_GROWTHS; n++) {
    const { me } = createHeap();
    atomicStore(HEADER_FAIL_GROW, n);
    const blocks: number[] = [];
    let p = 0;
    do {
      p = alloc(blocks.length % 3 === 0 ? 90_000 : 700_000, me);
      if (p !== 0) blocks.push(p);
    } while (p !== 0 && blocks.length < 5000);
    expect(atomicLoad(HEADER_FAIL_GROW)).toBe(1);
    expect(walk()).toMatchObject({ broken: 0, blocks: blocks.length });
    for (const block of blocks) expect(free(block, me)).toBe(FREE_OK);
    expect(alloc(90_000, me)).not.toBe(0);
    expect(walk()).toMatchObject({ broken: 0, blocks: 1 });
  }
});

test('a full heap refuses, and serves again when blocks return', () => {
  const { me } = createHeap({ maxPages: HEAP_FIRST_SPAN + 112 });
  const blocks: number[] = [];
  for (let p = alloc(40_000, me); p !== 0; p = alloc(40_000, me)) blocks.push(p);
  expect(heapSpans()).toBe(112);
  expect(blocks.length).toBeGreaterThan(100);
  expect(alloc(40_000, me)).toBe(0);
  expect(free(blocks.pop()!, me)).toBe(FREE_OK);
  const again = alloc(40_000, me);
  expect(again).not.toBe(0);
  blocks.push(again);
  for (const p of blocks) expect(free(p, me)).toBe(FREE_OK);
  expect(walk()).toMatchObject({ broken: 0, blocks: 0 });
  expect(alloc(0xffffffff, me)).toBe(0);
  expect(alloc(60 * SPAN_BYTES, me)).not.toBe(0);
});

test('under debug an overrun, a second free and a write after free are found', () => {
  const { me } = createHeap({ debug: true });
  const bytes = () => heapBytes(memoryPages() * SPAN_BYTES);
  const over = alloc(100, me);
  bytes()[over + usableBytes(over)] ^= 1;
  expect(free(over, me)).toBe(FREE_OVERRUN);

  const near = alloc(40, me);
  bytes()[near + 44] = 0;
  expect(free(near, me)).toBe(FREE_OVERRUN);

  const twice = alloc(64, me);
  expect(
    bytes()
      .subarray(twice, twice + 64)
      .every((byte) => byte === 0xcd),
  ).toBe(true);
  expect(free(twice, me)).toBe(FREE_OK);
  expect(free(twice, me)).toBe(FREE_TWICE);

  const late = alloc(64, me);
  free(late, me);
  bytes()[late + 8] = 1; // behind the first word, which must still show the pattern
  let p = 0;
  for (let i = 0; i < 5000 && p !== late; i++) p = alloc(64, me);
  expect(p).toBe(late);
  expect(atomicLoad(HEADER_WRITTEN_AFTER_FREE)).toBe(late);
});

test('under debug nothing is called written after it was freed that was not: spans go from class to class', () => {
  const { me } = createHeap({ debug: true });
  const sizes = [24, 300, 5000, 70_000, 40, 200_000, 1000, 130_000, 64, 20_000];
  for (let round = 0; round < 40; round++) {
    const blocks = Array.from({ length: 30 }, (_, i) => alloc(sizes[(round + (i % 3)) % sizes.length], me));
    for (const block of blocks) expect(free(block, me)).toBe(FREE_OK);
    expect(atomicLoad(HEADER_WRITTEN_AFTER_FREE)).toBe(0);
  }

  const large = alloc(3 * SPAN_BYTES, me);
  free(large, me);
  heapBytes(memoryPages() * SPAN_BYTES)[large + 2 * SPAN_BYTES + 100] = 1;
  expect(alloc(3 * SPAN_BYTES, me)).toBe(large);
  expect(atomicLoad(HEADER_WRITTEN_AFTER_FREE)).toBe(large + 2 * SPAN_BYTES);
});
