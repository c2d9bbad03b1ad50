// The fault matrix: every fault in every phase of a worker's life. In each cell all that was asked settles exactly
// once, with the result or an error that says what happened; what comes after is served; nothing stays on the heap.
// Over 400 lines, so that the matrix stands in one place; test/conformance/faults has what runs in the workers.

import { deepEqual, equal, fail, includes, ok } from '../assert.js';
import { f } from '../faults/tasks.js';
import { gaps, leftByLoops, runtimeName } from '../gaps.js';
import { describe, testOn } from '../harness.js';
import {
  activeChildren,
  BrokenProcessPoolError,
  Lock,
  NotShareableError,
  OutOfMemoryError,
  OwnerDiedError,
  Pool,
  Queue,
  release,
  sharedArray,
  TimeoutError,
  tasks,
  WorkerExitError,
} from '../lib.js';

/** What an endless loop is given: its taskTimeout where it is a task, else the call's timeout. */
const LIMIT_MS = 500;
/** The same, where something has to be done before: a busy machine may take its time. */
const LONG_LIMIT_MS = 1500;
const HEAP_MB = 24;

/** Faults that strike inside a worker's code, and what a task that they strike fails with. */
const STRIKES = {
  throw: { type: RangeError, text: 'struck' },
  exit: { type: WorkerExitError },
  trap: { type: WebAssembly.RuntimeError },
  'stack overflow': { type: RangeError },
  'out of memory': gaps.noHeapLimit ? { type: RangeError } : { type: WorkerExitError },
  'grow fails': { type: OutOfMemoryError },
  'endless loop': { type: TimeoutError },
  kill: { type: WorkerExitError },
};
/** The same, where the fault strikes while a value is encoded. */
const ENCODED = {
  ...STRIKES,
  'stack overflow': { type: NotShareableError, text: 'too deep' },
  'unclonable argument': { type: NotShareableError },
  'unclonable result': { type: NotShareableError, text: 'inner[0]' },
};

/** A pool with one worker, and everything asked of it. */
class Cell {
  #calls = [];
  pools = [];
  #said = [];
  #error = console.error;
  constructor(backend, fault) {
    this.backend = backend;
    this.fault = fault;
    this.limited = fault === 'out of memory' && !gaps.noHeapLimit;
    this.flag = backend === 'shared' ? sharedArray(Int32Array, 2) : undefined;
    console.error = (...words) => this.#said.push(words.join(' '));
    /** What tasks are told of the fault. */
    this.args = [fault, this.flag, this.limited];
  }

  open(options = {}) {
    const resourceLimits = this.limited ? { maxOldGenerationSizeMb: HEAP_MB } : undefined;
    this.pool = new Pool({ processes: 1, backend: this.backend, name: 'Struck', resourceLimits, ...options });
    this.pools.push(this.pool);
    return this.pool;
  }

  /** Asks for a call; every call is counted as often as it is settled. */
  ask(fn, args = [], options = {}) {
    const call = { name: fn.name, settled: 0 };
    this.#calls.push(call);
    const callback = () => call.settled++;
    return this.pool
      .applyAsync(fn, args, {
        taskTimeout: this.fault === 'endless loop' ? LIMIT_MS : undefined,
        ...options,
        callback,
        errorCallback: callback,
      })
      .then(
        (value) => ({ value }),
        (error) => ({ error }),
      );
  }

  kill() {
    activeChildren()
      .find(({ name }) => name.startsWith('Struck'))
      .kill();
  }

  /** The parent's part in a kill: when the worker has come to where it waits for it. */
  async killWhenStruck() {
    if (this.fault !== 'kill') return;
    await this.pool.ready;
    await until(() =>
      this.flag === undefined ? this.pool.stats().running === 1 : Atomics.load(this.flag, 0) > 0,
    );
    this.kill();
  }

  /** Ends an endless loop, where it can be told. */
  letGo() {
    if (this.flag === undefined) return;
    Atomics.store(this.flag, 1, 1);
    Atomics.notify(this.flag, 1);
  }

  /** What ended a worker was said aloud. */
  heard() {
    if (['throw', 'trap', 'stack overflow', 'grow fails'].includes(this.fault))
      ok(
        this.#said.some((text) => text.includes('Struck-')),
        'the death of an idle worker was said aloud',
      );
  }

