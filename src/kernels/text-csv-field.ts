// Fields of comma-separated values, one at a time: the header, and what the kernels leave to the host.

/** A field and where the next one starts. */
export interface CsvField {
  /** Unquoted, not trimmed. */
  text: string;
  next: number;
  /** Whether its record ends with it. */
  isLast: boolean;
}

type CsvBytes = Uint8Array | Uint8ClampedArray;

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** Reads the field that starts at `at`; quotes as in Python's csv module. */
export function readCsvField(bytes: CsvBytes, at: number, delimiter: number): CsvField {
  if (bytes[at] !== QUOTE) {
    let end = at;
    let seen = 0;
    for (; end < bytes.length && bytes[end] !== delimiter && bytes[end] !== NEWLINE; end++)
      seen |= bytes[end];
    if (seen < 128) {
      const isLast = end >= bytes.length || bytes[end] === NEWLINE;
      const stop = bytes[end] === NEWLINE && end > at && bytes[end - 1] === RETURN ? end - 1 : end;
      return { text: ascii(bytes, at, stop), next: end + 1, isLast };
    }
  }
  const content: number[] = [];
  let isQuoted = false;
  let i = at;
  if (bytes[i] === QUOTE) {
    isQuoted = true;
    i++;
  }
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isQuoted) {
      if (byte !== QUOTE) content.push(byte);
      else if (bytes[i + 1] === QUOTE) content.push(bytes[++i]);
      else isQuoted = false;
    } else {
      if (byte === delimiter || byte === NEWLINE) break;
      content.push(byte);
    }
  }
  const isLast = i >= bytes.length || bytes[i] === NEWLINE;
  if (bytes[i] === NEWLINE && bytes[i - 1] === RETURN && i > at) content.pop();
  return {
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(content)),
    next: i + 1,
    isLast,
  };
}

/** Bytes below 128 as text: for some the loop is faster than a decoder. */
function ascii(bytes: CsvBytes, begin: number, end: number): string {
  let text = '';
  let i = begin;
  for (; i + 6 <= end; i += 6) {
    text += String.fromCharCode(
      bytes[i],
      bytes[i + 1],
      bytes[i + 2],
      bytes[i + 3],
      bytes[i + 4],
      bytes[i + 5],
    );
  }
  for (; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/** Where the first record from `at` on starts: blank lines are skipped. */
export function skipBlankLines(bytes: CsvBytes, at: number): number {
  let i = at;
  while (i < bytes.length) {
    if (bytes[i] === NEWLINE) i++;
    else if (bytes[i] === RETURN && bytes[i + 1] === NEWLINE) i += 2;
    else break;
  }
  return i;
}

/** The fields of the record that starts at `at`, and where the next record does. */
export function readCsvRecord(
  bytes: CsvBytes,
  at: number,
  delimiter: number,
): { fields: string[]; next: number } {
  const fields: string[] = [];
  for (let next = at; ; ) {
    const field = readCsvField(bytes, next, delimiter);
    fields.push(field.text);
    next = field.next;
    if (field.isLast) return { fields, next: Math.min(next, bytes.length) };
  }
}

/** How many fields the record that starts at `at` has. */
export function countFields(bytes: CsvBytes, at: number, delimiter: number): number {
  let count = 1;
  for (let i = at; i < bytes.length && bytes[i] !== NEWLINE; i++) {
    if (bytes[i] === QUOTE) return readCsvRecord(bytes, at, delimiter).fields.length;
    if (bytes[i] === delimiter) count++;
  }
  return count;
}

/** Without the spaces and tabs around it. */
export function trimField(text: string): string {
  return /^[ \t]|[ \t]$/.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text;
}

/** Digits of a number that is exact in f64, and powers of ten that are. */
const EXACT_DIGITS = 15;
const TENS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** Where the number that {@link readNumber} has read last ends: at its delimiter, its line's end or the bytes' end. */
export const lastRead = { end: 0 };

/**
 * The number of the field at `at`, if that is a sign, a few digits and a point at most: one rounding of two exact
 * numbers is right (Clinger 1990). Undefined for all other fields.
 */
export function readNumber(bytes: CsvBytes, at: number, delimiter: number): number | undefined {
  const isNegative = bytes[at] === 45 && delimiter !== 45;
  const begin = isNegative ? at + 1 : at;
  let digits = 0;
  let point = -1;
  let i = begin;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    // Digits and points may be delimiters.
    if (byte === delimiter) break;
    if (byte >= 48 && byte <= 57) digits = 10 * digits + (byte - 48);
    else if (byte === 46 && point < 0) point = i;
    else if (byte === NEWLINE || (byte === RETURN && bytes[i + 1] === NEWLINE)) break;
    else return undefined;
  }
  const count = i - begin - (point < 0 ? 0 : 1);
  if (count === 0 || count > EXACT_DIGITS) return undefined;
  lastRead.end = bytes[i] === RETURN ? i + 1 : i;
  const size = point < 0 ? digits : digits / TENS[i - point - 1];
  return isNegative ? -size : size;
}

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity)$/;

/** The number that a field is; NaN for everything else. */
export function numberOfField(text: string): number {
  const trimmed = trimField(text);
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}
