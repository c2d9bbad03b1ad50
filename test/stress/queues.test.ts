// A sample of `npm run stress queues` and `queue-kills`: workers that die at each step of putting and of getting, and at
// steps that chance chose while others go on.

import { expect, test } from 'vitest';
import { presentBrowsers, runInPage } from '../runtimes/pages';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

test.each(['put handle', 'get block with', 'make'])('a death at each step of: %s', async (scenario) => {
  const file = await bundleProgram('test/stress/_queue-steps-program.ts', {
    atomics: 'test/stress/_atomics.ts',
  });
  const { code, output } = await runProgram('node', file, [scenario], { limitMs: 100_000 });
  expect(output).toMatch(/"deaths":\d\d/);
  expect(code, output).toBe(0);
});

const atomics = 'test/stress/_atomics.ts';
const program = 'test/stress/_queue-kills-program.ts';
// No machine is too busy: who is stuck is stuck for good.
const options = { limitMs: 100_000, env: { MANYHANDS_STUCK_MS: '30000' } };

test.each(present)('deaths in the middle of putting and getting on %s', async (runtime) => {
  const file = await bundleProgram(program, { atomics });
  const { code, output } = await runProgram(runtime, file, ['20'], options);
  expect(output).toMatch(/"doubled":0,"stuck":0/);
  expect(code, output).toBe(0);
});

test.each(presentBrowsers)('deaths in the middle of putting and getting in a page of %s', async (browser) => {
  const file = await bundleProgram(program, { atomics, browser: true });
  const { code, output } = await runInPage(browser, file, ['20'], options);
  expect(output).toMatch(/"doubled":0,"stuck":0/);
  expect(code, output).toBe(0);
});
