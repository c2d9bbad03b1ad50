// map, starmap, imap, imapUnordered and their options.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { gaps } from '../gaps.js';
import { describe, testEach, testOn, testWorkers, usingPool } from '../harness.js';
import { BlockingNotAllowedError, TimeoutError } from '../lib.js';
import { t } from '../tasks.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);
const squares = (n) => range(n).map((x) => x * x);

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

describe('map');

testEach('the results stand in the order of the items', async (backend) => {
  await usingPool({ processes: 3, backend }, async (pool) => {
    deepEqual(await pool.map(t.square, range(1000)), squares(1000));
    deepEqual(await pool.map(t.square, []), []);
    deepEqual(await pool.map(t.square, new Set([3, 1, 2])), [9, 1, 4]);
    deepEqual(
      await pool.map(
        t.echo,
        (function* () {
          yield 'a';
          yield 'b';
        })(),
      ),
      ['a', 'b'],
    );
  });
});

testEach('starmap spreads its items over the parameters', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    deepEqual(await pool.starmap(t.add, [[1, 2], [3, 4], [5]]), [3, 7, 105]);
    deepEqual(await pool.starmap(t.add, []), []);
  });
});

testEach('any chunksize gives the same results', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    for (const chunksize of [1, 7, 100, 1000]) {
      deepEqual(await pool.map(t.square, range(100), { chunksize }), squares(100), `chunksize ${chunksize}`);
    }
    for (const chunksize of [0, -1, 1.5, Number.NaN]) {
      await rejects(pool.map(t.square, [1], { chunksize }), { type: RangeError, text: 'chunksize' });
    }
  });
});

testEach('results go into a typed array of the caller', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const numbers = Float64Array.from({ length: 5000 }, (_, i) => i + 0.5);
    const expected = numbers.map((x) => x * x);
    const out = new Float64Array(5000);
    equal(await pool.map(t.square, numbers, { out }), out);
    deepEqual(out, expected);
    deepEqual(await pool.map(t.square, [1.5, 300], { out: new Uint8Array(2) }), new Uint8Array([2, 90000]));
    deepEqual(
      await pool.starmap(
        t.add,
        [
          [1, 2],
          [3, 4],
        ],
        { out: new Int32Array(2) },
      ),
      new Int32Array([3, 7]),
    );
    deepEqual(await pool.map(t.echo, [1n, -2n], { out: new BigInt64Array(2) }), new BigInt64Array([1n, -2n]));
    equal(await pool.map(t.square, numbers, { out: numbers }), numbers, 'in place');
    deepEqual(numbers, expected);
    deepEqual(await pool.map(t.square, [], { out: new Int8Array(0) }), new Int8Array(0));
  });
});

testEach(
  'a typed array that cannot take the results is refused, or the first that it cannot',
  async (backend) => {
    await usingPool({ processes: 2, backend }, async (pool) => {
      const of = (items, out, options) => pool.map(t.echo, items, { out, ...options });
      await rejects(of([1, 2], new Float64Array(3)), { type: RangeError, text: 'wanted 2 elements, came 3' });
      await rejects(of([1], [0]), { type: TypeError, text: 'wanted a typed array' });
      await rejects(of([1], new Float64Array(1), { settled: true }), { type: TypeError, text: 'settled' });
      await rejects(of([1, 'x'], new Float64Array(2)), {
        type: TypeError,
        text: 'item 1 into out: wanted a number',
      });
      await rejects(of([1, 2], new BigInt64Array(2)), {
        type: TypeError,
        text: 'wanted a bigint, came number',
      });
      deepEqual(await pool.map(t.square, [3]), [9], 'the pool goes on');
    });
  },
);

testEach('many maps at a time do not mix', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const all = await Promise.all(
      range(20).map((k) =>
        pool.map(
          t.echo,
          range(50).map((i) => k * 100 + i),
        ),
      ),
    );
    for (const [k, results] of all.entries()) {
      deepEqual(
        results,
        range(50).map((i) => k * 100 + i),
      );
    }
    const single = await Promise.all(range(500).map((i) => pool.apply(t.square, [i])));
    deepEqual(single, squares(500));
  });
});

testEach('progress never goes back and ends at the total', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const seen = [];
    await pool.map(t.square, range(5000), { progress: (state) => seen.push(state) });
    ok(seen.length > 0);
    seen.forEach(({ done, total, rate, eta }, i) => {
      equal(total, 5000, 'total');
      ok(rate >= 0 && eta >= 0);
      ok(i === 0 || done >= seen[i - 1].done, 'done fell');
    });
    equal(seen.at(-1).done, 5000);
    equal(seen.at(-1).eta, 0);
  });
});

