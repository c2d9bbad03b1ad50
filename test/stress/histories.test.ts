// A sample of `npm run stress histories`: what real threads saw of a queue and of a dict, at once, is linearizable.

import { expect, test } from 'vitest';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

const ROUNDS = 200;

test.each(present)('histories of a queue and of a dict on %s', async (runtime) => {
  const file = await bundleProgram('test/stress/_histories-program.ts');
  const { code, output } = await runProgram(runtime, file, [String(ROUNDS)], { limitMs: 100_000 });
  expect(output).toMatch(/"rounds":200,"operations":\d+,"overlaps":[1-9]\d*,"wrong":0/);
  expect(code, output).toBe(0);
});
