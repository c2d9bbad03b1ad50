// Manager's lists and namespaces.

import { ClosedError, heapStats, Manager, Pool } from 'manyhands';
import { expect, test } from 'vitest';
import { look, pushTo } from './tasks.mjs';

test('a list is what an array is', () => {
  using manager = new Manager();
  const list = manager.list([1, 2, 3]);
  expect(list.push(4, 5)).toBe(5);
  list.insert(1, 9);
  list.insert(-1, 8);
  list.insert(100, 7);
  list.insert(-100, 6);
  expect(list.toArray()).toEqual([6, 1, 9, 2, 3, 4, 8, 5, 7]);
  list.set(0, 0);
  list.set(-1, 70);
  expect([list.remove(2), list.remove(-2), list.pop(), list.pop(0)]).toEqual([9, 5, 70, 0]);
  expect([[...list], list.length, list.at(-1), list.get(0), list.at(9)]).toEqual([
    [1, 2, 3, 4, 8],
    5,
    8,
    1,
    undefined,
  ]);
  list.clear();
  expect([list.length, list.pop(), list.toArray()]).toEqual([0, undefined, []]);
});

test('a list of thousands is what an array is', () => {
  using manager = new Manager();
  const list = manager.list<unknown>();
  const array: unknown[] = [];
  let random = 1;
  const next = (below: number) => ((random = (Math.imul(random, 1103515245) + 12345) >>> 0) >>> 8) % below;
  for (let i = 0; i < 3000; i++) {
    const at = next(array.length + 1);
    const value = i % 3 === 0 ? `text ${i}` : i;
    const what = next(6);
    if (what < 2) expect(list.push(value)).toBe(array.push(value));
    else if (what < 4) {
      list.insert(at, value);
      array.splice(at, 0, value);
    } else if (at < array.length) {
      if (what === 4) list.set(at, (array[at] = value));
      else expect(list.remove(at)).toEqual(array.splice(at, 1)[0]);
    }
  }
  expect(list.toArray()).toEqual(array);
  for (let i = 0; i < array.length; i += 7) expect(list.at(i)).toEqual(array[i]);
});

test('wrong indices are refused', () => {
  using manager = new Manager();
  const list = manager.list(['a']);
  expect(() => list.set(1, 'b')).toThrow(new RangeError('Cannot set element 1: the list has 1'));
  expect(() => list.remove(-2)).toThrow(RangeError);
  expect(() => list.at('0' as never)).toThrow(TypeError);
  expect(() => list.insert(0.5, 'b')).toThrow(TypeError);
  expect(list.toArray()).toEqual(['a']);
});

test('workers push to one list, nothing is lost and each keeps its order', async () => {
  await using manager = new Manager();
  const pool = new Pool(2);
  const list = manager.list<[string, number]>();
  await Promise.all(['a', 'b', 'c'].map((who) => pool.apply(pushTo, [list, who, 300])));
  await pool.terminate();
  expect(list.length).toBe(900);
  for (const who of ['a', 'b', 'c']) {
    expect([...list].filter(([from]) => from === who).map(([, i]) => i)).toEqual(
      Array.from({ length: 300 }, (_, i) => i),
    );
  }
});

test('a namespace is an object to look at', async () => {
  await using manager = new Manager();
  const oven = manager.namespace<Record<string, unknown>>({ degrees: 180 });
  oven.door = 'shut';
  expect({ ...oven }).toEqual({ degrees: 180, door: 'shut' });
  expect([Object.keys(oven), 'door' in oven, 'window' in oven]).toEqual([['degrees', 'door'], true, false]);
  expect(JSON.stringify(oven)).toBe('{"degrees":180,"door":"shut"}');
  expect(delete oven.door).toBe(true);
  expect(oven.door).toBe(undefined);
  expect(await oven).toBe(oven);
  expect(() => ((oven as Record<symbol, unknown>)[Symbol('x')] = 1)).toThrow(TypeError);
  Object.assign(oven, JSON.parse('{"__proto__": "a name like others"}'));
  const pool = new Pool(1);
  expect(await pool.apply(look, [oven])).toEqual(
    JSON.parse('{"degrees": 180, "__proto__": "a name like others"}'),
  );
  await pool.terminate();
});

test('a closed manager gives nothing more, and its memory is back', async () => {
  const before = heapStats().byKind.object;
  const manager = new Manager();
  const [dict, list, namespace] = [
    manager.dict({ a: 'text' }),
    manager.list(['text']),
    manager.namespace({ a: 'text' }),
  ];
  expect(namespace.a).toBe('text');
  await manager.close();
  expect(() => dict.get('a')).toThrow(ClosedError);
  expect(() => list.at(0)).toThrow(ClosedError);
  expect(() => manager.dict()).toThrow(ClosedError);
  await expect(manager.create(class {})).rejects.toThrow(ClosedError);
  const after = heapStats().byKind.object;
  expect(after.blocks).toBeLessThanOrEqual(before.blocks);
  expect(after.bytes).toBeLessThanOrEqual(before.bytes);
});

test('the factories make what their names say', () => {
  using manager = new Manager();
  const made = [
    manager.Value('i', 3),
    manager.Array('d', [1]),
    manager.Lock(),
    manager.RLock(),
    manager.Semaphore(2),
    manager.BoundedSemaphore(2),
    manager.Condition(),
    manager.Event(),
    manager.Barrier(2),
    manager.Queue(3),
    manager.JoinableQueue(),
  ];
  expect(made.map((thing) => thing.constructor.name)).toEqual(
    'Value SharedArray Lock RLock Semaphore BoundedSemaphore Condition Event Barrier Queue JoinableQueue'.split(
      ' ',
    ),
  );
});
