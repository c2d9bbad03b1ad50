// Locks and friends between threads: what each promises, and what the death of a thread does to the others.
// Over 400 lines: every primitive is tried in the same few situations.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { gaps, leftByLoops } from '../gaps.js';
import { describe, testOn } from '../harness.js';
import {
  Barrier,
  BlockingNotAllowedError,
  BoundedSemaphore,
  BrokenBarrierError,
  ClosedError,
  Condition,
  Counter,
  Event,
  InvalidStateError,
  Latch,
  Lock,
  Once,
  OwnerDiedError,
  Pool,
  RLock,
  RWLock,
  Semaphore,
  sharedArray,
  TimeoutError,
  WorkerExitError,
} from '../lib.js';
import { s, sleep } from '../sync-tasks.js';

const COUNTS = 5_000;

describe('locks');

async function with2(body) {
  const pool = new Pool({ processes: 2, backend: 'shared' });
  try {
    await body(pool);
  } finally {
    await pool.terminate();
  }
}
const test = (name, body, options) => testOn(['shared'], name, () => with2(body), options);
/** A case that terminates a worker which stays in an endless loop. */
const testEndless = (name, body) => test(name, body, { leaves: leftByLoops });

/** Until the flag has been raised `n` times. */
async function raised(flag, n = 1) {
  while (Atomics.load(flag, 0) < n) await sleep(1);
}

for (const Class of [Lock, RLock]) {
  test(`${Class.name}: no update is lost between threads`, async (pool) => {
    const lock = new Class();
    const cells = sharedArray(Int32Array, 1);
    const work = [pool.apply(s.count, [lock, cells, COUNTS]), pool.apply(s.count, [lock, cells, COUNTS])];
    // An RLock does not tell the flows of a thread apart, but there is only one here.
    work.push(s.countAsync(lock, cells, COUNTS / 5));
    await Promise.all(work);
    equal(cells[0], COUNTS * 2.2);
    equal(lock.locked, false);
    lock.close();
  });
}

test('Lock: flows of one thread and of others exclude each other', async (pool) => {
  const lock = new Lock();
  const cells = sharedArray(Int32Array, 1);
  await Promise.all([
    pool.apply(s.countAsync, [lock, cells, 500]),
    pool.apply(s.countAsync, [lock, cells, 500]),
    ...Array.from({ length: 20 }, () => s.countAsync(lock, cells, 50)),
  ]);
  equal(cells[0], 2000);
  lock.close();
});

test('a handle arrives as the same live thing', async (pool) => {
  const lock = new Lock();
  ok(await pool.apply(s.isSame, [[lock, lock]]));
  equal(await pool.apply(s.classOf, [lock]), 'Lock');
  const came = await pool.apply(s.makeLock, []);
  ok(came instanceof Lock && !came.locked);
  equal(await pool.apply(s.takeOrder, [lock]), 'taken');
  lock.close();
  throws(() => lock.acquireSync(), { type: ClosedError });
  await rejects(pool.apply(s.takeOrder, [lock]), { type: ClosedError });
});

