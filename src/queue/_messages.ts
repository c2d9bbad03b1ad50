// Values into slots and out of them: numbers as they are, arrays and bytes by one copy, other values through the codec.
// assembly/queue/messages.ts says what stands where.

import { heapBytes, load32 } from '../../assembly/atomics/index';
import {
  FORMAT_ARRAY,
  FORMAT_BYTES,
  FORMAT_MASK,
  FORMAT_NUMBER,
  FORMAT_NUMBERS,
  FORMAT_VALUE,
  formatOf,
  HOLDS_BIT,
  isBytes,
  messageAt,
  openMessage,
  setFormat,
} from '../../assembly/queue/messages';
import { INLINE_BYTES, SLOT_INLINE, SLOT_LENGTH } from '../../assembly/queue/slots';
import { decode, encode } from '../codec/index';
import { BufferTooShortError } from '../errors';
import { outOfMemory, thisThread } from '../heap/heap';
import { beginNoting, endNoting, holdForMessage } from '../heap/holds';
import { ARRAY_TYPES } from '../heap/views';
import { copyBytes, ownBytes } from '../runtime/copy';

const ARRAYS = /* @__PURE__ */ Object.values(ARRAY_TYPES);
const UINT8 = /* @__PURE__ */ ARRAYS.indexOf(Uint8Array);
const arrayIndex = /* @__PURE__ */ new Map<unknown, number>(
  /* @__PURE__ */ ARRAYS.map((type, index) => [type.prototype, index]),
);

/** A message on its way into a slot: a number, or the bytes of a value, or plain bytes. */
export type Message = number | Passing;

interface Passing {
  format: number;
  bytes: Uint8Array;
  /** Objects that the value names. */
  names: readonly number[] | undefined;
  /** Of a message that waits: the value, so that what it names lives on. */
  value?: unknown;
}

let floats: Float64Array = /* @__PURE__ */ new Float64Array(0);

/** The heap as f64, long enough for `end` bytes. */
function numbersUpTo(end: number): Float64Array {
  if (floats.byteLength < end) {
    const { buffer } = heapBytes(end);
    floats = new Float64Array(buffer, 0, buffer.byteLength >>> 3);
  }
  return floats;
}

// One object serves all messages that are written at once; only those that have to wait are kept.
const passing: Passing = { format: FORMAT_VALUE, bytes: /* @__PURE__ */ new Uint8Array(0), names: undefined };

/** The message for a value, valid until this thread makes the next one. */
export function valueMessage(value: unknown): Message {
  if (typeof value === 'number') return value;
  passing.names = undefined;
  if (Array.isArray(value) ? toNumbersMessage(value) : ArrayBuffer.isView(value) && toArrayMessage(value)) {
    return passing;
  }
  passing.format = FORMAT_VALUE;
  if (typeof value !== 'object') passing.bytes = encode(value);
  else {
    beginNoting();
    passing.bytes = encode(value);
    const names = endNoting();
    if (names.length > 0) passing.names = names;
  }
  return passing;
}

/** Most numbers that fit into a slot. */
const NUMBERS_MAX = INLINE_BYTES / 8;
const numbers = /* @__PURE__ */ new Float64Array(NUMBERS_MAX);
/** Their bytes, by how many there are. */
const numberBytes = /* @__PURE__ */ Array.from(
  { length: NUMBERS_MAX + 1 },
  (_, count) => new Uint8Array(numbers.buffer, 0, count * 8),
);

/** Short arrays of nothing but numbers. */
function toNumbersMessage(array: unknown[]): boolean {
  const { length } = array;
  if (length === 0 || length > NUMBERS_MAX || Object.getPrototypeOf(array) !== Array.prototype) return false;
  for (let i = 0; i < length; i++) {
    const item = array[i];
    if (typeof item !== 'number') return false;
    numbers[i] = item;
  }
  if (Object.keys(array).length !== length) return false; // it has properties, which travel too
  passing.format = FORMAT_NUMBERS;
  passing.bytes = numberBytes[length];
  return true;
}

function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Arrays that are all of their buffer, so that a copy of the elements is all there is to copy. */
function toArrayMessage(view: ArrayBufferView): boolean {
  const { buffer } = view;
  if (!(buffer instanceof ArrayBuffer) || view.byteLength !== buffer.byteLength) return false;
  if (view.byteLength === 0 && isDetached(buffer)) return false;
  if ((buffer as { resizable?: boolean }).resizable === true) return false;
  const index = arrayIndex.get(Object.getPrototypeOf(view));
  if (index === undefined) return false;
  passing.format = FORMAT_ARRAY + index;
  passing.bytes = index === UINT8 ? (view as Uint8Array) : new Uint8Array(buffer);
  return true;
}

/** The message for bytes, which are copied when it is written. */
export function bytesMessage(bytes: Uint8Array): Message {
  passing.format = FORMAT_BYTES;
  passing.bytes = bytes;
  passing.names = undefined;
  return passing;
}

