// A heap that is full while something is made: the maker is told, nothing of it stays, and what was there goes on.

import { expect, test } from 'vitest';
import { atomicStore } from '../../assembly/atomics/index';
import { HEADER_FAIL_GROW } from '../../assembly/heap/layout';
import { allocate, ensureHeap, release } from '../../src/heap/heap';
import {
  heapStats,
  OutOfMemoryError,
  release as releaseArray,
  SharedMemory,
  sharedArray,
} from '../../src/index';

/** What a block of the objects below takes, and so many of them make some bucket of the table of holds overflow. */
const BYTES = 512;
const OBJECTS = 4000;

interface Filler {
  address: number;
  bytes: number;
}

/** Takes all that is left of the heap, which does not grow, but blocks for so many objects; the rest. */
function fill(objects: number): Filler[] {
  atomicStore(HEADER_FAIL_GROW, 0);
  const room: Filler[] = [];
  const rest: Filler[] = [];
  const take = (bytes: number, into: Filler[]) => into.push({ address: allocate(bytes, 'other'), bytes });
  // Every second one stays, so that no slab is empty and its memory becomes one of other blocks.
  for (let i = 0; i < objects; i++) {
    take(BYTES, room);
    take(BYTES, rest);
  }
  atomicStore(HEADER_FAIL_GROW, 1);
  for (let bytes = 2 ** 20; bytes >= 16; bytes /= 2) {
    try {
      while (true) take(bytes, rest);
    } catch (error) {
      expect(error).toBeInstanceOf(OutOfMemoryError);
    }
  }
  empty(room);
  return rest;
}

function empty(fillers: Filler[]): void {
  for (const { address, bytes } of fillers) release(address, bytes, 'other');
}

/** Makes objects until there is no room; how many, and the blocks that the last attempt left behind. */
function makeUntilFull(make: (i: number) => () => void): { made: number; left: number; error: unknown } {
  const ends: Array<() => void> = [];
  let before = 0;
  try {
    while (true) {
      before = heapStats().blocks;
      ends.push(make(ends.length));
    }
  } catch (error) {
    const left = heapStats().blocks - before;
    for (const end of ends) end();
    return { made: ends.length, left, error };
  }
}

const makers: Record<string, (i: number) => () => void> = {
  'a shared array'() {
    const array = sharedArray(Uint8Array, BYTES - 64 - 64);
    return () => releaseArray(array);
  },
  'shared memory with a name'(i) {
    const memory = new SharedMemory({ name: `full ${i}`, create: true, size: BYTES - 64 - 64 - 64 });
    return () => {
      memory.unlink();
      memory.close();
    };
  },
};

test.each(Object.keys(makers))('%s that there is no room for leaves nothing behind', (name) => {
  ensureHeap();
  const level = heapStats().blocks;
  for (const [objects, why] of [
    [0, /^Cannot allocate/],
    [OBJECTS, /^Cannot share the object: the shared heap is full/],
  ] as const) {
    const rest = fill(objects);
    const { made, left, error } = makeUntilFull(makers[name]);
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect((error as Error).message).toMatch(why);
    expect(left).toBe(0);
    expect(made > 0).toBe(objects > 0);
    expect(() => new SharedMemory({ name: `full ${made}` })).toThrow(/there is none of that name/);
    empty(rest);
    atomicStore(HEADER_FAIL_GROW, 0);
    expect(heapStats().blocks).toBe(level);
    makers[name](made)();
    expect(heapStats().blocks).toBe(level);
  }
});
