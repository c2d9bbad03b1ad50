// When a program ends: an idle pool holds nothing open, pending work does. Each case is a fresh process.

import { expect, test } from 'vitest';
import { runProgram } from './_programs';

/** What "ends by itself" may take on a busy machine; a program that is held open never ends. */
const SOON_MS = 20_000;
const TASKS = `
import { Pool, isMain, sharedArray, heapStats, tasks } from 'manyhands';
export const { square, later, exit } = tasks(import.meta.url, {
  square: (x) => x * x,
  later: (x, ms) => new Promise((resolve) => setTimeout(() => resolve(x), ms)),
  exit: (code) => process.exit(code),
});
if (isMain(import.meta.url)) await main();
`;

for (const backend of ['shared', 'message', 'inline']) {
  test(`a program with an open, idle pool ends [${backend}]`, async () => {
    const { code, stdout } = await runProgram(
      `${TASKS} async function main() {
        const pool = new Pool({ processes: 2, backend: '${backend}' });
        console.log(await pool.map(square, [1, 2, 3]));
      }`,
      { limitMs: SOON_MS },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[ 1, 4, 9 ]\n' });
  });

  test(`a program with pending work stays until it is done [${backend}]`, async () => {
    const { code, stdout } = await runProgram(
      `${TASKS} async function main() {
        const pool = new Pool({ processes: 1, backend: '${backend}' });
        pool.apply(later, ['done', 300]).then(console.log);
        pool.map(later, ['a', 'b']).then((results) => console.log(results.length));
      }`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n2\n' });
  });

  test(`top-level await of a pool's work does not end the program early [${backend}]`, async () => {
    const { code, stdout } = await runProgram(
      `${TASKS} async function main() {
        const pool = new Pool({ processes: 1, backend: '${backend}' });
        await pool.ready;
        console.log(await pool.apply(later, [1, 200]));
        for await (const x of pool.imap(later, [2, 3])) console.log(x);
        await pool.close();
        console.log('closed');
      }`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n2\n3\nclosed\n' });
  });
}

test('a pool that was never used lets its program end', async () => {
  const { code } = await runProgram(`${TASKS} async function main() { new Pool(2); }`, { limitMs: SOON_MS });
  expect(code).toBe(0);
});

test('a program ends after resize, after broken pools and after terminate', async () => {
  const { code, stdout } = await runProgram(
    `${TASKS} async function main() {
      const pool = new Pool(3);
      await pool.map(square, [1, 2, 3]);
      pool.resize(1);
      const broken = new Pool({ processes: 1, initializer: exit, initargs: [2] });
      await broken.apply(square, [1]).catch((error) => console.log(error.code));
      const ended = new Pool(1);
      ended.apply(later, [1, 1e6]).catch((error) => console.log(error.code));
      await ended.terminate();
    }`,
    { limitMs: SOON_MS },
  );
  expect(code).toBe(0);
  expect(stdout.split('\n').sort()).toEqual(['', 'ERR_BROKEN_PROCESS_POOL', 'ERR_CLOSED']);
});

test('blocking calls need no event loop at all', async () => {
  const { code, stdout } = await runProgram(
    `${TASKS} async function main() {
      const pool = new Pool(2);
      console.log(pool.mapSync(square, [1, 2, 3]), pool.applySync(later, ['late', 20]));
      try { pool.applySync(exit, [5]); } catch (error) { console.log(error.code); }
      console.log(pool.applySync(square, [9]));
    }`,
    { limitMs: SOON_MS },
  );
  expect(stdout).toBe('[ 1, 4, 9 ] late\nERR_WORKER_EXIT\n81\n');
  expect(code).toBe(0);
});

test('under MANYHANDS_DEBUG=1 released elements are overwritten', async () => {
  const { code, stdout } = await runProgram(
    `import { release, sharedArray } from 'manyhands';
     const array = sharedArray(Uint8Array, [1, 2, 3]);
     release(array);
     console.log(array[1]);
     try { release(array); } catch (error) { console.log(error.code); }`,
    { env: { MANYHANDS_DEBUG: '1' } },
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: '221\nERR_INVALID_STATE\n' });
});
