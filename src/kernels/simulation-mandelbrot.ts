// Escape times of the Mandelbrot set; see assembly/kernels/simulation/mandelbrot.ts.

import { isHeapBuffer } from '../../assembly/atomics/index';
import { checkInteger, checkOut, wrongRange, wrongType } from './_check';
import { simulation } from './_families';
import { type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';

/** Options of {@link mandelbrot}. */
export interface MandelbrotOptions extends KernelOptions {
  /** Left and right edge of the picture on the real axis. */
  x?: readonly [number, number];
  /** Top and bottom edge on the imaginary axis. */
  y?: readonly [number, number];
  /** Steps after which a point counts as inside: 0 … 65535. */
  maxIterations?: number;
  /** Where the result goes. */
  out?: Uint16Array;
}

/**
 * Counts, for each pixel, the steps of z ← z² + c from z = 0 until |z| > 2.
 *
 * @param width Pixels of a row.
 * @param height Rows.
 * @returns The counts, row by row; `maxIterations` for points that do not escape.
 * @throws {RangeError} if a size, an edge or the limit is no number of its range
 * @complexity O(pixels · iterations) at most
 * @source escape times, eight pixels at once; cycles found as Brent (1980)
 * @example
 * ```ts
 * const steps = await mandelbrot(640, 480, { maxIterations: 1000 });
 * console.log(steps[0]); // 1: the corner is outside
 * ```
 */
export function mandelbrot(
  width: number,
  height: number,
  options: MandelbrotOptions = {},
): Promise<Uint16Array> {
  return runKernel('mandelbrot', simulation, options, (call) => plan(call, width, height, options));
}

/** {@link mandelbrot}, at once. */
export function mandelbrotSync(width: number, height: number, options: MandelbrotOptions = {}): Uint16Array {
  return runKernelSync('mandelbrot', simulation, options, (call) => plan(call, width, height, options));
}

/** A pixel's steps are tens on average wherever the limit is, for cycles are recognised. */
const STEP_NS = 0.6;
const STEPS_TYPICAL = 50;

function* plan(
  call: KernelCall,
  width: number,
  height: number,
  options: MandelbrotOptions,
): Generator<Phase, Uint16Array, void> {
  const { kernel } = call;
  checkInteger(kernel, 'width', width, 0, 0x7fffffff);
  checkInteger(kernel, 'height', height, 0, 0x7fffffff);
  const [x0, x1] = checkSpan(kernel, 'x', options.x, [-2, 1]);
  const [y0, y1] = checkSpan(kernel, 'y', options.y, [-1, 1]);
  const { maxIterations: limit = 500 } = options;
  checkInteger(kernel, 'maxIterations', limit, 0, 65535);
  const pixels = width * height;
  const out = checkOut(kernel, options.out, Uint16Array, pixels, { inputs: {} });
  if (pixels * (limit + 1) <= PLAIN_STEPS && (out === undefined || !isHeapBuffer(out.buffer))) {
    const counts = out ?? new Uint16Array(pixels);
    for (let py = 0, at = 0; py < height; py++) {
      const ci = y0 + ((y1 - y0) * py) / height;
      for (let px = 0; px < width; px++, at++) counts[at] = steps(x0 + ((x1 - x0) * px) / width, ci, limit);
    }
    return counts;
  }
  const to = call.output(Uint16Array, pixels, out);
  if (pixels > 0) {
    yield {
      fn: 'mandelbrot',
      pieces: height,
      args: [to.address, width, height, x0, x1 - x0, y0, y1 - y0, limit],
      costNs: pixels * (2 + Math.min(limit, STEPS_TYPICAL) * STEP_NS),
    };
  }
  return to.finish();
}

/** Up to so many steps, some pixels, the loop is faster than the kernel (measured: Node 20). */
const PLAIN_STEPS = 2000;

function steps(cr: number, ci: number, limit: number): number {
  let zr = 0;
  let zi = 0;
  let n = 0;
  while (n < limit && zr * zr + zi * zi <= 4) {
    const next = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = next;
    n++;
  }
  return n;
}

function checkSpan(
  kernel: string,
  name: string,
  value: unknown,
  fallback: [number, number],
): readonly [number, number] {
  if (value === undefined) return fallback;
  if (!Array.isArray(value) || value.some((edge) => typeof edge !== 'number')) {
    wrongType(kernel, name, 'an array of two numbers', value);
  }
  const [low, high] = value as number[];
  if (value.length !== 2) {
    throw new RangeError(`Cannot run ${kernel}: "${name}" has to have the length 2, came ${value.length}`);
  }
  if (!Number.isFinite(low)) wrongRange(kernel, `${name}[0]`, 'finite', low);
  if (!Number.isFinite(high)) wrongRange(kernel, `${name}[1]`, 'finite', high);
  return [low, high];
}
