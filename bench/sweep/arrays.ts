/** The kernels on arrays and numbers beside the functions that programs write, new arrays from new arrays. */
import { elements } from '../rivals/data.js';
import type { Doubles, Kernels, Pair, Subject } from './subject.js';

/** On two arrays of doubles in [0, 1). */
function onTwo(
  name: string,
  ours: (kernels: Kernels, x: Doubles, y: Doubles) => unknown,
  javascript: (x: Doubles, y: Doubles) => unknown,
): Subject {
  return {
    name,
    make(kernels, size): Pair {
      const x = elements(size) as Doubles;
      const y = x.slice();
      return { ours: () => ours(kernels, x, y), javascript: () => javascript(x, y) };
    },
  };
}

/** On one array of doubles in [0, 1). */
function onDoubles(
  name: string,
  ours: (kernels: Kernels, a: Doubles) => unknown,
  javascript: (a: Doubles) => unknown,
  most?: number,
): Subject {
  return {
    name,
    ...(most !== undefined && { most }),
    make(kernels, size): Pair {
      const a = elements(size) as Doubles;
      return { ours: () => ours(kernels, a), javascript: () => javascript(a) };
    },
  };
}

function jsSum(a: Doubles): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i];
  return total;
}

function jsVariance(a: Doubles): number {
  const mean = jsSum(a) / a.length;
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - mean) * (a[i] - mean);
  return total / a.length;
}

/** Counts in bins of equal width, and their edges. */
function jsHistogram(a: Doubles, bins: number) {
  const counts = new Uint32Array(bins);
  const edges = new Float64Array(bins + 1);
  for (let i = 0; i <= bins; i++) edges[i] = i / bins;
  for (let i = 0; i < a.length; i++) counts[Math.min(bins - 1, Math.floor(a[i] * bins))]++;
  return { counts, edges };
}

function jsSearch(sorted: Doubles, values: Doubles): Uint32Array {
  const found = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < values[i]) low = middle + 1;
      else high = middle;
    }
    found[i] = low;
  }
  return found;
}

function jsSieve(limit: number): Uint8Array {
  const composite = new Uint8Array(limit);
  for (let i = 2; i * i < limit; i++) {
    if (composite[i] === 0) for (let j = i * i; j < limit; j += i) composite[j] = 1;
  }
  return composite;
}

function jsIsPrime(x: number): number {
  if (x < 2 || x % 2 === 0) return Number(x === 2);
  for (let d = 3; d * d <= x; d += 2) if (x % d === 0) return 0;
  return 1;
}

export const elementwise: readonly Subject[] = [
  {
    name: 'fill',
    make(k, size) {
      const a = elements(size);
      return { ours: () => k.fillSync(a, 1.5), javascript: () => a.fill(1.5) };
    },
  },
  onDoubles(
    'scale',
    (k, a) => k.scaleSync(a, 1.5),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = a[i] * 1.5;
      return out;
    },
  ),
  onTwo(
    'add',
    (k, x, y) => k.addSync(x, y),
    (x, y) => {
      const out = new Float64Array(x.length);
      for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i];
      return out;
    },
  ),
  onTwo(
    'mul',
    (k, x, y) => k.mulSync(x, y),
    (x, y) => {
      const out = new Float64Array(x.length);
      for (let i = 0; i < x.length; i++) out[i] = x[i] * y[i];
      return out;
    },
  ),
  onTwo(
    'axpy',
    (k, x, y) => k.axpySync(1.5, x, y),
    (x, y) => {
      const out = new Float64Array(x.length);
      for (let i = 0; i < x.length; i++) out[i] = 1.5 * x[i] + y[i];
      return out;
    },
  ),
  onDoubles(
    'map',
    (k, a) => k.mapSync(a, 'exp'),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.exp(a[i]);
      return out;
    },
  ),
  onDoubles(
    'map abs',
    (k, a) => k.mapSync(a, 'abs'),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.abs(a[i]);
      return out;
    },
  ),
  onDoubles(
    'map sqrt',
    (k, a) => k.mapSync(a, 'sqrt'),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.sqrt(a[i]);
      return out;
    },
  ),
  onDoubles(
    'map round',
    (k, a) => k.mapSync(a, 'round'),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.round(a[i]);
      return out;
    },
  ),
  onDoubles(
    'map log',
    (k, a) => k.mapSync(a, 'log'),
    (a) => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.log(a[i]);
      return out;
    },
  ),
  onDoubles('sum', (k, a) => k.sumSync(a), jsSum),
  onDoubles(
    'mean',
    (k, a) => k.meanSync(a),
    (a) => jsSum(a) / a.length,
  ),
  onDoubles('variance', (k, a) => k.varianceSync(a), jsVariance),
  onDoubles(
    'norm',
    (k, a) => k.normSync(a),
    (a) => {
      let total = 0;
      for (let i = 0; i < a.length; i++) total += a[i] * a[i];
      return Math.sqrt(total);
    },
  ),
  onTwo(
    'dot',
    (k, x, y) => k.dotSync(x, y),
    (x, y) => {
      let total = 0;
      for (let i = 0; i < x.length; i++) total += x[i] * y[i];
      return total;
    },
  ),
  onDoubles(
    'min',
    (k, a) => k.minSync(a),
    (a) => {
      let least = a[0];
      for (let i = 1; i < a.length; i++) least = Math.min(least, a[i]);
      return least;
    },
  ),
  onDoubles(
    'max',
    (k, a) => k.maxSync(a),
    (a) => {
      let most = a[0];
      for (let i = 1; i < a.length; i++) most = Math.max(most, a[i]);
      return most;
    },
  ),
  onDoubles(
    'argmin',
    (k, a) => k.argminSync(a),
    (a) => {
      let at = 0;
      for (let i = 1; i < a.length; i++) if (a[i] < a[at]) at = i;
      return at;
    },
  ),
  onDoubles(
    'argmax',
    (k, a) => k.argmaxSync(a),
    (a) => {
      let at = 0;
      for (let i = 1; i < a.length; i++) if (a[i] > a[at]) at = i;
      return at;
    },
  ),
];

