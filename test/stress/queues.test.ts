// A sample of `npm run stress queues` and `queue-kills`: workers that die at each step of putting and of getting, and at
// steps that chance chose while others go on.

import { expect, test } from 'vitest';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

test.each(['put handle', 'get block with', 'make'])('a death at each step of: %s', async (scenario) => {
  const file = await bundleProgram('test/stress/_queue-steps-program.ts', {
    atomics: 'test/stress/_atomics.ts',
  });
  const { code, output } = await runProgram('node', file, [scenario], { limitMs: 100_000 });
  expect(output).toMatch(/"deaths":\d\d/);
  expect(code, output).toBe(0);
});

test.each(present)('deaths in the middle of putting and getting on %s', async (runtime) => {
  const atomics = 'test/stress/_atomics.ts';
  const file = await bundleProgram('test/stress/_queue-kills-program.ts', { atomics });
  // No machine is too busy: who is stuck is stuck for good.
  const env = { MANYHANDS_STUCK_MS: '30000' };
  const { code, output } = await runProgram(runtime, file, ['20'], { limitMs: 100_000, env });
  expect(output).toMatch(/"doubled":0,"stuck":0/);
  expect(code, output).toBe(0);
});
