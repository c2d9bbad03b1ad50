// The names of shared memory: making, finding and taking away a name, by several threads that may die at each step. Every
// history is one of a table that does one operation after the other; a block is given back once, when neither its name nor
// a thread holds it, and nobody finds one that was given back. Steps as src/memory/_names.ts makes them. Over 400 lines: the
// models are a few lines each and share these steps.

import { atomicLoad, atomicStore, notifyWord, waitWord } from '../../../assembly/atomics/index';
import {
  addHold,
  dropHold,
  ENTRY_HOLDER,
  endHold,
  HOLD_ADDED,
  HOLD_BUSY,
  HOLD_MESSAGE,
  holdIn,
  mayHold,
  OBJECT_MEMORY,
  objectOf,
} from '../../../assembly/heap/holds';
import { HEADER_NAMES_LOCK, HEADER_NAMES_USED, HOLD_BUCKETS } from '../../../assembly/heap/layout';
import {
  beginClear,
  claimName,
  endClear,
  enterNames,
  leaveNames,
  NAMES_BUSY,
  NAMES_INHERITED,
  namedBlock,
  namePlace,
  pendingName,
  settleName,
  usedNames,
} from '../../../assembly/heap/names';
import { THREAD_DEAD, THREAD_OWNER, THREAD_STATE } from '../../../assembly/heap/threads';
import { peek, poke } from '../explorer/atomics';
import { History } from '../explorer/history';
import type { Spec } from '../explorer/linearize';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

/** The block that thread `index` makes, under the one name that there is. */
const blockOf = (index: number) => 0x700000 + index * 0x40;
const wordOf = (block: number) => (block | OBJECT_MEMORY) >>> 0;
/** How often a block was given back; the model's own. */
const freed = (block: number) => 0x730000 + ((block - 0x700000) >>> 4);
/** One for each thread: it has ended. */
const ENDED = 0x740000;
const ownerOf = (index: number) => peek(recordOf(index) + THREAD_OWNER);

/** `create` answers whether the name was free, `attach` what it found, `unlink` whether the block had the name. */
type Op = ['create' | 'unlink', block: number] | ['attach'];

/** The one name: which block it is. */
const table: Spec<number, Op> = {
  initial: 0,
  apply(named, op) {
    if (op[0] === 'attach') return [[named, named]];
    if (op[0] === 'create') return named === 0 ? [[true, op[1]]] : [[false, named]];
    return named === op[1] ? [[true, 0]] : [[false, named]];
  },
};

interface Self {
  begun?: boolean;
  /** The place that is being changed, and the block there. */
  place?: number;
  block?: number;
  /** The block that this thread holds. */
  held?: number;
  /** What a drop returned: to be given back. */
  last?: number;
  skip?: boolean;
}

/** Drops a hold and gives the block back if that was the last, in calls of their own. */
function drop(index: number, word: (self: Self) => [word: number, holder: number] | undefined): Call<Self>[] {
  return [
    function drops(self) {
      const [one, holder] = word(self) ?? [0, 0];
      if (one === 0) return undefined;
      const last = dropHold(one, holder, ownerOf(index), recordOf(index));
      if (last === HOLD_BUSY) return AGAIN;
      if (last !== 0) self.last = last;
      return undefined;
    },
    function ends(self) {
      if (self.last === undefined) return undefined;
      const at = freed(objectOf(self.last));
      const outcome = endHold(self.last, ownerOf(index), recordOf(index));
      if (outcome === HOLD_BUSY) return AGAIN;
      poke(at, peek(at) + 1);
      delete self.last;
      return undefined;
    },
  ];
}

/** Clears the place that `self` says. */
const clear = (index: number): Call<Self>[] => [
  function begins(self) {
    if (self.place !== undefined) beginClear(self.place, self.block ?? 0);
  },
  ...drop(index, ({ place, block = 0 }) =>
    place === undefined ? undefined : [wordOf(block) | HOLD_MESSAGE, place],
  ),
];

/** Enters the table, and clears what a dead thread has left there. */
const enter = (index: number, begin: (self: Self) => void): Call<Self>[] => [
  function enters(self) {
    begin(self);
    const outcome = enterNames(ownerOf(index));
    if (outcome === NAMES_BUSY) return AGAIN;
    if (outcome === NAMES_INHERITED) self.skip = false;
    return undefined;
  },
  function inherits(self) {
    if (self.skip === undefined) return;
    delete self.skip;
    const place = pendingName();
    if (place === 0) return;
    self.place = place;
    self.block = namedBlock(place);
  },
  ...clear(index),
  function cleared(self) {
    if (self.place !== undefined) endClear(self.place);
    delete self.place;
    delete self.block;
  },
];

