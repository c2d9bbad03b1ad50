// The executor, its futures, and the functions over many of them.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testEach, testOn, testWorkers } from '../harness.js';
import {
  asCompleted,
  BrokenProcessPoolError,
  CancelledError,
  ClosedError,
  Future,
  NotShareableError,
  ProcessPoolExecutor,
  TimeoutError,
  WorkerExitError,
  wait,
} from '../lib.js';
import { t, undeclared } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Runs the body with an executor and shuts it down, whatever happens. */
async function using(options, body) {
  const executor = new ProcessPoolExecutor(options);
  try {
    return await body(executor);
  } finally {
    await executor.shutdown();
  }
}

async function all(iterator) {
  const values = [];
  for await (const value of iterator) values.push(value);
  return values;
}

describe('futures');

testEach('submit gives a future that is the result', async (backend) => {
  await using({ maxWorkers: 2, backend }, async (executor) => {
    const future = executor.submit(t.add, 20, 22);
    ok(future instanceof Future);
    equal(await future, 42);
    equal(await future.result(), 42);
    equal(await future.result(0), 42, 'a result that is there needs no time');
    equal(await future.exception(), undefined);
    deepEqual(
      [future.done(), future.running(), future.cancelled(), future.cancel()],
      [true, false, false, false],
    );
    deepEqual(
      await Promise.all(range(50).map((x) => executor.submit(t.square, x))),
      range(50).map((x) => x * x),
    );
  });
});

testEach('an error is thrown by result and given by exception', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const future = executor.submit(t.throwError, 'burnt');
    const error = await future.exception();
    ok(error instanceof TypeError && error.message === 'burnt');
    await rejects(future.result(), { type: TypeError, text: 'burnt' });
    await rejects(future, { type: TypeError });
    equal(await future.then(null, (caught) => caught === error), true);
    equal(await future.catch(() => 'caught'), 'caught');
    ok(future.done() && !future.cancelled());
    equal(await executor.submit(t.square, 3), 9, 'the executor goes on');
  });
});

testEach('a result that does not come in time is a TimeoutError, and the call goes on', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const future = executor.submit(t.later, 'late', 60);
    await rejects(future.result(1), { type: TimeoutError });
    await rejects(future.exception({ timeout: 0 }), { type: TimeoutError });
    equal(await future.result({ signal: AbortSignal.abort('enough') }).catch((reason) => reason), 'enough');
    equal(await future.result({ timeout: 10_000 }), 'late');
  });
});

testEach('a call that waits can be cancelled, one that runs cannot', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const first = executor.submit(t.later, 'first', 30);
    const more = range(5).map((x) => executor.submit(t.later, x, 30));
    const last = executor.submit(t.square, 4);
    while (!first.running() && !first.done()) await new Promise((resolve) => setTimeout(resolve, 0));
    equal(first.cancel(), false);
    const told = [];
    last.addDoneCallback((future) => told.push(future === last, future.cancelled()));
    equal(last.cancel(), true);
    equal(last.cancel(), true, 'once more');
    deepEqual(told, [true, true]);
    deepEqual([last.cancelled(), last.done(), last.running()], [true, true, false]);
    await rejects(last.result(), { type: CancelledError });
    await rejects(last.exception(), { type: CancelledError });
    equal(await first, 'first');
    deepEqual(await Promise.all(more), range(5));
  });
});

testEach('callbacks come once, in order, with the future', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const future = executor.submit(t.square, 5);
    const told = [];
    future.addDoneCallback((done) => told.push(['a', done === future, done.done()]));
    future.addDoneCallback(() => told.push(['b']));
    await future;
    future.addDoneCallback(() => told.push(['late']));
    deepEqual(told, [['a', true, true], ['b'], ['late']]);
  });
});

testOn(['shared'], 'resultSync blocks this thread, as far as it may', async () => {
  await using({ maxWorkers: 1 }, async (executor) => {
    const future = executor.submit(t.square, 6);
    if ('document' in globalThis) await future;
    equal(future.resultSync(), 36);
    if ('document' in globalThis) return;
    const late = executor.submit(t.later, 'late', 50);
    throws(() => late.resultSync(1), { type: TimeoutError });
    equal(late.resultSync(), 'late');
  });
});

testEach('wait returns at the first, at the first error, or when all are done', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const quick = executor.submit(t.square, 2);
    const bad = executor.submit(t.throwError, 'bad');
    const slow = executor.submit(t.later, 'slow', 80);
    const first = await wait([quick, slow], { returnWhen: 'FIRST_COMPLETED' });
    ok(first.done.has(quick) && first.notDone.has(slow));
    const error = await wait([slow, bad, quick], { returnWhen: 'FIRST_EXCEPTION' });
    ok(error.done.has(bad) && error.notDone.has(slow));
    const early = await wait([quick, quick, slow], { timeout: 1 });
    deepEqual([early.done.size, early.notDone.size], [1, 1]);
    const whole = await wait([quick, bad, slow]);
    deepEqual([whole.done.size, whole.notDone.size], [3, 0]);
    deepEqual([(await wait([])).done.size], [0]);
    await rejects(wait([quick], { returnWhen: 'SOMETIME' }), { type: TypeError });
    const aborted = wait([executor.submit(t.later, 1, 20)], { signal: AbortSignal.abort('no') });
    equal(await aborted.catch((reason) => reason), 'no');
  });
});

