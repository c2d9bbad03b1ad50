// Streams of random numbers: element e of a stream depends on seed, stream and e alone. A piece is RANDOM_BLOCK
// elements, counted from the last element before `offset` that starts four blocks; `rooms` has ROOM_BYTES a piece.

import { cosineNear0, sineNear0, step } from "manyhands/assembly/lanes/angles";
import { RANDOM_BLOCK } from "./sizes";
import { PHILOX_BYTES, philox4 } from "./philox";

/** Words of four blocks, then the 16 elements at most that they give, as f64. */
const ROOM_BYTES: usize = 192;

/** Uniform numbers, to = low + span·u; f32 if `isSingle`. */
export function random_uniform(
  begin: i32, end: i32, to: usize, length: f64, offset: f64, keyLow: i32, keyHigh: i32, streamLow: i32, streamHigh: i32,
  low: f64, span: f64, isSingle: i32, rooms: usize,
): void {
  const perGroup: i64 = isSingle ? 16 : 8;
  const origin = <i64>offset & ~(perGroup - 1);
  const skipped = <i64>offset - origin;
  for (let piece = begin; piece < end; piece++) {
    const room = rooms + <usize>piece * ROOM_BYTES;
    const values = room + PHILOX_BYTES;
    // In elements of the result: those before its start are not written.
    let at = <i64>piece * RANDOM_BLOCK - skipped;
    const last = min(<i64>length, at + RANDOM_BLOCK);
    for (; at < last; at += perGroup) {
      const block = <u64>(origin + skipped + at) >> (isSingle ? 2 : 1);
      philox4(block, streamLow, streamHigh, keyLow, keyHigh, room);
      const isWhole = at >= 0 && at + perGroup <= last;
      if (isSingle) {
        uniform16(room, values, low, span);
        copySingle(values, to, at, last);
      } else {
        const out = isWhole ? to + (<usize>at << 3) : values;
        uniform8(room, out, low, span);
        if (!isWhole) copyDouble(values, to, at, last);
      }
    }
  }
}

/** Normal numbers, to = mean + std·z (Box and Muller 1958); f32 if `isSingle`. */
export function random_normal(
  begin: i32, end: i32, to: usize, length: f64, offset: f64, keyLow: i32, keyHigh: i32, streamLow: i32, streamHigh: i32,
  mean: f64, std: f64, isSingle: i32, rooms: usize,
): void {
  const origin = <i64>offset & ~7;
  const skipped = <i64>offset - origin;
  for (let piece = begin; piece < end; piece++) {
    const room = rooms + <usize>piece * ROOM_BYTES;
    const values = room + PHILOX_BYTES;
    let at = <i64>piece * RANDOM_BLOCK - skipped;
    const last = min(<i64>length, at + RANDOM_BLOCK);
    for (; at < last; at += 8) {
      philox4(<u64>(origin + skipped + at) >> 1, streamLow, streamHigh, keyLow, keyHigh, room);
      const isWhole = !isSingle && at >= 0 && at + 8 <= last;
      const out = isWhole ? to + (<usize>at << 3) : values;
      normal4(unit(room, 16, 0, 0), unit(room, 48, 32, 0), mean, std, out);
      normal4(unit(room, 16, 0, 8), unit(room, 48, 32, 8), mean, std, out + 32);
      if (isSingle) copySingle8(values, to, at, last);
      else if (!isWhole) copyDouble(values, to, at, last);
    }
  }
}

/** (high·2²¹ + (low >>> 11))·2⁻⁵³ of two blocks: exact. */
// @ts-ignore: decorator
@inline
function unit(words: usize, high: usize, low: usize, lanes: usize): v128 {
  const h = f64x2.convert_low_i32x4_u(v128.load64_zero(words + high + lanes));
  const l = f64x2.convert_low_i32x4_u(i32x4.shr_u(v128.load64_zero(words + low + lanes), 11));
  return f64x2.mul(f64x2.add(f64x2.mul(h, f64x2.splat(2097152)), l), f64x2.splat(1.1102230246251565e-16));
}

// @ts-ignore: decorator
@inline
function uniform8(words: usize, to: usize, low: f64, span: f64): void {
  pairs(to, unit(words, 16, 0, 0), unit(words, 48, 32, 0), low, span);
  pairs(to + 32, unit(words, 16, 0, 8), unit(words, 48, 32, 8), low, span);
}

/** Stores the first and second elements of two blocks in turn, scaled. */
// @ts-ignore: decorator
@inline
function pairs(to: usize, first: v128, second: v128, low: f64, span: f64): void {
  const a = f64x2.add(f64x2.splat(low), f64x2.mul(f64x2.splat(span), first));
  const b = f64x2.add(f64x2.splat(low), f64x2.mul(f64x2.splat(span), second));
  v128.store(to, i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to, i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 16);
}

