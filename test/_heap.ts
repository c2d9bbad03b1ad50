// After a test file of what lives on the heap, that is back where it was at its start: what nobody can reach has been given back.

import { heapStats } from 'manyhands';
import { afterAll, beforeAll, expect } from 'vitest';

/** Folders of such files; in the others pools and caches of a whole program stay. */
const FOLDERS = /[\\/]test[\\/](heap|memory|queue|sync)[\\/]/;
/** Collections until what is unreachable must have been found to be so. */
const ROUNDS = 40;
/** The thread's ended queue, in place of those it disposed of: its block and its ring. */
const ENDED_BLOCKS = 2;

const used = () => {
  const { array, sync, queue, frame, job } = heapStats().byKind;
  return {
    array: array.blocks,
    sync: sync.blocks,
    queue: queue.blocks,
    frame: frame.blocks,
    job: job.blocks,
  };
};

let before: ReturnType<typeof used>;
beforeAll(() => {
  before = used();
});

afterAll(async () => {
  if (!FOLDERS.test(expect.getState().testPath ?? '')) return;
  const gc = (globalThis as { gc?: () => void }).gc;
  expect(gc, 'the tests run with --expose-gc').toBeTypeOf('function');
  const over = () => {
    const now = used();
    now.queue = Math.max(before.queue, now.queue - ENDED_BLOCKS);
    return Object.entries(now).filter(([kind, blocks]) => blocks > before[kind as keyof typeof now]);
  };
  for (let round = 0; round < ROUNDS && over().length > 0; round++) {
    gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(over(), 'blocks that the file left on the heap, by kind').toEqual([]);
});
