// The stress tests in full: `npm run stress [kills|steps|queues|queue-kills|histories|fuzz|recycle] [runtime]`.
// In CI a sample of them runs: kills.test.ts, queues.test.ts, histories.test.ts and recycle.test.ts.
//
//   kills   10,000 random kills on Node, 1,000 on Deno and on Bun; MANYHANDS_KILLS and MANYHANDS_SEED change that
//   steps   death before each step of each primitive
//   queues  death before each step of putting, of getting, and of making shared objects; blocks are counted on Node
//   queue-kills 10,000 deaths while putting and getting on Node, 1,000 on Deno and on Bun; as kills
//   histories 10,000 rounds of two to four workers at one queue, or one dict, on each runtime (MANYHANDS_ROUNDS and
//           MANYHANDS_SEED change that): every history is linearizable
//   fuzz    10⁶ values through the codec and 10⁷ messages that were tampered with, on Node
//   recycle 2,000 workers that run one task each (MANYHANDS_WORKERS changes that): they let the program grow by no more
//           than 1 MB for each 1,000 beyond what workers that do nothing do

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleProgram, present, type RuntimeName, runProgram } from '../runtimes/programs';

const KILLS: Record<RuntimeName, number> = { node: 10_000, deno: 1_000, bun: 1_000 };
const LIMIT_MS = 30 * 60_000;
const RECYCLE = join(import.meta.dirname, '_recycle-program.mjs');
/** What V8 is told, so that only what workers leave is measured: see the program. */
const V8_FLAGS = ['--expose-gc', '--max-semi-space-size=1'];
const RECYCLE_FLAGS: Record<RuntimeName, string[]> = {
  node: V8_FLAGS,
  deno: [`--v8-flags=${V8_FLAGS.join(',')}`],
  bun: [],
};

const [what, only] = process.argv.slice(2);
const parts = {
  async kills(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_kills-program.ts');
    const kills = process.env.MANYHANDS_KILLS ?? String(KILLS[runtime]);
    const seed = process.env.MANYHANDS_SEED ?? String(Date.now() % 1e9);
    return (await runProgram(runtime, file, [kills, seed], { show: true, limitMs: LIMIT_MS })).code;
  },
  async steps(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_steps-program.ts', { atomics: 'test/stress/_atomics.ts' });
    return (await runProgram(runtime, file, [], { show: true, limitMs: LIMIT_MS })).code;
  },
  async recycle(runtime: RuntimeName): Promise<number | null> {
    const count = process.env.MANYHANDS_WORKERS ?? '2000';
    const grown: number[] = [];
    for (const mode of ['empty', 'ours']) {
      const options = { show: true, limitMs: LIMIT_MS, flags: RECYCLE_FLAGS[runtime] };
      const { code, output } = await runProgram(runtime, RECYCLE, [mode, count], options);
      if (code !== 0) return code;
      const { grownBytes, leftBytes } = JSON.parse(output);
      if (leftBytes !== 0) return 1;
      grown.push(grownBytes);
    }
    // A program that shrank meanwhile gives no one room to grow, nor takes it.
    const perThousand = ((grown[1] - Math.max(0, grown[0])) / Number(count)) * 1000;
    console.log(`${(perThousand / 1e6).toFixed(2)} MB for each 1,000 workers beyond empty ones`);
    return perThousand <= 1e6 ? 0 : 1;
  },
  async queues(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_queue-steps-program.ts', {
      atomics: 'test/stress/_atomics.ts',
    });
    return (await runProgram(runtime, file, [], { show: true, limitMs: LIMIT_MS })).code;
  },
  async 'queue-kills'(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_queue-kills-program.ts', {
      atomics: 'test/stress/_atomics.ts',
    });
    const kills = process.env.MANYHANDS_KILLS ?? String(KILLS[runtime]);
    const seed = process.env.MANYHANDS_SEED ?? String(Date.now() % 1e9);
    return (await runProgram(runtime, file, [kills, seed], { show: true, limitMs: LIMIT_MS })).code;
  },
  async histories(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_histories-program.ts');
    const rounds = process.env.MANYHANDS_ROUNDS ?? '10000';
    const seed = process.env.MANYHANDS_SEED ?? String(Date.now() % 1e9);
    return (await runProgram(runtime, file, [rounds, seed], { show: true, limitMs: LIMIT_MS })).code;
  },
  async fuzz(runtime: RuntimeName): Promise<number | null> {
    if (runtime !== 'node') return 0;
    const { status } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', 'test/codec', `--testTimeout=${LIMIT_MS}`],
      {
        stdio: 'inherit',
        env: {
          MANYHANDS_FUZZ_RUNS: '10000000',
          MANYHANDS_PROPERTY_RUNS: '1000000',
          MANYHANDS_FUZZ_LIMIT_MS: String(LIMIT_MS),
          ...process.env,
        },
      },
    );
    return status;
  },
};

for (const runtime of present.filter((name) => only === undefined || name === only)) {
  for (const [name, run] of Object.entries(parts).filter(([part]) => what === undefined || part === what)) {
    console.log(`\n── ${name} on ${runtime} ──`);
    if ((await run(runtime)) !== 0) {
      console.log(`FAILED: ${name} on ${runtime}`);
      process.exitCode = 1;
    }
  }
}
