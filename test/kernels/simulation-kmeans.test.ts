import { describe, expect, it } from 'vitest';
import { kmeans, kmeansSync, type PointMatrix } from '../../src/kernels/simulation';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

/** Points around `clusters` places. */
function cloud(rows: number, cols: number, clusters: number, seed: number): PointMatrix<Float64Array> {
  const next = random(seed);
  const places = Array.from({ length: clusters * cols }, () => next() * 100);
  const data = Float64Array.from({ length: rows * cols }, (_, i) => {
    const row = Math.floor(i / cols);
    return places[(row % clusters) * cols + (i % cols)] + next() + next() - 1;
  });
  return { data, rows, cols };
}

/** Lloyd's method from given centroids. */
function reference(points: PointMatrix, k: number, init: PointMatrix, maxIterations: number) {
  const { data, rows, cols } = points;
  const centroids = Array.from(init.data);
  const labels = new Uint32Array(rows);
  let inertia = 0;
  const assign = () => {
    let changed = 0;
    inertia = 0;
    for (let row = 0; row < rows; row++) {
      let least = Number.POSITIVE_INFINITY;
      let label = 0;
      for (let c = 0; c < k; c++) {
        let sum = 0;
        for (let col = 0; col < cols; col++) sum += (data[row * cols + col] - centroids[c * cols + col]) ** 2;
        if (sum < least) [least, label] = [sum, c];
      }
      if (labels[row] !== label) changed++;
      labels[row] = label;
      inertia += least;
    }
    return changed;
  };
  assign();
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    for (let c = 0; c < k; c++) {
      const members = Array.from(labels.keys()).filter((row) => labels[row] === c);
      if (members.length === 0) continue;
      for (let col = 0; col < cols; col++) {
        centroids[c * cols + col] =
          members.reduce((sum, row) => sum + data[row * cols + col], 0) / members.length;
      }
    }
    iterations++;
    converged = assign() === 0;
  }
  return { centroids, labels, inertia, iterations, converged };
}

describe('kmeans', () => {
  it.each([
    [1, 1, 1],
    [5, 1, 2],
    [17, 3, 4],
    [33, 2, 5],
    [300, 7, 3],
    [1000, 2, 8],
    [700, 16, 9],
  ])("is Lloyd's method for %i points of %i numbers, %i clusters", async (rows, cols, k) => {
    const points = cloud(rows, cols, k, rows);
    const init = { data: points.data.slice(0, k * cols), rows: k, cols };
    for (const maxIterations of [0, 1, 300]) {
      const result = kmeansSync(points, k, { init, maxIterations });
      const wanted = reference(points, k, init, maxIterations);
      expect(result.labels).toEqual(wanted.labels);
      expect([result.iterations, result.converged]).toEqual([wanted.iterations, wanted.converged]);
      expect(Math.abs(result.inertia - wanted.inertia)).toBeLessThanOrEqual(1e-9 * wanted.inertia + 1e-12);
      result.centroids.data.forEach((value, i) => {
        expect(Math.abs(value - wanted.centroids[i])).toBeLessThanOrEqual(1e-9);
      });
      expect(await kmeans(points, k, { init, maxIterations, pool: shufflingPool(SEED) })).toEqual(result);
    }
  });

  it('finds clusters that lie apart, from any seed, whoever does the work', async () => {
    const points = cloud(3000, 3, 5, 4);
    for (const seed of [0, 1, 2n ** 63n]) {
      const result = kmeansSync(points, 5, { seed });
      expect(result.converged).toBe(true);
      expect(await kmeans(points, 5, { seed, pool: shufflingPool(SEED) })).toEqual(result);
      expect(new Set(result.labels.slice(0, 5)).size).toBe(5);
      for (let row = 5; row < 3000; row++) expect(result.labels[row]).toBe(result.labels[row % 5]);
    }
  });

  it('keeps the type of the points', async () => {
    const points = { data: Float32Array.from(cloud(500, 2, 3, 1).data), rows: 500, cols: 2 };
    const result = kmeansSync(points, 3);
    expect(result.centroids.data).toBeInstanceOf(Float32Array);
    const again = kmeansSync(points, 3, { init: result.centroids });
    expect(again.labels).toEqual(result.labels);
    await onHeap(points.data, 4, async (data) => {
      expect(await kmeans({ ...points, data }, 3)).toEqual(result);
    });
  });

  it('gives ties to the lowest index and leaves centroids without points', () => {
    const points = { data: Float64Array.of(0, 1, 2), rows: 3, cols: 1 };
    const init = { data: Float64Array.of(1, 1, 50), rows: 3, cols: 1 };
    const result = kmeansSync(points, 3, { init });
    expect(Array.from(result.labels)).toEqual([0, 0, 0]);
    expect(Array.from(result.centroids.data)).toEqual([1, 1, 50]);
  });

  it('chooses among points that are all the same', () => {
    const points = { data: new Float64Array(20).fill(3), rows: 10, cols: 2 };
    expect(kmeansSync(points, 4)).toMatchObject({ inertia: 0, converged: true });
  });

  const good = cloud(6, 2, 2, 1);
  it.each([
    [TypeError, null, 1, {}],
    [TypeError, { data: [1, 2], rows: 1, cols: 2 }, 1, {}],
    [TypeError, { data: new Int32Array(2), rows: 1, cols: 2 }, 1, {}],
    [RangeError, { ...good, rows: 7 }, 1, {}],
    [RangeError, good, 0, {}],
    [RangeError, good, 7, {}],
    [RangeError, good, 1.5, {}],
    [RangeError, { data: Float64Array.of(1, Number.NaN), rows: 2, cols: 1 }, 1, {}],
    [RangeError, { data: Float64Array.of(1, Number.NEGATIVE_INFINITY), rows: 2, cols: 1 }, 1, {}],
    [RangeError, good, 2, { maxIterations: -1 }],
    [RangeError, good, 2, { seed: -1 }],
    [RangeError, good, 2, { init: { data: new Float64Array(2), rows: 1, cols: 2 } }],
    [TypeError, good, 1, { init: { data: new Float32Array(2), rows: 1, cols: 2 } }],
    [RangeError, good, 1, { init: { data: Float64Array.of(1, Number.NaN), rows: 1, cols: 2 } }],
  ])('rejects with %o (case %#)', async (error, points, k, options) => {
    await expect(kmeans(points as never, k, options as never)).rejects.toThrow(error);
    expect(() => kmeansSync(points as never, k, options as never)).toThrow(/^Cannot run kmeans: "/);
  });
});