testEach('an abort rejects with the reason of the signal', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const reason = new Error('guests left');
    await rejects(pool.map(t.later, range(10), { signal: AbortSignal.abort(reason) }), {
      fields: { message: 'guests left' },
    });
    const controller = new AbortController();
    const pending = pool.map(t.later, range(100_000), { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    equal(await rejects(pending), reason);
    equal(await rejects(pool.apply(t.square, [1], { signal: AbortSignal.abort(reason) })), reason);
    equal(await pool.apply(t.square, [5]), 25);
  });
});

testEach('a call that takes longer than its timeout rejects', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await pool.apply(t.square, [1]);
    await rejects(pool.apply(t.later, [1, 400], { timeout: 20 }), {
      type: TimeoutError,
      code: 'ERR_TIMEOUT',
      text: '20 ms',
    });
    await rejects(pool.map(t.later, range(100_000), { timeout: 20 }), { type: TimeoutError });
    deepEqual(await pool.map(t.square, [1, 2], { timeout: 30_000 }), [1, 4]);
  });
});

testEach('settled gives every item its outcome', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const outcomes = await pool.map(t.throwOnOdd, range(40), { settled: true });
    equal(outcomes.length, 40);
    outcomes.forEach((outcome, i) => {
      if (i % 2 === 0) deepEqual(outcome, { status: 'fulfilled', value: i });
      else {
        equal(outcome.status, 'rejected');
        ok(outcome.reason instanceof RangeError);
        equal(outcome.reason.message, `${i} is odd`);
      }
    });
    const star = await pool.starmap(
      t.throwAt,
      [
        [1, 2],
        [2, 2],
      ],
      { settled: true },
    );
    deepEqual(
      star.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });
});

testEach('the first failing item rejects the map, and the pool goes on', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    await rejects(
      pool.starmap(
        t.throwAt,
        range(100).map((i) => [i, 50]),
      ),
      { type: RangeError, text: 'item 50 is bad' },
    );
    await rejects(pool.map(t.throwError, ['no'], { chunksize: 1 }), { type: TypeError, text: 'no' });
    deepEqual(await pool.map(t.square, range(10)), squares(10));
  });
});

describe('blocking');

testOn(['shared'], 'mapSync, starmapSync and applySync block for the same results', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    if (gaps.mainThreadCannotBlock) {
      const wanted = { type: BlockingNotAllowedError, code: 'ERR_BLOCKING_NOT_ALLOWED' };
      throws(() => pool.mapSync(t.square, range(10)), { ...wanted, text: ['use map'] });
      throws(() => pool.applySync(t.square, [1]), { ...wanted, text: ['use apply'] });
      deepEqual(pool.mapSync(t.square, []), [], 'what needs no wait');
      deepEqual(await pool.map(t.square, range(10)), squares(10));
      return;
    }
    deepEqual(pool.mapSync(t.square, range(300)), squares(300));
    deepEqual(
      pool.starmapSync(t.add, [
        [1, 2],
        [3, 4],
      ]),
      [3, 7],
    );
    equal(pool.applySync(t.square, [12]), 144);
    equal(pool.applySync(t.later, ['late', 5]), 'late');
    throws(() => pool.applySync(t.throwError, ['sync']), { type: TypeError, text: 'sync' });
    throws(() => pool.mapSync(t.throwOnOdd, range(10)), { type: RangeError });
    deepEqual(pool.mapSync(t.throwOnOdd, [1, 2], { settled: true })[1], { status: 'fulfilled', value: 2 });
  });
});

testOn(['message'], 'a thread without shared memory is told to use the async form', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    throws(() => pool.applySync(t.square, [1]), { type: BlockingNotAllowedError, text: 'Use apply' });
    equal(await pool.apply(t.square, [2]), 4);
  });
});

testOn(['inline'], 'inline work runs at once when blocked for', async (backend) => {
  await usingPool({ backend }, async (pool) => {
    deepEqual(pool.mapSync(t.square, range(10)), squares(10));
    throws(() => pool.applySync(t.later, [1]), { type: BlockingNotAllowedError });
  });
});

describe('imap');

