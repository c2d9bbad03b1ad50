// Under MANYHANDS_DEBUG=1 every block is checked when it is freed and when it is taken again: what is right without is
// right with it. Cases that use spans of the heap again and again, for blocks of other sizes, workers' ends included.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../runtimes/programs';

const RUN = join(import.meta.dirname, '../runtimes/run.js');

test('the cases of pools find no block that was written after it was freed', async () => {
  const { code, output } = await runProgram('node', RUN, ['pool'], { env: { MANYHANDS_DEBUG: '1' } });
  expect(code, output).toBe(0);
  expect(output).toMatch(/"passed":\d\d/);
}, 60_000);