for (const Class of [Lock, RLock]) {
  test(`${Class.name}: a task that returns or throws with it counts as dead`, async (pool) => {
    const lock = new Class();
    for (const task of [s.acquireAndReturn, s.acquireAndThrow]) {
      await pool.apply(task, [lock]).catch((error) => ok(error instanceof RangeError));
      const error = await lock.acquire().then(
        () => undefined,
        (caught) => caught,
      );
      ok(error instanceof OwnerDiedError && lock.locked);
      error.guard.release();
      (await lock.acquire()).release();
    }
    // The next item of the same task finds it, too.
    await rejects(pool.map(s.acquireAndReturn, [lock, lock], { chunksize: 2 }), { type: OwnerDiedError });
    lock.close();
  });

  test(`${Class.name}: an owner that exits hands over to who waits, blocking or awaiting`, async (pool) => {
    const lock = new Class();
    const flag = sharedArray(Int32Array, 1);
    const death = rejects(pool.apply(s.acquireAndExit, [lock, flag]), { type: WorkerExitError });
    await raised(flag);
    const here = lock.acquire().then(
      (guard) => guard.release() ?? 'taken',
      (error) => error.guard.release() ?? error.name,
    );
    const there = pool.apply(s.takeOrder, [lock]);
    deepEqual([await here, await there].sort(), ['OwnerDiedError', 'taken']);
    await death;
    lock.close();
  });

  testEndless(`${Class.name}: an owner that is terminated hands over`, async (pool) => {
    const lock = new Class();
    const flag = sharedArray(Int32Array, 1);
    const doomed = new Pool({ processes: 1, backend: 'shared' });
    const death = rejects(doomed.apply(s.acquireAndStay, [lock, flag]), { type: ClosedError });
    await raised(flag);
    const waiters = [pool.apply(s.takeOrder, [lock]), pool.apply(s.takeOrder, [lock])];
    await sleep(20);
    await Promise.all([doomed.terminate(), death]);
    deepEqual((await Promise.all(waiters)).sort(), ['OwnerDiedError', 'taken']);
    lock.close();
  });

  if (gaps.mainThreadCannotBlock) continue;
  testEndless(
    `${Class.name}: who has ended the owner and blocks at once finds out that it is dead`,
    async () => {
      const lock = new Class();
      const flag = sharedArray(Int32Array, 1);
      const doomed = new Pool({ processes: 1, backend: 'shared' });
      const death = rejects(doomed.apply(s.acquireAndStay, [lock, flag]), { type: ClosedError });
      await raised(flag);
      const ended = doomed.terminate();
      const seesDeath = !gaps.noThreadList && !gaps.loopsRunOn;
      // No event can tell it: its event loop stands still.
      const error = throws(() => lock.acquireSync({ timeout: seesDeath ? 30_000 : 300 }), {
        type: seesDeath ? OwnerDiedError : TimeoutError,
      });
      error.guard?.release();
      await Promise.all([ended, death]);
      lock.close();
    },
  );
}

test('RWLock: readers never see a write in the middle', async (pool) => {
  const lock = new RWLock();
  const cells = sharedArray(Int32Array, 2);
  const [torn] = await Promise.all([
    pool.apply(s.countReading, [lock, cells, COUNTS]),
    pool.apply(s.countWriting, [lock, cells, COUNTS]),
    (async () => {
      for (let i = 0; i < 100; i++) (await lock[i % 2 === 0 ? 'acquireRead' : 'acquireWrite']()).release();
    })(),
  ]);
  equal(torn, 0);
  equal(cells[0], COUNTS);
  equal(lock.locked, false);
  lock.close();
});

testEndless('RWLock: the death of a reader frees its place, of a writer goes to the next', async (pool) => {
  const lock = new RWLock();
  await pool.apply(s.acquireReadAndReturn, [lock]);
  (await lock.acquireWrite()).release();
  for (const method of ['acquireReadSync', 'acquireWriteSync']) {
    const flag = sharedArray(Int32Array, 1);
    const doomed = new Pool({ processes: 1, backend: 'shared' });
    const death = rejects(doomed.apply(s.acquireAndStay, [lock, flag, method]), { type: ClosedError });
    await raised(flag);
    const next = lock.acquireWrite().then(
      (guard) => guard.release() ?? 'taken',
      (error) => error.guard.release() ?? error.name,
    );
    await Promise.all([doomed.terminate(), death]);
    equal(await next, method === 'acquireReadSync' ? 'taken' : 'OwnerDiedError');
  }
  lock.close();
});

test('Semaphore: never more inside than permits; the permits of the dead return', async (pool) => {
  for (const semaphore of [new Semaphore(1), new BoundedSemaphore(2)]) {
    const cells = sharedArray(Int32Array, 1);
    const most = await Promise.all([
      pool.apply(s.inside, [semaphore, cells, COUNTS]),
      pool.apply(s.inside, [semaphore, cells, COUNTS]),
    ]);
    ok(Math.max(...most) <= (semaphore instanceof BoundedSemaphore ? 2 : 1));
    equal(semaphore.locked, false);
    const flag = sharedArray(Int32Array, 1);
    const guards = semaphore instanceof BoundedSemaphore ? [semaphore.acquireSync()] : [];
    const death = rejects(pool.apply(s.acquireAndExit, [semaphore, flag]), { type: WorkerExitError });
    await raised(flag);
    guards.push(await semaphore.acquire({ timeout: 5000 }));
    equal(semaphore.tryAcquire(), undefined);
    for (const guard of guards) guard.release();
    await death;
    semaphore.close();
  }
});

