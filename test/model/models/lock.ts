// Lock: mutual exclusion (a race on DATA otherwise), nobody left asleep, the next owner told of a death.

import { atomicLoad, load32, store32 } from '../../../assembly/atomics/index';
import { DONE, INHERITED } from '../../../assembly/sync/block';
import { lockStep, tryLock } from '../../../assembly/sync/lock';
import { isOwnerAlive, ownerOf } from '../../../assembly/sync/owner';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model } from '../explorer/model';
import { names } from './_names';
import {
  bitsOf,
  DATA,
  haunt,
  letGo,
  liveThreads,
  meOf,
  reaper,
  TIMED_OUT,
  turn,
  WAITS,
  type Waiting,
  WORD,
} from './_sync';

/** Who is inside, plus one: the model's own. */
const HOLDER = 0x600404;

interface Self extends Waiting {
  inside: boolean;
  entered: number;
  inherited: number;
  gaveUp: number;
}

interface Shape {
  name: string;
  threads: number;
  calls: number;
  /** Hand over at every unlock. */
  fair?: boolean;
  /** This thread is an event loop. */
  loop?: number;
  /** This thread may give up. */
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
  random?: boolean;
}

function lock({
  name,
  threads,
  calls,
  fair = false,
  loop,
  timed,
  deaths = 0,
  timeouts = 0,
  slow,
  random,
}: Shape): Model {
  const enter = (index: number): Call<Self>[] => {
    const me = meOf(index);
    const bits = bitsOf(index === loop);
    return [
      function take(self) {
        const took = (outcome: number) => {
          assert(outcome === INHERITED || peek(HOLDER) === 0, 'not told of the death of the owner before');
          poke(HOLDER, index + 1);
        };
        if (self.slept === undefined && tryLock(WORD, me)) {
          took(DONE);
          self.inside = true;
          return undefined;
        }
        const step = (slept: boolean) => lockStep(WORD, me, bits, slept);
        const outcome = turn(self, index, WORD, step, index === timed, took);
        if (outcome === WAITS) return AGAIN;
        if (outcome === TIMED_OUT) self.gaveUp++;
        else self.inside = true;
        if (outcome === INHERITED) self.inherited++;
        return undefined;
      },
      function use(self) {
        if (!self.inside) return;
        assert(ownerOf(atomicLoad(WORD)) === me, 'another owner in the word');
        store32(DATA, load32(DATA) + 1);
        letGo(WORD, me, fair, () => poke(HOLDER, 0));
        self.inside = false;
        self.entered++;
      },
    ];
  };
  return model({
    name,
    setup: () => liveThreads(threads),
    threads: Array.from({ length: threads }, (_, index) => ({
      name: `thread ${index}`,
      mortal: deaths > 0,
      self: { inside: false, entered: 0, inherited: 0, gaveUp: 0 } satisfies Self,
      daemon: index === loop,
      calls: [
        ...Array.from({ length: calls }, () => enter(index)).flat(),
        ...(index === loop ? [(self: Self) => haunt(self, WORD)] : []),
      ],
    })),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      const word = world.word(WORD);
      assert(word === 0 || !isOwnerAlive(word), `the lock stays taken: ${word}`);
      if (world.dead.length > 0) return;
      const selves: Self[] = world.self;
      const entered = selves.reduce((sum, self) => sum + self.entered, 0);
      assert(world.word(DATA) === entered, `${entered - world.word(DATA)} updates were lost`);
      assert(
        selves.every((self) => self.entered + self.gaveUp === calls && self.inherited === 0),
        'lost calls',
      );
    },
    names: names([
      [WORD, 'lock', { 0: 'word' }],
      [DATA, 'data', { 0: 'count' }],
    ]),
    slow,
    random,
  });
}

export default [
  lock({ name: 'lock 2 × 4', threads: 2, calls: 4 }),
  lock({ name: 'lock 3 × 1', threads: 3, calls: 1 }),
  lock({ name: 'lock 2 × 2, handed over', threads: 2, calls: 2, fair: true }),
  lock({ name: 'lock 2 × 4, handed over', threads: 2, calls: 4, fair: true, slow: true }),
  lock({ name: 'lock 3 × 1, handed over', threads: 3, calls: 1, fair: true }),
  lock({ name: 'lock 3 × 1, an event loop', threads: 3, calls: 1, loop: 1 }),
  lock({
    name: 'lock 3 × 1, an event loop, handed over',
    threads: 3,
    calls: 1,
    loop: 1,
    fair: true,
    slow: true,
  }),
  lock({ name: 'lock: an event loop gives up', threads: 3, calls: 1, loop: 1, timed: 1, timeouts: 1 }),
  lock({ name: 'lock 3 × 1, one gives up', threads: 3, calls: 1, timed: 1, timeouts: 1 }),
  lock({
    name: 'lock 3 × 1, one gives up, handed over',
    threads: 3,
    calls: 1,
    timed: 1,
    timeouts: 2,
    fair: true,
    slow: true,
  }),
  lock({ name: 'lock 2 × 2, a death', threads: 2, calls: 2, deaths: 1 }),
  lock({ name: 'lock 3 × 1, a death', threads: 3, calls: 1, deaths: 1, slow: true }),
  lock({
    name: 'lock 2 × 2, a death, handed over',
    threads: 2,
    calls: 2,
    deaths: 1,
    fair: true,
  }),
  lock({ name: 'lock 3 × 1, two deaths', threads: 3, calls: 1, deaths: 2, slow: true }),
  lock({
    name: 'lock 6 × 3, handed over, two deaths, random',
    threads: 6,
    calls: 3,
    fair: true,
    deaths: 2,
    random: true,
  }),
  lock({
    name: 'lock 8 × 2, an event loop, one gives up, random',
    threads: 8,
    calls: 2,
    loop: 1,
    timed: 2,
    timeouts: 2,
    random: true,
  }),
];