/** Where the name stands, or 0. */
function placeOfName(): number {
  for (let i = 0; i < usedNames(); i++) if (namedBlock(namePlace(i)) !== 0) return namePlace(i);
  return 0;
}

type Step = 'create' | 'attach' | 'unlink' | 'close';

function calls(step: Step, index: number, log: History<number, Op>): Call<Self>[] {
  const name = `thread ${index}`;
  const me = recordOf(index);
  const begin = (op: (self: Self) => Op) => (self: Self) => {
    if (self.begun !== true) log.begin(name, op(self));
    self.begun = true;
  };
  const leave = (self: Self, result: unknown) => {
    leaveNames();
    log.end(name, result);
    delete self.begun;
    delete self.place;
    delete self.block;
  };
  if (step === 'close') {
    return [
      ...drop(index, ({ held = 0 }) => (held === 0 ? undefined : [wordOf(held), ownerOf(index)])),
      function closed(self) {
        delete self.held;
      },
    ];
  }
  if (step === 'create') {
    const block = blockOf(index);
    return [
      function makes(self) {
        if (addHold(wordOf(block), ownerOf(index), true, me) === HOLD_BUSY) return AGAIN;
        self.held = block;
        return undefined;
      },
      ...enter(
        index,
        begin(() => ['create', block]),
      ),
      function claims(self) {
        if (placeOfName() === 0) self.place = claimName(block);
      },
      function holds({ place }) {
        if (place === undefined) return undefined;
        const outcome = addHold(wordOf(block) | HOLD_MESSAGE, place, false, me);
        assert(outcome === HOLD_BUSY || outcome === HOLD_ADDED, `the name cannot hold its block: ${outcome}`);
        return outcome === HOLD_BUSY ? AGAIN : undefined;
      },
      function leaves(self) {
        if (self.place !== undefined) settleName(self.place, block);
        leave(self, self.place !== undefined);
      },
    ];
  }
  if (step === 'attach') {
    return [
      ...enter(
        index,
        begin(() => ['attach']),
      ),
      function finds(self) {
        const place = placeOfName();
        if (place !== 0) self.block = namedBlock(place);
      },
      function holds({ block }) {
        if (block === undefined) return undefined;
        const outcome = addHold(block, ownerOf(index), false, me);
        if (outcome === HOLD_BUSY) return AGAIN;
        assert(outcome === HOLD_ADDED, 'a block that has a name cannot be held');
        assert(peek(freed(block)) === 0, 'a block is found that was given back');
        return undefined;
      },
      function leaves(self) {
        const { block = 0 } = self;
        if (block !== 0) self.held = block;
        leave(self, block);
      },
    ];
  }
  return [
    function looks(self) {
      // Of what it holds alone; a model's thread that found nothing has nothing to do.
      self.skip = self.held === undefined ? true : undefined;
    },
    ...enterIfHeld(index, begin),
    function finds(self) {
      if (self.skip) return;
      const place = placeOfName();
      if (place !== 0 && namedBlock(place) === self.held) {
        self.place = place;
        self.block = self.held;
      }
    },
    ...clear(index),
    function leaves(self) {
      if (!self.skip) {
        const { place } = self;
        if (place !== undefined) endClear(place);
        leave(self, place !== undefined);
      }
      delete self.skip;
    },
  ];
}

/** As {@link enter}, of a thread that has something to unlink. */
function enterIfHeld(index: number, begin: (op: (self: Self) => Op) => (self: Self) => void): Call<Self>[] {
  return enter(
    index,
    begin(({ held = 0 }) => ['unlink', held]),
  ).map(
    (call) =>
      (self: Self): unknown =>
        self.skip === true ? undefined : call(self),
  );
}

const end =
  (index: number): Call =>
  () =>
    ended(index);
function ended(index: number): void {
  atomicStore(ENDED + 4 * index, 1);
  notifyWord(ENDED + 4 * index, 1);
}

/** What src/heap/holds.ts does for dead threads: lets go of what they held. */
function undertaker(index: number, mortals: number[]): Thread {
  const list = mortals.flatMap((mortal): Call<Self>[] => [
    function watch() {
      if (atomicLoad(ENDED + 4 * mortal) !== 0) return undefined;
      waitWord(ENDED + 4 * mortal, 0, -1);
      return AGAIN;
    },
    // It may have left three entries: its block, one that it had found, and one that it was about to end.
    ...Array.from({ length: 3 }, (): Call<Self>[] => [
      function bury(self) {
        if (atomicLoad(recordOf(mortal) + THREAD_STATE) !== THREAD_DEAD) return undefined;
        for (const bucket of BUCKETS) {
          if (!mayHold(bucket)) continue;
          const entry = holdIn(bucket, 0, ownerOf(mortal), ownerOf(mortal), recordOf(index));
          if (entry === HOLD_BUSY) return AGAIN;
          if (entry === 0) continue;
          const word = atomicLoad(entry);
          const last = dropHold(word, atomicLoad(entry + ENTRY_HOLDER), ownerOf(index), recordOf(index));
          if (last === HOLD_BUSY) return AGAIN;
          if (last !== 0) self.last = last;
          return undefined;
        }
        return undefined;
      },
      ...drop(index, () => undefined).slice(1),
    ]).flat(),
  ]);
  return { name: 'undertaker', self: {} satisfies Self, calls: list };
}

