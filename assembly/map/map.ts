// The hash map of Manager.dict: one sorted list of nodes, and a table of ways into it. Lock-free. Portable.
//
// Source: split-ordered lists (Shalev and Shavit, "Split-ordered lists: lock-free extensible hash tables", 2006) over
// Michael's list (2002). The order is the hash itself, so a bucket is what its highest bits are, and doubling the
// table splits each bucket in two without moving a node. What is new: a node's value is a word of its own, and its
// going from a value to GONE is what removes a key; tables are replaced, not grown. Promise: each operation on a key
// is linearizable, waits for nobody, and survives a death at any step. README.md has the protocol; blocks are given
// back by epoch.ts. Model tests: test/model/models/map, map-history.

import {
  atomicAdd,
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  fillBytes,
  load32,
  store32,
} from '../atomics/index';
import { HEADER_DEATHS } from '../heap/layout';
import { areOthersPinned, BLOCK_BYTES, retire } from './epoch';

// The map's block. The first three words are those of every handle (src/queue/_handle.ts).
/** Address of the present table. */
export const MAP_TABLE: usize = 16;
/** Keys, as far as the living have counted: {@link countKeys}. */
export const MAP_COUNT: usize = 20;
/** How many nodes were made: their order of insertion. */
export const MAP_TICKET: usize = 24;
/** Deaths in the program when the keys were last counted one by one. */
export const MAP_COUNTED: usize = 28;
/** What the hashes of this map begin with. */
export const MAP_SEED: usize = 32;
export const MAP_BYTES: u32 = 64;

// A table: 2^SHIFT words, the address of the bucket's first node (a dummy) or 0. A 0 costs a longer way, no more.
export const TABLE_SHIFT: usize = 0;
export const TABLE_WORDS: usize = 16;
export const FIRST_SHIFT: u32 = 4;
/** 64 million buckets: beyond that the ways get longer. */
const SHIFT_MAX: u32 = 26;
/** Keys for each bucket, before there are more buckets. */
const LOAD_SHIFT: u32 = 1;

// A node. Dummies, of which one begins each bucket, end before VALUE.
/** Address of the next node, 0 at the end; bit 0 says that this node is leaving the list. */
export const NODE_NEXT: usize = 0;
/** The hash with bit 0 set; of a dummy the bucket's bits, and bit 0 clear. Nodes stand in this order. */
export const NODE_ORDER: usize = 4;
// 8, 12: words of epoch.ts.
/** What the key has: a block's address, or a small value (src/manager/_values.ts); GONE if the key is removed. */
export const NODE_VALUE: usize = 16;
export const NODE_TICKET: usize = 20;
/** What makes a key: its format and length in one word, and as many bytes, zeros up to the next word. */
export const NODE_KEY: usize = 24;
export const NODE_KEY_BYTES: usize = 28;
export const DUMMY_BYTES: u32 = 16;

export const GONE: u32 = 0;
const LEAVING: u32 = 1;
/** Bytes of the key: the lower bits of its word. */
export const KEY_LENGTH_MASK: u32 = 0xfffffff;

export function tableBytes(shift: u32): u32 {
  return (TABLE_WORDS as u32) + (4 << shift);
}

/** Initialises an empty table. */
export function initTable(table: usize, shift: u32): void {
  fillBytes(table, 0, tableBytes(shift));
  store32(table + TABLE_SHIFT, shift);
  store32(table + BLOCK_BYTES, tableBytes(shift));
}

/** Initialises the dummy of the bucket that begins with this order. */
export function initDummy(dummy: usize, order: u32): void {
  store32(dummy + NODE_NEXT, 0);
  store32(dummy + NODE_ORDER, order);
  store32(dummy + BLOCK_BYTES, DUMMY_BYTES);
}

/** Initialises a zeroed map with an empty table and the list's first node. */
export function initMap(map: usize, table: usize, head: usize): void {
  initTable(table, FIRST_SHIFT);
  initDummy(head, 0);
  atomicStore(table + TABLE_WORDS, head as u32);
  atomicStore(map + MAP_TABLE, table as u32);
}

/** The list's first node. */
export function headOf(map: usize): usize {
  return atomicLoad((atomicLoad(map + MAP_TABLE) as usize) + TABLE_WORDS);
}

/** The word of the table that leads to the bucket of an order. */
export function bucketWord(table: usize, order: u32): usize {
  return table + TABLE_WORDS + ((order >>> (32 - load32(table + TABLE_SHIFT))) << 2);
}

/** The order of the dummy that a word of the table is for. */
export function bucketOrder(table: usize, word: usize): u32 {
  const index: u32 = ((word - table - TABLE_WORDS) >>> 2) as u32;
  return (index << (32 - load32(table + TABLE_SHIFT))) >>> 0;
}

/** The nearest dummy that stands before all nodes of the bucket; its own, unless that has not been made yet. */
export function wayIn(word: usize): usize {
  let at = word;
  while (true) {
    const dummy = atomicLoad(at);
    if (dummy !== 0) return dummy;
    at -= 4; // the first word of a table is never 0
  }
}

function isSameKey(a: usize, b: usize): boolean {
  const word = load32(a + NODE_KEY);
  if (word !== load32(b + NODE_KEY)) return false;
  const end: u32 = word & KEY_LENGTH_MASK;
  for (let at: u32 = 0; at < end; at += 4) {
    if (load32(a + NODE_KEY_BYTES + at) !== load32(b + NODE_KEY_BYTES + at)) return false;
  }
  return true;
}

