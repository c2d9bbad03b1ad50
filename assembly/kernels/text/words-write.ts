// wordCount, last step: the words in order as bytes, \n behind each, and their counts. A piece is WORDS_BLOCK words.

import { ENTRY_SHIFT, ENTRY_SLOT, SLOT_ADDRESS, SLOT_COUNT, SLOT_LENGTH, WORDS_BLOCK } from "./sizes";

/** sums[piece] = bytes that the words of the piece take. */
export function words_measure(begin: i32, end: i32, list: usize, length: u32, sums: usize): void {
  for (let piece = begin; piece < end; piece++) {
    const last = min<u32>(length, (piece + 1) * WORDS_BLOCK);
    let sum: u32 = 0;
    for (let i: u32 = piece * WORDS_BLOCK; i < last; i++) {
      sum += load<u32>(load<usize>(list + (<usize>i << ENTRY_SHIFT), ENTRY_SLOT), SLOT_LENGTH) + 1;
    }
    store<u32>(sums + (<usize>piece << 2), sum);
  }
}

/** Writes the words to `to` + starts[piece] … and their counts. */
export function words_write(
  begin: i32, end: i32, list: usize, length: u32, starts: usize, to: usize, counts: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    const last = min<u32>(length, (piece + 1) * WORDS_BLOCK);
    let at = to + load<usize>(starts + (<usize>piece << 2));
    for (let i: u32 = piece * WORDS_BLOCK; i < last; i++) {
      const slot = load<usize>(list + (<usize>i << ENTRY_SHIFT), ENTRY_SLOT);
      const bytes = load<usize>(slot, SLOT_LENGTH);
      memory.copy(at, load<usize>(slot, SLOT_ADDRESS), bytes);
      store<u8>(at + bytes, 10);
      at += bytes + 1;
      store<u32>(counts + (<usize>i << 2), load<u32>(slot, SLOT_COUNT));
    }
  }
}
