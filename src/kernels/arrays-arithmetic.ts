// Element-wise arithmetic: fill, scale, add, mul, axpy. Integers wrap modulo 2ᵇⁱᵗˢ; Float32 is rounded after each
// operation, scalars first. Kernels: assembly/kernels/arrays/arithmetic.ts.

import {
  ANY,
  type AnyArray,
  arrayType,
  checkArray,
  checkBigint,
  checkInteger,
  checkLength,
  checkNumber,
  checkOptions,
  checkOut,
  checkSameType,
  FLOAT,
  type FloatArray,
  NUM,
  type NumArray,
  typeOf,
} from './_check';
import { arrays } from './_families';
import { type KernelCall, type KernelOptions, NONE, runKernel, runKernelSync } from './_plan';
import {
  blocks,
  inPlace,
  isShared,
  nameOf,
  type OutOptions,
  type Steps,
  suffixOf,
  wrappingSuffixOf,
} from './arrays-common';
import {
  addDoubles,
  areBare,
  areDoubles,
  axpyDoubles,
  doubles,
  mulDoubles,
  scaleDoubles,
  shiftDoubles,
} from './arrays-doubles';
import { addPlain, axpyPlain, isLooped, mulPlain, scalePlain, shiftPlain, target } from './arrays-plain';

/**
 * Writes `value` to every element, converted as `TypedArray.prototype.fill` does.
 *
 * @param a - Any typed array; it is changed.
 * @param value - A number; a bigint for 64-bit integers.
 * @returns `a`.
 * @throws {TypeError} if an argument is of the wrong type.
 * @complexity O(n)
 * @source one pass of 128-bit stores
 * @example
 * ```ts
 * console.log(await fill(new Uint8Array(3), 7)); // Uint8Array [ 7, 7, 7 ]
 * ```
 */
export function fill<T extends AnyArray>(
  a: T,
  value: T extends BigInt64Array | BigUint64Array ? bigint : number,
  options: KernelOptions = {},
): Promise<T> {
  return runKernel('fill', arrays, options, () => fillPlan(a, value, options));
}

/** {@link fill}, at once, in this thread. */
export function fillSync<T extends AnyArray>(
  a: T,
  value: T extends BigInt64Array | BigUint64Array ? bigint : number,
  options: KernelOptions = NONE,
): T {
  if (areBare(options, a) && typeof value === 'number') return (a as Float64Array).fill(value) as T;
  return runKernelSync('fill', arrays, options, () => fillPlan(a, value, options));
}

function* fillPlan<T extends AnyArray>(a: T, value: unknown, options: KernelOptions): Steps<T> {
  checkOptions('fill', options);
  checkArray('fill', 'a', a, ANY);
  const isBig = arrayType(a)!.startsWith('Big');
  const scalar = isBig ? checkBigint('fill', 'value', value) : checkNumber('fill', 'value', value);
  if (!isShared(a)) {
    (a.fill as (value: number | bigint) => void)(scalar);
    return a;
  }
  // One element converted says what all will be.
  const one = new (typeOf(a) as unknown as new (length: number) => T)(1);
  (one.fill as (value: number | bigint) => void)(scalar);
  const args = isBig ? [...new Uint32Array(one.buffer)] : [one[0] as number];
  const fn = `fill_${wrappingSuffixOf(a)}`;
  yield { fn, pieces: blocks(a.length), args: [a.byteOffset, a.length, ...args], costNs: a.byteLength / 16 };
  return a;
}

/**
 * `k * a[i]` for every element.
 *
 * @param a - Integers or floats.
 * @param k - A number; an integer up to ±(2⁵³ − 1) for integer arrays.
 * @param options - `out`: where the result goes, `a` allowed.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source one pass of 128-bit vectors
 * @example
 * ```ts
 * console.log(await scale(new Float64Array([1, 2]), 1.5)); // Float64Array [ 1.5, 3 ]
 * ```
 */
export function scale<T extends NumArray>(a: T, k: number, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('scale', arrays, options, (call) => scalarPlan(call, 'scale', a, 'k', k, options));
}

