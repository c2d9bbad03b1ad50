// Opening, closing and ending pools.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { gaps } from '../gaps.js';
import { describe, test, testEach, testOn, testWorkers, usingPool } from '../harness.js';
import * as everything from '../lib.js';
import {
  availableBackends,
  ClosedError,
  explain,
  heapStats,
  InvalidStateError,
  Lock,
  NotShareableError,
  Pool,
  release,
  sharedArray,
  WorkerExitError,
} from '../lib.js';
import { t } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);

describe('lifecycle');

test('a pool takes a number or options and checks them', async () => {
  await usingPool(2, (pool) => equal(pool.processes, pool.backend === 'inline' ? 1 : 2));
  for (const bad of [0, -1, 1.5, Number.NaN, '2']) {
    throws(() => new Pool({ processes: bad }), { type: RangeError, text: 'processes' });
  }
  throws(() => new Pool(0), { type: RangeError });
  throws(() => new Pool(1.5), { type: RangeError });
  throws(() => new Pool({ processes: 1, maxTasksPerChild: 0 }), {
    type: RangeError,
    text: 'maxTasksPerChild',
  });
  throws(() => new Pool({ processes: 1, retries: -1 }), { type: RangeError, text: 'retries' });
  throws(() => new Pool({ processes: 1, backend: 'threads' }), { type: TypeError, text: 'threads' });
});

test('what can be closed can be disposed of, whether or not the engine has the symbols', () => {
  const classes = Object.values(everything).filter((value) => typeof value === 'function' && value.prototype);
  for (const { name, prototype } of classes) {
    ok(!Object.hasOwn(prototype, 'undefined'), `${name} has a method without a name`);
    if ('close' in prototype) equal(typeof prototype[Symbol.asyncDispose], 'function', name);
  }
  const lock = new Lock();
  lock[Symbol.dispose]();
  throws(() => lock.tryAcquire(), { type: ClosedError });
});

test('a backend that is not to be had here is a NotShareableError that says what is missing', () => {
  for (const backend of ['shared', 'message']) {
    if (availableBackends().includes(backend)) continue;
    throws(() => new Pool({ processes: 1, backend }), { type: NotShareableError, text: backend });
  }
});

testEach('ready resolves, and stats add up', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    await pool.ready;
    await pool.map(t.square, range(100));
    const stats = pool.stats();
    equal(stats.workers, backend === 'inline' ? 1 : 2);
    equal(stats.running + stats.queued, 0);
    ok(stats.done > 0);
    equal(stats.failed + stats.restarts, 0);
  });
});

testEach('close waits for the accepted work', async (backend) => {
  const pool = new Pool({ processes: 2, backend });
  const pending = pool.map(t.later, range(40));
  const one = pool.apply(t.later, ['one', 20]);
  await pool.close();
  deepEqual(await Promise.race([pending, Promise.resolve('late')]), range(40));
  equal(await one, 'one');
  equal(pool.stats().queued, 0);
});

testWorkers(
  'accepted work is done though workers are renewed or die while the pool closes',
  async (backend) => {
    const renewing = new Pool({ processes: 1, backend, maxTasksPerChild: 2 });
    const all = Promise.all(range(9).map((i) => renewing.apply(t.square, [i])));
    await renewing.close();
    deepEqual(
      await all,
      range(9).map((i) => i * i),
    );

    const dying = new Pool({ processes: 1, backend });
    const outcomes = Promise.allSettled(range(6).map((i) => dying.apply(t.exitOn, [i, i === 1 ? 1 : -1])));
    await dying.close();
    const values = (await outcomes).map(({ value, reason }) => value ?? reason.constructor);
    deepEqual(values, [0, WorkerExitError, 4, 6, 8, 10]);
  },
);

testOn(['shared'], 'retries are kept while the pool closes', async (backend) => {
  const attempts = sharedArray(Int32Array, 1);
  const pool = new Pool({ processes: 1, backend });
  const pending = pool.apply(t.exitUntil, [attempts, 3], { retries: 2 });
  await pool.close();
  equal(await pending, 3);
  release(attempts);
});

testEach('a closed pool refuses work with ClosedError, and close can be repeated', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  await rejects(pool.join(), { type: InvalidStateError });
  const closing = pool.close();
  const wanted = { type: ClosedError, code: 'ERR_CLOSED' };
  await rejects(pool.apply(t.square, [1]), wanted);
  await closing;
  await pool.close();
  await pool.join();
  await rejects(pool.map(t.square, [1]), wanted);
  await rejects(pool.broadcast(t.square, [1]), wanted);
  throws(() => pool.imap(t.square, [1]), wanted);
  throws(() => pool.applySync(t.square, [1]), wanted);
  throws(() => pool.mapSync(t.square, [1]), wanted);
  throws(() => pool.resize(2), wanted);
});

