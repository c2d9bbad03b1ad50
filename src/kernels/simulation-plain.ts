// Some random numbers, bodies and points, in plain JavaScript: a call of a kernel takes longer. Every result has the kernel's
// bits (the tests compare the two).

import { typeOf } from './_check';
import type { Kmeans, PointMatrix } from './simulation-kmeans';
import type { NbodyState } from './simulation-nbody';

/** Up to so much the loop is faster than the kernel (measured: Node 20, one core). */
export const PLAIN_NUMBERS = 12;
export const PLAIN_PAIRS = 300;
export const PLAIN_DISTANCES = 300;

/** Key and stream: the low and the high word of both. */
export type StreamWords = readonly [keyLow: number, keyHigh: number, low: number, high: number];

/** The high word of the product with a constant of which both halves are given. */
function multiplyHigh(a: number, high: number, low: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const lows = Math.imul(aLow, low);
  const first = Math.imul(aHigh, low);
  const second = Math.imul(aLow, high);
  const middle = (lows >>> 16) + (first & 0xffff) + (second & 0xffff);
  return Math.imul(aHigh, high) + (first >>> 16) + (second >>> 16) + (middle >>> 16);
}

const block = new Uint32Array(4);

/** The four words of a block of Philox 4x32-10; assembly/kernels/simulation/philox.ts has the source. */
function philox(index: number, [keyLow, keyHigh, streamLow, streamHigh]: StreamWords): void {
  let c0 = index | 0;
  let c1 = Math.floor(index / 2 ** 32) | 0;
  let c2 = streamLow | 0;
  let c3 = streamHigh | 0;
  let k0 = keyLow | 0;
  let k1 = keyHigh | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = multiplyHigh(c2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

/** low + span · u for the elements from `offset` on. */
export function uniformPlain(
  to: Float64Array,
  offset: number,
  words: StreamWords,
  low: number,
  span: number,
): void {
  for (let i = 0; i < to.length; i++) {
    const element = offset + i;
    const second = element % 2;
    if (i === 0 || second === 0) philox(Math.floor(element / 2), words);
    const u = (block[2 * second + 1] * 2 ** 21 + (block[2 * second] >>> 11)) * 2 ** -53;
    to[i] = low + span * u;
  }
}

/** How many of the first n points lie in the circle. */
export function insidePlain(n: number, words: StreamWords): number {
  let inside = 0;
  for (let i = 0; i < n; i++) {
    const second = i & 1;
    if (second === 0) philox(i >> 1, words);
    const x = block[2 * second] * 2 ** -32;
    const y = block[2 * second + 1] * 2 ** -32;
    if (x * x + y * y <= 1) inside++;
  }
  return inside;
}

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

/** Lloyd's method on a few points, from given centroids. */
export function kmeansPlain<T extends Float32Array | Float64Array>(
  { data, rows, cols }: PointMatrix<T>,
  init: PointMatrix<T>,
  maxIterations: number,
): Kmeans<T> {
  const k = init.rows;
  // Those of f32 are rounded when they are stored.
  const centroids = new (typeOf(data) as unknown as new (from: T) => T)(init.data);
  const labels = new Uint32Array(rows).fill(0xffffffff);
  const counts = new Float64Array(k);
  const sums = new Float64Array(k * cols);
  let inertia = 0;
  /** Labels each point, and gives how many labels have changed. */
  const assign = (): number => {
    let changed = 0;
    let total = 0;
    counts.fill(0);
    sums.fill(0);
    for (let point = 0; point < rows; point++) {
      let least = Infinity;
      let label = 0;
      for (let c = 0; c < k; c++) {
        let d2 = 0;
        for (let col = 0; col < cols; col++) {
          const d = data[point * cols + col] - centroids[c * cols + col];
          d2 += d * d;
        }
        if (d2 < least) {
          least = d2;
          label = c;
        }
      }
      if (labels[point] !== label) changed++;
      labels[point] = label;
      total += least;
      counts[label]++;
      for (let col = 0; col < cols; col++) sums[label * cols + col] += data[point * cols + col];
    }
    inertia = total;
    return changed;
  };
  assign();
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    for (let c = 0; c < k; c++) {
      if (counts[c] === 0) continue;
      for (let col = 0; col < cols; col++) centroids[c * cols + col] = sums[c * cols + col] / counts[c];
    }
    converged = assign() === 0;
    iterations++;
  }
  return { centroids: { data: centroids, rows: k, cols }, labels, inertia, iterations, converged };
}