test('Event: set wakes all, in every thread', async (pool) => {
  const event = new Event();
  const flag = sharedArray(Int32Array, 1);
  const waits = [
    pool.apply(s.waitEvent, [event, flag]),
    pool.apply(s.waitEvent, [event, flag]),
    event.wait(),
    event.wait({ timeout: 10_000 }),
  ];
  await raised(flag, 2);
  event.set();
  deepEqual(await Promise.all(waits), [true, true, true, true]);
  const [ping, pong] = [new Event(), new Event()];
  const peer = pool.apply(s.pingPong, [ping, pong, 200]);
  for (let i = 0; i < 200; i++) {
    ping.set();
    await pong.wait();
    pong.clear();
  }
  await peer;
  for (const handle of [event, ping, pong]) handle.close();
});

test('Barrier: all meet, again and again; a party that dies breaks it', async (pool) => {
  const barrier = new Barrier(2);
  const both = await Promise.all([pool.apply(s.meet, [barrier, 500]), pool.apply(s.meet, [barrier, 500])]);
  for (let i = 0; i < 500; i++) equal(both[0][i] + both[1][i], 1);
  deepEqual((await Promise.all([pool.apply(s.meetAsync, [barrier]), barrier.wait()])).sort(), [0, 1]);
  barrier.close();

  const three = new Barrier(3);
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const death = rejects(doomed.apply(s.meetOrError, [three, flag]), { type: ClosedError });
  const survivor = pool.apply(s.meetOrError, [three, flag]);
  await raised(flag, 2);
  while (three.nWaiting < 2) await sleep(1);
  await Promise.all([doomed.terminate(), death]);
  equal(await survivor, 'BrokenBarrierError');
  ok(three.broken);
  await rejects(three.wait(), { type: BrokenBarrierError });
  three.reset();
  deepEqual(
    (
      await Promise.all([pool.apply(s.meetAsync, [three]), pool.apply(s.meetAsync, [three]), three.wait()])
    ).sort(),
    [0, 1, 2],
  );
  three.close();
});

test('Condition: producer and consumer; a notification is not lost', async (pool) => {
  for (const condition of [new Condition(), new Condition(new Lock())]) {
    const cells = sharedArray(Int32Array, 1);
    const [, sum] = await Promise.all([
      pool.apply(s.produce, [condition, cells, 300]),
      pool.apply(s.consume, [condition, cells, 300]),
    ]);
    equal(sum, (300 * 301) / 2);
    const flag = sharedArray(Int32Array, 1);
    const waiters = [
      pool.apply(s.waitNotified, [condition, flag]),
      pool.apply(s.waitNotified, [condition, flag]),
    ];
    await raised(flag, 2);
    for (let i = 0; i < 2; i++) {
      const guard = await condition.acquire();
      condition.notify();
      guard.release();
    }
    deepEqual(await Promise.all(waiters), ['notified', 'notified']);
    condition.close();
    condition.lock.close();
  }
});

test('Condition: the death of a waiter disturbs nobody', async (pool) => {
  const condition = new Condition();
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const death = rejects(doomed.apply(s.waitNotified, [condition, flag]), { type: ClosedError });
  await raised(flag, 1);
  const survivor = pool.apply(s.waitNotified, [condition, flag]);
  await raised(flag, 2);
  await Promise.all([doomed.terminate(), death]);
  const guard = await condition.acquire();
  condition.notify();
  guard.release();
  equal(await survivor, 'notified');
  condition.close();
  condition.lock.close();
});

test('Counter, Latch and Once between workers', async (pool) => {
  const counter = new Counter();
  await Promise.all([pool.apply(s.add, [counter, COUNTS]), pool.apply(s.add, [counter, COUNTS])]);
  equal(counter.value, 2 * COUNTS);
  const latch = new Latch(3);
  const waiting = latch.wait();
  latch.countDown();
  await Promise.all([pool.apply(s.countDown, [latch]), pool.apply(s.countDown, [latch]), waiting]);
  equal(latch.count, 0);
  const once = new Once();
  const flag = sharedArray(Int32Array, 1);
  await rejects(pool.apply(s.onceAndExit, [once, flag]), { type: WorkerExitError });
  const cells = sharedArray(Int32Array, 1);
  const results = await pool.starmap(s.once, Array(8).fill([once, cells]));
  for (const result of results) deepEqual(result, results[0]);
  equal(cells[0], 1);
  deepEqual(
    once.runSync(() => 'never'),
    results[0],
  );
  for (const handle of [counter, latch, once]) handle.close();
});

