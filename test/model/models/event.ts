// Event and Latch: whoever began to wait before the event was set goes on, though it be cleared at once; whoever waits
// for a latch goes on when the last count is gone; both see what was written before.

import { atomicLoad, atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import {
  clearEvent,
  countDownLatch,
  eventStep,
  isEventSet,
  latchCount,
  latchStep,
  setEvent,
} from '../../../assembly/sync/event';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import {
  DATA,
  isAlive,
  liveThreads,
  reaper,
  TIMED_OUT,
  turn,
  WAITS,
  type Waiting,
  WORD,
  wake,
} from './_sync';

/** How often the event was set: the model's own. */
const SETS = 0x600404;

interface Self extends Waiting {
  /** The event's word, and how often it was set, when the wait began. */
  since: number;
  sets: number;
  waits: boolean;
  passed: number;
}

interface Shape {
  name: string;
  /** What each thread does: w waits, s sets, c clears; of a latch: w waits, 1 … 9 counts down by that. */
  roles: string[];
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
}

const fresh = (): Self => ({ since: 0, sets: 0, waits: false, passed: 0 });

function event({ name, roles, timed, deaths = 0, timeouts = 0, slow }: Shape): Model {
  const calls = (role: string, index: number): Call<Self>[] => {
    if (role === 's')
      return [
        function set() {
          // Written once, and never again beside who reads it.
          if (peek(DATA) === 0 && roles.join('').split('s').length === 2) store32(DATA, 1);
          const order = setEvent(WORD);
          poke(SETS, peek(SETS) + 1);
          wake(WORD, order);
        },
      ];
    if (role === 'c') return [() => clearEvent(WORD)];
    return [
      function begin(self) {
        self.since = atomicLoad(WORD);
        self.sets = peek(SETS);
        self.waits = true;
      },
      function wait(self) {
        const outcome = turn(self, index, WORD, () => eventStep(WORD, self.since), index === timed);
        if (outcome === WAITS) return AGAIN;
        self.waits = false;
        if (outcome === TIMED_OUT) return undefined;
        self.passed++;
        if (roles.join('').split('s').length === 2) assert(load32(DATA) === 1, 'went on before it was set');
        return undefined;
      },
    ];
  };
  return model({
    name,
    setup: () => liveThreads(roles.length),
    threads: roles.map(
      (list, index): Thread => ({
        name: `${list} ${index}`,
        mortal: deaths > 0,
        daemon: list.includes('w'),
        self: fresh(),
        calls: [...list].flatMap((role) => calls(role, index)),
      }),
    ),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(roles.length) : undefined,
    finally(world) {
      world.self.forEach((self: Self, index) => {
        if (!self.waits || !isAlive(world, index)) return;
        assert(!isEventSet(WORD), 'asleep although it is set');
        assert(self.sets === world.word(SETS), 'asleep although it was set');
      });
    },
    names: names([[WORD, 'event', { 0: 'word' }]]),
    slow,
  });
}

function latch({ name, roles, timed, deaths = 0, timeouts = 0, slow }: Shape): Model {
  const counts = [...roles.join('')].filter((role) => role !== 'w').map(Number);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const calls = (role: string, index: number, nth: number): Call<Self> => {
    if (role !== 'w')
      return function countDown() {
        store32(DATA + 64 * index + 4 * nth, 1);
        wake(WORD, countDownLatch(WORD, Number(role)));
      };
    return function wait(self) {
      self.waits = true;
      const outcome = turn(self, index, WORD, () => latchStep(WORD), index === timed);
      if (outcome === WAITS) return AGAIN;
      self.waits = false;
      if (outcome === TIMED_OUT) return undefined;
      self.passed++;
      roles.forEach((list, other) => {
        [...list].forEach((one, i) => {
          if (one !== 'w')
            assert(load32(DATA + 64 * other + 4 * i) === 1, 'went on before all was counted down');
        });
      });
      return undefined;
    };
  };
  return model({
    name,
    setup() {
      liveThreads(roles.length);
      atomicStore(WORD, total * 2);
    },
    threads: roles.map(
      (list, index): Thread => ({
        name: `${list} ${index}`,
        mortal: deaths > 0,
        daemon: deaths > 0 && list.includes('w'),
        self: fresh(),
        calls: [...list].map((role, i) => calls(role, index, i)),
      }),
    ),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(roles.length) : undefined,
    finally(world) {
      if (world.dead.length === 0) assert(latchCount(WORD) === 0, `${latchCount(WORD)} are left`);
      world.self.forEach((self: Self, index) => {
        if (isAlive(world, index)) assert(!self.waits || latchCount(WORD) > 0, 'asleep although all is done');
      });
    },
    names: names([[WORD, 'latch', { 0: 'word' }]]),
    slow,
  });
}

export default [
  event({ name: 'event 2 × 4', roles: ['wwww', 'scsc'] }),
  event({ name: 'event: set once, two wait', roles: ['w', 'w', 's'] }),
  event({ name: 'event 3 × 1: set and cleared at once, two wait', roles: ['w', 'w', 'sc'] }),
  event({ name: 'event: two set, one clears', roles: ['w', 's', 'cs'] }),
  event({ name: 'event: set and cleared again and again', roles: ['ww', 'scscs', 'c'] }),
  event({ name: 'event: one gives up', roles: ['w', 'w', 'sc'], timed: 0, timeouts: 1 }),
  event({ name: 'event 2 × 2, two deaths', roles: ['ww', 'sc'], deaths: 2 }),
  event({ name: 'event 3 × 1, a death', roles: ['w', 'w', 's'], deaths: 1 }),
  event({ name: 'event 3 × 2, a death', roles: ['ww', 'sc', 'sc'], deaths: 1 }),
  latch({ name: 'latch 2 × 4', roles: ['1111', '111w'] }),
  latch({ name: 'latch 3 × 1: two wait', roles: ['w', 'w', '1'] }),
  latch({ name: 'latch 3 × 2', roles: ['1w', '1w', '2w'] }),
  latch({ name: 'latch: one gives up', roles: ['w', 'w', '11'], timed: 0, timeouts: 1 }),
  latch({ name: 'latch 3 × 1, a death', roles: ['w', '1', '1'], deaths: 1 }),
  latch({ name: 'latch 3 × 2, two deaths', roles: ['1w', '1w', '1w'], deaths: 2, slow: true }),
];