testEach('close right after the start ends the pool', async (backend) => {
  for (let i = 0; i < 3; i++) await new Pool({ processes: 2, backend }).close();
});

testEach('Symbol.asyncDispose closes', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  const pending = pool.apply(t.later, [1, 10]);
  await pool[Symbol.asyncDispose]();
  equal(await pending, 1);
  await rejects(pool.apply(t.square, [1]), { type: ClosedError });
});

testWorkers('terminate rejects pending work with ClosedError at once', async (backend) => {
  const pool = new Pool({ processes: 2, backend });
  await pool.ready;
  const pending = [
    pool.map(t.later, range(100_000)),
    pool.apply(t.later, [1, 60_000]),
    pool.broadcast(t.later, [1, 60_000]),
  ];
  const checks = pending.map((promise) => rejects(promise, { type: ClosedError }));
  await pool.terminate();
  await Promise.all(checks);
  await pool.terminate();
  await pool.join();
  equal(pool.stats().workers, 0);
  await rejects(pool.apply(t.square, [1]), { type: ClosedError });
});

testWorkers('terminate right after the start ends the pool', async (backend) => {
  const pool = new Pool({ processes: 2, backend });
  const check = rejects(pool.apply(t.square, [1]), { type: ClosedError });
  await pool.terminate();
  await check;
});

testWorkers('terminate after close ends what close waits for', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  const check = rejects(pool.apply(t.later, [1, 60_000]), { type: ClosedError });
  await pool.ready;
  const closing = pool.close();
  await pool.terminate();
  await check;
  await closing;
});

testEach('terminate leaves nothing pending inline or with workers', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  const pending = Promise.allSettled(range(50).map((i) => pool.apply(t.later, [i])));
  await pool.terminate();
  for (const outcome of await pending) {
    ok(outcome.status === 'fulfilled' || outcome.reason instanceof ClosedError, String(outcome.reason));
  }
});

testOn(['shared'], 'a blocked worker ends when its pool is terminated', async (backend) => {
  const boards = heapStats().byKind.board.blocks;
  const flag = sharedArray(Int32Array, 2);
  const pool = new Pool({ processes: 1, backend });
  const check = rejects(pool.apply(t.stayUntil, [flag]), { type: ClosedError });
  while (Atomics.load(flag, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await pool.terminate();
  await check;
  // What a loop that cannot be ended may still use is kept until it ends by itself, and explain() says so.
  equal(explain().includes('could not be ended'), gaps.loopsRunOn, explain());
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  while (heapStats().byKind.board.blocks > boards) await new Promise((resolve) => setTimeout(resolve, 1));
  release(flag);
});

testOn(
  ['shared'],
  'workers that are terminated while they make and close handles lock nobody out',
  async (backend) => {
    const begun = sharedArray(Int32Array, 1);
    for (let round = 0; round < 6; round++) {
      Atomics.store(begun, 0, 0);
      const pool = new Pool({ processes: 3, backend });
      // On a busy machine one may come to its end before another begins.
      const calls = range(3).map(() => pool.apply(t.makeHandles, [begun, 500]).catch(() => {}));
      while (Atomics.load(begun, 0) < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      await pool.terminate();
      await Promise.all(calls);
    }
    release(begun);
  },
);

testOn(['shared', 'message'], 'many pools one after the other and at a time', async (backend) => {
  for (let i = 0; i < 5; i++)
    await usingPool({ processes: 1, backend }, async (pool) => equal(await pool.apply(t.square, [i]), i * i));
  await Promise.all(
    range(4).map((k) =>
      usingPool({ processes: 1, backend }, async (pool) =>
        deepEqual(await pool.map(t.add, [k, 1]), [k + 100, 101]),
      ),
    ),
  );
});

testOn(['inline'], 'inline runs in order, one after the other', async (backend) => {
  await usingPool({ backend }, async (pool) => {
    const order = [];
    const track = (name) => (value) => order.push([name, value]);
    await Promise.all([
      pool.apply(t.later, ['slow', 20]).then(track('first')),
      pool.apply(t.square, [2]).then(track('second')),
      pool.apply(t.square, [3]).then(track('third')),
    ]);
    deepEqual(order, [
      ['first', 'slow'],
      ['second', 4],
      ['third', 9],
    ]);
  });
});
