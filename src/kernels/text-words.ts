// Counting words; see assembly/kernels/text/words-*.ts for the steps.

import {
  ENTRY_BYTES,
  JOB_BYTES,
  JOB_END,
  JOB_FIRST,
  JOB_PARTS,
  JOB_STOPPED,
  JOB_TABLE,
  MERGE_BYTES,
  MERGE_LENGTH,
  MERGE_LIST,
  MERGE_LOG,
  MERGE_TABLE,
  PAIR_BYTES,
  PART_BITS_MAX,
  SLOT_BYTES,
  WORDS_BLOCK,
} from '../../assembly/kernels/text/sizes';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, type HeapBytes, hasMark, putText, startsOfPieces } from './text-bytes';
import { countWordsPlain, decodeBrief, isBrief, PLAIN_WORDS } from './text-plain';

/**
 * Counts the words of a text: the maximal runs of bytes other than space, tab, line feed, vertical tab, form feed
 * and carriage return. Case and punctuation are kept.
 *
 * @param text UTF-8 bytes, or a string. A leading byte order mark is skipped; invalid bytes are decoded as
 * TextDecoder does, and words that are equal then are one.
 * @returns The counts by word: highest count first, words of one count in the order of their UTF-8 bytes.
 * @throws {TypeError} if `text` is neither bytes nor a string
 * @complexity O(n + words log words)
 * @source open addressing, tables merged by parts of the hash
 * @example
 * ```ts
 * const counts = await wordCount('to be or not to be');
 * console.log([...counts]); // [ [ 'be', 2 ], [ 'to', 2 ], [ 'not', 1 ], [ 'or', 1 ] ]
 * ```
 */
export function wordCount(text: Bytes, options: KernelOptions = {}): Promise<Map<string, number>> {
  return runKernel('wordCount', family, options, (call) => plan(call, text));
}

/** {@link wordCount}, at once. */
export function wordCountSync(text: Bytes, options: KernelOptions = {}): Map<string, number> {
  return runKernelSync('wordCount', family, options, (call) => plan(call, text));
}

// Nanoseconds on one core, measured: a byte counted, an entry merged and sorted, a word written.
const BYTE_NS = 3;
const ENTRY_NS = 100;
const WORD_NS = 20;

// A table's size follows from the text's length alone, so the result's way does too.
const STRETCH_MIN = 65536;
const STRETCH_MAX = 2 ** 21;
const STRETCHES = 32;
const TABLE_LOG_MIN = 10;
const TABLE_LOG_MAX = 16;
/** A part of a table has this many slots at least, so that parts fill evenly. */
const PART_LOG_MIN = 8;

interface Tables {
  addresses: number[];
  /** Words in each part, over all tables. */
  words: Float64Array;
  log: number;
  partBits: number;
}

function* plan(call: KernelCall, value: Bytes): Generator<Phase, Map<string, number>, void> {
  const given = checkBytes(call.kernel, 'text', value);
  if (isBrief(PLAIN_WORDS, given)) {
    const begin = hasMark(given) ? 3 : 0;
    return inOrder(countWordsPlain(decodeBrief(given, begin, given.length)));
  }
  const text = putText(call, 'text', given);
  if (text.length === 0) return new Map();
  const tables = yield* countStretches(call, text);
  const { list, length } = yield* mergeTables(call, tables);
  const pieces = Math.ceil(length / WORDS_BLOCK);
  const sums = call.scratch(4 * pieces);
  yield { fn: 'words_measure', pieces, args: [list, length, sums], costNs: length * WORD_NS };
  const total = startsOfPieces(call, sums, pieces);
  const bytes = call.scratch(total);
  const counts = call.scratch(4 * length);
  yield { fn: 'words_write', pieces, args: [list, length, sums, bytes, counts], costNs: length * WORD_NS };
  return toMap(call.view(Uint8Array, bytes, total), call.view(Uint32Array, counts, length));
}

