// The ring of queues, as src/queue/_channel.ts runs it: every item that was put is got once, by one consumer, in the
// order of its producer; nobody sleeps over an item, over room, or over the end; deaths lose at most what the dead
// consumer had got already.

import {
  atomicAdd,
  atomicLoad,
  atomicStore,
  load32,
  notifyWord,
  store32,
  waitWord,
} from '../../../assembly/atomics/index';
import {
  THREAD_DEAD,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_STATE,
  threadRecord,
} from '../../../assembly/heap/threads';
import {
  ANSWER_BITS,
  beginGet,
  beginPut,
  beginSweep,
  CLOSED,
  closeQueue,
  finishGrow,
  finishPut,
  finishSweep,
  finishTake,
  GROW_BIT,
  initQueue,
  initRing,
  QUEUE_CLOSED,
  QUEUE_HEAD_RING,
  QUEUE_ITEMS,
  QUEUE_SPACE,
  QUEUE_TAIL_RING,
  RING_HEAD,
  RING_TAIL,
  SWEEP_BIT,
} from '../../../assembly/queue/ring';
import { announceSleep, takeSleepers } from '../../../assembly/queue/sleep';
import { claimant, SLOT_BLOCK, SLOT_INLINE, SLOT_POSITION, SLOT_STATE } from '../../../assembly/queue/slots';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { type Block, names } from './_names';

const QUEUE = 0x600000;
const RINGS = [0x610000, 0x620000, 0x630000, 0x640000, 0x650000];
/** Which items were put: the model's own. */
const PUT = 0x700000;
const EVERYBODY = 0xffffffff;
const DONE = 32;
const ownerOf = (slot: number) => (1 << 10) | slot;

function wakeAll(word: number): void {
  if (takeSleepers(word)) notifyWord(word, EVERYBODY);
}

function attemptPut(me: number, item: number, shift: number): number {
  while (true) {
    const answer = beginPut(QUEUE, me);
    if (answer < DONE) return answer;
    if ((answer & GROW_BIT) !== 0) {
      const slot = (answer & ~ANSWER_BITS) >>> 0;
      const ring = RINGS.find((at) => at <= slot && slot < at + 0x10000)!;
      const next = RINGS[RINGS.indexOf(ring) + 1];
      atomicStore(slot + SLOT_BLOCK, next);
      initRing(next, shift + 1);
      finishGrow(QUEUE, slot, next);
      wakeAll(QUEUE + QUEUE_SPACE);
      wakeAll(QUEUE + QUEUE_ITEMS);
      continue;
    }
    store32(answer + SLOT_INLINE, item);
    finishPut(answer);
    poke(PUT + 4 * item, 1);
    wakeAll(QUEUE + QUEUE_ITEMS);
    return DONE;
  }
}

function attemptGet(me: number, got: number[]): number {
  while (true) {
    const answer = beginGet(QUEUE, me);
    if (answer < DONE) return answer;
    const sweep = (answer & SWEEP_BIT) !== 0;
    const slot = (answer & ~ANSWER_BITS) >>> 0;
    if (sweep) finishSweep(slot);
    else {
      const item = load32(slot + SLOT_INLINE);
      if ((item & 1) !== 0) beginSweep(slot, me); // as one that has a block, or names handles
      finishTake(slot);
      got.push(item);
    }
    wakeAll(QUEUE + QUEUE_SPACE);
    if (atomicLoad(QUEUE + QUEUE_CLOSED) !== 0) wakeAll(QUEUE + QUEUE_ITEMS);
    if (!sweep) return DONE;
  }
}

/** The loop of src/sync/_block.ts around an attempt: false to be called again. */
function step(word: number, attempt: () => number): number | false {
  let outcome = attempt();
  if (outcome === DONE || outcome === CLOSED) return outcome;
  const asleep = announceSleep(word);
  outcome = attempt();
  if (outcome === DONE || outcome === CLOSED) return outcome;
  waitWord(word, asleep, -1);
  return false;
}

interface Self {
  got: number[];
  left: number;
}

function producer(slot: number, items: number[], shift: number, mortal: boolean, closes: boolean): Thread {
  const me = claimant(ownerOf(slot));
  return {
    name: `producer ${slot}`,
    mortal,
    self: { got: [], left: items.length } satisfies Self,
    calls: [
      function put(self: Self) {
        if (self.left === 0) return undefined;
        const item = items[items.length - self.left];
        const outcome = step(QUEUE + QUEUE_SPACE, () => attemptPut(me, item, shift));
        if (outcome === CLOSED) return undefined;
        if (outcome === DONE) self.left--;
        return AGAIN;
      },
      ...(closes
        ? [
            function close() {
              closeQueue(QUEUE);
              wakeAll(QUEUE + QUEUE_SPACE);
              wakeAll(QUEUE + QUEUE_ITEMS);
            },
          ]
        : []),
    ] as Thread['calls'],
  };
}

function consumer(slot: number, mortal: boolean): Thread {
  const me = claimant(ownerOf(slot));
  return {
    name: `consumer ${slot}`,
    mortal,
    self: { got: [], left: 0 } satisfies Self,
    calls: [
      function get(self: Self) {
        return step(QUEUE + QUEUE_ITEMS, () => attemptGet(me, self.got)) === CLOSED ? undefined : AGAIN;
      },
    ] as Thread['calls'],
  };
}

interface Shape {
  name: string;
  /** Items of each producer; the first one closes the queue. */
  producers: number[];
  consumers: number;
  bound: number;
  shift: number;
  deaths?: number;
  mortal?: 'producers' | 'consumers' | 'all';
  slow?: boolean;
  random?: boolean;
}

