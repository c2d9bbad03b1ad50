// Numbers from comma-separated values. A piece is TEXT_BLOCK bytes of the text; a record belongs to the piece that
// it starts in. Where no quote stands in the text, lines are records. Else the state that each piece starts in is
// found first: a piece is run from all four states, and the host joins the answers (Mytkowicz, Musuvathi and
// Schulte 2014, "Data-parallel finite-state machines").
//
//   state       meaning                                on "    on delimiter, \n   on others
//   START       a field starts                         QUOTED  START              PLAIN
//   PLAIN       in a field, quotes are text            PLAIN   START              PLAIN
//   QUOTED      after the opening quote                CLOSED  QUOTED             QUOTED
//   CLOSED      after a quote in QUOTED                QUOTED  START              PLAIN

import { CSV_PIECE_BYTES, CSV_QUOTELESS, CSV_RECORDS, CSV_STATE, CSV_UNREAD, CSV_UNREADS, CSV_WRONG, TEXT_BLOCK } from "./sizes";
import { NUMBER_NAN, NUMBER_OTHER, NUMBER_UNSURE, PLAIN_ROOM, parseNumber, parsePlain, plainEnd } from "./number";

const START: u32 = 0;
const PLAIN: u32 = 1;
const QUOTED: u32 = 2;
const CLOSED: u32 = 3;

// @ts-ignore: decorator
@inline
function nextState(state: u32, byte: u32, delimiter: u32): u32 {
  if (byte == 34) return state == START || state == CLOSED ? QUOTED : state == QUOTED ? CLOSED : PLAIN;
  if (state == QUOTED) return QUOTED;
  return byte == delimiter || byte == 10 ? START : PLAIN;
}

/** The piece's record gets the end states from the four start states, a byte each; all bits where there is no ". */
export function csv_states(begin: i32, end: i32, text: usize, length: u32, delimiter: u32, records: usize): void {
  for (let piece = begin; piece < end; piece++) {
    const first = text + <usize>piece * TEXT_BLOCK;
    const last = text + min<usize>(length, (<usize>piece + 1) * TEXT_BLOCK);
    let at = first;
    let quotes = i8x16.splat(0);
    for (; at + 16 <= last; at += 16) quotes = v128.or(quotes, i8x16.eq(v128.load(at), i8x16.splat(34)));
    let isQuoted = v128.any_true(quotes);
    for (; at < last; at++) isQuoted = isQuoted || load<u8>(at) == 34;
    let states: u32 = -1;
    if (isQuoted) {
      let a: u32 = START, b: u32 = PLAIN, c: u32 = QUOTED, d: u32 = CLOSED;
      for (at = first; at < last; at++) {
        const byte = <u32>load<u8>(at);
        a = nextState(a, byte, delimiter);
        b = nextState(b, byte, delimiter);
        c = nextState(c, byte, delimiter);
        d = nextState(d, byte, delimiter);
      }
      states = a | (b << 8) | (c << 16) | (d << 24);
    }
    store<u32>(records + <usize>piece * CSV_PIECE_BYTES, states, CSV_STATE);
  }
}

/** Where the first record that starts at `at` or after, before `last`, does; `last` if there is none. */
function firstRecord(at: usize, last: usize, text: usize, state: u32, delimiter: u32): usize {
  let now = state;
  let before: u32 = at == text ? 10 : load<u8>(at - 1);
  for (; at < last; at++) {
    if (before == 10 && now == START) return at;
    before = load<u8>(at);
    now = nextState(now, before, delimiter);
  }
  return last;
}

/** Whether an empty line starts here; if so, where it ends. */
// @ts-ignore: decorator
@inline
function afterBlank(at: usize, textEnd: usize): usize {
  if (load<u8>(at) == 10) return at + 1;
  if (at + 1 < textEnd && load<u8>(at) == 13 && load<u8>(at + 1) == 10) return at + 2;
  return at;
}

/** The end of the field at `at`: a delimiter, a \n or the text's end. */
// @ts-ignore: decorator
@inline
function fieldEnd(at: usize, textEnd: usize, delimiter: u32): usize {
  if (at < textEnd && load<u8>(at) == 34) return quotedEnd(at, textEnd, delimiter);
  for (; at < textEnd; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == delimiter || byte == 10) break;
  }
  return at;
}

function quotedEnd(at: usize, textEnd: usize, delimiter: u32): usize {
  let state = START;
  for (; at < textEnd; at++) {
    const byte = <u32>load<u8>(at);
    if (state != QUOTED && state != START && (byte == delimiter || byte == 10)) break;
    state = nextState(state, byte, delimiter);
  }
  return at;
}

/**
 * Counts the records that start at `at` … `last` − 1, where no quote stands in the piece and the text before it is
 * not quoted: lines that are not empty.
 */
function countQuoteless(at: usize, last: usize, text: usize, textEnd: usize): u32 {
  let count: u32 = 0;
  if (at == text && at < last) {
    count = <u32>(afterBlank(at, textEnd) == at);
    at++;
  }
  const newline = i8x16.splat(10), carriage = i8x16.splat(13);
  for (; at + 17 <= last; at += 16) {
    const starts = i8x16.eq(v128.load(at - 1), newline);
    if (!v128.any_true(starts)) continue;
    const here = v128.load(at);
    const blank = v128.or(
      i8x16.eq(here, newline), v128.and(i8x16.eq(here, carriage), i8x16.eq(v128.load(at, 1), newline)),
    );
    count += <u32>popcnt(i8x16.bitmask(v128.andnot(starts, blank)));
  }
  for (; at < last; at++) count += <u32>(load<u8>(at - 1) == 10 && afterBlank(at, textEnd) == at);
  return count;
}

