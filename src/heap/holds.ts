// Who holds which shared object, this thread's side: handles take hold and let go, messages hold what they name, and
// what a dead thread held is let go on its behalf. assembly/heap/holds.ts has the table.

import { atomicLoad, atomicStore } from '../../assembly/atomics/index';
import {
  addHold,
  dropHold,
  ENTRY_HOLDER,
  endHold,
  HOLD_BUSY,
  HOLD_FULL,
  HOLD_MESSAGE,
  HOLD_REFUSED,
  holdIn,
  mayHold,
  objectOf,
  seizeHold,
} from '../../assembly/heap/holds';
import { HOLD_BUCKETS } from '../../assembly/heap/layout';
import { freeMaking, reclaimMaking } from '../../assembly/heap/making';
import { NOTE_MAKING, threadNote } from '../../assembly/heap/notes';
import { THREAD_OWNER } from '../../assembly/heap/threads';
import { OutOfMemoryError } from '../errors';
import { thisOwner, thisThread } from './heap';
import { enterSection, inSection, leaveSection, persist } from './section';

const KIND_BITS = 60;
const frees = new Map<number, (object: number) => void>();

/** Says how objects of a kind give their memory back; `free` may be called again for one that a death interrupted. */
export function onLastHold(kind: number, free: (object: number) => void): void {
  frees.set(kind, free);
}

/** Until the bucket is free: others are in it for some ten steps. `ended` in a thread that is to end at once. */
function insist(attempt: () => number, ended: number): number {
  if (!enterSection()) return ended;
  const outcome = persist(attempt, HOLD_BUSY);
  leaveSection();
  return outcome;
}

function add(word: number, holder: number, isNew: boolean): boolean {
  const me = thisThread();
  const outcome = insist(() => addHold(word, holder, isNew, me), HOLD_REFUSED);
  if (outcome !== HOLD_FULL) return outcome !== HOLD_REFUSED;
  throw new OutOfMemoryError('Cannot share the object: the shared heap is full');
}

/**
 * This thread holds the object at `object`, which it has made (allocateObject): unless it is to end at once.
 * @throws {OutOfMemoryError} if there is no room to note that; the object is gone then
 */
export function holdNew(object: number, kind: number): void {
  const me = thisThread();
  const note = threadNote(me);
  try {
    if (!add((object | kind) >>> 0, thisOwner(), true)) return;
  } catch (error) {
    freeMaking(object, note, me);
    atomicStore(note + NOTE_MAKING, 0);
    throw error;
  }
  atomicStore(note + NOTE_MAKING, 0);
}

/** This thread takes hold of an object that another one holds; false if nobody does. */
export function takeHold(object: number): boolean {
  return object % 64 === 0 && add(object, thisOwner(), false);
}

/** Another thread, which cannot do so yet, takes hold of the object that this one holds. */
export function giveHold(object: number, owner: number): void {
  add(object, owner, false);
}

/** This thread lets go of the object; if it was the last that held it the memory returns. */
export function letGo(object: number): void {
  drop(object, thisOwner());
}

function drop(word: number, holder: number): void {
  const heir = thisOwner();
  const me = thisThread();
  if (!enterSection()) return; // whoever buries this thread lets go for it
  try {
    end(insist(() => dropHold(word, holder, heir, me), 0));
  } finally {
    leaveSection();
  }
}

function end(last: number): void {
  if (last === 0) return;
  const free = frees.get(last & KIND_BITS);
  if (free === undefined) return; // a kind that this thread's bundle does not have
  try {
    free(objectOf(last));
  } finally {
    const me = thisThread();
    insist(() => endHold(last, thisOwner(), me), 0);
  }
}

/** Gives the object's memory back whoever holds it; false if this thread does not. */
export function seize(object: number): boolean {
  const me = thisThread();
  return inSection(() => {
    const last = insist(() => seizeHold(object, thisOwner(), me), 0);
    end(last);
    return last !== 0;
  });
}

function dropAll(message: number, low: number, high: number): void {
  const me = thisThread();
  for (let index = 0; index < HOLD_BUCKETS; index++) {
    if (!mayHold(index)) continue;
    while (true) {
      const entry = insist(() => holdIn(index, message, low, high, me), 0);
      if (entry === 0) break;
      const word = atomicLoad(entry);
      const holder = atomicLoad(entry + ENTRY_HOLDER);
      if (holder >= low && holder <= high) drop(word, holder);
    }
  }
}

/** Gives back what a dead thread had allocated and nobody can find; before it is marked as dead. */
export function reclaim(record: number): void {
  const me = thisThread();
  const making = reclaimMaking(record, me);
  if (making === 0) return;
  if (takeHold(making)) letGo(making);
  else freeMaking(making, threadNote(record), me);
}

/** Lets go of everything that the dead thread with this record held. */
export function buryHolds(record: number): void {
  const owner = atomicLoad(record + THREAD_OWNER);
  dropAll(0, owner, owner);
}

// Messages: while one is under way it holds what it names, so that its sender need not.

let noting = false;
const noted: number[] = [];

/** From here on until {@link endNoting} the handles that are encoded, or decoded, are noted. */
export function beginNoting(): void {
  noting = true;
  if (noted.length > 0) noted.length = 0;
}

/** What was noted, valid until the next time. */
export function endNoting(): readonly number[] {
  noting = false;
  return noted;
}

/** A handle of this object was encoded or decoded. */
export function noteHandle(object: number): void {
  if (noting) noted.push(object);
}

/** The message that lies at `place` (which no other can have meanwhile) holds the objects. */
export function holdForMessage(objects: readonly number[], place: number): void {
  for (const object of objects) add((object | HOLD_MESSAGE) >>> 0, place, false);
}

/** The message has arrived, and named the objects. */
export function letGoOfMessage(objects: readonly number[], place: number): void {
  for (const object of objects) drop((object | HOLD_MESSAGE) >>> 0, place);
}

/** The messages that lie between two addresses are gone, whatever they named. */
export function letGoOfMessages(low: number, high: number): void {
  dropAll(HOLD_MESSAGE, low, high);
}
