// Operations on every element in plain JavaScript. The exact ones of Float64Arrays of any length: memory bounds them, and
// copies to the shared heap and back take longer than the loop. exp and the logarithms of short arrays: step by step what assembly/kernels/arrays/logarithms.ts
// does with vectors, so that every result has the kernel's bits (the tests compare the two).

import type { FloatArray, NumArray } from './_check';
import type { MapOperation } from './arrays-map';

/** Up to so many elements the loop is faster than the kernel (measured: Node 20, one core). */
export const PLAIN_COSTLY = 48;

/** A number and its low and high word. */
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** 2^(j/32) as the kernel's table has it. */
const ROOTS = Float64Array.of(
  1.0,
  1.0218971486541166,
  1.0442737824274138,
  1.0671404006768237,
  1.0905077326652577,
  1.1143867425958924,
  1.1387886347566916,
  1.1637248587775775,
  1.189207115002721,
  1.215247359980469,
  1.241857812073484,
  1.2690509571917332,
  1.2968395546510096,
  1.3252366431597413,
  1.3542555469368927,
  1.383909881963832,
  Math.SQRT2,
  1.4451808069770467,
  1.4768261459394993,
  1.5091644275934228,
  1.5422108254079407,
  1.5759808451078865,
  1.6104903319492543,
  1.645755478153965,
  1.681792830507429,
  1.718619298122478,
  1.7562521603732995,
  1.7947090750031072,
  1.8340080864093424,
  1.8741676341103,
  1.9152065613971474,
  1.9571441241754002,
);
/** 2^n for n from -1024 to 1023, exact: products with them are faster than bits put together (two stores, one load). */
let powers: Float64Array | undefined;

function powersOfTwo(): Float64Array {
  const found = new Float64Array(2048);
  found[1024] = 1;
  for (let n = 1; n < 1024; n++) found[1024 + n] = 2 * found[1023 + n];
  for (let n = 1; n <= 1024; n++) found[1024 - n] = found[1025 - n] / 2;
  return found;
}

const STEPS = 46.16624130844683;
const STEP_HIGH = 0.021660849390173098;
const STEP_LOW = 2.325192846878874e-12;
const ROUNDER = 6755399441055744;

/** e^x for |x| ≤ 708. */
function expPlain(x: number, table: Float64Array): number {
  const k = x * STEPS + ROUNDER - ROUNDER;
  const r = x - k * STEP_HIGH - k * STEP_LOW;
  const power = ROOTS[k & 31] * table[(k >> 5) + 1024];
  const r2 = r * r;
  const low = 0.5 + r * (1 / 6);
  const high = 1 / 24 + r * (1 / 120) + r2 * (1 / 720);
  return power + power * (r + r2 * (low + r2 * high));
}

function exp(x: number, table: Float64Array): number {
  if (x >= -708 && x <= 708) return expPlain(x, table);
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const half = expPlain(x * 0.5, table);
  return half * half;
}

/** A positive normal number is 2^k·(1 + f) with √½ ≤ 1 + f < √2: the one by this, the other from it. */
function exponentOf(x: number): number {
  number[0] = x;
  const shifted = words[1] + 0x95f61;
  // The low word decides where the high one's fraction is that of √½.
  const carry = (shifted & 0xfffff) === 0xfffff && words[0] >= 0x667f3bcd ? 1 : 0;
  return ((shifted + carry) >>> 20) - 1023;
}

/** What is added to ½·f² for ln (1 + f), and then taken from f. */
function tailOf(f: number, square: number): number {
  const s = f / (f + 2);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (square + (even + odd));
}

/** ln x of a positive normal number. */
function lnPlain(x: number, table: Float64Array): number {
  const k = exponentOf(x);
  const f = x * table[1024 - k] - 1;
  const square = 0.5 * (f * f);
  return k * 0.6931471803691238 - (square - (tailOf(f, square) + k * 1.9082149292705877e-10) - f);
}

/** The logarithm of a positive normal number to the base 2 (1) or 10 (2). */
function logPlain(x: number, table: Float64Array, base: number): number {
  const k = exponentOf(x);
  const f = x * table[1024 - k] - 1;
  const square = 0.5 * (f * f);
  const ln = f - (square - tailOf(f, square));
  if (base === 1) return k + ln * Math.LOG2E;
  return k * 0.3010299955494702 + (k * 1.1451100898021838e-10 + ln * Math.LOG10E);
}

const LEAST_NORMAL = 2.2250738585072014e-308;

/** The logarithm of anything else. */
function logOdd(x: number, table: Float64Array, base: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return Number.NaN;
  if (x === Infinity) return x;
  const scaled = x * 18014398509481984;
  if (base === 0) return lnPlain(scaled, table) - 54 * Math.LN2;
  return logPlain(scaled, table, base) - 54 * (base === 1 ? 1 : 0.3010299956639812);
}

/** Whether the operation is one of these. */
export function isCostlyHere(op: MapOperation): boolean {
  return op === 'exp' || op === 'log' || op === 'log2' || op === 'log10';
}

/** Does it for every element: a loop each, for one with all of them is too long to be compiled well. */
export function mapCostly(op: MapOperation, a: FloatArray, to: FloatArray): void {
  powers ??= powersOfTwo();
  if (op === 'exp') expAll(a, to, powers);
  else if (op === 'log') lnAll(a, to, powers);
  else logAll(a, to, powers, op === 'log2' ? 1 : 2);
}

function expAll(a: FloatArray, to: FloatArray, table: Float64Array): void {
  for (let i = 0; i < a.length; i++) to[i] = exp(a[i], table);
}

function lnAll(a: FloatArray, to: FloatArray, table: Float64Array): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    to[i] = x >= LEAST_NORMAL && x < Infinity ? lnPlain(x, table) : logOdd(x, table, 0);
  }
}

function logAll(a: FloatArray, to: FloatArray, table: Float64Array, base: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    to[i] = x >= LEAST_NORMAL && x < Infinity ? logPlain(x, table, base) : logOdd(x, table, base);
  }
}

/** A loop each, so that every one is compiled for its operation. Integers wrap as they are stored; see squareWide. */
export const EXACT: ReadonlyMap<string, (a: NumArray, to: NumArray) => void> = new Map([
  [
    'abs',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.abs(a[i]);
    },
  ],
  [
    'neg',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = -a[i];
    },
  ],
  [
    'sign',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.sign(a[i]);
    },
  ],
  [
    'square',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = a[i] * a[i];
    },
  ],
  [
    'sqrt',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.sqrt(a[i]);
    },
  ],
  [
    'reciprocal',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = 1 / a[i];
    },
  ],
  [
    'floor',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.floor(a[i]);
    },
  ],
  [
    'ceil',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.ceil(a[i]);
    },
  ],
  [
    'trunc',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.trunc(a[i]);
    },
  ],
  [
    'round',
    (a, to) => {
      for (let i = 0; i < a.length; i++) to[i] = Math.round(a[i]);
    },
  ],
]);

/** The squares of 32-bit integers, which f64 does not hold. */
export function squareWide(a: NumArray, to: NumArray): void {
  for (let i = 0; i < a.length; i++) to[i] = Math.imul(a[i], a[i]);
}
