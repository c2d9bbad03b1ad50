// Semaphore and BoundedSemaphore: never more holders than permits, no permit lost, nobody asleep while one is free;
// the permit of a thread that died is there again.

import { atomicLoad } from '../../../assembly/atomics/index';
import { THREAD_LIVE, THREAD_STATE } from '../../../assembly/heap/threads';
import { DONE } from '../../../assembly/sync/block';
import { NOT_HELD } from '../../../assembly/sync/lock';
import {
  initSemaphore,
  isExhausted,
  permitStep,
  putBoundedPermit,
  putPermit,
  takePermit,
} from '../../../assembly/sync/semaphore';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model } from '../explorer/model';
import { names } from './_names';
import {
  bitsOf,
  haunt,
  isAlive,
  liveThreads,
  meOf,
  reaper,
  recordOf,
  TIMED_OUT,
  turn,
  WAITS,
  type Waiting,
  WORD,
  wake,
} from './_sync';

/** Who has a permit, a word each: the model's own. */
const HAS = 0x600404;

interface Self extends Waiting {
  has: number;
  gaveUp: number;
}

interface Shape {
  name: string;
  permits: number;
  /** What each thread does: a acquires, t tries to, r releases, as far as it holds one; p puts one it never had. */
  roles: string[];
  bounded?: boolean;
  loop?: number;
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
  random?: boolean;
}

function semaphore({
  name,
  permits,
  roles,
  bounded = false,
  loop,
  timed,
  deaths = 0,
  timeouts = 0,
  slow,
  random,
}: Shape): Model {
  const threads = roles.length;
  const puts = roles.join('').split('p').length - 1;
  const has = (index: number) => HAS + 4 * index;

  /** At the moment at which thread `index` has taken a permit. */
  const took = (index: number) => () => {
    poke(has(index), peek(has(index)) + 1);
    let holders = 0;
    // A permit of the dead may be taken once the death is known.
    for (let other = 0; other < threads; other++)
      if (peek(recordOf(other) + THREAD_STATE) === THREAD_LIVE) holders += peek(has(other));
    assert(holders <= permits + puts, `${holders} threads hold ${permits + puts} permits`);
  };

  const calls = (role: string, index: number): Call<Self> => {
    const me = meOf(index);
    const bits = bitsOf(index === loop);
    if (role === 't')
      return function tryAcquire(self) {
        if (takePermit(WORD, me) === DONE) {
          took(index)();
          self.has++;
        } else self.gaveUp++;
      };
    if (role === 'a')
      return function acquire(self) {
        const step = () => permitStep(WORD, me, bits);
        const outcome = turn(self, index, WORD, step, index === timed, took(index));
        if (outcome === WAITS) return AGAIN;
        if (outcome === TIMED_OUT) self.gaveUp++;
        else self.has++;
        return undefined;
      };
    return function release(self) {
      if (role === 'r') {
        if (self.has === 0) return;
        atomicLoad(has(index)); // a step of its own, from which on it counts as released
        poke(has(index), peek(has(index)) - 1);
        self.has--;
      }
      const order = bounded ? putBoundedPermit(WORD, me) : putPermit(WORD, me);
      if (role === 'p' && bounded) assert(order === NOT_HELD, 'a permit more than there are');
      else {
        assert(order !== NOT_HELD, 'its permit is not there');
        wake(WORD, order);
      }
    };
  };

  return model({
    name,
    setup() {
      liveThreads(threads + 1); // one who counts the permits at the end
      initSemaphore(WORD, permits);
    },
    threads: roles.map((list, index) => ({
      name: `${list} ${index}`,
      mortal: deaths > 0,
      self: { has: 0, gaveUp: 0 } satisfies Self,
      daemon: index === loop,
      calls: [
        ...[...list].map((role) => calls(role, index)),
        ...(index === loop ? [(self: Self) => haunt(self, WORD)] : []),
      ],
    })),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      world.self.forEach((self: Self, i) => {
        assert(!isAlive(world, i) || self.slept === undefined, 'still asleep');
      });
      const kept = world.self.reduce((sum, self: Self, i) => sum + (isAlive(world, i) ? self.has : 0), 0);
      const there = permits + (bounded ? 0 : puts) - kept;
      if (there > 0 && (puts === 0 || world.dead.length === 0))
        assert(!isExhausted(WORD), 'exhausted, and nobody holds');
      let left = 0;
      while (left <= there && takePermit(WORD, meOf(threads)) === DONE) left++;
      // Permits beyond the first, and who was about to put one, do not survive deaths.
      if (puts === 0 || world.dead.length === 0 || bounded)
        assert(left === there, `${left} permits are left of ${there}`);
      else assert(left <= there, `${left} permits are left of ${there}`);
    },
    names: names([
      [
        WORD,
        'semaphore',
        { 0: 'seq', 4: 'extra', 8: 'tracked', 12: 'initial', 16: 'permit 0', 20: 'permit 1' },
      ],
      [HAS, 'has', { 0: '0', 4: '1', 8: '2' }],
    ]),
    slow,
    random,
  });
}

