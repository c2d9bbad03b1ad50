// A sample of `npm run stress histories`: what real threads saw of a queue and of a dict, at once, is linearizable.

import { expect, test } from 'vitest';
import { presentBrowsers, runInPage } from '../runtimes/pages';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

const ROUNDS = 200;
const PROGRAM = 'test/stress/_histories-program.ts';
const LINEARIZABLE = /"rounds":200,"operations":\d+,"overlaps":[1-9]\d*,"wrong":0/;

test.each(present)('histories of a queue and of a dict on %s', async (runtime) => {
  const file = await bundleProgram(PROGRAM);
  const { code, output } = await runProgram(runtime, file, [String(ROUNDS)], { limitMs: 100_000 });
  expect(output).toMatch(LINEARIZABLE);
  expect(code, output).toBe(0);
});

test.each(presentBrowsers)('histories of a queue and of a dict in a page of %s', async (browser) => {
  const file = await bundleProgram(PROGRAM, { browser: true });
  const { code, output } = await runInPage(browser, file, [String(ROUNDS)], { limitMs: 100_000 });
  expect(output).toMatch(LINEARIZABLE);
  expect(code, output).toBe(0);
});
