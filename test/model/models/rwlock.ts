// RWLock: readers and writers exclude one another (a race on DATA otherwise), nobody is left asleep, and whoever comes
// after a writer that died is told, in whichever role it comes.

import { load32, store32 } from '../../../assembly/atomics/index';
import { DONE, INHERITED, REFUSED } from '../../../assembly/sync/block';
import { abandon, lockStep, tryLockSlow } from '../../../assembly/sync/lock';
import { isOwnerAlive } from '../../../assembly/sync/owner';
import {
  drainStep,
  hasReader,
  leaveReader,
  RW_DRAIN,
  readStep,
  tryRead,
} from '../../../assembly/sync/rwlock';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model } from '../explorer/model';
import { names } from './_names';
import {
  bitsOf,
  DATA,
  haunt,
  isAlive,
  letGo,
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

/** Who has the writers' word, plus one: the model's own. */
const WRITER = 0x600404;

interface Self extends Waiting {
  /** The outcome by which it has the writers' word. */
  writer?: number;
  reads: boolean;
  writes: boolean;
  done: number;
  gaveUp: number;
  inherited: number;
}

interface Shape {
  name: string;
  /** What each thread does: r reads, w writes, R and W try to. */
  roles: string[];
  fair?: boolean;
  loop?: number;
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
  large?: boolean;
  random?: boolean;
}

function rwlock({
  name,
  roles,
  fair = false,
  loop,
  timed,
  deaths = 0,
  timeouts = 0,
  slow,
  large,
  random,
}: Shape): Model {
  const threads = roles.length;
  const out = () => poke(WRITER, 0);

  const took = (index: number, isReader: boolean) => (outcome: number) => {
    if (outcome === REFUSED) return;
    const isWriter = !isReader || outcome === INHERITED;
    assert(outcome === INHERITED || peek(WRITER) === 0, 'beside a writer, or not told of its death');
    if (isWriter) poke(WRITER, index + 1);
  };
  /** src/sync/rwlock.ts: gives the writers' word up, having written nothing. */
  const dropWriter = (self: Self, me: number) => {
    if (self.writer === INHERITED) wake(WORD, abandon(WORD, me));
    else letGo(WORD, me, fair, out);
    delete self.writer;
  };

  const calls = (role: string, index: number): Call<Self>[] => {
    const me = meOf(index);
    const bits = bitsOf(index === loop);
    const isTry = role !== role.toLowerCase();
    const isReader = role.toLowerCase() === 'r';
    return [
      function take(self) {
        let outcome: number;
        if (isTry) {
          outcome = isReader ? tryRead(WORD, me) : tryLockSlow(WORD, me);
          took(index, isReader)(outcome);
        } else {
          const step = isReader
            ? (slept: boolean) => readStep(WORD, me, slept)
            : (slept: boolean) => lockStep(WORD, me, bits, slept);
          outcome = turn(self, index, WORD, step, index === timed, took(index, isReader));
        }
        if (outcome === WAITS) return AGAIN;
        if (outcome === TIMED_OUT || outcome === REFUSED) self.gaveUp++;
        else if (isReader && outcome === DONE) self.reads = true;
        else self.writer = outcome;
        if (outcome === INHERITED) self.inherited++;
        return undefined;
      },
      function drain(self) {
        if (self.writer === undefined) return undefined;
        if (isTry) {
          if (!hasReader(WORD)) self.writes = true;
          else {
            dropWriter(self, me);
            self.gaveUp++;
          }
          return undefined;
        }
        const outcome = turn(
          self,
          index,
          WORD + RW_DRAIN,
          () => drainStep(WORD, bits),
          index === timed && index !== loop,
        );
        if (outcome === WAITS) return AGAIN;
        if (outcome === TIMED_OUT) {
          dropWriter(self, me);
          self.gaveUp++;
        } else self.writes = true;
        return undefined;
      },
      function use(self) {
        if (self.reads) {
          load32(DATA);
          wake(WORD + RW_DRAIN, leaveReader(WORD, me));
        } else if (self.writes) {
          store32(DATA, load32(DATA) + 1);
          letGo(WORD, me, fair, out);
        } else return;
        self.reads = self.writes = false;
        delete self.writer;
        self.done++;
      },
    ];
  };

  return model({
    name,
    setup: () => liveThreads(threads),
    threads: roles.map((list, index) => ({
      name: `${list} ${index}`,
      mortal: deaths > 0,
      self: { reads: false, writes: false, done: 0, gaveUp: 0, inherited: 0 } satisfies Self,
      daemon: index === loop,
      calls: [
        ...[...list].flatMap((role) => calls(role, index)),
        ...(index === loop ? [(self: Self) => haunt(self, WORD)] : []),
      ],
    })),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      const word = world.word(WORD);
      assert(word === 0 || !isOwnerAlive(word), `the lock stays taken: ${word}`);
      assert(!hasReader(WORD), 'somebody still reads');
      roles.forEach((list, index) => {
        const self: Self = world.self[index];
        if (isAlive(world, index)) assert(self.done + self.gaveUp === list.length, 'lost calls');
        if (world.dead.length === 0) assert(self.inherited === 0, 'told of a death that was none');
      });
      if (world.dead.length > 0) return;
      const written = roles.reduce((sum, list, i) => sum + (/w/i.test(list) ? world.self[i].done : 0), 0);
      const pure = roles.every((list) => /^(w+|r+)$/i.test(list));
      if (pure) assert(world.word(DATA) === written, `${written - world.word(DATA)} updates were lost`);
    },
    names: names([
      [WORD, 'lock', { 0: 'writer', 4: 'drain', 8: 'high', 20: 'reader 0', 24: 'reader 1', 28: 'reader 2' }],
      [DATA, 'data', { 0: 'count' }],
    ]),
    slow,
    large,
    random,
  });
}

