// How a ready-made kernel is written: once, as a generator that yields parallel phases and returns the result. It yields
// several at once where nothing is to be done between them: the workers go from one to the next by themselves.
// Two drivers run it: `runKernel` (a promise; phases go to the pool) and `runKernelSync` (here and now). What a
// phase computes depends on its number of pieces alone, never on who runs them.
//
//   export function scale<T extends NumArray>(a: T, k: number, options: KernelOptions<T> = {}): Promise<T> {
//     return runKernel('scale', arrays, options, (call) => scalePlan(call, a, k, options));
//   }
//   function* scalePlan(call: KernelCall, a, k, options) {
//     const from = call.input(a);                        // address; plain arrays are copied, shared ones are not
//     const to = call.output(a.constructor, a.length, options.out);
//     yield { fn: 'scale_f64', pieces: Math.ceil(a.length / BLOCK), args: [from, to.address, a.length, k], costNs: a.length };
//     return to.finish();
//   }

import { heapBytes } from '../../assembly/atomics/index';
import {
  abandonBench,
  abandonScratch,
  allocateScratch,
  BENCH_ROOM_BYTES,
  leaveBench,
  releaseScratch,
  takeBench,
} from '../heap/scratch';
import { ARRAY_TYPES, isOnHeap, type TypedArray, type TypedArrayConstructor, viewAt } from '../heap/views';
import { isQuarantined } from '../pool/_calls';
import { type Progress, ProgressMeter } from '../pool/progress';
import { copyBytes, copyElements, ownElements } from '../runtime/copy';
import { runtime } from '../runtime/runtime';
import { kernelPool } from './_default-pool';
import { type Family, isLoaded, type KernelExports, loadKernels, loadKernelsSync } from './_module';
import { callKernel, type Phase, runHere } from './_phase';
import { type KernelPool, sharePhases, sharePhasesSync } from './_pool';

export { callKernel, type Phase } from './_phase';

/** Options that every kernel takes. */
export interface KernelOptions {
  /**
   * Who does the work; unless given, a default pool with a worker per core; in a pool's worker that one alone. In short
   * calls the calling thread is one of them.
   */
  pool?: KernelPool;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** The options of a call that gave none: the shortest ways know it by that. */
export const NONE: Readonly<Record<never, never>> = /* @__PURE__ */ Object.freeze({});

/** Whether a call is neither watched nor stopped and gives a new result: small ones are done without a plan. */
export function isBare(options: KernelOptions & { out?: unknown }): boolean {
  return (
    options === NONE ||
    (options.signal === undefined && options.onProgress === undefined && options.out === undefined)
  );
}

/** A result array on its way: at `address` while kernels write it. */
export interface Output<T> {
  address: number;
  /** The finished result: `out` itself, or a new plain array. */
  finish(length?: number): T;
}

/** One call of a kernel: its inputs, outputs and scratch memory, all given back when it ends, however it ends. */
export class KernelCall {
  /** Made when there is the first: a call on a short array has none. */
  #blocks: number[] | undefined;
  constructor(readonly kernel: string) {}

  #hasBench = false;
  /** What is left of the bench, or of the last block that small requests share. */
  #free = 0;
  #freeEnd = 0;

  /** Scratch memory of this call, uninitialised, 64-byte aligned. */
  scratch(bytes: number): number {
    const size = Math.max(64, (bytes + 63) & -64);
    if (size > this.#freeEnd - this.#free && !this.#findRoom(size)) return this.#obtain(bytes);
    const address = this.#free;
    this.#free += size;
    return address;
  }

  /** The bench, if it is to be had, or a new shared block; false if the request gets a block of its own. */
  #findRoom(size: number): boolean {
    if (!this.#hasBench && size <= BENCH_ROOM_BYTES) {
      const bench = takeBench();
      if (bench !== 0) {
        this.#hasBench = true;
        this.#free = bench;
        this.#freeEnd = bench + BENCH_ROOM_BYTES;
        return true;
      }
    }
    if (size > SMALL_BYTES) return false;
    this.#free = this.#obtain(SHARED_BYTES);
    this.#freeEnd = this.#free + SHARED_BYTES;
    return true;
  }

  #obtain(bytes: number): number {
    const address = allocateScratch(bytes);
    this.#blocks ??= [];
    this.#blocks.push(address);
    return address;
  }

  /** Zeroed scratch memory. */
  zeroed(bytes: number): number {
    const address = this.scratch(bytes);
    heapBytes(address + bytes).fill(0, address, address + bytes);
    return address;
  }

  /** Shared arrays whose memory the call works on: kept from the collector until it ends. */
  #inPlace: TypedArray[] | undefined;

  /** Where the array's elements lie on the heap: in place if it is shared there, else a copy. */
  input(array: TypedArray): number {
    if (isOnHeap(array)) {
      this.#inPlace ??= [];
      this.#inPlace.push(array);
      return array.byteOffset;
    }
    const address = this.scratch(array.byteLength);
    copyTo(address, array);
    return address;
  }

  /** Room for a result of `length` elements: `out` in place if it lies on the heap, scratch otherwise. */
  output<T extends TypedArray>(type: TypedArrayConstructor<T>, length: number, out?: T): Output<T> {
    if (out !== undefined && isOnHeap(out)) return { address: out.byteOffset, finish: () => out };
    const address = this.scratch(length * type.BYTES_PER_ELEMENT);
    return {
      address,
      finish: (used = length) => {
        const view = viewAt(type, address, used);
        if (out === undefined) return ownElements(view) as unknown as T;
        copyElements(out, view);
        return out;
      },
    };
  }

  /** A view of scratch memory, for the plan's own reading and writing. */
  view<T extends TypedArray>(type: TypedArrayConstructor<T>, address: number, length: number): T {
    return viewAt(type, address, length);
  }

