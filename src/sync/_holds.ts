// What this thread holds: so that a function that returns while it holds a lock counts as a death.

/** Locks that this thread holds now; nothing else is looked at while it is what it was. */
let held = 0;
let kept = 0;
/** Stands in each hold: holds of an earlier era than the present one stay. */
export let era = 0;

/** Something that can be held by a thread, and given up on its behalf. */
export interface Holdable {
  /** Gives up what is held since the era began. */
  giveUp(): void;
}

let all: () => Iterable<object> = () => [];

/** Told by the handles how to find all that could be held. */
export function setHoldables(list: () => Iterable<object>): void {
  all = list;
}

export function tookHold(): void {
  held++;
}

export function lostHold(): void {
  held--;
}

/** What is held now (a worker's initializer took it) is no task's, and stays. */
export function keepHolds(): void {
  kept = held;
  era++;
}

/** A task has ended: what it still holds goes to the next in line, who is told. */
export function settleHolds(): void {
  if (held !== kept) settleSlow();
}

function settleSlow(): void {
  if (held > kept) for (const handle of all()) (handle as Partial<Holdable>).giveUp?.();
  kept = held;
}