export const selection: readonly Subject[] = [
  onDoubles(
    'prefixSum',
    (k, a) => k.prefixSumSync(a),
    (a) => {
      const out = new Float64Array(a.length);
      let total = 0;
      for (let i = 0; i < a.length; i++) out[i] = total += a[i];
      return out;
    },
  ),
  onDoubles(
    'sort',
    (k, a) => k.sortSync(a),
    (a) => a.slice().sort(),
  ),
  onDoubles(
    'argsort',
    (k, a) => k.argsortSync(a),
    (a) => Uint32Array.from(a.keys()).sort((i, j) => a[i] - a[j]),
    1e6,
  ),
  onDoubles(
    'unique',
    (k, a) => k.uniqueSync(a),
    (a) => Float64Array.from(new Set(a)).sort(),
    1e6,
  ),
  onDoubles(
    'filter',
    (k, a) => k.filterSync(a, '<', 0.5),
    (a) => a.filter((x) => x < 0.5),
  ),
  onDoubles(
    'histogram',
    (k, a) => k.histogramSync(a, { bins: 100, range: [0, 1] }),
    (a) => jsHistogram(a, 100),
  ),
  {
    name: 'bincount',
    make(k, size) {
      const a = Uint8Array.from(elements(size), (x) => x * 256);
      return {
        ours: () => k.bincountSync(a),
        javascript() {
          let most = -1;
          for (let i = 0; i < a.length; i++) most = Math.max(most, a[i]);
          const counts = new Uint32Array(most + 1);
          for (let i = 0; i < a.length; i++) counts[a[i]]++;
          return counts;
        },
      };
    },
  },
  {
    name: 'searchSorted',
    most: 1e6,
    make(k, size) {
      const values = elements(size) as Doubles;
      const sorted = values.slice().sort();
      return { ours: () => k.searchSortedSync(sorted, values), javascript: () => jsSearch(sorted, values) };
    },
  },
];

export const numbers: readonly Subject[] = [
  {
    name: 'countPrimes',
    unit: 'numbers',
    make: (k, size) => ({
      ours: () => k.countPrimesSync(0, size),
      javascript() {
        const composite = jsSieve(size);
        let count = 0;
        for (let i = 2; i < size; i++) if (composite[i] === 0) count++;
        return count;
      },
    }),
  },
  {
    name: 'primes',
    unit: 'numbers',
    make: (k, size) => ({
      ours: () => k.primesSync(0, size),
      javascript() {
        const composite = jsSieve(size);
        const found: number[] = [];
        for (let i = 2; i < size; i++) if (composite[i] === 0) found.push(i);
        return Uint32Array.from(found);
      },
    }),
  },
  {
    name: 'isPrime',
    most: 1e6,
    make(k, size) {
      const a = Uint32Array.from(elements(size), (x) => x * 1e6);
      return { ours: () => k.isPrimeSync(a), javascript: () => Uint8Array.from(a, jsIsPrime) };
    },
  },
];
