// The taps of a Gaussian blur along one axis, edges repeated: directly, or in a shrunken picture that reaches so
// far beyond the edges that its own do not matter.

import { type Axis, remember, toFixed } from './images-axis';

/** Standard deviations that a Gaussian reaches; 0.2 % of it lie beyond. */
const REACH = 3.1;
/** The variance of a triangle of half-width 1, which both shrinking and enlarging weigh by. */
const TRIANGLE_VARIANCE = 1 / 6;

/** Where a shrunken picture lies: a pixel of it is `factor` pixels, `margin` of them before the first. */
export interface Shrink {
  size: number;
  factor: number;
  margin: number;
  /** Its length, margins included. */
  length: number;
  /** The deviation that is left to do in it, in its pixels. */
  sigma: number;
}

/** How a picture of `size` pixels is shrunk by `factor` for a blur of `sigma`. */
export function shrinkFor(size: number, sigma: number, factor: number): Shrink {
  const left = Math.sqrt((sigma / factor) ** 2 - 2 * TRIANGLE_VARIANCE);
  const margin = Math.ceil(REACH * left) + 2;
  return { size, factor, margin, length: Math.ceil(size / factor) + 2 * margin, sigma: left };
}

/** The axis of a Gaussian of `sigma` pixels over `size` pixels; see resizeAxis for `group`. */
export function blurAxis(size: number, sigma: number, group: number): Axis {
  return remember(['blur', size, sigma, 0, group], () => {
    const reach = Math.ceil(REACH * sigma);
    const bell = Array.from({ length: reach + 1 }, (_, k) => Math.exp((-k * k) / (2 * sigma * sigma)));
    return foldedAxis(size, size, 2 * reach + 1, group, (i, add) => {
      for (let k = -reach; k <= reach; k++) add(i + k, bell[Math.abs(k)]);
    });
  });
}

/** The axis from the picture to the shrunken one, by triangles of half-width `factor`. */
export function shrinkAxis({ size, factor, margin, length }: Shrink, group: number): Axis {
  return remember(['shrink', size, factor, margin, group], () =>
    foldedAxis(size, length, 2 * factor + 1, group, (i, add) => {
      const centre = (i - margin + 0.5) * factor - 0.5;
      for (let j = Math.ceil(centre - factor); j <= centre + factor; j++) {
        add(j, 1 - Math.abs(j - centre) / factor);
      }
    }),
  );
}

/** The axis back, by linear interpolation. */
export function enlargeAxis({ size, factor, margin, length }: Shrink, group: number): Axis {
  return remember(['enlarge', size, factor, margin, group], () =>
    foldedAxis(length, size, 2, group, (i, add) => {
      const place = (i + 0.5) / factor - 0.5 + margin;
      const below = Math.floor(place);
      add(below, 1 - (place - below));
      add(below + 1, place - below);
    }),
  );
}

/**
 * An axis whose weights `weigh` gives for each result pixel, to source pixels in ascending order, `most` at most;
 * what goes beyond an edge is the edge's pixel's.
 */
function foldedAxis(
  source: number,
  target: number,
  most: number,
  group: number,
  weigh: (i: number, add: (j: number, weight: number) => void) => void,
): Axis {
  const room = Math.min(source, most);
  const weights = new Float64Array(room * target);
  const table = new Int32Array(2 * target);
  let largest = 0;
  for (let i = 0; i < target; i++) {
    let first = -1;
    let last = 0;
    let total = 0;
    weigh(i, (j, weight) => {
      last = Math.max(0, Math.min(source - 1, j));
      if (first < 0) first = last;
      weights[i * room + last - first] += weight;
      total += weight;
    });
    for (let k = 0; k <= last - first; k++) {
      weights[i * room + k] /= total;
      largest = Math.max(largest, weights[i * room + k]);
    }
    table[2 * i] = first;
    table[2 * i + 1] = last - first + 1;
  }
  return toFixed(source, table, weights, room, largest, group);
}
