// Kernels on numbers: primes. Sources in assembly/kernels/numbers.

import {
  BLOCK_BYTES,
  PATTERN_PRIMES_MAX,
  PRIMALITY_BLOCK,
  SEGMENT_BYTES,
  SEGMENT_BYTES_MAX,
  SMALL_PRIMES_MAX,
  SMALL_ROOT_MAX,
  TABLES_BYTES,
} from '../../assembly/kernels/numbers/sizes';
import { ownElements } from '../runtime/copy';
import { ANY, type AnyArray, checkArray, checkInteger, checkOptions, checkOut } from './_check';
import { numbers } from './_families';
import { type KernelCall, type KernelOptions, runKernel, runKernelSync } from './_plan';
import { isShared, nameOf, type OutOptions, type Steps, suffixOf } from './arrays-common';

/** What sieving up to `high` needs: tables, and the primes up to its root. */
interface Sieve {
  tables: number;
  primes: number;
  primesLength: number;
}

/** The primes up to PATTERN_PRIMES_MAX that the wheel does not know. */
const WHEEL_PRIMES = [2, 3, 5];
/** Nanoseconds to sieve a byte (30 numbers), measured with high = 10⁹; more above, as the logarithm's logarithm. */
const BYTE_NS = 4;
/** Nanoseconds to find a prime's first multiple in a piece: divisions of 64 bits. */
const START_NS = 25;
/** Nanoseconds to test a number of so many bytes, on average. */
const PRIMALITY_NS: Record<number, number> = { 1: 20, 2: 60, 4: 200, 8: 300 };

/**
 * Counts the primes p with `lo` ≤ p < `hi`, by a segmented sieve of Eratosthenes on the wheel of 30.
 *
 * @param lo - A safe integer, may be negative.
 * @param hi - A safe integer; nothing is counted if `lo` ≥ `hi`.
 * @returns Their number.
 * @throws {TypeError | RangeError} if a bound is no safe integer.
 * @complexity O(n log log n) for n = hi − lo, O(√hi) memory a worker
 * @source segmented sieve (Bays and Hudson 1977) on the wheel of 30, divided as primesieve does
 * @example
 * ```ts
 * console.log(await countPrimes(0, 1_000_000)); // 78498
 * ```
 */
export function countPrimes(lo: number, hi: number, options: KernelOptions = {}): Promise<number> {
  return runKernel('countPrimes', numbers, options, (call) => countPlan(call, lo, hi, options));
}

/** {@link countPrimes}, at once, in this thread. */
export function countPrimesSync(lo: number, hi: number, options: KernelOptions = {}): number {
  return runKernelSync('countPrimes', numbers, options, (call) => countPlan(call, lo, hi, options));
}

function* countPlan(call: KernelCall, lo: number, hi: number, options: KernelOptions): Steps<number> {
  checkBounds('countPrimes', lo, hi, options);
  let total = wheelPrimes(lo, hi).length;
  const low = Math.max(lo, 7);
  if (low >= hi) return total;
  if (hi <= PLAIN_LIMIT) {
    const composite = oddComposites(hi);
    for (let half = low >> 1; half < composite.length; half++) total += 1 - composite[half];
    return total;
  }
  const sieve = yield* prepare(call, hi);
  const { segment, pieces, costNs } = segments(low, hi);
  const counts = call.scratch(pieces * 4);
  yield {
    fn: 'sieve_segments',
    pieces,
    args: [sieve.tables, sieve.primes, sieve.primesLength, low, hi, segment, counts, 0],
    costNs,
  };
  for (const count of call.view(Uint32Array, counts, pieces)) total += count;
  return total;
}

/**
 * The primes p with `lo` ≤ p < `hi`, ascending.
 *
 * @param lo - A safe integer, may be negative.
 * @param hi - A safe integer.
 * @returns A Uint32Array if `hi` ≤ 2³², else a Float64Array.
 * @throws {TypeError | RangeError} if a bound is no safe integer.
 * @throws {OutOfMemoryError} if the list does not fit the memory.
 * @complexity O(n log log n) for n = hi − lo
 * @source the sieve of countPrimes
 * @example
 * ```ts
 * console.log(await primes(10, 30)); // Uint32Array [ 11, 13, 17, 19, 23, 29 ]
 * ```
 */
export function primes(
  lo: number,
  hi: number,
  options: KernelOptions = {},
): Promise<Uint32Array | Float64Array> {
  return runKernel('primes', numbers, options, (call) => primesPlan(call, lo, hi, options));
}

