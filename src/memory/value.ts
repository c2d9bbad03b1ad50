// Value and SharedArray: numbers in shared memory, each with a lock that comes along.

import { registerHandle } from '../codec/handles';
import { InvalidStateError } from '../errors';
import { release, sharedArray } from '../heap/array';
import type { TypedArray } from '../heap/views';
import { RLock } from '../sync/index';
import { type ArrayOf, type NumberOf, type TypeCode, typeOf } from './_types';

/** How a constructor is told to attach to what came from another thread. */
class Attach {
  constructor(
    readonly array: TypedArray,
    readonly lock: RLock,
  ) {}
}

/** What both classes are: an array and its lock. */
abstract class Locked<C extends TypeCode> {
  /** The type code. */
  readonly type: C;
  protected readonly array: ArrayOf<C>;
  readonly #lock: RLock;
  #released = false;

  protected constructor(type: C, content: unknown) {
    this.type = type;
    if (content instanceof Attach) {
      this.array = content.array as ArrayOf<C>;
      this.#lock = content.lock;
    } else {
      this.array = sharedArray(typeOf(type), content as ArrayLike<never>) as ArrayOf<C>;
      this.#lock = new RLock();
    }
  }

  /** The lock that comes with it: hold it for what one operation does not do. */
  getLock(): RLock {
    return this.#lock;
  }

  /** Gives the memory back at once; otherwise it returns when no thread can reach it. Nobody may use it afterwards. */
  close(): void {
    if (this.#released) return;
    this.#released = true;
    this.#lock.close();
    release(this.array);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** For the codec. */
  static record(handle: Locked<TypeCode>): unknown[] {
    return [handle.type, handle.array, handle.#lock];
  }
}

function attached([type, array, lock]: unknown[]): [TypeCode, Attach] {
  if (!(lock instanceof RLock) || !(array instanceof typeOf(type as string))) {
    throw new InvalidStateError('Cannot attach a shared value: the record is malformed');
  }
  return [type as TypeCode, new Attach(array as TypedArray, lock)];
}

/**
 * One number that all threads share. Integers are read and written atomically.
 *
 * @example
 * ```ts
 * const oven = new Value('d', 180.5);
 * const served = new Value('int32');
 * console.log(oven.value, served.add(2)); // 180.5 2
 * ```
 */
export class Value<C extends TypeCode = TypeCode> extends Locked<C> {
  protected static readonly travels = /* @__PURE__ */ registerLocked('Value', () => this);

  /**
   * @param type a type code: `b B h H i I l L q Q f d`, or a name such as `int32`
   * @param value the first value; 0 unless given
   */
  constructor(type: C, value?: NumberOf<C>) {
    const given: unknown = value;
    super(type, given instanceof Attach ? given : given === undefined ? 1 : [given]);
  }

  /** The number. */
  get value(): NumberOf<C> {
    const { array } = this;
    return (isFloat(array) ? array[0] : Atomics.load(array as Int32Array, 0)) as NumberOf<C>;
  }

  set value(value: NumberOf<C>) {
    const { array } = this;
    if (isFloat(array)) array[0] = value as number;
    else Atomics.store(array as Int32Array, 0, value as number);
  }

  /**
   * Adds atomically; integers wrap around.
   * @returns the new value
   * @throws {BlockingNotAllowedError} for floats, in a thread that may not block, while another one adds
   */
  add(n: NumberOf<C>): NumberOf<C> {
    const { array } = this;
    if (!isFloat(array)) {
      const before = Atomics.add(array as Int32Array, 0, n as number) as NumberOf<C>;
      const sum = new (typeOf(this.type) as unknown as typeof Int32Array)(1);
      sum[0] = (before as number) + (n as number); // wraps as the memory does
      return sum[0] as NumberOf<C>;
    }
    const guard = this.getLock().acquireSync();
    try {
      return (array[0] += n as number) as NumberOf<C>;
    } finally {
      guard.release();
    }
  }
}

/** Whether a number is stored without atomics: there are none for floats. */
function isFloat(array: unknown): array is Float64Array {
  return array instanceof Float64Array || array instanceof Float32Array;
}

/**
 * A typed array that all threads share, with a lock: `sharedArray` under Python's name and type codes.
 *
 * @example
 * ```ts
 * const prices = new SharedArray('d', [4.5, 6]);
 * prices.view[0] += 1;
 * console.log(prices.at(0), prices.length, [...prices]); // 5.5 2 [ 5.5, 6 ]
 * ```
 */
export class SharedArray<C extends TypeCode = TypeCode> extends Locked<C> {
  protected static readonly travels = /* @__PURE__ */ registerLocked('SharedArray', () => this);

  /**
   * @param type a type code: `b B h H i I l L q Q f d`, or a name such as `int32`
   * @param lengthOrValues number of elements (zeros), or the elements
   * @throws {RangeError} if the length is no whole number from 0
   */
  constructor(type: C, lengthOrValues: number | Iterable<NumberOf<C>>) {
    super(type, lengthOrValues);
  }

  /** The elements: a real typed array. */
  get view(): ArrayOf<C> {
    return this.array;
  }

  get length(): number {
    return this.array.length;
  }

  /** The element at `index`, from the end if that is negative; undefined outside. */
  at(index: number): NumberOf<C> | undefined {
    return (this.array as unknown as { at(i: number): NumberOf<C> | undefined }).at(index);
  }

  /** Sets the element at `index`, from the end if that is negative. @throws {RangeError} outside */
  set(index: number, value: NumberOf<C>): void {
    const at = index < 0 ? this.length + index : index;
    if (!Number.isInteger(at) || at < 0 || at >= this.length) {
      throw new RangeError(`Cannot set element ${index}: there are ${this.length}`);
    }
    (this.array as unknown as NumberOf<C>[])[at] = value;
  }

  [Symbol.iterator](): IterableIterator<NumberOf<C>> {
    return (this.array as unknown as Iterable<NumberOf<C>>)[Symbol.iterator]() as IterableIterator<
      NumberOf<C>
    >;
  }
}

/** Lets a class travel; called in a static field of it, so that a bundler drops it with the class. */
function registerLocked<T extends Locked<TypeCode>>(
  tag: string,
  self: () => new (type: TypeCode, attach: never) => T,
): void {
  const ctor = self();
  registerHandle<T>({
    tag,
    ctor,
    toRecord: (handle) => Locked.record(handle),
    fromRecord: (record) => new ctor(...(attached(record) as [TypeCode, never])),
  });
}
