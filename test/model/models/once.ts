// Once: one run that comes to its end, everybody gets its outcome; a runner that dies, or gives the run up, is followed
// by another.

import { load32 } from '../../../assembly/atomics/index';
import { DONE, REFUSED } from '../../../assembly/sync/block';
import { abandon } from '../../../assembly/sync/lock';
import { finishOnce, ONCE_BYTES, ONCE_OUTCOME, onceStep } from '../../../assembly/sync/once';
import { ownerOf, RETURNED, THREW } from '../../../assembly/sync/owner';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model } from '../explorer/model';
import { names } from './_names';
import {
  bitsOf,
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

/** Runs begun, and runs ended: the model's own. */
const BEGUN = 0x600404;
const ENDED = 0x600408;

interface Self extends Waiting {
  runs: boolean;
  outcome: number;
  gaveUp: boolean;
}

interface Shape {
  name: string;
  threads: number;
  calls: number;
  loop?: number;
  timed?: number;
  /** This thread closes its handle instead of ending its run. */
  closes?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
}

function once({ name, threads, calls, loop, timed, closes, deaths = 0, timeouts = 0, slow }: Shape): Model {
  const run = (index: number): Call<Self>[] => {
    const me = meOf(index);
    return [
      function begin(self) {
        if (self.gaveUp) return undefined;
        const begun = (outcome: number) => {
          if (outcome !== DONE) return;
          assert(peek(ENDED) === 0, 'run again after it has been run');
          poke(BEGUN, peek(BEGUN) + 1);
        };
        const step = () => onceStep(WORD, me, bitsOf(index === loop));
        const outcome = turn(self, index, WORD, step, index === timed, begun);
        if (outcome === WAITS) return AGAIN;
        if (outcome === DONE) self.runs = true;
        else if (outcome === TIMED_OUT) self.gaveUp = true;
        else assert(outcome === REFUSED, `outcome ${outcome}`);
        return undefined;
      },
      function end(self) {
        if (self.gaveUp) return;
        if (self.runs) {
          self.runs = false;
          if (index === closes) {
            self.gaveUp = true;
            wake(WORD, abandon(WORD, me));
            return;
          }
          const order = finishOnce(WORD, index === 0 ? RETURNED : THREW, 100 + index, 10 + index);
          poke(ENDED, peek(ENDED) + 1);
          wake(WORD, order);
        }
        const outcome = load32(WORD + ONCE_OUTCOME);
        assert(load32(WORD + ONCE_BYTES) === outcome - 90, 'half an outcome');
        assert(self.outcome === 0 || self.outcome === outcome, 'two outcomes');
        self.outcome = outcome;
      },
    ];
  };
  return model({
    name,
    setup: () => liveThreads(threads),
    threads: Array.from({ length: threads }, (_, index) => ({
      name: `thread ${index}`,
      mortal: deaths > 0,
      self: { runs: false, outcome: 0, gaveUp: false } satisfies Self,
      calls: Array.from({ length: calls }, () => run(index)).flat(),
    })),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      assert(world.word(ENDED) <= 1, 'run twice');
      const lost = world.dead.length + (closes === undefined ? 0 : 1);
      assert(world.word(BEGUN) <= 1 + lost, `${world.word(BEGUN)} runs were begun`);
      const outcome = world.word(WORD + ONCE_OUTCOME);
      world.self.forEach((self: Self, index) => {
        if (!isAlive(world, index) || self.gaveUp) return;
        assert(self.outcome === outcome, 'an outcome that is not the last one');
        const end = ownerOf(world.word(WORD));
        assert(end === (outcome === 100 ? RETURNED : THREW), 'ended in another way than its runner said');
      });
    },
    names: names([[WORD, 'once', { 0: 'word', 4: 'outcome', 8: 'bytes' }]]),
    slow,
  });
}

export default [
  once({ name: 'once 2 × 4', threads: 2, calls: 4 }),
  once({ name: 'once 3 × 1', threads: 3, calls: 1 }),
  once({ name: 'once 3 × 1, an event loop', threads: 3, calls: 1, loop: 1 }),
  once({ name: 'once 3 × 1, one gives up', threads: 3, calls: 1, timed: 1, timeouts: 1 }),
  once({ name: 'once 3 × 1, one closes its handle', threads: 3, calls: 1, closes: 1 }),
  once({
    name: 'once 3 × 1, one closes, one gives up',
    threads: 3,
    calls: 1,
    closes: 1,
    timed: 2,
    timeouts: 1,
  }),
  once({ name: 'once 2 × 2, two deaths', threads: 2, calls: 2, deaths: 2 }),
  once({ name: 'once 3 × 1, a death', threads: 3, calls: 1, deaths: 1 }),
  once({ name: 'once 3 × 1, two deaths', threads: 3, calls: 1, deaths: 2, slow: true }),
];
