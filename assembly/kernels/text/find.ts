// Occurrences of a pattern, overlapping ones too: places where its first and last byte stand are found 16 at a time
// and compared (Muła, "SIMD-friendly algorithms for substring searching"). A piece is TEXT_BLOCK places.

import { FIND_FIRSTS, TEXT_BLOCK } from "./sizes";

/** counts[piece] = how many occurrences start in it; the first FIND_FIRSTS of them stand in a row of `firsts`. */
export function find_count(
  begin: i32, end: i32, text: usize, places: u32, pattern: usize, length: u32, counts: usize, firsts: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    const row = firsts + <usize>piece * (FIND_FIRSTS * 4);
    store<u32>(counts + (<usize>piece << 2), search(piece, text, places, pattern, length, row, FIND_FIRSTS, true));
  }
}

/**
 * Writes the occurrences of each piece from result[indices[piece]] on, up to result[indices[piece + 1] − 1] and
 * result[limit − 1]; few of them from `firsts`.
 */
export function find_write(
  begin: i32, end: i32, text: usize, places: u32, pattern: usize, length: u32, indices: usize, firsts: usize,
  result: usize, limit: u32,
): void {
  for (let piece = begin; piece < end; piece++) {
    const index = load<u32>(indices + (<usize>piece << 2));
    if (index >= limit) break;
    const count = min(limit, load<u32>(indices + (<usize>piece << 2), 4)) - index;
    const to = result + (<usize>index << 2);
    if (count <= FIND_FIRSTS) memory.copy(to, firsts + <usize>piece * (FIND_FIRSTS * 4), <usize>count << 2);
    else search(piece, text, places, pattern, length, to, count, false);
  }
}

/** Writes the first `limit` occurrences in the piece, and counts all of them if it is to. */
function search(
  piece: i32, text: usize, places: u32, pattern: usize, length: u32, result: usize, limit: u32, countsAll: bool,
): u32 {
  const first = i8x16.splat(load<i8>(pattern));
  const final = i8x16.splat(load<i8>(pattern + length - 1));
  const middle = length > 2 ? length - 2 : 0;
  let at = text + <usize>piece * TEXT_BLOCK;
  const last = text + min<usize>(places, (<usize>piece + 1) * TEXT_BLOCK);
  const textEnd = text + places + length - 1;
  let count: u32 = 0;
  // Where the vectors of both ends lie inside.
  const inside = min(last, textEnd > text + length + 31 ? textEnd - length - 31 : 0);
  for (; at < last; at += 16) {
    for (; at < inside; at += 32) {
      const here = v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), final));
      const next = v128.and(i8x16.eq(v128.load(at, 16), first), i8x16.eq(v128.load(at + length - 1, 16), final));
      if (v128.any_true(v128.or(here, next))) break;
    }
    if (at >= last) break;
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
    for (; mask != 0; mask &= mask - 1) {
      const place = at + <usize>ctz(mask);
      if (middle != 0 && load<u8>(place, 1) != load<u8>(pattern, 1)) continue;
      if (middle > 1 && memory.compare(place + 2, pattern + 2, middle - 1) != 0) continue;
      if (count < limit) store<u32>(result + (<usize>count << 2), <u32>(place - text));
      else if (!countsAll) return count;
      count++;
    }
  }
  return count;
}
