// Barrier, as src/sync/barrier.ts runs it: nobody passes a phase before all have come, nobody is told that a phase broke
// which others have passed, and who sleeps has somebody to wait for; resets, aborts, time-outs and deaths included.

import {
  barrierPhase,
  breakBarrier,
  claimPlace,
  initBarrier,
  isBarrierBroken,
  leaveBarrier,
  NO_PLACE,
  partyStep,
  passBarrier,
  placeStep,
  resetBarrier,
  waitingParties,
} from '../../../assembly/sync/barrier';
import { BROKEN, WAKE_ALL } from '../../../assembly/sync/block';
import { ownerOf } from '../../../assembly/sync/owner';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';
import {
  isAlive,
  liveThreads,
  meOf,
  reaper,
  TIMED_OUT,
  turn,
  WAITS,
  type Waiting,
  WORD,
  wake,
} from './_sync';

// The model's own, a word for each phase: who has come, who has passed, who was told that it broke.
const CAME = 0x601000;
const PASSED = 0x602000;
const BROKE = 0x603000;

interface Self extends Waiting {
  phase: number;
  place: number;
  /** It found no place, or waits for the others. */
  state: 'out' | 'queues' | 'meets' | 'ended';
  passed: number;
}

interface Shape {
  name: string;
  parties: number;
  /** What each thread does: w waits, r resets, a aborts. */
  roles: string[];
  /** It is broken at first. */
  broken?: boolean;
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
  large?: boolean;
  random?: boolean;
}

function barrier({
  name,
  parties,
  roles,
  broken,
  timed,
  deaths = 0,
  timeouts = 0,
  slow,
  large,
  random,
}: Shape): Model {
  const threads = roles.length;
  const add = (list: number, phase: number) => poke(list + 4 * phase, peek(list + 4 * phase) + 1);

  /** At the moment at which a party knows that all have come. */
  const pass = (phase: number) => {
    assert(peek(CAME + 4 * phase) === parties, `passes phase ${phase}, and not all have come`);
    assert(peek(BROKE + 4 * phase) === 0, `passes phase ${phase}, which has broken`);
    add(PASSED, phase);
  };
  const breaks = (phase: number) => {
    assert(peek(PASSED + 4 * phase) === 0, `phase ${phase} breaks, and others have passed it`);
    add(BROKE, phase);
  };

  const wait = (index: number): Call<Self>[] => [
    function arrive(self) {
      if (self.state === 'ended') return undefined;
      if (self.state === 'out') {
        self.phase = barrierPhase(WORD);
        if (isBarrierBroken(WORD)) {
          self.state = 'ended';
          return undefined;
        }
        self.place = claimPlace(WORD, meOf(index), self.phase);
        if (self.place !== NO_PLACE) {
          add(CAME, self.phase);
          self.state = 'meets';
          return undefined;
        }
        self.state = 'queues';
        return AGAIN;
      }
      const outcome = turn(self, index, WORD, () => placeStep(WORD, self.phase), index === timed);
      if (outcome === WAITS) return AGAIN;
      if (outcome === BROKEN || outcome === TIMED_OUT) {
        self.state = 'ended';
        return undefined;
      }
      self.state = 'out';
      return AGAIN;
    },
    function meet(self) {
      if (self.state !== 'meets') return undefined;
      const { phase } = self;
      if (self.place === parties - 1) {
        if (passBarrier(WORD, phase)) {
          pass(phase);
          wake(WORD, WAKE_ALL);
          self.passed++;
          self.state = 'out';
        } else {
          wake(WORD, breakBarrier(WORD, phase));
          self.state = 'ended';
        }
        return undefined;
      }
      const decided = (outcome: number) => {
        if (outcome === BROKEN) breaks(phase);
        else pass(phase);
      };
      let outcome = turn(self, index, WORD, () => partyStep(WORD, phase), index === timed, decided);
      if (outcome === WAITS) return AGAIN;
      if (outcome === TIMED_OUT) {
        outcome = leaveBarrier(WORD, phase);
        assert((outcome & 1) === 0, 'gives up and has to wait');
        decided(outcome);
      }
      if (outcome === BROKEN) {
        self.state = 'ended';
        return undefined;
      }
      self.passed++;
      self.state = 'out';
      return undefined;
    },
  ];

  const calls = (role: string, index: number): Call<Self>[] => {
    if (role === 'w') return wait(index);
    if (role === 'r') return [() => wake(WORD, resetBarrier(WORD))];
    return [
      function look(self) {
        self.phase = barrierPhase(WORD);
      },
      function abort(self) {
        wake(WORD, breakBarrier(WORD, self.phase));
      },
    ];
  };

  return model({
    name,
    setup() {
      liveThreads(threads);
      initBarrier(WORD, parties);
      if (broken) breakBarrier(WORD, 0);
    },
    threads: roles.map(
      (list, index): Thread => ({
        name: `${list} ${index}`,
        mortal: deaths > 0,
        daemon: list.includes('w'),
        self: { phase: 0, place: 0, state: 'out', passed: 0 } satisfies Self,
        calls: [...list].flatMap((role) => calls(role, index)),
      }),
    ),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      const phase = barrierPhase(WORD);
      const selves: Self[] = world.self.filter((_, index) => isAlive(world, index));
      const met = selves.filter(({ state }) => state === 'meets');
      const queue = selves.filter(({ state }) => state === 'queues');
      for (const self of [...met, ...queue]) {
        assert(self.phase === phase, `asleep in phase ${self.phase}, and it is ${phase}`);
        assert(!isBarrierBroken(WORD), 'asleep at a broken barrier');
      }
      if (isBarrierBroken(WORD)) return;
      const places = Array.from({ length: parties }, (_, i) =>
        ownerOf(world.word(WORD + 8 + 4 * ((phase & 1) * parties + i))),
      );
      if (met.length + queue.length > 0)
        assert(!world.dead.some((index) => places.includes(meOf(index))), 'waits for the dead');
      assert(met.length < parties, 'all have come and nobody passes');
      assert(queue.length === 0 || met.length > 0, 'waits for a place, and nobody has one');
      // Whoever comes now finds a place.
      if (
        met.length + selves.filter(({ state }) => state === 'ended').length === 0 ||
        world.dead.length === 0
      )
        assert(waitingParties(WORD) >= met.length, 'a party has lost its place');
      for (let i = waitingParties(WORD); i < parties; i++)
        assert(claimPlace(WORD, meOf(9), phase) === i, `place ${i} of phase ${phase} cannot be had`);
      assert(claimPlace(WORD, meOf(9), phase) === NO_PLACE, 'a place too many');
    },
    names: names([
      [
        WORD,
        'barrier',
        Object.fromEntries([
          [0, 'state'],
          [4, 'parties'],
          ...Array.from({ length: 2 * parties }, (_, i) => [
            8 + 4 * i,
            `place ${i < parties ? 'even' : 'odd'} ${i % parties}`,
          ]),
        ]),
      ],
    ]),
    slow,
    large,
    random,
  });
}