/** Counts the records that start in each piece. */
export function csv_count(begin: i32, end: i32, text: usize, length: u32, delimiter: u32, records: usize): void {
  const textEnd = text + length;
  for (let piece = begin; piece < end; piece++) {
    const record = records + <usize>piece * CSV_PIECE_BYTES;
    const last = min(textEnd, text + (<usize>piece + 1) * TEXT_BLOCK);
    const state = load<u32>(record, CSV_STATE);
    let count: u32 = 0;
    if ((state & CSV_QUOTELESS) != 0 && (state & ~CSV_QUOTELESS) != QUOTED) {
      count = countQuoteless(text + <usize>piece * TEXT_BLOCK, last, text, textEnd);
      store<u32>(record, count, CSV_RECORDS);
      continue;
    }
    let at = firstRecord(text + <usize>piece * TEXT_BLOCK, last, text, state & ~CSV_QUOTELESS, delimiter);
    while (at < last) {
      const next = afterBlank(at, textEnd);
      if (next != at) {
        at = next;
        continue;
      }
      count++;
      while (true) {
        at = fieldEnd(at, textEnd, delimiter);
        if (at >= textEnd || load<u8>(at++) == 10) break;
      }
    }
    store<u32>(record, count, CSV_RECORDS);
  }
}

/**
 * Reads the records that start in each piece into rows of `to`; CSV_RECORDS is now the number of records before the
 * piece. `columns` has `wanted` fields' numbers, `isWanted` a byte for each of `fields`, `rooms` a row of `fields`
 * f64 for each piece.
 */
export function csv_parse(
  begin: i32, end: i32, text: usize, length: u32, delimiter: u32, records: usize, fields: i32, columns: usize, wanted: i32,
  isWanted: usize, rooms: usize, powers: usize, to: usize,
): void {
  const textEnd = text + length;
  // Up to here there is room for parsePlain; nowhere, if the delimiter may be part of a number.
  const isPart = delimiter - 48 < 10 || delimiter == 45 || delimiter == 46;
  const plainLast: usize = isPart || <usize>length < PLAIN_ROOM ? 0 : textEnd - PLAIN_ROOM;
  for (let piece = begin; piece < end; piece++) {
    const record = records + <usize>piece * CSV_PIECE_BYTES;
    const room = rooms + ((<usize>piece * fields) << 3);
    const last = min(textEnd, text + (<usize>piece + 1) * TEXT_BLOCK);
    let at = firstRecord(text + <usize>piece * TEXT_BLOCK, last, text, load<u32>(record, CSV_STATE) & ~CSV_QUOTELESS, delimiter);
    let out = to + ((<usize>load<u32>(record, CSV_RECORDS) * wanted) << 3);
    let unread: u32 = 0;
    store<u32>(record, 0, CSV_WRONG);
    while (at < last) {
      const next = afterBlank(at, textEnd);
      if (next != at) {
        at = next;
        continue;
      }
      const start = at;
      let field = 0;
      while (true) {
        if (field < fields && load<u8>(isWanted + field) && at <= plainLast) {
          const bits = parsePlain(at, delimiter, powers);
          if (bits != NUMBER_OTHER) {
            store<u64>(room + (<usize>field << 3), bits);
            field++;
            at = plainEnd;
            const byte = <u32>load<u8>(at++);
            if (byte == delimiter) continue;
            if (byte == 13) at++;
            break;
          }
        }
        const stop = fieldEnd(at, textEnd, delimiter);
        const isLast = stop >= textEnd || load<u8>(stop) == 10;
        if (field < fields && load<u8>(isWanted + field)) {
          const hasReturn = isLast && stop < textEnd && stop > at && load<u8>(stop - 1) == 13;
          const bits = readField(at, hasReturn ? stop - 1 : stop, delimiter, powers);
          store<u64>(room + (<usize>field << 3), bits == NUMBER_UNSURE ? (<u64>CSV_UNREAD << 32) | <u64>(at - text) : bits);
        }
        field++;
        at = stop + 1;
        if (isLast) break;
      }
      if (field != fields) {
        store<u32>(record, <u32>(start - text) + 1, CSV_WRONG);
        break;
      }
      for (let i = 0; i < wanted; i++, out += 8) {
        const bits = load<u64>(room + (<usize>load<u32>(columns + (<usize>i << 2)) << 3));
        if (bits >> 32 == <u64>CSV_UNREAD) unread++;
        store<u64>(out, bits);
      }
    }
    store<u32>(record, unread, CSV_UNREADS);
  }
}

/** The number that the field is; NUMBER_UNSURE if the host has to read it. */
function readField(at: usize, end: usize, delimiter: u32, powers: usize): u64 {
  if (at < end && load<u8>(at) == 34) {
    // A closing quote at the end and none between: what lies between. All else is rare.
    if (end - at < 2 || load<u8>(end - 1) != 34) return NUMBER_UNSURE;
    for (let inner = at + 1; inner < end - 1; inner++) if (load<u8>(inner) == 34) return NUMBER_UNSURE;
    at++;
    end--;
  }
  while (at < end && (load<u8>(at) == 32 || load<u8>(at) == 9)) at++;
  while (at < end && (load<u8>(end - 1) == 32 || load<u8>(end - 1) == 9)) end--;
  if (at == end) return NUMBER_NAN;
  return parseNumber(at, end, powers);
}
