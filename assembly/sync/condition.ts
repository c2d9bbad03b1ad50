// Condition: threads that wait, with a lock let go, until another says that something has changed. Portable.
//
// Each waiter has a node, a small block of its own on which it sleeps; the nodes form a list in order of arrival,
// which is only touched by who holds the condition's lock. A node leaves the list by the hand of its waiter, after
// it has the lock again, or of who finds its thread dead.
//
// Promise: notify reaches the n longest-waiting who still wait, each once; a notification whose taker died goes to
// the next; none is lost to a time-out. Model test: test/model/models/condition.
//
//   condition: first node · a late node, or 0 · address of its lock's words · serial of its lock, both for kernels
//   node: state · owner word · next node
//
//   state     who may change it                    meaning
//   WAITING   who notifies, under the lock → NOTIFIED
//   NOTIFIED  nobody                               its waiter goes on, or the notification is passed on
//
// A waiter that looks (LOOK) counts the deaths before it goes through the list, not after: who dies in between, with a
// notification, is found by the next look.
// What orders what: the lock orders the list. The state is an atomic, for the waiter looks at it without the lock.
// Death in the middle of a change: each change takes effect by one store, and the late node is only a hint from
// which the end of the list is found, set to 0 before a node may leave.

import { atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { HEADER_DEATHS } from '../heap/layout';
import { DONE, LOOK, SYNC_SERIAL, SYNC_WORDS } from './block';
import { isOwnerAlive } from './owner';

const CONDITION_FIRST: usize = 0;
const CONDITION_LATE: usize = 4;
const CONDITION_LOCK: usize = 8;
const CONDITION_LOCK_SERIAL: usize = 12;
export const CONDITION_BYTES: u32 = 16;

const NODE_OWNER: usize = 4;
const NODE_NEXT: usize = 8;
export const NODE_BYTES: u32 = 16;

/** Odd: what a waiter sleeps on. */
export const NODE_WAITING: u32 = 1;
export const NODE_NOTIFIED: u32 = 2;

/** Says in zeroed words which lock belongs to the condition, by the address of the lock's words. */
export function initCondition(p: usize, lock: usize): void {
  store32(p + CONDITION_LOCK_SERIAL, atomicLoad(lock - SYNC_WORDS + SYNC_SERIAL));
  store32(p + CONDITION_LOCK, lock as u32);
}

/** The words of the condition's lock; 0 if that was closed by all who had it. */
export function conditionLock(p: usize): usize {
  const lock: usize = load32(p + CONDITION_LOCK);
  return atomicLoad(lock - SYNC_WORDS + SYNC_SERIAL) === load32(p + CONDITION_LOCK_SERIAL) ? lock : 0;
}

/** Puts a new node at the end of the list. */
export function appendNode(p: usize, node: usize, me: u32): void {
  store32(node + NODE_OWNER, me);
  store32(node + NODE_NEXT, 0);
  atomicStore(node, NODE_WAITING);
  let last: usize = load32(p + CONDITION_LATE);
  if (last === 0) last = load32(p + CONDITION_FIRST);
  if (last === 0) {
    store32(p + CONDITION_FIRST, node as u32);
  } else {
    for (let next: usize = load32(last + NODE_NEXT); next !== 0; next = load32(last + NODE_NEXT)) last = next;
    store32(last + NODE_NEXT, node as u32);
  }
  store32(p + CONDITION_LATE, node as u32);
}

/** Takes a node out of the list; false if it is not there. */
export function removeNode(p: usize, node: usize): boolean {
  let link: usize = p + CONDITION_FIRST;
  for (let at: usize = load32(link); at !== 0; at = load32(link)) {
    if (at === node) {
      store32(p + CONDITION_LATE, 0);
      store32(link, load32(node + NODE_NEXT));
      return true;
    }
    link = at + NODE_NEXT;
  }
  return false;
}

/** Notifies the first living waiter after node `after` (0: of all): its node, or 0 if nobody waits. */
export function notifyNode(p: usize, after: usize): usize {
  let node: usize = after === 0 ? load32(p + CONDITION_FIRST) : load32(after + NODE_NEXT);
  while (node !== 0) {
    if (atomicLoad(node) === NODE_WAITING && isOwnerAlive(load32(node + NODE_OWNER))) {
      atomicStore(node, NODE_NOTIFIED);
      return node;
    }
    node = load32(node + NODE_NEXT);
  }
  return 0;
}

/** Takes the first node of a dead thread out of the list and returns it, or 0; its state tells what it owes. */
export function removeDeadNode(p: usize): usize {
  for (let node: usize = load32(p + CONDITION_FIRST); node !== 0; node = load32(node + NODE_NEXT)) {
    if (isOwnerAlive(load32(node + NODE_OWNER))) continue;
    removeNode(p, node);
    return node;
  }
  return 0;
}

/**
 * One step of waiting: DONE, LOOK (somebody died since `deaths` was read: see whether it owes a notification), or
 * the value to sleep on.
 */
export function nodeStep(node: usize, deaths: u32): u32 {
  if (atomicLoad(node) !== NODE_WAITING) return DONE;
  return atomicLoad(HEADER_DEATHS) !== deaths ? LOOK : NODE_WAITING;
}
