// wordCount, first step: a piece is a job, a stretch of the text whose words are counted into a hash table of its
// own (open addressing; parts by the hash's high bits, so that a part of all tables can be merged by one thread).
// A word belongs to the stretch that it starts in. A job whose table is full stops, and says where.

import {
  JOB_BYTES, JOB_END, JOB_FIRST, JOB_PARTS, JOB_STOPPED, JOB_TABLE, SLOT_ADDRESS, SLOT_BYTES, SLOT_COUNT, SLOT_HASH,
  SLOT_LENGTH,
} from "./sizes";
import { isSpace, isWord, spaces64, wordHash, wordKey } from "./words";

/** Runs the jobs on tables of 1 << log slots in 1 << partBits parts. */
export function words_count(
  begin: i32, end: i32, text: usize, length: u32, jobs: usize, log: i32, partBits: i32,
): void {
  for (let job = begin; job < end; job++) countJob(jobs + <usize>job * JOB_BYTES, text, length, log, partBits);
}

function countJob(job: usize, text: usize, length: u32, log: i32, partBits: i32): void {
  const table = load<usize>(job, JOB_TABLE);
  memory.fill(table, 0, <usize>SLOT_BYTES << log);
  memory.fill(job + JOB_PARTS, 0, <usize>4 << partBits);
  const textEnd = text + length;
  const end = text + load<u32>(job, JOB_END);
  let at = text + load<u32>(job, JOB_FIRST);
  // Inside a word that started before, there is nothing to count until it ends.
  let before: u64 = at == text || isSpace(load<u8>(at - 1)) ? 1 : 0;
  let isInside = before == 0;
  let word: usize = 0;
  while (true) {
    const mask = spaces64(at, textEnd);
    let edges = mask ^ ((mask << 1) | before);
    before = mask >> 63;
    while (edges != 0) {
      const edge = at + <usize>ctz(edges);
      edges &= edges - 1;
      if (isInside) {
        isInside = false;
        if (word != 0 && !countWord(table, word, <u32>(edge - word), textEnd, job, log, partBits)) {
          return store<u32>(job, <u32>(word - text), JOB_STOPPED);
        }
      } else {
        if (edge >= end) return store<u32>(job, length, JOB_STOPPED);
        isInside = true;
        word = edge;
      }
    }
    at += 64;
    if (at >= textEnd) {
      if (isInside && word != 0 && !countWord(table, word, <u32>(textEnd - word), textEnd, job, log, partBits)) {
        return store<u32>(job, <u32>(word - text), JOB_STOPPED);
      }
      return store<u32>(job, length, JOB_STOPPED);
    }
    if (!isInside && at >= end) return store<u32>(job, length, JOB_STOPPED);
  }
}

/** Counts the word; false if it is new and its part of the table has no room for it. */
// @ts-ignore: decorator
@inline
function countWord(
  table: usize, word: usize, length: u32, textEnd: usize, job: usize, log: i32, partBits: i32,
): bool {
  const key = wordKey(word, length, textEnd);
  const hash = wordHash(key, word, length);
  const part = <u32>(<u64>hash >> (32 - partBits));
  const slots: u32 = 1 << (log - partBits);
  const base = table + (<usize>part << (log - partBits)) * SLOT_BYTES;
  let place = hash & (slots - 1);
  while (true) {
    const slot = base + <usize>place * SLOT_BYTES;
    const count = load<u32>(slot, SLOT_COUNT);
    if (count == 0) {
      const used = job + JOB_PARTS + (<usize>part << 2);
      if (load<u32>(used) * 4 >= slots * 3) return false;
      store<u32>(used, load<u32>(used) + 1);
      v128.store(slot, key);
      store<usize>(slot, word, SLOT_ADDRESS);
      store<u32>(slot, length, SLOT_LENGTH);
      store<u32>(slot, 1, SLOT_COUNT);
      store<u32>(slot, hash, SLOT_HASH);
      return true;
    }
    if (isWord(slot, key, word, length, hash)) {
      store<u32>(slot, count + 1, SLOT_COUNT);
      return true;
    }
    place = (place + 1) & (slots - 1);
  }
}
