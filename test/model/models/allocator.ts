// The allocator: blocks of two threads never overlap, whoever frees them; afterwards the heap is tiled exactly, no slab
// with a free block is beyond everybody's reach, and no span is lost, also if threads died on the way. Blocks that a word
// names (making.ts) are as many as words that name one: a death leaves none over, but for one step of freeing a small one.
// Over 400 lines: the models share the threads' steps and what is checked after them.

import { atomicLoad, load32, memoryPages, store32 } from '../../../assembly/atomics/index';
import { alloc, FREE_OK, FREE_TWICE, free, reapThread } from '../../../assembly/heap/allocator';
import { classBlocks, classSpans } from '../../../assembly/heap/classes';
import {
  HEADER_MAX_PAGES,
  HEAP_FIRST_SPAN,
  HINT_MAP_BYTES,
  HINTS_AT,
  SPAN_SHIFT,
} from '../../../assembly/heap/layout';
import { allocInto, COUNTED_QUEUE, freeFrom, reclaimMaking } from '../../../assembly/heap/making';
import { isBlockTaken } from '../../../assembly/heap/slabs';
import {
  SPAN_CLAIMED,
  SPAN_SLAB_ACTIVE,
  SPAN_SLAB_FULL,
  SPAN_SLAB_IDLE,
  SPAN_SLAB_LEAVING,
  spanClass,
  spanEntry,
  spanKind,
  spanSlot,
} from '../../../assembly/heap/spans';
import { threadRecord } from '../../../assembly/heap/threads';
import { HeapWalk, walkHeap } from '../../../assembly/heap/walk';
import { PAGES_ADDRESS, peek, poke } from '../explorer/atomics';
import { assert, type Call, type Model, model, type World } from '../explorer/model';
import { names } from './_names';

/** Seven of these fill a slab of one span. */
const SMALL = 8192;
/** Three of these fill a slab of eight spans. */
const MEDIUM = 131072;
/** Takes three spans. */
const LARGE = 131073;
const MAIN = threadRecord(9);
/** Blocks that setup allocates for the threads to free: addresses, in the order of allocation. */
const GIVEN = 0x10;
/** The word of each thread, by its slot, that names a block. */
const WORDS = 0x200;

interface Self {
  slot: number;
  /** Blocks that the thread holds. */
  held: number[];
  full: number;
}

const take = (bytes: number): Call<Self> =>
  function allocate(self) {
    const block = alloc(bytes, threadRecord(self.slot));
    if (block === 0) {
      self.full++;
      return;
    }
    // Plain: whoever else has this block races.
    store32(block, self.slot);
    self.held.push(block);
  };
const give: Call<Self> = function release(self) {
  const block = self.held.shift();
  if (block === undefined) return;
  assert(load32(block) === self.slot, `another thread wrote into the block at ${block}`);
  assert(free(block, threadRecord(self.slot)) === FREE_OK, `cannot free the block at ${block}`);
};
/** Frees the n-th block that setup allocated. */
const giveOther = (n: number, outcomes: readonly number[] = [FREE_OK]): Call<Self> =>
  function releaseOther(self) {
    const outcome = free(peek(GIVEN + 4 * n), threadRecord(self.slot));
    assert(outcomes.includes(outcome), `free said ${outcome}`);
    if (outcome === FREE_OK) self.full += 1000;
  };

const wordOf = (self: Self) => WORDS + 4 * self.slot;
const takeInto = (bytes: number): Call<Self> =>
  function allocateInto(self) {
    const block = allocInto(wordOf(self), bytes, 16, COUNTED_QUEUE, threadRecord(self.slot));
    if (block !== 0) store32(block, self.slot);
  };
const giveFrom = (bytes: number): Call<Self> =>
  function releaseFrom(self) {
    const block = atomicLoad(wordOf(self));
    if (block !== 0) assert(load32(block) === self.slot, `another thread wrote into the block at ${block}`);
    const outcome = freeFrom(wordOf(self), 0, bytes, COUNTED_QUEUE, threadRecord(self.slot));
    assert(outcome === FREE_OK, `cannot free the block at ${block}`);
  };

interface Shape {
  name: string;
  /** Spans of heap at first, and the most there may be. */
  spans: number;
  most: number;
  /** How many blocks setup allocates for thread 1, how many of the first it frees again, and their size. */
  given?: number;
  freed?: number;
  bytes?: number;
  /** The word of thread 2 names the last of them. */
  named?: boolean;
  threads: Call<Self>[][];
  deaths?: number;
  /** Who may die; everybody if left out. */
  mortal?: number[];
  /** A death leaves no block over. */
  exact?: boolean;
  /** The thread that looks after the dead itself, between its calls; beside all if left out. */
  reaperOf?: number;
  slow?: boolean;
  random?: boolean;
}

