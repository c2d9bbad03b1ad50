// What stands in a slot: numbers as they are, arrays and bytes by one copy, other values through the codec. What does
// not fit into the slot lies in a block of the heap, whose address the slot names.

import { atomicStore, heapBytes, load32, store32 } from '../../assembly/atomics/index';
import { INLINE_BYTES, SLOT_BLOCK, SLOT_FORMAT, SLOT_INLINE, SLOT_LENGTH } from '../../assembly/queue/slots';
import { decode, encode } from '../codec/index';
import { allocate } from '../heap/heap';
import { ARRAY_TYPES } from '../heap/views';

const NUMBER = 1;
const VALUE = 2;
const BYTES = 3;
/** An array of numbers without the codec: this and its type's place in the list. One copy less on either side. */
const ARRAY = 16;
const ARRAYS = Object.values(ARRAY_TYPES);
const UINT8 = ARRAYS.indexOf(Uint8Array);
const arrayIndex = new Map<unknown, number>(ARRAYS.map((type, index) => [type.prototype, index]));
/** Shorter arrays are as fast through the codec. */
const ARRAY_BYTES = 256;

/** A message on its way into a slot: a number, or the bytes of a value, or plain bytes. */
export type Message = number | { readonly format: number; readonly bytes: Uint8Array };

let floats: Float64Array = new Float64Array(0);

/** The heap as f64, long enough for `end` bytes. */
function numbersUpTo(end: number): Float64Array {
  if (floats.byteLength < end) {
    const { buffer } = heapBytes(end);
    floats = new Float64Array(buffer, 0, buffer.byteLength >>> 3);
  }
  return floats;
}

// One object serves all messages that are written at once; only those that have to wait are kept.
const passing: { format: number; bytes: Uint8Array } = { format: VALUE, bytes: new Uint8Array(0) };

/** The message for a value, valid until this thread makes the next one. */
export function valueMessage(value: unknown): Message {
  if (typeof value === 'number') return value;
  if (ArrayBuffer.isView(value) && value.byteLength >= ARRAY_BYTES && toArrayMessage(value)) return passing;
  passing.format = VALUE;
  passing.bytes = encode(value);
  return passing;
}

/** Arrays that are all of their buffer, so that a copy of the elements is all there is to copy. */
function toArrayMessage(view: ArrayBufferView): boolean {
  const { buffer } = view;
  if (!(buffer instanceof ArrayBuffer) || view.byteLength !== buffer.byteLength) return false;
  if ((buffer as { resizable?: boolean }).resizable === true) return false;
  const index = arrayIndex.get(Object.getPrototypeOf(view));
  if (index === undefined) return false;
  passing.format = ARRAY + index;
  passing.bytes = index === UINT8 ? (view as Uint8Array) : new Uint8Array(buffer);
  return true;
}

/** The message for bytes, which are copied when it is written. */
export function bytesMessage(bytes: Uint8Array): Message {
  passing.format = BYTES;
  passing.bytes = bytes;
  return passing;
}

/** The message as one that stays valid. */
export function keepMessage(message: Message): Message {
  return typeof message === 'number' ? message : { format: message.format, bytes: message.bytes.slice() };
}

/**
 * Writes the message into a claimed slot.
 * @throws {OutOfMemoryError} if there is no room for it on the heap
 */
export function writeMessage(slot: number, message: Message): void {
  if (typeof message === 'number') {
    numbersUpTo(slot + SLOT_INLINE + 8)[(slot + SLOT_INLINE) / 8] = message;
    store32(slot + SLOT_FORMAT, NUMBER);
    return;
  }
  const { bytes } = message;
  const { length } = bytes;
  let at = slot + SLOT_INLINE;
  store32(slot + SLOT_LENGTH, length);
  if (length > INLINE_BYTES) {
    at = allocate(length, 'queue');
    atomicStore(slot + SLOT_BLOCK, at); // at once: whoever sweeps up after this thread finds it
  }
  const heap = heapBytes(at + length);
  // Short copies between shared and unshared memory are faster in a loop than by a call (measured).
  if (length <= INLINE_BYTES) for (let i = 0; i < length; i++) heap[at + i] = bytes[i];
  else heap.set(bytes, at);
  store32(slot + SLOT_FORMAT, message.format);
}

/** The bytes of a message that is being taken, where they lie. */
function bytesIn(slot: number): Uint8Array {
  const length = load32(slot + SLOT_LENGTH);
  const at = load32(slot + SLOT_BLOCK) || slot + SLOT_INLINE;
  return heapBytes(at + length).subarray(at, at + length);
}

const scratch = new Uint8Array(INLINE_BYTES);
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

/** The value of a message; bytes are a `Uint8Array` of their own. */
export function readMessage(slot: number): unknown {
  const format = load32(slot + SLOT_FORMAT);
  if (format === NUMBER) return numbersUpTo(slot + SLOT_INLINE + 8)[(slot + SLOT_INLINE) / 8];
  if (format === VALUE) return decode(messageIn(slot));
  const bytes = bytesIn(slot).slice();
  return format < ARRAY || format === ARRAY + UINT8 ? bytes : new ARRAYS[format - ARRAY](bytes.buffer);
}

/** The bytes of a message; other values are refused. */
export function readBytes(slot: number): Uint8Array {
  const format = load32(slot + SLOT_FORMAT);
  if (format === BYTES || format === ARRAY + UINT8) return bytesIn(slot).slice();
  const value = readMessage(slot);
  if (value instanceof Uint8Array) return value;
  throw new TypeError('Cannot receive the message as bytes: it is a value, which recv receives');
}

/** Reads bytes into `target`: how many, or the message if it does not fit. */
export function readInto(target: Uint8Array): (slot: number) => number | Uint8Array {
  return (slot) => {
    const format = load32(slot + SLOT_FORMAT);
    if (format !== BYTES && format !== ARRAY + UINT8) {
      const bytes = readBytes(slot);
      if (bytes.length > target.length) return bytes;
      target.set(bytes);
      return bytes.length;
    }
    const bytes = bytesIn(slot);
    if (bytes.length > target.length) return bytes.slice();
    target.set(bytes);
    return bytes.length;
  };
}
