// Barrier: a number of parties that wait for one another, again and again. Portable.
//
// A party arrives by claiming a place, a word that names it, so the death of a party that waits is seen by the
// others, who break the barrier. There are two sets of places, used by turns; each place says for which phase it
// is free, so that a claim with an old phase in mind fails.
//
// Promise: nobody passes before all have arrived; who is told of a break was not passed. Waiters look up to eight
// phases back for how theirs ended. Model test: test/model/models/barrier.
//
//   STATE   bit 0 PARKED · bit 1 BROKEN (until reset) · bits 2–9 how the last eight phases ended, the latest
//           lowest (1 = reset) · bits 10–31 phase
//   place   phase << 12: free for that phase · owner word | (phase >> 1 & 3): claimed in it
//
//   transition of STATE             who                                 after
//   phase → phase + 1               the party with the last place       it has freed the places of phase + 1
//   + BROKEN                        anyone: abort, time-out, a death    it is in the phase: what is seen of the
//                                                                       dead, or of the time, comes too late else
//   phase, BROKEN → phase + 1       anyone: reset                       it has freed the places of phase + 1
//   + PARKED                        who will sleep on this value        –
// All but the last remove PARKED, and then wake all.

import { atomicCompareExchange, atomicLoad, load32, notifyWord, store32 } from '../atomics/index';
import { BROKEN, DONE, WAKE_ALL, WAKE_NONE } from './block';
import { isOwnerAlive, PARKED_BIT } from './owner';

const BARRIER_PARTIES: usize = 4;
const BARRIER_PLACES: usize = 8;

const BROKEN_BIT: u32 = 2;
const HISTORY_SHIFT: u32 = 2;
const HISTORY_BITS: u32 = 8;
const HISTORY_MASK: u32 = 255;
const PHASE_SHIFT: u32 = 10;
const PHASE_MASK: u32 = 0xffffffff >>> PHASE_SHIFT;
const FREE_SHIFT: u32 = 12;
/** Bits of a place that are 0 if it is free: the number of a thread's record. */
const CLAIMED_MASK: u32 = 0xffc;

export const NO_PLACE: u32 = 0xffffffff;

export function barrierBytes(parties: u32): u32 {
  return (BARRIER_PLACES as u32) + parties * 8;
}

/** Initialises zeroed words. */
export function initBarrier(p: usize, parties: u32): void {
  store32(p + BARRIER_PARTIES, parties);
}

export function barrierParties(p: usize): u32 {
  return load32(p + BARRIER_PARTIES);
}

export function barrierPhase(p: usize): u32 {
  return atomicLoad(p) >>> PHASE_SHIFT;
}

export function isBarrierBroken(p: usize): boolean {
  return (atomicLoad(p) & BROKEN_BIT) !== 0;
}

function placeAt(p: usize, phase: u32, index: u32): usize {
  return p + BARRIER_PLACES + (((phase & 1) * load32(p + BARRIER_PARTIES) + index) << 2);
}

function freeFor(phase: u32): u32 {
  return (phase << FREE_SHIFT) >>> 0;
}

function tagOf(phase: u32): u32 {
  return (phase >>> 1) & 3;
}

/** Claims a place in the phase; NO_PLACE if all are taken, or the phase is over. */
export function claimPlace(p: usize, me: u32, phase: u32): u32 {
  const parties = barrierParties(p);
  const free = freeFor(phase);
  const mine: u32 = (me | tagOf(phase)) >>> 0;
  for (let index: u32 = 0; index < parties; index++) {
    const at = placeAt(p, phase, index);
    if (atomicLoad(at) === free && atomicCompareExchange(at, free, mine) === free) return index;
  }
  return NO_PLACE;
}

/** One step of a party that found no place: DONE once there may be one, BROKEN, or the value to sleep on. */
export function placeStep(p: usize, phase: u32): u32 {
  while (true) {
    const state = atomicLoad(p);
    if (state >>> PHASE_SHIFT !== phase) return DONE;
    if ((state & BROKEN_BIT) !== 0) return BROKEN;
    if (breakIfDead(p, phase)) continue;
    const parked: u32 = (state | PARKED_BIT) >>> 0;
    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;
  }
}

/** One step of a party that waits for the others: DONE, BROKEN, or the value to sleep on. */
export function partyStep(p: usize, phase: u32): u32 {
  while (true) {
    const state = atomicLoad(p);
    const behind: u32 = ((state >>> PHASE_SHIFT) - phase) & PHASE_MASK;
    if (behind !== 0) {
      if (behind > HISTORY_BITS) return DONE;
      return ((state >>> (HISTORY_SHIFT + behind - 1)) & 1) !== 0 ? BROKEN : DONE;
    }
    if ((state & BROKEN_BIT) !== 0) return BROKEN;
    if (breakIfDead(p, phase)) continue;
    const parked: u32 = (state | PARKED_BIT) >>> 0;
    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;
  }
}

