// The operations of a dict on its map (assembly/map/map.ts): what needs the allocator, the codec and the pin.

import { atomicAdd, atomicLoad, atomicStore, load32, store32 } from '../../assembly/atomics/index';
import {
  bucketOrder,
  bucketWord,
  copyTable,
  countIn,
  countKeys,
  DUMMY_BYTES,
  exchange,
  FIRST_SHIFT,
  GONE,
  headOf,
  initDummy,
  initMap,
  initTable,
  MAP_BYTES,
  MAP_SEED,
  MAP_TABLE,
  MAP_TICKET,
  NODE_KEY,
  NODE_NEXT,
  NODE_ORDER,
  NODE_TICKET,
  NODE_VALUE,
  nextNode,
  remove,
  search,
  TABLE_SHIFT,
  tableBytes,
  wayIn,
} from '../../assembly/map/map';
import { OutOfMemoryError } from '../errors';
import { allocateZeroed, release } from '../heap/heap';
import { createBlock, enter, flush, freeBlock, leave, me, noteRetired } from './_blocks';
import { endProbe, keyOf, nodeBytes, toProbe } from './_keys';
import { discardWord, freeWord, stampOf, toValue, toWord } from './_values';

/** What stands for the value of a key that is not there. */
export const MISSING = Symbol('missing');

/** Makes an empty map. */
export function createMap(): number {
  const map = allocateZeroed(MAP_BYTES, 'object', 64);
  store32(map + MAP_SEED, Math.floor(Math.random() * 2 ** 32));
  initMap(map, createBlock(tableBytes(FIRST_SHIFT)), createBlock(DUMMY_BYTES));
  return map;
}

/** Frees a map that no thread can reach any more. */
export function freeMap(map: number): void {
  let node = headOf(map);
  while (node !== 0) {
    const next = (load32(node + NODE_NEXT) & ~1) >>> 0;
    if ((load32(node + NODE_ORDER) & 1) !== 0) freeWord(load32(node + NODE_VALUE));
    freeBlock(node);
    node = next;
  }
  freeBlock(atomicLoad(map + MAP_TABLE));
  release(map, MAP_BYTES, 'object');
  flush();
}

/** Does something with the node of a key, 0 if there is none: entered, and with the probe. */
function withNode<T>(map: number, key: unknown, body: (node: number, probe: number) => T): T {
  enter();
  try {
    const probe = toProbe(map, key);
    try {
      const word = bucketWord(atomicLoad(map + MAP_TABLE), load32(probe + NODE_ORDER));
      return body(search(wayIn(word), probe, false), probe);
    } finally {
      endProbe(probe);
    }
  } finally {
    leave();
  }
}

/** The bucket's own dummy; makes it if there is none. */
function dummyFor(map: number, order: number): number {
  const table = atomicLoad(map + MAP_TABLE);
  const word = bucketWord(table, order);
  const known = atomicLoad(word);
  if (known !== 0) return known;
  const dummy = createBlock(DUMMY_BYTES);
  initDummy(dummy, bucketOrder(table, word));
  const standing = search(wayIn(word), dummy, true);
  if (standing !== 0) freeBlock(dummy);
  atomicStore(word, standing || dummy);
  return standing || dummy;
}

/** Puts a node with the probe's key and this value in; or, if there is one by now, that one. */
function insert(map: number, probe: number, value: number): number {
  const from = dummyFor(map, load32(probe + NODE_ORDER));
  const bytes = nodeBytes(probe);
  const node = createBlock(bytes);
  store32(node + NODE_ORDER, load32(probe + NODE_ORDER));
  store32(node + NODE_VALUE, value);
  store32(node + NODE_TICKET, atomicAdd(map + MAP_TICKET, 1));
  for (let at = NODE_KEY; at < bytes; at += 4) store32(node + at, load32(probe + at));
  const standing = search(from, node, true);
  if (standing !== 0) freeBlock(node);
  else if (countIn(map)) grow(map);
  return standing;
}

function grow(map: number): void {
  const table = atomicLoad(map + MAP_TABLE);
  const shift = load32(table + TABLE_SHIFT) + 1;
  let next: number;
  try {
    next = createBlock(tableBytes(shift));
  } catch (error) {
    if (error instanceof OutOfMemoryError) return; // the ways get longer
    throw error;
  }
  initTable(next, shift);
  if (copyTable(map, table, next)) noteRetired(table);
  else freeBlock(next);
}

/** The value of a key, or MISSING. */
export function getKey(map: number, key: unknown): unknown {
  return withNode(map, key, (node) => {
    const word = node === 0 ? GONE : atomicLoad(node + NODE_VALUE);
    return word === GONE ? MISSING : toValue(word);
  });
}

export function hasKey(map: number, key: unknown): boolean {
  return withNode(map, key, (node) => node !== 0 && atomicLoad(node + NODE_VALUE) !== GONE);
}

