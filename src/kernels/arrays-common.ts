// What the plans on arrays share: the kernels' names for element types, pieces, and block sizes.

import { BLOCK } from '../../assembly/kernels/arrays/sizes';
import { isOnHeap, type TypedArray } from '../heap/views';
import { type AnyArray, arrayType } from './_check';
import { copyTo, type KernelCall, type KernelOptions, type Output, type Step } from './_plan';

/** Options of a kernel whose result is one array of a known length. */
export type OutOptions<T> = KernelOptions & {
  /** Where the result goes: an array of its type and length. */
  out?: T;
};

/** A plan's body. */
export type Steps<T> = Generator<Step, T, void>;

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

/** What they are where the sign does not count. */
const WRAPPING = {
  i8: 'i8',
  u8: 'i8',
  i16: 'i16',
  u16: 'i16',
  i32: 'i32',
  u32: 'i32',
  f32: 'f32',
  f64: 'f64',
  i64: 'i64',
  u64: 'i64',
} as const;

export type Suffix = (typeof SUFFIXES)[keyof typeof SUFFIXES];

/** The ending of exported kernels for the array's element type: f64, u8 … */
export function suffixOf(array: TypedArray): Suffix {
  return SUFFIXES[arrayType(array) as keyof typeof SUFFIXES];
}

const joined = new Map<string, Map<string, string>>();

/** The name of the kernel `stem` for `ending`, joined once: as a key a new string takes 0.1 µs. */
export function nameOf(stem: string, ending: string | number): string {
  const end = ending as string;
  let names = joined.get(stem);
  if (names === undefined) joined.set(stem, (names = new Map()));
  let name = names.get(end);
  if (name === undefined) names.set(end, (name = `${stem}_${end}`));
  return name;
}

/** The same, one for both signs: what wraps does not look at the sign. */
export function wrappingSuffixOf(array: TypedArray): string {
  return WRAPPING[suffixOf(array)];
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
