// Processes: a worker that runs one function, and who is alive.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { gaps } from '../gaps.js';
import { describe, test, testEach, testOn, testWorkers } from '../harness.js';
import {
  activeChildren,
  availableBackends,
  BlockingNotAllowedError,
  ClosedError,
  getContext,
  InvalidStateError,
  NotShareableError,
  Pool,
  Process,
  ProcessPoolExecutor,
  sharedArray,
  WorkerExitError,
} from '../lib.js';
import { t, undeclared } from '../tasks.js';

/** Runs the body while `console.error` only takes note. */
async function quietly(body) {
  const { error } = console;
  const said = [];
  console.error = (...args) => said.push(args.join(' '));
  try {
    await body();
  } finally {
    console.error = error;
  }
  return said;
}

const ended = (process) => [process.exitCode, process.isAlive()];

describe('processes');

testOn(['shared'], "exit handlers of the worker's program run", async (backend) => {
  const flag = sharedArray(Int32Array, 1);
  const said = await quietly(async () => {
    const process = new Process(t.armExit, { args: [flag], backend });
    process.start();
    await process.join();
    equal(process.exitCode, gaps.noExitHandlers ? 1 : 0);
  });
  equal(flag[0], gaps.noExitHandlers ? 0 : 100);
  equal(said.length, gaps.noExitHandlers ? 1 : 0);
});

testEach('a process runs its function and ends with 0', async (backend) => {
  const process = new Process(t.later, { args: ['dish', 5], backend });
  deepEqual([process.pid, process.exitCode, process.isAlive(), process.daemon], [null, null, false, false]);
  equal(process.start(), undefined);
  ok(process.isAlive() && process.pid > 0);
  equal(process.exitCode, null);
  equal(await process.join(), undefined);
  deepEqual(ended(process), [0, false]);
  equal(await process.sentinel, 0);
  await process.join(0);
  process.terminate();
  equal(process.exitCode, 0, 'the exit code after a late terminate');
  process.close();
  process.close();
  throws(() => process.isAlive(), { type: ClosedError });
  throws(() => process.start(), { type: ClosedError });
});

testOn(['shared'], 'what it works on is shared, and it knows itself', async () => {
  const array = sharedArray(Int32Array, 3);
  const process = new Process(t.fill, { args: [array, 7], name: 'cook' });
  process.start();
  await process.join();
  deepEqual([process.exitCode, process.name, ...array], [0, 'cook', 7, 7, 7]);
});

test('names count up, and may be set until the start', async () => {
  const [one, two] = [
    new Process(t.nothing, { backend: 'inline' }),
    new Process(t.nothing, { backend: 'inline' }),
  ];
  ok(/^Process-\d+$/.test(one.name), one.name);
  equal(Number(two.name.slice(8)), Number(one.name.slice(8)) + 1);
  one.name = 'baker';
  one.daemon = true;
  deepEqual([one.name, one.daemon], ['baker', true]);
  one.start();
  throws(() => (one.name = 'late'), { type: InvalidStateError });
  throws(() => (one.daemon = false), { type: InvalidStateError });
  await one.join();
});

testEach('a function that throws is said aloud, and ends with 1', async (backend) => {
  const said = await quietly(async () => {
    const process = new Process(t.throwError, { args: ['no gas'], backend });
    process.start();
    await process.join();
    equal(process.exitCode, 1);
  });
  equal(said.length, 1);
  ok(said[0].includes('no gas') && said[0].includes('Process-'), said[0]);
});

testEach('what a function returns is dropped, whatever it is', async (backend) => {
  const process = new Process(t.giveFunction, { backend });
  process.start();
  await process.join();
  equal(process.exitCode, 0);
});

testWorkers('a process ends with the code that it exits with', async (backend) => {
  if (gaps.noExitCode) return;
  const process = new Process(t.exit, { args: [5], backend });
  process.start();
  await process.join();
  equal(process.exitCode, 5);
});

testEach('terminate ends with -15, kill with -9', async (backend) => {
  for (const [end, exitCode] of [
    ['terminate', -15],
    ['kill', -9],
  ]) {
    const ms = backend === 'inline' ? 100 : 60_000; // nothing can be ended there, it runs on unheard
    const process = new Process(t.later, { args: [1, ms], backend, daemon: true });
    process.start();
    process[end]();
    await process.join(5000);
    deepEqual(ended(process), [exitCode, false]);
  }
});

testWorkers('an endless loop can be terminated', async (backend) => {
  const process = new Process(t.spin, { backend, daemon: true });
  process.start();
  await process.join(150);
  equal(process.exitCode, null, 'the exit code while it runs');
  process.kill();
  await process.join();
  equal(process.exitCode, -9);
});

