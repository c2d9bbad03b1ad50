// What shared objects are when operations come one after the other, for the histories of models (history.ts) and of real
// threads (test/stress/_histories-program.ts). Operations and answers are plain JSON.

import type { Spec } from './linearize';

/**
 * An operation of a queue. `put` answers true, or false if it is full; `get` answers the item, or null if there is none.
 * `take` and `free` are the two halves of a get, for who looks closer: it takes its item, and gives the place back when
 * it has read it. `giveBack` is what becomes of an item that a dead thread was taking, `abandon` of one that it was
 * putting: its place counts until a consumer comes by.
 */
export type QueueOp = ['put' | 'abandon', number] | ['get'] | ['take' | 'free' | 'giveBack', string];

/** The places from the oldest on: an item, one that somebody is reading, or one that was read. */
type Places = Array<number | { of: string; item: number } | null>;

/**
 * A queue, first in first out, of at most `maxsize` items, 0 for any number. Places are given back in order: one behind
 * an item that is still being read counts as taken.
 */
export function fifo(maxsize = 0, first: number[] = []): Spec<Places, QueueOp> {
  return {
    initial: first,
    apply(places, op) {
      if (op[0] === 'put') {
        const isFull = maxsize > 0 && places.length >= maxsize;
        return isFull ? [[false, places]] : [[true, [...places, op[1]]]];
      }
      if (op[0] === 'get' || op[0] === 'take') {
        const at = places.findIndex((one) => typeof one === 'number');
        if (at < 0) return [[null, places]];
        const item = places[at] as number;
        return [[item, trimmed(places.with(at, op[0] === 'get' ? null : { of: op[1], item }))]];
      }
      if (op[0] === 'abandon') {
        const at = places.indexOf(op[1]);
        return at < 0 ? [] : [[true, trimmed(places.with(at, null))]];
      }
      const at = places.findIndex((one) => typeof one === 'object' && one?.of === op[1]);
      if (at < 0) return [];
      const { item } = places[at] as { item: number };
      return [[true, trimmed(places.with(at, op[0] === 'free' ? null : item))]];
    },
  };
}

function trimmed(places: Places): Places {
  const at = places.findIndex((one) => one !== null);
  return at < 0 ? [] : places.slice(at);
}

/** An operation of a dict: `get`, `delete` and `add` (1 to what is there) answer what was there before, 0 if nothing. */
export type DictOp = ['set', string, number] | ['get' | 'delete' | 'add', string];

/** A dict of numbers that are not 0; each key is an object of its own. */
export function dict(first: Record<string, number> = {}): Spec<Record<string, number>, DictOp> {
  return {
    initial: first,
    apply(contents, op) {
      const before = contents[op[1]] ?? 0;
      const value = op[0] === 'get' ? before : op[0] === 'delete' ? 0 : op[0] === 'add' ? before + 1 : op[2];
      const others = Object.entries(contents).filter(([key]) => key !== op[1]);
      const after = value === 0 ? others : [...others, [op[1], value] as [string, number]];
      return [[op[0] === 'set' ? true : before, Object.fromEntries(after.sort())]];
    },
    partOf: ([, key]) => key,
  };
}

/** A semaphore with so many permits, that answers without waiting: `acquire` whether it got one; `release` true. */
export function semaphore(permits: number): Spec<number, 'acquire' | 'release'> {
  return {
    initial: permits,
    apply(left, op) {
      if (op === 'release') return [[true, left + 1]];
      return left > 0 ? [[true, left - 1]] : [[false, 0]];
    },
  };
}
