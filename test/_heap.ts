// After a test file each heap it used is back where it was at its start: what nobody can reach has been given back.
// Two heaps are looked at: the package's (dist/), and that of the sources, which a file has if it imports them.

import { heapStats } from 'manyhands';
import { afterAll, beforeAll, expect } from 'vitest';

/** Collections until what is unreachable must have been found to be so. */
const ROUNDS = 40;
/**
 * What a program keeps once it has used it, however often: the thread's ended queue in place of those it disposed of
 * (its block and its ring), and what the default pool of the kernels is made of.
 */
const STAYS: Record<string, number> = { queue: 2 };

/** Blocks that the file loses, by kind: said where it is known why. */
const lost: Record<string, number> = {};

/**
 * Says that a file may leave blocks behind, because it kills threads in places where a death costs one, or because of what
 * stays.
 * @param kind of the blocks
 * @param blocks at most so many
 */
export function mayLose(kind: string, blocks: number): void {
  lost[kind] = (lost[kind] ?? 0) + blocks;
}

type Blocks = Record<string, number>;
const blocksOf = (stats: { byKind: Record<string, { blocks: number }> }): Blocks =>
  Object.fromEntries(Object.entries(stats.byKind).map(([kind, { blocks }]) => [kind, blocks]));

/** The blocks on the heap of the sources; none if nothing has made it. */
async function sourceBlocks(): Promise<Blocks> {
  const [{ heapStats: sourceStats }, { hasHeap }] = await Promise.all([
    import('../src/heap/stats'),
    import('../src/heap/heap'),
  ]);
  return hasHeap() ? blocksOf(sourceStats()) : {};
}

let before: Blocks;
beforeAll(() => {
  before = blocksOf(heapStats());
});

afterAll(async () => {
  const gc = (globalThis as { gc?: () => void }).gc;
  expect(gc, 'the tests run with --expose-gc').toBeTypeOf('function');
  const over = async () => {
    const grown = (now: Blocks, from: Blocks) =>
      Object.entries(now).filter(
        ([kind, blocks]) => blocks > (from[kind] ?? 0) + (STAYS[kind] ?? 0) + (lost[kind] ?? 0),
      );
    return [...grown(blocksOf(heapStats()), before), ...grown(await sourceBlocks(), {})];
  };
  let left = await over();
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
    left = await over();
  }
  expect(left, 'blocks that the file left on the heap, by kind').toEqual([]);
});
