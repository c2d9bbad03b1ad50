// CRC-32 as zlib has it (polynomial 0xedb88320), sixteen bytes a step by tables (Kounavis and Berry 2005,
// "slicing-by-16"). A piece is TEXT_BLOCK bytes; the host joins the pieces' remainders.

import { TEXT_BLOCK } from "./sizes";

/** Fills the sixteen tables of 256 u32. */
export function crc32_tables(begin: i32, end: i32, tables: usize): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
    store<u32>(tables + (<usize>byte << 2), crc);
  }
  for (let table: usize = 1; table < 16; table++) {
    for (let byte: usize = 0; byte < 256; byte++) {
      const at = tables + (table << 10) + (byte << 2);
      const crc = load<u32>(at - 1024);
      store<u32>(at, (crc >> 8) ^ load<u32>(tables + ((crc & 255) << 2)));
    }
  }
}

/** remainders[piece] = crc32 of the piece alone. */
export function crc32(begin: i32, end: i32, from: usize, length: u32, tables: usize, remainders: usize): void {
  for (let piece = begin; piece < end; piece++) {
    let at = from + <usize>piece * TEXT_BLOCK;
    const last = from + min<usize>(length, (<usize>piece + 1) * TEXT_BLOCK);
    let crc: u32 = 0xffffffff;
    for (; at + 16 <= last; at += 16) {
      crc = slice(tables, 12, load<u32>(at) ^ crc) ^ slice(tables, 8, load<u32>(at, 4))
        ^ slice(tables, 4, load<u32>(at, 8)) ^ slice(tables, 0, load<u32>(at, 12));
    }
    for (; at < last; at++) crc = (crc >> 8) ^ load<u32>(tables + (((crc ^ load<u8>(at)) & 255) << 2));
    store<u32>(remainders + (<usize>piece << 2), ~crc);
  }
}

/** What four bytes give that have `behind` bytes behind them in the step. */
// @ts-ignore: decorator
@inline
function slice(tables: usize, behind: usize, word: u32): u32 {
  const base = tables + (behind << 10);
  return load<u32>(base + ((word & 255) << 2), 3072) ^ load<u32>(base + (((word >> 8) & 255) << 2), 2048)
    ^ load<u32>(base + (((word >> 16) & 255) << 2), 1024) ^ load<u32>(base + ((word >> 24) << 2));
}
