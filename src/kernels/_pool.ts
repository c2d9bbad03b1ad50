// How a pool shares a kernel's phases.

import { runPhasesOn, runPhasesSyncOn } from '../pool/_phase';
import type { Pool } from '../pool/pool';
import type { Family, KernelExports } from './_module';
import type { Phase, PhaseControl } from './_phase';

/** What is no pool and can run phases all the same. */
export interface PhaseRunner {
  /** Runs the phases on all workers, each when every piece of the one before it is done; resolves when all are. */
  runPhases(family: Family, phases: readonly Phase[], control: PhaseControl): Promise<void>;
  /** Which backend it has; phases are shared among threads on `shared` alone. */
  readonly backend: string;
  /** Runs the phases on the workers and in this thread, which blocks until every piece is done. */
  runPhasesSync(family: Family, phases: readonly Phase[], exports: KernelExports): void;
}

export type KernelPool = Pool | PhaseRunner;

/** Shares the phases among the workers; resolves when every piece is done. */
export function sharePhases(
  pool: KernelPool,
  family: Family,
  phases: readonly Phase[],
  control: PhaseControl,
): Promise<void> {
  if ('runPhases' in pool) return pool.runPhases(family, phases, control);
  return runPhasesOn(pool['~open'](), family, phases, control);
}

/** The same with this thread as one of the workers. */
export function sharePhasesSync(
  pool: KernelPool,
  family: Family,
  phases: readonly Phase[],
  exports: KernelExports,
): void {
  if ('runPhases' in pool) pool.runPhasesSync(family, phases, exports);
  else runPhasesSyncOn(pool['~open'](), family, phases, exports);
}