  async serves() {
    deepEqual(await this.ask(f.square, [6], { taskTimeout: undefined }), { value: 36 }, 'the next call');
  }

  async end() {
    this.letGo();
    for (const pool of this.pools) await pool.terminate();
    console.error = this.#error;
    for (const { name, settled } of this.#calls) equal(settled, 1, `how often ${name} was settled`);
    if (this.flag !== undefined) release(this.flag);
  }
}

async function until(isRight) {
  while (!isRight()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The outcome is the fault's. */
function struck({ value, error }, wanted) {
  if (error === undefined) fail(`wanted ${wanted.type.name}, came a result: ${String(value).slice(0, 100)}`);
  if (!(error instanceof wanted.type))
    fail(`wanted ${wanted.type.name}, came ${error.name}: ${error.message}`);
  if (wanted.text) includes(error.message, wanted.text);
  if (error instanceof WorkerExitError) {
    ok(String(error.worker).startsWith('Struck-'), `the error names its worker: ${error.worker}`);
    ok(error.task !== undefined, 'the error names its task');
  }
}

/** How a fault is brought about in each phase of a worker's life, and what must come of it. */
const phases = {
  async loading(cell) {
    const { fault } = cell;
    if (fault === 'failed initializer') {
      cell.open({ initializer: f.strike, initargs: ['throw'] });
      for (let i = 0; i < 2; i++)
        struck(await cell.ask(f.square, [1]), { type: BrokenProcessPoolError, text: 'struck' });
      return;
    }
    cell.open(fault === 'bad URL' || fault === 'kill' ? {} : { initializer: f.prepare, initargs: cell.args });
    const file = fault === 'bad URL' ? './nowhere.js' : '../faults/loading.js';
    const { touch } = tasks(new URL(file, import.meta.url).href, { touch: () => {} });
    const asked = cell.ask(touch);
    if (fault === 'kill') {
      cell.kill();
      const outcome = await asked;
      if (outcome.value !== 'touched') struck(outcome, STRIKES.kill); // nobody had begun it, as far as is known
    } else if (fault === 'bad URL') {
      includes((await asked).error.message, 'nowhere.js');
    } else {
      struck(await asked, STRIKES[fault]);
    }
    await cell.serves();
  },

  async idle(cell) {
    cell.open();
    equal((await cell.ask(f.arm, cell.args, { taskTimeout: undefined })).value, 'armed');
    if (cell.fault === 'endless loop') {
      // Nothing runs, so there is nothing to end: who does not want to wait for ever says how long.
      if (cell.flag !== undefined) await until(() => Atomics.load(cell.flag, 0) === 1);
      const outcome = await cell.ask(f.square, [2], { timeout: LIMIT_MS, taskTimeout: undefined });
      if (cell.flag === undefined) return; // without shared memory nobody knows whether the loop came first
      struck(outcome, STRIKES[cell.fault]);
      cell.letGo();
    } else {
      if (cell.fault === 'kill') cell.kill();
      await until(() => cell.pool.stats().restarts === 1);
      cell.heard();
    }
    await cell.serves();
  },

  /** Tasks wait for the worker when it is struck between two others. */
  async receiving(cell) {
    cell.open();
    const { fault } = cell;
    if (fault === 'unclonable argument') {
      const asked = [cell.ask(f.work, [20]), cell.ask(f.square, [() => {}]), cell.ask(f.square, [3])];
      const [first, second, third] = await Promise.all(asked);
      deepEqual([first.value, third.value], ['worked', 9]);
      struck(second, { type: NotShareableError, text: 'args[0]' });
      return;
    }
    const limit = fault === 'endless loop' ? { timeout: 2 * LIMIT_MS, taskTimeout: undefined } : {};
    const unlimited = { taskTimeout: undefined };
    const asked = [cell.ask(f.arm, cell.args, unlimited), cell.ask(f.work, [110], unlimited)];
    const waiting = [2, 3, 4].map((x) => cell.ask(f.square, [x], limit));
    if (fault === 'kill') {
      await cell.pool.ready;
      cell.kill();
    }
    const outcomes = await Promise.all([...asked, ...waiting]);
    outcomes.forEach(({ value, error }, index) => {
      const wanted = ['armed', 'worked', 4, 9, 16][index];
      if (value !== wanted)
        struck({ value, error }, fault === 'endless loop' ? STRIKES[fault] : { type: WorkerExitError });
    });
    if (fault === 'endless loop') {
      if (cell.flag === undefined) return;
      cell.letGo();
    } else {
      // Without shared memory nobody knows whether the first of those that wait had begun.
      const lost = fault === 'kill' || cell.backend === 'message' ? 1 : 0;
      ok(
        outcomes.filter(({ error }) => error !== undefined).length <= lost,
        `${lost} tasks are lost at most`,
      );
      await until(() => cell.pool.stats().restarts === 1);
      if (outcomes.every(({ error }) => error === undefined)) cell.heard();
    }
    await cell.serves();
  },

  async decoding(cell) {
    cell.open();
    const { fault } = cell;
    if (fault === 'stack overflow') {
      let deep = [];
      for (let i = 0; i < 990; i++) deep = [deep];
      equal((await cell.ask(f.sum, [deep])).value, 1);
      for (let i = 0; i < 100; i++) deep = [deep];
      struck(await cell.ask(f.sum, [deep]), { type: NotShareableError, text: 'nested' });
    } else {
      const values = Array.from({ length: 400_000 }, (_, i) => ({ i, text: `number ${i}` }));
      await cell.pool.ready;
      const asked = cell.ask(f.sum, [values]);
      if (fault === 'kill') {
        await until(() => cell.pool.stats().running === 1);
        cell.kill();
      }
      if (fault === 'out of memory' && gaps.noHeapLimit) equal((await asked).value, 400_000);
      else struck(await asked, STRIKES[fault]);
    }
    await cell.serves();
  },

  async running(cell) {
    cell.open();
    const asked = cell.ask(f.strike, cell.args);
    await cell.killWhenStruck();
    struck(await asked, STRIKES[cell.fault]);
    await cell.serves();
  },

  async 'holding a lock'(cell) {
    const { fault } = cell;
    const lock = new Lock();
    cell.open();
    const limit = fault === 'endless loop' ? { taskTimeout: LONG_LIMIT_MS } : {};
    const asked = cell.ask(f.strikeHolding, [lock, ...cell.args], limit);
    await cell.killWhenStruck();
    struck(await asked, STRIKES[fault] ?? { type: NotShareableError });
    const error = await lock.acquire().then(
      () => fail('the lock was not held any more'),
      (reason) => reason,
    );
    if (!(error instanceof OwnerDiedError)) throw error;
    error.guard.release();
    await cell.serves();
  },

  async 'mid-push'(cell) {
    const { fault } = cell;
    const queue = new Queue();
    cell.open();
    const asked = cell.ask(f.strikePushing, [queue, ...cell.args]);
    await cell.killWhenStruck();
    struck(await asked, ENCODED[fault]);
    await queue.put('after');
    let count = 0;
    for (let item = await queue.get(); item !== 'after'; item = await queue.get()) {
      equal(item.i, count++, 'the order of what was put');
      deepEqual([...new Set(item.bytes)], [item.i & 255], 'a whole item');
    }
    queue.close();
    await cell.serves();
  },

  async encoding(cell) {
    const { fault } = cell;
    cell.open();
    const asked = cell.ask(f.strikeEncoding, cell.args);
    await cell.killWhenStruck();
    struck(await asked, ENCODED[fault]);
    await cell.serves();
  },

  async sending(cell) {
    const { fault } = cell;
    cell.open();
    if (fault === 'grow fails') {
      struck(await cell.ask(f.strikeSending, cell.args), STRIKES[fault]);
    } else {
      const asked = Array.from({ length: 40 }, () => cell.ask(f.strikeSending, cell.args));
      await cell.killWhenStruck();
      const outcomes = await Promise.all(asked);
      for (const outcome of outcomes) {
        if (outcome.error !== undefined) struck(outcome, STRIKES.kill);
        else equal(outcome.value.filter((byte) => byte === 7).length, 200_000, 'bytes of a result');
      }
      ok(outcomes.filter(({ error }) => error !== undefined).length <= 1, 'one task is lost at most');
    }
    await cell.serves();
  },

  /** The worker is leaving, its share done. */
  async recycling(cell) {
    const { fault } = cell;
    cell.open({ maxTasksPerChild: 1 });
    if (fault === 'unclonable argument')
      struck(await cell.ask(f.square, [() => {}]), { type: NotShareableError });
    else if (fault === 'unclonable result')
      struck(await cell.ask(f.giveFunction), { type: NotShareableError });
    else equal((await cell.ask(f.arm, cell.args, { taskTimeout: undefined })).value, 'armed');
    if (fault === 'kill') cell.kill();
    await cell.serves();
    await cell.serves();
  },

  async closing(cell) {
    const { fault } = cell;
    cell.open();
    const before = cell.ask(f.square, [5], { taskTimeout: undefined });
    const asked =
      fault === 'unclonable argument'
        ? cell.ask(f.square, [() => {}])
        : fault === 'unclonable result'
          ? cell.ask(f.giveFunction)
          : cell.ask(f.strike, cell.args);
    const after = cell.ask(f.square, [6], { taskTimeout: undefined });
    // A worker whose loop runs on when all is done is ended too.
    const closed = cell.pool.close();
    await before;
    await cell.killWhenStruck();
    struck(await asked, STRIKES[fault] ?? { type: NotShareableError });
    deepEqual([(await before).value, (await after).value], [25, 36]);
    await closed;
    equal(cell.pool.stats().workers, 0);
  },
};

const NO_USER_CODE = 'nothing of the user runs in this phase';
const AT_THE_CALLER = 'an argument is refused where it is sent, before any worker hears of it';
const NO_RESULT = 'there is no result in this phase';

/** Cells that cannot be, and why. */
const impossible = {
  loading: { 'unclonable argument': AT_THE_CALLER, 'unclonable result': NO_RESULT },
  idle: { 'unclonable argument': AT_THE_CALLER, 'unclonable result': NO_RESULT },
  receiving: { 'unclonable result': NO_RESULT },
  decoding: {
    throw: NO_USER_CODE,
    exit: NO_USER_CODE,
    trap: NO_USER_CODE,
    'grow fails': 'decoding takes nothing of the shared heap',
    'endless loop': NO_USER_CODE,
    'unclonable argument': AT_THE_CALLER,
    'unclonable result': NO_RESULT,
  },
  running: { 'unclonable argument': AT_THE_CALLER, 'unclonable result': NO_RESULT },
  'holding a lock': { 'unclonable argument': AT_THE_CALLER },
  'mid-push': { 'unclonable result': NO_RESULT },
  encoding: { 'unclonable argument': AT_THE_CALLER },
  sending: {
    throw: NO_USER_CODE,
    exit: NO_USER_CODE,
    trap: NO_USER_CODE,
    'stack overflow': NO_USER_CODE,
    'out of memory': 'a result is written to the shared heap: see "grow fails"',
    'endless loop': NO_USER_CODE,
    'unclonable argument': AT_THE_CALLER,
    'unclonable result': 'it is found while encoding',
  },
  recycling: {},
  closing: {},
};
const FAULTS = [...Object.keys(STRIKES), 'unclonable argument', 'unclonable result'];
/** Phases in which there is shared memory, or none. */
const SHARED_ALONE = ['holding a lock', 'mid-push', 'grow fails × sending'];

describe('faults');

function declareCell(fault, phase) {
  const name = `${fault} × ${phase}`;
  const backends = SHARED_ALONE.some((one) => one === phase || one === name)
    ? ['shared']
    : ['shared', 'message'];
  const body = async (backend) => {
    const cell = new Cell(backend, fault);
    try {
      await phases[phase](cell);
    } finally {
      await cell.end();
    }
  };
  const leaves = fault === 'endless loop' || fault === 'kill' ? [...leftByLoops] : [];
  // Ended from outside between taking a block and saying where it lies, a worker keeps that one block.
  if (fault === 'kill') leaves.push('frame');
  testOn(backends, name, body, { leaves });
}

// A page has no exit, no resource limits and no way to see a thread's end at once.
if (runtimeName !== 'browser') {
  for (const fault of ['bad URL', 'failed initializer']) declareCell(fault, 'loading');
  for (const phase of Object.keys(phases)) {
    for (const fault of FAULTS) if (impossible[phase][fault] === undefined) declareCell(fault, phase);
  }
}