/** (x >>> 8)·2⁻²⁴ of the 16 words in the order of the stream, scaled in f64, stored as f32. */
function uniform16(words: usize, to: usize, low: f64, span: f64): void {
  for (let block: usize = 0; block < 4; block++) {
    for (let word: usize = 0; word < 4; word++) {
      const u = <f64>(load<u32>(words + (word << 4) + (block << 2)) >> 8) * 5.960464477539063e-8;
      store<f32>(to + (block << 4) + (word << 2), <f32>(low + span * u));
    }
  }
}

/** Copies of the 16 f32 those that lie in the result. */
// @ts-ignore: decorator
@inline
function copySingle(values: usize, to: usize, at: i64, last: i64): void {
  if (at >= 0 && at + 16 <= last) {
    const out = to + (<usize>at << 2);
    v128.store(out, v128.load(values));
    v128.store(out, v128.load(values, 16), 16);
    v128.store(out, v128.load(values, 32), 32);
    v128.store(out, v128.load(values, 48), 48);
    return;
  }
  for (let i: i64 = 0; i < 16; i++) {
    if (at + i >= 0 && at + i < last) store<f32>(to + (<usize>(at + i) << 2), load<f32>(values + (<usize>i << 2)));
  }
}

function copySingle8(values: usize, to: usize, at: i64, last: i64): void {
  for (let i: i64 = 0; i < 8; i++) {
    if (at + i >= 0 && at + i < last) store<f32>(to + (<usize>(at + i) << 2), <f32>load<f64>(values + (<usize>i << 3)));
  }
}

function copyDouble(values: usize, to: usize, at: i64, last: i64): void {
  for (let i: i64 = 0; i < 8; i++) {
    if (at + i >= 0 && at + i < last) store<f64>(to + (<usize>(at + i) << 3), load<f64>(values + (<usize>i << 3)));
  }
}

/** The normal numbers of two blocks. */
// @ts-ignore: decorator
@inline
function normal4(u: v128, v: v128, mean: f64, std: f64, to: usize): void {
  const radius = f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logarithm(f64x2.sub(f64x2.splat(1), u))));
  // v is a quarter turn `quarter` and a rest of at most an eighth turn to either side, which is exact.
  const quarter = f64x2.nearest(f64x2.mul(v, f64x2.splat(4)));
  const angle = f64x2.mul(f64x2.sub(v, f64x2.mul(quarter, f64x2.splat(0.25))), f64x2.splat(6.283185307179586));
  const square = f64x2.mul(angle, angle);
  const sine = sineNear0(angle, square);
  const cosine = cosineNear0(square);
  const count = i32x4.trunc_sat_f64x2_s_zero(quarter);
  const wide = i64x2.extend_low_i32x4_s(count);
  const isOdd = i64x2.ne(v128.and(wide, i64x2.splat(1)), i64x2.splat(0));
  const sineSign = i64x2.shl(v128.and(wide, i64x2.splat(2)), 62);
  const cosineSign = i64x2.shl(v128.and(i64x2.add(wide, i64x2.splat(1)), i64x2.splat(2)), 62);
  const x = f64x2.mul(radius, v128.xor(v128.bitselect(sine, cosine, isOdd), cosineSign));
  const y = f64x2.mul(radius, v128.xor(v128.bitselect(cosine, sine, isOdd), sineSign));
  pairs(to, x, y, mean, std);
}

/** ln x for 0 < x ≤ 1, normal: FreeBSD's e_log (Sun 1993) without its special cases. */
// @ts-ignore: decorator
@inline
function logarithm(x: v128): v128 {
  // x = 2^e·m with √½ ≤ m < √2.
  const shifted = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const exponent = i64x2.shr_s(shifted, 52);
  const m = i64x2.sub(x, i64x2.shl(exponent, 52));
  const e = f64x2.convert_low_i32x4_s(i8x16.shuffle(exponent, exponent, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11));
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const even = f64x2.mul(w, step(w, step(w, f64x2.splat(0.1531383769920937332), 0.2222219843214978396), 0.3999999999940941908));
  const odd = f64x2.mul(z, step(w, step(w, step(w, f64x2.splat(0.1479819860511658591), 0.1818357216161805012), 0.2857142874366239149), 0.6666666666666735130));
  const half = f64x2.mul(f64x2.splat(0.5), f64x2.mul(f, f));
  const rest = f64x2.mul(s, f64x2.add(half, f64x2.add(even, odd)));
  // e·ln 2 in two parts, the high one exact.
  const low = f64x2.add(rest, f64x2.mul(e, f64x2.splat(1.90821492927058770002e-10)));
  const high = f64x2.mul(e, f64x2.splat(6.93147180369123816490e-1));
  return f64x2.sub(high, f64x2.sub(f64x2.sub(half, low), f));
}
