// What is in work of a JoinableQueue: a join returns when everything that was put is done, or was lost with the thread
// that had it in work, and not before.

import { atomicLoad, atomicStore, notifyWord, waitWord } from '../../../assembly/atomics/index';
import { THREAD_DEAD, THREAD_OWNER, THREAD_STATE } from '../../../assembly/heap/threads';
import {
  beginGet,
  beginPut,
  CLOSED,
  closeQueue,
  finishPut,
  finishTake,
  initQueue,
  initRing,
  QUEUE_DONE,
  QUEUE_TALLY,
} from '../../../assembly/queue/ring';
import { announceSleep, takeSleepers } from '../../../assembly/queue/sleep';
import { claimant } from '../../../assembly/queue/slots';
import { isSettled, noteDone, noteTake } from '../../../assembly/queue/tally';
import { peek, poke, SLICE_MS } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

const QUEUE = 0x6000;
const RING = 0x7000;
const TALLY = 0x8000;
/** The model's own: items that are put and not done, whoever has them; those of them that each thread has got. */
const OPEN = 0x9000;
const HELD = 0x9100;
const DONE = 32;
const EVERYBODY = 0xffffffff;

const idOf = (index: number) => atomicLoad(recordOf(index) + THREAD_OWNER);
const meOf = (index: number) => claimant((1 << 10) + index + 1);
const wakeJoiners = () => {
  if (takeSleepers(QUEUE + QUEUE_DONE)) notifyWord(QUEUE + QUEUE_DONE, EVERYBODY);
};

/** No value of an eventcount: no sleep was announced. */
const AWAKE = -1;

interface Self {
  slot: number;
  got: number;
  asleep: number;
  stage: 'look' | 'announce' | 'sleep';
  ended: boolean;
}
const fresh = (): Self => ({ slot: 0, got: 0, asleep: AWAKE, stage: 'look', ended: false });

function worker(index: number, mortal: boolean): Thread {
  return {
    name: `worker ${index}`,
    mortal,
    self: fresh(),
    calls: [
      function work(self: Self) {
        if (self.got > 0) {
          finish(index);
          self.got--;
          return AGAIN;
        }
        if (self.slot === 0) {
          const answer = beginGet(QUEUE, meOf(index));
          if (answer >= DONE) self.slot = answer;
          return answer === CLOSED ? undefined : AGAIN;
        }
        noteTake(QUEUE, idOf(index));
        poke(HELD + 4 * index, peek(HELD + 4 * index) + 1);
        finishTake(self.slot);
        self.slot = 0;
        self.got++;
        return AGAIN;
      },
    ],
  };
}

/** taskDone, of an item that the thread has got. */
function finish(index: number): void {
  const left = noteDone(TALLY, idOf(index));
  assert(left >= 0, 'taskDone finds no item in work');
  poke(OPEN, peek(OPEN) - 1);
  poke(HELD + 4 * index, peek(HELD + 4 * index) - 1);
  if (left === 0) wakeJoiners();
}

/** Puts all and joins. */
function owner(count: number, workers: number): Thread {
  return {
    name: 'owner',
    self: fresh(),
    calls: [
      ...Array.from(
        { length: count },
        () =>
          function put() {
            const slot = beginPut(QUEUE, meOf(0));
            assert(slot >= DONE, 'there is room');
            poke(OPEN, peek(OPEN) + 1);
            finishPut(slot);
          },
      ),
      function join(self: Self) {
        if (self.stage === 'announce') {
          self.asleep = announceSleep(QUEUE + QUEUE_DONE);
          self.stage = 'look';
          return AGAIN;
        }
        if (self.stage === 'sleep') {
          waitWord(QUEUE + QUEUE_DONE, self.asleep, SLICE_MS);
          self.asleep = AWAKE;
          self.stage = 'look';
          return AGAIN;
        }
        if (!isSettled(QUEUE, TALLY)) {
          self.stage = self.asleep === AWAKE ? 'announce' : 'sleep';
          return AGAIN;
        }
        // What living threads have in work is not done.
        for (let i = 1; i <= workers; i++) {
          const lives = peek(recordOf(i) + THREAD_STATE) !== THREAD_DEAD;
          assert(!lives || peek(HELD + 4 * i) === 0, `joined while worker ${i} has an item`);
        }
        return undefined;
      },
      () => closeQueue(QUEUE),
    ],
  };
}

interface Shape {
  name: string;
  items: number;
  workers: number;
  deaths?: number;
  slow?: boolean;
  random?: boolean;
}

function tally({ name, items, workers, deaths = 0, ...rest }: Shape): Model {
  const threads = [
    owner(items, workers),
    ...Array.from({ length: workers }, (_, i) => worker(i + 1, deaths > 0)),
  ];
  return model({
    name,
    deaths,
    ...rest,
    setup() {
      liveThreads(threads.length);
      initRing(RING, 3);
      initQueue(QUEUE, RING, 0);
      atomicStore(QUEUE + QUEUE_TALLY, TALLY);
    },
    threads,
    reap:
      deaths === 0
        ? undefined
        : (dead) => {
            atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
            poke(HELD + 4 * dead, 0);
          },
    finally(world) {
      const open = world.word(OPEN);
      assert(open <= world.dead.length, `joined with ${open} items open`);
    },
    names: names([
      [QUEUE, 'queue', { [QUEUE_DONE]: 'done', [QUEUE_TALLY]: 'tally' }],
      [TALLY, 'tally', { 0: 'highest' }],
    ]),
  });
}

export default [
  tally({ name: 'tally: 2 items, 1 worker', items: 2, workers: 1 }),
  tally({ name: 'tally: 2 items, 2 workers', items: 2, workers: 2 }),
  tally({ name: 'tally: 1 item, 2 workers, one dies', items: 1, workers: 2, deaths: 1, slow: true }),
  tally({
    name: 'tally: 3 items, 3 workers, 2 deaths, random',
    items: 3,
    workers: 3,
    deaths: 2,
    random: true,
  }),
];
