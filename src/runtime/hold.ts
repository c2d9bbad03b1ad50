// What holds the program open besides tasks: waits of this thread that another thread will end. A pending
// waitAsync holds no runtime open; the workers that may end it do, while somebody waits for them.

let holds = 0;
const listeners = new Set<() => void>();

/** Whether something waits for a worker. */
export function isProgramHeld(): boolean {
  return holds > 0;
}

/** Holds the program open until {@link releaseProgram}, as long as workers live. */
export function holdProgram(): void {
  if (++holds === 1) for (const listener of listeners) listener();
}

/** Takes one {@link holdProgram} back. */
export function releaseProgram(): void {
  if (--holds === 0) for (const listener of listeners) listener();
}

/** Calls `listener` when the first hold begins and when the last one ends. */
export function onHoldChange(listener: () => void): void {
  listeners.add(listener);
}
