// A worker that dies with a pool of its own leaves nothing: neither running workers, nor blocks of the heap, nor places
// among the threads; on each runtime, each death with each thing that its workers may be doing.

import { expect, test } from 'vitest';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

const DEATHS = 3 * 7;

test.each(present)(
  'the workers of a worker that dies end, and what they held returns, on %s',
  async (runtime) => {
    const file = await bundleProgram('test/pool/_orphans-program.ts');
    const { code, output } = await runProgram(runtime, file, [], {
      limitMs: 200_000,
      env: { NO_COLOR: '1' },
    });
    const lines = output.split('\n').filter((line) => line.startsWith('{"death"'));
    const reports = lines.map((line) => JSON.parse(line));
    expect(reports.length, output).toBe(DEATHS);
    for (const report of reports) {
      const error = report.death === 'terminate' ? 'ClosedError' : 'WorkerExitError';
      expect(report, output).toMatchObject({ error, left: [] });
    }
    expect(code, output).toBe(0);
  },
  220_000,
);