/** {@link scale}, at once, in this thread. */
export function scaleSync<T extends NumArray>(a: T, k: number, options: OutOptions<T> = NONE): T {
  if (areBare(options, a) && typeof k === 'number') return bare(scaleDoubles, a, k);
  return runKernelSync('scale', arrays, options, (call) => scalarPlan(call, 'scale', a, 'k', k, options));
}

/**
 * `a[i] + b[i]`, or `a[i] + b`.
 *
 * @param a - Integers or floats.
 * @param b - An array of the same type and length, or a number as in {@link scale}.
 * @param options - `out`: where the result goes; `a` or `b` allowed.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source one pass of 128-bit vectors
 * @example
 * ```ts
 * console.log(await add(new Uint8Array([1, 255]), 1)); // Uint8Array [ 2, 0 ]
 * ```
 */
export function add<T extends NumArray>(a: T, b: T | number, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('add', arrays, options, (call) => binaryPlan(call, 'add', a, b, options));
}

/** {@link add}, at once, in this thread. */
export function addSync<T extends NumArray>(a: T, b: T | number, options: OutOptions<T> = NONE): T {
  if (typeof b === 'number') {
    if (areBare(options, a)) return bare(shiftDoubles, a, b);
  } else if (areBare(options, a, b)) return bare(addDoubles, a, doubles(b));
  return runKernelSync('add', arrays, options, (call) => binaryPlan(call, 'add', a, b, options));
}

/**
 * `a[i] * b[i]`, or `a[i] * b`.
 *
 * @param a - Integers or floats.
 * @param b - An array of the same type and length, or a number as in {@link scale}.
 * @param options - `out`: where the result goes; `a` or `b` allowed.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source one pass of 128-bit vectors
 * @example
 * ```ts
 * console.log(await mul(new Float64Array([1, 2]), new Float64Array([3, 4]))); // Float64Array [ 3, 8 ]
 * ```
 */
export function mul<T extends NumArray>(a: T, b: T | number, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('mul', arrays, options, (call) => binaryPlan(call, 'mul', a, b, options));
}

/** {@link mul}, at once, in this thread. */
export function mulSync<T extends NumArray>(a: T, b: T | number, options: OutOptions<T> = NONE): T {
  if (typeof b === 'number') {
    if (areBare(options, a)) return bare(scaleDoubles, a, b);
  } else if (areBare(options, a, b)) return bare(mulDoubles, a, doubles(b));
  return runKernelSync('mul', arrays, options, (call) => binaryPlan(call, 'mul', a, b, options));
}

/**
 * `k * x[i] + y[i]`, each operation rounded.
 *
 * @param k - A number.
 * @param x - Floats.
 * @param y - Floats of the same type and length.
 * @param options - `out`: where the result goes; `x` or `y` allowed.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source BLAS level 1, never fused
 * @example
 * ```ts
 * console.log(await axpy(2, new Float64Array([1, 2]), new Float64Array([10, 20]))); // Float64Array [ 12, 24 ]
 * ```
 */
export function axpy<T extends FloatArray>(k: number, x: T, y: T, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('axpy', arrays, options, (call) => axpyPlan(call, k, x, y, options));
}

/** {@link axpy}, at once, in this thread. */
export function axpySync<T extends FloatArray>(k: number, x: T, y: T, options: OutOptions<T> = NONE): T {
  if (areBare(options, x, y) && typeof k === 'number') {
    const result = new Float64Array(x.length);
    axpyDoubles(k, doubles(x), doubles(y), result);
    return result as unknown as T;
  }
  return runKernelSync('axpy', arrays, options, (call) => axpyPlan(call, k, x, y, options));
}

/** What `loop` makes of doubles, in a new array. */
function bare<T extends NumArray, B>(loop: (a: Float64Array, b: B, to: Float64Array) => void, a: T, b: B): T {
  const result = new Float64Array(a.length);
  loop(doubles(a), b, result);
  return result as unknown as T;
}