testEach('imap gives the results in order', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    deepEqual(await collect(pool.imap(t.square, range(500))), squares(500));
    deepEqual(await collect(pool.imap(t.sometimesAsync, range(100), { chunksize: 3 })), range(100));
    deepEqual(await collect(pool.imap(t.square, [])), []);
  });
});

testEach('imapUnordered gives every result once', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const results = await collect(pool.imapUnordered(t.square, range(500), { chunksize: 7 }));
    deepEqual(
      results.sort((a, b) => a - b),
      squares(500),
    );
  });
});

testEach(
  'an endless input is pulled only as far as the buffer, and closed when the loop is left',
  async (backend) => {
    await usingPool({ processes: 2, backend }, async (pool) => {
      let pulled = 0;
      let closed = 0;
      function* endless() {
        try {
          for (;;) yield pulled++;
        } finally {
          closed++;
        }
      }
      const results = [];
      for await (const result of pool.imap(t.square, endless(), { buffer: 8 })) {
        results.push(result);
        ok(pulled <= results.length + 8, `${pulled} pulled for ${results.length} read`);
        if (results.length === 100) break;
      }
      deepEqual(results, squares(100));
      equal(closed, 1, 'times closed');
      equal(await pool.apply(t.square, [2]), 4);
    });
  },
);

testEach('an async iterable feeds imap', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    async function* slowly() {
      for (const x of range(20)) {
        if (x % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        yield x;
      }
    }
    deepEqual(await collect(pool.imap(t.square, slowly())), squares(20));
  });
});

testEach('imap can be asked on after an error', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const results = pool.imap(t.throwOnOdd, range(6), { chunksize: 2 });
    const seen = [];
    for (let i = 0; i < 6; i++)
      seen.push(
        await results.next().then(
          ({ value }) => value,
          (error) => error.message,
        ),
      );
    deepEqual(seen, [0, '1 is odd', 2, '3 is odd', 4, '5 is odd']);
    equal((await results.next()).done, true);
    equal((await results.next()).done, true);
  });
});

testEach('an error of the input comes after the results before it', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    function* broken() {
      yield 1;
      yield 2;
      throw new RangeError('the input broke');
    }
    const results = pool.imap(t.square, broken());
    deepEqual([(await results.next()).value, (await results.next()).value], [1, 4]);
    await rejects(results.next(), { type: RangeError, text: 'the input broke' });
    equal((await results.next()).done, true);
  });
});

testEach('an abort ends imap with the reason', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const controller = new AbortController();
    const results = pool.imap(t.square, range(1_000_000), { signal: controller.signal });
    equal((await results.next()).value, 0);
    controller.abort(new Error('enough'));
    await rejects(results.next(), { text: 'enough' });
    equal((await results.next()).done, true);
    throws(() => pool.imap(t.square, [], { signal: controller.signal }), { text: 'enough' });
  });
});

testWorkers('work is spread over the workers', async (backend) => {
  await usingPool({ processes: 3, backend }, async (pool) => {
    await pool.ready;
    const names = new Set();
    while (names.size < 3)
      for (const { name } of await pool.map(t.where, range(30), { chunksize: 1 })) names.add(name);
    equal(names.size, 3);
  });
});

testEach('a lazy map and a single call tell their progress', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const told = [];
    const progress = ({ done, total }) => told.push([done, total]);
    for await (const _ of pool.imap(t.square, range(20), { progress }));
    deepEqual(told.at(-1), [20, 20]);
    ok(told.every(([, total]) => total === 20));
    const lazily = (function* () {
      yield* range(5);
    })();
    for await (const _ of pool.imapUnordered(t.square, lazily, { progress }));
    deepEqual(told.at(-1), [5, 5]);
    ok(told.slice(-2)[0][1] !== 20, 'an input that does not tell its length has no total');
    await pool.apply(t.square, [2], { progress });
    deepEqual(told.at(-1), [1, 1]);
  });
});

testEach('a lazy map that takes longer than its timeout ends with it', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const results = pool.imap(t.later, [1, 2, 3], { timeout: 5 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const wanted = { type: TimeoutError, text: 'imap within 5 ms' };
    await rejects(
      (async () => {
        for await (const _ of results);
      })(),
      wanted,
    );
    equal((await results.next()).done, true);
    const whole = [];
    for await (const value of pool.imap(t.square, [1, 2, 3], { timeout: 60_000 })) whole.push(value);
    deepEqual(whole, [1, 4, 9]);
  });
});