/**
 * The message of a value as one that stays valid. While the caller is blocked nobody can change its own arrays: then
 * they need no copy.
 */
export function keepMessage(message: Message, value: unknown, blocked: boolean): Message {
  if (typeof message === 'number') return message;
  const { format, bytes, names } = message;
  const isOwn = blocked && (format === FORMAT_BYTES || format >= FORMAT_ARRAY);
  return { format, bytes: isOwn ? bytes : bytes.slice(), names: names?.slice(), value: names && value };
}

/**
 * Writes the message into a claimed slot of the queue.
 * @throws {OutOfMemoryError} if there is no room for it on the heap
 */
export function writeMessage(queue: number, slot: number, message: Message): void {
  if (typeof message === 'number') {
    numbersUpTo(slot + SLOT_INLINE + 8)[(slot + SLOT_INLINE) / 8] = message;
    setFormat(slot, FORMAT_NUMBER);
    return;
  }
  const { bytes } = message;
  const { length } = bytes;
  const at = length > 0xffffffff ? 0 : openMessage(queue, slot, length, thisThread()) >>> 0;
  if (at === 0) throw outOfMemory(length);
  const heap = heapBytes(at + length);
  // Short copies between shared and unshared memory are faster in a loop than by a call (measured).
  if (length <= INLINE_BYTES) for (let i = 0; i < length; i++) heap[at + i] = bytes[i];
  else copyBytes(heap, at, bytes);
  const { names } = message;
  if (names !== undefined) holdForMessage(names, slot);
  setFormat(slot, names === undefined ? message.format : message.format | HOLDS_BIT);
}

/** The bytes of a message that is being taken, where they lie. */
function bytesIn(slot: number): Uint8Array {
  const length = load32(slot + SLOT_LENGTH);
  const at = messageAt(slot);
  return heapBytes(at + length).subarray(at, at + length);
}

const scratch = /* @__PURE__ */ new Uint8Array(INLINE_BYTES);
const scratchWords = new Uint32Array(scratch.buffer);
/** Views of the first bytes of the scratch memory, by length: making one costs more than the copy. */
const views: Uint8Array[] = [];

/** Like {@link bytesIn}; what is short as a copy that is valid until the next call. */
function messageIn(slot: number): Uint8Array {
  const length = load32(slot + SLOT_LENGTH);
  if (length > INLINE_BYTES) return bytesIn(slot);
  for (let i = 0; i < length; i += 4) scratchWords[i >>> 2] = load32(slot + SLOT_INLINE + i);
  return (views[length] ??= scratch.subarray(0, length));
}

function numbersIn(slot: number): number[] {
  const heap = numbersUpTo(slot + SLOT_INLINE + INLINE_BYTES);
  const at = (slot + SLOT_INLINE) / 8;
  const array = [heap[at]];
  for (let i = load32(slot + SLOT_LENGTH) / 8 - 1; i > 0; i--) array.push(heap[at + array.length]);
  return array;
}

/** The bytes of a message that is being taken, as a copy. */
function copyOf(slot: number): Uint8Array<ArrayBuffer> {
  return ownBytes(bytesIn(slot));
}

/** The value of a message; bytes are a `Uint8Array` of their own. */
export function readMessage(slot: number): unknown {
  const format = formatOf(slot) & FORMAT_MASK;
  if (format === FORMAT_NUMBER) return numbersUpTo(slot + SLOT_INLINE + 8)[(slot + SLOT_INLINE) / 8];
  if (format === FORMAT_VALUE) return decode(messageIn(slot));
  if (format === FORMAT_NUMBERS) return numbersIn(slot);
  const bytes = copyOf(slot);
  return format < FORMAT_ARRAY || format === FORMAT_ARRAY + UINT8
    ? bytes
    : new ARRAYS[format - FORMAT_ARRAY](bytes.buffer);
}

/** Takes what a message says out of its slot. */
export type Read = (slot: number) => unknown;

/** The bytes of a message; other values are refused. */
export function readBytes(slot: number): Uint8Array {
  if (isBytes(slot)) return copyOf(slot);
  const value = readMessage(slot);
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  throw new TypeError('Cannot receive the message as bytes: it is a value, which get and recv receive');
}

/** Reads bytes into `target`: how many, or the message if it does not fit. */
export function readInto(target: Uint8Array): Read {
  return (slot) => {
    const bytes = isBytes(slot) ? bytesIn(slot) : readBytes(slot);
    if (bytes.length > target.length) return bytes.slice();
    copyBytes(target, 0, bytes);
    return bytes.length;
  };
}

/** What {@link readInto} gives: a number of bytes, or the message that did not fit. */
export function fitted(result: unknown): number {
  if (typeof result === 'number') return result;
  const data = result as Uint8Array;
  throw new BufferTooShortError(
    `Cannot receive ${data.length} bytes into the buffer: it is too short. The message is in "data"`,
    { data },
  );
}

export function bytesOf(bytes: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Uint8Array(bytes);
}
