// Manager's dicts, in one thread and in many.

import { heapStats, Lock, Manager, NotShareableError, Pool, sharedArray } from 'manyhands';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mayLose } from '../_heap';
import { churn, countUp, dieAt, fillDict, makeDict, nested } from './tasks.mjs';

const CHURNS = 40_000;
const KILLS = 12;

let manager: Manager;
beforeEach(() => {
  manager = new Manager();
});
afterEach(() => manager.close());

describe('alone', () => {
  test.each([
    ['pairs', [['a', 1]] as Array<[string, number]>],
    ['a map', new Map([['a', 1]])],
    ['an object', { a: 1 }],
  ])('is made from %s', (_, entries) => {
    expect([...manager.dict(entries)]).toEqual([['a', 1]]);
  });

  test('is what a Map is', () => {
    const dict = manager.dict<unknown, unknown>();
    const map = new Map<unknown, unknown>();
    const keys = [
      'a',
      'b',
      '',
      0,
      -0,
      1.5,
      Number.NaN,
      2 ** 40,
      'ü',
      '\ud800',
      'x'.repeat(1000),
      7n,
      true,
      null,
      undefined,
    ];
    const values = [
      0,
      -0,
      1,
      -1,
      2 ** 27,
      -(2 ** 27),
      2 ** 27 - 1,
      1.5,
      Number.NaN,
      'text',
      null,
      undefined,
      true,
      false,
    ];
    for (const [i, key] of [...keys, ...keys].entries()) {
      for (const it of [dict, map]) it.set(key, values[i % values.length]);
      expect(dict.get(key)).toBe(map.get(key));
    }
    expect([...dict]).toEqual([...map]);
    expect(Object.is(dict.get('b'), map.get('b'))).toBe(true);
    for (const key of keys.filter((_, i) => i % 2 === 0)) {
      expect(dict.delete(key)).toBe(map.delete(key));
      expect(dict.delete(key)).toBe(false);
    }
    expect([[...dict.keys()], [...dict.values()], dict.size]).toEqual([
      [...map.keys()],
      [...map.values()],
      map.size,
    ]);
    const seen: unknown[] = [];
    dict.forEach((value, key) => void seen.push([key, value]));
    expect(seen).toEqual([...map]);
    expect(dict.toMap()).toEqual(map);
    dict.clear();
    expect([dict.size, [...dict], dict.has('a')]).toEqual([0, [], false]);
  });

  test('keys are equal if their contents are', () => {
    const dict = manager.dict<unknown, string>([[[1, 2], 'field']]);
    expect(dict.get([1, 2])).toBe('field');
    expect(dict.has([2, 1])).toBe(false);
    dict.set({ row: 1 }, 'row');
    expect(dict.get({ row: 1 })).toBe('row');
  });

  test('a key that was removed and set again comes last', () => {
    const dict = manager.dict({ a: 1, b: 2 });
    dict.set('a', 3);
    expect([...dict.keys()]).toEqual(['a', 'b']);
    dict.delete('a');
    dict.set('a', 4);
    expect([...dict.keys()]).toEqual(['b', 'a']);
  });

  test('pop, getOrSet and update', () => {
    const dict = manager.dict<string, unknown>({ a: 1 });
    expect([dict.pop('a'), dict.pop('a'), dict.pop('a', 'none')]).toEqual([1, undefined, 'none']);
    expect([dict.getOrSet('b', [1]), dict.getOrSet('b', [2])]).toEqual([[1], [1]]);
    expect(dict.update('n', (n) => (n as number) + 1, 41)).toBe(42);
    expect(dict.update('text', (text) => text)).toBe(undefined);
    expect(dict.has('text')).toBe(true);
    // It may use the dict, and what it throws changes nothing.
    expect(
      dict.update('n', (n) => {
        dict.set('other', n);
        return (n as number) + (dict.get('other') as number);
      }),
    ).toBe(84);
    const burnt = () =>
      dict.update('n', () => {
        throw new Error('burnt');
      });
    expect(burnt).toThrow('burnt');
    expect(dict.get('n')).toBe(84);
    // Whoever sets it in between is not overwritten.
    let tries = 0;
    dict.update('n', (n) => {
      if (tries++ === 0) dict.set('n', 1000.5);
      return (n as number) + 1;
    });
    expect([dict.get('n'), tries]).toEqual([1001.5, 2]);
  });

  test('a nested value is a copy, a nested handle is live', () => {
    const inner = manager.dict({ x: 1 });
    const dict = manager.dict<string, unknown>({ plain: { x: 1 }, inner });
    (dict.get('plain') as { x: number }).x = 2;
    expect(dict.get('plain')).toEqual({ x: 1 });
    inner.set('x', 2);
    expect(dict.get('inner')).toBe(inner);
    dict.set('self', dict);
    expect(dict.get('self')).toBe(dict);
  });

  test('what lies in a dict lives as long as it lies there', () => {
    using own = new Manager();
    const before = heapStats().byKind.object;
    const dict = own.dict<string, unknown>();
    const inner = own.dict({ x: 1.5 });
    dict.set('inner', inner);
    dict.set('twice', [inner]);
    dict.set('self', dict);
    inner.close();
    const again = dict.get('inner') as typeof inner;
    expect(again.get('x')).toBe(1.5);
    again.close();
    dict.delete('inner');
    expect((dict.get('twice') as (typeof inner)[])[0].get('x')).toBe(1.5);
    (dict.get('twice') as (typeof inner)[])[0].close();
    dict.close();
    expect(heapStats().byKind.object.blocks).toBeLessThanOrEqual(before.blocks);
  });

  test('what cannot travel is refused and changes nothing', () => {
    const dict = manager.dict<unknown, unknown>({ a: 1 });
    expect(() => dict.set('a', () => {})).toThrow(NotShareableError);
    expect(() => dict.set(Symbol('a'), 1)).toThrow(NotShareableError);
    expect(() => dict.update('a', () => Symbol('a'))).toThrow(NotShareableError);
    expect(() => dict.update('a', 1 as never)).toThrow(TypeError);
    expect(() => manager.dict([['b', () => {}]] as never)).toThrow(NotShareableError);
    expect([...dict]).toEqual([['a', 1]]);
  });

  test('grows, and gives its memory back', async () => {
    const own = new Manager();
    const before = heapStats().byKind.object;
    const dict = own.dict<string, unknown>();
    for (let i = 0; i < 5000; i++) dict.set(`key ${i}`, i % 3 === 0 ? i : { i });
    for (let i = 0; i < 5000; i += 2) dict.set(`key ${i}`, `again ${i}`);
    for (let i = 0; i < 5000; i += 5) dict.delete(`key ${i}`);
    expect(dict.size).toBe(4000);
    expect(dict.get('key 4998')).toBe('again 4998');
    expect([...dict.keys()][0]).toBe('key 1');
    await own.close();
    expect(heapStats().byKind.object.blocks).toBeLessThanOrEqual(before.blocks);
  });

  test('memory stays bounded while values come and go', () => {
    const dict = manager.dict<string, unknown>();
    const before = heapStats().byKind.object.bytes;
    for (let i = 0; i < 20_000; i++) dict.set('one', `value ${i}`);
    for (let i = 0; i < 20_000; i++) {
      dict.set('two', i);
      dict.delete('two');
    }
    for (let i = 0; i < 200; i++) dict.set('large', new Uint8Array(100_000));
    expect(heapStats().byKind.object.bytes - before).toBeLessThan(1_000_000);
  });
});

