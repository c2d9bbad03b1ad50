// What holds the program open besides tasks: waits of this thread that another thread will end. A pending
// waitAsync holds no runtime open; the workers that may end it do, while somebody waits for them.

let holds = 0;

/** Something that holds the program open, or lets go of it, when told. */
export interface Keeper {
  keepAlive(): void;
}
/** Told when the first hold begins and when the last one ends. */
export const keepers = new Set<Keeper>();

/** Whether something waits for a worker. */
export function isProgramHeld(): boolean {
  return holds > 0;
}

/** Holds the program open until {@link releaseProgram}, as long as workers live. */
export function holdProgram(): void {
  if (++holds === 1) for (const keeper of keepers) keeper.keepAlive();
}

/** Takes one {@link holdProgram} back. */
export function releaseProgram(): void {
  if (--holds === 0) for (const keeper of keepers) keeper.keepAlive();
}

/** What a worker ends before it leaves: the pools that it made and did not close. They would be gone without a word. */
export const leavers = new Set<() => Promise<void>>();
