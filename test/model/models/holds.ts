// Who holds an object: of several that let go one is the last and gives it back, once; nobody takes hold of what is
// being given back; what dead threads held is let go, and a give-back that a death interrupted is gone through again.

import { atomicLoad, atomicStore, notifyWord, waitWord } from '../../../assembly/atomics/index';
import {
  addHold,
  dropHold,
  ENTRY_HOLDER,
  endHold,
  HOLD_ADDED,
  HOLD_BUSY,
  HOLD_MESSAGE,
  HOLD_REFUSED,
  holdIn,
  mayHold,
  OBJECT_QUEUE,
  objectOf,
} from '../../../assembly/heap/holds';
import { HOLD_BUCKETS } from '../../../assembly/heap/layout';
import { THREAD_DEAD, THREAD_OWNER, THREAD_STATE } from '../../../assembly/heap/threads';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

const OBJECT = 0x700000;
const WORD = OBJECT | OBJECT_QUEUE;
/** Where the message lies. */
const PLACE = 0x710000;
/** How often the object was given back; the model's own. */
const FREED = 0x720000;
/** One for each thread: it has ended. */
const ENDED = 0x730000;

const ownerOf = (index: number) => atomicLoad(recordOf(index) + THREAD_OWNER);

interface Self {
  last: number;
  held: boolean;
}

/** Gives back what a drop returned, in calls of its own. */
const free = (index: number): Call<Self>[] => [
  function giveBack(self) {
    if (self.last !== 0) poke(FREED, peek(FREED) + 1);
    // An operation for the pokes to belong to.
    atomicLoad(ENDED + 4 * index);
  },
  function end(self) {
    if (self.last === 0) return;
    if (endHold(self.last, ownerOf(index), recordOf(index)) === HOLD_BUSY) return AGAIN;
    self.last = 0;
  },
];

const drop = (index: number, word: number, holder: () => number): Call<Self>[] => [
  function letGo(self) {
    const last = dropHold(word, holder(), ownerOf(index), recordOf(index));
    if (last === HOLD_BUSY) return AGAIN;
    self.last = last;
  },
  ...free(index),
];

/** Takes hold: as who gets the message that names it, or as one that comes late. */
const take = (index: number, mayBeLate: boolean): Call<Self> =>
  function takeHold(self) {
    const outcome = addHold(OBJECT, ownerOf(index), false, recordOf(index));
    if (outcome === HOLD_BUSY) return AGAIN;
    self.held = outcome === HOLD_ADDED;
    assert(self.held || (mayBeLate && outcome === HOLD_REFUSED), `taking hold says ${outcome}`);
    assert(!self.held || peek(FREED) === 0, 'held after it was given back');
  };

function ended(index: number): void {
  atomicStore(ENDED + 4 * index, 1);
  notifyWord(ENDED + 4 * index, 1);
}
const end =
  (index: number): Call =>
  () =>
    ended(index);

/** What src/heap/holds.ts does for dead threads, one step a call. */
function undertaker(index: number, mortals: number[]): Thread {
  const calls: Call<Self>[] = [];
  for (const mortal of mortals) {
    calls.push(function watch() {
      if (atomicLoad(ENDED + 4 * mortal) !== 0) return;
      waitWord(ENDED + 4 * mortal, 0, -1);
      return AGAIN;
    });
    // Each may have left two entries: its hold, and one that it was about to end.
    for (let round = 0; round < 2; round++) {
      calls.push(
        function bury(self) {
          if (atomicLoad(recordOf(mortal) + THREAD_STATE) !== THREAD_DEAD) return;
          for (let bucket = 0; bucket < HOLD_BUCKETS; bucket++) {
            if (bucket !== BUCKET || !mayHold(bucket)) continue;
            const entry = holdIn(bucket, 0, ownerOf(mortal), ownerOf(mortal), recordOf(index));
            if (entry === HOLD_BUSY) return AGAIN;
            if (entry === 0) continue;
            const word = atomicLoad(entry);
            const holder = atomicLoad(entry + ENTRY_HOLDER);
            assert(objectOf(word) === OBJECT && holder === ownerOf(mortal), `found ${word} of ${holder}`);
            const last = dropHold(word, holder, ownerOf(index), recordOf(index));
            if (last === HOLD_BUSY) return AGAIN;
            self.last = last;
          }
        },
        ...free(index),
      );
    }
    // The message that it was reading is read, or swept, by the next.
    calls.push(...drop(index, WORD | HOLD_MESSAGE, () => PLACE));
  }
  return { name: 'undertaker', self: { last: 0, held: false } satisfies Self, calls };
}

