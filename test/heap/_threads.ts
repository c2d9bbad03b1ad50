// Real threads for the heap's tests: a TypeScript entry is bundled on the fly and run in worker_threads.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** The entry (a file of this folder) and all it imports, as the URL of one module. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
}

/** Runs the module at `url` in a thread; resolves with the one message that it posts. */
export function runThread<T>(url: string, workerData: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread ended with code ${code} and no message`)));
  });
}

/** The seed of a random test: from MANYHANDS_SEED, else from the clock; printed, so that a failure can be replayed. */
export function seedOf(test: string): number {
  const seed = Number(process.env.MANYHANDS_SEED ?? Date.now() & 0x7fffffff);
  console.log(`${test}: replay with MANYHANDS_SEED=${seed}`);
  return seed;
}
