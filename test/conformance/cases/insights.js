// What a pool tells of its work.

import { deepEqual, equal, ok } from '../assert.js';
import { describe, testEach, testWorkers, usingPool } from '../harness.js';
import { t } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);

describe('insights');

testEach('insights add up', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    await pool.ready;
    await pool.map(t.square, range(100));
    await pool.map(t.later, range(8), { chunksize: 1 });
    await pool.apply(t.later, ['slow', 40]);
    const { workers, slowest, overheadMs } = pool.insights();
    equal(workers.length, backend === 'inline' ? 1 : 2);
    equal(
      workers.reduce((sum, { tasks }) => sum + tasks, 0),
      109,
    );
    for (const worker of workers) {
      deepEqual(Object.keys(worker), ['pid', 'startMs', 'waitMs', 'workMs', 'idleMs', 'tasks']);
      ok(
        Object.values(worker).every((value) => Number.isFinite(value) && value >= 0),
        JSON.stringify(worker),
      );
    }
    ok(workers.some(({ workMs }) => workMs >= 30));
    ok(
      slowest.some(({ fn, ms }) => fn === 'later' && ms >= 30),
      'the slow one',
    );
    ok(slowest.every(({ ms }, i) => i === 0 || slowest[i - 1].ms >= ms));
    ok(slowest.length <= 10 && overheadMs >= 0);
  });
});

testEach('a trace has every task, on the worker that ran it', async (backend) => {
  await usingPool({ processes: 2, backend, name: 'cook' }, async (pool) => {
    const before = performance.timeOrigin + performance.now();
    await Promise.all(range(6).map((x) => pool.apply(t.later, [x, 2])));
    await pool.map(t.square, range(10), { chunksize: 5 });
    const events = pool.trace();
    const spans = events.filter(({ cat }) => cat === 'task');
    deepEqual(spans.filter(({ name }) => name === 'later').length, 6);
    deepEqual(
      spans.filter(({ name }) => name === 'square').map(({ args }) => args.items),
      [5, 5],
    );
    const threads = new Set(events.filter(({ ph }) => ph === 'M').map(({ tid }) => tid));
    ok(
      spans.every(
        ({ ph, tid, ts, dur }) => ph === 'X' && threads.has(tid) && dur >= 0 && ts >= (before - 1000) * 1000,
      ),
    );
    ok(JSON.stringify(events).length > 0);
  });
});

testWorkers('workers that have gone still stand in the insights', async (backend) => {
  await usingPool({ processes: 1, backend, maxTasksPerChild: 2 }, async (pool) => {
    for (const x of range(6)) await pool.apply(t.square, [x]);
    const { workers } = pool.insights();
    ok(workers.length >= 3, `${workers.length} workers`);
    equal(
      workers.reduce((sum, { tasks }) => sum + tasks, 0),
      6,
    );
  });
});
