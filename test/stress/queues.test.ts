// A sample of `npm run stress queues`: workers that die at each step of putting and of getting.

import { expect, test } from 'vitest';
import { bundleProgram, runProgram } from '../runtimes/programs';

test.each(['put handle', 'get block with', 'make'])('a death at each step of: %s', async (scenario) => {
  const file = await bundleProgram('test/stress/_queue-steps-program.ts', {
    atomics: 'test/stress/_atomics.ts',
  });
  const { code, output } = await runProgram('node', file, [scenario], { limitMs: 100_000 });
  expect(output).toMatch(/"deaths":\d\d/);
  expect(code, output).toBe(0);
});
