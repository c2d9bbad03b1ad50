// Value and SharedArray, alone and with workers.

import { Pool, SharedArray, Value } from 'manyhands';
import { expect, test } from 'vitest';
import { addTo, fill } from './tasks.mjs';

test.each(['b', 'B', 'h', 'H', 'i', 'I', 'int8', 'uint32'] as const)(
  'a value of type %s counts and wraps',
  (type) => {
    using value = new Value(type, 1);
    expect(value.value).toBe(1);
    expect(value.add(2)).toBe(3);
    value.value = 0;
    expect(value.add(-1)).toBe(new Value(type, -1).value);
  },
);

test.each(['l', 'L', 'q', 'Q', 'bigint64'] as const)('a value of type %s is a bigint', (type) => {
  using value = new Value(type, 1n);
  expect(value.add(2n)).toBe(3n);
  expect(value.value).toBe(3n);
});

test('a float adds, an unknown type is refused', () => {
  using value = new Value('d', 1.5);
  expect(value.add(1)).toBe(2.5);
  expect(new Value('f').value).toBe(0);
  expect(() => new Value('x' as never)).toThrow(TypeError);
});

test('a shared array has a view, iterates, and is set by index', () => {
  using array = new SharedArray('d', [1, 2, 3]);
  array.set(-1, 9);
  expect([...array]).toEqual([1, 2, 9]);
  expect([array.at(0), array.at(-1), array.at(3), array.length]).toEqual([1, 9, undefined, 3]);
  expect(array.view).toBeInstanceOf(Float64Array);
  expect(() => array.set(3, 1)).toThrow(RangeError);
  expect([...new SharedArray('int32', 2)]).toEqual([0, 0]);
});

test('workers add to one value and fill one array, no update is lost', async () => {
  const pool = new Pool(2);
  try {
    using integer = new Value('int32');
    using float = new Value('d');
    using array = new SharedArray('d', 4);
    await Promise.all([1, 2, 3, 4].map(() => pool.apply(addTo, [integer, float, 1000])));
    expect([integer.value, float.value]).toEqual([4000, 4000]);
    await pool.apply(fill, [array, 7]);
    expect([...array]).toEqual([7, 7, 7, 7]);
  } finally {
    await pool.terminate();
  }
});
