// The stress tests in full: `npm run stress [kills|steps|queues|queue-kills|histories|fuzz|recycle] [runtime|browser]`.
// In CI a sample of them runs: kills.test.ts, queues.test.ts, histories.test.ts and recycle.test.ts.
//
//   kills   10,000 random kills, 1,000 on Deno; MANYHANDS_KILLS and MANYHANDS_SEED change that
//   steps   death before each step of each primitive
//   queues  death before each step of putting, of getting, and of making shared objects; blocks are counted on Node
//   queue-kills 10,000 deaths while putting and getting, 1,000 on Deno; as kills
//   histories 10,000 rounds of two to four workers at one queue, or one dict (MANYHANDS_ROUNDS and MANYHANDS_SEED change
//           that): every history is linearizable
//   fuzz    10⁶ values through the codec and 10⁷ messages that were tampered with, on Node
//   recycle 2,000 workers that run one task each (MANYHANDS_WORKERS changes that): they let the program grow by no more
//           than 1 MB for each 1,000 beyond what workers that do nothing do
//
// Without a name they run on Node, Deno and Bun. A page is one of Chromium, Firefox or WebKitGTK (chromium, firefox,
// webkit), and runs queue-kills and histories.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { BrowserName } from '../runtimes/browsers';
import { presentBrowsers, runInPage } from '../runtimes/pages';
import { bundleProgram, present, type RuntimeName, runProgram } from '../runtimes/programs';

type Place = RuntimeName | BrowserName;

const KILLS = 10_000;
/** Deno starts four workers a second where Node starts thirty. */
const FEWER_KILLS: Partial<Record<Place, number>> = { deno: 1_000 };
const ROUNDS = 10_000;
const LIMIT_MS = 30 * 60_000;
const RECYCLE = join(import.meta.dirname, '_recycle-program.mjs');
/** What V8 is told, so that only what workers leave is measured: see the program. */
const V8_FLAGS = ['--expose-gc', '--max-semi-space-size=1'];
const RECYCLE_FLAGS: Record<RuntimeName, string[]> = {
  node: V8_FLAGS,
  deno: [`--v8-flags=${V8_FLAGS.join(',')}`],
  bun: [],
};

/** Runs a program of this folder, its steps counted if it is `hooked`; its exit code. */
async function run(place: Place, program: string, args: string[], hooked = false): Promise<number | null> {
  const browser = presentBrowsers.find((name) => name === place);
  const file = await bundleProgram(`test/stress/${program}`, {
    atomics: hooked ? 'test/stress/_atomics.ts' : undefined,
    browser: browser !== undefined,
  });
  const options = { show: true, limitMs: LIMIT_MS };
  const { code } = await (browser === undefined
    ? runProgram(place as RuntimeName, file, args, options)
    : runInPage(browser, file, args, options));
  return code;
}

const seed = () => process.env.MANYHANDS_SEED ?? String(Date.now() % 1e9);
const kills = (place: Place) => process.env.MANYHANDS_KILLS ?? String(FEWER_KILLS[place] ?? KILLS);

const anywhere = {
  'queue-kills': (place: Place) => run(place, '_queue-kills-program.ts', [kills(place), seed()], true),
  histories: (place: Place) =>
    run(place, '_histories-program.ts', [process.env.MANYHANDS_ROUNDS ?? String(ROUNDS), seed()]),
};

const onRuntimes = {
  kills: (runtime: RuntimeName) => run(runtime, '_kills-program.ts', [kills(runtime), seed()]),
  steps: (runtime: RuntimeName) => run(runtime, '_steps-program.ts', [], true),
  queues: (runtime: RuntimeName) => run(runtime, '_queue-steps-program.ts', [], true),
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

const [what, only] = process.argv.slice(2);
const places: Place[] = [...present, ...presentBrowsers.filter((name) => name === only)];
for (const place of places.filter((name) => only === undefined || name === only)) {
  const isRuntime = present.some((name) => name === place);
  const parts = { ...anywhere, ...(isRuntime && onRuntimes) } as Record<
    string,
    (place: Place) => Promise<number | null>
  >;
  for (const [name, part] of Object.entries(parts).filter(([name]) => what === undefined || name === what)) {
    console.log(`\n── ${name} on ${place} ──`);
    if ((await part(place)) !== 0) {
      console.log(`FAILED: ${name} on ${place}`);
      process.exitCode = 1;
    }
  }
}
