// Messages that lie in blocks of the heap: what a consumer reads is what the producer wrote, a block is given back once or
// becomes a spare, and after all ends nothing else is left but what a death in the last step of giving one back took. Over
// the real allocator, where the same block is taken again at once. Sleeping is not in here: models/queue.ts has it. Over
// 400 lines: a third are the models, a call each.

import { atomicLoad, atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import { classOf } from '../../../assembly/heap/classes';
import { HEADER_KINDS, HEADER_MAX_PAGES, HEAP_FIRST_SPAN, SPAN_BYTES } from '../../../assembly/heap/layout';
import { allocCounted, COUNTED_QUEUE, reclaimMaking } from '../../../assembly/heap/making';
import { blockIndex, SLAB_BITMAP } from '../../../assembly/heap/slabs';
import { THREAD_DEAD, THREAD_STATE } from '../../../assembly/heap/threads';
import { HeapWalk, walkHeap } from '../../../assembly/heap/walk';
import { endTake, GROWN, growRing, sweepRemains } from '../../../assembly/queue/channel';
import { FORMAT_BYTES, messageAt, openMessage, setFormat } from '../../../assembly/queue/messages';
import {
  ANSWER_BITS,
  beginGet,
  beginPut,
  CLOSED,
  closeQueue,
  finishPut,
  GROW_BIT,
  initQueue,
  initRing,
  QUEUE_SPARES,
  QUEUE_TAIL_RING,
  RING_NEXT,
  returnItem,
  SPARES,
  SWEEP_BIT,
  slotOf,
} from '../../../assembly/queue/ring';
import { claimant, FREE, lapWord, SLOT_FORMAT } from '../../../assembly/queue/slots';
import { bytesOfSpare, spareBytes } from '../../../assembly/queue/spares';
import { PAGES_ADDRESS, peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

const QUEUE = 0x6000;
const RING = 0x7000;
const SMALL = 4096;
const BYTES = 8192;
/** Each producer allocates from a slab of its own, and one more for a ring. */
const SPANS = 4;
const DONE = 32;
const SPARES_SHIFT = Math.log2(SPARES);
/** Whoever looks after the dead. */
const MAIN = recordOf(8);
const ownerOf = (index: number) => claimant((1 << 10) + index + 1);

/** Whether the block of some bytes is allocated; no step of its own. */
function isTaken(at: number, bytes: number): boolean {
  const slab = (at & ~(SPAN_BYTES - 1)) >>> 0;
  return ((peek(slab + SLAB_BITMAP) >>> blockIndex(slab, classOf(bytes), at)) & 1) === 1;
}

interface Self {
  /** The answer of beginPut or beginGet that is worked on. */
  answer: number;
  left: number[];
  got: number[];
  /** Puts one item back once, as a kernel that cannot read it. */
  refuses: boolean;
}

/** What a producer puts, besides the items. */
interface Messages {
  /** Bytes of a message, by the item in it. */
  length: (item: number) => number;
  /** Blocks may become spares; else they go with their messages, as larger ones do. */
  spares: boolean;
}

function producer(
  index: number,
  items: number[],
  { length, spares }: Messages,
  mortal: boolean,
  closes: boolean,
): Thread {
  const me = recordOf(index);
  return {
    name: `producer ${index}`,
    mortal,
    self: { answer: 0, left: items, got: [], refuses: false } satisfies Self,
    calls: [
      function put(self: Self) {
        if (self.left.length === 0) return undefined;
        if (self.answer === 0) {
          const answer = beginPut(QUEUE, ownerOf(index));
          if (answer >= DONE) self.answer = answer;
          return answer === CLOSED ? undefined : AGAIN;
        }
        const { answer } = self;
        self.answer = 0;
        if ((answer & GROW_BIT) !== 0) {
          assert(growRing(QUEUE, answer & ~ANSWER_BITS, me) === GROWN, 'no room for a ring');
          return AGAIN;
        }
        const bytes = length(self.left[0]);
        const at = openMessage(QUEUE, answer, bytes, me);
        assert(at !== 0, 'no room for a message');
        assert(bytes <= spareBytes(answer), 'a message goes into a block that is too small');
        assert(isTaken(at, spareBytes(answer)), 'a message goes into a block that is free');
        store32(at, self.left[0]); // plain: whoever else has this block races
        if (!spares) store32(answer + SLOT_FORMAT, 0);
        setFormat(answer, FORMAT_BYTES);
        finishPut(answer);
        self.left.shift();
        return AGAIN;
      },
      ...(closes ? [() => closeQueue(QUEUE)] : []),
    ],
  };
}

function consumer(index: number, mortal: boolean, refuses: boolean): Thread {
  const me = recordOf(index);
  return {
    name: `consumer ${index}`,
    mortal,
    self: { answer: 0, left: [], got: [], refuses } satisfies Self,
    calls: [
      function get(self: Self) {
        if (self.answer === 0) {
          const answer = beginGet(QUEUE, ownerOf(index));
          if (answer >= DONE) self.answer = answer;
          return answer === CLOSED ? undefined : AGAIN;
        }
        const { answer } = self;
        self.answer = 0;
        if ((answer & SWEEP_BIT) !== 0) {
          sweepRemains(QUEUE, answer & ~ANSWER_BITS, me);
          return AGAIN;
        }
        if (self.refuses) {
          self.refuses = false;
          returnItem(answer);
          return AGAIN;
        }
        const at = messageAt(answer);
        self.got.push(load32(at));
        assert(isTaken(at, spareBytes(answer) || BYTES), 'a message lies in a block that is free');
        endTake(QUEUE, answer, ownerOf(index), me);
        return AGAIN;
      },
    ],
  };
}

interface Shape {
  name: string;
  /** Items of each producer; the first one closes the queue. */
  producers: number[];
  consumers: number;
  /** 0 for a queue that grows. */
  bound?: number;
  /** BYTES if left out. */
  length?: Messages['length'];
  /** False if left out. */
  spares?: boolean;
  /**
   * The second item comes where its producer looks for what the consumer of the first one leaves: the positions between
   * were passed. Spares lie there and where the first one's producer looks.
   */
  apart?: boolean;
  /** Of the heap. */
  spans?: number;
  deaths?: number;
  mortal?: 'producers' | 'consumers';
  /** The first consumer puts its first item back. */
  refuses?: boolean;
  slow?: boolean;
  large?: boolean;
  random?: boolean;
}

function blocks({
  name,
  producers,
  consumers,
  bound = 2,
  length = () => BYTES,
  spares = false,
  apart = false,
  spans = SPANS,
  deaths = 0,
  mortal,
  refuses = false,
  ...rest
}: Shape): Model {
  const items = producers.map((count, p) => Array.from({ length: count }, (_, i) => 1 + p * 8 + i));
  const threads = [
    ...items.map((list, p) =>
      producer(p, list, { length, spares }, p > 0 && mortal === 'producers', p === 0),
    ),
    ...Array.from({ length: consumers }, (_, c) =>
      consumer(producers.length + c, c > 0 && mortal === 'consumers', refuses && c === 0),
    ),
  ];
  const used = () => {
    const walk = new HeapWalk();
    walkHeap(walk);
    assert(walk.broken === 0, 'the heap is not tiled');
    return walk.blocks;
  };
  /** Blocks that stay: rings that the queue grew by, and spares. */
  const standing = () => {
    let count = 0;
    for (let ring = atomicLoad(RING + RING_NEXT); ring !== 0; ring = atomicLoad(ring + RING_NEXT)) count++;
    for (let i = 0; i < SPARES; i++) {
      const spare = peek(QUEUE + QUEUE_SPARES + i * 4);
      if (spare === 0) continue;
      assert(isTaken(spare, bytesOfSpare(spare)), 'a spare is free');
      count++;
    }
    return count;
  };
  return model({
    name,
    deaths,
    ...rest,
    maxPages: HEAP_FIRST_SPAN + spans,
    bound: 2000,
    setup() {
      poke(PAGES_ADDRESS, HEAP_FIRST_SPAN + spans);
      poke(HEADER_MAX_PAGES, HEAP_FIRST_SPAN + spans);
      liveThreads(threads.length);
      const shift = apart ? SPARES_SHIFT : 1;
      initRing(RING, shift);
      initQueue(QUEUE, RING, bound);
      if (apart) {
        for (let p = 1; p < SPARES / 2; p++) atomicStore(slotOf(RING, shift, p), lapWord(FREE, 1));
        for (const place of [0, SPARES / 2]) {
          const block = allocCounted(length(1), 16, COUNTED_QUEUE, 0, recordOf(0));
          atomicStore(QUEUE + QUEUE_SPARES + place * 4, block | Math.log2(length(1) / bytesOfSpare(0)));
        }
      }
    },
    threads,
    reap:
      deaths === 0
        ? undefined
        : (dead) => {
            // src/pool/_crew.ts bury, without what becomes of the dead thread's slabs: models/allocator.ts has that.
            reclaimMaking(recordOf(dead), MAIN);
            atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
          },
    finally(world) {
      const got = world.self.flatMap((self: Self) => self.got);
      const all = items.flat();
      assert(new Set(got).size === got.length, `an item was got twice: ${got}`);
      for (const item of got) assert(all.includes(item), `${item} was got and never put`);
      const put = world.self.flatMap((self: Self, p) =>
        p < items.length && !world.dead.includes(p)
          ? items[p].filter((item) => !self.left.includes(item))
          : [],
      );
      const missing = put.filter((item) => !got.includes(item));
      assert(missing.length <= world.dead.filter((i) => i >= producers.length).length, `lost: ${missing}`);
      const left = used() - standing();
      assert(left >= 0, 'a block was given back that was not the queue’s');
      // A thread may die between the last two steps of giving a block back. Producers do that with spares that do not fit.
      const isAnyUnfit = all.some((item) => length(item) !== length(1));
      const givesBack = !spares || apart ? mortal === 'consumers' : isAnyUnfit;
      const most = givesBack ? world.dead.length : 0;
      assert(left <= most, `${left} blocks are left behind`);
      const counted = peek(HEADER_KINDS + COUNTED_QUEUE * 8) - standing();
      assert(world.dead.length > 0 || counted === 0, `${counted} blocks are counted`);
    },
    names: names([
      [QUEUE, 'queue', { [QUEUE_TAIL_RING]: 'tail ring' }],
      [RING, 'ring', { [RING_NEXT]: 'next' }],
    ]),
  });
}

export default [
  blocks({ name: 'blocks: 2 messages, 1 consumer', producers: [2], consumers: 1 }),
  blocks({ name: 'blocks: 2 messages, 1 consumer, spares', producers: [2], consumers: 1, spares: true }),
  blocks({
    name: 'blocks: a spare is left and taken',
    producers: [2],
    consumers: 1,
    bound: 32,
    spares: true,
    apart: true,
  }),
  blocks({
    name: 'blocks: a spare is left that is too small',
    producers: [2],
    consumers: 1,
    bound: 32,
    length: (item) => (item < 2 ? SMALL : BYTES),
    spares: true,
    apart: true,
    spans: 6,
  }),
  blocks({
    name: 'blocks: 1 spare is taken, its producer dies',
    producers: [0, 1],
    consumers: 1,
    bound: 32,
    spares: true,
    apart: true,
    deaths: 1,
    mortal: 'producers',
  }),
  blocks({
    name: 'blocks: 1 spare is left, 2 consumers, one dies',
    producers: [1],
    consumers: 2,
    spares: true,
    deaths: 1,
    mortal: 'consumers',
  }),
  blocks({
    name: 'blocks: spares are left and taken, one of 2 producers dies, random',
    producers: [2, 2],
    consumers: 1,
    bound: 32,
    spares: true,
    apart: true,
    deaths: 1,
    mortal: 'producers',
    random: true,
  }),
  blocks({
    name: 'blocks: spares are left and taken, one of 2 consumers dies, random',
    producers: [3],
    consumers: 2,
    bound: 32,
    spares: true,
    apart: true,
    deaths: 1,
    mortal: 'consumers',
    random: true,
  }),
  blocks({
    name: 'blocks: 1 message that is refused once, 2 consumers',
    producers: [1],
    consumers: 2,
    refuses: true,
  }),
  blocks({
    name: 'blocks: 1 message, 1 consumer, its producer dies',
    producers: [0, 1],
    consumers: 1,
    deaths: 1,
    mortal: 'producers',
  }),
  blocks({
    name: 'blocks: 1 + 1 messages, 1 consumer, a producer dies',
    producers: [1, 1],
    consumers: 1,
    deaths: 1,
    mortal: 'producers',
    large: true,
  }),
  blocks({
    name: 'blocks: 1 message, 2 consumers, one dies',
    producers: [1],
    consumers: 2,
    deaths: 1,
    mortal: 'consumers',
  }),
  blocks({
    name: 'blocks: 2 messages, 2 consumers, one dies',
    producers: [2],
    consumers: 2,
    deaths: 1,
    mortal: 'consumers',
  }),
  blocks({
    name: 'blocks: 2 + 2 messages of 2 sizes, spares, growing, a producer dies, random',
    producers: [2, 2],
    consumers: 1,
    bound: 0,
    length: (item) => (item % 2 === 1 ? SMALL : BYTES),
    spares: true,
    spans: 6,
    deaths: 1,
    mortal: 'producers',
    random: true,
  }),
  blocks({
    name: 'blocks: 2 + 2 messages, growing, a producer dies, random',
    producers: [2, 2],
    consumers: 1,
    bound: 0,
    deaths: 1,
    mortal: 'producers',
    random: true,
  }),
  blocks({
    name: 'blocks: 3 + 2 messages, 2 consumers, two deaths, random',
    producers: [3, 2],
    consumers: 2,
    deaths: 2,
    mortal: 'consumers',
    random: true,
  }),
];
