// The tasks of the conformance suite: a module that the main thread and every worker import alike.

import {
  activeChildren,
  Counter,
  cpuCount,
  currentProcess,
  inline,
  isMain,
  kernels,
  NotShareableError,
  Pool,
  Process,
  parentProcess,
  registerError,
  sharedArray,
  tasks,
} from './lib.js';

/** An error class that both sides register: arrives as itself. */
export class BurntError extends Error {
  constructor(message, minutes) {
    super(message);
    this.name = 'BurntError';
    this.minutes = minutes;
  }
  get isBlack() {
    return this.minutes > 60;
  }
}
registerError(BurntError);

/** An error class that nobody registers: arrives as the nearest class that is known, with its fields. */
class SecretError extends RangeError {
  constructor(message) {
    super(message);
    this.name = 'SecretError';
    this.code = 'E_SECRET';
    this.details = { tried: [1, 2, 3] };
  }
}

let initialized = 'no';
let counter = 0;
const hoarded = [];

/** Counts how often each call ran, for pools whose initializer is `useCells`. */
let cells;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ends this worker in the middle of its work, as its runtime lets it. */
function exit(code = 3) {
  if (typeof globalThis.process?.exit === 'function') globalThis.process.exit(code);
  globalThis.close(); // a page's worker
  return new Promise(() => {});
}

