// map: one named operation for every element. Kernels: assembly/kernels/arrays/map.ts.

import { BENCH_ROOM_BYTES } from '../heap/scratch';
import { viewAt } from '../heap/views';
import { ownElements } from '../runtime/copy';
import {
  arrayType,
  checkArray,
  checkName,
  checkOptions,
  checkOut,
  type FloatArray,
  NUM,
  type NumArray,
  typeOf,
  wrongType,
} from './_check';
import { arrays } from './_families';
import { callKernel, type KernelCall, NONE, runKernel, runKernelSync, runOnBench } from './_plan';
import { blocks, inPlace, nameOf, type OutOptions, type Steps, suffixOf } from './arrays-common';
import { areBare, areDoubles, doubles } from './arrays-doubles';
import { EXACT, isCostlyHere, mapCostly, PLAIN_COSTLY, squareWide } from './arrays-map-plain';
import { isLooped, isPlain, target } from './arrays-plain';

/** The operations; their places are their numbers in the kernel. Integer arrays have those up to `square`. */
export const MAP_OPERATIONS = [
  'abs',
  'neg',
  'sign',
  'square',
  'sqrt',
  'reciprocal',
  'floor',
  'ceil',
  'trunc',
  'round',
  'exp',
  'expm1',
  'log',
  'log1p',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'cbrt',
] as const;

/** The name of an operation for `map`. */
export type MapOperation = (typeof MAP_OPERATIONS)[number];

const NUMBERS: ReadonlyMap<unknown, number> = /* @__PURE__ */ (() =>
  new Map(MAP_OPERATIONS.map((name, number) => [name, number])))();
const INTEGER_OPERATIONS = MAP_OPERATIONS.slice(0, MAP_OPERATIONS.indexOf('square') + 1);
const FIRST_COSTLY = MAP_OPERATIONS.indexOf('exp');

/**
 * Applies an operation to every element. `abs neg sign sqrt square reciprocal floor ceil trunc round` give exactly
 * what `Math` gives, the others are within 4 ulp of it (Float32: 2 ulp). Integers wrap.
 *
 * @param a - Floats; integers for `abs`, `neg`, `sign` and `square`.
 * @param op - The operation's name.
 * @param options - `out`: where the result goes, `a` allowed.
 * @returns A new array of the same type, or `out`.
 * @throws {TypeError | RangeError} if an argument does not fit.
 * @complexity O(n)
 * @source one pass; the costly functions by table or polynomial, two at a time where vectors serve
 * @example
 * ```ts
 * console.log(await map(new Float64Array([4, 9]), 'sqrt')); // Float64Array [ 2, 3 ]
 * ```
 */
export function map<T extends NumArray>(a: T, op: MapOperation, options: OutOptions<T> = {}): Promise<T> {
  return runKernel('map', arrays, options, (call) => mapPlan(call, a, op, options));
}

/** {@link map}, at once, in this thread. */
export function mapSync<T extends NumArray>(a: T, op: MapOperation, options: OutOptions<T> = NONE): T {
  if (areBare(options, a)) {
    const exact = EXACT.get(op);
    if (exact !== undefined || (a.length <= PLAIN_COSTLY && isCostlyHere(op))) {
      const result = new Float64Array(a.length);
      if (exact !== undefined) exact(doubles(a), result);
      else mapCostly(op, doubles(a), result);
      return result as unknown as T;
    }
    const result = a.length <= BENCH_DOUBLES ? mapOnBench(doubles(a), op) : undefined;
    if (result !== undefined) return result as unknown as T;
  }
  return runKernelSync('map', arrays, options, (call) => mapPlan(call, a, op, options));
}

/** How many doubles a bench has room for. */
const BENCH_DOUBLES = BENCH_ROOM_BYTES / 8;

/** As the plan would do it with so few, in a third of its time; undefined if it is not to be done so. */
function mapOnBench(a: Float64Array, op: MapOperation): Float64Array | undefined {
  const number = NUMBERS.get(op);
  if (number === undefined) return undefined;
  return runOnBench(arrays, (exports, bench) => {
    const here = viewAt(Float64Array, bench, a.length);
    here.set(a);
    callKernel(exports, 'map_f64', 0, 1, [number, bench, bench, a.length]);
    return ownElements(here);
  });
}

function* mapPlan<T extends NumArray>(
  call: KernelCall,
  a: T,
  op: MapOperation,
  options: OutOptions<T>,
): Steps<T> {
  checkOptions('map', options);
  checkArray('map', 'a', a, NUM);
  const number = NUMBERS.get(op) ?? MAP_OPERATIONS.indexOf(checkName('map', 'op', op, MAP_OPERATIONS));
  if (number >= INTEGER_OPERATIONS.length && !arrayType(a)!.startsWith('Float')) {
    wrongType('map', 'op', `one of ${INTEGER_OPERATIONS.join(', ')} for integers`, op);
  }
  const out = checkOut('map', options.out, typeOf(a), a.length, { inputs: { a }, inPlace: true });
  if (number < FIRST_COSTLY && (areDoubles(a, out) || isLooped(a, undefined, out))) {
    const result = target(typeOf(a), a.length, out);
    const isWide = arrayType(a) === 'Int32Array' || arrayType(a) === 'Uint32Array';
    const loop = op === 'square' && isWide ? squareWide : EXACT.get(op)!;
    loop(a, result);
    return result;
  }
  if (isCostlyHere(op) && isPlain(PLAIN_COSTLY, a, undefined, out)) {
    const result = target(typeOf(a), a.length, out);
    mapCostly(op, a as FloatArray, result as FloatArray);
    return result;
  }
  const to = call.output(typeOf(a), a.length, out);
  const args = [number, inPlace(call, a, to, out), to.address, a.length];
  const costNs = a.length * (number >= FIRST_COSTLY ? 12 : 1);
  yield { fn: nameOf('map', suffixOf(a)), pieces: blocks(a.length), args, costNs };
  return to.finish();
}
