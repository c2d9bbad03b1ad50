// The explorer as one file: several times faster than with the test runner's own module system.

import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** @param by who asks: test files run at the same time, each needs a file of its own */
export async function loadExplorer(by: string): Promise<typeof import('./explorer/suite')> {
  const outfile = join(root, `out/model/explorer/${by}.mjs`);
  await build({
    entryPoints: [join(root, 'test/model/explorer/suite.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  return import(/* @vite-ignore */ pathToFileURL(outfile).href);
}
