// Epochs: a block that was taken out of a shared structure is freed when no thread can be reading it any more. Portable.
//
// Source: epoch-based reclamation (Fraser, "Practical lock-freedom", 2004), the tags as in crossbeam-epoch, with the
// owner in each pin, so that a dead thread holds nothing back. Promise: who is pinned never sees a block of the
// structures freed; pinning waits for nobody; a death costs at most the one block that was just being freed. A
// thread that stays pinned delays what is freed, and nothing else. Model test: test/model/models/map.
//
//   word     who may change it                        meaning
//   EPOCH    the sweeper: + 1 (mod 12)                the present epoch, g
//   LIMBO    pinned threads push; the sweeper pops    blocks taken out in epochs g, g − 1, g − 2: list g mod 3 …
//   SWEEPER  0 or a dead owner → owner → 0            who frees just now
//   pin      its thread                               0, or how often the record was taken << 3 | (epoch & 3) << 1 | 1
//
// Why it is safe: a thread is pinned only after it has seen the epoch of its pin to be the present one, so while it is
// pinned in epoch e the present one is at most e + 1. It can reach what was taken out at e or later; that lies in
// list e or e + 1, and is freed when the epoch is e + 2. Pushes go to the list of g or g − 1, frees are from g − 2.

import { atomicCompareExchange, atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { HEADER_EPOCH, PIN_BYTES, PINS_AT } from '../heap/layout';
import {
  isThreadAlive,
  SLOT_BITS,
  SLOT_MASK,
  THREAD_LIVE,
  THREAD_OWNER,
  THREAD_STARTING,
  THREAD_STATE,
  threadRecord,
} from '../heap/threads';

export const EPOCH_LIMBO: usize = HEADER_EPOCH + 4;
export const EPOCH_SWEEPER: usize = HEADER_EPOCH + 16;
/** The highest record number that was ever pinned. */
export const EPOCH_HIGHEST: usize = HEADER_EPOCH + 20;

/** Epochs are told apart by threes and by fours, so they may begin again. */
const EPOCHS: u32 = 12;

/** Words of every block that may be retired. */
export const BLOCK_LIMBO: usize = 8;
/** What was asked of the allocator. */
export const BLOCK_BYTES: usize = 12;

/** The words of a thread, by its owner id: the pin, then its probe (map.ts). */
export function pinOf(owner: u32): usize {
  return PINS_AT + (owner & SLOT_MASK) * PIN_BYTES;
}

function pinWord(owner: u32, epoch: u32): u32 {
  return (((owner >>> SLOT_BITS) << 3) | ((epoch & 3) << 1) | 1) >>> 0;
}

/** A thread that will pin itself: once, before it does. */
export function join(owner: u32): void {
  const slot = owner & SLOT_MASK;
  let highest = atomicLoad(EPOCH_HIGHEST);
  while (highest < slot) {
    const seen = atomicCompareExchange(EPOCH_HIGHEST, highest, slot);
    highest = seen === highest ? slot : seen;
  }
}

/** Says that the thread reads; nothing that it finds from here on is freed before {@link unpin}. */
export function pin(owner: u32): void {
  const at = pinOf(owner);
  let epoch = atomicLoad(HEADER_EPOCH);
  while (true) {
    atomicStore(at, pinWord(owner, epoch));
    const now = atomicLoad(HEADER_EPOCH);
    if (now === epoch) return;
    epoch = now;
  }
}

/** The thread reads no more. */
export function unpin(owner: u32): void {
  atomicStore(pinOf(owner), 0);
}

function limboOf(epoch: u32): usize {
  return EPOCH_LIMBO + ((epoch % 3) << 2);
}

/** Hands over a block that the caller, pinned, has taken out of a structure: it is freed when nobody reads it. */
export function retire(block: usize): void {
  const list = limboOf(atomicLoad(HEADER_EPOCH));
  while (true) {
    const head = atomicLoad(list);
    store32(block + BLOCK_LIMBO, head);
    if (atomicCompareExchange(list, head, block as u32) === head) return;
  }
}

/** The pin of a record number, 0 if the thread that set it has died. */
function livePin(slot: u32): u32 {
  const word = atomicLoad(pinOf(slot));
  if (word === 0) return 0;
  const record = threadRecord(slot);
  if (atomicLoad(record + THREAD_OWNER) >>> SLOT_BITS !== word >>> 3) return 0;
  const state = atomicLoad(record + THREAD_STATE);
  return state === THREAD_LIVE || state === THREAD_STARTING ? word : 0;
}

/** Whether a living thread other than the caller reads just now. */
export function areOthersPinned(owner: u32): boolean {
  const highest = atomicLoad(EPOCH_HIGHEST);
  for (let slot: u32 = 1; slot <= highest; slot++) {
    if (slot !== (owner & SLOT_MASK) && livePin(slot) !== 0) return true;
  }
  return false;
}

/** Makes the caller the one who frees; false if another living thread is. */
export function beginSweep(owner: u32): boolean {
  const sweeper = atomicLoad(EPOCH_SWEEPER);
  if (sweeper !== 0 && isThreadAlive(sweeper)) return false;
  return atomicCompareExchange(EPOCH_SWEEPER, sweeper, owner) === sweeper;
}

/** For the sweeper: a block that nobody can be reading, the caller's from now on; 0 if there is none left. */
export function nextRetired(): usize {
  const list = limboOf(atomicLoad(HEADER_EPOCH) + 1);
  const block = atomicLoad(list);
  if (block !== 0) atomicStore(list, load32(block + BLOCK_LIMBO));
  return block;
}

/** Ends a sweep that found nothing left: begins the next epoch if all who read do so in this one. */
export function endSweep(): boolean {
  const epoch = atomicLoad(HEADER_EPOCH);
  const highest = atomicLoad(EPOCH_HIGHEST);
  let current = true;
  for (let slot: u32 = 1; slot <= highest && current; slot++) {
    const word = livePin(slot);
    if (word !== 0 && ((word >>> 1) & 3) !== (epoch & 3)) current = false;
  }
  if (current) atomicStore(HEADER_EPOCH, (epoch + 1) % EPOCHS);
  atomicStore(EPOCH_SWEEPER, 0);
  return current;
}
