// Shared arrays: real typed arrays whose elements every thread sees. Who holds an array is noted (holds.ts), so that
// its memory returns when none can reach it any more.
//
//   head, 64 bytes before the elements:  tag · bytes of the elements · unused
//
// The tag comes from the array's number in the program, so no two arrays have the same. A thread that held an array
// which another one released finds another tag when its view is collected at last, and leaves what lies there alone.

import { atomicLoad, atomicStore, isHeapBuffer, load32, store32 } from '../../assembly/atomics/index';
import { OBJECT_ARRAY } from '../../assembly/heap/holds';
import { registerArrayHandle } from '../codec/index';
import { InvalidStateError, NotShareableError } from '../errors';
import { allocateObject, isHeapShared, nextId, tryRelease } from './heap';
import { holdNew, letGo, noteHandle, onLastHold, seize, takeHold } from './holds';
import {
  ARRAY_TYPES,
  type ArrayTypeName,
  type TypedArray,
  type TypedArrayConstructor,
  viewAt,
} from './views';

const HEAD_BYTES = 64;
const HEAD_TAG = 0;
const HEAD_LENGTH = 4;

/** What the head of the program's `number`-th array bears. */
function tagOf(number: number): number {
  return (Math.imul(number, 0x9e3779b1) ^ 0x41525241) >>> 0;
}

/** An array that this thread holds. */
interface Hold {
  address: number;
  tag: number;
}

/** Arrays that this thread holds, by address. */
const held = new Map<number, Hold & { view: WeakRef<TypedArray> }>();
const collected = /* @__PURE__ */ new FinalizationRegistry<Hold>(({ address, tag }) => {
  const known = held.get(address);
  // Another view may have been made of the same array since, or of another one there.
  if (known?.tag !== tag || known.view.deref() !== undefined) return;
  held.delete(address);
  if (atomicLoad(address - HEAD_BYTES + HEAD_TAG) === tag) letGo(address - HEAD_BYTES);
});

/** Views of a part, or of another type, keep the array that they lie on alive. */
const bases = new WeakMap<TypedArray, TypedArray>();

/** Remembers what `view` lies on, and makes its subarrays do the same. */
function onBase<T extends TypedArray>(view: T, base: TypedArray): T {
  if (view !== (base as unknown)) bases.set(view, base);
  Object.defineProperty(view, 'subarray', { value: subarrayOf, writable: true, configurable: true });
  return view;
}

/** `subarray` of a shared array: what it returns holds the whole. */
function subarrayOf(this: TypedArray, begin?: number, end?: number): TypedArray {
  const part = Object.getPrototypeOf(this).subarray.call(this, begin, end) as TypedArray;
  return onBase(part, bases.get(this) ?? this);
}

type Element<T> = T extends BigInt64Array | BigUint64Array ? bigint : number;

/**
 * A typed array that all threads share: passed to a worker it arrives as the same memory, without a copy.
 *
 * @param type any typed-array constructor
 * @param lengthOrValues number of elements (zeros), or the elements
 * @returns a real typed array; its memory returns when no thread can reach it, or at once with `release`
 * @throws {OutOfMemoryError} if the heap is full
 * @throws {RangeError} if the length is no whole number from 0
 * @example
 * ```ts
 * const shared = sharedArray(Float64Array, [1, 2, 3]);
 * console.log(shared.length, shared[2]); // 3 3
 * ```
 */
export function sharedArray<T extends TypedArray>(
  type: TypedArrayConstructor<T>,
  lengthOrValues: number | ArrayLike<Element<T>> | Iterable<Element<T>>,
): T {
  if (typeof type !== 'function' || !(type.name in ARRAY_TYPES)) {
    throw new TypeError(
      `Cannot make a shared array of ${String((type as { name?: string })?.name ?? type)}: wanted a typed-array constructor`,
    );
  }
  const values = typeof lengthOrValues === 'number' ? undefined : toArrayLike(lengthOrValues);
  const length = values?.length ?? (lengthOrValues as number);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`Cannot make a shared array of ${length} elements: wanted a whole number from 0`);
  }
  const bytes = length * type.BYTES_PER_ELEMENT;
  const head = allocateObject(HEAD_BYTES + bytes, 'array');
  store32(head + HEAD_LENGTH, bytes);
  const tag = tagOf(nextId());
  atomicStore(head + HEAD_TAG, tag);
  holdNew(head, OBJECT_ARRAY);
  const array = viewAt(type, head + HEAD_BYTES, length);
  if (values !== undefined) (array.set as (from: ArrayLike<unknown>) => void)(values);
  hold(array, tag);
  return array;
}