export default [
  rwlock({ name: 'rwlock: a reader, a writer', roles: ['r', 'w'] }),
  rwlock({ name: 'rwlock: a reader, a writer, a death', roles: ['r', 'w'], deaths: 1 }),
  rwlock({ name: 'rwlock 2 × 2, a death', roles: ['rw', 'wr'], deaths: 1 }),
  rwlock({ name: 'rwlock 2 × 4: readers and writers by turns', roles: ['rwrw', 'wrwr'], slow: true }),
  rwlock({ name: 'rwlock 2 × 4, handed over', roles: ['rwrw', 'wrwr'], fair: true, slow: true }),
  rwlock({ name: 'rwlock 3 × 1: two writers', roles: ['w', 'w', 'r'], slow: true }),
  rwlock({ name: 'rwlock 3 × 1: two readers', roles: ['r', 'r', 'w'], slow: true }),
  rwlock({ name: 'rwlock 3 × 1: two writers, handed over', roles: ['w', 'w', 'r'], fair: true, large: true }),
  rwlock({ name: 'rwlock 3 × 1: two readers, handed over', roles: ['r', 'r', 'w'], fair: true, slow: true }),
  rwlock({ name: 'rwlock 3 × 1: an event loop writes', roles: ['w', 'w', 'r'], loop: 1, slow: true }),
  rwlock({
    name: 'rwlock: an event loop gives up',
    roles: ['w', 'w', 'w'],
    loop: 1,
    timed: 1,
    timeouts: 1,
    slow: true,
  }),
  rwlock({ name: 'rwlock: tries', roles: ['rw', 'RW', 'W'], slow: true }),
  rwlock({ name: 'rwlock: a writer gives up', roles: ['r', 'w', 'r'], timed: 1, timeouts: 2, slow: true }),
  rwlock({
    name: 'rwlock: a writer gives up, handed over',
    roles: ['r', 'w', 'w'],
    timed: 1,
    timeouts: 2,
    fair: true,
    large: true,
  }),
  rwlock({ name: 'rwlock: a reader gives up', roles: ['r', 'w', 'w'], timed: 0, timeouts: 1, slow: true }),
  rwlock({
    name: 'rwlock 2 × 2, a death, handed over',
    roles: ['rw', 'wr'],
    deaths: 1,
    fair: true,
    slow: true,
  }),
  rwlock({ name: 'rwlock 3 × 1: two writers, a death', roles: ['w', 'w', 'r'], deaths: 1, slow: true }),
  rwlock({ name: 'rwlock 3 × 1: two readers, a death', roles: ['r', 'r', 'w'], deaths: 1, slow: true }),
  rwlock({ name: 'rwlock 2 × 2, two deaths', roles: ['rw', 'wr'], deaths: 2, slow: true }),
  rwlock({
    name: 'rwlock 6 × 2, handed over, two deaths, random',
    roles: ['rw', 'wr', 'rr', 'rw', 'rr', 'RW'],
    fair: true,
    deaths: 2,
    random: true,
  }),
];