/** Counts the text's stretches into tables; where a table gets full, the rest of its stretch into another. */
function* countStretches(call: KernelCall, text: HeapBytes): Generator<Phase, Tables, void> {
  const { address, length } = text;
  const stretch = Math.min(STRETCH_MAX, Math.max(STRETCH_MIN, Math.ceil(length / STRETCHES)));
  const log = Math.min(
    TABLE_LOG_MAX,
    Math.max(TABLE_LOG_MIN, Math.ceil(Math.log2(Math.min(length, stretch) / 8))),
  );
  const partBits = Math.min(PART_BITS_MAX, log - PART_LOG_MIN);
  const tables: Tables = { addresses: [], words: new Float64Array(2 ** partBits), log, partBits };
  let todo: Array<{ first: number; end: number }> = [];
  for (let first = 0; first < length; first += stretch)
    todo.push({ first, end: Math.min(length, first + stretch) });
  while (todo.length > 0) {
    const jobs = call.scratch(todo.length * JOB_BYTES);
    const view = call.view(Uint32Array, jobs, (todo.length * JOB_BYTES) / 4);
    let bytes = 0;
    for (let i = 0; i < todo.length; i++) {
      const at = (i * JOB_BYTES) / 4;
      view[at + JOB_FIRST / 4] = todo[i].first;
      view[at + JOB_END / 4] = todo[i].end;
      view[at + JOB_TABLE / 4] = call.scratch(SLOT_BYTES * 2 ** log);
      bytes += todo[i].end - todo[i].first;
    }
    yield {
      fn: 'words_count',
      pieces: todo.length,
      args: [address, length, jobs, log, partBits],
      costNs: bytes * BYTE_NS,
    };
    const rest: typeof todo = [];
    for (let i = 0; i < todo.length; i++) {
      const at = (i * JOB_BYTES) / 4;
      tables.addresses.push(view[at + JOB_TABLE / 4]);
      for (let part = 0; part < 2 ** partBits; part++) tables.words[part] += view[at + JOB_PARTS / 4 + part];
      const stopped = view[at + JOB_STOPPED / 4];
      if (stopped < length) rest.push({ first: stopped, end: todo[i].end });
    }
    todo = rest;
  }
  return tables;
}

/** Merges the tables, part by part, into one sorted list of slots. */
function* mergeTables(
  call: KernelCall,
  { addresses, words, log, partBits }: Tables,
): Generator<Phase, { list: number; length: number }, void> {
  const parts = words.length;
  const merges = call.scratch(parts * MERGE_BYTES);
  const view = call.view(Uint32Array, merges, (parts * MERGE_BYTES) / 4);
  let entries = 0;
  for (let part = 0; part < parts; part++) {
    const at = (part * MERGE_BYTES) / 4;
    const mergeLog = Math.ceil(Math.log2(words[part] * 1.5 + 1));
    view[at + MERGE_TABLE / 4] = call.scratch(4 * 2 ** mergeLog);
    view[at + MERGE_LOG / 4] = mergeLog;
    view[at + MERGE_LIST / 4] = call.scratch(2 * ENTRY_BYTES * words[part]);
    entries += words[part];
  }
  yield {
    fn: 'words_merge',
    pieces: parts,
    args: [call.input(new Uint32Array(addresses)), addresses.length, log, partBits, merges],
    costNs: entries * ENTRY_NS,
  };
  let lists: Array<{ list: number; length: number }> = [];
  let length = 0;
  for (let part = 0; part < parts; part++) {
    const at = (part * MERGE_BYTES) / 4;
    lists.push({ list: view[at + MERGE_LIST / 4], length: view[at + MERGE_LENGTH / 4] });
    length += view[at + MERGE_LENGTH / 4];
  }
  const rooms = [call.scratch(ENTRY_BYTES * length), call.scratch(ENTRY_BYTES * length)];
  for (let round = 0; lists.length > 1; round++) {
    const merged: typeof lists = [];
    const pairs: number[] = [];
    let to = rooms[round % 2];
    for (let i = 0; i < lists.length; i += 2) {
      const a = lists[i];
      const b = lists[i + 1] ?? { list: 0, length: 0 };
      pairs.push(a.list, a.length, b.list, b.length, to);
      merged.push({ list: to, length: a.length + b.length });
      to += ENTRY_BYTES * (a.length + b.length);
    }
    yield {
      fn: 'words_pairs',
      pieces: (pairs.length * 4) / PAIR_BYTES,
      args: [call.input(new Uint32Array(pairs))],
      costNs: length * WORD_NS,
    };
    lists = merged;
  }
  return lists[0];
}

/** Bytes that are decoded at a time. */
const DECODED_AT_ONCE = 2 ** 24;

/** The words, each with \n behind it, and their counts, as a Map in this order. */
function toMap(bytes: Uint8Array, counts: Uint32Array): Map<string, number> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const map = new Map<string, number>();
  let isValid = true;
  let next = 0;
  for (let at = 0; at < bytes.length; ) {
    let end = at + DECODED_AT_ONCE;
    if (end >= bytes.length) end = bytes.length;
    else {
      const last = bytes.lastIndexOf(10, end);
      end = 1 + (last > at ? last : bytes.indexOf(10, end));
    }
    // A copy: browsers decode no shared memory.
    const decoded = decoder.decode(bytes.slice(at, end - 1));
    isValid &&= !decoded.includes('\ufffd');
    for (const word of decoded.split('\n')) map.set(word, (map.get(word) ?? 0) + counts[next++]);
    at = end;
  }
  return isValid ? map : inOrder(map);
}

/** The highest count first. */
function inOrder(counts: Map<string, number>): Map<string, number> {
  return new Map([...counts].sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0])));
}

/** The order of the strings' UTF-8 bytes, which is that of their code points. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for what comes after all other units.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}
