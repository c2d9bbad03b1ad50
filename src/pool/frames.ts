// What stands in a slot of the task board: the two directions of a frame. Numbers take a direct path, as f64 in
// the slot or in a block; everything else goes through the codec. Both ends, the owner's and the worker's, are here.
//
//   task           arguments                                  result
//   APPLY_NUMBERS  COUNT numbers, inline                      NUMBER | VALUE | ERROR
//   APPLY          LENGTH bytes: [args]                       the same
//   MAP_NUMBERS    COUNT numbers in a block                   NUMBERS (in that block) | VALUE | ERROR
//   MAP, STARMAP   LENGTH bytes: [items]                      NUMBERS (a block) | VALUE: [results] | ERROR
//   …_SETTLED      the same, results are told apart           VALUE: [[1, value] | [0, error] …]
//   CALLS          a word, then COUNT × LENGTH numbers,       NUMBERS (those begun, in that block), or all but the last
//                  in a block; the word: limit · begun        of these and for it NUMBER | VALUE | ERROR
//   PHASE          LENGTH bytes: [family, job address]        VALUE | ERROR: pieces of a kernel

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  heapBytes,
  load32,
  store32,
} from '../../assembly/atomics/index';
import {
  INLINE_BYTES,
  SLOT_ARGS,
  SLOT_COUNT,
  SLOT_INDEX,
  SLOT_INLINE,
  SLOT_KIND,
  SLOT_LENGTH,
  SLOT_MS,
  SLOT_RESULT,
  SLOT_STARTED,
} from '../../assembly/pool/board';
import { decode, decodeError, encodeError, encodeInto } from '../codec/index';
import { allocateInto, release } from '../heap/heap';
import { beginNoting, endNoting, holdForMessage, letGoOfMessage, letGoOfMessages } from '../heap/holds';
import { viewAt } from '../heap/views';
import { copyElements, ownElements } from '../runtime/copy';

export const FRAME_APPLY_NUMBERS = 1;
export const FRAME_APPLY = 2;
export const FRAME_MAP_NUMBERS = 3;
export const FRAME_MAP = 4;
export const FRAME_STARMAP = 5;
export const FRAME_MAP_SETTLED = 6;
export const FRAME_STARMAP_SETTLED = 7;
export const FRAME_PHASE = 8;
export const FRAME_CALLS = 9;
export const FRAME_NUMBER = 16;
export const FRAME_VALUE = 17;
export const FRAME_ERROR = 18;
export const FRAME_NUMBERS = 19;

const INLINE_NUMBERS = INLINE_BYTES / 8;
/** Bytes of a CALLS block before the numbers. */
const CALLS_HEAD = 16;

let floats: Float64Array = /* @__PURE__ */ new Float64Array(0);

/** The heap as f64, long enough for `end` bytes. */
function numbersUpTo(end: number): Float64Array {
  const bytes = heapBytes(end);
  if (floats.byteLength < end) floats = new Float64Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 3);
  return floats;
}

export function readF64(address: number): number {
  return numbersUpTo(address + 8)[address / 8];
}

export function writeF64(address: number, value: number): void {
  numbersUpTo(address + 8)[address / 8] = value;
}

/** Writes a value into the slot, or into a block whose address goes to `field`; returns its bytes. */
function writeEncoded(slot: number, field: number, value: unknown, name = 'value'): number {
  return encodeInto(value, name, (length) => {
    let at = slot + SLOT_INLINE;
    if (length > INLINE_BYTES) at = allocateIn(slot, field, length);
    else {
      store32(slot + field, 0);
      store32(slot + SLOT_LENGTH, length);
    }
    return heapBytes(at + length).subarray(at, at + length);
  });
}

/** Writes the arguments; returns the bytes of their block. */
function writeArguments(slot: number, value: unknown, name?: string): BlockBytes {
  const length = writeEncoded(slot, SLOT_ARGS, value, name);
  return length <= INLINE_BYTES ? 0 : length;
}

/** Allocates a block for the slot, which names it from here on: if this thread dies the owner finds it. */
function allocateIn(slot: number, field: number, bytes: number): number {
  store32(slot + SLOT_LENGTH, bytes);
  return allocateInto(slot + field, bytes, 'frame');
}

function readBytes(slot: number, field: number): Uint8Array {
  const length = load32(slot + SLOT_LENGTH);
  const at = load32(slot + field) || slot + SLOT_INLINE;
  return heapBytes(at + length).subarray(at, at + length);
}

// ── the owner's side ────────────────────────────────────────────────────────────────────────────────────────

/** Bytes of an argument block: what the owner frees with it. Zero if the arguments are inline. */
export type BlockBytes = number;

