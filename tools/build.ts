// Builds the package into dist/: kernels first, then JavaScript (esbuild, one chunk for what entries share), then
// type declarations (tsc). `tsx tools/build.ts [--no-types]`

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildKernels } from './kernels';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** Built here first, so that what runs from dist/ meanwhile finds it whole. */
const next = join(root, 'dist/.next');
const dist = join(root, 'dist');
const generated = join(root, 'src/kernels/_generated');

const entries = [
  'index.node',
  'index.browser',
  'index.edge',
  'kernels.node',
  'kernels.browser',
  'kernels.edge',
  'kernels.workerd',
].map((name) => ({ in: join(root, `src/${name}.ts`), out: name }));
const workers = ['worker.node', 'worker.browser'].map((name) => ({
  in: join(root, `src/worker/${name}.ts`),
  out: name,
}));

export async function buildAll(): Promise<void> {
  const started = performance.now();
  const built = await buildKernels();
  rmSync(next, { recursive: true, force: true });
  await build({
    entryPoints: [...entries, ...workers],
    outdir: next,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
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
  });
  mkdirSync(join(next, 'kernels'), { recursive: true });
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