/** {@link primes}, at once, in this thread. */
export function primesSync(lo: number, hi: number, options: KernelOptions = {}): Uint32Array | Float64Array {
  return runKernelSync('primes', numbers, options, (call) => primesPlan(call, lo, hi, options));
}

function* primesPlan(
  call: KernelCall,
  lo: number,
  hi: number,
  options: KernelOptions,
): Steps<Uint32Array | Float64Array> {
  checkBounds('primes', lo, hi, options);
  const type = hi <= 2 ** 32 ? Uint32Array : Float64Array;
  const first = wheelPrimes(lo, hi);
  const low = Math.max(lo, 7);
  if (low >= hi) return new type(first);
  if (hi <= PLAIN_LIMIT) {
    const composite = oddComposites(hi);
    for (let half = low >> 1; half < composite.length; half++)
      if (composite[half] === 0) first.push(2 * half + 1);
    return new type(first);
  }
  const { address, length } = yield* listPlan(
    call,
    low,
    hi,
    type === Uint32Array ? 'u32' : 'f64',
    first.length,
  );
  const all = call.view<Uint32Array | Float64Array>(type, address, length);
  all.set(first);
  return ownElements(all);
}

/** Up to here a sieve in plain JavaScript takes less than the kernel's tables (measured: Node 20). */
const PLAIN_LIMIT = 10_000;

/** For each odd number 2 i + 1 below `limit` whether it is composite, for i > 0. */
function oddComposites(limit: number): Uint8Array {
  const composite = new Uint8Array(limit >> 1);
  for (let i = 1; 2 * i * (i + 1) < composite.length; i++) {
    if (composite[i] === 1) continue;
    for (let j = 2 * i * (i + 1); j < composite.length; j += 2 * i + 1) composite[j] = 1;
  }
  return composite;
}

function checkBounds(kernel: string, lo: number, hi: number, options: KernelOptions): void {
  checkInteger(kernel, 'lo', lo);
  checkInteger(kernel, 'hi', hi);
  checkOptions(kernel, options);
}

function wheelPrimes(lo: number, hi: number): number[] {
  return WHEEL_PRIMES.filter((p) => p >= lo && p < hi);
}

/** How the numbers low … high − 1 are cut: into segments of which the largest primes strike out some numbers each. */
function segments(low: number, high: number): { segment: number; pieces: number; costNs: number } {
  const bytes = Math.ceil(high / 30) - Math.floor(low / 30);
  const most = Math.min(SEGMENT_BYTES_MAX, Math.max(SEGMENT_BYTES, powerOfTwo(Math.sqrt(high) / 4)));
  // Sixteen pieces are handed out evenly; but no more than two where finding each prime's first multiple in a piece
  // takes longer than striking.
  const starts = rootPrimes(high) * START_NS;
  const wanted = Math.max(2, Math.min(16, Math.floor((bytes * BYTE_NS) / starts)));
  const share = Math.ceil(bytes / wanted / BLOCK_BYTES) * BLOCK_BYTES;
  const segment = Math.min(most, wanted < 16 ? share : Math.max(BLOCK_BYTES, powerOfTwo(bytes / 16)));
  const pieces = Math.ceil(bytes / segment);
  return { segment, pieces, costNs: bytes * BYTE_NS + pieces * starts };
}

/** The least power of two that is ≥ x. */
function powerOfTwo(x: number): number {
  return 2 ** Math.ceil(Math.log2(x));
}

/** About how many primes there are up to the root of `high`. */
function rootPrimes(high: number): number {
  const root = Math.sqrt(high);
  return (1.1 * root) / Math.log(root + 2);
}

/** Tables and primes for sieving numbers below `high`. */
function* prepare(call: KernelCall, high: number): Steps<Sieve> {
  let root = Math.floor(Math.sqrt(high - 1));
  while (root * root > high - 1) root--;
  const tables = call.scratch(TABLES_BYTES);
  const small = call.scratch((SMALL_PRIMES_MAX + 1) * 4);
  const smallRoot = Math.min(root, SMALL_ROOT_MAX);
  yield { fn: 'sieve_prepare', pieces: 1, args: [tables, small, smallRoot], costNs: 30_000 + smallRoot };
  const [smallLength] = call.view(Uint32Array, small, 1);
  const sieve = { tables, primes: small + 4, primesLength: smallLength };
  if (root <= SMALL_ROOT_MAX) return sieve;
  const { address, length } = yield* listPlan(call, PATTERN_PRIMES_MAX + 1, root + 1, 'u32', 0, sieve);
  return { tables, primes: address, primesLength: length };
}