/** Writes the arguments of one call. */
export function writeApply(slot: number, args: readonly unknown[]): BlockBytes {
  store32(slot + SLOT_RESULT, 0);
  const count = args.length;
  let numeric = count <= INLINE_NUMBERS;
  for (let i = 0; numeric && i < count; i++) numeric = typeof args[i] === 'number';
  if (numeric) {
    const base = (slot + SLOT_INLINE) / 8;
    const view = numbersUpTo(slot + 128);
    for (let i = 0; i < count; i++) view[base + i] = args[i] as number;
    store32(slot + SLOT_KIND, FRAME_APPLY_NUMBERS);
    store32(slot + SLOT_COUNT, count);
    store32(slot + SLOT_ARGS, 0);
    return 0;
  }
  store32(slot + SLOT_KIND, FRAME_APPLY);
  store32(slot + SLOT_COUNT, 1);
  return writeArguments(slot, args, 'args');
}

/** Writes several calls with the same number of numbers each. */
export function writeCalls(slot: number, calls: ReadonlyArray<{ args: readonly number[] }>): BlockBytes {
  const count = calls.length;
  const { length } = calls[0].args;
  const bytes = CALLS_HEAD + count * length * 8;
  const at = allocateIn(slot, SLOT_ARGS, bytes);
  const view = numbersUpTo(at + bytes);
  let to = (at + CALLS_HEAD) / 8;
  atomicStore(at, count << 16);
  for (let i = 0; i < count; i++) {
    const { args } = calls[i];
    for (let k = 0; k < length; k++) view[to++] = args[k];
  }
  store32(slot + SLOT_RESULT, 0);
  store32(slot + SLOT_COUNT, count);
  store32(slot + SLOT_LENGTH, length);
  store32(slot + SLOT_KIND, FRAME_CALLS);
  return bytes;
}

/** Results of the calls of a frame that have ended with a number, in their order. */
export function readCalls(slot: number): Float64Array {
  const at = load32(slot + SLOT_ARGS);
  const begun = atomicLoad(at) & 0xffff;
  return viewAt(Float64Array, at + CALLS_HEAD, areNumbers(slot) ? begun : Math.max(0, begun - 1)).slice();
}

/** Whether the worker ended the frame's calls with numbers alone. */
export function areNumbers(slot: number): boolean {
  return load32(slot + SLOT_KIND) === FRAME_NUMBERS;
}

/** Takes back the calls of the frame that the worker has not begun; returns how many it keeps. */
export function cutCalls(slot: number): number {
  const at = load32(slot + SLOT_ARGS);
  while (true) {
    const word = atomicLoad(at);
    const begun = word & 0xffff;
    if (begun >= word >>> 16) return word >>> 16;
    if (atomicCompareExchange(at, word, ((begun << 16) | begun) >>> 0) === word) return begun;
  }
}

/** Writes a chunk of items. */
export function writeItems(
  slot: number,
  kind: number,
  items: readonly unknown[],
  begin: number,
  end: number,
): BlockBytes {
  store32(slot + SLOT_RESULT, 0);
  const count = end - begin;
  store32(slot + SLOT_COUNT, count);
  if (kind === FRAME_MAP && typeof items[begin] === 'number') {
    const bytes = count * 8;
    const at = allocateIn(slot, SLOT_ARGS, bytes);
    if (writeNumbers(at, items, begin, end)) {
      store32(slot + SLOT_KIND, FRAME_MAP_NUMBERS);
      return bytes;
    }
    store32(slot + SLOT_ARGS, 0);
    release(at, bytes, 'frame');
  }
  store32(slot + SLOT_KIND, kind);
  return writeArguments(
    slot,
    begin === 0 && end === items.length ? items : Array.prototype.slice.call(items, begin, end),
    'items',
  );
}

/** Writes the items as f64; false if one is no number. */
function writeNumbers(at: number, items: readonly unknown[], begin: number, end: number): boolean {
  const view = numbersUpTo(at + (end - begin) * 8);
  const base = at / 8;
  if (ArrayBuffer.isView(items)) {
    copyElements(view.subarray(base), (items as unknown as Float64Array).subarray(begin, end));
    return true;
  }
  for (let i = begin; i < end; i++) {
    const item = items[i];
    if (typeof item !== 'number') return false;
    view[base + i - begin] = item;
  }
  return true;
}

/** Writes a kernel phase. */
export function writePhase(slot: number, family: string, job: number): BlockBytes {
  store32(slot + SLOT_RESULT, 0);
  store32(slot + SLOT_COUNT, 1);
  store32(slot + SLOT_KIND, FRAME_PHASE);
  return writeArguments(slot, [family, job]);
}

/** How a task ended. */
export type Outcome =
  | { ok: true; value: unknown; ms: number; started: number }
  | { ok: false; error: unknown; index: number; ms: number; started: number };

/**
 * Reads a result and frees its block; the arguments' block is the caller's to free.
 * @param job may take numbers straight from the heap
 */
