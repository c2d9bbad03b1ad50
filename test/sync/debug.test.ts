// MANYHANDS_DEBUG=1 says who waits for whom, and tells a deadlock.

import { beforeAll, test } from 'vitest';
import { bundleProgram, present, runProgram } from '../runtimes/programs';

let file = '';
beforeAll(async () => {
  file = await bundleProgram('test/sync/_deadlock-program.ts');
});

// At the same time: the programs mostly wait.
test.concurrent.for(present)(
  'a deadlock of two locks is reported, with those who wait and hold, on %s',
  async (runtime, { expect }) => {
    const [{ output, code }, quiet] = await Promise.all([
      runProgram(runtime, file, [], { env: { MANYHANDS_DEBUG: '1' } }),
      runProgram(runtime, file, [], { env: { MANYHANDS_DEBUG: '' } }),
    ]);
    const who = String.raw`Cook-\d \(pid \d+\)`;
    const main = String.raw`MainProcess \(pid \d+\)`;
    const lock = String.raw`Lock \d+`;
    const reports = [
      // Each names what it waits for, for how long, and who has it.
      `^manyhands: ${who} has waited \\d\\.\\d s for ${lock}, which ${who} holds \\(to acquire the lock\\)$`,
      `^manyhands: deadlock: ${who} → ${lock} → ${who} → ${lock} → ${who}; none of them can go on: take the locks`,
      `^manyhands: deadlock: .*${main} → ${lock} → .*; none of them can go on, unless another asynchronous flow`,
      // Along the chain: the lock's owner waits itself.
      `^manyhands: ${main} has waited \\d\\.\\d s for ${lock}, which ${who} holds \\(to acquire the lock\\)$`,
      `^manyhands: ${who} has waited \\d\\.\\d s for Event \\d+( \\(to wait for the event\\))?$`,
    ];
    for (const report of reports) expect(output).toMatch(new RegExp(report, 'm'));
    expect(output.match(/deadlock/g)).toHaveLength(2);
    expect(output).toContain('ended: ');
    expect(code).toBe(0);
    expect(quiet.output).not.toContain('manyhands:');
  },
);
