// Manager.list: a list that all threads share. assembly/map/root.ts has the algorithm, _chunks.ts the elements.

import { registerQueue } from '../queue/_handle';
import { createChunks, elementAt, elements, freeChunks, lengthOf, splice } from './_chunks';
import { Made } from './_made';

export const KIND_LIST = 17;

function checkIndex(index: unknown): number {
  if (Number.isSafeInteger(index)) return index as number;
  throw new TypeError(`Cannot take ${String(index)} for an index: wanted a whole number`);
}

/**
 * A list that all threads share; every operation is synchronous and atomic, in every thread. Elements are copies, as
 * the values of a {@link ManagedDict} are. Negative indices count from the end.
 *
 * @example
 * ```ts
 * using manager = new Manager();
 * const orders = manager.list(['soup', 'salad']);
 * orders.push('dessert');
 * console.log(orders.pop(), orders.at(-1), orders.toArray()); // dessert salad [ 'soup', 'salad' ]
 * ```
 */
export class ManagedList<T = unknown> extends Made {
  protected static readonly travels = /* @__PURE__ */ registerQueue(
    'list',
    KIND_LIST,
    () => this,
    freeChunks,
  );

  /** @param given values; for the codec: what to attach to */
  constructor(given?: Iterable<T> | unknown) {
    super('list', KIND_LIST, given, () => createChunks(Array.from((given as Iterable<T>) ?? [])));
  }

  get length(): number {
    return lengthOf(this.address);
  }

  /** The element at an index; undefined outside. */
  at(index: number): T | undefined {
    return elementAt(this.address, checkIndex(index)) as T | undefined;
  }

  /** {@link at}. */
  get(index: number): T | undefined {
    return this.at(index);
  }

  /** @throws {RangeError} if there is no such element */
  set(index: number, value: T): void {
    this.#replace('set', index, [value]);
  }

  /** Adds elements at the end, side by side. @returns the new length */
  push(...values: T[]): number {
    return splice(this.address, (length) => [length, 0], values).length;
  }

  /** Takes the last element, or the one at `index`; undefined if there is none. */
  pop(index = -1): T | undefined {
    checkIndex(index);
    const where = (length: number): [number, number] => {
      const at = index < 0 ? length + index : index;
      return at >= 0 && at < length ? [at, 1] : [length, 0];
    };
    return splice(this.address, where, []).removed[0] as T | undefined;
  }

  /** Puts an element before the one at `index`: the first, or the last, if that is outside. */
  insert(index: number, value: T): void {
    checkIndex(index);
    const where = (length: number): [number, number] => [
      Math.max(0, Math.min(length, index < 0 ? length + index : index)),
      0,
    ];
    splice(this.address, where, [value]);
  }

  /**
   * Removes the element at `index`.
   * @returns the element
   * @throws {RangeError} if there is no such element
   */
  remove(index: number): T {
    return this.#replace('remove', index, []);
  }

  #replace(what: string, index: number, values: T[]): T {
    checkIndex(index);
    const where = (length: number): [number, number] => {
      const at = index < 0 ? length + index : index;
      if (at < 0 || at >= length) {
        throw new RangeError(`Cannot ${what} element ${index}: the list has ${length}`);
      }
      return [at, 1];
    };
    return splice(this.address, where, values).removed[0] as T;
  }

  /** Removes all elements. */
  clear(): void {
    splice(this.address, (length) => [0, length], []);
  }

  /** A copy as an ordinary array, of one moment. */
  toArray(): T[] {
    return elements(this.address) as T[];
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.toArray().values();
  }
}