testEach('join returns when its time runs out', async (backend) => {
  const process = new Process(t.later, { args: [1, 80], backend });
  process.start();
  await process.join(1);
  ok(process.isAlive());
  throws(() => process.close(), { type: InvalidStateError });
  equal(await process.join({ signal: AbortSignal.abort('enough') }).catch((reason) => reason), 'enough');
  await process.join({ timeout: 10_000 });
  equal(process.exitCode, 0);
});

testOn(['shared'], 'joinSync blocks this thread, as far as it may', async () => {
  const process = new Process(t.later, { args: [1, 30] });
  process.start();
  if (gaps.mainThreadCannotBlock) {
    throws(() => process.joinSync(), { type: BlockingNotAllowedError, text: 'join()' });
    await process.join();
    return;
  }
  process.joinSync(1);
  equal(process.exitCode, null);
  process.joinSync();
  deepEqual(ended(process), [0, false]);
  const exits = new Process(t.exit, { args: [6] });
  exits.start();
  exits.joinSync();
  equal(exits.exitCode, 6);
  const endless = new Process(t.later, { args: [1, 60_000] });
  endless.start();
  endless.terminate();
  endless.joinSync();
  equal(endless.exitCode, -15);
  const thrown = new Process(t.throwError, { args: ['blocked'] });
  await quietly(async () => {
    thrown.start();
    thrown.joinSync();
    equal(thrown.exitCode, 1);
    while (activeChildren().length > 0 || !thrown.sentinel) await new Promise((r) => setTimeout(r, 1));
    await new Promise((resolve) => setTimeout(resolve, 50)); // what it threw is said by a message
  });
});

test('processes in the wrong state say so', async () => {
  const process = new Process(t.nothing, { backend: 'inline' });
  await rejects(process.join(), { type: InvalidStateError, text: 'never started' });
  throws(() => process.terminate(), { type: InvalidStateError });
  throws(() => process.sentinel, { type: InvalidStateError });
  process.start();
  throws(() => process.start(), { type: InvalidStateError, text: 'started before' });
  await process.join();
  throws(() => new Process(undeclared), { type: NotShareableError });
  throws(() => new Process(t.echo, { args: [() => 1], backend: 'inline' }).start(), {});
  throws(() => new Process(t.echo, { backend: 'fork' }), { type: TypeError, text: 'fork' });
});

testWorkers('activeChildren lists processes and the workers of pools', async (backend) => {
  equal(activeChildren().length, 0);
  const process = new Process(t.later, { args: [1, 60_000], backend });
  process.start();
  const pool = new Pool({ processes: 2, backend, name: 'cook' });
  await pool.ready;
  const children = activeChildren();
  deepEqual(
    children.map(({ name, pid }) => [name, typeof pid]),
    [
      [process.name, 'number'],
      ['cook-1', 'number'],
      ['cook-2', 'number'],
    ],
  );
  equal(children[0], process);
  equal(children[1], activeChildren()[1]);
  ok(children.every((child) => child.isAlive()));
  const task = pool.broadcast(t.later, [1, 60_000]);
  children[1].terminate();
  const error = await rejects(task, { type: WorkerExitError });
  equal(error.exitCode, -15);
  equal(children[1].isAlive(), false);
  process.terminate();
  await process.join();
  await pool.terminate();
  equal(activeChildren().length, 0);
});

testWorkers('a child starts children of its own', async (backend) => {
  const pool = new Pool({ processes: 1, backend });
  const child = await pool.apply(t.startChild, [[3, 4]]);
  equal(child.exitCode, 0);
  equal(child.name, 'PoolWorker-1:1');
  await pool.close();
});

testEach('a context binds its backend', async (backend) => {
  const context = getContext(backend);
  equal(context.backend, backend);
  const pool = new context.Pool(1);
  ok(pool instanceof Pool);
  equal(pool.backend, backend);
  equal(await pool.apply(t.square, [3]), 9);
  await pool.close();
  const executor = new context.ProcessPoolExecutor({ maxWorkers: 1 });
  ok(executor instanceof ProcessPoolExecutor);
  equal(await executor.submit(t.square, 4), 16);
  await executor.shutdown();
  const process = new context.Process(t.square, { args: [5] });
  ok(process instanceof Process);
  process.start();
  await process.join();
  equal(process.exitCode, 0);
});

test('a context of a backend that is not to be had is refused', () => {
  equal(getContext().backend, availableBackends()[0]);
  throws(() => getContext('fork'), { type: TypeError });
  for (const backend of ['shared', 'message']) {
    if (!availableBackends().includes(backend))
      throws(() => getContext(backend), { type: NotShareableError });
  }
});
