// Shared arrays: real typed arrays whose elements every thread sees. A small head before the elements counts the
// threads that hold the array, so that its memory returns when none can reach it any more.
//
//   head, 64 bytes before the elements:  magic · holders (atomic) · bytes of the elements · unused

import {
  atomicAdd,
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  isHeapBuffer,
  load32,
  store32,
} from '../../assembly/atomics/index';
import { registerArrayHandle } from '../codec/index';
import { InvalidStateError, NotShareableError } from '../errors';
import { allocateZeroed, isHeapShared, release as releaseBlock } from './heap';
import {
  ARRAY_TYPES,
  type ArrayTypeName,
  type TypedArray,
  type TypedArrayConstructor,
  viewAt,
} from './views';

const HEAD_BYTES = 64;
const HEAD_MAGIC = 0;
const HEAD_HOLDERS = 4;
const HEAD_LENGTH = 8;
const MAGIC = 0x41525241;

/** Arrays that this thread holds, by address: one count in the head for each. */
const held = new Map<number, WeakRef<TypedArray>>();
const collected = new FinalizationRegistry<number>((address) => {
  // Another view may have been made of the same address since.
  if (held.get(address)?.deref() === undefined && held.delete(address)) dropHolder(address);
});

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
  atomicStore(head + HEAD_HOLDERS, 1);
  atomicStore(head + HEAD_MAGIC, MAGIC);
  const array = viewAt(type, head + HEAD_BYTES, length);
  if (values !== undefined) (array.set as (from: ArrayLike<unknown>) => void)(values);
  hold(array);
  return array;
}

function toArrayLike<E>(values: ArrayLike<E> | Iterable<E>): ArrayLike<E> {
  return 'length' in values ? values : Array.from(values);
}

function hold(array: TypedArray): void {
  held.set(array.byteOffset, new WeakRef(array));
  collected.register(array, array.byteOffset, array);
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
  const holders = atomicLoad(head + HEAD_HOLDERS);
  if (atomicCompareExchange(head + HEAD_MAGIC, MAGIC, 0) !== MAGIC || holders === 0) {
    throw new InvalidStateError('Cannot release the shared array: it was released already');
  }
  held.delete(array.byteOffset);
  collected.unregister(array);
  releaseBlock(head, HEAD_BYTES + load32(head + HEAD_LENGTH), 'array');
}

/** One holder less; the last one frees the block. */
function dropHolder(address: number): void {
  const head = address - HEAD_BYTES;
  if (atomicLoad(head + HEAD_MAGIC) !== MAGIC) return; // released by hand
  if (atomicAdd(head + HEAD_HOLDERS, 0xffffffff) !== 1) return;
  if (atomicCompareExchange(head + HEAD_MAGIC, MAGIC, 0) !== MAGIC) return;
  releaseBlock(head, HEAD_BYTES + load32(head + HEAD_LENGTH), 'array');
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
    return [array.constructor.name, array.byteOffset, array.length ?? array.byteLength];
  },
  fromRecord([name, address, length]) {
    const type = ARRAY_TYPES[name as ArrayTypeName] as TypedArrayConstructor | undefined;
    if (type === undefined || !Number.isSafeInteger(address) || !Number.isSafeInteger(length)) {
      throw new InvalidStateError('Cannot attach a shared array: the record is malformed');
    }
    const at = address as number;
    const known = held.get(at)?.deref();
    if (known !== undefined && known.length === length && known.constructor === (type as unknown))
      return known;
    const view = viewAt(type, at, length as number);
    if (
      known === undefined &&
      at >= HEAD_BYTES &&
      at % 64 === 0 &&
      atomicLoad(at - HEAD_BYTES + HEAD_MAGIC) === MAGIC
    ) {
      if (!held.has(at)) atomicAdd(at - HEAD_BYTES + HEAD_HOLDERS, 1);
      hold(view);
    }
    return view;
  },
});