function toArrayLike<E>(values: ArrayLike<E> | Iterable<E>): ArrayLike<E> {
  return 'length' in values ? values : Array.from(values);
}

function hold(view: TypedArray, tag: number): void {
  const address = view.byteOffset;
  held.set(address, { address, tag, view: new WeakRef(view) });
  collected.register(view, { address, tag }, view);
  onBase(view, view);
}

/**
 * Gives a shared array's memory back at once. Using it afterwards is the caller's fault; under MANYHANDS_DEBUG=1
 * its elements are overwritten, so that such a use shows.
 *
 * @throws {NotShareableError} if it is no shared array
 * @throws {InvalidStateError} if it was released already
 */
export function release(array: TypedArray): void {
  const head = headOf(array);
  const tag = atomicLoad(head + HEAD_TAG);
  if (tag === 0 || held.get(array.byteOffset)?.tag !== tag || !seize(head)) {
    throw new InvalidStateError('Cannot release the shared array: it was released already');
  }
  held.delete(array.byteOffset);
  collected.unregister(array);
}

function headOf(array: TypedArray): number {
  if (!ArrayBuffer.isView(array) || !isHeapBuffer(array.buffer) || array.byteOffset < HEAD_BYTES) {
    throw new NotShareableError('Cannot release the array: it does not come from sharedArray');
  }
  return array.byteOffset - HEAD_BYTES;
}

/** Whether the view lies on the shared heap. */
export function isSharedArray(array: ArrayBufferView): boolean {
  return isHeapBuffer(array.buffer);
}

/**
 * Makes shared arrays known to the codec and to the table of holds; called by each thread that enters the heap, so
 * that a program without a heap carries none of it. They travel as (type, address, length). Until the receiver has
 * one the message holds it, or the sender keeps it alive (a task's arguments live as long as the task).
 */
export function registerArrays(): void {
  onLastHold(OBJECT_ARRAY, (head) => {
    if (atomicLoad(head + HEAD_TAG) === 0) return;
    tryRelease(head, HEAD_BYTES + load32(head + HEAD_LENGTH), 'array');
  });
  registerArrayHandle({
    match: (view) => isHeapBuffer(view.buffer),
    toRecord(view) {
      if (!isHeapShared()) {
        throw new NotShareableError(
          'Cannot share an array with a worker here: there is no shared memory. Serve the page with COOP and COEP headers, or pass a plain array',
        );
      }
      const array = view as TypedArray;
      const base = bases.get(array)?.byteOffset ?? array.byteOffset;
      noteHandle(base - HEAD_BYTES);
      return [array.constructor.name, array.byteOffset, array.length ?? array.byteLength, base];
    },
    fromRecord([name, address, length, base]) {
      const type = ARRAY_TYPES[name as ArrayTypeName] as TypedArrayConstructor | undefined;
      if (type === undefined || ![address, length, base].every(Number.isSafeInteger)) {
        throw new InvalidStateError('Cannot attach a shared array: the record is malformed');
      }
      return attachArray(type, address as number, length as number, base as number);
    },
  });
}

/** A view of `length` elements at `address`, of the array whose elements begin at `base`. */
function attachArray(type: TypedArrayConstructor, address: number, length: number, base: number): TypedArray {
  const head = base - HEAD_BYTES;
  const known = held.get(base);
  const isKnown = known !== undefined && head > 0 && atomicLoad(head + HEAD_TAG) === known.tag;
  const alive = isKnown ? known.view.deref() : undefined;
  noteHandle(head);
  if (address === base && alive?.length === length && alive.constructor === (type as unknown)) return alive;
  const view = viewAt(type, address, length);
  if (alive !== undefined) return onBase(view, alive);
  if (head <= 0 || !takeHold(head)) return view; // no shared array, or one that was released: a bare view
  const tag = atomicLoad(head + HEAD_TAG);
  if (address === base) {
    hold(view, tag);
    return view;
  }
  const whole = viewAt(Uint8Array, base, load32(head + HEAD_LENGTH));
  hold(whole, tag);
  return onBase(view, whole);
}
