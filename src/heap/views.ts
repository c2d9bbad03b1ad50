// Typed-array views of the shared heap. A view stays valid when the memory grows; take a new one for addresses
// that came from another thread.

import { heapBytes, isHeapBuffer } from '../../assembly/atomics/index';

/** Constructors of the typed arrays that can lie on the heap. */
export const ARRAY_TYPES = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

export type ArrayTypeName = keyof typeof ARRAY_TYPES;
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
/** A typed array's constructor; its `prototype` tells TypeScript which. */
export interface TypedArrayConstructor<T extends TypedArray = TypedArray> {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): unknown;
  readonly prototype: T;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

/** A view of `length` elements at `address`. */
export function viewAt<T extends TypedArray>(
  type: TypedArrayConstructor<T>,
  address: number,
  length: number,
): T {
  return new type(heapBytes(address + length * type.BYTES_PER_ELEMENT).buffer, address, length) as T;
}

/**
 * Whether the array lies on the heap. None does that begins its buffer, and such a one is not asked for it: V8 makes
 * a short array's buffer when it is first asked for, in 0.2 µs.
 */
export function isOnHeap(array: ArrayBufferView): boolean {
  return array.byteOffset !== 0 && isHeapBuffer(array.buffer);
}