/** The bucket of OBJECT, as holds.ts hashes it. */
const BUCKET = (() => {
  let hash = OBJECT >>> 6;
  hash ^= hash >>> 10;
  return (hash ^ (hash >>> 6)) & (HOLD_BUCKETS - 1);
})();

interface Shape {
  name: string;
  /** Threads that hold the object at first. */
  holders: number;
  /** A message names it, and another thread gets that. */
  message?: boolean;
  /** Nobody reads the message: it is swept. */
  swept?: boolean;
  /** Another thread takes hold while it can. */
  late?: boolean;
  deaths?: number;
  slow?: boolean;
}

function holds({
  name,
  holders,
  message = false,
  swept = false,
  late = false,
  deaths = 0,
  slow,
}: Shape): Model {
  const threads: Thread[] = [];
  const mortal = deaths > 0;
  const add = (calls: (index: number) => Call<Self>[]) => {
    const index = threads.length;
    threads.push({
      name: `thread ${index}`,
      mortal,
      self: { last: 0, held: false } satisfies Self,
      calls: [...calls(index), end(index)],
    });
  };
  for (let i = 0; i < holders; i++) add((index) => drop(index, WORD, () => ownerOf(index)));
  if (message) {
    add((index) => [
      ...(swept ? [] : [take(index, mortal)]),
      ...drop(index, WORD | HOLD_MESSAGE, () => PLACE),
      ...drop(index, WORD, () => ownerOf(index)),
    ]);
  }
  if (late) add((index) => [take(index, true), ...drop(index, WORD, () => ownerOf(index))]);
  const mortals = threads.map((_, index) => index);
  const undertakes = threads.length;
  if (mortal) threads.push(undertaker(undertakes, mortals));
  return model({
    name,
    setup() {
      liveThreads(threads.length);
      for (let index = 0; index < holders; index++) addHold(WORD, ownerOf(index), true, recordOf(index));
      if (message) addHold(WORD | HOLD_MESSAGE, PLACE, holders === 0, recordOf(0));
    },
    threads,
    deaths,
    reap: mortal
      ? (dead) => {
          atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
          ended(dead);
        }
      : undefined,
    finally(world) {
      const freed = world.word(FREED);
      assert(freed >= 1, 'nobody gave the object back');
      assert(freed <= 1 + world.dead.length, `given back ${freed} times`);
      assert(!mayHold(BUCKET), 'somebody holds it still');
    },
    names: names([[FREED, 'freed', { 0: 'count' }]]),
    bound: 4000,
    slow,
  });
}

export default [
  holds({ name: 'two let go', holders: 2 }),
  holds({ name: 'three let go', holders: 3 }),
  holds({ name: 'one lets go, one gets the message', holders: 1, message: true }),
  holds({ name: 'a message is all that holds it', holders: 0, message: true }),
  holds({ name: 'two let go, one comes late', holders: 2, late: true }),
  holds({ name: 'two let go, one dies', holders: 2, deaths: 1 }),
  holds({ name: 'two let go, both die', holders: 2, deaths: 2 }),
  holds({ name: 'a message is swept, by one that dies', holders: 0, message: true, swept: true, deaths: 1 }),
  holds({ name: 'one lets go, one gets the message, one dies', holders: 1, message: true, deaths: 1 }),
];