  /** A worker that cannot be ended may still write to the call's memory: it is not given back. */
  abandon(): void {
    for (const address of this.#blocks ?? []) abandonScratch(address);
    this.#blocks = undefined;
    if (this.#hasBench) abandonBench();
    this.#hasBench = false;
  }

  /** Gives all scratch memory back. */
  end(): void {
    if (this.#hasBench) leaveBench();
    this.#hasBench = false;
    if (this.#blocks === undefined) return;
    // The last first: it stands first in the list.
    for (let i = this.#blocks.length - 1; i >= 0; i--) releaseScratch(this.#blocks[i]);
    this.#blocks = undefined;
  }
}

/** Copies the elements to that address of the heap. */
export function copyTo(address: number, array: TypedArray): void {
  // As elements of their own type, so that a short array is not asked for its buffer (isOnHeap).
  const type: TypedArrayConstructor | undefined = ARRAY_TYPES[array[Symbol.toStringTag]];
  if (type !== undefined && array instanceof type) {
    copyElements(viewAt(type, address, array.length), array);
  } else {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    copyBytes(heapBytes(address + bytes.length), address, bytes);
  }
}

/** Requests up to this size share blocks of so many bytes: a call on a short array allocates once. */
const SMALL_BYTES = 1024;
const SHARED_BYTES = 4032; // with its head 4096

/** What a plan yields: a phase, or several in a row. */
export type Step = Phase | readonly Phase[];

export type Plan<T> = (call: KernelCall) => Generator<Step, T, void>;

/** Phases that take less than this are not worth waking workers for (measured: a round trip takes 10 … 20 µs). */
export const INLINE_BELOW_NS = 100_000;

const phasesOf = (step: Step): readonly Phase[] => (Array.isArray(step) ? step : [step as Phase]);

/** What the phases may cost. */
function costOf(phases: readonly Phase[]): number {
  let ns = 0;
  for (const { costNs } of phases) ns += costNs;
  return ns;
}

function piecesOf(phases: readonly Phase[]): number {
  let sum = 0;
  for (const { pieces } of phases) sum += pieces;
  return sum;
}

/** Whether a second thread could help. */
function isDivisible(phases: readonly Phase[]): boolean {
  for (const { pieces } of phases) if (pieces > 1) return true;
  return false;
}

/** Runs the plan; its phases go to the pool. */
export async function runKernel<T>(
  kernel: string,
  family: Family,
  options: KernelOptions,
  plan: Plan<T>,
): Promise<T> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const call = new KernelCall(kernel);
  const meter = onProgress && new ProgressMeter(onProgress);
  try {
    const steps = plan(call);
    let step = steps.next();
    if (step.done) {
      // A call of this form promises that the sync one works from then on, where it cannot load its module itself.
      if (!isLoaded(family)) await loadKernels(family);
      meter?.finish();
      return step.value;
    }
    const exports = await loadKernels(family);
    signal?.throwIfAborted();
    while (!step.done) {
      const phases = phasesOf(step.value);
      const pieces = piecesOf(phases);
      const isShort = costOf(phases) < INLINE_BELOW_NS;
      const pool = isShort && !options.pool ? undefined : (options.pool ?? kernelPool());
      if (pool === undefined || !isDivisible(phases)) {
        for (const phase of phases) await runHere(exports, phase, signal);
      } else {
        await sharePhases(pool, family, phases, {
          kernel,
          signal,
          onPieces: meter && ((done) => meter.partial(done, pieces)),
        });
      }
      signal?.throwIfAborted();
      meter?.partial(pieces, pieces);
      step = steps.next();
    }
    meter?.finish();
    return step.value;
  } catch (error) {
    if (isQuarantined(error)) call.abandon();
    throw error;
  } finally {
    call.end();
  }
}

/**
 * What a bare call of a kernel of one piece does at once, with the memory of the thread's bench: no plan, no blocks. Undefined if
 * the bench is not to be had.
 */
export function runOnBench<T>(
  family: Family,
  body: (exports: KernelExports, bench: number) => T,
): T | undefined {
  const bench = takeBench();
  if (bench === 0) return undefined;
  try {
    const exports = loadKernelsSync(family);
    exports.__mh_reset();
    return body(exports, bench);
  } finally {
    leaveBench();
  }
}

/** Runs the plan at once: on the workers and in this thread where it may block, here alone where it may not. */
export function runKernelSync<T>(kernel: string, family: Family, options: KernelOptions, plan: Plan<T>): T {
  options.signal?.throwIfAborted();
  const call = new KernelCall(kernel);
  const meter = options.onProgress && new ProgressMeter(options.onProgress);
  try {
    const steps = plan(call);
    let step = steps.next();
    if (step.done) {
      meter?.finish();
      return step.value;
    }
    const exports = loadKernelsSync(family);
    while (!step.done) {
      const phases = phasesOf(step.value);
      const pool =
        isDivisible(phases) && costOf(phases) >= INLINE_BELOW_NS && runtime().canBlock()
          ? (options.pool ?? kernelPool())
          : undefined;
      if (pool?.backend === 'shared') {
        sharePhasesSync(pool, family, phases, exports);
      } else {
        for (const { fn, pieces, args } of phases) {
          exports.__mh_reset();
          if (pieces > 0) callKernel(exports, fn, 0, pieces, args);
        }
      }
      if (meter !== undefined) {
        const pieces = piecesOf(phases);
        meter.partial(pieces, pieces);
      }
      step = steps.next();
    }
    meter?.finish();
    return step.value;
  } catch (error) {
    if (isQuarantined(error)) call.abandon();
    throw error;
  } finally {
    call.end();
  }
}
