// The package as its users get it: packed, installed into an empty project, the README's first example run there on
// every runtime that is installed, and its names resolved.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const windows = process.platform === 'win32';
const runtimes: Array<[name: string, command: string, args: string[]]> = [
  ['Node', process.execPath, []],
  ['Deno', join(root, 'node_modules/.bin/deno'), ['run', '-A']],
  ['Bun', join(root, 'node_modules/bun/bin/bun.exe'), []],
];
let folder = '';
let project = '';

/** The README's first JavaScript block: a whole program whose first line names its file. */
function readmeExample(): { file: string; source: string } {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, source] = /^```js\n([\s\S]*?)^```/m.exec(readme) ?? [];
  if (source === undefined)
    throw new Error('README.md has no ```js block: its first example is what users try first');
  const [, file] = /^\/\/ (\S+\.m?js)\n/.exec(source) ?? [];
  if (file === undefined)
    throw new Error('The first ```js block of README.md must begin with its file name, as in "// cook.mjs"');
  return { file, source };
}

/** Runs a file of the project; its output, or what went wrong. */
function runIn([, command, args]: (typeof runtimes)[number], file: string): string {
  const { status, signal, stdout, stderr } = spawnSync(command, [...args, file], {
    cwd: project,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0)
    throw new Error(`${command} ${file} ended with ${signal ?? status}:\n${stdout}\n${stderr}`);
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-package-'));
  project = mkdtempSync(join(folder, 'project-'));
  const npm = (args: string[], cwd: string) =>
    execFileSync('npm', args, { cwd, shell: windows, stdio: 'pipe', encoding: 'utf8' });
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(project, 'package.json'), '{ "name": "kitchen", "private": true, "type": "module" }\n');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, tarball)], project);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what its exports name, and no sources of tests', () => {
  const installed = join(project, 'node_modules/manyhands');
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const files = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') files.add(value);
    else for (const inner of Object.values(value as object)) collect(inner);
  };
  collect(exports);
  for (const file of files) expect(existsSync(join(installed, file)), file).toBe(true);
  expect(readdirSync(installed)).not.toContain('test');
  expect(readdirSync(installed)).not.toContain('src');
});

for (const runtime of runtimes) {
  const [name, command] = runtime;
  test.skipIf(!existsSync(command))(`the README's first example runs on ${name}`, () => {
    const { file, source } = readmeExample();
    writeFileSync(join(project, file), source);
    const output = runIn(runtime, file);
    for (const dish of ['salad', 'soup', 'main course', 'dessert'])
      expect(output).toContain(`is cooking ${dish}`);
    expect(output).toMatch(/PoolWorker-\d/);
  });

  test.skipIf(!existsSync(command))(`kernels are found by name on ${name}`, () => {
    writeFileSync(
      join(project, 'kernels.mjs'),
      `import { explain } from 'manyhands';
       import { countPrimes, countPrimesSync } from 'manyhands/kernels';
       console.log(await countPrimes(0, 1e6), countPrimesSync(0, 100), explain());\n`,
    );
    expect(runIn(runtime, 'kernels.mjs')).toMatch(/^78498 25 manyhands uses the backend "shared"/);
  });
}

test('TypeScript finds the types of every entry', () => {
  writeFileSync(
    join(project, 'types.ts'),
    `import { Pool, tasks } from 'manyhands';
     import { sum } from 'manyhands/kernels';
     const { half } = tasks(import.meta.url, { half: (x: number) => x / 2 });
     const halves: Promise<number[]> = new Pool(1).map(half, [1]);
     const total: Promise<number> = sum(new Float64Array(1));
     // @ts-expect-error: strings are no numbers
     new Pool(1).map(half, ['1']);
     export { halves, total };\n`,
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--moduleResolution',
    'nodenext',
  ];
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, ...args, '--lib', 'es2024,esnext.disposable,dom', 'types.ts'],
    { cwd: project, encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
