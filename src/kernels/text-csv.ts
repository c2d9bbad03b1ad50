// Numbers from comma-separated values; see assembly/kernels/text/csv.ts and number.ts.

import {
  CSV_PIECE_BYTES,
  CSV_QUOTELESS,
  CSV_RECORDS,
  CSV_STATE,
  CSV_UNREAD,
  CSV_UNREADS,
  CSV_WRONG,
  TEXT_BLOCK,
} from '../../assembly/kernels/text/sizes';
import { checkFlag, checkInteger, show, wrongRange, wrongType } from './_check';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, hasMark, putText } from './text-bytes';
import {
  countFields,
  lastRead,
  numberOfField,
  readCsvField,
  readCsvRecord,
  readNumber,
  skipBlankLines,
  trimField,
} from './text-csv-field';
import { powersOfFive } from './text-csv-powers';
import { isBrief, PLAIN_CSV } from './text-plain';

/** Options of {@link parseCsvNumbers}. */
export interface CsvOptions extends KernelOptions {
  /** One ASCII character, not a quote or line end. */
  delimiter?: string;
  /** Whether the first record gives the columns' names. */
  header?: boolean;
  /** Which columns, in which order; all if not given. */
  columns?: readonly number[];
}

/** The numbers, a record a row. */
export interface CsvNumbers {
  data: Float64Array;
  rows: number;
  cols: number;
  /** The columns' names, if there is a header. */
  header?: string[];
}

/**
 * Reads a table of numbers from comma-separated values. Quotes are those of Python's csv module, blank lines are
 * skipped, fields are trimmed of spaces and tabs; what is no decimal number is NaN.
 *
 * @param text UTF-8 bytes, or a string; a leading byte order mark is skipped.
 * @returns A matrix of f64 with the bits that `Number` gives for each field.
 * @throws {TypeError} if an argument has the wrong type
 * @throws {RangeError} if a record has another number of fields than the first (its line is named), or an option is
 * out of range
 * @complexity O(n)
 * @source data-parallel state machines (Mytkowicz et al. 2014); Clinger (1990), Eisel and Lemire (2021)
 * @example
 * ```ts
 * const table = await parseCsvNumbers('x,y\n1,2.5\n3,-4e2', { header: true });
 * console.log(table.rows, table.header, table.data[3]); // 2 [ 'x', 'y' ] -400
 * ```
 */
export function parseCsvNumbers(text: Bytes, options: CsvOptions = {}): Promise<CsvNumbers> {
  return runKernel('parseCsvNumbers', family, options, (call) => plan(call, text, options));
}

/** {@link parseCsvNumbers}, at once. */
export function parseCsvNumbersSync(text: Bytes, options: CsvOptions = {}): CsvNumbers {
  return runKernelSync('parseCsvNumbers', family, options, (call) => plan(call, text, options));
}

// Nanoseconds a byte on one core, measured.
const SCAN_NS = 0.5;
const COUNT_NS = 0.2;
const PARSE_NS = 1.5;
/** What CSV_STATE holds for a piece without quotes. */
const NO_QUOTES = 0xffffffff;

function* plan(call: KernelCall, value: Bytes, options: CsvOptions): Generator<Phase, CsvNumbers, void> {
  const { kernel } = call;
  const delimiter = checkDelimiter(kernel, options.delimiter);
  const hasHeader = checkFlag(kernel, 'header', options.header, false);
  if (options.columns !== undefined && !Array.isArray(options.columns)) {
    wrongType(kernel, 'columns', 'an array of numbers', options.columns);
  }
  for (const [i, column] of (options.columns ?? []).entries())
    checkInteger(kernel, `columns[${i}]`, column, 0);

  const given = checkBytes(kernel, 'text', value);
  const isShort = isBrief(PLAIN_CSV, given);
  const bytes = isShort ? given.subarray(hasMark(given) ? 3 : 0) : onHeap(call, given);
  const start = skipBlankLines(bytes, 0);
  if (start === bytes.length) {
    return { data: new Float64Array(0), rows: 0, cols: 0, ...(hasHeader && { header: [] }) };
  }
  const first = hasHeader ? readCsvRecord(bytes, start, delimiter) : undefined;
  const fields = first?.fields.length ?? countFields(bytes, start, delimiter);
  for (const [i, column] of (options.columns ?? []).entries()) {
    if (column >= fields)
      wrongRange(kernel, `columns[${i}]`, `below ${fields}, the number of columns`, column);
  }
  const columns = options.columns ?? countUp(fields);
  const header = first && columns.map((column) => trimField(first.fields[column]));
  const body = first?.next ?? start;
  const fail = (at: number): never => {
    let line = 1;
    for (let i = bytes.indexOf(10); i >= 0 && i < at; i = bytes.indexOf(10, i + 1)) line++;
    const found = readCsvRecord(bytes, at, delimiter).fields.length;
    throw new RangeError(`Cannot run ${kernel}: line ${line} has to have ${fields} fields, came ${found}`);
  };
  const { data, rows } = isShort
    ? parseShort(bytes, body, delimiter, fields, columns, fail)
    : yield* parseBody(call, bytes.subarray(body) as Uint8Array, delimiter, fields, columns, (offset) =>
        fail(body + offset),
      );
  return { data, rows, cols: columns.length, ...(header && { header }) };
}

