// How long a thread looks before it sleeps: by counts of looks, for time is the machine's.

import { expect, test } from 'vitest';
import { bindMemory } from '../../assembly/atomics/js';
import { Spinner } from '../../src/heap/spin';

const WORD = 64;
bindMemory(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));

const isWait = (outcome: number) => outcome === 0;

/** Looks until it gives up, or until the look `wins`; returns how often it looked. */
function looks(spinner: Spinner, wins = Number.POSITIVE_INFINITY): number {
  let count = 0;
  spinner.spin(() => (++count >= wins ? 1 : 0), isWait);
  return count;
}

/** A wait that nothing ends, until looking is given up. */
function giveUp(spinner: Spinner): number {
  let few = looks(spinner);
  for (let next = looks(spinner); next !== few; next = looks(spinner)) few = Math.min(few, next);
  return few;
}

test('gives back the outcome that ends the wait, or the last', () => {
  const spinner = new Spinner();
  expect(spinner.spin(() => 7, isWait)).toBe(7);
  expect(spinner.spin(() => 0, isWait)).toBe(0);
});

test('looks on for as long as that pays, and a few times only where it does not', () => {
  const spinner = new Spinner();
  const few = giveUp(spinner);
  expect(few).toBeLessThan(20);
  // A few looks that pay are enough to look on for longer.
  for (let i = 0; i < 4; i++) looks(spinner, 3);
  expect(looks(spinner)).toBeGreaterThan(few);
});

test('tries again when sleeps are short, less and less often if that is in vain', () => {
  const spinner = new Spinner();
  const few = giveUp(spinner);
  const sleepsUntilTry = () => {
    for (let sleeps = 1; ; sleeps++) {
      spinner.learnFromSleep(0.01);
      if (looks(spinner) > few) return sleeps;
    }
  };
  const first = sleepsUntilTry();
  const second = sleepsUntilTry();
  expect(second).toBeGreaterThan(first);
  for (let i = 0; i < 10; i++) sleepsUntilTry();
  expect(sleepsUntilTry()).toBe(sleepsUntilTry());
  // After a long sleep everything may be different.
  spinner.learnFromSleep(1000);
  expect(sleepsUntilTry()).toBeLessThanOrEqual(first);
});

test('long sleeps are no reason to look', () => {
  const spinner = new Spinner();
  const few = giveUp(spinner);
  for (let i = 0; i < 10_000; i++) {
    spinner.learnFromSleep(5);
    expect(looks(spinner)).toBe(few);
  }
});

test('a word that has changed is seen, with credit or without', () => {
  const spinner = new Spinner();
  expect(spinner.watch(WORD, 1)).toBe(true);
  giveUp(spinner);
  expect(spinner.watch(WORD, 1)).toBe(true);
  expect(spinner.watch(WORD, 0)).toBe(false);
});
