// A program whose worker file is bundled and minified: the worker knows what its own code does not import.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const dist = resolve(import.meta.dirname, '../../dist');
const folder = mkdtempSync(join(tmpdir(), 'manyhands-bundle-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = {
  'kitchen.js': `
    import { tasks } from 'manyhands';
    export const { describe, weigh } = tasks('kitchen', {
      describe: (things) => things.map((thing) => thing.constructor === Object ? 'copy' : typeof thing).join(),
      weigh: (list) => list.length,
    });`,
  'worker.js': `
    import 'manyhands/worker';
    import './kitchen.js';`,
  'main.js': `
    import { Worker } from 'node:worker_threads';
    import { Barrier, Manager, Pool, Queue, ShareableList, SharedMemory, Value, pipe } from 'manyhands';
    import { describe, weigh } from './kitchen.js';
    const manager = new Manager();
    const list = new ShareableList([1, 'two', 3]);
    await using pool = new Pool({ processes: 1, worker: () => new Worker(new URL('./worker.js', import.meta.url)) });
    const things = [new Barrier(1), new Queue(), pipe()[0], new Value('d', 1), manager.dict(), manager.list()];
    console.log(await pool.apply(weigh, [list]), await pool.apply(describe, [things]));`,
};

test('a bundled worker revives handles of classes that its tasks do not import', async () => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const outdir = join(folder, 'out');
  await build({
    entryPoints: [join(folder, 'main.js'), join(folder, 'worker.js')],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: { manyhands: join(dist, 'index.node.js'), 'manyhands/worker': join(dist, 'worker.node.js') },
    external: ['cli-progress'],
    outExtension: { '.js': '.js' },
    logLevel: 'silent',
  });
  writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
  const output = execFileSync(process.execPath, [join(outdir, 'main.js')], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(output.trim()).toBe('3 object,object,object,object,object,object');
});
