// Short texts off the shared heap, in plain JavaScript: a call of a kernel takes longer.

import { isOnHeap } from '../heap/views';
import { arrayType } from './_check';
import { NONE } from './_plan';

type Text = Uint8Array | Uint8ClampedArray;

// Up to so many bytes the loop is faster than the kernel (measured: Node 20, one core).
export const PLAIN_LINES = 1000;
export const PLAIN_FIND = 1500;
export const PLAIN_CRC = 2000;
export const PLAIN_WORDS = 400;
export const PLAIN_CSV = 250;

/** Whether the text is short and lies off the heap. */
export function isBrief(bytes: number, text: Text): boolean {
  return text.length <= bytes && !isOnHeap(text);
}

/** Whether a call has no options and its text is a short Uint8Array off the heap: of it there is nothing to check. */
export function isBareText(options: object, bytes: number, text: unknown): text is Uint8Array {
  return options === NONE && arrayType(text) === 'Uint8Array' && isBrief(bytes, text as Uint8Array);
}

/** How many lines there are from `begin` on. */
export function countLinesPlain(text: Text, begin: number): number {
  let lines = 0;
  for (let i = begin; i < text.length; i++) if (text[i] === 10) lines++;
  return text.length > begin && text[text.length - 1] !== 10 ? lines + 1 : lines;
}

export function splitLinesPlain(text: Text, begin: number): { starts: Uint32Array; ends: Uint32Array } {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = begin; start < text.length; ) {
    const found = text.indexOf(10, start);
    const end = found < 0 ? text.length : found;
    starts.push(start);
    ends.push(found > start && text[found - 1] === 13 ? found - 1 : end);
    start = end + 1;
  }
  return { starts: new Uint32Array(starts), ends: new Uint32Array(ends) };
}

/** The first `limit` offsets of the pattern. */
export function findPlain(text: Text, pattern: Text, limit: number): Uint32Array {
  const found: number[] = [];
  const first = pattern[0];
  const last = text.length - pattern.length;
  for (let i = 0; i <= last && found.length < limit; i++) {
    if (text[i] !== first) continue;
    let j = 1;
    while (j < pattern.length && text[i + j] === pattern[j]) j++;
    if (j === pattern.length) found.push(i);
  }
  return new Uint32Array(found);
}

let crcTable: Uint32Array | undefined;

/** The remainder after the bytes, byte by byte (Sarwate 1988). */
export function crc32Plain(bytes: Text, before: number): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    return remainder;
  });
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

/** The text from `begin` to `end`, which lies off the heap, as TextDecoder decodes it. */
export function decodeBrief(bytes: Text, begin: number, end: number): string {
  for (let i = begin; i < end; i++) {
    if (bytes[i] > 127) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(begin, end));
  }
  return String.fromCharCode.apply(null, bytes.subarray(begin, end) as never);
}

/** How often each word comes, in the order of first appearance. */
export function countWordsPlain(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at < text.length; ) {
    const begin = at;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 32 || (unit >= 9 && unit <= 13)) break;
    }
    if (at > begin) {
      const word = text.slice(begin, at);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    at++;
  }
  return counts;
}
