// The pool for calls of kernels that name none: the program's default pool, where it has workers to share with.

import { bestBackend } from '../pool/_backends';
import { defaultPool } from '../pool/default';
import type { Pool } from '../pool/pool';
import { bootOfThisWorker } from '../process/current';

/** A pool's worker is one of as many as there shall be, and computes by itself: a pool in each would be their square. */
function isPoolWorker(): boolean {
  const boot = bootOfThisWorker();
  return boot !== undefined && boot.isProcess !== true;
}

/** The default pool; undefined where the call is to run here. */
export function kernelPool(): Pool | undefined {
  return !isPoolWorker() && bestBackend() === 'shared' ? defaultPool() : undefined;
}
