// Fields of comma-separated values, one at a time: the header, and what the kernels leave to the host.

/** A field and where the next one starts. */
export interface CsvField {
  /** Unquoted, not trimmed. */
  text: string;
  next: number;
  /** Whether its record ends with it. */
  isLast: boolean;
}

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** Reads the field that starts at `at`; quotes as in Python's csv module. */
export function readCsvField(bytes: Uint8Array, at: number, delimiter: number): CsvField {
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

/** Where the first record from `at` on starts: blank lines are skipped. */
export function skipBlankLines(bytes: Uint8Array, at: number): number {
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
  bytes: Uint8Array,
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
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity)$/;

/** The number that a field is; NaN for everything else. */
export function numberOfField(text: string): number {
  const trimmed = trimField(text);
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}