function heap({
  name,
  spans,
  most,
  given = 0,
  freed = 0,
  bytes = SMALL,
  named = false,
  threads,
  deaths,
  mortal,
  exact = false,
  reaperOf,
  slow,
  random,
}: Shape): Model {
  return model({
    name,
    deaths,
    reaperOf,
    slow,
    random,
    maxPages: HEAP_FIRST_SPAN + most,
    setup() {
      poke(PAGES_ADDRESS, HEAP_FIRST_SPAN + spans);
      poke(HEADER_MAX_PAGES, HEAP_FIRST_SPAN + most);
      for (let i = 0; i < given; i++) poke(GIVEN + 4 * i, alloc(bytes, threadRecord(1)));
      for (let i = 0; i < freed; i++) free(peek(GIVEN + 4 * i), threadRecord(1));
      if (!named) return;
      const block = peek(GIVEN + 4 * (given - 1));
      poke(block, 2);
      poke(WORDS + 8, block);
    },
    threads: threads.map((calls, i) => ({
      name: `thread ${i + 1}`,
      calls,
      self: { slot: i + 1, held: [], full: 0 } satisfies Self,
      mortal: deaths !== undefined && mortal?.includes(i) !== false,
    })),
    reap:
      deaths === undefined
        ? undefined
        : (dead) => {
            reclaimMaking(threadRecord(dead + 1), MAIN);
            reapThread(dead + 1, MAIN);
          },
    finally: (world) => audit(world, given - freed - (named ? 1 : 0), exact),
    names: names(),
  });
}

/** Exact tiling, nothing lost, nothing doubled. */
function audit(world: World, given: number, exact: boolean): void {
  const walk = new HeapWalk();
  walkHeap(walk);
  assert(walk.broken === 0, `the heap is not tiled: span ${walk.broken >>> SPAN_SHIFT}`);
  const freed = world.self.reduce((sum, { full }) => sum + Math.floor(full / 1000), 0);
  const named = world.self.filter((self: Self) => world.word(wordOf(self)) !== 0).length;
  const held = world.self.reduce((sum, self) => sum + self.held.length, 0) + named + given - freed;
  // A thread that died may have been on its way to one block more, or to one less.
  const inFlight = exact ? 0 : world.dead.length;
  assert(Math.abs(walk.blocks - held) <= inFlight, `${walk.blocks} blocks are taken, ${held} are held`);
  const end = memoryPages();
  let seen = 0;
  for (let span = HEAP_FIRST_SPAN; span < end; span++) {
    const state = world.word(spanEntry(span));
    const kind = spanKind(state);
    assert(kind !== SPAN_CLAIMED && kind !== SPAN_SLAB_LEAVING, `span ${span} is claimed by nobody`);
    seen++;
    if (kind < SPAN_SLAB_ACTIVE) continue;
    const sizeClass = spanClass(state);
    let free = 0;
    for (let i = 0; i < classBlocks(sizeClass); i++) if (!isBlockTaken((span << SPAN_SHIFT) >>> 0, i)) free++;
    assert(kind !== SPAN_SLAB_FULL || free === 0, `slab ${span} counts as full with ${free} free blocks`);
    if (kind === SPAN_SLAB_IDLE) {
      const hint = world.word(HINTS_AT + sizeClass * HINT_MAP_BYTES + ((span >>> 5) << 2));
      assert(((hint >>> (span & 31)) & 1) === 1, `idle slab ${span} has no hint`);
    }
    if (kind === SPAN_SLAB_ACTIVE)
      assert(!world.dead.includes(spanSlot(state) - 1), `slab ${span} belongs to the dead`);
    span += classSpans(sizeClass) - 1;
  }
  assert(seen > 0, 'there is no heap');
}

