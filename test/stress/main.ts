// The stress tests in full: `npm run stress [kills|steps] [runtime]`. In CI a sample of them runs: kills.test.ts.
//
//   kills   10,000 random kills on Node, 1,000 on Deno and on Bun; MANYHANDS_KILLS and MANYHANDS_SEED change that
//   steps   death before each step of each primitive

import { bundleProgram, present, type RuntimeName, runProgram } from '../runtimes/programs';

const KILLS: Record<RuntimeName, number> = { node: 10_000, deno: 1_000, bun: 1_000 };
const LIMIT_MS = 30 * 60_000;

const [what, only] = process.argv.slice(2);
const parts = {
  async kills(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_kills-program.ts');
    const kills = process.env.MANYHANDS_KILLS ?? String(KILLS[runtime]);
    const seed = process.env.MANYHANDS_SEED ?? String(Date.now() % 1e9);
    return (await runProgram(runtime, file, [kills, seed], { show: true, limitMs: LIMIT_MS })).code;
  },
  async steps(runtime: RuntimeName): Promise<number | null> {
    const file = await bundleProgram('test/stress/_steps-program.ts', 'test/stress/_atomics.ts');
    return (await runProgram(runtime, file, [], { show: true, limitMs: LIMIT_MS })).code;
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
