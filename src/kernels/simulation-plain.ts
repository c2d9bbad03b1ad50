// Some bodies and points, in plain JavaScript: a call of a kernel takes longer. Every result has the kernel's
// bits (the tests compare the two).

import type { Kmeans, PointMatrix } from './simulation-kmeans';
import type { NbodyState } from './simulation-nbody';

/** Up to so much the loop is faster than the kernel (measured: Node 20, one core). */
export const PLAIN_PAIRS = 300;
export const PLAIN_DISTANCES = 1000;

/** Steps of a few bodies: changes the state given. */
export function nbodyPlain(
  { x, y, z, vx, vy, vz, mass }: NbodyState,
  steps: number,
  g: number,
  dt: number,
  softening2: number,
): void {
  const count = x.length;
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < count; i++) {
      let ax = 0;
      let ay = 0;
      let az = 0;
      for (let j = 0; j < count; j++) {
        const dx = x[j] - x[i];
        const dy = y[j] - y[i];
        const dz = z[j] - z[i];
        const r2 = dx * dx + dy * dy + dz * dz + softening2;
        // A body does not pull itself.
        const weight = i === j ? 0 : mass[j] * (1 / (r2 * Math.sqrt(r2)));
        ax += dx * weight;
        ay += dy * weight;
        az += dz * weight;
      }
      vx[i] += g * ax * dt;
      vy[i] += g * ay * dt;
      vz[i] += g * az * dt;
    }
    for (let i = 0; i < count; i++) {
      x[i] += vx[i] * dt;
      y[i] += vy[i] * dt;
      z[i] += vz[i] * dt;
    }
  }
}

/** Σ d², then k counts, then k × cols sums: of the points as they are labelled. */
const record = new Float64Array(1 + 2 * PLAIN_DISTANCES);

/** Lloyd's method on a few points, from given centroids: no more than PLAIN_DISTANCES coordinates are compared. */
export function kmeansPlain<T extends Float32Array | Float64Array>(
  { data, rows, cols }: PointMatrix<T>,
  init: PointMatrix<T>,
  maxIterations: number,
): Kmeans<T> {
  const k = init.rows;
  const isSingle = data.BYTES_PER_ELEMENT === 4;
  const points = isSingle ? new Float64Array(data) : (data as Float64Array);
  const centroids = new Float64Array(init.data);
  const labels = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) labels[i] = 0xffffffff;
  label(points, cols, centroids, k, labels);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    for (let c = 0, at = 0; c < k; c++, at += cols) {
      const count = record[1 + c];
      if (count === 0) continue;
      for (let col = at; col < at + cols; col++) {
        const mean = record[1 + k + col] / count;
        centroids[col] = isSingle ? Math.fround(mean) : mean;
      }
    }
    converged = label(points, cols, centroids, k, labels) === 0;
    iterations++;
  }
  const found = (isSingle ? new Float32Array(centroids) : centroids) as T;
  return { centroids: { data: found, rows: k, cols }, labels, inertia: record[0], iterations, converged };
}

/** Labels each point with its nearest centroid, and gives how many labels have changed. */
function label(
  points: Float64Array,
  cols: number,
  centroids: Float64Array,
  k: number,
  labels: Uint32Array,
): number {
  const sums = 1 + k;
  for (let i = 0; i < sums + k * cols; i++) record[i] = 0;
  let changed = 0;
  let total = 0;
  for (let point = 0, from = 0; point < labels.length; point++, from += cols) {
    let least = Infinity;
    let nearest = 0;
    if (cols === 2) {
      const x = points[from];
      const y = points[from + 1];
      for (let c = 0; c < k; c++) {
        const dx = x - centroids[2 * c];
        const dy = y - centroids[2 * c + 1];
        const d2 = dx * dx + dy * dy;
        if (d2 < least) {
          least = d2;
          nearest = c;
        }
      }
    } else {
      for (let c = 0, at = 0; c < k; c++) {
        let d2 = 0;
        for (let col = from; col < from + cols; col++, at++) {
          const d = points[col] - centroids[at];
          d2 += d * d;
        }
        if (d2 < least) {
          least = d2;
          nearest = c;
        }
      }
    }
    if (labels[point] !== nearest) changed++;
    labels[point] = nearest;
    total += least;
    record[1 + nearest]++;
    const sum = sums + nearest * cols;
    for (let col = 0; col < cols; col++) record[sum + col] += points[from + col];
  }
  record[0] = total;
  return changed;
}