export default [
  semaphore({ name: 'semaphore 2 × 4: one permit', permits: 1, roles: ['arar', 'arar'] }),
  semaphore({ name: 'semaphore 3 × 1: one permit', permits: 1, roles: ['ar', 'ar', 'ar'], slow: true }),
  semaphore({ name: 'semaphore 3 × 1: two permits', permits: 2, roles: ['ar', 'ar', 'ar'] }),
  semaphore({ name: 'semaphore: no permit at first', permits: 0, roles: ['a', 'a', 'pp'] }),
  semaphore({ name: 'semaphore: one gives, one takes', permits: 1, roles: ['aa', 'ppar'] }),
  semaphore({ name: 'semaphore: tries', permits: 1, roles: ['trar', 'artr'] }),
  semaphore({ name: 'bounded semaphore: two permits', permits: 2, roles: ['ar', 'ar', 'ar'], bounded: true }),
  semaphore({ name: 'bounded semaphore: one too many', permits: 1, roles: ['arp', 'arar'], bounded: true }),
  semaphore({
    name: 'semaphore: an event loop gives up',
    permits: 1,
    roles: ['ar', 'ar', 'ar'],
    loop: 1,
    timed: 1,
    timeouts: 1,
    slow: true,
  }),
  semaphore({
    name: 'semaphore 3 × 1: an event loop',
    permits: 1,
    roles: ['ar', 'ar', 'ar'],
    loop: 1,
    slow: true,
  }),
  semaphore({
    name: 'semaphore 3 × 1: one gives up',
    permits: 1,
    roles: ['ar', 'ar', 'ar'],
    timed: 1,
    timeouts: 1,
    slow: true,
  }),
  semaphore({ name: 'semaphore 2 × 2, a death', permits: 1, roles: ['arar', 'arar'], deaths: 1 }),
  semaphore({ name: 'semaphore 2 × 2, two deaths', permits: 1, roles: ['arar', 'arar'], deaths: 2 }),
  semaphore({ name: 'semaphore: one puts, a death', permits: 0, roles: ['a', 'p', 'p'], deaths: 1 }),
  semaphore({
    name: 'semaphore 3 × 1: two permits, a death',
    permits: 2,
    roles: ['ar', 'ar', 'ar'],
    deaths: 1,
    slow: true,
  }),
  semaphore({
    name: 'bounded semaphore 3 × 1, a death',
    permits: 1,
    roles: ['ar', 'ar', 'ar'],
    bounded: true,
    deaths: 1,
    slow: true,
  }),
  semaphore({
    name: 'semaphore 6 × 2: two permits, two deaths, random',
    permits: 2,
    roles: ['arar', 'arar', 'arar', 'arar', 'trar', 'arar'],
    deaths: 2,
    random: true,
  }),
];
