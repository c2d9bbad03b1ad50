// Shared arrays: real typed arrays whose elements every thread sees. A small head before the elements counts the
// threads that hold the array, so that its memory returns when none can reach it any more.
//
//   head, 64 bytes before the elements:  tag · number and holders (atomic) · bytes of the elements · unused
//
// The tag and the upper half of the second word come from the array's number in the program; the lower half counts
// the holders. A thread that held an array released by hand finds another tag, or another number, when its view is
// collected at last, and leaves what lies there now alone (48 bits would have to agree by chance).

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  isHeapBuffer,
  load32,
  store32,
} from '../../assembly/atomics/index';
import { registerArrayHandle } from '../codec/index';
import { InvalidStateError, NotShareableError } from '../errors';
import { allocateZeroed, isHeapShared, nextId, release as releaseBlock } from './heap';
import {
  ARRAY_TYPES,
  type ArrayTypeName,
  type TypedArray,
  type TypedArrayConstructor,
  viewAt,
} from './views';

const HEAD_BYTES = 64;
const HEAD_TAG = 0;
const HEAD_HOLDERS = 4;
const HEAD_LENGTH = 8;
const COUNT_MASK = 0xffff;

/** What the head of the program's `number`-th array bears. */
function tagOf(number: number): number {
  return (Math.imul(number, 0x9e3779b1) ^ 0x41525241) >>> 0;
}

/** An array that this thread holds: one count in the head. */
interface Hold {
  address: number;
  tag: number;
  /** The upper half of the second word. */
  stamp: number;
}

/** Arrays that this thread holds, by address. */
const held = new Map<number, Hold & { view: WeakRef<TypedArray> }>();
const collected = new FinalizationRegistry<Hold>((hold) => {
  const known = held.get(hold.address);
  // Another view may have been made of the same array since, and bears the count now.
  if (known !== undefined && known.tag === hold.tag && known.view.deref() !== undefined) return;
  if (known !== undefined && known.tag === hold.tag) held.delete(hold.address);
  dropHolder(hold);
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
  const head = allocateZeroed(HEAD_BYTES + bytes, 'array', 64);
  store32(head + HEAD_LENGTH, bytes);
  const number = nextId();
  const stamp = (number << 16) >>> 0;
  atomicStore(head + HEAD_HOLDERS, stamp + 1);
  atomicStore(head + HEAD_TAG, tagOf(number));
  const array = viewAt(type, head + HEAD_BYTES, length);
  if (values !== undefined) (array.set as (from: ArrayLike<unknown>) => void)(values);
  hold(array, tagOf(number), stamp);
  return array;
}

function toArrayLike<E>(values: ArrayLike<E> | Iterable<E>): ArrayLike<E> {
  return 'length' in values ? values : Array.from(values);
}

function hold(view: TypedArray, tag: number, stamp: number): void {
  const address = view.byteOffset;
  held.set(address, { address, tag, stamp, view: new WeakRef(view) });
  collected.register(view, { address, tag, stamp }, view);
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
  const word = atomicLoad(head + HEAD_HOLDERS);
  const known = held.get(array.byteOffset);
  if (known?.tag !== tag || (word & COUNT_MASK) === 0 || !take(head, tag)) {
    throw new InvalidStateError('Cannot release the shared array: it was released already');
  }
  held.delete(array.byteOffset);
  collected.unregister(array);
  releaseBlock(head, HEAD_BYTES + load32(head + HEAD_LENGTH), 'array');
}

/** Takes the tag off: only one thread frees the block. */
function take(head: number, tag: number): boolean {
  return atomicCompareExchange(head + HEAD_TAG, tag, 0) === tag;
}

/** One holder less; the last one frees the block. */
function dropHolder({ address, tag, stamp }: Hold): void {
  const head = address - HEAD_BYTES;
  let word = atomicLoad(head + HEAD_HOLDERS);
  while (true) {
    if (atomicLoad(head + HEAD_TAG) !== tag || (word & ~COUNT_MASK) >>> 0 !== stamp) return; // released by hand
    if ((word & COUNT_MASK) === 0) return;
    const seen = atomicCompareExchange(head + HEAD_HOLDERS, word, word - 1);
    if (seen === word) break;
    word = seen;
  }
  if (word - 1 !== stamp || !take(head, tag)) return;
  releaseBlock(head, HEAD_BYTES + load32(head + HEAD_LENGTH), 'array');
}

function headOf(array: TypedArray): number {
  if (!ArrayBuffer.isView(array) || !isHeapBuffer(array.buffer) || array.byteOffset < HEAD_BYTES) {
    throw new NotShareableError('Cannot release the array: it does not come from sharedArray');
  }
  return array.byteOffset - HEAD_BYTES;
}

/** One holder more; the array's stamp, or undefined if no whole array begins there. */
function countIn(head: number, tag: number): number | undefined {
  let word = atomicLoad(head + HEAD_HOLDERS);
  while (true) {
    const number = word >>> 16;
    const isTag = tag !== 0 && (word & COUNT_MASK) !== 0 && isTagOf(tag, number);
    if (!isTag) return undefined;
    const seen = atomicCompareExchange(head + HEAD_HOLDERS, word, word + 1);
    if (seen === word) return (number << 16) >>> 0;
    word = seen;
  }
}

/** Whether the tag is that of a number with these low 16 bits: the multiplication can be undone. */
function isTagOf(tag: number, low: number): boolean {
  return (Math.imul(tag ^ 0x41525241, 0x0e8b2f51) & 0xffff) === low;
}

/** Whether the view lies on the shared heap. */
export function isSharedArray(array: ArrayBufferView): boolean {
  return isHeapBuffer(array.buffer);
}

// Travels as (type, address, length). The sender keeps the value alive until the receiver has it (a task's
// arguments live as long as the task, results until they are read), so the receiver can count itself in.
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

/** A view of `length` elements at `address`, of the array whose elements begin at `base`. */
function attachArray(type: TypedArrayConstructor, address: number, length: number, base: number): TypedArray {
  const head = base - HEAD_BYTES;
  const isWhole = base >= HEAD_BYTES && base % 64 === 0;
  const tag = isWhole ? atomicLoad(head + HEAD_TAG) : 0;
  const known = held.get(base);
  const alive = known?.tag === tag ? known.view.deref() : undefined;
  if (address === base && alive?.length === length && alive.constructor === (type as unknown)) return alive;
  const view = viewAt(type, address, length);
  if (alive !== undefined) return onBase(view, alive);
  const stamp = isWhole ? (known?.tag === tag ? known.stamp : countIn(head, tag)) : undefined;
  if (stamp === undefined) return view; // no shared array, or one that was released: a bare view
  if (address === base) {
    hold(view, tag, stamp);
    return view;
  }
  const whole = viewAt(Uint8Array, base, load32(head + HEAD_LENGTH));
  hold(whole, tag, stamp);
  return onBase(view, whole);
}
