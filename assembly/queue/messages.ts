// What stands in a slot: a number, or the bytes of a message, in the slot itself or in a block of the heap that the
// slot names. Portable; src/queue/_messages.ts makes values of it, handles/queue.ts is the kernels' side.
//
// Blocks of up to 64 KiB do not go back to the heap when their message was read: they wait in the queue's spares for the
// next messages, since giving back and allocating costs more than the copy. A consumer leaves its block at its position
// modulo the number of spares, a producer looks half a round away from its own: near one another in the queue, they
// write different cache lines; and whatever waits between them, each finds what the other left.
//
// Death: a block that is allocated for a slot stands in the thread's note until the slot names it (heap/making.ts); from
// then on whoever sweeps the slot gives it back, and has it in its own note meanwhile. On its way into the spares or out
// of them a block is nobody's for one step: a death there leaves it taken.

import {
  atomicCompareExchange,
  atomicExchange,
  atomicLoad,
  atomicStore,
  load32,
  store32,
} from '../atomics/index';
import { allocInto, COUNTED_QUEUE, freeFrom } from '../heap/making';
import { QUEUE_SPARES, SPARES } from './ring';
import { INLINE_BYTES, SLOT_BLOCK, SLOT_FORMAT, SLOT_INLINE, SLOT_LENGTH, SLOT_POSITION } from './slots';

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

/** The part of the slot's format word that is the format; above it stand the bytes of a block that may become a spare. */
const FORMAT_BYTE: u32 = 0xff;
const SPARE_SHIFT: u32 = 8;

/** Bytes of blocks that may: powers of two. */
const SPARE_MIN: u32 = 128;
export const SPARE_MAX: u32 = 65536;
/** A spare with more room than this many times the message is given back. */
const ROOMIEST: u32 = 4;
/** A spare's word: its address, which is a multiple of 16, and which power of two from SPARE_MIN on it has. */
const SIZE_MASK: u32 = 15;

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

/** Bytes of the slot's block if it may become a spare, else 0. */
export function spareBytes(slot: usize): u32 {
  return load32(slot + SLOT_FORMAT) >>> SPARE_SHIFT;
}

/** The word that position `position` leaves a spare in. */
function spareWord(queue: usize, position: u32): usize {
  return queue + QUEUE_SPARES + ((position & (SPARES - 1)) << 2);
}

/** Bytes of the spare that a word names. */
export function bytesOfSpare(word: u32): u32 {
  return SPARE_MIN << (word & SIZE_MASK);
}

/** Makes a block that `length` bytes fit well into the claimed slot's: whether there is such a spare. */
function takeSpare(queue: usize, slot: usize, length: u32): boolean {
  const at = spareWord(queue, load32(slot + SLOT_POSITION) + SPARES / 2);
  const spare = atomicLoad(at);
  const bytes = bytesOfSpare(spare);
  if (spare === 0 || bytes < length || bytes > length * ROOMIEST) return false;
  if (atomicCompareExchange(at, spare, 0) !== spare) return false;
  nameSpare(slot, spare);
  return true;
}

/** Makes a spare that this thread has taken the block of its slot. */
function nameSpare(slot: usize, spare: u32): void {
  store32(slot + SLOT_FORMAT, bytesOfSpare(spare) << SPARE_SHIFT); // first: whoever finds the block asks for its size
  atomicStore(slot + SLOT_BLOCK, (spare & ~SIZE_MASK) >>> 0);
}

/** Makes the block of a slot that is being swept a spare; the slot gets what lay in its place. */
function leaveSpare(queue: usize, slot: usize, bytes: u32): void {
  let size: u32 = 0;
  while (SPARE_MIN << size < bytes) size++;
  const block = atomicLoad(slot + SLOT_BLOCK);
  atomicStore(slot + SLOT_BLOCK, 0);
  const older = atomicExchange(spareWord(queue, load32(slot + SLOT_POSITION)), block | size);
  if (older !== 0) nameSpare(slot, older);
}

/** Where `length` bytes of a message go, of a slot of the queue that was claimed; 0 if the memory is full. */
export function openMessage(queue: usize, slot: usize, length: u32, me: usize): usize {
  store32(slot + SLOT_LENGTH, length);
  if (length <= INLINE_BYTES) return slot + SLOT_INLINE;
  let bytes: u32 = 0;
  if (length <= SPARE_MAX) {
    if (takeSpare(queue, slot, length)) return atomicLoad(slot + SLOT_BLOCK);
    bytes = SPARE_MIN;
    while (bytes < length) bytes <<= 1;
  }
  store32(slot + SLOT_FORMAT, bytes << SPARE_SHIFT);
  return allocInto(slot + SLOT_BLOCK, bytes !== 0 ? bytes : length, 16, COUNTED_QUEUE, me);
}

/** Allocates for a claimed slot a block that is no message's; 0 if the memory is full. */
export function allocForSlot(slot: usize, bytes: u32, align: u32, me: usize): usize {
  store32(slot + SLOT_LENGTH, bytes);
  store32(slot + SLOT_FORMAT, 0);
  return allocInto(slot + SLOT_BLOCK, bytes, align, COUNTED_QUEUE, me);
}

/** Gives the slot's block back, if it has one. */
export function freeBlock(slot: usize, me: usize): void {
  const bytes = spareBytes(slot);
  freeFrom(slot + SLOT_BLOCK, 0, bytes !== 0 ? bytes : load32(slot + SLOT_LENGTH), COUNTED_QUEUE, me);
}

/** Makes the block of a slot whose message was read a spare, or gives it back. */
export function passBlockOn(queue: usize, slot: usize, me: usize): void {
  const bytes = spareBytes(slot);
  if (bytes !== 0) leaveSpare(queue, slot, bytes);
  freeBlock(slot, me);
}

/** Gives the spares of a queue back that nobody uses any more. */
export function freeSpares(queue: usize, me: usize): void {
  for (let i: u32 = 0; i < SPARES; i++) {
    const at = spareWord(queue, i);
    const spare = atomicLoad(at);
    if (spare !== 0) freeFrom(at, 0, bytesOfSpare(spare), COUNTED_QUEUE, me);
  }
}
