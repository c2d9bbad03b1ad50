// How programs end that are told to: by a signal, by an exit in the middle of work; and what they say of errors that
// nobody waits for. On every runtime that is installed.

import { expect, test } from 'vitest';
import { RUNTIMES, runProgram } from './_programs';

const TASKS = `
import { Pool, isMain, Process, tasks } from 'manyhands';
export const { spin, square, throwLater, rejectLater } = tasks(import.meta.url, {
  spin() { while (true); },
  square: (x) => x * x,
  throwLater() { setTimeout(() => { throw new RangeError('burnt at ' + 200 + ' degrees'); }, 0); },
  rejectLater() { setTimeout(() => { void Promise.reject(new RangeError('burnt at ' + 200 + ' degrees')); }, 0); },
});
if (isMain(import.meta.url)) await main();
`;

/** Programs whose workers never come to rest, and where their main thread is meanwhile. */
const BUSY = {
  awaiting: `const pool = new Pool(2); await pool.ready; pool.apply(spin).catch(() => {});
    await pool.apply(square, [1]); console.log('busy'); await pool.map(spin, [1, 2]);`,
  'awaiting without shared memory': `const pool = new Pool({ processes: 1, backend: 'message' });
    await pool.ready; console.log('busy'); await pool.apply(spin);`,
  blocking: `const pool = new Pool(1); await pool.ready; console.log('busy'); pool.applySync(spin);`,
  'joining a process': `const process = new Process(spin); process.start(); console.log('busy'); await process.join();`,
};

for (const [name, command] of RUNTIMES) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const [where, body] of Object.entries(BUSY)) {
      test(`${name}: ${signal} ends a program with busy workers, ${where}`, async () => {
        const ended = await runProgram(`${TASKS} async function main() { ${body} }`, {
          command,
          signal,
          limitMs: 30_000,
        });
        // Killed by the signal: what a shell shows as 130, or 143.
        expect({ code: ended.code, signal: ended.signal, stdout: ended.stdout }).toEqual({
          code: null,
          signal,
          stdout: 'busy\n',
        });
      });
    }
  }

  test(`${name}: a program that handles SIGTERM closes its pool and ends with its own code`, async () => {
    const { code, stdout } = await runProgram(
      `${TASKS} async function main() {
        const pool = new Pool(2);
        process.on('SIGTERM', async () => { await pool.terminate(); console.log('closed'); process.exit(5); });
        await pool.ready;
        console.log('up');
        pool.apply(square, [3]).catch(() => {});
        setInterval(() => {}, 1000);
      }`,
      { command, signal: 'SIGTERM', limitMs: 30_000 },
    );
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'up\nclosed\n' });
  });

  test(`${name}: process.exit takes busy workers with it`, async () => {
    const { code } = await runProgram(
      `${TASKS} async function main() {
        const pool = new Pool(2); await pool.ready; pool.map(spin, [1, 2]).catch(() => {});
        setTimeout(() => process.exit(7), 20);
      }`,
      { command, limitMs: 30_000 },
    );
    expect(code).toBe(7);
  });

  for (const how of ['throwLater', 'rejectLater']) {
    test(`${name}: an error outside of any task is said aloud, and the pool goes on (${how})`, async () => {
      const { code, stdout, stderr } = await runProgram(
        `${TASKS} async function main() {
          const pool = new Pool(1);
          await pool.apply(${how});
          while (pool.stats().restarts === 0) await new Promise((resolve) => setTimeout(resolve, 5));
          console.log(await pool.apply(square, [4]));
          await pool.close();
        }`,
        { command, limitMs: 30_000 },
      );
      expect({ code, stdout }).toEqual({ code: 0, stdout: '16\n' });
      expect(stderr).toContain('burnt at 200 degrees');
    });
  }
}
