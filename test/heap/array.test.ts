// Shared arrays against the garbage collector: who keeps the memory, and who gives it back.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('collected.mjs', import.meta.url));

test('a part keeps its array, in every thread; a view collected after a release harms no other array', () => {
  const output = execFileSync(process.execPath, ['--expose-gc', script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(JSON.parse(output)).toEqual({
    keptByPart: [1, 7],
    keptByWorker: [1, 7],
    unreachable: 0,
    afterRelease: [true, 3, 9, 2],
  });
});
