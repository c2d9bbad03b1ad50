// How a pool shares a kernel's phases.

import { runPhaseOn, runPhaseSyncOn } from '../pool/_phase';
import type { Pool } from '../pool/pool';
import type { Family, KernelExports } from './_module';
import type { Phase, PhaseControl } from './_phase';

/** What is no pool and can run phases all the same. */
export interface PhaseRunner {
  /** Runs the phase on all workers; resolves when every piece is done. */
  runPhase(family: Family, phase: Phase, control: PhaseControl): Promise<void>;
  /** Which backend it has; phases are shared among threads on `shared` alone. */
  readonly backend: string;
  /** Runs the phase on the workers and in this thread, which blocks until every piece is done. */
  runPhaseSync(family: Family, phase: Phase, exports: KernelExports): void;
}

export type KernelPool = Pool | PhaseRunner;

/** Shares the phase among the workers; resolves when every piece is done. */
export function sharePhase(
  pool: KernelPool,
  family: Family,
  phase: Phase,
  control: PhaseControl,
): Promise<void> {
  if ('runPhase' in pool) return pool.runPhase(family, phase, control);
  return runPhaseOn(pool['~open'](), family, phase, control);
}

/** The same with this thread as one of the workers. */
export function sharePhaseSync(pool: KernelPool, family: Family, phase: Phase, exports: KernelExports): void {
  if ('runPhase' in pool) pool.runPhaseSync(family, phase, exports);
  else runPhaseSyncOn(pool['~open'](), family, phase, exports);
}
