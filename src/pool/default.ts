// The pool that kernels use when the caller gives none, and what the program can say of its backends.

import { type Backend, runtime } from '../runtime/runtime';
import { bestBackend, canShare } from './_backends';
import { lostWorkers } from './_crew';
import { Pool } from './pool';

let pool: Pool | undefined;

/** The program's default pool: a worker per core, started on first use, never in the way of the program's end. */
export function defaultPool(): Pool {
  pool ??= new Pool({ name: 'KernelWorker' });
  return pool;
}

/**
 * Cores that this program may use; affinity and control-group quotas count where the runtime shows them.
 *
 * @example
 * ```ts
 * console.log(cpuCount() >= 1); // true
 * ```
 */
export function cpuCount(): number {
  return runtime().cores();
}

/** The backends that work here, best first. */
export function availableBackends(): Backend[] {
  const best = bestBackend();
  return best === 'shared'
    ? ['shared', 'message', 'inline']
    : best === 'message'
      ? ['message', 'inline']
      : ['inline'];
}

/** Which backend is in use and why, in words. */
export function explain(): string {
  const { name, workers } = runtime();
  const best = bestBackend();
  if (best === 'shared') {
    return `manyhands uses the backend "shared" on ${name}: workers and shared memory, ${cpuCount()} cores.${lostInWords()}`;
  }
  if (best === 'message') {
    const why = canShare()
      ? 'the runtime grants no shared WebAssembly memory'
      : 'the page is not cross-origin isolated';
    return (
      `manyhands uses the backend "message" on ${name}: workers without shared memory, because ${why}.` +
      ' Serve the page with "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp" to get shared memory.'
    );
  }
  return `manyhands uses the backend "inline" on ${name}: tasks run in this thread, because ${workers}.`;
}

/** What to know of workers that were terminated and run on, because the runtime cannot stop their loop. */
function lostInWords(): string {
  const count = lostWorkers.size;
  if (count === 0) return '';
  const [workers, their] = count === 1 ? ['1 worker', 'it'] : [`${count} workers`, 'they'];
  return ` ${workers} could not be ended and may still run; the memory that ${their} may write to is kept back until then.`;
}
