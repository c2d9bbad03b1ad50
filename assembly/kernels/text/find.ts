// Occurrences of a pattern, overlapping ones too: places where its first and last byte stand are found 16 at a time
// and compared (Muła, "SIMD-friendly algorithms for substring searching"). A piece is TEXT_BLOCK places.

import { TEXT_BLOCK } from "./sizes";

/** counts[piece] = how many occurrences start in it. */
export function find_count(
  begin: i32, end: i32, text: usize, places: u32, pattern: usize, length: u32, counts: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    store<u32>(counts + (<usize>piece << 2), search(piece, text, places, pattern, length, 0, 0));
  }
}

/** Writes the occurrences of each piece from result[indices[piece]] on, up to result[limit − 1]. */
export function find_write(
  begin: i32, end: i32, text: usize, places: u32, pattern: usize, length: u32, indices: usize, result: usize, limit: u32,
): void {
  for (let piece = begin; piece < end; piece++) {
    const index = load<u32>(indices + (<usize>piece << 2));
    if (index < limit) search(piece, text, places, pattern, length, result + (<usize>index << 2), limit - index);
  }
}

/** Counts the occurrences in the piece, or writes the first `limit` of them if there is a `result`. */
function search(
  piece: i32, text: usize, places: u32, pattern: usize, length: u32, result: usize, limit: u32,
): u32 {
  const first = i8x16.splat(load<i8>(pattern));
  const final = i8x16.splat(load<i8>(pattern + length - 1));
  const middle = length > 2 ? length - 2 : 0;
  let at = text + <usize>piece * TEXT_BLOCK;
  const last = text + min<usize>(places, (<usize>piece + 1) * TEXT_BLOCK);
  const textEnd = text + places + length - 1;
  let count: u32 = 0;
  for (; at < last; at += 16) {
    let mask: u32;
    if (at + 16 + length - 1 <= textEnd) {
      mask = i8x16.bitmask(
        v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), final)),
      );
    } else {
      mask = 0;
      for (let bit: usize = 0; at + bit < last; bit++) {
        if (load<u8>(at + bit) == load<u8>(pattern) && load<u8>(at + bit + length - 1) == load<u8>(pattern + length - 1)) {
          mask |= 1 << bit;
        }
      }
    }
    if (at + 16 > last) mask &= (1 << <u32>(last - at)) - 1;
    if (result == 0 && middle == 0) {
      count += popcnt(mask);
      continue;
    }
    for (; mask != 0; mask &= mask - 1) {
      const place = at + <usize>ctz(mask);
      if (middle != 0 && memory.compare(place + 1, pattern + 1, middle) != 0) continue;
      if (result != 0) {
        if (count == limit) return count;
        store<u32>(result + (<usize>count << 2), <u32>(place - text));
      }
      count++;
    }
  }
  return count;
}
