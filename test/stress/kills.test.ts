// A sample of what `npm run stress` does in full: workers that are killed while they use locks, and workers that die at
// each of their steps.

import { expect, test } from 'vitest';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

const KILLS = 40;
/** No machine is too busy: who is stuck is stuck for good. */
const env = { MANYHANDS_STUCK_MS: '15000' };

test.each(present)('random kills lose nothing and leave nobody stuck on %s', async (runtime) => {
  const file = await bundleProgram('test/stress/_kills-program.ts');
  const { code, output } = await runProgram(runtime, file, [String(KILLS)], { limitMs: 100_000, env });
  expect(output).toMatch(/"lost":0,.*"wrongReports":0,"stuck":0/);
  expect(code).toBe(0);
});

test('a lock, a condition and a barrier survive a death at each step', async () => {
  const file = await bundleProgram('test/stress/_steps-program.ts', { atomics: 'test/stress/_atomics.ts' });
  for (const scenario of ['Semaphore', 'Barrier', 'Condition']) {
    const { code, output } = await runProgram('node', file, [scenario], { limitMs: 100_000, env });
    expect(output).toMatch(/"deaths":\d\d/);
    expect(code, output).toBe(0);
  }
});
