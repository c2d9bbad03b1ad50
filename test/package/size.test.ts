// What the package weighs in a program's bundle: minified by esbuild and gzipped, without what is loaded later.

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../../dist');

/** Bytes of a program's first chunk and of all that it imports, but not of what it imports later. */
async function weigh(entry: string, program: string): Promise<number> {
  const { outputFiles, warnings, metafile } = await build({
    stdin: {
      contents: program.replace('manyhands', `./${entry}.browser.js`),
      resolveDir: dist,
      sourcefile: 'main',
    },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
    outdir: 'out',
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const first = Object.keys(metafile.outputs).find((name) => /(stdin|main)\.js$/.test(name));
  const chunks = new Set([first!]);
  for (const chunk of chunks) {
    for (const { path, kind, external } of metafile.outputs[chunk].imports) {
      if (kind === 'import-statement' && !external) chunks.add(path);
    }
  }
  const code = [...chunks].map((chunk) => outputFiles.find(({ path }) => path.endsWith(chunk))!.contents);
  return gzipSync(Buffer.concat(code), { level: 9 }).length;
}

test.each([
  ['an import that nobody uses', "import { Pool } from 'manyhands'; console.log(1)", 10],
  ['a pool', "import { Pool, tasks } from 'manyhands'; console.log(Pool, tasks)", 41],
  ['a lock', "import { Lock } from 'manyhands'; console.log(Lock)", 22],
  ['a queue', "import { Queue } from 'manyhands'; console.log(Queue)", 26],
  ['a process', "import { Process } from 'manyhands'; console.log(Process)", 25],
])('%s: %s weighs at most %i kB', async (_, code, limit) => {
  expect(await weigh('index', code)).toBeLessThan(limit * 1000);
});

test('one kernel brings no other family along', async () => {
  const one = await weigh('kernels', "import { sha256 } from 'manyhands'; console.log(sha256)");
  const none = await weigh('kernels', "import 'manyhands'");
  expect(one - none).toBeLessThan(6000); // its own checks and plans; its module is loaded with the first call
});