testEach('asCompleted gives each future once, as they are done', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const futures = [
      executor.submit(t.square, 1),
      executor.submit(t.throwError, 'x'),
      executor.submit(t.later, 3, 5),
    ];
    await futures[0];
    const seen = [];
    for await (const future of asCompleted([...futures, ...futures])) seen.push(futures.indexOf(future));
    deepEqual(seen, [0, 1, 2]);
    const slow = executor.submit(t.later, 'slow', 80);
    const late = [];
    await rejects(
      (async () => {
        for await (const future of asCompleted([slow, futures[0]], { timeout: 5 })) late.push(future);
      })(),
      { type: TimeoutError },
    );
    deepEqual(late.length, 1);
    equal(await slow, 'slow');
  });
});

testEach('map gives the results in order, of the shortest input', async (backend) => {
  await using({ maxWorkers: 2, backend }, async (executor) => {
    deepEqual(await all(executor.map(t.add, range(9), [1, 2, 3])), [1, 3, 5]);
    deepEqual(
      await all(executor.map(t.square, new Set(range(100)), { chunksize: 7 })),
      range(100).map((x) => x * x),
    );
    deepEqual(await all(executor.map(t.echo, 'abc')), ['a', 'b', 'c']);
    deepEqual(await all(executor.map(t.echo, [])), []);
    const input = (async function* () {
      yield* range(20);
    })();
    deepEqual(await all(executor.map(t.later, input, { bufferSize: 3 })), range(20));
    const results = executor.map(t.throwAt, range(4), [9, 9, 2, 9]);
    deepEqual([(await results.next()).value, (await results.next()).value], [0, 1]);
    await rejects(results.next(), { type: RangeError, text: 'item 2' });
    equal((await results.next()).value, 3, 'the one after the error');
    await rejects(all(executor.map(t.later, range(5), [50, 50, 50, 50, 50], { timeout: 10 })), {
      type: TimeoutError,
    });
  });
});

testEach('map with a bufferSize reads no further than that', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    let read = 0;
    const endless = (function* () {
      for (;;) yield read++;
    })();
    for await (const value of executor.map(t.square, endless, { bufferSize: 4 })) {
      ok(read <= Math.sqrt(value) + 6, `read ${read} items at result ${value}`);
      if (value >= 400) break;
    }
  });
});

testEach('shutdown waits for the accepted calls, and takes no more', async (backend) => {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1, backend });
  const futures = range(8).map((x) => executor.submit(t.later, x));
  const mapped = executor.map(t.square, range(5));
  await executor.shutdown();
  ok(futures.every((future) => future.done()));
  deepEqual(await all(mapped), [0, 1, 4, 9, 16]);
  throws(() => executor.submit(t.square, 1), { type: ClosedError });
  throws(() => executor.map(t.square, [1]), { type: ClosedError });
  await executor.shutdown();
});

testEach('shutdown can cancel what waits, and need not be waited for', async (backend) => {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1, backend });
  const first = executor.submit(t.later, 'first', 30);
  while (!first.running()) await new Promise((resolve) => setTimeout(resolve, 0));
  const futures = range(20).map((x) => executor.submit(t.later, x, 5));
  await executor.shutdown({ wait: false, cancelFutures: true });
  ok(!first.done(), 'it did not wait');
  equal(await first, 'first');
  await executor.shutdown();
  ok(futures.every((future) => future.done()));
  ok(futures.filter((future) => future.cancelled()).length >= 18);
});

testEach('terminateWorkers and killWorkers settle everything', async (backend) => {
  for (const [end, exitCode] of [
    ['terminateWorkers', -15],
    ['killWorkers', -9],
  ]) {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, backend });
    const running = executor.submit(t.later, 'never', 300);
    while (!running.running()) await new Promise((resolve) => setTimeout(resolve, 0));
    const waiting = range(5).map((x) => executor.submit(t.square, x));
    const ended = executor[end]();
    const error = await running.exception(5000);
    ok(error instanceof WorkerExitError && error.exitCode === exitCode, `came ${error}`);
    await wait(waiting, { timeout: 5000 });
    ok(waiting.every((future) => future.done()));
    ok(waiting.at(-1).cancelled());
    await ended;
    throws(() => executor.submit(t.square, 1), { type: ClosedError });
  }
});

testWorkers('a worker that dies fails its call alone', async (backend) => {
  await using({ maxWorkers: 1, backend }, async (executor) => {
    const futures = [executor.submit(t.exit, 3), executor.submit(t.square, 4)];
    const error = await futures[0].exception();
    ok(error instanceof WorkerExitError, `came ${error}`);
    await wait(futures);
    equal(await executor.submit(t.square, 5), 25);
  });
});

testEach('a failing initializer breaks the executor for all that is submitted', async (backend) => {
  const executor = new ProcessPoolExecutor({ maxWorkers: 2, backend, initializer: t.failToInitialize });
  const futures = [executor.submit(t.square, 1), executor.submit(t.square, 2)];
  for (const future of futures) {
    const error = await future.exception();
    ok(error instanceof BrokenProcessPoolError && error.cause instanceof RangeError, `came ${error}`);
  }
  await rejects(executor.submit(t.square, 3), { type: BrokenProcessPoolError });
  await executor.shutdown();
});

test('bad arguments are refused at once', async () => {
  throws(() => new ProcessPoolExecutor({ maxWorkers: 0 }), { type: RangeError, text: 'maxWorkers' });
  throws(() => new ProcessPoolExecutor(1.5), { type: RangeError });
  await using({ maxWorkers: 1 }, async (executor) => {
    equal(executor.maxWorkers, 1);
    throws(() => executor.submit(undeclared, 1), { type: NotShareableError });
    throws(() => executor.map(t.square, [1], { bufferSize: 0 }), { type: RangeError, text: 'bufferSize' });
    throws(() => executor.map(t.square, [1], { chunksize: 0 }), { type: RangeError, text: 'chunksize' });
  });
});
