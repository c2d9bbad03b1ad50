// The life of workers: start, initializer, replacement, death, and what their tasks learn of it.

import { deepEqual, equal, includes, ok, rejects } from '../assert.js';
import { gaps } from '../gaps.js';
import { describe, testEach, testOn, testWorkers, usingPool } from '../harness.js';
import { BrokenProcessPoolError, ClosedError, Pool, release, sharedArray, WorkerExitError } from '../lib.js';
import { t } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Calls until the answer is right; the harness guards against waiting for ever. */
async function until(isRight) {
  while (!(await isRight())) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('workers');

testWorkers(
  'a worker that exits fails its task with WorkerExitError, and the pool goes on',
  async (backend) => {
    await usingPool({ processes: 1, backend }, async (pool) => {
      const error = await rejects(pool.apply(t.exit, [3]), {
        type: WorkerExitError,
        code: 'ERR_WORKER_EXIT',
        text: ['exit'],
      });
      equal(error.task, 'exit');
      includes(String(error.worker), 'PoolWorker-');
      if (!gaps.noExitCode) equal(error.exitCode, 3);
      equal(await pool.apply(t.square, [6]), 36);
      await until(() => pool.stats().restarts === 1);
    });
  },
);

testWorkers('other tasks survive the death of a worker', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    await pool.ready;
    const pending = range(60).map((i) => pool.apply(t.exitOn, [i, i % 20 === 7 ? i : -1]));
    const outcomes = await Promise.allSettled(pending);
    outcomes.forEach((outcome, i) => {
      if (i % 20 === 7)
        ok(outcome.reason instanceof WorkerExitError, `task ${i}: ${outcome.reason ?? outcome.value}`);
      else equal(outcome.value, i * 2, `task ${i}`);
    });
    deepEqual(await pool.map(t.square, [1, 2, 3]), [1, 4, 9]);
  });
});

testWorkers('a map whose worker exits rejects, or with settled loses that chunk alone', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const items = range(20).map((i) => [i, 11]);
    await rejects(pool.starmap(t.exitOn, items, { chunksize: 1 }), { type: WorkerExitError });
    const outcomes = await pool.starmap(t.exitOn, items, { chunksize: 1, settled: true });
    ok(outcomes[11].reason instanceof WorkerExitError);
    equal(outcomes.filter(({ status }) => status === 'rejected').length, 1, 'items lost');
  });
});

testOn(['shared'], 'retries give the task to another worker', async (backend) => {
  const attempts = sharedArray(Int32Array, 1);
  await usingPool({ processes: 1, backend }, async (pool) => {
    equal(await pool.apply(t.exitUntil, [attempts, 3], { retries: 2 }), 3);
    attempts[0] = 0;
    await rejects(pool.apply(t.exitUntil, [attempts, 3], { retries: 1 }), { type: WorkerExitError });
    attempts[0] = 0;
    deepEqual(await pool.starmap(t.exitUntil, [[attempts, 2]], { retries: 1 }), [2]);
  });
  await usingPool({ processes: 1, backend, retries: 2 }, async (pool) => {
    attempts[0] = 0;
    equal(await pool.apply(t.exitUntil, [attempts, 3]), 3, "the pool's own retries");
    await rejects(pool.apply(t.throwError, ['once']), { type: TypeError });
  });
  release(attempts);
});

testEach('the initializer runs in every worker before its first task', async (backend) => {
  await usingPool({ processes: 2, backend, initializer: t.initialize, initargs: ['salt'] }, async (pool) => {
    deepEqual(await pool.map(t.initialized, range(20)), range(20).fill('salt'));
  });
  await usingPool(
    { processes: 1, backend, initializer: t.initializeLater, initargs: ['pepper'] },
    async (pool) => {
      equal(await pool.apply(t.initialized), 'pepper');
    },
  );
});

testEach('a failing initializer breaks the pool with its reason as the cause', async (backend) => {
  const pool = new Pool({ processes: 2, backend, initializer: t.failToInitialize });
  const wanted = {
    type: BrokenProcessPoolError,
    code: 'ERR_BROKEN_PROCESS_POOL',
    text: 'no gas in the kitchen',
  };
  const [pending, mapped] = [pool.apply(t.square, [1]), pool.map(t.square, range(1000))];
  const error = await rejects(pending, wanted);
  ok(error.cause instanceof RangeError);
  await rejects(mapped, wanted);
  await rejects(pool.ready, wanted);
  await rejects(pool.apply(t.square, [1]), wanted);
  await rejects(pool.map(t.square, [1]), wanted);
  await pool.terminate();
});

