// Ready-made kernels on arrays: see the contract in the docs; sources in assembly/kernels/arrays.

import { arrays } from './_families';
import { type KernelCall, type KernelOptions, runKernel, runKernelSync } from './_plan';

const BLOCK = 16384;

/** `k * a`. */
export function scale(a: Float64Array, k: number, options: KernelOptions & { out?: Float64Array } = {}): Promise<Float64Array> {
  return runKernel('scale', arrays, options, (call) => scalePlan(call, a, k, options.out));
}

/** {@link scale}, at once. */
export function scaleSync(a: Float64Array, k: number, options: KernelOptions & { out?: Float64Array } = {}): Float64Array {
  return runKernelSync('scale', arrays, options, (call) => scalePlan(call, a, k, options.out));
}

function* scalePlan(call: KernelCall, a: Float64Array, k: number, out?: Float64Array) {
  const to = call.output(Float64Array, a.length, out);
  const pieces = Math.ceil(a.length / BLOCK);
  yield { fn: 'scale_f64', pieces, args: [call.input(a), to.address, a.length, k], costNs: a.length };
  return to.finish();
}
