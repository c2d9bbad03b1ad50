// prefixSum. First each block's sum, then, from what comes before it, each block's running sums.
// Kernels: assembly/kernels/arrays/reduce.ts and scan.ts.

import { ARRAY_TYPES, type TypedArrayConstructor } from '../heap/views';
import {
  arrayType,
  BIG,
  type BigArray,
  checkArray,
  checkFlag,
  checkOptions,
  checkOut,
  type FloatArray,
  NUM,
  type NumArray,
} from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import {
  blocks,
  isShared,
  nameOf,
  type OutOptions,
  type Steps,
  suffixOf,
  wrappingSuffixOf,
} from './arrays-common';
import { areBare, doubles, prefixSumFloats } from './arrays-doubles';
import { isLooped, prefixSumPlain, target } from './arrays-plain';

/** The type of running sums: 32-bit integers for all integers up to 32 bits, else the elements' own. */
export type PrefixSum<T> = T extends Int8Array | Int16Array | Int32Array
  ? Int32Array
  : T extends Uint8Array | Uint16Array | Uint32Array
    ? Uint32Array
    : T;

/** Options of `prefixSum`. */
export interface PrefixSumOptions extends KernelOptions {
  /** Whether a sum leaves out the element at its own index: the first is 0. */
  exclusive?: boolean;
}

/**
 * Running sums: element i is the sum of all up to the i-th. Integers wrap; floats are accumulated in f64, within
 * 10⁻¹¹·Σ|x| up to there.
 *
 * @param a - Integers of 8 to 32 bits (sums are Int32Array or Uint32Array), floats, or 64-bit integers.
 * @param options - `exclusive`: sums before each element; `out`: where the result goes, `a` allowed.
 * @returns A new array of the same length, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n), two passes
 * @source blocked scan: sums of blocks, then running sums from them (Blelloch 1990)
 * @example
 * ```ts
 * console.log(await prefixSum(new Uint8Array([1, 2, 3]))); // Uint32Array [ 1, 3, 6 ]
 * ```
 */
export function prefixSum<T extends NumArray | BigArray>(
  a: T,
  options: PrefixSumOptions & OutOptions<PrefixSum<T>> = {},
): Promise<PrefixSum<T>> {
  return runKernel('prefixSum', arrays, options, (call) => prefixSumPlan(call, a, options));
}

/** {@link prefixSum}, at once, in this thread. */
export function prefixSumSync<T extends NumArray | BigArray>(
  a: T,
  options: PrefixSumOptions & OutOptions<PrefixSum<T>> = NONE,
): PrefixSum<T> {
  if (areBare(options, a)) {
    const sums = new Float64Array(a.length);
    prefixSumFloats(doubles(a), false, sums);
    return sums as unknown as PrefixSum<T>;
  }
  return runKernelSync('prefixSum', arrays, options, (call) => prefixSumPlan(call, a, options));
}

type Sums = Int32Array | Uint32Array | FloatArray | BigArray;

function* prefixSumPlan<T extends NumArray | BigArray>(
  call: KernelCall,
  a: T,
  options: PrefixSumOptions & OutOptions<PrefixSum<T>>,
): Steps<PrefixSum<T>> {
  checkOptions('prefixSum', options);
  checkArray('prefixSum', 'a', a, [...NUM, ...BIG]);
  const exclusive = checkFlag('prefixSum', 'exclusive', options.exclusive, false) ? 1 : 0;
  const name = arrayType(a)!;
  const isFloat = name.startsWith('Float');
  const isBig = name.startsWith('Big');
  const type = (isFloat || isBig
    ? ARRAY_TYPES[name as 'Float64Array']
    : name[0] === 'I'
      ? Int32Array
      : Uint32Array) as unknown as TypedArrayConstructor<Sums>;
  const out = checkOut('prefixSum', options.out as Sums | undefined, type, a.length, {
    inputs: { a },
    inPlace: true,
  });
  if (isFloat && !isShared(a) && (out === undefined || !isShared(out))) {
    const sums = target(type as TypedArrayConstructor<FloatArray>, a.length, out as FloatArray | undefined);
    prefixSumFloats(a as FloatArray, exclusive === 1, sums);
    return sums as unknown as PrefixSum<T>;
  }
  if (!isBig && isLooped(a, undefined, out)) {
    const sums = target(type, a.length, out);
    prefixSumPlain(a as NumArray, exclusive === 1, sums as NumArray);
    return sums as PrefixSum<T>;
  }
  const to = call.output(type, a.length, out);
  const from = call.input(a);
  const pieces = blocks(a.length);
  const sums = call.scratch(pieces * 8);
  if (isFloat) {
    yield {
      fn: nameOf('scan_sums', suffixOf(a)),
      pieces,
      args: [from, a.length, sums],
      costNs: a.length * 0.4,
    };
    startSums(call.view(Float64Array, sums, pieces));
  } else {
    const fn = `sum_${isBig ? 'i64' : suffixOf(a)}`;
    yield { fn, pieces, args: [from, a.length, sums], costNs: a.byteLength / 20 };
    startIntegers(
      call.view(BigInt64Array, sums, pieces),
      isBig ? undefined : call.view(Int32Array, sums, pieces),
    );
  }
  const scanned = isFloat || isBig ? wrappingSuffixOf(a) : suffixOf(a) === 'u32' ? 'i32' : suffixOf(a);
  const args = [from, a.length, exclusive, sums, to.address];
  yield { fn: nameOf('scan', scanned), pieces, args, costNs: a.length };
  return to.finish() as PrefixSum<T>;
}

/** Each block's sum becomes the sum of all blocks before it; compensated (Neumaier 1974). */
function startSums(sums: Float64Array): void {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < sums.length; i++) {
    const part = sums[i];
    sums[i] = Number.isFinite(total) ? total + lost : total;
    const next = total + part;
    lost += Math.abs(total) >= Math.abs(part) ? total - next + part : part - next + total;
    total = next;
  }
}

/** The same for integers, wrapping; to 32 bits if `narrow`, a view of the same memory, is given. */
function startIntegers(sums: BigInt64Array, narrow: Int32Array | undefined): void {
  let total = 0n;
  for (let i = 0; i < sums.length; i++) {
    const part = sums[i];
    // Place i of the narrow view lies at or before place i of the wide one, which has been read.
    if (narrow === undefined) sums[i] = total;
    else narrow[i] = Number(BigInt.asIntN(32, total));
    total += part;
  }
}
