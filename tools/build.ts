// Builds the package into dist/: kernels first, then JavaScript (esbuild, once for each kind of runtime, chunks for what
// its entries share), then type declarations (tsc). `tsx tools/build.ts [--no-types]`

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { constants } from './constants';
import { buildKernels } from './kernels';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** Built here first, so that what runs from dist/ meanwhile finds it whole. */
const next = join(root, 'dist/.next');
const dist = join(root, 'dist');
const generated = join(root, 'src/kernels/_generated');

/** By kind of runtime: what its entries are called, and the files that they are made of. */
const platforms: Record<string, Record<string, string>> = {
  node: { 'index.node': 'index', 'kernels.node': 'kernels', 'worker.node': 'worker/worker.node' },
  browser: {
    'index.browser': 'index',
    'kernels.browser': 'kernels',
    'worker.browser': 'worker/worker.browser',
    symbols: 'runtime/symbols',
  },
  edge: { 'index.edge': 'index', 'kernels.edge': 'kernels', 'kernels.workerd': 'kernels.workerd' },
};

/** Where a file goes that is imported when it is needed: the same for every runtime, it imports nothing with a state. */
function lateName(path: string): string | undefined {
  const kernel = /\/_generated\/(\w+\.(?:threads|single))$/.exec(path);
  if (kernel !== null) return `kernels/${kernel[1]}`;
  return /\/_(inline-source|debug)$/.exec(path)?.[1];
}

/** Puts the platform in its place, and leaves what is imported late to files of their own. */
const parts = (platform: string): Plugin => ({
  name: 'parts',
  setup(build) {
    build.onResolve({ filter: /\/platform$/ }, () =>
      platform === 'node' ? undefined : { path: join(root, `src/runtime/platform.${platform}.ts`) },
    );
    // The one file that does something when it is loaded, and that package.json names for bundlers to keep.
    build.onResolve({ filter: /\/symbols$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './symbols.js', external: true },
    );
    build.onResolve({ filter: /\/_/ }, ({ path, kind }) => {
      const name = kind === 'dynamic-import' ? lateName(path) : undefined;
      return name === undefined ? undefined : { path: `./${name}.js`, external: true };
    });
  },
});

const common: BuildOptions = {
  outdir: next,
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  // With what is known of constants (constants.ts); names stay.
  minifySyntax: true,
  define: { 'Number.POSITIVE_INFINITY': 'Infinity' },
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['module', 'import'],
  target: ['es2022', 'node20', 'chrome110', 'firefox115', 'safari16.4'],
  external: ['node:*', 'cli-progress', '*.wasm'],
  sourcemap: true,
  // The maps are made one folder deeper than they will lie.
  sourceRoot: './.next/',
  legalComments: 'linked',
  logLevel: 'warning',
};

export async function buildAll(): Promise<void> {
  const started = performance.now();
  const built = await buildKernels();
  rmSync(next, { recursive: true, force: true });
  for (const [platform, entries] of Object.entries(platforms)) {
    const entryPoints = Object.entries(entries).map(([out, file]) => ({
      in: join(root, `src/${file}.ts`),
      out,
    }));
    // The sources are in the maps of the other two: here their names and lines do.
    const sourcesContent = platform !== 'edge';
    await build({
      ...common,
      entryPoints,
      sourcesContent,
      plugins: [parts(platform), constants(root)],
    });
  }
  const binaries = readdirSync(generated).filter((file) => file.endsWith('.ts'));
  await build({
    ...common,
    splitting: false,
    sourcemap: false,
    outdir: join(next, 'kernels'),
    entryPoints: binaries.map((file) => join(generated, file)),
  });
  await build({
    ...common,
    splitting: false,
    entryPoints: [
      { in: join(root, 'src/tasks/_inline-source.ts'), out: 'inline-source' },
      { in: join(root, 'src/sync/_debug.ts'), out: 'debug' },
    ],
    plugins: [constants(root)],
  });
  for (const file of readdirSync(generated)) {
    if (file.endsWith('.wasm')) cpSync(join(generated, file), join(next, 'kernels', file));
  }
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const keepTypes = process.argv.includes('--no-types');
  if (!keepTypes) {
    const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(next, 'types')];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
    completeTypePaths(join(next, 'types'));
  }
  for (const name of readdirSync(dist)) {
    if (name !== '.next' && !(keepTypes && name === 'types')) rmSync(join(dist, name), { recursive: true });
  }
  for (const name of readdirSync(next)) renameSync(join(next, name), join(dist, name));
  rmSync(next, { recursive: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`built dist/ in ${seconds} s${built.length > 0 ? ` (kernels: ${built.join(', ')})` : ''}`);
}

/** Gives the declarations' relative imports their file names, without which `"module": "nodenext"` finds nothing. */
function completeTypePaths(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    const complete = (path: string) => {
      const target = join(dirname(file), path);
      if (existsSync(`${target}.d.ts`)) return `${path}.js`;
      return existsSync(join(target, 'index.d.ts')) ? `${path}/index.js` : path;
    };
    const specifier = /((?:from|import)\s*\(?\s*['"])(\.[^'"]*)(['"])/g;
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(specifier, (_, head, path, tail) => head + complete(path) + tail),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
