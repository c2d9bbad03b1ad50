// Dicts, lists, namespaces and remote objects.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testOn, usingPool } from '../harness.js';
import { availableBackends, ClosedError, Lock, Manager, NotShareableError, WorkerExitError } from '../lib.js';
import { m, Till } from '../manager-tasks.js';

describe('manager');

async function using(options, body) {
  const manager = new Manager(options);
  try {
    return await body(manager);
  } finally {
    await manager.close();
  }
}

test('a dict is what a Map is, and atomic where that matters', () =>
  using({}, (manager) => {
    const dict = manager.dict([['eggs', 12]]);
    ok(dict.set('milk', 3.5) === dict);
    deepEqual(
      [dict.get('eggs'), dict.get('milk'), dict.get('tea'), dict.has('tea'), dict.size],
      [12, 3.5, undefined, false, 2],
    );
    equal(
      dict.update('eggs', (n) => n - 2),
      10,
    );
    equal(
      dict.update('tea', (n) => n + 1, 0),
      1,
    );
    equal(dict.getOrSet('salt', 1), 1);
    deepEqual(
      [...dict],
      [
        ['eggs', 10],
        ['milk', 3.5],
        ['tea', 1],
        ['salt', 1],
      ],
    );
    deepEqual([dict.pop('tea'), dict.delete('tea'), dict.delete('milk')], [1, false, true]);
    deepEqual(
      [[...dict.keys()], [...dict.values()], [...dict.entries()]],
      [
        ['eggs', 'salt'],
        [10, 1],
        [
          ['eggs', 10],
          ['salt', 1],
        ],
      ],
    );
    dict.clear();
    deepEqual([dict.size, [...dict]], [0, []]);
  }));

test('a list is what an array is', () =>
  using({}, (manager) => {
    const list = manager.list(['soup']);
    equal(list.push('salad', { dish: 'dessert' }), 3);
    list.insert(1, 'bread');
    list.set(0, 'broth');
    deepEqual(list.toArray(), ['broth', 'bread', 'salad', { dish: 'dessert' }]);
    deepEqual(
      [list.remove(1), list.pop(), list.at(-1), list.get(0), list.length],
      ['bread', { dish: 'dessert' }, 'salad', 'broth', 2],
    );
    deepEqual([...list], ['broth', 'salad']);
    throws(() => list.set(2, 'x'), { type: RangeError });
  }));

test('a namespace is an object', () =>
  using({}, (manager) => {
    const oven = manager.namespace({ degrees: 180 });
    oven.door = 'shut';
    deepEqual({ ...oven }, { degrees: 180, door: 'shut' });
    ok('door' in oven && delete oven.door && oven.door === undefined);
  }));

test('thousands of keys come and go', () =>
  using({}, (manager) => {
    const dict = manager.dict();
    for (let i = 0; i < 3000; i++) dict.set(`key ${i}`, i % 2 ? i : { i });
    for (let i = 0; i < 3000; i += 3) dict.delete(`key ${i}`);
    equal(dict.size, 2000);
    for (let i = 0; i < 3000; i++)
      deepEqual(dict.get(`key ${i}`), i % 3 === 0 ? undefined : i % 2 ? i : { i });
  }));

test('what cannot be shared is refused', () =>
  using({}, (manager) => {
    const dict = manager.dict();
    throws(() => dict.set('fn', () => {}), { type: NotShareableError });
    throws(() => manager.list([Symbol('x')]), { type: NotShareableError });
    equal(dict.size, 0);
  }));

test('after close everything says so', async () => {
  const manager = new Manager();
  const dict = manager.dict();
  await manager.close();
  throws(() => dict.get('a'), { type: ClosedError });
  throws(() => manager.list(), { type: ClosedError });
});

testOn(['shared'], 'workers share dicts, lists and namespaces live', (backend) =>
  using({}, (manager) =>
    usingPool({ processes: 2, backend }, async (pool) => {
      const dict = manager.dict({ inner: manager.dict(), lock: new Lock() });
      const list = manager.list();
      const namespace = manager.namespace({ from: 'main' });
      await pool.starmap(
        m.share,
        Array.from({ length: 8 }, (_, i) => [dict, list, namespace, i]),
        { chunksize: 1 },
      );
      equal(dict.get('count'), 8 * 200);
      equal(dict.get('inner').size, 8 * 50);
      deepEqual(list.toArray().sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
      equal(namespace.from, 'a worker');
      ok((await pool.apply(m.echo, [dict])) === dict, 'the same object comes back');
    }),
  ),
);

testOn(['message'], 'without shared memory nothing is copied silently', (backend) =>
  using({}, (manager) =>
    usingPool({ processes: 1, backend }, async (pool) => {
      for (const thing of [manager.dict(), manager.list(), manager.namespace()]) {
        await rejects(pool.apply(m.echo, [thing]), { type: NotShareableError });
      }
    }),
  ),
);

testOn(['shared', 'inline'], 'remote objects keep state, throw, and answer side by side', (backend) =>
  using({ backend }, async (manager) => {
    const till = await manager.create(Till, 10);
    equal(await till.sell(5), 15);
    await rejects(till.sell('x'), { type: TypeError, text: 'a price is a number' });
    await rejects(manager.create(Till, -1), { type: RangeError });
    const order = till.order();
    await till.put('soup');
    equal(await order, 'soup');
    await rejects(manager.create(class Pan {}), { type: NotShareableError, text: 'register' });
  }),
);

testOn(['shared'], 'a remote object works in every thread, and its death is told in each', (backend) =>
  using({}, (manager) =>
    usingPool({ processes: 2, backend }, async (pool) => {
      const till = await manager.create(Till);
      await pool.starmap(
        m.sellAt,
        Array.from({ length: 20 }, () => [till, 2]),
      );
      equal(await till.total(), 40);
      const waiting = rejects(till.forever(), { type: WorkerExitError });
      const waitingThere = rejects(pool.apply(m.waitAt, [till]), { type: WorkerExitError });
      await rejects(till.quit(), { type: WorkerExitError });
      await Promise.all([waiting, waitingThere]);
      await rejects(till.total(), { type: WorkerExitError });
      await rejects(pool.apply(m.sellAt, [till, 2]), { type: WorkerExitError });
    }),
  ),
);

test('backends that are not there are refused', () => {
  throws(() => new Manager({ backend: 'none' }), { type: TypeError });
  if (!availableBackends().includes('shared')) {
    throws(() => new Manager({ backend: 'shared' }), { type: NotShareableError });
  }
});
