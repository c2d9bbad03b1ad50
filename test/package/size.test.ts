// What the package weighs in a program's bundle: minified by esbuild and gzipped, without what is loaded later.

import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
  ['an import that nobody uses', "import { Pool } from 'manyhands'; console.log(1)", 0.1],
  ['everything', "import * as all from 'manyhands'; console.log(all)", 66.8],
  ['a pool', "import { Pool, tasks } from 'manyhands'; console.log(Pool, tasks)", 35.3],
  ['a lock', "import { Lock } from 'manyhands'; console.log(Lock)", 11.6],
  ['a queue', "import { Queue } from 'manyhands'; console.log(Queue)", 22.9],
  ['a process', "import { Process } from 'manyhands'; console.log(Process)", 21.3],
  ['an error', "import { TimeoutError } from 'manyhands'; console.log(TimeoutError)", 1.6],
])('%s: %s weighs at most %d kB', async (_, code, limit) => {
  expect(await weigh('index', code)).toBeLessThan(limit * 1000);
});

test('one kernel brings no other family along', async () => {
  const program = (names: string) => `import { ${names} } from 'manyhands'; console.log(${names})`;
  const one = await weigh('kernels', program('sha256'));
  const pool = await weigh('index', program('Pool'));
  expect(one - pool).toBeLessThan(6300); // its checks, plans and driver; its module is loaded with the first call
});

test('a kernel that nobody uses weighs nothing', async () => {
  expect(await weigh('kernels', "import { sha256 } from 'manyhands'; console.log(1)")).toBeLessThan(100);
});

// Vite is what vitest runs on: no dependency of our own.
const vite = createRequire(createRequire(import.meta.url).resolve('vitest/package.json')).resolve('vite');
const { build: buildByVite }: { build(options: object): Promise<unknown> } = await import(
  pathToFileURL(vite).href
);

/** Bytes of the same by Vite, whose bundler judges by itself what has effects. */
async function weighByVite(entry: string, program: string): Promise<number> {
  const built = (await buildByVite({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'program',
        resolveId: (id: string) =>
          id === 'manyhands' ? `${dist}/${entry}.browser.js` : id === 'main' ? '\0main' : null,
        load: (id: string) => (id === '\0main' ? program : null),
      },
    ],
    // Without Vite's own preloading of modules: what is weighed is ours.
    build: {
      write: false,
      minify: true,
      modulePreload: { polyfill: false },
      rollupOptions: { input: 'main' },
    },
  })) as {
    output: Array<{ type: string; fileName: string; isEntry?: boolean; code: string; imports: string[] }>;
  };
  const chunks = new Map(built.output.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set(built.output.filter(({ isEntry }) => isEntry));
  for (const { imports } of seen)
    for (const name of imports) if (chunks.has(name)) seen.add(chunks.get(name)!);
  return gzipSync([...seen].map(({ code }) => code).join('\n'), { level: 9 }).length;
}

test.each([
  ['an import that nobody uses', "import { Pool } from 'manyhands'; console.log(1)", 0.1],
  ['a lock', "import { Lock } from 'manyhands'; console.log(Lock)", 11.9],
  ['a queue', "import { Queue } from 'manyhands'; console.log(Queue)", 22.9],
  ['a pool', "import { Pool, tasks } from 'manyhands'; console.log(Pool, tasks)", 35.3],
])('%s by Vite: %s weighs at most %d kB', async (_, code, limit) => {
  expect(await weighByVite('index', code)).toBeLessThan(limit * 1000);
});