/** Sets a key, whether it was there or not. */
export function setKey(map: number, key: unknown, value: unknown): void {
  const word = toWord(value, map);
  let used = false;
  try {
    withNode(map, key, (found, probe) => {
      let node = found;
      while (!used) {
        const seen = node === 0 ? GONE : atomicLoad(node + NODE_VALUE);
        if (seen === GONE) {
          node = insert(map, probe, word);
          used = node === 0;
        } else if (exchange(node, seen, word)) {
          used = true;
          discardWord(seen);
        }
      }
    });
  } finally {
    if (!used) freeWord(word);
  }
}

/** Removes a key: its value, or MISSING. */
export function takeKey(map: number, key: unknown): unknown {
  return withNode(map, key, (node, probe) => {
    if (node === 0) return MISSING;
    while (true) {
      const word = atomicLoad(node + NODE_VALUE);
      if (word === GONE) return MISSING;
      const value = toValue(word); // before it is gone: it may be unreadable
      if (removeNode(map, node, word, probe)) return value;
    }
  });
}

/** Removes a key without a look at its value; false if it is not there. */
export function deleteKey(map: number, key: unknown): boolean {
  return withNode(map, key, (node, probe) => {
    if (node === 0) return false;
    while (true) {
      const word = atomicLoad(node + NODE_VALUE);
      if (word === GONE) return false;
      if (removeNode(map, node, word, probe)) return true;
    }
  });
}

function removeNode(map: number, node: number, word: number, probe: number): boolean {
  if (!remove(map, node, word)) return false;
  discardWord(word);
  const from = wayIn(bucketWord(atomicLoad(map + MAP_TABLE), load32(node + NODE_ORDER)));
  search(from, probe, false); // takes the node out
  noteRetired(node);
  return true;
}

/**
 * Sets a key to what `fn` makes of its value (or MISSING), as long as nobody else has set it meanwhile; otherwise
 * `fn` is asked again. Returns the new value.
 */
export function updateKey(map: number, key: unknown, fn: (value: unknown) => unknown): unknown {
  while (true) {
    let seen = GONE;
    let stamp = 0;
    const value = withNode(map, key, (node) => {
      seen = node === 0 ? GONE : atomicLoad(node + NODE_VALUE);
      if (seen === GONE) return MISSING;
      stamp = stampOf(seen);
      return toValue(seen);
    });
    // Not entered: it may take its time, and use this dict.
    const next = fn(value);
    const word = toWord(next, map);
    let done = false;
    try {
      done = withNode(map, key, (node, probe) => {
        if (seen === GONE) return node === 0 && insert(map, probe, word) === 0;
        if (node === 0 || atomicLoad(node + NODE_VALUE) !== seen || stampOf(seen) !== stamp) return false;
        if (!exchange(node, seen, word)) return false;
        discardWord(seen);
        return true;
      });
    } finally {
      if (!done) freeWord(word);
    }
    if (done) return next;
  }
}

/** The value of a key; sets it if it is not there. */
export function getOrSetKey(map: number, key: unknown, value: unknown): unknown {
  const word = toWord(value, map);
  let used = false;
  try {
    return withNode(map, key, (found, probe) => {
      let node = found;
      while (true) {
        const seen = node === 0 ? GONE : atomicLoad(node + NODE_VALUE);
        if (seen !== GONE) return toValue(seen);
        node = insert(map, probe, word);
        if (node !== 0) continue;
        used = true;
        return value;
      }
    });
  } finally {
    if (!used) freeWord(word);
  }
}

/** Number of keys. */
export function sizeOfMap(map: number): number {
  enter();
  try {
    return countKeys(map, me);
  } finally {
    leave();
  }
}

/** What `pick` makes of each key's node and value word, in the order in which the keys were first set. */
function collect<T>(map: number, pick: (node: number, word: number) => T): T[] {
  enter();
  try {
    const now = atomicLoad(map + MAP_TICKET);
    const found: Array<[age: number, picked: T]> = [];
    for (let node = nextNode(headOf(map)); node !== 0; node = nextNode(node)) {
      const word = atomicLoad(node + NODE_VALUE);
      if (word !== GONE) found.push([(now - load32(node + NODE_TICKET)) | 0, pick(node, word)]);
    }
    return found.sort(([one], [other]) => other - one).map(([, picked]) => picked);
  } finally {
    leave();
  }
}

export const keysOf = (map: number): unknown[] => collect(map, keyOf);
export const valuesOf = (map: number): unknown[] => collect(map, (_, word) => toValue(word));
export const entriesOf = (map: number): Array<[unknown, unknown]> =>
  collect(map, (node, word) => [keyOf(node), toValue(word)]);

/** Removes all keys, one after the other. */
export function clearMap(map: number): void {
  enter();
  try {
    for (let node = nextNode(headOf(map)); node !== 0; node = nextNode(node)) {
      const word = atomicLoad(node + NODE_VALUE);
      if (word === GONE || !remove(map, node, word)) continue;
      discardWord(word);
      noteRetired(node);
    }
    // A key that none has, behind all others: the search for it takes out what is leaving.
    const probe = toProbe(map, 0);
    store32(probe + NODE_KEY, 0);
    store32(probe + NODE_ORDER, 0xffffffff);
    search(headOf(map), probe, false);
  } finally {
    leave();
  }
}