testWorkers('workers that exit before they are ready break the pool', async (backend) => {
  const pool = new Pool({ processes: 1, backend, initializer: t.exitAtStart });
  await rejects(pool.apply(t.square, [1]), { type: BrokenProcessPoolError });
  await rejects(pool.apply(t.square, [1]), { type: BrokenProcessPoolError });
  await pool.terminate();
});

testWorkers('maxTasksPerChild renews a worker after so many items', async (backend) => {
  await usingPool({ processes: 1, backend, maxTasksPerChild: 3 }, async (pool) => {
    const counts = [];
    for (let i = 0; i < 12; i++) counts.push(await pool.apply(t.count));
    ok(Math.max(...counts) <= 3, `a worker did ${Math.max(...counts)} items: ${counts}`);
    ok(counts.filter((count) => count === 1).length >= 4, String(counts));
    deepEqual(
      await pool.map(t.square, range(50), { chunksize: 1 }),
      range(50).map((x) => x * x),
    );
  });
});

testWorkers('broadcast runs once on every worker', async (backend) => {
  const flag = backend === 'shared' ? sharedArray(Int32Array, 1) : undefined;
  await usingPool({ processes: 3, backend }, async (pool) => {
    await pool.ready;
    // All three are inside at once: none of them can have run it twice.
    const names = flag
      ? await pool.broadcast(t.meet, [flag, 3])
      : (await pool.broadcast(t.where)).map(({ name }) => name);
    equal(new Set(names).size, 3);
    equal(names.length, 3);
    await rejects(pool.broadcast(t.throwError, ['all']), { type: TypeError, text: 'all' });
    await pool.broadcast(t.initialize, ['told']);
    deepEqual(await pool.map(t.initialized, range(9)), range(9).fill('told'));
  });
  if (flag) release(flag);
});

testWorkers('resize adds workers and lets go of those too many', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await pool.apply(t.square, [1]);
    pool.resize(3);
    equal(pool.processes, 3);
    await until(() => pool.stats().workers === 3);
    const names = new Set();
    while (names.size < 3)
      for (const { name } of await pool.map(t.where, range(30), { chunksize: 1 })) names.add(name);
    pool.resize(1);
    equal(pool.processes, 1);
    await until(() => pool.stats().workers === 1);
    deepEqual(
      await pool.map(t.square, range(20)),
      range(20).map((x) => x * x),
    );
  });
});

testWorkers('a pool in a worker works and ends', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    deepEqual(await pool.apply(t.nested, [[1, 2, 3]]), [1, 4, 9]);
    deepEqual(await pool.apply(t.nested, [[4]]), [16], 'again');
  });
});

for (const [death, error] of [
  ['is killed', ClosedError],
  ['exits', WorkerExitError],
]) {
  testOn(
    ['shared'],
    `a worker that ${death} takes the workers of its own pool along, and their memory returns`,
    async (backend) => {
      const words = sharedArray(Int32Array, 2);
      const pool = new Pool({ processes: 1, backend });
      const pending = pool.apply(t.nestedAtWork, [words]);
      await until(() => Atomics.load(words, 0) > 10);
      if (death === 'exits') Atomics.store(words, 1, 1);
      else pool.terminate();
      await rejects(pending, { type: error });
      await pool.terminate();
      await until(async () => {
        const counted = Atomics.load(words, 0);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return counted === Atomics.load(words, 0);
      });
      release(words);
    },
  );
}

testOn(['shared'], 'a worker may block for a pool of its own, in a page too', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    deepEqual(await pool.apply(t.nestedSync, [[5, 6], false]), [25, 36]);
    equal(await pool.apply(t.square, [2]), 4);
  });
});

testOn(['shared'], 'a worker may block for a pool that it has just made', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const pending = pool.apply(t.nestedSync, [[5, 6], true]);
    if (gaps.blockedThreadStartsNoWorkers)
      await rejects(pending, { type: BrokenProcessPoolError, text: 'no worker has started' });
    else deepEqual(await pending, [25, 36]);
    equal(await pool.apply(t.square, [2]), 4);
  });
});
