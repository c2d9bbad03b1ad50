// Results that are asked for later: AsyncResult and its callbacks.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testEach, testOn, testWorkers, usingPool } from '../harness.js';
import {
  AsyncResult,
  ClosedError,
  InvalidStateError,
  NotShareableError,
  Pool,
  TimeoutError,
} from '../lib.js';
import { t, undeclared } from '../tasks.js';

describe('async results');

testEach('mapAsync, starmapAsync and applyAsync give a result to ask for later', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const mapped = pool.mapAsync(t.square, [1, 2, 3]);
    ok(mapped instanceof AsyncResult);
    deepEqual(await mapped.get(), [1, 4, 9]);
    deepEqual(await mapped, [1, 4, 9]);
    deepEqual([mapped.ready(), mapped.successful()], [true, true]);
    deepEqual(await pool.starmapAsync(t.add, [[1, 2], [3]]), [3, 103]);
    deepEqual(await pool.applyAsync(t.add, [40, 2]).get(5000), 42);
    deepEqual(await pool.mapAsync(t.square, []), []);
    deepEqual(await pool.mapAsync(t.throwOnOdd, [2, 4], { settled: true }), [
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 4 },
    ]);
  });
});

testEach('what is not ready says so', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const result = pool.applyAsync(t.later, ['late', 60]);
    equal(result.ready(), false);
    throws(() => result.successful(), { type: InvalidStateError });
    await rejects(result.get(1), { type: TimeoutError });
    await rejects(result.wait({ timeout: 1 }), { type: TimeoutError });
    equal(await result.wait(), undefined);
    equal(result.successful(), true);
    equal(await result.get(0), 'late');
  });
});

testEach('wait never throws what the task threw', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const result = pool.mapAsync(t.throwAt, [1, 2, 3]);
    const failing = pool.applyAsync(t.throwError, ['burnt']);
    await failing.wait();
    deepEqual([failing.ready(), failing.successful()], [true, false]);
    await rejects(failing.get(), { type: TypeError, text: 'burnt' });
    await rejects(failing, { type: TypeError, text: 'burnt' });
    deepEqual(await result, [1, 2, 3]);
  });
});

testEach('callbacks are told the result or the error', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const told = [];
    const callback = (result) => told.push(['result', result]);
    const errorCallback = (error) => told.push(['error', error.message]);
    await pool.applyAsync(t.square, [3], { callback, errorCallback });
    await pool.mapAsync(t.square, [1, 2], { callback, errorCallback });
    await pool.applyAsync(t.throwError, ['burnt'], { callback, errorCallback }).wait();
    await pool.applyAsync(t.throwError, ['unheard'], { callback }).wait();
    deepEqual(told, [
      ['result', 9],
      ['result', [1, 4]],
      ['error', 'burnt'],
    ]);
  });
});

testEach('the options of a call hold', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const late = pool.applyAsync(t.later, [1, 100], { timeout: 1 });
    await rejects(late, { type: TimeoutError });
    const controller = new AbortController();
    const aborted = pool.mapAsync(t.later, [1, 2], { signal: controller.signal });
    controller.abort(new RangeError('enough'));
    await rejects(aborted, { type: RangeError, text: 'enough' });
  });
});

testOn(['shared'], 'getSync blocks this thread, as far as it may', async () => {
  await usingPool(1, async (pool) => {
    const result = pool.applyAsync(t.square, [6]);
    if ('document' in globalThis) await result;
    equal(result.getSync(), 36);
    if ('document' in globalThis) return;
    const late = pool.applyAsync(t.later, ['late', 50]);
    throws(() => late.getSync(1), { type: TimeoutError });
    equal(late.getSync(), 'late');
    throws(() => pool.applySync(t.later, ['never', 200], { timeout: 5 }), { type: TimeoutError });
    throws(() => pool.mapSync(t.later, [1, 2, 3], { timeout: 0 }), { type: TimeoutError });
  });
});

test('bad calls and closed pools are refused at once', async () => {
  const pool = new Pool(1);
  throws(() => pool.applyAsync(undeclared), { type: NotShareableError });
  await pool.close();
  throws(() => pool.mapAsync(t.square, [1]), { type: ClosedError });
});

testWorkers('pending results end with the pool', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  const results = [pool.applyAsync(t.later, [1, 1000]), pool.mapAsync(t.square, [1, 2, 3])];
  const ended = pool.terminate();
  for (const result of results) await rejects(result, { type: ClosedError });
  await ended;
});