describe('with workers', () => {
  let pool: Pool;
  beforeEach(() => {
    pool = new Pool(2);
  });
  afterEach(() => pool.terminate());

  test('all fill one dict, no key is lost', async () => {
    const dict = manager.dict<unknown, unknown>();
    const parts = Array.from({ length: 8 }, (_, i) => [dict, i * 500, i * 500 + 700] as const);
    await pool.starmap(fillDict, parts, { chunksize: 1 });
    expect(dict.size).toBe(4200);
    for (let i = 0; i < 4200; i++) expect(dict.get(`key ${i}`)).toBe(i);
    expect(new Set(dict.keys()).size).toBe(4200);
  });

  test('update loses nothing', async () => {
    const dict = manager.dict<unknown, unknown>();
    const work = [1, 2, 3, 4].map(() => pool.apply(countUp, [dict, 'count', 2000]));
    countUp(dict, 'count', 2000);
    await Promise.all(work);
    expect(dict.get('count')).toBe(10_000);
  });

  test('nested handles are live in a worker, and come back as what they were', async () => {
    const shared = sharedArray(Int32Array, 1);
    const dict = manager.dict<unknown, unknown>({ inner: manager.dict(), lock: new Lock(), shared });
    const inner = await pool.apply(nested, [dict]);
    expect(inner).toBe(dict.get('inner'));
    expect([inner.get('from'), shared[0]]).toEqual(['a worker', 7]);
  });

  test('a worker can make one', async () => {
    const dict = await pool.apply(makeDict);
    expect([...dict]).toEqual([['made', 'here']]);
    dict.close();
  });

  test('keys and values that come and go are never mixed up', async () => {
    const dict = manager.dict<unknown, unknown>();
    const work = [1, 2, 3].map((seed) => pool.apply(churn, [dict, seed, CHURNS]));
    const odd = [churn(dict, 4, CHURNS), ...(await Promise.all(work))];
    expect(odd).toEqual([0, 0, 0, 0]);
    expect(dict.size).toBe([...dict.keys()].length);
  });

  test('workers that are killed while they set and remove leave a dict that works', async () => {
    const dict = manager.dict<unknown, unknown>();
    for (let kill = 0; kill < KILLS; kill++) {
      const one = new Pool(1);
      const started = sharedArray(Int32Array, 1);
      const work = one.apply(dieAt, [dict, started]);
      const ended = expect(work).rejects.toThrow();
      while (Atomics.load(started, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(churn(dict, kill + 1, 0)).toBe(0);
      await one.terminate();
      await ended;
      dict.set('alive', kill);
      expect(dict.get('alive')).toBe(kill);
      const keys = [...dict.keys()];
      expect(dict.size).toBe(keys.length);
      expect(new Set(keys).size).toBe(keys.length);
    }
    dict.clear();
    expect([dict.size, [...dict]]).toEqual([0, []]);
    mayLose('object', KILLS); // each may lose the block that it was taking out: assembly/map/epoch.ts
  });
});
