// activeChildren: the workers that this thread has started and that live.

import { type Crew, living, type Member } from '../pool/_crew';

/** A living worker: a {@link Process}, or one of a pool. */
export interface ChildProcess {
  readonly name: string;
  readonly pid: number | null;
  isAlive(): boolean;
  /** Ends it now, with exit code −15; a pool starts another in its place. */
  terminate(): void;
  /** Ends it now, with exit code −9. */
  kill(): void;
}

const children = new WeakMap<Member, ChildProcess>();

/** Says whose a worker is. */
export function registerChild(member: Member, child: ChildProcess): void {
  children.set(member, child);
}

/** A pool's worker as others see it. */
class PoolChild implements ChildProcess {
  constructor(
    private readonly member: Member,
    private readonly crew: Crew,
  ) {}
  get name(): string {
    return this.member.name;
  }
  get pid(): number {
    return this.member.pid;
  }
  isAlive(): boolean {
    return this.member.alive;
  }
  terminate(): void {
    if (this.member.alive) this.crew.kill(this.member, -15);
  }
  kill(): void {
    if (this.member.alive) this.crew.kill(this.member, -9);
  }
}

/**
 * The living workers that this thread has started, those of pools included.
 *
 * @example
 * ```ts
 * await using pool = new Pool(2);
 * await pool.ready;
 * console.log(activeChildren().map((child) => child.name)); // [ 'PoolWorker-1', 'PoolWorker-2' ]
 * ```
 */
export function activeChildren(): ChildProcess[] {
  const active: ChildProcess[] = [];
  for (const [member, crew] of living) {
    let child = children.get(member);
    if (child === undefined) registerChild(member, (child = new PoolChild(member, crew)));
    if (isAlive(child)) active.push(child);
  }
  return active;
}

/** A process that its owner has closed is nobody's child any more. */
function isAlive(child: ChildProcess): boolean {
  try {
    return child.isAlive();
  } catch {
    return false;
  }
}
