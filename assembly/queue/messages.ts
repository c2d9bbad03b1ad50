// What stands in a slot: a number, or the bytes of a message, in the slot itself or in a block of the heap that the
// slot names. Portable; src/queue/_messages.ts makes values of it, handles/queue.ts is the kernels' side.
//
// Death: a block that is allocated for a slot stands in the thread's note until the slot names it (heap/making.ts); from
// then on whoever sweeps the slot gives it back, and has it in its own note meanwhile. spares.ts says what else becomes of
// blocks.

import { atomicLoad, load32, store32 } from '../atomics/index';
import { allocInto, COUNTED_QUEUE, freeFrom } from '../heap/making';
import { INLINE_BYTES, SLOT_BLOCK, SLOT_FORMAT, SLOT_INLINE, SLOT_LENGTH } from './slots';
import { bytesToSpare, leaveSpare, setSpareBytes, spareBytes, takeSpare } from './spares';

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

/** The part of the format word that is the format; above it stand the bytes of a block that may become a spare. */
const FORMAT_BYTE: u32 = 0xff;

/** How the message in the slot is to be read: a FORMAT, with HOLDS_BIT. */
export function formatOf(slot: usize): u32 {
  return load32(slot + SLOT_FORMAT) & FORMAT_BYTE;
}

/** Says how the message that was written into the slot is to be read. */
export function setFormat(slot: usize, format: u32): void {
  store32(slot + SLOT_FORMAT, ((load32(slot + SLOT_FORMAT) & ~FORMAT_BYTE) | format) >>> 0);
}

/** Whether the message in the slot holds what it names. */
export function isHolding(slot: usize): boolean {
  return (load32(slot + SLOT_FORMAT) & HOLDS_BIT) !== 0;
}

/** Whether a message is bytes, those of an array included. */
export function isBytes(slot: usize): boolean {
  const format = formatOf(slot);
  return format === FORMAT_BYTES || (format >= FORMAT_ARRAY && format < HOLDS_BIT);
}

/** Where the bytes of a message lie. */
export function messageAt(slot: usize): usize {
  return load32(slot + SLOT_LENGTH) > INLINE_BYTES ? atomicLoad(slot + SLOT_BLOCK) : slot + SLOT_INLINE;
}

/** Where `length` bytes of a message go, of a slot of the queue that was claimed; 0 if the memory is full. */
export function openMessage(queue: usize, slot: usize, length: u32, me: usize): usize {
  store32(slot + SLOT_LENGTH, length);
  if (length <= INLINE_BYTES) return slot + SLOT_INLINE;
  const bytes = bytesToSpare(length);
  if (bytes !== 0 && takeSpare(queue, slot)) {
    // One that is too small, or much too large, makes way for those that fit.
    if (spareBytes(slot) >= bytes && spareBytes(slot) <= bytes << 2) return atomicLoad(slot + SLOT_BLOCK);
    freeBlock(slot, me);
  }
  setSpareBytes(slot, bytes);
  return allocInto(slot + SLOT_BLOCK, bytes !== 0 ? bytes : length, 16, COUNTED_QUEUE, me);
}

/** Allocates for a claimed slot a block that is no message's; 0 if the memory is full. */
export function allocForSlot(slot: usize, bytes: u32, align: u32, me: usize): usize {
  store32(slot + SLOT_LENGTH, bytes);
  setSpareBytes(slot, 0);
  return allocInto(slot + SLOT_BLOCK, bytes, align, COUNTED_QUEUE, me);
}

/** Gives the slot's block back, if it has one. */
export function freeBlock(slot: usize, me: usize): void {
  const bytes = spareBytes(slot);
  freeFrom(slot + SLOT_BLOCK, 0, bytes !== 0 ? bytes : load32(slot + SLOT_LENGTH), COUNTED_QUEUE, me);
}

/** Makes the block of a slot whose message was read a spare, or gives it back. */
export function passBlockOn(queue: usize, slot: usize, me: usize): void {
  if (spareBytes(slot) === 0 || !leaveSpare(queue, slot)) freeBlock(slot, me);
}
