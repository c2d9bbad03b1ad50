// getContext: the names of the package, bound to one backend.

import { type ExecutorOptions, ProcessPoolExecutor } from '../futures/executor';
import { bestBackend, checkBackend } from '../pool/_backends';
import type { PoolOptions } from '../pool/_options';
import { cpuCount } from '../pool/default';
import { Pool } from '../pool/pool';
import type { Backend } from '../runtime/runtime';
import type { AnyFunction } from '../tasks/registry';
import { activeChildren } from './children';
import { currentProcess, parentProcess } from './current';
import { Process, type ProcessOptions } from './process';

/** What {@link getContext} gives: classes whose objects use its backend. */
export interface Context {
  readonly backend: Backend;
  readonly Process: new <F extends AnyFunction>(target: F, options?: ProcessOptions<F>) => Process<F>;
  readonly Pool: new (options?: number | PoolOptions) => Pool;
  readonly ProcessPoolExecutor: new (options?: number | ExecutorOptions) => ProcessPoolExecutor;
  readonly activeChildren: typeof activeChildren;
  readonly cpuCount: typeof cpuCount;
  readonly currentProcess: typeof currentProcess;
  readonly parentProcess: typeof parentProcess;
}

/**
 * The names that start workers, bound to a backend: as Python's contexts are to a start method.
 *
 * @param backend `'shared'`, `'message'` or `'inline'`; the best that works here if not given
 * @throws {NotShareableError} if the backend is not to be had here
 * @throws {TypeError} if there is no such backend
 * @example
 * ```ts
 * const { square } = tasks(import.meta.url, { square: (x: number) => x * x });
 * const context = getContext('inline');
 * await using pool = new context.Pool();
 * console.log(await pool.map(square, [1, 2, 3])); // [ 1, 4, 9 ]
 * ```
 */
export function getContext(backend: Backend = bestBackend()): Context {
  checkBackend(backend);
  const bound = <O extends object>(options: O | undefined): O & { backend: Backend } =>
    ({ ...options, backend }) as O & { backend: Backend };
  return {
    backend,
    Process: class<F extends AnyFunction> extends Process<F> {
      constructor(target: F, options?: ProcessOptions<F>) {
        super(target, bound(options));
      }
    },
    Pool: class extends Pool {
      constructor(options?: number | PoolOptions) {
        super(bound(typeof options === 'number' ? { processes: options } : options));
      }
    },
    ProcessPoolExecutor: class extends ProcessPoolExecutor {
      constructor(options?: number | ExecutorOptions) {
        super(bound(typeof options === 'number' ? { maxWorkers: options } : options));
      }
    },
    activeChildren,
    cpuCount,
    currentProcess,
    parentProcess,
  };
}
