/** The kernels on arrays, with doubles: numpy's functions, and plain loops. */
import { checksum, elements, fillElements, weigh } from '../rivals/data.js';
import type { Job, Kernels, Pool, Spec, Workplace } from './contenders.js';

/** 80 MB an array: for loops that memory bounds. */
const MANY = 10_000_000;
/** For sorting and searching. */
const SOME = 2_000_000;
const REPEATS = 5;

type Doubles = Float64Array;

const HUGE_PAGES =
  'numpy: asks the system for huge pages, which runtimes do not; without (NUMPY_MADVISE_HUGEPAGE=0) its add takes 1.4 to 1.6 times as long.';

/** A kernel whose result goes to `out`: all arrays shared. */
function intoOut(
  name: keyof Kernels & string,
  title: string,
  run: (kernels: Kernels, x: Doubles, y: Doubles, options: { out: Doubles; pool: Pool }) => unknown,
  javascript: (x: Doubles, y: Doubles, out: Doubles) => void,
  isMemoryBound = true,
  note?: string,
): Spec {
  return {
    name,
    title: `${title}, 1e7 f64, all shared`,
    repeats: REPEATS,
    isMemoryBound,
    native: ['arrays', name, MANY],
    numpy: [name, MANY],
    notes: [...(note !== undefined ? [note] : []), ...(isMemoryBound ? [HUGE_PAGES] : [])],
    ours({ kernels, pool, shared }) {
      const x = shared('Float64Array', MANY);
      const y = shared('Float64Array', MANY);
      const out = shared('Float64Array', MANY);
      fillElements(x);
      y.set(x);
      return { run: () => run(kernels, x, y, { out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const x = elements(MANY);
      const y = x.slice();
      const out = new Float64Array(MANY);
      return { run: () => javascript(x, y, out), check: () => checksum(out) };
    },
  };
}

/** A kernel whose result is a number. */
function toNumber(
  name: keyof Kernels & string,
  run: (kernels: Kernels, x: Doubles, y: Doubles, options: { pool: Pool }) => Promise<number>,
  javascript: (x: Doubles, y: Doubles) => number,
): Spec {
  return {
    name,
    title: `${name} of 1e7 f64, shared`,
    repeats: REPEATS,
    isMemoryBound: true,
    notes: [HUGE_PAGES],
    native: ['arrays', name, MANY],
    numpy: [name, MANY],
    ours({ kernels, pool, shared }) {
      const x = shared('Float64Array', MANY);
      const y = name === 'dot' ? shared('Float64Array', MANY) : x;
      fillElements(x);
      y.set(x);
      let found = 0;
      return {
        async run() {
          found = await run(kernels, x, y, { pool });
        },
        check: () => found,
      };
    },
    javascript() {
      const x = elements(MANY);
      const y = x.slice();
      let found = 0;
      return {
        run() {
          found = javascript(x, y);
        },
        check: () => found,
      };
    },
  };
}

/** A kernel on fewer elements whose result is an array that is read as a whole. */
function toArray(
  name: string,
  title: string,
  run: (kernels: Kernels, x: Doubles, place: Workplace) => () => unknown,
  javascript: (x: Doubles) => () => ArrayLike<number>,
  check: (found: never) => number,
  more: Partial<Spec> = {},
): Spec {
  const job = (call: () => unknown): Job => {
    let found: unknown;
    return {
      async run() {
        found = await call();
      },
      check: () => check(found as never),
    };
  };
  return {
    name,
    title: `${title}, shared`,
    repeats: 3,
    native: ['arrays', name, SOME],
    numpy: [name, SOME],
    ours(place) {
      const x = place.shared('Float64Array', SOME);
      fillElements(x);
      return job(run(place.kernels, x, place));
    },
    javascript: () => job(javascript(elements(SOME))),
    ...more,
  };
}

function jsSum(a: Doubles): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i];
  return total;
}

export const arrays: readonly Spec[] = [
  {
    ...intoOut(
      'fill',
      'fill',
      (k, _x, _y, { out, pool }) => k.fill(out, 1.5, { pool }),
      (_x, _y, out) => out.fill(1.5),
    ),
  },
  intoOut(
    'scale',
    'scale',
    (k, x, _y, options) => k.scale(x, 1.5, options),
    (x, _y, out) => {
      for (let i = 0; i < x.length; i++) out[i] = x[i] * 1.5;
    },
  ),
  intoOut(
    'add',
    'add of two arrays',
    (k, x, y, options) => k.add(x, y, options),
    (x, y, out) => {
      for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i];
    },
  ),
  intoOut(
    'mul',
    'mul of two arrays',
    (k, x, y, options) => k.mul(x, y, options),
    (x, y, out) => {
      for (let i = 0; i < x.length; i++) out[i] = x[i] * y[i];
    },
  ),
  intoOut(
    'axpy',
    'axpy',
    (k, x, y, options) => k.axpy(1.5, x, y, options),
    (x, y, out) => {
      for (let i = 0; i < x.length; i++) out[i] = 1.5 * x[i] + y[i];
    },
  ),
  intoOut(
    'map',
    'map of exp',
    (k, x, _y, options) => k.map(x, 'exp', options),
    (x, _y, out) => {
      for (let i = 0; i < x.length; i++) out[i] = Math.exp(x[i]);
    },
    false,
    'numpy: has exp in vectors of 512 bits, which WebAssembly lacks.',
  ),
  intoOut(
    'prefixSum',
    'prefixSum',
    (k, x, _y, options) => k.prefixSum(x, options),
    (x, _y, out) => {
      let total = 0;
      for (let i = 0; i < x.length; i++) out[i] = total += x[i];
    },
  ),
  toNumber('sum', (k, x, _y, options) => k.sum(x, options), jsSum),
  toNumber(
    'mean',
    (k, x, _y, options) => k.mean(x, options),
    (x) => jsSum(x) / x.length,
  ),
  toNumber(
    'variance',
    (k, x, _y, options) => k.variance(x, options),
    (x) => {
      const mean = jsSum(x) / x.length;
      let total = 0;
      for (let i = 0; i < x.length; i++) total += (x[i] - mean) * (x[i] - mean);
      return total / x.length;
    },
  ),
  toNumber(
    'norm',
    (k, x, _y, options) => k.norm(x, options),
    (x) => {
      let total = 0;
      for (let i = 0; i < x.length; i++) total += x[i] * x[i];
      return Math.sqrt(total);
    },
  ),
  toNumber(
    'dot',
    (k, x, y, options) => k.dot(x, y, options),
    (x, y) => {
      let total = 0;
      for (let i = 0; i < x.length; i++) total += x[i] * y[i];
      return total;
    },
  ),
  toNumber(
    'min',
    (k, x, _y, options) => k.min(x, options),
    (x) => x.reduce((m, value) => Math.min(value, m)),
  ),
  toNumber(
    'max',
    (k, x, _y, options) => k.max(x, options),
    (x) => x.reduce((m, value) => Math.max(value, m)),
  ),
  toNumber(
    'argmin',
    (k, x, _y, options) => k.argmin(x, options),
    (x) => {
      let at = 0;
      for (let i = 1; i < x.length; i++) if (x[i] < x[at]) at = i;
      return at;
    },
  ),
  toNumber(
    'argmax',
    (k, x, _y, options) => k.argmax(x, options),
    (x) => {
      let at = 0;
      for (let i = 1; i < x.length; i++) if (x[i] > x[at]) at = i;
      return at;
    },
  ),
  toArray(
    'sort',
    'sort of 2e6 f64',
    (k, x, { pool, shared }) => {
      const out = shared('Float64Array', SOME);
      return () => k.sort(x, { out, pool });
    },
    (x) => () => x.slice().sort(),
    checksum,
    {
      native: ['sort', 'parallel', SOME],
      notes: [
        'C++: libstdc++’s parallel mode, on a copy made before the clock starts.',
        'numpy: sorts with vectors of 512 bits, which WebAssembly lacks.',
      ],
    },
  ),
  toArray(
    'argsort',
    'argsort of 2e6 f64',
    (k, x, { pool, shared }) => {
      const out = shared('Uint32Array', SOME);
      return () => k.argsort(x, { out, pool });
    },
    (x) => () => Uint32Array.from(x.keys()).sort((i, j) => x[i] - x[j]),
    weigh,
  ),
  toArray(
    'unique',
    'unique of 2e6 f64 of 1e5 values',
    (k, x, { pool }) => {
      for (let i = 0; i < x.length; i++) x[i] = Math.floor(x[i] * 1e5);
      return () => k.unique(x, { pool });
    },
    (x) => {
      for (let i = 0; i < x.length; i++) x[i] = Math.floor(x[i] * 1e5);
      return () => Float64Array.from(new Set(x)).sort();
    },
    weigh,
  ),
  toArray(
    'filter',
    'filter of 2e6 f64 < 0.5',
    (k, x, { pool }) =>
      () =>
        k.filter(x, '<', 0.5, { pool }),
    (x) => () => x.filter((value) => value < 0.5),
    checksum,
    {
      isMemoryBound: true,
      notes: ['Ours gives a new array on JavaScript’s heap, C++ writes into one that is there.'],
    },
  ),
  toArray(
    'histogram',
    'histogram of 2e6 f64 in 100 bins',
    (k, x, { pool }) =>
      async () =>
        (await k.histogram(x, { bins: 100, range: [0, 1], pool })).counts,
    (x) => () => {
      const counts = new Uint32Array(100);
      for (let i = 0; i < x.length; i++) counts[Math.floor(x[i] * 100)]++;
      return counts;
    },
    weigh,
    {
      reason:
        'C++ and JavaScript take the floor of 100 x, which is wrong beside an edge by a rounding; ours and numpy decide by the edges.',
    },
  ),
  toArray(
    'bincount',
    'bincount of 2e6 u16 of 1000 values',
    (k, x, { pool, shared }) => {
      const bins = shared('Uint16Array', SOME);
      bins.set(x.map((value) => value * 1000));
      return () => k.bincount(bins, { pool });
    },
    (x) => {
      const bins = Uint16Array.from(x, (value) => value * 1000);
      return () => {
        const counts = new Uint32Array(1000);
        for (let i = 0; i < bins.length; i++) counts[bins[i]]++;
        return counts;
      };
    },
    weigh,
    {
      reason:
        'C++ and JavaScript are told how many numbers there are; ours and numpy look for the largest first.',
    },
  ),
  toArray(
    'searchSorted',
    'searchSorted of 2e6 f64 among as many',
    (k, x, { pool, shared }) => {
      const sorted = shared('Float64Array', SOME);
      sorted.set(x.slice().sort());
      const out = shared('Uint32Array', SOME);
      return () => k.searchSorted(sorted, x, { out, pool });
    },
    (x) => {
      const sorted = x.slice().sort();
      const found = new Uint32Array(SOME);
      return () => {
        for (let i = 0; i < x.length; i++) {
          let low = 0;
          let high = sorted.length;
          while (low < high) {
            const middle = (low + high) >>> 1;
            if (sorted[middle] < x[i]) low = middle + 1;
            else high = middle;
          }
          found[i] = low;
        }
        return found;
      };
    },
    weigh,
  ),
];