export default [
  // The slab has one block left: thread 1 finds it full while thread 2 frees one.
  heap({
    name: 'slab full or not: 2 × 1',
    spans: 2,
    most: 2,
    given: 6,
    threads: [[take(SMALL), take(SMALL)], [giveOther(0)]],
  }),
  heap({
    name: 'one block freed twice at once',
    spans: 1,
    most: 1,
    given: 2,
    threads: [[giveOther(0, [FREE_OK, FREE_TWICE])], [giveOther(0, [FREE_OK, FREE_TWICE])]],
  }),
  heap({
    name: 'one large block freed twice at once',
    spans: 3,
    most: 3,
    given: 1,
    bytes: LARGE,
    threads: [[giveOther(0, [FREE_OK, FREE_TWICE])], [giveOther(0, [FREE_OK, FREE_TWICE])]],
  }),
  heap({
    name: 'death on a slab',
    spans: 2,
    most: 2,
    given: 6,
    threads: [[take(SMALL), take(SMALL)], [giveOther(0)]],
    deaths: 1,
  }),
  heap({
    name: 'death while a word is given a block',
    spans: 2,
    most: 2,
    given: 6,
    threads: [[takeInto(SMALL)], [giveOther(0), takeInto(SMALL)]],
    deaths: 1,
    mortal: [0],
    exact: true,
  }),
  heap({
    name: 'death while a word is given a large block',
    spans: 3,
    most: 3,
    threads: [[takeInto(LARGE)]],
    deaths: 1,
    exact: true,
  }),
  // Thread 1 takes again what thread 2 has freed before that one's death is known.
  heap({
    name: 'death while a block is taken from a word',
    spans: 1,
    most: 1,
    given: 7,
    named: true,
    threads: [[take(SMALL), give], [giveFrom(SMALL)]],
    deaths: 1,
    mortal: [1],
  }),
  heap({
    name: 'death while a large block is taken from a word',
    spans: 3,
    most: 3,
    given: 1,
    bytes: LARGE,
    named: true,
    threads: [[take(LARGE), give], [giveFrom(LARGE)]],
    deaths: 1,
    mortal: [1],
    exact: true,
  }),
  heap({
    name: 'slab full or not: 2 × 3',
    spans: 2,
    most: 2,
    given: 6,
    threads: [
      [take(SMALL), take(SMALL), take(SMALL)],
      [giveOther(0), take(SMALL), take(SMALL)],
    ],
  }),
  heap({
    name: 'memory full, then not: 2 × 2',
    spans: 1,
    most: 1,
    given: 7,
    threads: [
      [take(SMALL), take(SMALL)],
      [giveOther(0), take(SMALL)],
    ],
  }),
  heap({
    name: 'slab emptied while it is adopted',
    spans: 2,
    most: 2,
    given: 8,
    freed: 5,
    threads: [
      [giveOther(5), giveOther(6)],
      [take(SMALL), give],
    ],
  }),
  heap({
    name: 'small blocks: 2 × 4',
    spans: 2,
    most: 2,
    threads: [
      [take(SMALL), give, take(SMALL), give],
      [take(SMALL), give, take(SMALL), give],
    ],
  }),
  heap({
    name: 'slab full, freed by two',
    spans: 2,
    most: 2,
    given: 7,
    threads: [[take(SMALL)], [giveOther(0)], [giveOther(1)]],
  }),
  heap({
    name: 'large blocks: 2 × 2',
    spans: 4,
    most: 4,
    threads: [
      [take(LARGE), give],
      [take(LARGE), give],
    ],
  }),
  heap({
    name: 'two deaths on a slab',
    spans: 2,
    most: 2,
    given: 6,
    threads: [
      [take(SMALL), give],
      [giveOther(0), take(SMALL)],
    ],
    deaths: 2,
  }),
  heap({
    name: 'death with large blocks',
    spans: 3,
    most: 3,
    threads: [
      [take(LARGE), give],
      [take(LARGE), give],
    ],
    deaths: 1,
  }),
  // Thread 2 adopts the slab that thread 1 finds empty, fills it, and frees one block: idle again, and not empty.
  heap({
    name: 'slab adopted while it is given back',
    spans: 16,
    most: 16,
    given: 4,
    freed: 2,
    bytes: MEDIUM,
    threads: [[giveOther(2)], [take(MEDIUM), take(MEDIUM), take(MEDIUM), take(MEDIUM), give, give]],
  }),
  heap({
    name: 'death with small blocks: 2 × 2',
    spans: 2,
    most: 2,
    threads: [
      [take(SMALL), give],
      [take(SMALL), give],
    ],
    deaths: 1,
  }),
  heap({
    name: 'slab adopted while it is given back, death',
    spans: 16,
    most: 16,
    given: 4,
    freed: 2,
    bytes: MEDIUM,
    deaths: 1,
    mortal: [0],
    reaperOf: 1,
    slow: true,
    threads: [[giveOther(2)], [take(MEDIUM), take(MEDIUM), take(MEDIUM), take(MEDIUM), give]],
  }),
  heap({ name: 'growth: 2 × 1', spans: 1, most: 6, threads: [[take(LARGE)], [take(LARGE)]] }),
  heap({
    name: 'memory full: 2 × 2',
    spans: 3,
    most: 3,
    threads: [
      [take(LARGE), give],
      [take(LARGE), give],
    ],
  }),
  heap({
    name: 'large blocks: 2 × 4',
    spans: 6,
    most: 6,
    threads: [
      [take(LARGE), give, take(LARGE), give],
      [take(LARGE), give, take(LARGE), give],
    ],
    slow: true,
  }),
  heap({
    name: 'small and large, 6 threads, 2 deaths, random',
    spans: 3,
    most: 12,
    given: 14,
    deaths: 2,
    random: true,
    threads: [
      [take(SMALL), take(SMALL), give, take(LARGE), give],
      [giveOther(0), take(SMALL), giveOther(1), take(SMALL), give],
      [take(LARGE), give, take(SMALL), give],
      [giveOther(7), take(SMALL), take(SMALL), give, give],
      [take(LARGE), take(SMALL), give, give],
      [giveOther(3), giveOther(8), giveOther(9), take(LARGE)],
    ],
  }),
];
