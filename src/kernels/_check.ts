// Argument checks that all kernels share. Every message names the kernel and the argument, and says what was
// wanted and what came. Wrong type or unknown name: TypeError; wrong number, length or shape: RangeError.

import {
  ARRAY_TYPES,
  type ArrayTypeName,
  isOnHeap,
  type TypedArray,
  type TypedArrayConstructor,
} from '../heap/views';

export type IntArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
export type FloatArray = Float32Array | Float64Array;
export type NumArray = IntArray | FloatArray;
export type BigArray = BigInt64Array | BigUint64Array;
export type AnyArray = NumArray | Uint8ClampedArray | BigArray;

/** The contract's groups of array types. Uint8ClampedArray passes as Uint8Array where `clamped` is allowed. */
export const INT = [
  'Int8Array',
  'Uint8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
] as const;
export const FLOAT = ['Float32Array', 'Float64Array'] as const;
export const BIG = ['BigInt64Array', 'BigUint64Array'] as const;
export const CLAMPED = ['Uint8ClampedArray'] as const;
export const NUM = /* @__PURE__ */ (() => [...INT, ...FLOAT] as const)();
export const ANY = /* @__PURE__ */ (() => [...NUM, ...CLAMPED, ...BIG] as const)();

const nameOf = /* @__PURE__ */ (() =>
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get as (
    this: unknown,
  ) => string | undefined)();

/** The typed array's class by name, whatever realm or subclass it is of; undefined for anything else. */
export function arrayType(value: unknown): string | undefined {
  return nameOf.call(value);
}

/** The constructor for results of the same type as `array`. */
export function typeOf<T extends TypedArray>(array: T): TypedArrayConstructor<T> {
  return ARRAY_TYPES[arrayType(array) as ArrayTypeName] as unknown as TypedArrayConstructor<T>;
}

/** A value in words, short, for messages. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const type = arrayType(value);
  if (type !== undefined) return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
  if (Array.isArray(value)) return 'an Array';
  switch (typeof value) {
    case 'string':
      return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
    case 'boolean':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}

/** @throws {TypeError} with the kernel, the argument, what was wanted and what came */
export function wrongType(kernel: string, name: string, wanted: string, value: unknown): never {
  throw new TypeError(`Cannot run ${kernel}: "${name}" has to be ${wanted}, came ${show(value)}`);
}

/** @throws {RangeError} with the same words */
export function wrongRange(kernel: string, name: string, wanted: string, value: unknown): never {
  throw new RangeError(`Cannot run ${kernel}: "${name}" has to be ${wanted}, came ${show(value)}`);
}

/** The value as a typed array of one of the types, else a TypeError. */
export function checkArray<N extends ArrayTypeName>(
  kernel: string,
  name: string,
  value: unknown,
  types: readonly N[],
): InstanceType<(typeof ARRAY_TYPES)[N]> {
  const type = arrayType(value);
  if (type === undefined || !(types as readonly string[]).includes(type)) {
    wrongType(
      kernel,
      name,
      types.length > 8 ? 'a typed array' : types.join(', ').replace(/, (\w+)$/, ' or $1'),
      value,
    );
  }
  return value as InstanceType<(typeof ARRAY_TYPES)[N]>;
}

/** The value as a typed array of the same type as `other`; Uint8ClampedArray counts as Uint8Array. */
export function checkSameType<T extends TypedArray>(
  kernel: string,
  name: string,
  value: unknown,
  other: T,
): T {
  if (plainType(value) !== plainType(other))
    wrongType(kernel, name, `of the type ${arrayType(other)}`, value);
  return value as T;
}

function plainType(value: unknown): string | undefined {
  const type = arrayType(value);
  return type === 'Uint8ClampedArray' ? 'Uint8Array' : type;
}

/** The array's length has to be `length`, else a RangeError. */
export function checkLength(kernel: string, name: string, array: { length: number }, length: number): void {
  if (array.length !== length) {
    throw new RangeError(
      `Cannot run ${kernel}: "${name}" has to have the length ${length}, came ${array.length}`,
    );
  }
}

