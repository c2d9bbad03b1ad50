// 1,000 deaths of workers and 1,000 thrown errors among other tasks: every promise settles once, with its own
// outcome, and nothing is left on the heap. In a process of its own, against the built package.

import { expect, test } from 'vitest';
import { runProgram } from './_programs';

const DEATHS = 1000;
const OTHERS = 4000;

for (const backend of ['shared', 'message']) {
  const deaths = backend === 'shared' ? DEATHS : DEATHS / 4;
  test(`${deaths} exits and ${deaths} errors inside tasks lose no other task [${backend}]`, {
    timeout: 300_000,
  }, async () => {
    const { code, stdout, stderr } = await runProgram(
      `import { heapStats, isMain, Pool, tasks, WorkerExitError } from 'manyhands';
       export const { work } = tasks(import.meta.url, {
         work(i, what) {
           if (what === 1) process.exit(3);
           if (what === 2) throw new RangeError('task ' + i);
           return i * 2;
         },
       });
       if (isMain(import.meta.url)) {
         const before = heapStats().blocks;
         const pool = new Pool({ processes: 2, backend: '${backend}' });
         const kinds = Array.from({ length: ${OTHERS} }, (_, i) => i % ${OTHERS / deaths} === 1 ? 1 : i % ${OTHERS / deaths} === 3 ? 2 : 0);
         let settled = 0;
         const wrong = [];
         // Some at a time, as a program would have them: with so many deaths each batch meets several.
         for (let from = 0; from < kinds.length; from += 50) {
           await Promise.all(kinds.slice(from, from + 50).map(async (what, k) => {
             const i = from + k;
             const outcome = await pool.apply(work, [i, what], { retries: what === 0 ? 100 : 0 }).then((value) => ({ value }), (reason) => ({ reason }));
             settled++;
             const right = what === 0 ? outcome.value === i * 2
               : what === 1 ? outcome.reason instanceof WorkerExitError && outcome.reason.exitCode === 3
               : outcome.reason instanceof RangeError && outcome.reason.message === 'task ' + i;
             if (!right) wrong.push([i, what, String(outcome.reason ?? outcome.value)]);
           }));
         }
         const { running, queued, restarts } = pool.stats();
         await pool.close();
         console.log(JSON.stringify({ settled, wrong, running, queued, enough: restarts >= ${deaths} - 2, left: heapStats().blocks - before }));
       }`,
      { limitMs: 280_000 },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      settled: OTHERS,
      wrong: [],
      running: 0,
      queued: 0,
      enough: true,
      left: 0,
    });
    expect(code).toBe(0);
  });
}
