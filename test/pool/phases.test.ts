// Phases of a kernel in a row: a worker that dies in the middle opens no gate, and whoever waits there is let go, the
// others and the calling thread.

import { expect, test } from 'vitest';
import { atomicAdd } from '../../assembly/atomics/index';
import { JOB_FIRST, PHASE_ARGS, PHASE_NEXT } from '../../assembly/pool/job';
import { WorkerExitError } from '../../src/errors';
import { heapStats } from '../../src/heap/stats';
import { families } from '../../src/kernels/_families';
import type { KernelExports } from '../../src/kernels/_module';
import type { PoolBackend } from '../../src/pool/_backend';
import type { PhaseJob } from '../../src/pool/_jobs';
import { runPhasesSyncOn } from '../../src/pool/_phase';
import { registerBoards } from '../../src/pool/board';
import { PACKAGE, runProgram } from './_programs';

test('a worker that is ended between phases fails the call, and the next one has a new worker', async () => {
  const { code, stdout, stderr } = await runProgram(
    `import { Worker } from 'node:worker_threads';
     import { heapStats, isMain, Pool, tasks, WorkerExitError } from 'manyhands';
     import { nbody } from '${new URL('kernels.node.js', PACKAGE)}';
     export const { noop } = tasks(import.meta.url, { noop() {} });
     const column = (count, scale) => Float64Array.from({ length: count }, (_, i) => Math.sin(i * scale));
     const bodies = (count) => ({ x: column(count, 1), y: column(count, 2), z: column(count, 3), vx: column(count, 4), vy: column(count, 5), vz: column(count, 6), mass: column(count, 7) });
     if (isMain(import.meta.url)) {
       const started = [];
       const worker = () => {
         const thread = new Worker(new URL('${new URL('worker.node.js', PACKAGE)}'));
         started.push(thread);
         return thread;
       };
       const before = heapStats().blocks;
       const pool = new Pool({ processes: 2, worker });
       await pool.ready;
       const options = { steps: 10_000, softening: 1, pool };
       const sum = ({ x }) => x.reduce((a, b) => a + b);
       const wanted = sum(await nbody(bodies(180), options));
       const outcomes = {};
       // 60 steps are one row of 120 phases. The death may meet a piece, a gate, or the time between two rows.
       for (let round = 0; round < 20; round++) {
         await pool.broadcast(noop);
         const pending = nbody(bodies(180), options);
         setTimeout(() => started.at(-1).terminate(), 5 + round);
         const outcome = await pending.then((state) => sum(state) === wanted ? 'right' : 'wrong', (error) => error instanceof WorkerExitError ? 'exit' : String(error));
         outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
       }
       const last = sum(await nbody(bodies(180), options)) === wanted;
       await pool.close();
       console.log(JSON.stringify({ outcomes, last, left: heapStats().blocks - before }));
     }`,
    { limitMs: 100_000 },
  );
  expect(stderr).toBe('');
  const { outcomes, last, left } = JSON.parse(stdout);
  const { exit, right = 0 } = outcomes;
  expect(outcomes).toEqual(right === 0 ? { exit } : { exit, right });
  expect(exit).toBeGreaterThan(5);
  expect([last, left]).toEqual([true, 0]);
  expect(code).toBe(0);
});

test('the sync form waits at a gate no longer than until its worker’s death is heard of', () => {
  let job: PhaseJob | undefined;
  let looks = 0;
  const backend = {
    kind: 'shared',
    processes: 2,
    isFree: true,
    isWatched: true,
    submit: (part: PhaseJob) => {
      job = part;
    },
    pump() {},
    retract: () => false,
    // As a pool does it that learns of the death at its third look.
    block(isDone: () => boolean) {
      if (++looks === 3) job!.fail(new WorkerExitError('struck', { worker: 'one', exitCode: 3 }));
      if (looks > 3) expect(isDone()).toBe(true);
    },
  } as unknown as PoolBackend;
  const calls: string[] = [];
  const exports = {
    __mh_reset() {},
    // The worker takes the second piece with it.
    first(begin: number) {
      calls.push(`first ${begin}`);
      if (begin === 0) atomicAdd((job!.payload()[1] as number) + JOB_FIRST + PHASE_NEXT, 1);
    },
    second: (begin: number) => calls.push(`second ${begin}`),
  } as unknown as KernelExports;
  registerBoards();
  const before = heapStats().blocks;
  const phases = ['first', 'second'].map((fn) => ({ fn, pieces: 3, args: [], costNs: 2e6 }));
  expect(PHASE_ARGS % 8).toBe(0);
  expect(() => runPhasesSyncOn(backend, families.numbers, phases, exports)).toThrow('struck');
  expect(calls).toEqual(['first 0', 'first 2']);
  expect(heapStats().blocks).toBe(before);
});