/** scale, and add and mul with a scalar. */
function* scalarPlan<T extends NumArray>(
  call: KernelCall,
  kernel: 'scale' | 'add' | 'mul',
  a: T,
  name: string,
  k: number,
  options: OutOptions<T>,
): Steps<T> {
  checkOptions(kernel, options);
  checkArray(kernel, 'a', a, NUM);
  const isFloat = arrayType(a)!.startsWith('Float');
  const scalar = isFloat ? checkNumber(kernel, name, k) : checkInteger(kernel, name, k) | 0;
  const out = checkOut(kernel, options.out, typeOf(a), a.length, { inputs: { a }, inPlace: true });
  if (areDoubles(a, out)) {
    const result = target(Float64Array, a.length, out && doubles(out));
    (kernel === 'add' ? shiftDoubles : scaleDoubles)(doubles(a), scalar, result);
    return result as unknown as T;
  }
  if (isLooped(a, undefined, out)) {
    const result = target(typeOf(a), a.length, out);
    (kernel === 'add' ? shiftPlain : scalePlain)(a, scalar, result);
    return result;
  }
  const to = call.output(typeOf(a), a.length, out);
  const from = inPlace(call, a, to, out);
  const fn = `${kernel === 'add' ? 'shift' : 'scale'}_${wrappingSuffixOf(a)}`;
  yield {
    fn,
    pieces: blocks(a.length),
    args: [from, to.address, a.length, scalar],
    costNs: a.byteLength / 16,
  };
  return to.finish();
}

function* binaryPlan<T extends NumArray>(
  call: KernelCall,
  kernel: 'add' | 'mul',
  a: T,
  b: T | number,
  options: OutOptions<T>,
): Steps<T> {
  if (typeof b === 'number') return yield* scalarPlan(call, kernel, a, 'b', b, options);
  checkOptions(kernel, options);
  checkArray(kernel, 'a', a, NUM);
  checkSameType(kernel, 'b', checkArray(kernel, 'b', b, NUM), a);
  checkLength(kernel, 'b', b, a.length);
  const out = checkOut(kernel, options.out, typeOf(a), a.length, { inputs: { a, b }, inPlace: true });
  if (areDoubles(a, b, out)) {
    const result = target(Float64Array, a.length, out && doubles(out));
    (kernel === 'add' ? addDoubles : mulDoubles)(doubles(a), doubles(b), result);
    return result as unknown as T;
  }
  if (isLooped(a, b, out)) {
    const result = target(typeOf(a), a.length, out);
    (kernel === 'add' ? addPlain : mulPlain)(a, b, result);
    return result;
  }
  const to = call.output(typeOf(a), a.length, out);
  const args = [inPlace(call, a, to, out), call.input(b), to.address, a.length];
  yield {
    fn: nameOf(kernel, wrappingSuffixOf(a)),
    pieces: blocks(a.length),
    args,
    costNs: a.byteLength / 10,
  };
  return to.finish();
}

function* axpyPlan<T extends FloatArray>(
  call: KernelCall,
  k: number,
  x: T,
  y: T,
  options: OutOptions<T>,
): Steps<T> {
  checkOptions('axpy', options);
  checkNumber('axpy', 'k', k);
  checkArray('axpy', 'x', x, FLOAT);
  checkSameType('axpy', 'y', checkArray('axpy', 'y', y, FLOAT), x);
  checkLength('axpy', 'y', y, x.length);
  const out = checkOut('axpy', options.out, typeOf(x), x.length, { inputs: { x, y }, inPlace: true });
  if (areDoubles(x, y, out)) {
    const result = target(Float64Array, x.length, out && doubles(out));
    axpyDoubles(k, doubles(x), doubles(y), result);
    return result as unknown as T;
  }
  if (isLooped(x, y, out)) {
    const result = target(typeOf(x), x.length, out);
    axpyPlain(k, x, y, result);
    return result;
  }
  const to = call.output(typeOf(x), x.length, out);
  const args = [k, inPlace(call, x, to, out), call.input(y), to.address, x.length];
  yield { fn: nameOf('axpy', suffixOf(x)), pieces: blocks(x.length), args, costNs: x.byteLength / 10 };
  return to.finish();
}