export function readOutcome(slot: number, job?: { takeNumbers?(numbers: Float64Array): unknown }): Outcome {
  const kind = load32(slot + SLOT_KIND);
  const ms = readF64(slot + SLOT_MS);
  const started = readF64(slot + SLOT_STARTED);
  switch (kind) {
    case FRAME_NUMBER:
      return { ok: true, value: readF64(slot + SLOT_INLINE), ms, started };
    case FRAME_NUMBERS: {
      const count = load32(slot + SLOT_COUNT);
      const own = load32(slot + SLOT_RESULT);
      const at = own || load32(slot + SLOT_ARGS);
      const numbers = viewAt(Float64Array, at, count);
      const value = job?.takeNumbers === undefined ? ownElements(numbers) : job.takeNumbers(numbers);
      store32(slot + SLOT_RESULT, 0);
      if (own !== 0) release(own, count * 8, 'frame');
      return { ok: true, value, ms, started };
    }
    default: {
      try {
        beginNoting();
        const value = decode(readBytes(slot, SLOT_RESULT));
        letGoOfMessage(endNoting(), slot);
        return kind === FRAME_ERROR
          ? { ok: false, error: decodeError(value), index: load32(slot + SLOT_INDEX), ms, started }
          : { ok: true, value, ms, started };
      } catch (error) {
        letGoOfMessages(slot, slot);
        return { ok: false, error, index: 0, ms, started };
      } finally {
        freeResult(slot);
      }
    }
  }
}

/** Frees the block of a result that nobody reads. */
export function freeResult(slot: number): void {
  const at = load32(slot + SLOT_RESULT);
  store32(slot + SLOT_RESULT, 0);
  if (at !== 0) release(at, load32(slot + SLOT_LENGTH), 'frame');
}

// ── the worker's side ───────────────────────────────────────────────────────────────────────────────────────

/** The arguments of an APPLY… frame. */
export function readApply(slot: number): unknown[] {
  if (load32(slot + SLOT_KIND) === FRAME_APPLY) return decode(readBytes(slot, SLOT_ARGS)) as unknown[];
  const count = load32(slot + SLOT_COUNT);
  const view = numbersUpTo(slot + 128);
  const base = (slot + SLOT_INLINE) / 8;
  const args = new Array<unknown>(count);
  for (let i = 0; i < count; i++) args[i] = view[base + i];
  return args;
}

/** The items of a MAP… frame; for MAP_NUMBERS the block itself, where results may be written in place. */
export function readItems(slot: number): unknown[] | Float64Array {
  if (load32(slot + SLOT_KIND) === FRAME_MAP_NUMBERS) {
    return viewAt(Float64Array, load32(slot + SLOT_ARGS), load32(slot + SLOT_COUNT));
  }
  return decode(readBytes(slot, SLOT_ARGS)) as unknown[];
}

/** The numbers of a CALLS frame, where its results go too, and how many belong to a call. */
export function readCallArgs(slot: number): [numbers: Float64Array, length: number] {
  const length = load32(slot + SLOT_LENGTH);
  const at = load32(slot + SLOT_ARGS) + CALLS_HEAD;
  return [viewAt(Float64Array, at, load32(slot + SLOT_COUNT) * length), length];
}

/** Begins the next call of the frame; false if there is none, or the owner has taken it back. */
export function beginCall(slot: number): boolean {
  const at = load32(slot + SLOT_ARGS);
  while (true) {
    const word = atomicLoad(at);
    if ((word & 0xffff) >= word >>> 16) return false;
    if (atomicCompareExchange(at, word, (word + 1) >>> 0) === word) return true;
  }
}

/** The family and the job of a PHASE frame. */
export function readPhase(slot: number): [family: string, job: number] {
  return decode(readBytes(slot, SLOT_ARGS)) as [string, number];
}

/** Says that the items' block holds the results now. */
export function writeNumbersInPlace(slot: number): void {
  store32(slot + SLOT_KIND, FRAME_NUMBERS);
}

/** Writes the value that a task returned; throws what the codec throws if it cannot be sent. */
export function writeValue(slot: number, value: unknown): void {
  if (typeof value === 'number') {
    writeF64(slot + SLOT_INLINE, value);
    store32(slot + SLOT_KIND, FRAME_NUMBER);
    return;
  }
  writeHolding(slot, value);
}

/** Writes a value; what it names lives until the result is read. */
function writeHolding(slot: number, value: unknown): void {
  beginNoting();
  writeEncoded(slot, SLOT_RESULT, value, 'result');
  holdForMessage(endNoting(), slot);
  store32(slot + SLOT_KIND, FRAME_VALUE);
}

/** Writes the results of a chunk. */
export function writeResults(slot: number, results: unknown[]): void {
  const count = results.length;
  let numeric = count > 0;
  for (let i = 0; numeric && i < count; i++) numeric = typeof results[i] === 'number';
  if (!numeric) {
    writeHolding(slot, results);
    return;
  }
  const at = allocateIn(slot, SLOT_RESULT, count * 8);
  const view = numbersUpTo(at + count * 8);
  for (let i = 0; i < count; i++) view[at / 8 + i] = results[i] as number;
  store32(slot + SLOT_COUNT, count);
  store32(slot + SLOT_KIND, FRAME_NUMBERS);
}

/** Writes the error that the item `index` threw. */
export function writeError(slot: number, error: unknown, index: number): void {
  store32(slot + SLOT_RESULT, 0);
  writeEncoded(slot, SLOT_RESULT, encodeError(error));
  store32(slot + SLOT_INDEX, index);
  store32(slot + SLOT_KIND, FRAME_ERROR);
}
