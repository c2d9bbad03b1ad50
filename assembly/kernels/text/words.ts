// Words and their slots, as all steps of wordCount see them.

import { SLOT_ADDRESS, SLOT_HASH, SLOT_LENGTH } from "./sizes";

/** Whether the byte separates words: space, \t \n \v \f \r. */
// @ts-ignore: decorator
@inline
export function isSpace(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

/** A bit for each of the 16 bytes at `at` that separates words. */
// @ts-ignore: decorator
@inline
export function spaces16(at: usize): u64 {
  const bytes = v128.load(at);
  const control = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5));
  return <u64>i8x16.bitmask(v128.or(control, i8x16.eq(bytes, i8x16.splat(32))));
}

/** A bit for each of the 64 bytes at `at` that separates words; bytes from `end` on do. */
// @ts-ignore: decorator
@inline
export function spaces64(at: usize, end: usize): u64 {
  if (at + 64 <= end) {
    return spaces16(at) | (spaces16(at + 16) << 16) | (spaces16(at + 32) << 32) | (spaces16(at + 48) << 48);
  }
  return spacesAtEnd(at, end);
}

function spacesAtEnd(at: usize, end: usize): u64 {
  let mask: u64 = -1;
  for (let bit: usize = 0; at + bit < end; bit++) {
    if (!isSpace(load<u8>(at + bit))) mask ^= <u64>1 << bit;
  }
  return mask;
}

/** The word's first 16 bytes, zeros behind its end; reads nothing behind the text's. */
// @ts-ignore: decorator
@inline
export function wordKey(word: usize, length: u32, textEnd: usize): v128 {
  if (word + 16 > textEnd) return wordKeyAtEnd(word, length);
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(v128.load(word), i8x16.lt_u(places, i8x16.splat(<i8>min<u32>(length, 16))));
}

function wordKeyAtEnd(word: usize, length: u32): v128 {
  let low: u64 = 0, high: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u64>load<u8>(word + i);
    if (i < 8) low |= byte << (i << 3);
    else high |= byte << ((i - 8) << 3);
  }
  return i64x2.replace_lane(i64x2.splat(low), 1, high);
}

// Multipliers with many bits at no pattern: primes of xxHash (Collet) and of rrmxmx (Evensen).
const MIX_LOW: u64 = 0x9e3779b185ebca87;
const MIX_HIGH: u64 = 0xc2b2ae3d27d4eb4f;
const MIX_LAST: u64 = 0x9fb21c651e98df25;

/** A hash of the word: high bits name its part, low bits its place there. */
// @ts-ignore: decorator
@inline
export function wordHash(key: v128, word: usize, length: u32): u32 {
  const low = (i64x2.extract_lane(key, 0) ^ <u64>length) * MIX_LOW;
  const high = i64x2.extract_lane(key, 1) * MIX_HIGH;
  let hash = low ^ rotl<u64>(high, 29) ^ (low >> 32);
  if (length > 16) hash = longHash(hash, word, length);
  hash *= MIX_LAST;
  hash ^= hash >> 29;
  return <u32>((hash * MIX_LOW) >> 32);
}

function longHash(seed: u64, word: usize, length: u32): u64 {
  let hash = seed;
  const last = word + length - 8;
  for (let at = word + 16; at < last; at += 8) {
    hash = (hash ^ load<u64>(at)) * MIX_LAST;
    hash ^= hash >> 29;
  }
  hash = (hash ^ load<u64>(last)) * MIX_HIGH;
  return hash ^ (hash >> 32);
}

/** Whether the slot holds the word. */
// @ts-ignore: decorator
@inline
export function isWord(slot: usize, key: v128, word: usize, length: u32, hash: u32): bool {
  return load<u32>(slot, SLOT_HASH) == hash
    && load<u32>(slot, SLOT_LENGTH) == length
    && i64x2.all_true(i64x2.eq(v128.load(slot), key))
    && (length <= 16 || memory.compare(load<usize>(slot, SLOT_ADDRESS) + 16, word + 16, length - 16) == 0);
}

/** The order of two words of one count whose first 8 bytes are equal: by the bytes after them. */
export function isSlotBefore(a: usize, b: usize): bool {
  const highA = load<u64>(a, 8), highB = load<u64>(b, 8);
  if (highA != highB) return bswap<u64>(highA) < bswap<u64>(highB);
  const lengthA = load<u32>(a, SLOT_LENGTH), lengthB = load<u32>(b, SLOT_LENGTH);
  if (lengthA > 16 && lengthB > 16) {
    const order = memory.compare(
      load<usize>(a, SLOT_ADDRESS) + 16, load<usize>(b, SLOT_ADDRESS) + 16, min(lengthA, lengthB) - 16,
    );
    if (order != 0) return order < 0;
  }
  return lengthA < lengthB;
}
