// What runs first, and what runs too long.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { gaps, leftByLoops } from '../gaps.js';
import { describe, test, testEach, testOn, testWorkers, usingPool } from '../harness.js';
import { Pool, release, sharedArray, TimeoutError, WorkerExitError } from '../lib.js';
import { t } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Everything that a lazy map gives, errors as their names. */
async function gather(iterator) {
  const seen = [];
  while (true) {
    try {
      const { done, value } = await iterator.next();
      if (done) return seen;
      seen.push(value);
    } catch (error) {
      seen.push(error.name);
    }
  }
}

describe('scheduling');

testOn(['shared'], 'a worker that is held up between tasks holds nobody up', async (backend) => {
  for (const call of ['apply', ...(gaps.mainThreadCannotBlock ? [] : ['applySync'])]) {
    const cells = sharedArray(Int32Array, 3);
    try {
      await usingPool({ processes: 2, backend }, async (pool) => {
        await pool.ready;
        await pool.apply(t.holdUp, [cells]);
        while (Atomics.load(cells, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        // The one that is held up worked last, so it is the one that is called.
        equal(await pool[call](t.square, [3]), 9, call);
        equal(Atomics.load(cells, 2), 0, `${call}: it is held up still`);
        Atomics.store(cells, 0, 1);
      });
    } finally {
      Atomics.store(cells, 0, 1);
    }
  }
});

testOn(['shared'], 'timers run beside calls that are awaited one after the other', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await pool.ready;
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    try {
      for (let calls = 0; ticks < 5 && calls < 200_000; calls++) await pool.apply(t.square, [calls]);
      ok(ticks >= 5, `${ticks} ticks`);
    } finally {
      clearInterval(timer);
    }
  });
});

testEach('a task that takes longer than its taskTimeout fails, the rest goes on', async (backend) => {
  await usingPool({ processes: 2, backend, taskTimeout: 250 }, async (pool) => {
    await rejects(pool.apply(t.later, ['late', 5000]), { type: TimeoutError, text: ['later', '250 ms'] });
    equal(await pool.apply(t.later, ['in time', 1]), 'in time');
    const settled = await pool.starmap(
      t.later,
      range(12).map((x) => [x, x === 5 ? 5000 : 1]),
      { settled: true, taskTimeout: 200 },
    );
    deepEqual(
      settled.map(({ status, value }) => (status === 'fulfilled' ? value : status)),
      range(12).map((x) => (x === 5 ? 'rejected' : x)),
    );
    ok(settled[5].reason instanceof TimeoutError);
  });
});

testEach('a lazy map goes on after an item that took too long', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const seen = await gather(pool.imap(t.later, range(3)));
    deepEqual(seen, [0, 1, 2]);
    equal(backend === 'inline' || (await pool.apply(t.square, [3], { taskTimeout: 5000 })) === 9, true);
  });
});

testOn(['shared'], 'a map that fails by a taskTimeout still runs the rest', async () => {
  await usingPool(1, async (pool) => {
    const seen = sharedArray(Int32Array, 8);
    const done = pool.map(
      t.stampUnless,
      range(8).map((x) => [seen, x, x === 2]),
      { taskTimeout: 200 },
    );
    await rejects(done, { type: TimeoutError });
    await pool.apply(t.square, [2]);
    await pool.close().catch(() => {});
    deepEqual([...seen], [1, 1, 0, 1, 1, 1, 1, 1]);
  });
});

testWorkers(
  'an endless loop is ended by its taskTimeout',
  async (backend) => {
    const pool = new Pool({ processes: 1, backend });
    await pool.ready;
    const others = [
      pool.apply(t.spin, [], { taskTimeout: 200 }),
      pool.map(t.square, range(20)),
      pool.apply(t.square, [5]),
    ];
    await rejects(others[0], { type: TimeoutError });
    deepEqual(
      await others[1],
      range(20).map((x) => x * x),
    );
    equal(await others[2], 25);
    equal(pool.stats().restarts, 1);
    await pool.terminate();
  },
  { leaves: leftByLoops },
);

testOn(['shared'], 'a blocking call is ended by its taskTimeout too', async () => {
  if ('document' in globalThis) return;
  const pool = new Pool({ processes: 1 });
  throws(() => pool.applySync(t.later, ['late', 5000], { taskTimeout: 150 }), { type: TimeoutError });
  equal(pool.applySync(t.square, [4]), 16);
  await pool.close();
});

