// Gives the kernels the program's default pool: here, so that a program without kernels carries no pool for them.

import { bestBackend } from '../pool/_backends';
import { defaultPool } from '../pool/default';
import { bootOfThisWorker } from '../process/current';
import { installKernelPool } from './_plan';

/** A pool's worker is one of as many as there shall be, and computes by itself: a pool in each would be their square. */
function isPoolWorker(): boolean {
  const boot = bootOfThisWorker();
  return boot !== undefined && boot.isProcess !== true;
}

installKernelPool(() => (!isPoolWorker() && bestBackend() === 'shared' ? defaultPool() : undefined));
