// wordCount, second step: a piece is a part of all tables. Equal words become one, in the slot of the first job
// that has them; the part's list of slots is then sorted, and pairs of lists are merged until one is left.

import {
  ENTRY_BYTES, ENTRY_SHIFT, ENTRY_SLOT, MERGE_BYTES, MERGE_LENGTH, MERGE_LIST, MERGE_LOG, MERGE_TABLE, PAIR_BYTES,
  SLOT_ADDRESS, SLOT_BYTES, SLOT_COUNT, SLOT_HASH, SLOT_LENGTH,
} from "./sizes";
import { isSlotBefore, isWord } from "./words";

/** Merges and sorts the parts begin … end − 1 of `count` tables, whose addresses are listed. */
export function words_merge(
  begin: i32, end: i32, tables: usize, count: i32, log: i32, partBits: i32, merges: usize,
): void {
  const partBytes = <usize>SLOT_BYTES << (log - partBits);
  for (let part = begin; part < end; part++) {
    const merge = merges + <usize>part * MERGE_BYTES;
    const table = load<usize>(merge, MERGE_TABLE);
    const list = load<usize>(merge, MERGE_LIST);
    const mask: u32 = (1 << load<u32>(merge, MERGE_LOG)) - 1;
    memory.fill(table, 0, (<usize>mask + 1) << 2);
    let next = list;
    for (let i = 0; i < count; i++) {
      const first = load<usize>(tables + (<usize>i << 2)) + <usize>part * partBytes;
      for (let slot = first; slot < first + partBytes; slot += SLOT_BYTES) {
        if (load<u32>(slot, SLOT_COUNT) != 0 && isNew(slot, table, mask)) {
          store<usize>(next, slot, ENTRY_SLOT);
          next += ENTRY_BYTES;
        }
      }
    }
    const length = <u32>((next - list) >> ENTRY_SHIFT);
    store<u32>(merge, length, MERGE_LENGTH);
    // Counts are whole only now.
    for (let at = list; at < next; at += ENTRY_BYTES) writeEntry(at, load<usize>(at, ENTRY_SLOT));
    sortList(list, length, next);
  }
}

/** Whether the slot's word was not in the table; it is then, and else its count is added to the one there. */
function isNew(slot: usize, table: usize, mask: u32): bool {
  const key = v128.load(slot);
  const word = load<usize>(slot, SLOT_ADDRESS);
  const length = load<u32>(slot, SLOT_LENGTH);
  const hash = load<u32>(slot, SLOT_HASH);
  let place = hash & mask;
  while (true) {
    const entry = table + (<usize>place << 2);
    const other = load<usize>(entry);
    if (other == 0) {
      store<usize>(entry, slot);
      return true;
    }
    if (isWord(other, key, word, length, hash)) {
      store<u32>(other, load<u32>(other, SLOT_COUNT) + load<u32>(slot, SLOT_COUNT), SLOT_COUNT);
      return false;
    }
    place = (place + 1) & mask;
  }
}

/** Lists of this length are sorted by insertion. */
const RUN: u32 = 8;

// An entry of a list: the count's complement and the word's first 8 bytes, big-endian, in 12 bytes that compare as
// numbers, then the slot. Slots lie all over the tables: most comparisons need none (merging: 4x faster, measured).

// @ts-ignore: decorator
@inline
function writeEntry(at: usize, slot: usize): void {
  const prefix = bswap<u64>(load<u64>(slot));
  store<u64>(at, (<u64>~load<u32>(slot, SLOT_COUNT) << 32) | (prefix >> 32));
  store<u64>(at, (prefix << 32) | <u64>slot, 8);
}

/** The order of the result: the higher count first, then by bytes. */
// @ts-ignore: decorator
@inline
function isBefore(a: usize, b: usize): bool {
  const highA = load<u64>(a), highB = load<u64>(b);
  if (highA != highB) return highA < highB;
  const lowA = load<u32>(a, 12), lowB = load<u32>(b, 12);
  if (lowA != lowB) return lowA < lowB;
  return isSlotBefore(load<usize>(a, ENTRY_SLOT), load<usize>(b, ENTRY_SLOT));
}

/** Sorts the list bottom-up by merging, with `room` for as many entries. */
function sortList(list: usize, length: u32, room: usize): void {
  for (let run: u32 = 0; run < length; run += RUN) {
    insertionSort(list + (<usize>run << ENTRY_SHIFT), min(RUN, length - run));
  }
  let from = list, to = room;
  for (let width = RUN; width < length; width <<= 1) {
    for (let at: u32 = 0; at < length; at += width << 1) {
      const middle = min(at + width, length);
      const end = min(middle + width, length);
      const a = from + (<usize>at << ENTRY_SHIFT);
      const b = from + (<usize>middle << ENTRY_SHIFT);
      mergeLists(a, b, b, from + (<usize>end << ENTRY_SHIFT), to + (<usize>at << ENTRY_SHIFT));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != list) memory.copy(list, from, <usize>length << ENTRY_SHIFT);
}

function insertionSort(list: usize, length: u32): void {
  const end = list + (<usize>length << ENTRY_SHIFT);
  for (let at = list + ENTRY_BYTES; at < end; at += ENTRY_BYTES) {
    const entry = v128.load(at);
    let hole = at;
    // The entry itself stands at `hole` throughout, so that it can be compared there.
    for (; hole > list && isBefore(hole, hole - ENTRY_BYTES); hole -= ENTRY_BYTES) {
      v128.store(hole, v128.load(hole - ENTRY_BYTES));
      v128.store(hole - ENTRY_BYTES, entry);
    }
  }
}

/** to = the sorted lists a … aEnd and b … bEnd, merged. */
function mergeLists(a: usize, aEnd: usize, b: usize, bEnd: usize, to: usize): void {
  while (a < aEnd && b < bEnd) {
    const takeB: usize = isBefore(b, a) ? 1 : 0;
    v128.store(to, v128.load(select(b, a, takeB)));
    b += takeB << ENTRY_SHIFT;
    a += (1 - takeB) << ENTRY_SHIFT;
    to += ENTRY_BYTES;
  }
  memory.copy(to, a, aEnd - a);
  memory.copy(to + (aEnd - a), b, bEnd - b);
}

/** Merges pairs of lists. */
export function words_pairs(begin: i32, end: i32, pairs: usize): void {
  for (let pair = pairs + <usize>begin * PAIR_BYTES; pair < pairs + <usize>end * PAIR_BYTES; pair += PAIR_BYTES) {
    const a = load<usize>(pair), b = load<usize>(pair, 8);
    const aEnd = a + (load<usize>(pair, 4) << ENTRY_SHIFT);
    const bEnd = b + (load<usize>(pair, 12) << ENTRY_SHIFT);
    mergeLists(a, aEnd, b, bEnd, load<usize>(pair, 16));
  }
}
