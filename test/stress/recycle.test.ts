// A sample of what `npm run stress recycle` does in full: workers that run one task each leave nothing on the heap. How
// much the program grows is for the full run: a sample says nothing of it.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { present, runProgram } from '../runtimes/programs';

const WORKERS = 25;

test.each(present)('recycled workers leave nothing on %s', async (runtime) => {
  const file = join(import.meta.dirname, '_recycle-program.mjs');
  const { code, output } = await runProgram(runtime, file, ['ours', String(WORKERS)], { limitMs: 100_000 });
  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ workers: WORKERS, leftBlocks: 0, leftBytes: 0 });
});
