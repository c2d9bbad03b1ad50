// What putting and taking answer at once, without waiting: every history of a queue is one of a queue that does one
// operation after the other (explorer/specs.ts), first in first out over all producers, Full and Empty included. An item
// counts until it has been read: a queue may be full while its last item is on its way out. models/queue.ts has the
// waiting.

import { atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import { THREAD_DEAD, THREAD_STATE } from '../../../assembly/heap/threads';
import {
  ANSWER_BITS,
  BUSY,
  beginGet,
  beginPut,
  finishGrow,
  finishPut,
  finishSweep,
  finishTake,
  GROW_BIT,
  initQueue,
  initRing,
  QUEUE_HEAD_RING,
  QUEUE_TAIL_RING,
  RING_HEAD,
  RING_SLOTS,
  RING_TAIL,
  SWEEP_BIT,
} from '../../../assembly/queue/ring';
import { claimant, SLOT_BLOCK, SLOT_BYTES, SLOT_INLINE, SLOT_STATE } from '../../../assembly/queue/slots';
import { History } from '../explorer/history';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { fifo, type QueueOp } from '../explorer/specs';
import { type Block, names } from './_names';
import { liveThreads, recordOf } from './_sync';

const QUEUE = 0x600000;
const RINGS = [0x610000, 0x620000, 0x630000];
const SHIFT = 1;
/** Below this the answers of beginPut and beginGet are no slots. */
const SLOTS_FROM = 32;
const meOf = (index: number) => claimant((1 << 10) + index + 1);

interface Self {
  begun?: boolean;
  /** The answer that the next call acts upon. */
  answer?: number;
}

type Op = number | 'get';
type Log = History<unknown, QueueOp>;

/** A put, or a get, as two calls: look until it is told what to do, and do that. */
function calls(op: Op, index: number, log: Log, isLoose: boolean): Call<Self>[] {
  const name = `thread ${index}`;
  const what: QueueOp = op !== 'get' ? ['put', op] : isLoose ? ['take', name] : ['get'];
  const look = op === 'get' ? beginGet : beginPut;
  return [
    function looks(self) {
      if (self.answer !== undefined) {
        const slot = (self.answer & ~ANSWER_BITS) >>> 0;
        if ((self.answer & GROW_BIT) !== 0) grow(slot);
        else finishSweep(slot);
        delete self.answer;
        return AGAIN;
      }
      if (self.begun !== true) log.begin(name, what);
      self.begun = true;
      const answer = look(QUEUE, meOf(index));
      if (answer === BUSY) return AGAIN;
      if (answer >= SLOTS_FROM) {
        self.answer = answer;
        if ((answer & (GROW_BIT | SWEEP_BIT)) !== 0) return AGAIN;
        if (op === 'get' && isLoose) log.beganAlready(placeOf(name), ['free', name]);
      } else {
        assert(answer === 0, `the queue is not closed, and answers ${answer}`);
        log.end(name, op === 'get' ? null : false);
      }
      delete self.begun;
      return undefined;
    },
    function does(self) {
      const { answer: slot } = self;
      if (slot === undefined) return;
      delete self.answer;
      if (op === 'get') {
        const item = load32(slot + SLOT_INLINE);
        finishTake(slot);
        log.end(name, item);
        if (isLoose) log.end(placeOf(name), true);
      } else {
        store32(slot + SLOT_INLINE, op);
        finishPut(slot);
        log.end(name, true);
      }
    },
  ];
}

const placeOf = (name: string) => `the place of ${name}`;

function grow(slot: number): void {
  const ring = RINGS.findLastIndex((one) => one <= slot);
  const next = RINGS[ring + 1];
  atomicStore(slot + SLOT_BLOCK, next);
  initRing(next, SHIFT + ring + 1);
  finishGrow(QUEUE, slot, next);
}

interface Shape {
  name: string;
  /** What is in the queue at first. */
  first?: number[];
  threads: Op[][];
  bound: number;
  /** The first ring has 2^shift slots. */
  shift?: number;
  mortal?: number[];
  large?: boolean;
  random?: boolean;
}

function queue({ name, first = [], threads, bound, shift = SHIFT, mortal = [], ...rest }: Shape): Model {
  const consumers = threads.filter((ops) => ops.includes('get')).length;
  // With one consumer nobody is ahead of an item that is being read.
  const isLoose = bound > 0 && consumers > 1;
  const log = new History(fifo(bound, first));
  return model({
    name,
    ...rest,
    deaths: mortal.length > 0 ? 1 : 0,
    setup() {
      liveThreads(threads.length + 1);
      initRing(RINGS[0], shift);
      initQueue(QUEUE, RINGS[0], bound);
      for (const item of first) {
        const slot = beginPut(QUEUE, meOf(threads.length));
        store32(slot + SLOT_INLINE, item);
        finishPut(slot);
      }
    },
    threads: threads.map(
      (ops, index): Thread => ({
        name: `thread ${index}`,
        mortal: mortal.includes(index),
        self: {} satisfies Self,
        calls: ops.flatMap((op) => calls(op, index, log, isLoose)),
      }),
    ),
    reap:
      mortal.length === 0
        ? undefined
        : (dead) => {
            // The item that it was taking goes back, unless its get has taken effect; what it was putting is not put.
            const op = log.underWay(`thread ${dead}`);
            const end: QueueOp = op?.[0] === 'put' ? ['abandon', op[1]] : ['giveBack', `thread ${dead}`];
            log.begin(`the death of thread ${dead}`, end);
            atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
          },
    names: names([
      [QUEUE, 'queue', { [QUEUE_TAIL_RING]: 'tail ring', [QUEUE_HEAD_RING]: 'head ring' }],
      ...RINGS.flatMap((ring, r): Block[] => [
        [ring, `ring ${r}`, { [RING_TAIL]: 'tail', [RING_HEAD]: 'head' }],
        ...Array.from(
          { length: 1 << (shift + r) },
          (_, i): Block => [
            ring + RING_SLOTS + SLOT_BYTES * i,
            `ring ${r} slot ${i}`,
            { [SLOT_STATE]: 'state', [SLOT_INLINE]: 'item' },
          ],
        ),
      ]),
    ]),
  });
}

export default [
  queue({ name: 'history: 2 put, 1 gets', threads: [[1], [2], ['get', 'get']], bound: 2 }),
  queue({
    name: 'history: 2 put into a full queue, 1 gets',
    first: [1, 2],
    threads: [[3], [4], ['get', 'get']],
    bound: 2,
  }),
  queue({
    name: 'history: 2 put and get, one place',
    threads: [
      [1, 'get'],
      [2, 'get'],
    ],
    bound: 1,
  }),
  queue({
    name: 'history: 2 put and get, growing',
    threads: [
      [1, 2, 'get'],
      [3, 'get'],
    ],
    bound: 0,
  }),
  queue({ name: 'history: 1 puts, 2 get', first: [1, 2], threads: [[3], ['get'], ['get']], bound: 2 }),
  queue({
    name: 'history: 1 gets, 1 puts, 1 puts and gets',
    first: [1],
    threads: [['get'], [2], [3, 'get']],
    bound: 3,
    shift: 2,
  }),
  queue({
    name: 'history: 1 puts and dies, 2 get',
    threads: [['get'], [1, 2], ['get']],
    bound: 2,
    mortal: [1],
  }),
  queue({
    name: 'history: 1 puts, 2 get, one dies',
    first: [1],
    threads: [[2], ['get'], ['get']],
    bound: 2,
    mortal: [2],
  }),
  queue({
    name: 'history: 2 put, one dies, 1 gets',
    threads: [[1], [2], ['get']],
    bound: 2,
    mortal: [1],
  }),
  queue({
    name: 'history: 2 put, one dies, 1 gets, one place',
    threads: [[1], [2], ['get', 'get']],
    bound: 1,
    mortal: [1],
  }),
  queue({
    name: 'history: 2 put, one of them twice and dies, 1 gets',
    threads: [[1], [2, 3], ['get', 'get']],
    bound: 2,
    mortal: [1],
    large: true,
  }),
  queue({
    name: 'history: 2 put and get, 1 gets and dies, random',
    threads: [
      [1, 'get', 2],
      ['get', 3, 'get', 4],
      ['get', 'get', 'get'],
    ],
    bound: 2,
    mortal: [2],
    random: true,
  }),
];
