// The ring of queues, as src/queue/_channel.ts runs it: every item that was put is got once, by one consumer, in the
// order of its producer; nobody sleeps over an item, over room, or over the end; deaths lose at most what the dead
// consumer had got already. Over 400 lines: the models differ in a few numbers and share the steps of both sides.

import {
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
import {
  claimant,
  FREE,
  GROWING,
  kindOf,
  MOVED,
  SEALED,
  SLOT_BLOCK,
  SLOT_INLINE,
  SLOT_POSITION,
  SLOT_STATE,
} from '../../../assembly/queue/slots';
import { peek, poke, SLICE_MS } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { type Block, names } from './_names';

const QUEUE = 0x600000;
const RINGS = [0x610000, 0x620000, 0x630000, 0x640000, 0x650000];
// The model's own: which items were put, what was put at a position (plus one), and how many items there are.
const PUT = 0x700000;
const AT = 0x701000;
const THERE = 0x702000;
const EVERYBODY = 0xffffffff;
const DONE = 32;
const ownerOf = (slot: number) => (1 << 10) | slot;

/** Where AT keeps what stands in the slot's present position. */
function atWord(slot: number): number {
  const ring = RINGS.findIndex((one) => one <= slot && slot < one + 0x10000);
  return AT + 4 * (peek(slot + SLOT_POSITION) * RINGS.length + ring);
}

function wakeAll(word: number): void {
  if (takeSleepers(word)) notifyWord(word, EVERYBODY);
}

/** No value of an eventcount: no sleep was announced. */
const AWAKE = -1;

/**
 * What a thread keeps of an operation from step to step. Each step is a call of its own, so that all ways to come to
 * it are one state: look, once more after it has announced its sleep, then sleep; or write what it got a slot for, or
 * read it, and wake who waits for that.
 */
interface Self {
  stage: 'look' | 'announce' | 'sleep' | 'slot' | 'wake';
  /** The eventcount's value to sleep on, once the sleep was announced. */
  asleep: number;
  /** The answer of beginPut or beginGet. */
  answer: number;
  got: number[];
  left: number;
}

const fresh = (left: number): Self => ({ stage: 'look', asleep: AWAKE, answer: 0, got: [], left });

/** Looks, announces or sleeps; CLOSED if that is the answer. */
function look(self: Self, word: number, begin: () => number): number | undefined {
  if (self.stage === 'announce') {
    self.asleep = announceSleep(word);
    self.stage = 'look';
  } else if (self.stage === 'sleep') {
    waitWord(word, self.asleep, SLICE_MS);
    self.asleep = AWAKE;
    self.stage = 'look';
  } else {
    const answer = begin();
    if (answer === CLOSED) return CLOSED;
    if (answer >= DONE) {
      self.answer = answer;
      self.stage = 'slot';
    } else self.stage = self.asleep === AWAKE ? 'announce' : 'sleep';
  }
  return undefined;
}

function ended(self: Self, isDone: boolean): void {
  self.stage = 'look';
  self.answer = 0;
  if (isDone) self.asleep = AWAKE;
}

/** @param limit most items, 0 if that is not to be looked at */
function producer(
  slot: number,
  items: number[],
  shift: number,
  limit: number,
  mortal: boolean,
  closes: boolean,
): Thread {
  const me = claimant(ownerOf(slot));
  return {
    name: `producer ${slot}`,
    mortal,
    self: fresh(items.length),
    calls: [
      function put(self: Self) {
        if (self.stage === 'wake') {
          const grew = (self.answer & GROW_BIT) !== 0;
          if (grew) wakeAll(QUEUE + QUEUE_SPACE);
          wakeAll(QUEUE + QUEUE_ITEMS);
          ended(self, !grew);
          return AGAIN;
        }
        if (self.stage !== 'slot') {
          if (self.left === 0) return undefined;
          const answer = look(self, QUEUE + QUEUE_SPACE, () => beginPut(QUEUE, me));
          return answer === CLOSED ? undefined : AGAIN;
        }
        const at = (self.answer & ~ANSWER_BITS) >>> 0;
        if ((self.answer & GROW_BIT) !== 0) {
          const ring = RINGS.find((one) => one <= at && at < one + 0x10000)!;
          const next = RINGS[RINGS.indexOf(ring) + 1];
          atomicStore(at + SLOT_BLOCK, next);
          initRing(next, shift + 1);
          finishGrow(QUEUE, at, next);
        } else {
          const item = items[items.length - self.left];
          store32(at + SLOT_INLINE, item);
          finishPut(at);
          poke(PUT + 4 * item, 1);
          poke(atWord(at), item + 1);
          poke(THERE, peek(THERE) + 1);
          assert(limit === 0 || peek(THERE) <= limit, `${peek(THERE)} items in a queue of ${limit}`);
          self.left--;
        }
        self.stage = 'wake';
        return AGAIN;
      },
      ...(closes
        ? [
            () => closeQueue(QUEUE),
            function wakeForClose() {
              wakeAll(QUEUE + QUEUE_SPACE);
              wakeAll(QUEUE + QUEUE_ITEMS);
            },
          ]
        : []),
    ] as Thread['calls'],
  };
}

/** Whether the slot's ring is being ended there. */
const isGrowing = (slot: number): boolean => kindOf(peek(slot)) === GROWING;

/** @param late it begins when the queue has been closed */
function consumer(slot: number, mortal: boolean, late: boolean): Thread {
  const me = claimant(ownerOf(slot));
  return {
    name: `consumer ${slot}`,
    mortal,
    startsWhen: late ? QUEUE + QUEUE_CLOSED : undefined,
    self: fresh(0),
    calls: [
      function get(self: Self) {
        const sweep = (self.answer & SWEEP_BIT) !== 0;
        if (self.stage === 'wake') {
          wakeAll(QUEUE + QUEUE_SPACE);
          if (atomicLoad(QUEUE + QUEUE_CLOSED) !== 0) wakeAll(QUEUE + QUEUE_ITEMS);
          ended(self, !sweep);
          return AGAIN;
        }
        if (self.stage !== 'slot') {
          const answer = look(self, QUEUE + QUEUE_ITEMS, () => {
            const found = beginGet(QUEUE, me);
            if (found >= DONE && (found & SWEEP_BIT) === 0) poke(THERE, peek(THERE) - 1);
            return found;
          });
          return answer === CLOSED ? undefined : AGAIN;
        }
        const at = (self.answer & ~ANSWER_BITS) >>> 0;
        if (sweep) {
          assert(isGrowing(at) || peek(atWord(at)) === 0, 'an item is swept away');
          finishSweep(at);
        } else {
          const item = load32(at + SLOT_INLINE);
          if ((item & 1) !== 0) {
            beginSweep(at, me); // as one that has a block, or names handles
            poke(atWord(at), 0); // from here on it is its consumer's, whether that lives or not
          }
          self.got.push(item);
          finishTake(at);
        }
        self.stage = 'wake';
        return AGAIN;
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
  /** Nobody takes before all has been put. */
  late?: boolean;
  slow?: boolean;
  large?: boolean;
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
  late = false,
  slow,
  large,
  random,
}: Shape): Model {
  const items = producers.map((count, p) => Array.from({ length: count }, (_, i) => p * 8 + i));
  const threads = [
    // Who closes lives, or nobody would.
    ...items.map((list, p) =>
      producer(p + 1, list, shift, deaths > 0 ? 0 : bound, p > 0 && mortal !== 'consumers', p === 0),
    ),
    ...Array.from({ length: consumers }, (_, c) =>
      consumer(producers.length + c + 1, mortal !== 'producers' && c > 0, late),
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
    large,
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
            // src/pool/_crew.ts bury; what wakeSleepers does is left to the slices.
            atomicStore(threadRecord(dead + 1) + THREAD_STATE, THREAD_DEAD);
          },
    finally(world) {
      const lists = threads.map((_, i) => (world.self[i] as Self).got);
      const all = lists.flat();
      assert(new Set(all).size === all.length, `an item was got twice: ${all}`);
      const put = items.flat().filter((item) => peek(PUT + 4 * item) === 1);
      const lost = put.filter((item) => !all.includes(item));
      const deadConsumers = world.dead.filter((i) => i >= producers.length).length;
      assert(lost.length <= deadConsumers, `lost: ${lost}`);
      assert(
        items[0].every((item) => put.includes(item)),
        'who closes could not put before',
      );
      for (const ring of RINGS) {
        for (let i = 0; i < 1 << (shift + RINGS.indexOf(ring)); i++) {
          const kind = kindOf(world.word(ring + 192 + 128 * i));
          assert(
            kind === FREE || kind === SEALED || kind === MOVED,
            `a slot is left behind in state ${kind}`,
          );
        }
      }
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
  queue({
    name: 'queue: 5 items, nobody takes before',
    producers: [5],
    consumers: 1,
    bound: 0,
    shift: 1,
    late: true,
  }),
  queue({ name: 'queue: 1 + 1 items, 1 consumer', producers: [1, 1], consumers: 1, bound: 2, shift: 1 }),
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
    name: 'queue: 1 + 2 items, 1 consumer, growing, a producer dies',
    producers: [1, 2],
    consumers: 1,
    bound: 0,
    shift: 1,
    deaths: 1,
    mortal: 'producers',
    large: true,
  }),
  queue({
    name: 'queue: 1 + 1 items, 2 consumers, two deaths',
    producers: [1, 1],
    consumers: 2,
    bound: 2,
    shift: 1,
    deaths: 2,
    large: true,
  }),
  queue({
    name: 'queue: 2 items, 2 consumers',
    producers: [2],
    consumers: 2,
    bound: 2,
    shift: 1,
    slow: true,
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