/** Lists the primes low … high − 1 in scratch memory, behind so many places that are left free; low ≥ 7. */
function* listPlan(
  call: KernelCall,
  low: number,
  high: number,
  type: 'u32' | 'f64',
  free: number,
  given?: Sieve,
): Steps<{ address: number; length: number }> {
  const { tables, primes: base, primesLength } = given ?? (yield* prepare(call, high));
  const { segment, pieces, costNs } = segments(low, high);
  const bits = call.scratch(pieces * segment + 64);
  const counts = call.scratch(pieces * 4);
  yield {
    fn: 'sieve_segments',
    pieces,
    args: [tables, base, primesLength, low, high, segment, counts, bits],
    costNs,
  };
  const starts = call.view(Uint32Array, counts, pieces);
  let length = free;
  for (let i = 0; i < pieces; i++) {
    const count = starts[i];
    starts[i] = length;
    length += count;
  }
  const address = call.scratch(length * (type === 'u32' ? 4 : 8));
  yield {
    fn: nameOf('sieve_list', type),
    pieces,
    args: [tables, bits, low, high, segment, counts, address],
    costNs: pieces * segment * 2 + length * 2,
  };
  return { address, length };
}

/**
 * Whether each number is a prime: exact up to 2⁶⁴ − 1.
 *
 * @param a - Any typed array; fractions, NaN and infinities are no primes.
 * @param options - `out`: where the result goes.
 * @returns A Uint8Array of 1 and 0, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(log n) products modulo n each
 * @source Miller’s test with proving bases (Jaeschke 1993; Sorenson and Webster 2015), Montgomery’s products (1985)
 * @example
 * ```ts
 * console.log(await isPrime(new BigUint64Array([2n, 4n, 18446744073709551557n]))); // Uint8Array [ 1, 0, 1 ]
 * ```
 */
export function isPrime(a: AnyArray, options: OutOptions<Uint8Array> = {}): Promise<Uint8Array> {
  return runKernel('isPrime', numbers, options, (call) => isPrimePlan(call, a, options));
}

/** {@link isPrime}, at once, in this thread. */
export function isPrimeSync(a: AnyArray, options: OutOptions<Uint8Array> = {}): Uint8Array {
  return runKernelSync('isPrime', numbers, options, (call) => isPrimePlan(call, a, options));
}

function* isPrimePlan(call: KernelCall, a: AnyArray, options: OutOptions<Uint8Array>): Steps<Uint8Array> {
  checkOptions('isPrime', options);
  checkArray('isPrime', 'a', a, ANY);
  const out = checkOut('isPrime', options.out, Uint8Array, a.length, { inputs: { a } });
  if (areSmall(a) && !(out && isShared(out))) {
    const result = out ?? new Uint8Array(a.length);
    for (let i = 0; i < a.length; i++) result[i] = isSmallPrime(a[i] as number);
    return result;
  }
  const to = call.output(Uint8Array, a.length, out);
  const args = [call.input(a), a.length, to.address];
  const pieces = Math.ceil(a.length / PRIMALITY_BLOCK);
  yield {
    fn: nameOf('is_prime', suffixOf(a)),
    pieces,
    args,
    costNs: a.length * PRIMALITY_NS[a.BYTES_PER_ELEMENT],
  };
  return to.finish();
}

/** Up to so many numbers below so much, divisions are over before the kernel is called (measured: Node 20). */
const PLAIN_NUMBERS = 10;
const PLAIN_BELOW = 2 ** 20;

function areSmall(a: AnyArray): boolean {
  if (a.length > PLAIN_NUMBERS || isShared(a)) return false;
  for (let i = 0; i < a.length; i++) if (!(a[i] < PLAIN_BELOW)) return false;
  return true;
}

let divisors: Uint16Array | undefined;

/** 1 if the number, below PLAIN_BELOW, is a prime, else 0. */
function isSmallPrime(x: number): number {
  divisors ??= Uint16Array.from(oddPrimes(2 ** 10));
  const n = Number(x);
  if (n < 3 || n % 2 !== 1) return n === 2 ? 1 : 0;
  for (let i = 0; i < divisors.length && divisors[i] * divisors[i] <= n; i++)
    if (n % divisors[i] === 0) return 0;
  return 1;
}

function oddPrimes(limit: number): number[] {
  const found: number[] = [];
  oddComposites(limit).forEach((isComposite, half) => {
    if (half > 0 && isComposite === 0) found.push(2 * half + 1);
  });
  return found;
}