/** A party that gives up: DONE if all had come by then, BROKEN otherwise: it breaks the barrier, and wakes all. */
export function leaveBarrier(p: usize, phase: u32): u32 {
  notifyWord(p, breakBarrier(p, phase));
  return partyStep(p, phase); // the phase is over or broken: it does not wait
}

/**
 * Breaks the barrier, and wakes all, if a party is dead; true if one was, and the caller has to look again: the death
 * alone says nothing, for the party may have died after all had passed.
 */
function breakIfDead(p: usize, phase: u32): boolean {
  if (!hasDeadParty(p, phase)) return false;
  notifyWord(p, breakBarrier(p, phase));
  return true;
}

function hasDeadParty(p: usize, phase: u32): boolean {
  const parties = barrierParties(p);
  for (let index: u32 = 0; index < parties; index++) {
    const place = atomicLoad(placeAt(p, phase, index));
    if ((place & CLAIMED_MASK) === 0) return false; // places are claimed in their order
    if (!isOwnerAlive(place)) return true;
  }
  return false;
}

/**
 * Frees the places of a phase that has not begun. Two may do so at once (a reset beside a reset, or beside the last
 * party): who comes late must not touch places that are in use, so it looks at the phase after it has read a place;
 * if the CAS finds the same claim still there it is one of two phases ago. (Or of the same thread eight phases on.)
 */
function freePlaces(p: usize, phase: u32): void {
  const parties = barrierParties(p);
  const free = freeFor(phase);
  for (let index: u32 = 0; index < parties; index++) {
    const at = placeAt(p, phase, index);
    while (true) {
      const place = atomicLoad(at);
      if (place === free) break;
      if ((((atomicLoad(p) >>> PHASE_SHIFT) + 1 - phase) & PHASE_MASK) !== 0) return; // it has begun
      if (atomicCompareExchange(at, place, free) === place) break;
    }
  }
}

/** STATE after the phase in `state` has ended. */
function nextState(state: u32, wasReset: u32): u32 {
  const history: u32 = (((state >>> HISTORY_SHIFT) << 1) | wasReset) & HISTORY_MASK;
  const phase: u32 = (state >>> PHASE_SHIFT) + 1;
  return ((phase << PHASE_SHIFT) | (history << HISTORY_SHIFT)) >>> 0;
}

/** The party with the last place: lets all pass. False if the barrier broke, or a party is dead. */
export function passBarrier(p: usize, phase: u32): boolean {
  if (hasDeadParty(p, phase)) return false;
  freePlaces(p, phase + 1);
  while (true) {
    const state = atomicLoad(p);
    if (state >>> PHASE_SHIFT !== phase || (state & BROKEN_BIT) !== 0) return false;
    if (atomicCompareExchange(p, state, nextState(state, 0)) === state) return true;
  }
}

/** Breaks the barrier if it is still in the phase: a wake order. */
export function breakBarrier(p: usize, phase: u32): u32 {
  while (true) {
    const state = atomicLoad(p);
    if (state >>> PHASE_SHIFT !== phase || (state & BROKEN_BIT) !== 0) return WAKE_NONE;
    const next: u32 = ((state | BROKEN_BIT) & ~PARKED_BIT) >>> 0;
    if (atomicCompareExchange(p, state, next) === state) return WAKE_ALL;
  }
}

/** Makes the barrier as new; those who wait are told that it broke. A wake order. */
export function resetBarrier(p: usize): u32 {
  while (true) {
    const state = atomicLoad(p);
    const phase: u32 = state >>> PHASE_SHIFT;
    if ((state & BROKEN_BIT) === 0) {
      if (atomicLoad(placeAt(p, phase, 0)) === freeFor(phase)) return WAKE_NONE;
      breakBarrier(p, phase);
      continue;
    }
    freePlaces(p, phase + 1);
    if (atomicCompareExchange(p, state, nextState(state, 1)) === state) return WAKE_ALL;
  }
}

/** Parties that wait now. */
export function waitingParties(p: usize): u32 {
  const state = atomicLoad(p);
  if ((state & BROKEN_BIT) !== 0) return 0;
  const phase: u32 = state >>> PHASE_SHIFT;
  const parties = barrierParties(p);
  let count: u32 = 0;
  while (count < parties && (atomicLoad(placeAt(p, phase, count)) & CLAIMED_MASK) !== 0) count++;
  return count;
}
