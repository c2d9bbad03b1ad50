// What a task throws arrives as it was thrown.

import { deepEqual, equal, includes, ok, rejects } from '../assert.js';
import { describe, testEach, usingPool } from '../harness.js';
import { NotShareableError } from '../lib.js';
import { BurntError, t } from '../tasks.js';

describe('errors');

testEach('a built-in error keeps class, name, message and the worker stack', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwError, ['too salty']), { type: TypeError });
    equal(error.name, 'TypeError');
    equal(error.message, 'too salty');
    if (backend !== 'inline') includes(error.remoteStack, 'tasks.js');
    await rejects(pool.apply(t.rejectLater, ['later']), { type: TypeError, text: 'later' });
  });
});

testEach('a registered class arrives as itself, with its fields', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwBurnt, [90]), { type: BurntError });
    equal(error.minutes, 90);
    equal(error.isBlack, true);
    equal(error.name, 'BurntError');
    equal(await pool.apply(t.hasRemoteClass, [new BurntError('sent', 61)]), true, 'as an argument');
  });
});

testEach('a class that nobody registered arrives as its nearest known one', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwSecret), { type: RangeError, code: 'E_SECRET' });
    equal(error.name, 'SecretError');
    deepEqual(error.details, { tried: [1, 2, 3] });
  });
});

testEach('the chain of causes arrives', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwChain), { type: Error, text: 'the dinner failed' });
    ok(error.cause instanceof RangeError);
    equal(error.cause.message, 'no oven');
    equal(error.cause.cause, 'power cut');
  });
});

testEach('an AggregateError keeps its errors', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwMany), { type: AggregateError, text: 'two things failed' });
    equal(error.errors.length, 2);
    ok(error.errors[0] instanceof TypeError && error.errors[1] instanceof BurntError);
    equal(error.errors[1].minutes, 5);
  });
});

testEach('a DOMException keeps its name', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const error = await rejects(pool.apply(t.throwDom), { type: DOMException });
    equal(error.name, 'AbortError');
    equal(error.message, 'the wait is over');
  });
});

testEach('an error of manyhands arrives as its class', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(t.throwOurs), {
      type: NotShareableError,
      code: 'ERR_NOT_SHAREABLE',
      text: 'last slice',
    });
  });
});

testEach(
  'a thrown value that is no error arrives as the cause of an error that shows it',
  async (backend) => {
    await usingPool({ processes: 1, backend }, async (pool) => {
      for (const value of ['just text', 42, null, { code: 7 }]) {
        const error = await rejects(pool.apply(t.throwValue, [value]), { type: Error });
        deepEqual(error.cause, value);
      }
      includes((await rejects(pool.apply(t.throwValue, ['just text']))).message, 'just text');
      const error = await rejects(pool.apply(t.throwUndefined), { type: Error });
      equal(error.cause, undefined);
      includes(error.message, 'undefined');
    });
  },
);

testEach('a stack overflow is an error like any other', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(t.overflow), { type: Error });
    equal(await pool.apply(t.square, [4]), 16);
  });
});

testEach('errors of many calls at a time reach their own callers', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, (_, i) =>
        i % 3 === 0 ? pool.apply(t.throwError, [`e${i}`]) : pool.apply(t.square, [i]),
      ),
    );
    outcomes.forEach((outcome, i) => {
      if (i % 3 === 0) equal(outcome.reason?.message, `e${i}`);
      else equal(outcome.value, i * i);
    });
    const { done, failed, running, queued } = pool.stats();
    deepEqual({ done, failed, running, queued }, { done: 200, failed: 100, running: 0, queued: 0 });
  });
});
