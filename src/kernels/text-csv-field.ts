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
  for (let i = begin; i < end; i++) text += String.fromCharCode(bytes[i]);
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

/** Without the spaces and tabs around it. */
export function trimField(text: string): string {
  return /^[ \t]|[ \t]$/.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text;
}

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity)$/;

/** The number that a field is; NaN for everything else. */
export function numberOfField(text: string): number {
  const trimmed = trimField(text);
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}
