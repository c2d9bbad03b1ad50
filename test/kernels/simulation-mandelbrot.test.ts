import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mandelbrot, mandelbrotSync } from '../../src/kernels/simulation';
import { onHeap, SEED, shufflingPool } from './_shuffle';

/** The contract's formula, word for word. */
function reference(width: number, height: number, x = [-2, 1], y = [-1, 1], max = 500): Uint16Array {
  const out = new Uint16Array(width * height);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const cr = x[0] + ((x[1] - x[0]) * px) / width;
      const ci = y[0] + ((y[1] - y[0]) * py) / height;
      let zr = 0;
      let zi = 0;
      let n = 0;
      while (n < max && zr * zr + zi * zi <= 4) {
        const t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
        n++;
      }
      out[py * width + px] = n;
    }
  }
  return out;
}

describe('mandelbrot', () => {
  const widths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];
  it.each(widths)('equals the plain loop for rows of %i pixels', (width) => {
    expect(mandelbrotSync(width, 9)).toEqual(reference(width, 9));
  });

  it.each([0, 1, 2, 7, 8, 9, 63, 1001, 65535])('equals the plain loop for a limit of %i', (maxIterations) => {
    const wanted = reference(21, 6, [-2, 1], [-1, 1], maxIterations);
    expect(mandelbrotSync(21, 6, { maxIterations })).toEqual(wanted);
  });

  it('equals the plain loop wherever it looks', () => {
    const edge = fc.double({ min: -2.5, max: 2.5, noNaN: true });
    fc.assert(
      fc.property(
        edge,
        edge,
        edge,
        edge,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 300 }),
        (x0, x1, y0, y1, width, maxIterations) => {
          const options = { x: [x0, x1], y: [y0, y1], maxIterations } as const;
          const wanted = reference(width, 4, [x0, x1], [y0, y1], maxIterations);
          expect(mandelbrotSync(width, 4, options)).toEqual(wanted);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('survives orbits that overflow', () => {
    const far = { x: [-1e300, 1e300], y: [1e200, 1e201] } as const;
    expect(mandelbrotSync(9, 3, far)).toEqual(reference(9, 3, [-1e300, 1e300], [1e200, 1e201]));
  });

  it('gives the same bits whoever runs which rows', async () => {
    const pool = shufflingPool(SEED);
    expect(await mandelbrot(41, 37, { pool })).toEqual(reference(41, 37));
    expect(pool.phases).toBe(1);
  });

  it('writes to out, plain or shared', async () => {
    const out = new Uint16Array(50);
    expect(await mandelbrot(10, 5, { out })).toBe(out);
    expect(out).toEqual(reference(10, 5));
    await onHeap(new Uint16Array(50), 2, async (shared) => {
      expect(await mandelbrot(10, 5, { out: shared })).toBe(shared);
      expect(Array.from(shared)).toEqual(Array.from(reference(10, 5)));
    });
  });

  it('gives nothing for an empty picture', async () => {
    expect(await mandelbrot(0, 5)).toEqual(new Uint16Array(0));
    expect(mandelbrotSync(5, 0)).toEqual(new Uint16Array(0));
  });

  it.each([
    [TypeError, ['5', 5]],
    [RangeError, [-1, 5]],
    [RangeError, [1.5, 5]],
    [RangeError, [5, Number.NaN]],
    [RangeError, [5, 5, { maxIterations: 65536 }]],
    [RangeError, [5, 5, { maxIterations: -1 }]],
    [TypeError, [5, 5, { maxIterations: '7' }]],
    [TypeError, [5, 5, { x: 3 }]],
    [TypeError, [5, 5, { x: ['a', 'b'] }]],
    [RangeError, [5, 5, { x: [1] }]],
    [RangeError, [5, 5, { y: [0, Number.POSITIVE_INFINITY] }]],
    [TypeError, [5, 5, { out: new Float64Array(25) }]],
    [RangeError, [5, 5, { out: new Uint16Array(24) }]],
  ])('rejects with %o for %j', async (error, args) => {
    await expect(mandelbrot(...(args as [number, number]))).rejects.toThrow(error);
    await expect(mandelbrot(...(args as [number, number]))).rejects.toThrow(/^Cannot run mandelbrot: "/);
    expect(() => mandelbrotSync(...(args as [number, number]))).toThrow(error);
  });
});
