// Counter: a 64-bit number that every thread adds to. One atomic operation each, so there is nothing to survive.

import { KIND_COUNTER } from '../../assembly/sync/block';
import { viewAt } from '../heap/views';
import { Attach, registerSync, SyncHandle } from './_handle';

/**
 * An atomic 64-bit counter.
 *
 * @example
 * ```ts
 * const counter = new Counter(40);
 * console.log(counter.add(2), counter.value, counter.bigValue); // 42 42 42n
 * ```
 */
export class Counter extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync('Counter', KIND_COUNTER, () => this);

  readonly #view: BigInt64Array;

  /** @param initial a whole number */
  constructor(initial: number | bigint | unknown = 0) {
    const first = initial instanceof Attach ? 0n : whole(initial);
    super(KIND_COUNTER, 16, initial);
    this.#view = viewAt(BigInt64Array, this.word, 1);
    if (!(initial instanceof Attach)) Atomics.store(this.#view, 0, first);
  }

  /** The count; exact to ±2⁵³. */
  get value(): number {
    return Number(this.bigValue);
  }

  set value(value: number | bigint) {
    this.throwIfClosed('set the counter');
    Atomics.store(this.#view, 0, whole(value));
  }

  /** The count, all 64 bits. */
  get bigValue(): bigint {
    this.throwIfClosed('read the counter');
    return Atomics.load(this.#view, 0);
  }

  /**
   * Adds `n` in one step; wraps at 2⁶³.
   * @returns the new value, exact to ±2⁵³
   */
  add(n: number | bigint = 1): number {
    this.throwIfClosed('add to the counter');
    const more = whole(n);
    return Number(BigInt.asIntN(64, Atomics.add(this.#view, 0, more) + more));
  }
}

function whole(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new RangeError(`Cannot count ${String(value)}: wanted a whole number`);
  }
  return BigInt(value);
}