/** A number, NaN and infinities included; strings are never coerced. */
export function checkNumber(kernel: string, name: string, value: unknown): number {
  if (typeof value !== 'number') wrongType(kernel, name, 'a number', value);
  return value;
}

/** A finite number of `low` … `high`. */
export function checkFinite(
  kernel: string,
  name: string,
  value: unknown,
  low = -Infinity,
  high = Infinity,
): number {
  if (typeof value !== 'number') wrongType(kernel, name, 'a number', value);
  if (!Number.isFinite(value) || value < low || value > high) {
    wrongRange(kernel, name, low === -Infinity && high === Infinity ? 'finite' : `${low} … ${high}`, value);
  }
  return value;
}

/** An integer of `low` … `high`. */
export function checkInteger(
  kernel: string,
  name: string,
  value: unknown,
  low = Number.MIN_SAFE_INTEGER,
  high = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') wrongType(kernel, name, 'a number', value);
  if (!Number.isInteger(value) || value < low || value > high) {
    wrongRange(kernel, name, `an integer of ${low} … ${high}`, value);
  }
  return value;
}

/** A bigint. */
export function checkBigint(kernel: string, name: string, value: unknown): bigint {
  if (typeof value !== 'bigint') wrongType(kernel, name, 'a bigint', value);
  return value;
}

/** A boolean, or undefined for the default. */
export function checkFlag(kernel: string, name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') wrongType(kernel, name, 'true or false', value);
  return value;
}

/** One of the names, else a TypeError. */
export function checkName<N extends string>(
  kernel: string,
  name: string,
  value: unknown,
  names: readonly N[],
): N {
  if (typeof value !== 'string' || !(names as readonly string[]).includes(value)) {
    wrongType(kernel, name, `one of ${names.map((n) => JSON.stringify(n)).join(', ')}`, value);
  }
  return value as N;
}

/** The last argument: an object or undefined. */
export function checkOptions(kernel: string, options: unknown): void {
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    wrongType(kernel, 'options', 'an object', options);
  }
}

/** Where the array's bytes lie: which buffer (one name for all views of the heap), from, to. */
function place(array: ArrayBufferView): { buffer: unknown; from: number; to: number } {
  const buffer = isOnHeap(array) ? 'heap' : array.buffer;
  return { buffer, from: array.byteOffset, to: array.byteOffset + array.byteLength };
}

/** Whether the two arrays have a byte in common. */
export function overlaps(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const x = place(a);
  const y = place(b);
  return x.buffer === y.buffer && x.from < y.to && y.from < x.to;
}

/** Whether the two arrays are views of the very same elements. */
export function isSameArray(a: TypedArray, b: TypedArray): boolean {
  const x = place(a);
  const y = place(b);
  return plainType(a) === plainType(b) && x.buffer === y.buffer && x.from === y.from && x.to === y.to;
}

/** How `out` relates to the inputs. */
export interface OutRules {
  /** Inputs that `out` must not touch, by the name of their argument. */
  inputs: Record<string, TypedArray>;
  /** Whether `out` may be one of the inputs, element for element. */
  inPlace?: boolean;
}

/**
 * Checks the option `out`: of the result's type (else TypeError), of its length, apart from the inputs (else
 * RangeError). Gives it back, or undefined if there is none.
 */
export function checkOut<T extends TypedArray>(
  kernel: string,
  out: unknown,
  type: TypedArrayConstructor<T>,
  length: number,
  { inputs, inPlace = false }: OutRules,
): T | undefined {
  if (out === undefined) return undefined;
  if (arrayType(out) !== type.name) wrongType(kernel, 'out', `of the type ${type.name}`, out);
  const array = out as T;
  checkLength(kernel, 'out', array, length);
  for (const name in inputs) {
    const input = inputs[name];
    if (overlaps(array, input) && !(inPlace && isSameArray(array, input))) {
      throw new RangeError(`Cannot run ${kernel}: "out" and "${name}" share some of their memory`);
    }
  }
  return array;
}
