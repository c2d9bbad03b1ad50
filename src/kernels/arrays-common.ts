// What the plans on arrays share: the kernels' names for element types, pieces, and block sizes.

import { BLOCK } from '../../assembly/kernels/arrays/sizes';
import { isOnHeap, type TypedArray } from '../heap/views';
import { type AnyArray, arrayType } from './_check';
import { copyTo, type KernelCall, type KernelOptions, type Output, type Phase } from './_plan';

/** Options of a kernel whose result is one array of a known length. */
export type OutOptions<T> = KernelOptions & {
  /** Where the result goes: an array of its type and length. */
  out?: T;
};

/** A plan's body. */
export type Steps<T> = Generator<Phase, T, void>;

const SUFFIXES = {
  Int8Array: 'i8',
  Uint8Array: 'u8',
  Uint8ClampedArray: 'u8',
  Int16Array: 'i16',
  Uint16Array: 'u16',
  Int32Array: 'i32',
  Uint32Array: 'u32',
  Float32Array: 'f32',
  Float64Array: 'f64',
  BigInt64Array: 'i64',
  BigUint64Array: 'u64',
} as const;

export type Suffix = (typeof SUFFIXES)[keyof typeof SUFFIXES];

/** The ending of exported kernels for the array's element type: f64, u8 … */
export function suffixOf(array: TypedArray): Suffix {
  return SUFFIXES[arrayType(array) as keyof typeof SUFFIXES];
}

/** The same, one for both signs: what wraps does not look at the sign. */
export function wrappingSuffixOf(array: TypedArray): string {
  return suffixOf(array).replace('u', 'i');
}

/** How many blocks an array of that length has. */
export function blocks(length: number): number {
  return Math.ceil(length / BLOCK);
}

/** Whether the array lies on the shared heap. */
export function isShared(array: TypedArray): boolean {
  return isOnHeap(array);
}

/**
 * Input and output of a kernel that may work in place: where the input has to be copied anyway and the result too,
 * the copy is worked on.
 */
export function inPlace<T extends AnyArray>(
  call: KernelCall,
  a: T,
  output: Output<T>,
  out: T | undefined,
): number {
  if (isShared(a) || (out !== undefined && isShared(out))) return call.input(a);
  copyTo(output.address, a);
  return output.address;
}
