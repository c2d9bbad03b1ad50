// The checker of histories: histories that some order explains, and ones that none does; and the explorer's way to follow
// them (history.ts) comes to the same as the search through orders (linearize.ts), on thousands of small ones.

import { describe, expect, it } from 'vitest';
import { Histories } from './explorer/history';
import { type Operation, type Spec, whyNotLinearizable } from './explorer/linearize';
import { type DictOp, dict, fifo, type QueueOp, semaphore } from './explorer/specs';

/** Histories as pictures: a line for each thread, `|` and `|` around an operation; one without an end is open. */
function history<Op>(...lines: Array<[picture: string, ...operations: Array<[op: Op, result?: unknown]>]>) {
  return lines.flatMap(([picture, ...operations], by) => {
    const bars = [...picture.matchAll(/\|/g)].map(({ index }) => index);
    return operations.map(
      ([op, result], i): Operation<Op> => ({
        by: `thread ${by}`,
        op,
        begin: bars[2 * i],
        end: bars[2 * i + 1] ?? Number.POSITIVE_INFINITY,
        result,
      }),
    );
  });
}
const put = (item: number): [QueueOp, unknown] => [['put', item], true];
const full = (item: number): [QueueOp, unknown] => [['put', item], false];
const get = (item: number | null): [QueueOp, unknown] => [['get'], item];

describe('queues', () => {
  const good: Array<[string, number, Array<Operation<QueueOp>>]> = [
    ['no operation', 0, []],
    ['one after the other', 0, history(['|-|  |-|', put(1), put(2)], ['        |-| |-|', get(1), get(2)])],
    [
      'puts that overlap, in either order',
      0,
      history(['|---|', put(1)], [' |-|', put(2)], ['      |-||-|', get(2), get(1)]),
    ],
    ['empty while the put is under way', 0, history(['|----|', put(1)], [' |-|', get(null)])],
    ['full before the get that overlaps', 1, history(['|-|  |--|', put(1), full(2)], ['    |----|', get(1)])],
    ['a put that never ended was done', 0, history(['|', [['put', 1]]], ['  |-|', get(1)])],
    ['a put that never ended was not done', 0, history(['|', [['put', 1]]], ['  |-|', get(null)])],
    [
      'a get that never ended took an item',
      0,
      history(['|-| |', put(1), [['get']]], ['       |-|', get(null)]),
    ],
    ['done long after its begin', 0, history(['|', [['put', 1]]], ['  |-| |-|', get(null), get(1)])],
  ];
  const bad: Array<[string, number, Array<Operation<QueueOp>>, RegExp]> = [
    ['a lost item', 0, history(['|-|', put(1)], ['    |-|', get(null)]), /get → null, wanted: 1/],
    [
      'a doubled item',
      0,
      history(['|-|', put(1)], ['    |-|', get(1)], ['    |-|', get(1)]),
      /get → 1, wanted: null/,
    ],
    ['an item from nowhere', 0, history(['|-|', get(7)]), /get → 7, wanted: null/],
    [
      'two items in the wrong order',
      0,
      history(['|-| |-|', put(1), put(2)], ['        |-|', get(2)]),
      /get → 2, wanted: 1/,
    ],
    [
      'an order that changes on the way',
      0,
      history(['|---|', put(1)], [' |-|', put(2)], ['      |-||-|', get(1), get(1)]),
      /wanted: 2/,
    ],
    ['full with a place left', 2, history(['|-| |-|', put(1), full(2)]), /put 2 → false, wanted: true/],
    ['more than its size', 1, history(['|-|', put(1)], ['    |-|', put(2)]), /put 2 → true, wanted: false/],
    [
      'a put that never ended, got twice',
      0,
      history(['|', [['put', 1]]], ['  |-| |-|', get(1), get(1)]),
      /wanted: null/,
    ],
    ['got before it was put', 0, history(['     |-|', put(1)], ['|-|', get(1)]), /get → 1, wanted: null/],
  ];
  it.each(good)('%s', (_, maxsize, operations) => {
    expect(whyNotLinearizable(operations, fifo(maxsize))).toBe(undefined);
    expect(isFollowed(operations, fifo(maxsize))).toBe(true);
  });
  it.each(bad)('%s is found', (_, maxsize, operations, why) => {
    expect(whyNotLinearizable(operations, fifo(maxsize))).toMatch(why);
    expect(isFollowed(operations, fifo(maxsize))).toBe(false);
  });
});

