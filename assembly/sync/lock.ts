// Lock: mutual exclusion on one word, which survives its owner's death. Portable.
//
// Source: the three-state futex lock (Drepper, "Futexes are tricky", 2004) with the owner in the word, as in
// robust POSIX mutexes; eventual fairness after parking_lot (a timed hand-over) and WebKit's WTF::Lock.
// Promise: mutual exclusion; a taker may overtake sleepers, but about every half millisecond the lock is handed
// to one; a death at any step leaves nobody asleep for good; the next owner is told of its predecessor's death.
// Model test: test/model/models/lock.
//
//   word                who may change it                      meaning
//   0                   anyone → owner                         free
//   owner               the owner → 0 | HANDED                 held, nobody sleeps
//   owner | bits        the owner → 0 | HANDED, anyone + bits  held, somebody sleeps (owner.ts: PARKED, ALL)
//   dead owner | bits   anyone → itself | bits                 to be inherited
//   HANDED | bits       who has slept here → itself | bits,    let go for one of the sleepers, but not for long:
//                       who handed over and woke nobody → 0    newcomers wait 2 ms, then they have slept too
//
// Taking publishes nothing; letting go publishes all that the owner wrote, its partner is the CAS that takes.
// The wake-up that cannot be lost: a sleeper puts its bit into the word and sleeps on just that value. Who lets go
// empties the word and sees the bit, and wakes; who was woken takes the lock with PARKED set, because others may
// still sleep. ALL cannot be lost on the way: it is only ever removed by one who then wakes all.

import { atomicCompareExchange, atomicExchange, atomicLoad } from '../atomics/index';
import { DONE, INHERITED, REFUSED, WAKE_ALL, WAKE_NONE, WAKE_ONE } from './block';
import { ABANDONED, ALL_BIT, HANDED, isOwnerAlive, ownerOf, PARKED_BIT, SLEEPERS_MASK } from './owner';

// An RLock's words behind the owner word, for kernels; only its owner looks at them. How often the kernel has taken it,
// and 1 if the thread's JavaScript held it before.
export const RLOCK_DEPTH: usize = 4;
export const RLOCK_OUTER: usize = 8;

/** Answers of {@link unlock} besides wake orders. */
export const NOT_HELD: u32 = 2;
export const HANDED_ONE: u32 = 3;
export const HANDED_ALL: u32 = 5;

/** Takes the lock for `me` (an owner word) if it is free. */
export function tryLock(p: usize, me: u32): boolean {
  return atomicCompareExchange(p, 0, me) === 0;
}

/** Takes the lock if it is free or its owner is dead: DONE, INHERITED or REFUSED. */
export function tryLockSlow(p: usize, me: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    const owner = ownerOf(word);
    if (owner === HANDED || (owner !== 0 && isOwnerAlive(owner))) return REFUSED;
    const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;
    if (atomicCompareExchange(p, word, mine) === word) return owner === 0 ? DONE : INHERITED;
  }
}

/**
 * One step towards taking the lock: DONE, INHERITED, or the value to sleep on.
 *
 * @param bits what the caller puts into the word before it sleeps: PARKED, with ALL for an event loop
 * @param slept whether it has slept at this lock since it began to want it
 */
export function lockStep(p: usize, me: u32, bits: u32, slept: boolean): u32 {
  while (true) {
    const word = atomicLoad(p);
    const owner = ownerOf(word);
    const free = owner === 0 || (owner === HANDED && slept);
    if (free || (owner !== HANDED && !isOwnerAlive(owner))) {
      const mine: u32 = (me | (word & SLEEPERS_MASK) | (slept ? PARKED_BIT : 0)) >>> 0;
      if (atomicCompareExchange(p, word, mine) === word) return free ? DONE : INHERITED;
      continue;
    }
    const parked: u32 = (word | bits) >>> 0;
    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;
  }
}

/** Lets go of a lock that nobody sleeps on; false if {@link unlock} has to do it. */
export function tryUnlock(p: usize, me: u32): boolean {
  return atomicCompareExchange(p, me, 0) === me;
}

/**
 * Lets go: a wake order; HANDED_ONE or HANDED_ALL (wake them, then {@link unhand} if nobody woke); or NOT_HELD.
 *
 * @param fair hand the lock to a sleeper, if there is one
 */
export function unlock(p: usize, me: u32, fair: boolean): u32 {
  const word = atomicLoad(p);
  if (ownerOf(word) !== me) return NOT_HELD;
  if (!fair || word === me) return wakeOrder(atomicExchange(p, 0));
  const others: u32 = (word & ALL_BIT) !== 0 ? 0 : PARKED_BIT;
  const seen = atomicExchange(p, HANDED | others);
  return (seen & ALL_BIT) !== 0 ? HANDED_ALL : HANDED_ONE;
}

/** Takes a hand-over back that woke nobody: a wake order. */
export function unhand(p: usize): u32 {
  while (true) {
    const word = atomicLoad(p);
    if (ownerOf(word) !== HANDED) return WAKE_NONE; // somebody has it
    if (atomicCompareExchange(p, word, 0) === word) return wakeOrder(word);
  }
}

/** Gives up a lock that is held by one who will not let go of it: its next owner inherits it. A wake order. */
export function abandon(p: usize, me: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    if (ownerOf(word) !== me) return WAKE_NONE;
    const left: u32 = (ABANDONED | (word & SLEEPERS_MASK)) >>> 0;
    if (atomicCompareExchange(p, word, left) === word) return wakeOrder(word);
  }
}

/** Whether a living thread holds the lock, or it is being handed over. */
export function isLocked(p: usize): boolean {
  const owner = ownerOf(atomicLoad(p));
  return owner === HANDED || (owner !== 0 && isOwnerAlive(owner));
}

/** Whom to wake for the bits of a word that was let go. */
export function wakeOrder(word: u32): u32 {
  if ((word & ALL_BIT) !== 0) return WAKE_ALL;
  return (word & PARKED_BIT) !== 0 ? WAKE_ONE : WAKE_NONE;
}
