// Programs against the sources, for tests that need what the package does not export: bundled into a folder of
// out/programs, the worker's file beside, and run on Node, Deno and Bun, or in a page (pages.ts).

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/** What starts a program on each runtime. */
export const starters: Record<'node' | 'deno' | 'bun', readonly string[]> = {
  node: [process.execPath],
  deno: [join(root, 'node_modules/.bin/deno'), 'run', '-A'],
  bun: [join(root, 'node_modules/bun/bin/bun.exe')],
};
export type RuntimeName = keyof typeof starters;

/** The runtimes that are there. */
export const present = (Object.keys(starters) as RuntimeName[]).filter((name) =>
  existsSync(starters[name][0]),
);

/**
 * Bundles a program; its path.
 *
 * @param entry a TypeScript file, from the project's root
 * @param atomics a module in the place of assembly/atomics/index.ts, from the project's root
 * @param browser for a page: with src/runtime/platform.browser.ts in the place of platform.ts, and page-process.ts where
 * it says node:process
 */
export async function bundleProgram(
  entry: string,
  { atomics, browser = false }: { atomics?: string; browser?: boolean } = {},
): Promise<string> {
  const name = basename(entry, '.ts').replace(/^_/, '');
  const world = browser ? 'browser' : 'node';
  const sort = `${atomics !== undefined ? '-hooked' : ''}${browser ? '-page' : ''}`;
  const outdir = join(root, 'out/programs', `${name}${sort}`);
  mkdirSync(outdir, { recursive: true });
  const substitutes: Plugin = {
    name: 'substitutes',
    setup(build) {
      const replace = (filter: RegExp, path: string, by: string) =>
        build.onResolve({ filter }, (seen) =>
          join(seen.resolveDir, seen.path) === join(root, path) ? { path: join(root, by) } : undefined,
        );
      if (atomics !== undefined) replace(/atomics\/index$/, 'assembly/atomics/index', atomics);
      if (!browser) return;
      replace(/\/platform$/, 'src/runtime/platform', 'src/runtime/platform.browser.ts');
      build.onResolve({ filter: /^node:process$/ }, () => ({
        path: join(root, 'test/runtimes/page-process.ts'),
      }));
    },
  };
  await build({
    entryPoints: [
      { in: join(root, entry), out: name },
      { in: join(root, `src/worker/worker.${world}.ts`), out: `worker.${world}` },
    ],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: world,
    target: browser ? 'es2022' : 'node20',
    external: ['cli-progress', 'node:*'],
    logLevel: 'error',
    plugins: [substitutes],
  });
  return join(outdir, `${name}.js`);
}

export interface Ended {
  /** Null if it had to be stopped. */
  code: number | null;
  output: string;
}

/** Runs a program to its end, its output shown too if `show` says so; `flags` are the runtime's. */
export function runProgram(
  runtime: RuntimeName,
  file: string,
  args: readonly string[] = [],
  { limitMs = 60_000, env = {}, show = false, flags = [] as readonly string[] } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [command, ...first] = starters[runtime];
    const child = spawn(command, [...first, ...flags, file, ...args], { env: { ...process.env, ...env } });
    let output = '';
    const take = (data: Buffer) => {
      output += data;
      if (show) process.stdout.write(data);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    let stopped = false;
    const timer = setTimeout(() => {
      stopped = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: stopped ? null : code, output });
    });
  });
}