testEach('larger priorities run first, equal ones in order', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await pool.apply(t.square, [1]);
    const ran = []; // what ran as the how-manieth: results may arrive in another order
    const note = (name) => (turn) => ran.push([[turn].flat()[0], name]);
    // Runs until everything is queued: told so by a flag, or for long enough where nothing is shared.
    const flag = backend === 'shared' ? sharedArray(Int32Array, 2) : undefined;
    const first = flag ? pool.apply(t.stayUntil, [flag]) : pool.apply(t.later, ['first', 300]);
    while (flag && Atomics.load(flag, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    if (backend === 'message') void pool.apply(t.square, [0]); // two are on the way to a worker
    const rest = [];
    for (const x of range(4)) rest.push(pool.apply(t.count).then(note(`usual ${x}`)));
    for (const x of range(2)) rest.push(pool.apply(t.count, [], { priority: -1 }).then(note(`low ${x}`)));
    for (const x of range(2)) rest.push(pool.apply(t.count, [], { priority: 5 }).then(note(`high ${x}`)));
    rest.push(pool.map(t.count, range(3), { priority: 2 }).then(note('map')));
    rest.push(pool.apply(t.count, [], { priority: 10 }).then(note('top')));
    if (flag) {
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    }
    await first;
    await Promise.all(rest);
    deepEqual(
      ran.sort(([a], [b]) => a - b).map(([, name]) => name),
      ['top', 'high 0', 'high 1', 'map', 'usual 0', 'usual 1', 'usual 2', 'usual 3', 'low 0', 'low 1'],
    );
    equal(await pool.apply(t.square, [7]), 49, 'later work');
  });
});

testEach('what has a low priority is not passed over for ever', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    let high = 0;
    const low = pool.apply(t.echo, ['low'], { priority: -3 });
    let isOver = false;
    const flood = (async () => {
      const under = new Set();
      while (!isOver && high < 5000) {
        high++;
        const one = pool.apply(t.echo, [high], { priority: 1 }).finally(() => under.delete(one));
        under.add(one);
        if (under.size >= 8) await Promise.race(under);
      }
      await Promise.all(under);
    })();
    equal(await low, 'low');
    isOver = true;
    await flood;
    ok(high < 5000, `it waited for ${high} others`);
  });
});

testWorkers('a worker that uses too much memory is replaced after its task', async (backend) => {
  const shared = sharedArray(Float64Array, 8 * 2 ** 20); // the heap is nobody's own memory
  await usingPool({ processes: 1, backend, maxMemoryPerChild: 48 * 2 ** 20 }, async (pool) => {
    const small = new Set();
    for (const _ of range(3)) small.add((await pool.apply(t.where)).pid);
    equal(small.size, 1, 'workers for small tasks');
    let next = 0;
    // Bun counts what is used at its next garbage collection.
    for (let i = 0; i < 12 && (i === 0 || small.has(next)); i++) {
      await pool.apply(t.hoard, [8 * 2 ** 20]);
      next = (await pool.apply(t.where)).pid;
    }
    equal(small.has(next), gaps.noMemoryUsage, 'the same worker goes on');
  });
  release(shared);
});

test('bad options are refused', async () => {
  throws(() => new Pool({ processes: 1, taskTimeout: -1 }), { type: RangeError, text: 'taskTimeout' });
  await usingPool(1, async (pool) => {
    await rejects(pool.apply(t.square, [1], { priority: Number.NaN }), {
      type: RangeError,
      text: 'priority',
    });
    await rejects(pool.map(t.square, [1], { taskTimeout: 'soon' }), {
      type: RangeError,
      text: 'taskTimeout',
    });
  });
});

// Thousands of short calls share frames; nobody can tell.
for (const [what, name] of [
  [0, 'return numbers'],
  [1, 'throw now and then'],
  [2, 'return text now and then'],
  [3, 'are asynchronous now and then'],
  [4, 'end their worker once'],
  [5, 'reject now and then'],
  [6, 'wait for one that comes after them'],
]) {
  testOn(
    ['shared'],
    `10,000 calls at once that ${name} run once each and settle for themselves`,
    async () => {
      const cells = sharedArray(Int32Array, 10_000);
      const pool = new Pool({ processes: 2, initializer: t.useCells, initargs: [cells] });
      const outcomes = await Promise.allSettled(range(10_000).map((i) => pool.apply(t.mark, [i, what])));
      const isOdd = (i) => i % 97 === 50;
      outcomes.forEach(({ status, value, reason }, i) => {
        const odd = isOdd(i) ? what : 0;
        const failed = odd === 1 || odd === 5 || (odd === 4 && i === 5870);
        equal(status, failed ? 'rejected' : 'fulfilled', `call ${i}: ${reason}`);
        if (failed)
          ok(odd === 4 ? reason instanceof WorkerExitError : reason instanceof RangeError, String(reason));
        if (failed && odd !== 4) equal(reason.message, `no ${i}`);
        if (!failed) equal(value, odd === 2 ? `text ${i}` : odd === 3 ? -i : i);
      });
      ok(
        cells.every((count) => count === 1),
        'each ran once',
      );
      const { done, failed } = pool.stats();
      equal(done + failed, 10_000);
      await pool.close();
      release(cells);
    },
  );
}
