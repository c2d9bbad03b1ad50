// Lock: mutual exclusion (a race on DATA otherwise), nobody left asleep, the next owner told of a death.

import { atomicLoad, load32, notifyWord, store32 } from '../../../assembly/atomics/index';
import { INHERITED } from '../../../assembly/sync/block';
import {
  HANDED_ALL,
  HANDED_ONE,
  lockStep,
  NOT_HELD,
  tryLock,
  tryUnlock,
  unhand,
  unlock,
} from '../../../assembly/sync/lock';
import { ALL_BIT, isOwnerAlive, ownerOf, PARKED_BIT } from '../../../assembly/sync/owner';
import { assert, type Model, model } from '../explorer/model';
import { names } from './_names';
import { blockOn, DATA, liveThreads, meOf, reaper, slices, TIMED_OUT, WORD } from './_sync';

interface Self {
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
}

/** src/sync/_owner-lock.ts: Fairness.unlock, after the fast path. */
function letGo(me: number, fair: boolean): void {
  if (tryUnlock(WORD, me)) return;
  const order = unlock(WORD, me, fair);
  assert(order !== NOT_HELD, 'the owner does not hold the lock');
  if (order === HANDED_ONE || order === HANDED_ALL) {
    if (notifyWord(WORD, order === HANDED_ONE ? 1 : 0xffffffff) === 0) {
      const again = unhand(WORD);
      if (again !== 0) notifyWord(WORD, again);
    }
  } else if (order !== 0) notifyWord(WORD, order);
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
}: Shape): Model {
  const enter = (index: number) =>
    function enter(self: Self) {
      const me = meOf(index);
      const bits = index === loop ? PARKED_BIT | ALL_BIT : PARKED_BIT;
      if (!tryLock(WORD, me)) {
        const outcome = blockOn(
          index,
          WORD,
          (slept) => lockStep(WORD, me, bits, slept),
          index === timed,
          deaths > 0,
        );
        if (outcome === TIMED_OUT) {
          self.gaveUp++;
          return;
        }
        if (outcome === INHERITED) self.inherited++;
      }
      assert(ownerOf(atomicLoad(WORD)) === me, 'another owner in the word');
      store32(DATA, load32(DATA) + 1);
      letGo(me, fair);
      self.entered++;
    };
  return model({
    name,
    setup: () => liveThreads(threads),
    threads: [
      ...Array.from({ length: threads }, (_, index) => ({
        name: `thread ${index}`,
        mortal: deaths > 0,
        self: { entered: 0, inherited: 0, gaveUp: 0 } satisfies Self,
        calls: Array.from({ length: calls }, () => enter(index)),
      })),
      ...(deaths > 0 ? [slices(threads)] : []),
    ],
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper : undefined,
    finally(world) {
      const word = world.word(WORD);
      assert(word === 0 || !isOwnerAlive(word), `the lock stays taken: ${word}`);
      if (world.dead.length > 0) return;
      const selves: Self[] = world.self.slice(0, threads);
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
];
