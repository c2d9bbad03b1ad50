// Type codes of Value and SharedArray: Python's letters, and names.

import type { TypedArray, TypedArrayConstructor } from '../heap/views';

const TYPES = {
  b: Int8Array,
  B: Uint8Array,
  h: Int16Array,
  H: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  l: BigInt64Array,
  L: BigUint64Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  f: Float32Array,
  d: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** A type code: a letter as in Python's `array`, or a name. 64-bit integers are `bigint`. */
export type TypeCode = keyof typeof TYPES;
/** The typed array that a code stands for. */
export type ArrayOf<C extends TypeCode> = InstanceType<(typeof TYPES)[C]>;
/** The kind of number that a code stands for. */
export type NumberOf<C extends TypeCode> =
  ArrayOf<C> extends BigInt64Array | BigUint64Array ? bigint : number;

/** The constructor of a code's arrays. */
export function typeOf(code: string): TypedArrayConstructor<TypedArray> {
  if (Object.hasOwn(TYPES, code)) return TYPES[code as TypeCode] as TypedArrayConstructor<TypedArray>;
  throw new TypeError(
    `Cannot share a value of type "${String(code)}": wanted one of ${Object.keys(TYPES).join(' ')}`,
  );
}