describe('dicts', () => {
  const set = (key: string, value: number): [DictOp, unknown] => [['set', key, value], true];
  const read = (key: string, value: number): [DictOp, unknown] => [['get', key], value];
  it('old and new while it is set', () => {
    const one = history(['|----|', set('a', 1)], [' |-|', read('a', 0)], [' |-|', read('a', 1)]);
    expect(whyNotLinearizable(one, dict())).toBe(undefined);
  });
  it('a stale read is found', () => {
    const one = history(['|-|', set('a', 1)], ['    |-|', read('a', 0)]);
    expect(whyNotLinearizable(one, dict())).toMatch(/get a → 0, wanted: 1/);
  });
  it('a read that goes back is found', () => {
    const one = history(['|-------|', set('a', 1)], [' |-| |-|', read('a', 1), read('a', 0)]);
    expect(whyNotLinearizable(one, dict())).toMatch(/get a → 0, wanted: 1/);
  });
  it('keys are looked at one by one', () => {
    // Thread 1 reads as if b had been set, but not a: wrong only if one order had to hold for both keys together, and
    // linearizability of each is that of both.
    const one = history(['|-| |-|', set('a', 1), set('b', 1)], ['     |-| |-|', read('b', 0), read('a', 1)]);
    expect(whyNotLinearizable(one, dict())).toBe(undefined);
    const { partOf: _, ...together } = dict();
    expect(whyNotLinearizable(one, together)).toBe(undefined);
  });
  it('an update that is lost is found', () => {
    const add: [DictOp, unknown] = [['add', 'a'], 0];
    const one = history(['|---|', add], ['|---|', add]);
    expect(whyNotLinearizable(one, dict())).toMatch(/add a → 0, wanted: 1/);
  });
});

it('a failure says how far the best order went', () => {
  const one = history(['|-| |-|', put(1), put(2)], ['        |-| |-|', get(1), get(1)]);
  expect(whyNotLinearizable(one, fifo())).toBe(
    [
      'No order explains 4 operations; one explains 3:',
      '  thread 0: put 1 → true',
      '  thread 0: put 2 → true',
      '  thread 1: get → 1',
      'which leaves [2]; next can be',
      '  thread 1: get → 1, wanted: 2',
    ].join('\n'),
  );
});

it('a thousand operations of four threads, in a blink', () => {
  const random = mulberry32(7);
  const operations = run(semaphore(2), 4, 1000, random, () => (random() < 0.5 ? 'acquire' : 'release'));
  expect(whyNotLinearizable(operations, semaphore(2))).toBe(undefined);
});

/** Feeds a history to {@link Histories}, event by event. */
function isFollowed<State, Op>(operations: Array<Operation<Op>>, spec: Spec<State, Op>): boolean {
  const histories = new Histories(spec);
  const events = operations
    .flatMap((operation) => [
      { at: operation.begin, operation, isEnd: false },
      ...(operation.end < Number.POSITIVE_INFINITY ? [{ at: operation.end, operation, isEnd: true }] : []),
    ])
    .sort((one, other) => one.at - other.at || Number(one.isEnd) - Number(other.isEnd));
  let set = 0;
  for (const { operation, isEnd } of events) {
    const { by, op, result } = operation;
    set = isEnd ? histories.end(set, String(by), result) : histories.begin(set, String(by), op);
    if (set < 0) return false;
  }
  return true;
}

/** A history that some order explains: operations take effect at random moments between their begins and ends. */
function run<State, Op>(
  spec: Spec<State, Op>,
  threads: number,
  count: number,
  random: () => number,
  choose: () => Op,
): Array<Operation<Op>> {
  const all: Array<Operation<Op>> = [];
  const now: Array<{ operation: Operation<Op>; isDone: boolean } | undefined> = new Array(threads).fill(
    undefined,
  );
  let { initial: state } = spec;
  for (let clock = 0; all.length < count || now.some((one) => one !== undefined); clock++) {
    const thread = Math.floor(random() * threads);
    const mine = now[thread];
    if (mine === undefined) {
      if (all.length === count) continue;
      const operation = { by: thread, op: choose(), begin: clock, end: Number.POSITIVE_INFINITY };
      all.push(operation);
      now[thread] = { operation, isDone: false };
    } else if (!mine.isDone) {
      [[mine.operation.result, state]] = spec.apply(state, mine.operation.op);
      mine.isDone = true;
    } else {
      mine.operation.end = clock;
      now[thread] = undefined;
    }
  }
  return all;
}

it('both ways to look at a history agree', () => {
  const random = mulberry32(1);
  let wrong = 0;
  for (let i = 0; i < 4000; i++) {
    let item = 0;
    const spec = fifo(i % 3);
    const operations = run(spec, 3, 6, random, (): QueueOp => (random() < 0.5 ? ['put', ++item] : ['get']));
    expect(whyNotLinearizable(operations, spec)).toBe(undefined);
    expect(isFollowed(operations, spec)).toBe(true);
    // Another answer, or none: right or wrong, but the same for both.
    const one = operations[Math.floor(random() * operations.length)];
    if (random() < 0.2) Object.assign(one, { by: 'who died', end: Number.POSITIVE_INFINITY });
    else one.result = one.op[0] === 'put' ? random() < 0.5 : [null, 1, 2, 3][Math.floor(random() * 4)];
    const isRight = whyNotLinearizable(operations, spec) === undefined;
    expect(isFollowed(operations, spec), JSON.stringify(operations)).toBe(isRight);
    if (!isRight) wrong++;
  }
  expect(wrong).toBeGreaterThan(500);
  expect(wrong).toBeLessThan(3500);
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
