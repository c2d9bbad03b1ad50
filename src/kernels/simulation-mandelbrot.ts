// Escape times of the Mandelbrot set; see assembly/kernels/simulation/mandelbrot.ts.

import { isOnHeap } from '../heap/views';
import { checkInteger, checkOut, wrongRange, wrongType } from './_check';
import { simulation } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';

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
export function mandelbrotSync(
  width: number,
  height: number,
  options: MandelbrotOptions = NONE,
): Uint16Array {
  if (options === NONE && isSide(width) && isSide(height) && width * height * (LIMIT + 1) <= PLAIN_STEPS) {
    const counts = new Uint16Array(width * height);
    mandelbrotPlain(counts, width, height, X, Y, LIMIT);
    return counts;
  }
  return runKernelSync('mandelbrot', simulation, options, (call) => plan(call, width, height, options));
}

const X = [-2, 1] as const;
const Y = [-1, 1] as const;
const LIMIT = 500;
const isSide = (pixels: number) => Number.isInteger(pixels) && pixels >= 0 && pixels <= 0x7fffffff;

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
  const [x0, x1] = checkSpan(kernel, 'x', options.x, X);
  const [y0, y1] = checkSpan(kernel, 'y', options.y, Y);
  const { maxIterations: limit = LIMIT } = options;
  checkInteger(kernel, 'maxIterations', limit, 0, 65535);
  const pixels = width * height;
  const out = checkOut(kernel, options.out, Uint16Array, pixels, { inputs: {} });
  if (pixels * (limit + 1) <= PLAIN_STEPS && (out === undefined || !isOnHeap(out))) {
    const counts = out ?? new Uint16Array(pixels);
    mandelbrotPlain(counts, width, height, [x0, x1], [y0, y1], limit);
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

function mandelbrotPlain(
  counts: Uint16Array,
  width: number,
  height: number,
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  limit: number,
): void {
  for (let py = 0, at = 0; py < height; py++) {
    const ci = y0 + ((y1 - y0) * py) / height;
    for (let px = 0; px < width; px++, at++) {
      const cr = x0 + ((x1 - x0) * px) / width;
      let zr = 0;
      let zi = 0;
      let n = 0;
      // What comes back to an earlier z goes round for ever (Brent 1980).
      let earlierR = 0;
      let earlierI = 0;
      let renewAt = 4;
      while (n < limit && zr * zr + zi * zi <= 4) {
        const next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        n++;
        if (zr === earlierR && zi === earlierI) n = limit;
        else if (n === renewAt) {
          earlierR = zr;
          earlierI = zi;
          renewAt *= 2;
        }
      }
      counts[at] = n;
    }
  }
}

function checkSpan(
  kernel: string,
  name: string,
  value: unknown,
  fallback: readonly [number, number],
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
