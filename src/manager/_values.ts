// What a value is in a structure: one word. Small whole numbers and constants stand in the word itself, everything
// else in a block that never changes: to set a value is to exchange the word.
//
//   word    block's address (a multiple of 16) · number << 4 | SMALL · constant << 4 | CONSTANT
//   block   stamp · format · two words of epoch.ts · the number, or the codec's bytes
//
// The stamp tells a block from an earlier one at the same address.

import { heapBytes, load32, store32 } from '../../assembly/atomics/index';
import { decode, encode } from '../codec/index';
import { thisOwner } from '../heap/heap';
import { beginNoting, endNoting } from '../heap/holds';
import { copyBytes } from '../runtime/copy';
import { createBlock, discard, freeBlock, holdIn, sizeOf } from './_blocks';

const SMALL = 1;
const CONSTANT = 2;
const CONSTANTS = [undefined, null, false, true] as const;

const VALUE_STAMP = 0;
const VALUE_FORMAT = 4;
const VALUE_BYTES = 16;
const NUMBER = 1;
const VALUE = 2;
/** Short copies between shared and unshared memory are faster in a loop than by a call (measured, queue). */
const LOOP_BYTES = 104;

let stamp = 0;

const float = /* @__PURE__ */ new Float64Array(1);
const floatWords = new Uint32Array(float.buffer);

/** The bits of a number, in two words. */
export function writeF64(at: number, value: number): void {
  float[0] = value;
  store32(at, floatWords[0]);
  store32(at + 4, floatWords[1]);
}

export function readF64(at: number): number {
  floatWords[0] = load32(at);
  floatWords[1] = load32(at + 4);
  return float[0];
}

/** The bytes at an address, where they lie. */
export function bytesAt(at: number, length: number): Uint8Array {
  return heapBytes(at + length).subarray(at, at + length);
}

export function copyIn(at: number, bytes: Uint8Array): void {
  const { length } = bytes;
  const heap = heapBytes(at + length);
  if (length <= LOOP_BYTES) for (let i = 0; i < length; i++) heap[at + i] = bytes[i];
  else copyBytes(heap, at, bytes);
}

function isBlock(word: number): boolean {
  return (word & 15) === 0;
}

/**
 * The word for a value; a block that nobody else knows, if it has one. The objects whose handles are in it live as
 * long as the block, but for the one at `within`, which the word goes into.
 *
 * @throws {NotShareableError} if it cannot go to another thread
 */
export function toWord(value: unknown, within: number): number {
  if (typeof value === 'number') {
    if ((value << 4) >> 4 === value && (value !== 0 || 1 / value > 0)) return ((value << 4) | SMALL) >>> 0;
    const block = createValue(NUMBER, 8);
    writeF64(block + VALUE_BYTES, value);
    return block;
  }
  const constant = CONSTANTS.indexOf(value as null);
  if (constant >= 0) return (constant << 4) | CONSTANT;
  beginNoting();
  const bytes = encode(value);
  const named = endNoting();
  const block = createValue(VALUE, bytes.length);
  copyIn(block + VALUE_BYTES, bytes);
  if (named.length > 0)
    holdIn(
      block,
      named.filter((object) => object !== within),
    );
  return block;
}

function createValue(format: number, length: number): number {
  const block = createBlock(VALUE_BYTES + length);
  if (stamp === 0) stamp = Math.imul(thisOwner(), 0x9e3779b1);
  store32(block + VALUE_STAMP, ++stamp);
  store32(block + VALUE_FORMAT, format);
  return block;
}

/** The value of a word that was read while entered. */
export function toValue(word: number): unknown {
  if (!isBlock(word)) return (word & 15) === SMALL ? (word | 0) >> 4 : CONSTANTS[word >>> 4];
  if (load32(word + VALUE_FORMAT) === NUMBER) return readF64(word + VALUE_BYTES);
  return decode(bytesAt(word + VALUE_BYTES, sizeOf(word) - VALUE_BYTES));
}

/** What tells a word's block from another one that may lie there later; the same for equal words without a block. */
export function stampOf(word: number): number {
  return isBlock(word) ? load32(word + VALUE_STAMP) : 0;
}

/** Frees what a word stands for; no other thread knows it. */
export function freeWord(word: number): void {
  if (word !== 0 && isBlock(word)) freeBlock(word);
}

/** Frees what a word stands for, which the caller has taken out of a structure, when nobody reads it any more. */
export function discardWord(word: number): void {
  if (isBlock(word)) discard(word);
}
