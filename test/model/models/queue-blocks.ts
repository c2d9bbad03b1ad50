// Messages that lie in blocks of the heap: what a consumer reads is what the producer wrote, a block is given back once,
// and after all ends nothing is left but what a death in the last step of giving one back took. Over the real allocator, where
// the same block is taken again at once. Sleeping is not in here: models/queue.ts has it.

import { atomicLoad, atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import { classOf } from '../../../assembly/heap/classes';
import { HEADER_KINDS, HEADER_MAX_PAGES, HEAP_FIRST_SPAN, SPAN_BYTES } from '../../../assembly/heap/layout';
import { COUNTED_QUEUE, reclaimMaking } from '../../../assembly/heap/making';
import { blockIndex, SLAB_BITMAP } from '../../../assembly/heap/slabs';
import { THREAD_DEAD, THREAD_STATE } from '../../../assembly/heap/threads';
import { HeapWalk, walkHeap } from '../../../assembly/heap/walk';
import { endTake, GROWN, growRing, sweepRemains } from '../../../assembly/queue/channel';
import { FORMAT_BYTES, messageAt, openMessage } from '../../../assembly/queue/messages';
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
  QUEUE_TAIL_RING,
  RING_NEXT,
  returnItem,
  SWEEP_BIT,
} from '../../../assembly/queue/ring';
import { claimant, SLOT_FORMAT } from '../../../assembly/queue/slots';
import { PAGES_ADDRESS, peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

const QUEUE = 0x6000;
const RING = 0x7000;
const BYTES = 8192;
/** Each producer allocates from a slab of its own, and one more for a ring. */
const SPANS = 4;
const DONE = 32;
/** Whoever looks after the dead. */
const MAIN = recordOf(8);
const ownerOf = (index: number) => claimant((1 << 10) + index + 1);

/** Whether the block is allocated; no step of its own. */
function isTaken(at: number): boolean {
  const slab = (at & ~(SPAN_BYTES - 1)) >>> 0;
  return ((peek(slab + SLAB_BITMAP) >>> blockIndex(slab, classOf(BYTES), at)) & 1) === 1;
}

interface Self {
  /** The answer of beginPut or beginGet that is worked on. */
  answer: number;
  left: number[];
  got: number[];
  /** Puts one item back once, as a kernel that cannot read it. */
  refuses: boolean;
}

function producer(index: number, items: number[], mortal: boolean, closes: boolean): Thread {
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
        const at = openMessage(answer, BYTES, me);
        assert(at !== 0, 'no room for a message');
        store32(at, self.left[0]); // plain: whoever else has this block races
        store32(answer + SLOT_FORMAT, FORMAT_BYTES);
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
          sweepRemains(answer & ~ANSWER_BITS, me);
          return AGAIN;
        }
        if (self.refuses) {
          self.refuses = false;
          returnItem(answer);
          return AGAIN;
        }
        const at = messageAt(answer);
        self.got.push(load32(at));
        assert(isTaken(at), 'a message lies in a block that is free');
        endTake(answer, ownerOf(index), me);
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
  deaths = 0,
  mortal,
  refuses = false,
  ...rest
}: Shape): Model {
  const items = producers.map((count, p) => Array.from({ length: count }, (_, i) => 1 + p * 8 + i));
  const threads = [
    ...items.map((list, p) => producer(p, list, p > 0 && mortal === 'producers', p === 0)),
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
  /** Blocks that stay: rings that the queue grew by. */
  const rings = () => {
    let count = 0;
    for (let ring = atomicLoad(RING + RING_NEXT); ring !== 0; ring = atomicLoad(ring + RING_NEXT)) count++;
    return count;
  };
  return model({
    name,
    deaths,
    ...rest,
    maxPages: HEAP_FIRST_SPAN + SPANS,
    bound: 2000,
    setup() {
      poke(PAGES_ADDRESS, HEAP_FIRST_SPAN + SPANS);
      poke(HEADER_MAX_PAGES, HEAP_FIRST_SPAN + SPANS);
      liveThreads(threads.length);
      initRing(RING, 1);
      initQueue(QUEUE, RING, bound);
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
      const left = used() - rings();
      assert(left >= 0, 'a block was given back that was not the queue’s');
      // A consumer may die between the last two steps of giving a block back; a producer gives none back.
      const most = mortal === 'consumers' ? world.dead.length : 0;
      assert(left <= most, `${left} blocks are left behind`);
      const counted = peek(HEADER_KINDS + COUNTED_QUEUE * 8) - rings();
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
