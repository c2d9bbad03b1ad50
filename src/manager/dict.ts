// Manager.dict: a map that all threads share. assembly/map/map.ts has the algorithm.

import { registerQueue } from '../queue/_handle';
import { Made } from './_made';
import {
  clearMap,
  createMap,
  deleteKey,
  entriesOf,
  freeMap,
  getKey,
  getOrSetKey,
  hasKey,
  keysOf,
  MISSING,
  setKey,
  sizeOfMap,
  takeKey,
  updateKey,
  valuesOf,
} from './_map';

export const KIND_DICT = 16;

/**
 * A map that all threads share; every operation is synchronous and atomic, in every thread.
 *
 * Keys are equal if their contents are, arrays and objects too. A value is a copy: change it and set it again, or
 * {@link update} it. Handles (locks, other dicts, shared arrays …) arrive as the same live thing.
 *
 * @example
 * ```ts
 * using manager = new Manager();
 * const stock = manager.dict([['eggs', 12]]);
 * stock.set('milk', 3);
 * console.log(stock.update('eggs', (n) => n - 2), [...stock]); // 10 [ [ 'eggs', 10 ], [ 'milk', 3 ] ]
 * ```
 */
export class ManagedDict<K = unknown, V = unknown> extends Made {
  protected static readonly travels = /* @__PURE__ */ registerQueue('dict', KIND_DICT, () => this, freeMap);

  /** @param given entries; for the codec: what to attach to */
  constructor(given?: Iterable<readonly [K, V]> | Readonly<Record<string, V>> | unknown) {
    super('dict', KIND_DICT, given, createMap);
    if (given === undefined || given === null || this.attached) return;
    try {
      const isIterable = typeof (given as Iterable<unknown>)[Symbol.iterator] === 'function';
      const entries = isIterable ? (given as Iterable<readonly [K, V]>) : Object.entries(given);
      for (const [key, value] of entries) setKey(this.address, key, value);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Number of keys. */
  get size(): number {
    return sizeOfMap(this.address);
  }

  /** The value of a key; undefined if it is not there. */
  get(key: K): V | undefined {
    const value = getKey(this.address, key);
    return value === MISSING ? undefined : (value as V);
  }

  /** @throws {NotShareableError} if the key or the value cannot go to another thread */
  set(key: K, value: V): this {
    setKey(this.address, key, value);
    return this;
  }

  has(key: K): boolean {
    return hasKey(this.address, key);
  }

  /** Removes a key; false if it is not there. */
  delete(key: K): boolean {
    return deleteKey(this.address, key);
  }

  /** Removes a key: its value, or `otherwise` if it is not there. */
  pop<D = undefined>(key: K, otherwise?: D): V | D {
    const value = takeKey(this.address, key);
    return value === MISSING ? (otherwise as D) : (value as V);
  }

  /** The value of a key; sets it if it is not there. */
  getOrSet(key: K, value: V): V {
    return getOrSetKey(this.address, key, value) as V;
  }

  /**
   * Sets a key to what `fn` makes of its value, in one step: no other thread sets it in between.
   *
   * @param fn is asked again if another thread was faster, so it should only compute
   * @param initial what `fn` gets if the key is not there
   * @returns the new value
   * @throws what `fn` throws; nothing is changed then
   */
  update(key: K, fn: (value: V) => V, initial?: V): V {
    if (typeof fn !== 'function') {
      throw new TypeError(`Cannot update a key: wanted a function of its value, came ${typeof fn}`);
    }
    return updateKey(this.address, key, (value) => fn((value === MISSING ? initial : value) as V)) as V;
  }

  /** Removes all keys, one after the other: what others set meanwhile may stay. */
  clear(): void {
    clearMap(this.address);
  }

  /** The keys that are there now, in the order in which they were first set. */
  keys(): MapIterator<K> {
    return (keysOf(this.address) as K[]).values() as MapIterator<K>;
  }

  values(): MapIterator<V> {
    return (valuesOf(this.address) as V[]).values() as MapIterator<V>;
  }

  entries(): MapIterator<[K, V]> {
    return (entriesOf(this.address) as Array<[K, V]>).values() as MapIterator<[K, V]>;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, dict: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** A copy as an ordinary map. */
  toMap(): Map<K, V> {
    return new Map(this.entries());
  }
}
