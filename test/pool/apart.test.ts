// Functions that are called out of the engine's sight behave as before: arguments, results, errors, calls in calls.

import { expect, test } from 'vitest';
import { forLoop, noteItems } from '../../src/worker/apart';

test('a function stands for itself until its items take long, and again when they do not', () => {
  const fn = (x: number) => x + 1;
  expect(forLoop(fn)).toBe(fn);
  noteItems(fn, 1, 8);
  expect(forLoop(fn)).toBe(fn);
  noteItems(fn, 1, 8);
  expect(forLoop(fn)).not.toBe(fn);
  expect(forLoop(fn)(2)).toBe(3);
  noteItems(fn, 1000, 5);
  expect(forLoop(fn)).toBe(fn);
});

test('calls may be made within calls, and what is thrown comes through', () => {
  const seen: unknown[] = [];
  function down(this: unknown, depth: number, ...more: unknown[]): number {
    seen.push(this, more.length);
    if (depth === 0) throw new RangeError('bottom');
    try {
      return forLoop(down as never)(depth - 1);
    } catch (error) {
      expect(error).toEqual(new RangeError('bottom'));
      return depth;
    }
  }
  noteItems(down as never, 1, 50);
  expect(forLoop(down as never)(1)).toBe(1);
  expect(seen).toEqual([undefined, 0, undefined, 0]);
});