/** Begins to take a node out of the list: from here on nothing is put behind it. */
function leave(node: usize): void {
  while (true) {
    const next = atomicLoad(node + NODE_NEXT);
    if ((next & LEAVING) !== 0) return;
    if (atomicCompareExchange(node + NODE_NEXT, next, next | LEAVING) === next) return;
  }
}

/**
 * The node that has the key of `probe`, looked for from the dummy `from` on; 0 if there is none. Takes out what it
 * finds leaving. With `insert` the probe is a node itself, which then is put where the key was missed.
 *
 * The caller is pinned.
 */
export function search(from: usize, probe: usize, insert: boolean): usize {
  const order = load32(probe + NODE_ORDER);
  let link = from + NODE_NEXT;
  let word = atomicLoad(link);
  while (true) {
    if ((word & LEAVING) !== 0) {
      link = from + NODE_NEXT; // the node before is leaving
      word = atomicLoad(link);
      continue;
    }
    if (word !== 0) {
      const node: usize = word;
      const next = atomicLoad(node + NODE_NEXT);
      if ((next & LEAVING) !== 0) {
        const seen = atomicCompareExchange(link, word, next ^ LEAVING);
        if (seen === word) retire(node);
        word = seen === word ? next ^ LEAVING : seen;
        continue;
      }
      const standing = load32(node + NODE_ORDER);
      if (standing <= order) {
        if (standing === order) {
          if ((order & 1) === 0) return node;
          if (isSameKey(node, probe)) {
            if (atomicLoad(node + NODE_VALUE) !== GONE) return node;
            leave(node); // who removed the key has not come to it
            continue;
          }
        }
        link = node + NODE_NEXT;
        word = next;
        continue;
      }
    }
    if (!insert) return 0;
    store32(probe + NODE_NEXT, word);
    const seen = atomicCompareExchange(link, word, probe as u32);
    if (seen === word) return 0;
    word = seen;
  }
}

/** Counts a node that was put in. True if the table has to grow: {@link copyTable}. */
export function countIn(map: usize): boolean {
  const count: u32 = atomicAdd(map + MAP_COUNT, 1) + 1;
  const shift = load32((atomicLoad(map + MAP_TABLE) as usize) + TABLE_SHIFT);
  return count >>> (shift + LOAD_SHIFT) !== 0 && shift < SHIFT_MAX;
}

/** Gives the node's key another value, if it still has the one that the caller saw. */
export function exchange(node: usize, seen: u32, value: u32): boolean {
  return atomicCompareExchange(node + NODE_VALUE, seen, value) === seen;
}

/** Removes the node's key, if it still has the value that the caller saw; {@link search} then takes the node out. */
export function remove(map: usize, node: usize, seen: u32): boolean {
  if (atomicCompareExchange(node + NODE_VALUE, seen, GONE) !== seen) return false;
  leave(node);
  atomicAdd(map + MAP_COUNT, 0xffffffff);
  return true;
}

/** Makes `next`, an empty table with one shift more, the map's table with all that `table` knows; false if too late. */
export function copyTable(map: usize, table: usize, next: usize): boolean {
  const buckets: u32 = 1 << load32(table + TABLE_SHIFT);
  for (let index: u32 = 0; index < buckets; index++) {
    // A dummy that is made meanwhile is missed here, and found in the list.
    store32(next + TABLE_WORDS + (index << 3), atomicLoad(table + TABLE_WORDS + (index << 2)));
  }
  if (atomicCompareExchange(map + MAP_TABLE, table as u32, next as u32) !== table) return false;
  retire(table);
  return true;
}

/** The next node that has a key, after `node`; 0 at the end. The caller is pinned. */
export function nextNode(node: usize): usize {
  let at = node;
  while (true) {
    at = (atomicLoad(at + NODE_NEXT) & ~LEAVING) >>> 0;
    if (at === 0) return 0;
    if ((load32(at + NODE_ORDER) & 1) !== 0 && atomicLoad(at + NODE_VALUE) !== GONE) return at;
  }
}

/**
 * How many keys there are. A thread that dies between putting a node in and counting it leaves the count wrong, so
 * after a death they are counted one by one, until that was done while nobody else was at work.
 *
 * The caller is pinned.
 */
export function countKeys(map: usize, owner: u32): u32 {
  const deaths = atomicLoad(HEADER_DEATHS);
  if (atomicLoad(map + MAP_COUNTED) === deaths) return atomicLoad(map + MAP_COUNT);
  const ticket = atomicLoad(map + MAP_TICKET);
  const count = atomicLoad(map + MAP_COUNT);
  const quiet = !areOthersPinned(owner);
  let keys: u32 = 0;
  for (let node = nextNode(headOf(map)); node !== 0; node = nextNode(node)) keys++;
  // Whoever began since has taken a ticket or is pinned, or has counted off; so nothing was changed while we counted.
  if (!quiet || areOthersPinned(owner) || atomicLoad(map + MAP_TICKET) !== ticket) return keys;
  if (atomicCompareExchange(map + MAP_COUNT, count, keys) === count) atomicStore(map + MAP_COUNTED, deaths);
  return keys;
}