testEndless('waits end in time, and misuse is answered', async (pool) => {
  const lock = new Lock();
  const flag = sharedArray(Int32Array, 1);
  const doomed = new Pool({ processes: 1, backend: 'shared' });
  const death = rejects(doomed.apply(s.acquireAndStay, [lock, flag]), { type: ClosedError });
  await raised(flag);
  throws(() => lock.release(), { type: InvalidStateError });
  await rejects(lock.acquire({ timeout: 10 }), { type: TimeoutError });
  await rejects(lock.acquire({ signal: AbortSignal.abort(new RangeError('no more')) }), { type: RangeError });
  const controller = new AbortController();
  const aborted = rejects(lock.acquire({ signal: controller.signal }), { type: SyntaxError });
  controller.abort(new SyntaxError('enough'));
  await aborted;
  // Waits that were given up swallow no wake-up.
  const last = pool.apply(s.takeOrder, [lock]);
  await Promise.all([doomed.terminate(), death]);
  equal(await last, 'OwnerDiedError');
  lock.close();
});

test('while workers hold the locks every async form waits; the blocking ones say where they may not', async (pool) => {
  const blocked = (wait) => {
    if (gaps.mainThreadCannotBlock) throws(() => wait(), { type: BlockingNotAllowedError, text: 'await' });
    else throws(() => wait({ timeout: 5 }), { type: TimeoutError });
  };
  for (const [handle, held, sync, async] of [
    [new Lock(), 'acquireSync', 'acquireSync', 'acquire'],
    [new RLock(), 'acquireSync', 'acquireSync', 'acquire'],
    [new RWLock(), 'acquireWriteSync', 'acquireReadSync', 'acquireRead'],
    [new RWLock(), 'acquireReadSync', 'acquireWriteSync', 'acquireWrite'],
    [new Semaphore(1), 'acquireSync', 'acquireSync', 'acquire'],
    [new BoundedSemaphore(1), 'acquireSync', 'acquireSync', 'acquire'],
  ]) {
    handle[sync]().release(); // needs no wait, so it works everywhere
    const flag = sharedArray(Int32Array, 2);
    const holder = pool.apply(s.hold, [handle, held, flag]);
    await raised(flag);
    blocked((wait) => handle[sync](wait));
    const waiting = handle[async]();
    Atomics.store(flag, 1, 1);
    Atomics.notify(flag, 1);
    (await waiting).release();
    await holder;
    handle.close();
  }
  const [event, latch, barrier] = [new Event(), new Latch(1), new Barrier(2)];
  blocked((wait) => event.waitSync(wait));
  blocked((wait) => latch.waitSync(wait));
  blocked((wait) => barrier.waitSync(wait));
  equal(barrier.broken, !gaps.mainThreadCannotBlock);
  barrier.reset();
  await Promise.all([event.wait(), pool.apply(s.set, [event])]);
  await Promise.all([latch.wait(), pool.apply(s.countDown, [latch])]);
  await Promise.all([barrier.wait(), pool.apply(s.meetAsync, [barrier])]);
  const condition = new Condition(new Lock());
  const guard = condition.acquireSync();
  blocked((wait) => condition.waitSync(wait));
  ok(guard.held);
  guard.release();
  for (const handle of [event, latch, barrier, condition, condition.lock]) handle.close();
});

// The sizes of crossbeam's own stress tests.
test('stress: five parties meet a thousand times; ten thousand turns of a lock are shared fairly', async () => {
  const pool = new Pool({ processes: 5, backend: 'shared' });
  const barrier = new Barrier(5);
  const places = await Promise.all(Array.from({ length: 5 }, () => pool.apply(s.meet, [barrier, 1000])));
  for (let i = 0; i < 1000; i++)
    equal(
      places.reduce((sum, list) => sum + list[i], 0),
      10,
    );
  barrier.close();
  // Each worker counts its own turns until there have been ten thousand: none is left out.
  const lock = new Lock();
  const cells = sharedArray(Int32Array, 2);
  const turns = await Promise.all(
    Array.from({ length: 4 }, () => pool.apply(s.takeTurns, [lock, cells, 4, 10_000])),
  );
  equal(
    turns.reduce((sum, n) => sum + n, 0),
    10_000,
  );
  ok(Math.min(...turns) > 0, `turns: ${turns}`);
  lock.close();
  await pool.terminate();
});