/** The buckets of the blocks, as holds.ts hashes them. */
const BUCKETS = [0, 1, 2].map((index) => {
  let hash = blockOf(index) >>> 6;
  hash ^= hash >>> 10;
  return (hash ^ (hash >>> 6)) & (HOLD_BUCKETS - 1);
});

interface Shape {
  name: string;
  threads: Step[][];
  mortal?: number[];
  slow?: boolean;
}

function memory({ name, threads, mortal = [], slow }: Shape): Model {
  const log = new History(table);
  const count = threads.length;
  const list: Thread[] = threads.map((steps, index) => ({
    name: `thread ${index}`,
    mortal: mortal.includes(index),
    self: {} satisfies Self,
    calls: [...steps.flatMap((step) => calls(step, index, log)), end(index)],
  }));
  if (mortal.length > 0) list.push(undertaker(count, mortal));
  return model({
    name,
    slow,
    deaths: mortal.length > 0 ? 1 : 0,
    setup: () => liveThreads(count + 1),
    threads: list,
    reap:
      mortal.length === 0
        ? undefined
        : (dead) => {
            atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
            ended(dead);
          },
    finally(world) {
      // Whoever comes next finds a table that is whole.
      const index = count;
      assert(enterNames(ownerOf(index)) !== NAMES_BUSY, 'the table is locked for good');
      const pending = pendingName();
      if (pending !== 0) {
        const block = namedBlock(pending);
        beginClear(pending, block);
        const last = dropHold(wordOf(block) | HOLD_MESSAGE, pending, ownerOf(index), recordOf(index));
        if (last !== 0) {
          poke(freed(block), peek(freed(block)) + 1);
          endHold(last, ownerOf(index), recordOf(index));
        }
        endClear(pending);
      }
      leaveNames();
      const place = placeOfName();
      const named = place === 0 ? 0 : namedBlock(place);
      assert(log.states().includes(named), `the name is ${named} instead of ${log.states().join(' or ')}`);
      threads.forEach((_, i) => {
        const block = blockOf(i);
        const times = peek(freed(block));
        assert(times <= 1 + world.dead.length, `block ${i} was given back ${times} times`);
        const holders = world.self.filter(
          (self: Self, j) => self.held === block && !world.dead.includes(j),
        ).length;
        const isHeld = named === block || holders > 0;
        assert(!isHeld || times === 0, `block ${i} was given back, and is held`);
        assert(isHeld || times > 0 || !mayHold(BUCKETS[i]), `nobody gave block ${i} back`);
      });
    },
    names: names([
      [HEADER_NAMES_LOCK, 'names', { 0: 'lock', [HEADER_NAMES_USED - HEADER_NAMES_LOCK]: 'used' }],
      [namePlace(0), 'names', { 0: '[0]', 4: '[1]' }],
    ]),
    bound: 4000,
  });
}

export default [
  memory({
    name: 'names: two make one name',
    threads: [
      ['create', 'close'],
      ['create', 'close'],
    ],
  }),
  memory({
    name: 'names: made, found, taken away',
    threads: [
      ['create', 'unlink', 'close'],
      ['attach', 'close'],
    ],
  }),
  memory({
    name: 'names: taken away by both',
    threads: [
      ['create', 'unlink', 'close'],
      ['attach', 'unlink', 'close'],
    ],
  }),
  memory({
    name: 'names: made anew while it is found',
    threads: [
      ['create', 'unlink', 'create', 'close'],
      ['attach', 'close'],
    ],
  }),
  memory({
    name: 'names: who makes it dies',
    threads: [
      ['create', 'close'],
      ['attach', 'close'],
    ],
    mortal: [0],
  }),
  memory({
    name: 'names: who takes it away dies',
    threads: [
      ['create', 'unlink', 'close'],
      ['attach', 'close'],
    ],
    mortal: [0],
  }),
  memory({
    name: 'names: two make it, one dies',
    threads: [
      ['create', 'close'],
      ['create', 'close'],
    ],
    mortal: [0],
  }),
  memory({
    name: 'names: who finds it dies',
    threads: [
      ['create', 'unlink', 'close'],
      ['attach', 'close'],
    ],
    mortal: [1],
  }),
];