function countUp(length: number): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < length; i++) numbers.push(i);
  return numbers;
}

/** A text without its byte order mark, on the heap. */
function onHeap(call: KernelCall, given: Uint8Array | Uint8ClampedArray): Uint8Array {
  const { address, length } = putText(call, 'text', given);
  return call.view(Uint8Array, address, length);
}

/** The records of a short text, from `body` on, field by field. */
function parseShort(
  bytes: Uint8Array | Uint8ClampedArray,
  body: number,
  delimiter: number,
  fields: number,
  columns: readonly number[],
  fail: (at: number) => never,
): { data: Float64Array; rows: number } {
  const numbers: number[] = [];
  const record = new Array<number>(fields).fill(0);
  let rows = 0;
  for (let at = skipBlankLines(bytes, body); at < bytes.length; at = skipBlankLines(bytes, at)) {
    let count = 0;
    let next = at;
    for (let isLast = false; !isLast; count++) {
      const number = readNumber(bytes, next, delimiter);
      if (number === undefined) {
        const field = readCsvField(bytes, next, delimiter);
        if (count < fields) record[count] = numberOfField(field.text);
        next = field.next;
        isLast = field.isLast;
      } else {
        if (count < fields) record[count] = number;
        isLast = bytes[lastRead.end] !== delimiter;
        next = lastRead.end + 1;
      }
    }
    if (count !== fields) fail(at);
    for (let i = 0; i < columns.length; i++) numbers.push(record[columns[i]]);
    rows++;
    at = next;
  }
  return { data: new Float64Array(numbers), rows };
}

function* parseBody(
  call: KernelCall,
  bytes: Uint8Array,
  delimiter: number,
  fields: number,
  columns: readonly number[],
  fail: (offset: number) => never,
): Generator<Phase, { data: Float64Array; rows: number }, void> {
  const { length, byteOffset: address } = bytes;
  const cols = columns.length;
  const pieces = Math.ceil(length / TEXT_BLOCK);
  if (length === 0) return { data: new Float64Array(0), rows: 0 };
  const records = call.scratch(pieces * CSV_PIECE_BYTES);
  const view = call.view(Uint32Array, records, (pieces * CSV_PIECE_BYTES) / 4);
  const at = (piece: number, field: number) => (piece * CSV_PIECE_BYTES + field) / 4;
  yield { fn: 'csv_states', pieces, args: [address, length, delimiter, records], costNs: length * SCAN_NS };
  joinStates(
    bytes,
    pieces,
    delimiter,
    (piece) => view[at(piece, CSV_STATE)],
    (piece, state) => {
      view[at(piece, CSV_STATE)] = state;
    },
  );
  yield { fn: 'csv_count', pieces, args: [address, length, delimiter, records], costNs: length * COUNT_NS };
  let rows = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const count = view[at(piece, CSV_RECORDS)];
    view[at(piece, CSV_RECORDS)] = rows;
    rows += count;
  }

  const wanted = Uint8Array.from({ length: fields }, (_, i) => (columns.includes(i) ? 1 : 0));
  const to = call.output(Float64Array, rows * cols);
  yield {
    fn: 'csv_parse',
    pieces,
    args: [
      address,
      length,
      delimiter,
      records,
      fields,
      call.input(Uint32Array.from(columns)),
      cols,
      call.input(wanted),
      call.scratch(pieces * fields * 8),
      call.input(powersOfFive()),
      to.address,
    ],
    costNs: length * PARSE_NS,
  };
  let unread = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const wrong = view[at(piece, CSV_WRONG)];
    if (wrong > 0) fail(wrong - 1);
    unread += view[at(piece, CSV_UNREADS)];
  }
  const data = to.finish();
  if (unread > 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
    for (let i = 0; i < data.length; i++) {
      if (words[2 * i + 1] === CSV_UNREAD)
        data[i] = numberOfField(readCsvField(bytes, words[2 * i], delimiter).text);
    }
  }
  return { data, rows };
}

/** From what each piece makes of each state, the state that each piece starts in. */
function joinStates(
  bytes: Uint8Array,
  pieces: number,
  delimiter: number,
  get: (piece: number) => number,
  set: (piece: number, state: number) => void,
): void {
  let state = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const ends = get(piece);
    set(piece, ends === NO_QUOTES ? state + CSV_QUOTELESS : state);
    if (ends !== NO_QUOTES) state = (ends >>> (8 * state)) & 255;
    else if (state !== 2) {
      const last = bytes[Math.min(bytes.length, (piece + 1) * TEXT_BLOCK) - 1];
      state = last === delimiter || last === 10 ? 0 : 1;
    }
  }
}

function checkDelimiter(kernel: string, delimiter: unknown = ','): number {
  if (typeof delimiter !== 'string') wrongType(kernel, 'delimiter', 'a string', delimiter);
  const code = delimiter.charCodeAt(0);
  if (delimiter.length !== 1 || code > 127 || code === 34 || code === 10 || code === 13) {
    throw new RangeError(
      `Cannot run ${kernel}: "delimiter" has to be one ASCII character, not a quote or line end, came ${show(delimiter)}`,
    );
  }
  return code;
}
