// Condition, as src/sync/condition.ts runs it, between threads that take what others give: nobody sleeps while there is
// something to take, whoever died with a notification; the list of waiters stays whole.

import {
  atomicLoad,
  atomicStore,
  load32,
  notifyWord,
  store32,
  waitWord,
} from '../../../assembly/atomics/index';
import { HEADER_DEATHS } from '../../../assembly/heap/layout';
import { THREAD_LIVE, THREAD_STATE } from '../../../assembly/heap/threads';
import { DONE, INHERITED, LOOK, WAKE_ALL } from '../../../assembly/sync/block';
import {
  appendNode,
  NODE_NOTIFIED,
  nodeStep,
  notifyNode,
  removeDeadNode,
  removeNode,
} from '../../../assembly/sync/condition';
import { lockStep } from '../../../assembly/sync/lock';
import { peek, poke, SLICE_MS } from '../explorer/atomics';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { type Block, names } from './_names';
import {
  bitsOf,
  DATA,
  isAlive,
  letGo,
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

/** The lock is at WORD; what it protects, a number of things, at DATA. */
const CONDITION = 0x601000;
/** A node for each thread: the host allocates them. */
const nodeOf = (index: number): number => 0x602000 + 64 * index;

interface Self extends Waiting {
  /** Without the lock; asleep on its node, which is in the list; on the way back to the lock. */
  stage: 'out' | 'asleep' | 'back';
  deaths: number;
  /** How the sleep ended. */
  outcome: number;
  took: number;
  gaveUp: number;
}

interface Shape {
  name: string;
  /** What each thread does: t takes a thing, waiting for it (T: and it alone may die); g gives one and notifies one, G two and notifies all. */
  roles: string[];
  /** Who takes has begun to wait already. */
  begun?: boolean;
  /** With the real lock. */
  real?: boolean;
  fair?: boolean;
  timed?: number;
  deaths?: number;
  timeouts?: number;
  slow?: boolean;
  random?: boolean;
}

function condition({
  name,
  roles,
  begun = false,
  real = false,
  fair = false,
  timed,
  deaths = 0,
  timeouts = 0,
  slow,
  random,
}: Shape): Model {
  const threads = roles.length;

  const notify = (n: number) => {
    let node = 0;
    for (let i = 0; i < n; i++) {
      node = notifyNode(CONDITION, node);
      if (node === 0) return;
      wake(node, WAKE_ALL);
    }
  };
  /** src/sync/condition.ts #passOn: clears away who died waiting. */
  const passOn = () => {
    for (let dead = removeDeadNode(CONDITION); dead !== 0; dead = removeDeadNode(CONDITION)) {
      if (atomicLoad(dead) !== NODE_NOTIFIED) continue;
      const next = notifyNode(CONDITION, 0);
      if (next !== 0) wake(next, WAKE_ALL);
    }
  };
  /** A turn of taking the lock: the real one, or one that is taken in a step (models/lock.ts explores the real one). */
  const lockTurn = (self: Self, index: number) => {
    if (real) return turn(self, index, WORD, (slept) => lockStep(WORD, meOf(index), bitsOf(false), slept));
    const word = atomicLoad(WORD);
    const isAlive = word !== 0 && peek(recordOf(word - 1) + THREAD_STATE) === THREAD_LIVE;
    if (!isAlive) {
      poke(WORD, index + 1);
      return word === 0 ? DONE : INHERITED;
    }
    waitWord(WORD, word, SLICE_MS);
    return WAITS;
  };
  const unlock = (index: number) => {
    if (real) return letGo(WORD, meOf(index), fair);
    atomicStore(WORD, 0);
    notifyWord(WORD, WAKE_ALL);
  };

  /** Takes a thing, waiting for one: a round of sleep and of taking the lock again after the other. */
  const take = (index: number): Call<Self> => {
    const me = meOf(index);
    const node = nodeOf(index);
    /** With the lock: takes a thing, or begins to wait for one. */
    const look = (self: Self) => {
      const there = load32(DATA);
      if (there > 0) {
        store32(DATA, there - 1);
        self.took++;
        self.stage = 'out';
      } else {
        self.deaths = atomicLoad(HEADER_DEATHS);
        appendNode(CONDITION, node, me);
        self.stage = 'asleep';
      }
      unlock(index);
    };
    return function take(self) {
      if (self.stage === 'asleep') {
        const outcome = turn(self, index, node, () => nodeStep(node, self.deaths), index === timed);
        if (outcome !== WAITS) {
          self.stage = 'back';
          self.outcome = outcome;
        }
        return AGAIN;
      }
      const outcome = lockTurn(self, index);
      if (outcome === WAITS) return AGAIN;
      if (self.stage === 'out') look(self);
      else {
        const seen = atomicLoad(HEADER_DEATHS);
        passOn();
        const notified = atomicLoad(node) === NODE_NOTIFIED;
        const inherited = outcome === INHERITED;
        if (self.outcome === LOOK && !notified && !inherited) {
          self.deaths = seen;
          self.stage = 'asleep';
          unlock(index);
          return AGAIN;
        }
        removeNode(CONDITION, node);
        if (self.outcome === TIMED_OUT && !notified && !inherited) {
          self.gaveUp++;
          self.stage = 'out';
          unlock(index);
        } else look(self);
      }
      return self.stage === 'out' ? undefined : AGAIN;
    };
  };

  const give = (index: number, n: number): Call<Self> =>
    function give(self) {
      if (lockTurn(self, index) === WAITS) return AGAIN;
      store32(DATA, load32(DATA) + n);
      notify(n === 1 ? 1 : 99);
      unlock(index);
      return undefined;
    };

  return model({
    name,
    setup() {
      liveThreads(threads);
      roles.forEach((list, index) => {
        if (begun && /t/i.test(list)) appendNode(CONDITION, nodeOf(index), meOf(index));
      });
    },
    threads: roles.map(
      (list, index): Thread => ({
        name: `${list} ${index}`,
        mortal: deaths > 0 && (list === 'T' || !roles.includes('T')),
        daemon: /t/i.test(list),
        self: {
          stage: begun && /t/i.test(list) ? 'asleep' : 'out',
          deaths: 0,
          outcome: 0,
          took: 0,
          gaveUp: 0,
        } satisfies Self,
        calls: [...list].map((role) =>
          role.toLowerCase() === 't' ? take(index) : give(index, role === 'g' ? 1 : 2),
        ),
      }),
    ),
    deaths,
    timeouts,
    reap: deaths > 0 ? reaper(threads) : undefined,
    finally(world) {
      assert(world.word(WORD) === 0 || world.dead.length > 0, 'the lock stays taken');
      world.self.forEach((self: Self, index) => {
        if (isAlive(world, index) && self.stage !== 'out')
          assert(world.word(DATA) === 0, `asleep although there are ${world.word(DATA)} things`);
      });
      if (world.dead.length > 0) return;
      const given = roles.join('').split('g').length - 1 + 2 * (roles.join('').split('G').length - 1);
      const taken = world.self.reduce((sum, self: Self) => sum + self.took, 0);
      assert(world.word(DATA) + taken === given, 'things are lost');
    },
    names: names([
      [WORD, 'lock', { 0: 'word' }],
      [DATA, 'data', { 0: 'things' }],
      [CONDITION, 'condition', { 0: 'first', 4: 'late' }],
      ...roles.map((_, i): Block => [nodeOf(i), `node ${i}`, { 0: 'state', 4: 'owner', 8: 'next' }]),
    ]),
    slow,
    random,
  });
}

export default [
  condition({ name: 'condition: one waits, one notifies', roles: ['t', 'g'], real: true }),
  condition({ name: 'condition 2 × 4', roles: ['tttt', 'gggg'], real: true }),
  condition({ name: 'condition 3 × 1: two wait', roles: ['t', 't', 'gg'] }),
  condition({ name: 'condition 3 × 1: two wait, all are notified', roles: ['t', 't', 'G'] }),
  condition({ name: 'condition 3 × 1: two notify', roles: ['tt', 'g', 'g'] }),
  condition({ name: 'condition: two wait, one gives up', roles: ['t', 't', 'g'], timed: 0, timeouts: 1 }),
  condition({
    name: 'condition 2 × 4, handed over',
    roles: ['tttt', 'gggg'],
    real: true,
    fair: true,
    slow: true,
  }),
  condition({ name: 'condition: two wait, a waiter dies', roles: ['T', 't', 'g'], deaths: 1 }),
  condition({ name: 'condition 2 × 2, two deaths', roles: ['tt', 'gg'], real: true, deaths: 2 }),
  condition({ name: 'condition 3 × 1, a death', roles: ['t', 't', 'g'], deaths: 1 }),
  condition({
    name: 'condition: three wait, two of them die',
    roles: ['T', 'T', 't', 'g'],
    begun: true,
    deaths: 2,
    slow: true,
  }),
  condition({
    // Who gives does not die: whoever inherits its lock would have to notify for it.
    name: 'condition: five take, two give, two takers die, random',
    roles: ['T', 'T', 'T', 'tt', 't', 'ggG', 'gG'],
    real: true,
    deaths: 2,
    random: true,
  }),
];
