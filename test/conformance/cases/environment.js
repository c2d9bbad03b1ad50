// What the program can learn about where it runs, and how functions become tasks.

import { deepEqual, equal, includes, ok, rejects, throws } from '../assert.js';
import { gaps } from '../gaps.js';
import { describe, test, testEach, testWorkers, usingPool } from '../harness.js';
import {
  availableBackends,
  cpuCount,
  currentProcess,
  explain,
  inline,
  isMain,
  ManyhandsError,
  NotShareableError,
  parentProcess,
  tasks,
} from '../lib.js';
import { cube, inlineMethod, notSelfContained, t, undeclared } from '../tasks.js';

describe('environment');

test('cpuCount is a whole number from 1', () => {
  ok(Number.isInteger(cpuCount()) && cpuCount() >= 1);
});

test('availableBackends names known backends, best first, inline always', () => {
  const backends = availableBackends();
  const order = ['shared', 'message', 'inline'];
  deepEqual(backends, order.slice(order.indexOf(backends[0])));
});

test('explain names the backend in use', () => {
  includes(explain(), `"${availableBackends()[0]}"`);
  includes(explain(), globalThis.document ? 'browser' : 'on ');
});

test('the best backend is the one that a pool gets', async () => {
  await usingPool({ processes: 1 }, (pool) => equal(pool.backend, availableBackends()[0]));
});

test('the main thread is MainProcess and has no parent', () => {
  equal(currentProcess().name, 'MainProcess');
  ok(currentProcess().pid >= 1);
  equal(parentProcess(), undefined);
});

test('isMain is true of no imported module', () => {
  if (!gaps.noEntryModule) equal(isMain(import.meta.url), false);
  else equal(typeof isMain(import.meta.url), 'boolean');
  equal(isMain(undefined), false);
});

testWorkers('a worker knows its name, number and parent, and is not main', async (backend) => {
  await usingPool({ processes: 1, backend, name: 'Cook' }, async (pool) => {
    const { name, pid, parent, isMain } = await pool.apply(t.where);
    equal(name, 'Cook-1');
    ok(Number.isInteger(pid) && pid >= 1);
    equal(parent.name, 'MainProcess');
    equal(isMain, false);
    ok((await pool.apply(t.cores)) >= 1);
  });
});

describe('tasks');

test('a declared function stays callable where it was declared', () => {
  equal(t.square(7), 49);
  equal(cube(3), 27);
});

testEach('a declared function runs with its arguments and defaults', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    equal(await pool.apply(t.square, [9]), 81);
    equal(await pool.apply(t.add, [1]), 101);
    equal(await pool.apply(t.add, [1, 2]), 3);
    deepEqual(await pool.apply(t.argumentsOf, [1, 'two', [3]]), [1, 'two', [3]]);
    deepEqual(await pool.apply(t.argumentsOf), []);
    equal(await pool.apply(t.nothing), undefined);
  });
});

testEach('an async function is awaited', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    equal(await pool.apply(t.later, ['soup']), 'soup');
    const items = Array.from({ length: 50 }, (_, i) => i);
    deepEqual(await pool.map(t.later, items), items);
    deepEqual(await pool.map(t.sometimesAsync, items), items);
  });
});

testEach('an inline function runs from its source', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    equal(await pool.apply(cube, [4]), 64);
    equal(await pool.apply(inlineMethod, [21]), 42);
    deepEqual(
      await pool.map(
        inline(async (x) => [x, typeof x]),
        [1],
      ),
      [[1, 'number']],
    );
  });
});

testEach('an inline function with free variables is refused by their names', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(notSelfContained, [1]), {
      type: NotShareableError,
      code: 'ERR_NOT_SHAREABLE',
      text: ['factor', 'offset'],
    });
    equal(await pool.apply(cube, [2]), 8);
  });
});

testEach('an undeclared function is refused with the two ways to declare it', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const wanted = { type: NotShareableError, text: ['undeclared', 'tasks(import.meta.url', 'inline('] };
    await rejects(pool.apply(undeclared, [1]), wanted);
    await rejects(pool.map(undeclared, [1]), wanted);
    throws(() => pool.imap(undeclared, [1]), wanted);
    await rejects(pool.apply('square', [1]), { type: TypeError });
  });
});

testWorkers('a task that its module does not declare in a worker is refused', async (backend) => {
  const { here } = tasks(new URL('../assert.js', import.meta.url).href, { here: () => 1 });
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(here), { type: NotShareableError, text: 'here' });
    equal(await pool.apply(t.square, [2]), 4);
  });
});

testWorkers('a task module that cannot be loaded is an error of its calls alone', async (backend) => {
  const { lost } = tasks(new URL('./nowhere.js', import.meta.url).href, { lost: () => 1 });
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(lost), { type: Error });
    equal(await pool.apply(t.square, [2]), 4);
  });
});

test('what is no function cannot be declared', () => {
  throws(() => tasks('x', { notOne: 1 }), { type: TypeError, text: 'notOne' });
  throws(() => inline(1), { type: TypeError });
  throws(() => inline(Math.max), { type: NotShareableError, text: 'max' });
});

test('every error class is a ManyhandsError with a code', async () => {
  const library = await import('../lib.js');
  const classes = Object.values(library).filter((value) => value?.prototype instanceof ManyhandsError);
  ok(classes.length >= 16, `only ${classes.length} error classes`);
  for (const Class of classes) {
    const error = new Class('why', { cause: 1 });
    includes(error.code, 'ERR_');
    equal(error.name, Class.name.replace(/\d+$/, '').replace(/^_/, ''), 'name');
    equal(error.message, 'why');
    equal(error.cause, 1);
  }
});
