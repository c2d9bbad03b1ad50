// A piece of work with a pool's backend, as the handle that its caller holds sees it.

import type { PoolBackend } from '../pool/_backend';
import type { Job } from '../pool/_jobs';

export class Work {
  constructor(
    private readonly backend: PoolBackend,
    private readonly job: Job,
  ) {}

  /** Takes it back; false if it runs already, or has run. */
  retract(): boolean {
    return this.backend.retract(this.job);
  }

  get isRunning(): boolean {
    return this.backend.isRunning(this.job);
  }

  /** Blocks this thread until `isDone()`, or until the deadline (as performance.now() tells time). */
  block(isDone: () => boolean, what: string, deadline: number): void {
    this.backend.block(isDone, what, deadline);
  }
}
