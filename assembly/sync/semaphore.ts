// Semaphore: permits that survive the death of who holds them. Portable.
//
// Each of the first permits is a word that names its holder, so a holder's death is seen by whoever looks for a
// permit, and it takes that permit. (A counter could not say whose the missing permits are, and a counter beside a
// list of holders is two words that a death can come between.) Permits released beyond the first, and those past
// TRACKED_MAX, have no word: they are a plain count and do not return when their taker dies.
//
// Promise: at most as many holders as permits; no permit is lost; no order among waiters. A try may be refused while
// permits change hands under its eyes, though they are never all taken at once.
// Model test: test/model/models/semaphore.
//
//   SEQ      bits 0–1 sleepers (owner.ts) · bits 2–31 count of releases while somebody slept; waiters sleep on it
//   EXTRA    permits without a word
//   permit   0: free · owner word: held; anyone may put himself in the place of a dead owner
//
// The wake-up that cannot be lost: a waiter puts its bit into SEQ, then looks at all permits, then sleeps on that
// value of SEQ. Who releases frees the permit first and looks at SEQ afterwards. PARKED stays once it is set (a
// vain notify costs 40 ns): it stands for an unknown number of sleepers. ALL is removed by one who wakes all.

import { atomicAdd, atomicCompareExchange, atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { SLOT_MASK } from '../heap/threads';
import { DONE, REFUSED, WAKE_ALL, WAKE_NONE, WAKE_ONE } from './block';
import { NOT_HELD } from './lock';
import { ALL_BIT, isOwnerAlive, OWNER_SHIFT, SLEEPERS_MASK } from './owner';

const SEM_EXTRA: usize = 4;
/** Permits with a word. */
const SEM_TRACKED: usize = 8;
const SEM_INITIAL: usize = 12;
const SEM_PERMITS: usize = 16;
const ONE_RELEASE: u32 = 4;

/** Permits that have a word, at most. */
export const TRACKED_MAX: u32 = 1024;

export function semaphoreBytes(permits: u32): u32 {
  return (SEM_PERMITS as u32) + (permits > TRACKED_MAX ? TRACKED_MAX : permits) * 4;
}

/** Initialises zeroed words. */
export function initSemaphore(p: usize, permits: u32): void {
  const tracked: u32 = permits > TRACKED_MAX ? TRACKED_MAX : permits;
  store32(p + SEM_TRACKED, tracked);
  store32(p + SEM_INITIAL, permits);
  atomicStore(p + SEM_EXTRA, permits - tracked);
}

function permitAt(p: usize, index: u32): usize {
  return p + SEM_PERMITS + (index << 2);
}

/** Where a thread looks first: its permit of last time, most often. */
function homeOf(me: u32, tracked: u32): u32 {
  return tracked === 0 ? 0 : ((me >>> OWNER_SHIFT) & SLOT_MASK) % tracked;
}

/** Takes a permit if there is one: DONE or REFUSED. */
export function takePermit(p: usize, me: u32): u32 {
  const tracked = load32(p + SEM_TRACKED);
  const home = homeOf(me, tracked);
  for (let i: u32 = 0; i < tracked; i++) {
    const at = permitAt(p, (home + i) % tracked);
    if (atomicLoad(at) === 0 && atomicCompareExchange(at, 0, me) === 0) return DONE;
  }
  while (true) {
    const extra = atomicLoad(p + SEM_EXTRA);
    if (extra === 0) break;
    if (atomicCompareExchange(p + SEM_EXTRA, extra, extra - 1) === extra) return DONE;
  }
  for (let i: u32 = 0; i < tracked; i++) {
    const at = permitAt(p, i);
    const holder = atomicLoad(at);
    if (holder !== 0 && isOwnerAlive(holder)) continue;
    if (atomicCompareExchange(at, holder, me) === holder) return DONE;
  }
  return REFUSED;
}

/** One step towards a permit: DONE, or the value of SEQ to sleep on. */
export function permitStep(p: usize, me: u32, bits: u32): u32 {
  if (takePermit(p, me) === DONE) return DONE;
  while (true) {
    const seq = atomicLoad(p);
    const parked: u32 = (seq | bits) >>> 0;
    if (parked !== seq && atomicCompareExchange(p, seq, parked) !== seq) continue;
    // Look again: a permit that was freed before the bit was there has woken nobody.
    return takePermit(p, me) === DONE ? DONE : parked;
  }
}

/** Frees one of the caller's own permits; false if it holds none with a word. */
function freeOwn(p: usize, me: u32): boolean {
  const tracked = load32(p + SEM_TRACKED);
  const home = homeOf(me, tracked);
  for (let i: u32 = 0; i < tracked; i++) {
    const at = permitAt(p, (home + i) % tracked);
    if (atomicLoad(at) === me && atomicCompareExchange(at, me, 0) === me) return true;
  }
  return false;
}

/** Frees a permit that another thread took: whoever releases without holding releases for it. */
function freeForeign(p: usize): boolean {
  const tracked = load32(p + SEM_TRACKED);
  for (let i: u32 = 0; i < tracked; i++) {
    const at = permitAt(p, i);
    const holder = atomicLoad(at);
    if (holder !== 0 && atomicCompareExchange(at, holder, 0) === holder) return true;
  }
  return false;
}

/** Releases a permit, beyond the first ones too: a wake order. */
export function putPermit(p: usize, me: u32): u32 {
  if (!freeOwn(p, me) && !freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);
  return signalPermit(p);
}

/** Releases a permit of a bounded semaphore: a wake order, or NOT_HELD. */
export function putBoundedPermit(p: usize, me: u32): u32 {
  if (!freeOwn(p, me)) {
    const most: u32 = load32(p + SEM_INITIAL) - load32(p + SEM_TRACKED);
    while (true) {
      const extra = atomicLoad(p + SEM_EXTRA);
      if (extra >= most) return NOT_HELD;
      if (atomicCompareExchange(p + SEM_EXTRA, extra, extra + 1) === extra) break;
    }
  }
  return signalPermit(p);
}

/** Whether no permit is to be had. */
export function isExhausted(p: usize): boolean {
  if (atomicLoad(p + SEM_EXTRA) !== 0) return false;
  const tracked = load32(p + SEM_TRACKED);
  for (let i: u32 = 0; i < tracked; i++) {
    const holder = atomicLoad(permitAt(p, i));
    if (holder === 0 || !isOwnerAlive(holder)) return false;
  }
  return true;
}

/** For reports: the owner word at a permit, or 0. */
export function holderWord(p: usize, index: u32): u32 {
  return index < load32(p + SEM_TRACKED) ? atomicLoad(permitAt(p, index)) : 0;
}

function signalPermit(p: usize): u32 {
  while (true) {
    const seq = atomicLoad(p);
    if ((seq & SLEEPERS_MASK) === 0) return WAKE_NONE;
    const all = (seq & ALL_BIT) !== 0;
    const next: u32 = ((all ? seq & ~SLEEPERS_MASK : seq) + ONE_RELEASE) >>> 0;
    if (atomicCompareExchange(p, seq, next) === seq) return all ? WAKE_ALL : WAKE_ONE;
  }
}