function queue({
  name,
  producers,
  consumers,
  bound,
  shift,
  deaths = 0,
  mortal = 'all',
  slow,
  random,
}: Shape): Model {
  const items = producers.map((count, p) => Array.from({ length: count }, (_, i) => p * 8 + i));
  const threads = [
    // Who closes lives, or nobody would.
    ...items.map((list, p) => producer(p + 1, list, shift, p > 0 && mortal !== 'consumers', p === 0)),
    ...Array.from({ length: consumers }, (_, c) =>
      consumer(producers.length + c + 1, mortal !== 'producers' && c > 0),
    ),
  ];
  const slotNames = RINGS.flatMap((ring, r) =>
    Array.from(
      { length: 1 << (shift + r) },
      (_, i): Block => [
        ring + 192 + 128 * i,
        `ring ${r} slot ${i}`,
        { [SLOT_STATE]: 'state', [SLOT_BLOCK]: 'block', [SLOT_POSITION]: 'position', [SLOT_INLINE]: 'item' },
      ],
    ),
  );
  return model({
    name,
    deaths,
    slow,
    random,
    setup() {
      initRing(RINGS[0], shift);
      initQueue(QUEUE, RINGS[0], bound);
      threads.forEach((_, i) => {
        atomicStore(threadRecord(i + 1) + THREAD_OWNER, ownerOf(i + 1));
        atomicStore(threadRecord(i + 1) + THREAD_STATE, THREAD_LIVE);
      });
    },
    threads,
    reap:
      deaths === 0
        ? undefined
        : (dead) => {
            // src/pool/_crew.ts bury, then wakeSleepers.
            atomicStore(threadRecord(dead + 1) + THREAD_STATE, THREAD_DEAD);
            for (const word of [QUEUE + QUEUE_ITEMS, QUEUE + QUEUE_SPACE]) {
              // A thread that blocks and misses the notify looks again when its slice of sleep ends. The model has
              // no slices (they would hide other lost wake-ups): here the word changes instead.
              atomicAdd(word, 2);
              notifyWord(word, EVERYBODY);
            }
          },
    finally(world) {
      const lists = threads.map((_, i) => (world.self[i] as Self).got);
      const all = lists.flat();
      assert(new Set(all).size === all.length, `an item was got twice: ${all}`);
      const put = items.flat().filter((item) => peek(PUT + 4 * item) === 1);
      const lost = put.filter((item) => !all.includes(item));
      const deadConsumers = world.dead.filter((i) => i >= producers.length).length;
      assert(lost.length <= deadConsumers, `lost: ${lost}`);
      for (const item of all) assert(put.includes(item), `item ${item} was got and never put`);
      if (deadConsumers > 0) return; // what goes back comes later than what followed it
      for (const list of lists) {
        list.forEach((item, i) => {
          const later = list.slice(i + 1).filter((other) => other >> 3 === item >> 3);
          assert(
            later.every((other) => other > item),
            `out of order: ${list}`,
          );
        });
      }
    },
    names: names([
      [
        QUEUE,
        'queue',
        {
          [QUEUE_CLOSED]: 'closed',
          [QUEUE_TAIL_RING]: 'tail ring',
          [QUEUE_HEAD_RING]: 'head ring',
          [QUEUE_ITEMS]: 'items',
          [QUEUE_SPACE]: 'space',
        },
      ],
      ...RINGS.map((ring, r): Block => [ring, `ring ${r}`, { [RING_TAIL]: 'tail', [RING_HEAD]: 'head' }]),
      ...slotNames,
    ]),
  });
}

export default [
  queue({ name: 'queue: 2 items, 1 consumer', producers: [2], consumers: 1, bound: 2, shift: 1 }),
  queue({ name: 'queue: 4 items, 1 consumer, bound 1', producers: [4], consumers: 1, bound: 1, shift: 1 }),
  queue({ name: 'queue: 4 items, 1 consumer, laps', producers: [4], consumers: 1, bound: 2, shift: 1 }),
  queue({ name: 'queue: 4 items, 1 consumer, growing', producers: [4], consumers: 1, bound: 0, shift: 1 }),
  queue({ name: 'queue: 1 + 1 items, 1 consumer', producers: [1, 1], consumers: 1, bound: 2, shift: 1 }),
  queue({
    name: 'queue: 2 items, 2 consumers',
    producers: [2],
    consumers: 2,
    bound: 2,
    shift: 1,
    slow: true,
  }),
  queue({
    name: 'queue: 1 + 1 items, 1 consumer, a producer dies',
    producers: [1, 1],
    consumers: 1,
    bound: 2,
    shift: 1,
    deaths: 1,
    mortal: 'producers',
    slow: true,
  }),
  queue({
    name: 'queue: 1 item, 2 consumers, one dies',
    producers: [1],
    consumers: 2,
    bound: 2,
    shift: 1,
    deaths: 1,
    mortal: 'consumers',
  }),
  queue({
    name: 'queue: 4 + 4 items, 2 consumers, 1 death, random',
    producers: [4, 4],
    consumers: 2,
    bound: 2,
    shift: 1,
    deaths: 1,
    random: true,
  }),
  queue({
    name: 'queue: 3 + 3 items, 2 consumers, growing, 2 deaths, random',
    producers: [3, 3],
    consumers: 2,
    bound: 0,
    shift: 1,
    deaths: 2,
    random: true,
  }),
];
