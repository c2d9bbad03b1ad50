// Lines of a text. A piece is TEXT_BLOCK bytes; a line belongs to the piece that its \n lies in.

import { TEXT_BLOCK } from "./sizes";

/** A bit for each of the 64 bytes at `at` that is \n. */
// @ts-ignore: decorator
@inline
function newlines64(at: usize): u64 {
  return newlines16(at) | (newlines16(at + 16) << 16) | (newlines16(at + 32) << 32) | (newlines16(at + 48) << 48);
}

// @ts-ignore: decorator
@inline
function newlines16(at: usize): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(10)));
}

/** counts[piece] = how many \n lie in it. */
export function lines_count(begin: i32, end: i32, text: usize, length: u32, counts: usize): void {
  for (let piece = begin; piece < end; piece++) {
    let at = text + <usize>piece * TEXT_BLOCK;
    const last = text + min<usize>(length, (<usize>piece + 1) * TEXT_BLOCK);
    let count: u32 = 0;
    while (at + 16 <= last) {
      // Bytes count to 255 at most before they are summed.
      const stop = at + min<usize>(255 * 16, (last - at) & ~15);
      let sums = i8x16.splat(0);
      for (; at < stop; at += 16) sums = i8x16.sub(sums, i8x16.eq(v128.load(at), i8x16.splat(10)));
      const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sums));
      count += i32x4.extract_lane(wide, 0) + i32x4.extract_lane(wide, 1)
        + i32x4.extract_lane(wide, 2) + i32x4.extract_lane(wide, 3);
    }
    for (; at < last; at++) count += u32(load<u8>(at) == 10);
    store<u32>(counts + (<usize>piece << 2), count);
  }
}

/**
 * Writes where lines start and end: with indices[piece] lines before the piece, each \n at p ends the line of
 * that index (before a \r, if one stands there) and starts the next, at p + 1, if it is one of `lines`.
 * Addresses are told from `base`.
 */
export function lines_split(
  begin: i32, end: i32, text: usize, length: u32, base: u32, indices: usize, starts: usize, ends: usize, lines: u32,
): void {
  for (let piece = begin; piece < end; piece++) {
    let index = load<u32>(indices + (<usize>piece << 2));
    let at = text + <usize>piece * TEXT_BLOCK;
    const last = text + min<usize>(length, (<usize>piece + 1) * TEXT_BLOCK);
    for (; at + 64 <= last; at += 64) {
      for (let mask = newlines64(at); mask != 0; mask &= mask - 1) {
        endLine(at + <usize>ctz(mask), text, base, index++, starts, ends, lines);
      }
    }
    for (; at < last; at++) if (load<u8>(at) == 10) endLine(at, text, base, index++, starts, ends, lines);
  }
}

// @ts-ignore: decorator
@inline
function endLine(at: usize, text: usize, base: u32, index: u32, starts: usize, ends: usize, lines: u32): void {
  const offset = <u32>(at - text) + base;
  store<u32>(ends + (<usize>index << 2), at > text && load<u8>(at - 1) == 13 ? offset - 1 : offset);
  if (index + 1 < lines) store<u32>(starts + (<usize>index << 2), offset + 1, 4);
}
