// Lines of a text; see assembly/kernels/text/lines.ts.

import { TEXT_BLOCK } from '../../assembly/kernels/text/sizes';
import { text as family } from './_families';
import { type KernelCall, type KernelOptions, NONE, type Phase, runKernel, runKernelSync } from './_plan';
import { type Bytes, checkBytes, type HeapBytes, hasMark, putText, startsOfPieces } from './text-bytes';
import { countLinesPlain, isBareText, isBrief, PLAIN_LINES, splitLinesPlain } from './text-plain';

// Nanoseconds a byte on one core, measured; a line.
const COUNT_NS = 0.06;
const SPLIT_NS = 0.3;

/**
 * Counts the lines of a text. Lines end with \n or \r\n; the last one may lack its end.
 *
 * @param text UTF-8 bytes, or a string; a leading byte order mark is skipped.
 * @returns The number of lines; 0 if the text is empty.
 * @throws {TypeError} if `text` is neither bytes nor a string
 * @complexity O(n)
 * @source comparison of 16 bytes at a time
 * @example
 * ```ts
 * console.log(await countLines('one\ntwo\r\nthree')); // 3
 * ```
 */
export function countLines(text: Bytes, options: KernelOptions = {}): Promise<number> {
  return runKernel('countLines', family, options, (call) => countPlan(call, text));
}

/** {@link countLines}, at once. */
export function countLinesSync(text: Bytes, options: KernelOptions = NONE): number {
  if (isBareText(options, PLAIN_LINES, text)) return countLinesPlain(text, hasMark(text) ? 3 : 0);
  return runKernelSync('countLines', family, options, (call) => countPlan(call, text));
}

/** Where lines start and end, without their \n or \r\n; in bytes. */
export interface Lines {
  starts: Uint32Array;
  ends: Uint32Array;
}

/**
 * Finds the lines of a text. Lines end with \n or \r\n; the last one may lack its end.
 *
 * @param text UTF-8 bytes, or a string; a leading byte order mark is skipped, and counts in the offsets.
 * @returns For each line i its bytes `starts[i]` … `ends[i]` − 1, without its end.
 * @throws {TypeError} if `text` is neither bytes nor a string
 * @complexity O(n), two passes
 * @source as countLines, then places from prefix sums
 * @example
 * ```ts
 * const { starts, ends } = await splitLines('one\r\ntwo');
 * console.log([...starts], [...ends]); // [ 0, 5 ] [ 3, 8 ]
 * ```
 */
export function splitLines(text: Bytes, options: KernelOptions = {}): Promise<Lines> {
  return runKernel('splitLines', family, options, (call) => splitPlan(call, text));
}

/** {@link splitLines}, at once. */
export function splitLinesSync(text: Bytes, options: KernelOptions = NONE): Lines {
  if (isBareText(options, PLAIN_LINES, text)) return splitLinesPlain(text, hasMark(text) ? 3 : 0);
  return runKernelSync('splitLines', family, options, (call) => splitPlan(call, text));
}

/** The number of \n before each piece, at an address; and how many lines there are. */
interface Counted {
  indices: number;
  lines: number;
  /** Whether the last line lacks its end. */
  isOpen: boolean;
}

function* countNewlines(call: KernelCall, { address, length }: HeapBytes): Generator<Phase, Counted, void> {
  const pieces = Math.ceil(length / TEXT_BLOCK);
  const indices = call.scratch(4 * pieces);
  yield { fn: 'lines_count', pieces, args: [address, length, indices], costNs: length * COUNT_NS };
  const newlines = startsOfPieces(call, indices, pieces);
  const isOpen = length > 0 && call.view(Uint8Array, address + length - 1, 1)[0] !== 10;
  return { indices, lines: newlines + (isOpen ? 1 : 0), isOpen };
}

function* countPlan(call: KernelCall, value: Bytes): Generator<Phase, number, void> {
  const bytes = checkBytes(call.kernel, 'text', value);
  if (isBrief(PLAIN_LINES, bytes)) return countLinesPlain(bytes, hasMark(bytes) ? 3 : 0);
  const { lines } = yield* countNewlines(call, putText(call, 'text', bytes));
  return lines;
}

function* splitPlan(call: KernelCall, value: Bytes): Generator<Phase, Lines, void> {
  const bytes = checkBytes(call.kernel, 'text', value);
  const mark = hasMark(bytes) ? 3 : 0;
  if (isBrief(PLAIN_LINES, bytes)) return splitLinesPlain(bytes, mark);
  const text = putText(call, 'text', bytes);
  const { indices, lines, isOpen } = yield* countNewlines(call, text);
  const starts = call.output(Uint32Array, lines);
  const ends = call.output(Uint32Array, lines);
  if (lines > 0) {
    call.view(Uint32Array, starts.address, lines)[0] = mark;
    if (isOpen) call.view(Uint32Array, ends.address, lines)[lines - 1] = mark + text.length;
    yield {
      fn: 'lines_split',
      pieces: Math.ceil(text.length / TEXT_BLOCK),
      args: [text.address, text.length, mark, indices, starts.address, ends.address, lines],
      costNs: text.length * SPLIT_NS,
    };
  }
  return { starts: starts.finish(), ends: ends.finish() };
}