export const t = tasks(import.meta.url, {
  square: (x) => x * x,
  add: (a, b = 100) => a + b,
  echo: (value) => value,
  argumentsOf: (...args) => args,
  nothing: () => {},
  async later(value, ms = 1) {
    await sleep(ms);
    return value;
  },
  sometimesAsync: (x) => (x % 2 === 0 ? x : sleep(0).then(() => x)),
  sometimesText: (x) => (x % 3 === 0 ? `text ${x}` : x),
  tagOf: (value) => Object.prototype.toString.call(value),
  where: () => ({ ...currentProcess(), parent: parentProcess(), isMain: isMain(import.meta.url) }),
  cores: () => cpuCount(),

  throwError: (message) => {
    throw new TypeError(message);
  },
  throwBurnt: (minutes) => {
    throw new BurntError('the salad is burnt', minutes);
  },
  throwSecret: () => {
    throw new SecretError('nobody knows this class');
  },
  throwChain: () => {
    throw new Error('the dinner failed', { cause: new RangeError('no oven', { cause: 'power cut' }) });
  },
  throwMany: () => {
    throw new AggregateError([new TypeError('first'), new BurntError('second', 5)], 'two things failed');
  },
  throwDom: () => {
    throw new DOMException('the wait is over', 'AbortError');
  },
  throwOurs: () => {
    throw new NotShareableError('Cannot share the last slice');
  },
  armExit: (flag) => {
    globalThis.process.on('exit', (code) => {
      flag[0] = 100 + code;
    });
  },
  throwValue: (value) => {
    throw value;
  },
  throwUndefined: () => {
    throw undefined;
  },
  async rejectLater(message) {
    await sleep(1);
    throw new TypeError(message);
  },
  throwAt: (x, bad) => {
    if (x === bad) throw new RangeError(`item ${x} is bad`);
    return x;
  },
  throwOnOdd: (x) => {
    if (x % 2 === 1) throw new RangeError(`${x} is odd`);
    return x;
  },
  overflow: () => {
    const down = (n) => down(n + 1) + 1;
    return down(0);
  },
  giveFunction: () => () => 1,
  givePromiseOfFunction: async () => ({ inner: () => 1 }),
  hasRemoteClass: (error) => error instanceof BurntError && error.isBlack,

  exit: (code) => exit(code),
  exitOn: (x, bad, code = 3) => (x === bad ? exit(code) : x * 2),
  /** Dies until the shared counter says that it was tried often enough. */
  exitUntil: (attempts, needed) =>
    Atomics.add(attempts, 0, 1) + 1 < needed ? exit(3) : Atomics.load(attempts, 0),
  spin: () => {
    for (;;);
  },

  useCells: (array) => {
    cells = array;
  },
  /** Counts a call with numbers alone; every 97th call does something else. */
  mark(i, what) {
    Atomics.add(cells, i, 1);
    if (i % 97 !== 50) return i;
    if (what === 1) throw new RangeError(`no ${i}`);
    if (what === 2) return `text ${i}`;
    if (what === 3) return sleep(0).then(() => -i);
    if (what === 4 && i === 5870) return exit(3);
    if (what === 6 && i === 5870) {
      while (Atomics.load(cells, i + 1) === 0) Atomics.wait(cells, i + 1, 0, 10);
      return i;
    }
    if (what === 5) return sleep(0).then(() => Promise.reject(new RangeError(`no ${i}`)));
    return i;
  },
  initialize: (word) => {
    initialized = word;
  },
  async initializeLater(word) {
    await sleep(5);
    initialized = word;
  },
  failToInitialize: () => {
    throw new RangeError('no gas in the kitchen');
  },
  exitAtStart: () => exit(4),
  initialized: () => initialized,
  count: () => ++counter,

  /** Keeps an array of so many numbers for good. */
  hoard: (length) => hoarded.push(new Array(length).fill(0.5)) && hoarded.at(-1).length,

  fill: (array, value) => {
    array.fill(value);
  },
  sumOf: (array) => array.reduce((a, b) => a + b),
  makeShared: (n) =>
    sharedArray(
      Float64Array,
      Array.from({ length: n }, (_, i) => i / 2),
    ),
  /** Marks the item as seen, or never ends. */
  stampUnless([array, index, hangs]) {
    if (hangs) return new Promise(() => setInterval(() => {}, 1000));
    return Atomics.add(array, index, 1);
  },
  addOne: (array, index) => Atomics.add(array, index, 1),
  waitFor: (flag) => {
    while (Atomics.load(flag, 0) === 0) Atomics.wait(flag, 0, 0, 1000);
    return Atomics.load(flag, 0);
  },
  /** Says in the second cell that it waits for the first. */
  stayUntil(flag) {
    Atomics.store(flag, 1, 1);
    while (Atomics.load(flag, 0) === 0) Atomics.wait(flag, 0, 0, 1000);
  },
  async meet(flag, parties) {
    Atomics.add(flag, 0, 1);
    Atomics.notify(flag, 0);
    while (Atomics.load(flag, 0) < parties) await sleep(1);
    return currentProcess().name;
  },

  async startChild(args) {
    const child = new Process(t.argumentsOf, { args });
    child.start();
    await child.join();
    return { name: child.name, exitCode: child.exitCode };
  },
  /** Returns, and then holds its worker's event loop up until cells[0] is set; cells[1] says that it has begun. */
  holdUp(cells) {
    setTimeout(() => {
      Atomics.store(cells, 1, 1);
      const limit = performance.now() + 20_000;
      while (Atomics.load(cells, 0) === 0 && performance.now() < limit);
      Atomics.store(cells, 2, 1);
    }, 0);
  },
  /** How many primes there are below a number, and how many workers this thread has after counting them. */
  async primesHere(below, answer) {
    const found = [await kernels.countPrimes(0, below), activeChildren().length];
    await answer?.put(found);
    return found;
  },
  async nested(items) {
    const pool = new Pool(1);
    try {
      return await pool.map(t.square, items);
    } finally {
      await pool.close();
    }
  },
  /** Makes handles and closes them, for so long that it ends before a test does where it cannot be ended. */
  makeHandles(begun, ms) {
    Atomics.add(begun, 0, 1);
    for (const end = performance.now() + ms; performance.now() < end; ) new Counter().close();
  },
  /** Leaves a pool at work, whose workers count in the first word, and exits once the second is set. */
  async nestedAtWork(words) {
    const pool = new Pool(2);
    await pool.map(t.square, [1, 2]);
    for (let i = 0; i < 3; i++) pool.apply(t.countOn, [words, 'x'.repeat(1000)]).catch(() => {});
    while (Atomics.load(words, 1) === 0) await sleep(1);
    return exit();
  },
  async countOn(words) {
    while (true) {
      Atomics.add(words, 0, 1);
      await sleep(1);
    }
  },
  /** Blocks for a pool whose workers are up, or (`atOnce`) for one that has just been made. */
  async nestedSync(items, atOnce) {
    const pool = new Pool(1);
    try {
      if (!atOnce) await pool.ready;
      return pool.mapSync(t.square, items);
    } finally {
      await pool.terminate();
    }
  },
});

export const cube = inline((x) => x ** 3);
export const inlineMethod = inline(
  {
    double(x) {
      return 2 * x;
    },
  }.double,
);
const factor = 3;
const offset = 4;
export const notSelfContained = inline((x) => x * factor + offset);
export const undeclared = (x) => x + 1;