export default [
  barrier({ name: 'barrier 2 × 4', parties: 2, roles: ['wwww', 'wwww'] }),
  barrier({ name: 'barrier: one gives up', parties: 2, roles: ['ww', 'ww'], timed: 0, timeouts: 1 }),
  barrier({ name: 'barrier 2 × 2, a death', parties: 2, roles: ['ww', 'ww'], deaths: 1 }),
  barrier({ name: 'barrier 2 × 2, two deaths', parties: 2, roles: ['ww', 'ww'], deaths: 2 }),
  barrier({ name: 'barrier: broken, reset twice at once', parties: 1, roles: ['rwww', 'r'], broken: true }),
  barrier({ name: 'barrier 3 × 1', parties: 3, roles: ['w', 'w', 'w'] }),
  barrier({ name: 'barrier 3 × 2', parties: 3, roles: ['ww', 'ww', 'ww'], slow: true }),
  barrier({ name: 'barrier: three threads, two parties', parties: 2, roles: ['ww', 'w', 'w'], slow: true }),
  barrier({ name: 'barrier: aborted', parties: 2, roles: ['ww', 'ww', 'a'] }),
  barrier({ name: 'barrier: reset', parties: 2, roles: ['ww', 'ww', 'r'], slow: true }),
  barrier({ name: 'barrier: reset while the last party passes', parties: 1, roles: ['w', 'arwww'] }),
  barrier({
    name: 'barrier: one of three gives up',
    parties: 3,
    roles: ['w', 'w', 'w'],
    timed: 0,
    timeouts: 1,
  }),
  barrier({ name: 'barrier 3 × 1, a death', parties: 3, roles: ['w', 'w', 'w'], deaths: 1, slow: true }),
  barrier({ name: 'barrier: reset, a death', parties: 2, roles: ['ww', 'ww', 'r'], deaths: 1, large: true }),
  barrier({
    name: 'barrier: four parties, two deaths, random',
    parties: 4,
    roles: ['www', 'www', 'www', 'www'],
    deaths: 2,
    random: true,
  }),
  barrier({
    name: 'barrier: six threads, three parties, reset and aborted, random',
    parties: 3,
    roles: ['ww', 'ww', 'ww', 'ww', 'r', 'ar'],
    random: true,
  }),
];
