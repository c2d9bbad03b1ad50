// The taps of one axis of a resize: which source pixels each result pixel takes, with which weights.
// Follows Pillow's precompute_coeffs: a filter that widens by the scale when shrinking, centres at (i + ½)·scale,
// weights renormalised at the edges; then to fixed point in 16 bits, as many of them as the largest weight allows.

/** Filters with a support, in source pixels at scale 1. */
export const SUPPORT = { bilinear: 1, lanczos3: 3 } as const;
export type WeightedFilter = keyof typeof SUPPORT;

/** The taps of an axis, as the kernels read them. */
export interface Axis {
  /** For each result pixel the first source pixel and the number of taps. */
  table: Int32Array;
  /** For each result pixel `stride` taps; their sum is 1 << precision. */
  taps: Int16Array;
  stride: number;
  precision: number;
}

/** The sum of taps times 255 has to stay below 2³¹; lanczos3's absolute taps sum to less than 1.5. */
const PRECISION_MAX = 21;

function bilinear(x: number): number {
  return x < 1 ? 1 - x : 0;
}

/** sinc(x)·sinc(x / 3), with one sine: sin 3a = 3 sin a − 4 sin³ a. */
function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (x >= 3) return 0;
  const angle = (Math.PI * x) / 3;
  const third = Math.sin(angle);
  return ((3 - 4 * third * third) * third * third) / (3 * angle * angle);
}

/** What an axis is made from: its name and numbers. */
export type AxisKey = readonly [name: string, size: number, detail: number, margin: number, group: number];

const cache: Array<{ key: AxisKey; axis: Axis }> = [];
/** Axes remembered: the six of a wide blur, for two sizes. */
const CACHED = 12;

/** The axis of that key, made anew if it was not used lately. */
export function remember(key: AxisKey, make: () => Axis): Axis {
  for (let at = 0; at < cache.length; at++) {
    const entry = cache[at];
    if (!isSameKey(entry.key, key)) continue;
    // Those in use stay where they are.
    if (at >= CACHED / 2) cache.unshift(...cache.splice(at, 1));
    return entry.axis;
  }
  const axis = make();
  cache.unshift({ key, axis });
  cache.length = Math.min(cache.length, CACHED);
  return axis;
}

function isSameKey(a: AxisKey, b: AxisKey): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] && a[4] === b[4];
}

/**
 * The axis from `source` to `target` pixels.
 *
 * @param group Taps are padded with zeros to a multiple of this, moved left where they would pass the end.
 */
export function resizeAxis(source: number, target: number, filter: WeightedFilter, group: number): Axis {
  return remember([filter, source, target, 0, group], () => makeAxis(source, target, filter, group));
}

function makeAxis(source: number, target: number, filter: WeightedFilter, group: number): Axis {
  const scale = source / target;
  const widening = Math.max(1, scale);
  const support = SUPPORT[filter] * widening;
  const weigh = filter === 'bilinear' ? bilinear : lanczos3;
  const room = Math.ceil(support) * 2 + 1;
  const weights = new Float64Array(room * target);
  const table = new Int32Array(2 * target);
  let largest = 0;
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(source, Math.trunc(centre + support + 0.5));
    let total = 0;
    for (let k = 0; k < end - first; k++) {
      const weight = weigh(Math.abs(first + k - centre + 0.5) / widening);
      weights[i * room + k] = weight;
      total += weight;
    }
    for (let k = 0; k < end - first; k++) {
      weights[i * room + k] /= total;
      largest = Math.max(largest, Math.abs(weights[i * room + k]));
    }
    table[2 * i] = first;
    table[2 * i + 1] = end - first;
  }
  return toFixed(source, table, weights, room, largest, group);
}

/** Weights, `room` for each result pixel, to taps; the table's entries follow. */
export function toFixed(
  source: number,
  table: Int32Array,
  weights: Float64Array,
  room: number,
  largest: number,
  group: number,
): Axis {
  const target = table.length / 2;
  let precision = PRECISION_MAX;
  while (Math.round(largest * 2 ** precision) > 32700) precision--;
  const stride = Math.ceil(room / group) * group;
  const taps = new Int16Array(stride * target);
  for (let i = 0; i < target; i++) {
    const rounded = fixedPoint(weights.subarray(i * room, i * room + table[2 * i + 1]), precision);
    let from = 0;
    let to = rounded.length;
    while (from < to - 1 && rounded[from] === 0) from++;
    while (to > from + 1 && rounded[to - 1] === 0) to--;
    const count = to - from;
    const padded = Math.ceil(count / group) * group;
    const first = table[2 * i] + from;
    const shift = padded <= source ? Math.max(0, first + padded - source) : 0;
    taps.set(rounded.subarray(from, to), i * stride + shift);
    table[2 * i] = first - shift;
    table[2 * i + 1] = padded;
  }
  return { table, taps, stride, precision };
}

/** The weights rounded so that they sum to exactly 1 << precision: the largest takes what is left. */
function fixedPoint(weights: Float64Array, precision: number): Int16Array {
  const rounded = new Int16Array(weights.length);
  let rest = 2 ** precision;
  let most = 0;
  for (let k = 0; k < weights.length; k++) {
    rounded[k] = Math.round(weights[k] * 2 ** precision);
    rest -= rounded[k];
    if (rounded[k] > rounded[most]) most = k;
  }
  rounded[most] += rest;
  return rounded;
}
