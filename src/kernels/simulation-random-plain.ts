// Some random numbers in plain JavaScript: a call of a kernel takes longer. Every number has the kernel's bits
// (assembly/kernels/simulation/random.ts; the tests compare the two).

/** Up to so many the loop is faster than the kernel (measured: Node 20, one core). */
export const PLAIN_UNIFORM = 30;
export const PLAIN_NORMAL = 20;
export const PLAIN_POINTS = 10;

/** Key and stream: the low and the high word of both. */
export type StreamWords = readonly [keyLow: number, keyHigh: number, low: number, high: number];

/** The high word of the product with a constant of which both halves are given (Warren, Hacker's Delight, 8-2). */
function multiplyHigh(a: number, high: number, low: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const first = (Math.imul(aHigh, low) + (Math.imul(aLow, low) >>> 16)) | 0;
  const second = (Math.imul(aLow, high) + (first & 0xffff)) | 0;
  return (Math.imul(aHigh, high) + (first >>> 16) + (second >>> 16)) | 0;
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

/** The block's first (0) or second (1) number below 1. */
function unit(second: number): number {
  return (block[2 * second + 1] * 2 ** 21 + (block[2 * second] >>> 11)) * 2 ** -53;
}

/** low + span · u for the elements from `offset` on. */
export function uniformPlain(
  to: Float64Array,
  offset: number,
  words: StreamWords,
  low: number,
  span: number,
): void {
  let i = 0;
  let index = Math.floor(offset / 2);
  if (offset % 2 === 1 && to.length > 0) {
    philox(index++, words);
    to[i++] = low + span * unit(1);
  }
  for (; i < to.length; i += 2) {
    philox(index++, words);
    to[i] = low + span * unit(0);
    if (i + 1 < to.length) to[i + 1] = low + span * unit(1);
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

/** mean + std · z for the elements from `offset` on; those of f32 are rounded as they are stored. */
export function normalPlain(
  to: Float64Array | Float32Array,
  offset: number,
  words: StreamWords,
  mean: number,
  std: number,
): void {
  for (let i = -(offset % 2), index = Math.floor(offset / 2); i < to.length; i += 2, index++) {
    philox(index, words);
    const radius = Math.sqrt(-2 * logarithm(1 - unit(0)));
    const v = unit(1);
    // The nearest whole number, ties to even.
    const quarter = v * 4 + 2 ** 52 - 2 ** 52;
    const angle = (v - quarter * 0.25) * 6.283185307179586;
    const square = angle * angle;
    const sine = sineNear0(angle, square);
    const cosine = cosineNear0(square);
    const isOdd = (quarter & 1) === 1;
    const x = isOdd ? sine : cosine;
    const y = isOdd ? cosine : sine;
    if (i >= 0) to[i] = mean + std * (radius * ((quarter + 1) & 2 ? -x : x));
    if (i + 1 < to.length) to[i + 1] = mean + std * (radius * (quarter & 2 ? -y : y));
  }
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);
/** 2^e for e = 0 … 54. */
const powers = Float64Array.from({ length: 55 }, (_, e) => 2 ** e);

/** ln x for 2⁻⁵³ ≤ x ≤ 1. */
function logarithm(x: number): number {
  number[0] = x;
  // The exponent e of x = 2^e·m with √½ ≤ m < √2; the low word decides where the high one is that of √½.
  const shifted = halves[1] - 0x3fe6a09e;
  const e = (shifted - ((shifted & 0xfffff) === 0 && halves[0] < 0x667f3bcd ? 1 : 0)) >> 20;
  const f = x * powers[-e] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * ((0.15313837699209373 * w + 0.22222198432149784) * w + 0.3999999999940942);
  const odd =
    z * (((0.14798198605116586 * w + 0.1818357216161805) * w + 0.2857142874366239) * w + 0.6666666666666735);
  const half = 0.5 * (f * f);
  const low = s * (half + (even + odd)) + e * 1.9082149292705877e-10;
  return e * 0.6931471803691238 - (half - low - f);
}

/** As assembly/lanes/angles.ts. */
function sineNear0(y: number, z: number): number {
  let p = 1.58969099521155e-10 * z - 2.5050760253406863e-8;
  p = (p * z + 0.0000027557313707070068) * z - 0.0001984126982985795;
  p = (p * z + 0.00833333333332249) * z - 0.16666666666666632;
  return y + y * z * p;
}

function cosineNear0(z: number): number {
  let p = -1.1359647557788195e-11 * z + 2.087572321298175e-9;
  p = (p * z - 2.7557314351390663e-7) * z + 0.00002480158728947673;
  p = (p * z - 0.001388888888887411) * z + 0.0416666666666666;
  const half = 0.5 * z;
  const near = 1 - half;
  return near + (1 - near - half + z * z * p);
}
