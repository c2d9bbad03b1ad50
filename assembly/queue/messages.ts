// What stands in a slot: a number, or the bytes of a message, in the slot itself or in a block of the heap that the
// slot names. Portable; src/queue/_messages.ts makes values of it, handles/queue.ts is the kernels' side.
//
// Death: a block that is allocated for a slot stands in the thread's note until the slot names it (heap/making.ts); from
// then on whoever sweeps the slot gives it back, and has it in its own note meanwhile.

import { atomicLoad, load32, store32 } from '../atomics/index';
import { allocInto, COUNTED_QUEUE, freeFrom } from '../heap/making';
import { INLINE_BYTES, SLOT_BLOCK, SLOT_FORMAT, SLOT_INLINE, SLOT_LENGTH } from './slots';

/** One f64, in the slot. */
export const FORMAT_NUMBER: u32 = 1;
/** A value in the codec's form. */
export const FORMAT_VALUE: u32 = 2;
/** Bytes as they are. */
export const FORMAT_BYTES: u32 = 3;
/** A short array of numbers: their f64s. */
export const FORMAT_NUMBERS: u32 = 4;
/** The elements of a typed array: this and its type's place among the types (src/heap/views.ts). */
export const FORMAT_ARRAY: u32 = 16;
/** Set in the format of a message that holds the objects that it names (heap/holds.ts). */
export const HOLDS_BIT: u32 = 64;
export const FORMAT_MASK: u32 = 63;

/** Whether the message in the slot holds what it names. */
export function isHolding(slot: usize): boolean {
  return (load32(slot + SLOT_FORMAT) & HOLDS_BIT) !== 0;
}

/** Whether a message is bytes, those of an array included. */
export function isBytes(slot: usize): boolean {
  const format = load32(slot + SLOT_FORMAT);
  return format === FORMAT_BYTES || (format >= FORMAT_ARRAY && format < HOLDS_BIT);
}

/** Where the bytes of a message lie. */
export function messageAt(slot: usize): usize {
  const block: usize = atomicLoad(slot + SLOT_BLOCK);
  return block !== 0 ? block : slot + SLOT_INLINE;
}

/** Where `length` bytes of a message go, of a slot that was claimed; 0 if the memory is full. */
export function openMessage(slot: usize, length: u32, me: usize): usize {
  store32(slot + SLOT_LENGTH, length);
  if (length <= INLINE_BYTES) return slot + SLOT_INLINE;
  return allocInto(slot + SLOT_BLOCK, length, 16, COUNTED_QUEUE, me);
}

/** Gives back the block of a slot that is being swept. */
export function freeBlock(slot: usize, me: usize): void {
  freeFrom(slot + SLOT_BLOCK, 0, load32(slot + SLOT_LENGTH), COUNTED_QUEUE, me);
}
