// The spares of a queue: blocks whose messages were read, and which wait for the next ones, since to give one back and to
// allocate another costs more than to copy a kibibyte. Portable.
//
// A consumer leaves its block in the word of its position, modulo the number of words, if nothing lies there; a producer
// looks half a round away from its own: near one another in the queue they write different cache lines, and however many
// items wait between them, each finds what the other left.
//
//   word    0                 nothing
//           block | size      a spare, of SPARE_MIN << size bytes
//           slot | MARK       a block moves between the slot and this word
//
// Death: while a block moves the slot names it, with MOVING set, and it is the slot's exactly as long as the word is the
// slot's mark: so whoever sweeps the slot can tell (settleSpare).
//
//   leave   word 0 → mark · MOVING · word := the spare · BLOCK := 0
//   take    MOVING · BLOCK := the spare · word the spare → mark · not MOVING · word := 0
//
// Model test: test/model/models/queue-blocks.

import { atomicCompareExchange, atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { COUNTED_QUEUE, freeFrom } from '../heap/making';
import { QUEUE_SPARES, SPARES } from './ring';
import { SLOT_BLOCK, SLOT_FORMAT, SLOT_POSITION } from './slots';

/** Bytes of spares, which are powers of two. */
const SPARE_MIN: u32 = 128;
const SPARE_MAX: u32 = 65536;

/** In the format word of a slot: the block that it names moves. Above the format stand the bytes of the block. */
const MOVING: u32 = 128;
const BYTES_SHIFT: u32 = 8;

const SIZE_MASK: u32 = 15;
const MARK: u32 = 15;

/** Bytes of a spare that `length` bytes fit into; 0 if their block will be none. */
export function bytesToSpare(length: u32): u32 {
  if (length > SPARE_MAX) return 0;
  let bytes = SPARE_MIN;
  while (bytes < length) bytes <<= 1;
  return bytes;
}

/** Bytes of the slot's block if it may become a spare, else 0. */
export function spareBytes(slot: usize): u32 {
  return load32(slot + SLOT_FORMAT) >>> BYTES_SHIFT;
}

/** Says what {@link spareBytes} tells. Before the slot names the block: whoever sweeps it must know its size. */
export function setSpareBytes(slot: usize, bytes: u32): void {
  store32(slot + SLOT_FORMAT, bytes << BYTES_SHIFT);
}

/** The word where position `position` leaves a spare. */
function spareWord(queue: usize, position: u32): usize {
  return queue + QUEUE_SPARES + ((position & (SPARES - 1)) << 2);
}

/** Bytes of the spare that a word names. */
export function bytesOfSpare(word: u32): u32 {
  return SPARE_MIN << (word & SIZE_MASK);
}

/** Makes the spare that a position looks for the block of its claimed slot: whether there was one. */
export function takeSpare(queue: usize, slot: usize): boolean {
  const at = spareWord(queue, load32(slot + SLOT_POSITION) + SPARES / 2);
  const spare = atomicLoad(at);
  if (spare === 0 || (spare & SIZE_MASK) === MARK) return false;
  const bytes = bytesOfSpare(spare);
  store32(slot + SLOT_FORMAT, (bytes << BYTES_SHIFT) | MOVING);
  atomicStore(slot + SLOT_BLOCK, (spare & ~SIZE_MASK) >>> 0);
  if (atomicCompareExchange(at, spare, (slot | MARK) >>> 0) !== spare) {
    atomicStore(slot + SLOT_BLOCK, 0);
    return false;
  }
  setSpareBytes(slot, bytes);
  atomicStore(at, 0);
  return true;
}

/** Makes the block of a slot that is being swept a spare: whether there was room. */
export function leaveSpare(queue: usize, slot: usize): boolean {
  const at = spareWord(queue, load32(slot + SLOT_POSITION));
  if (atomicLoad(at) !== 0 || atomicCompareExchange(at, 0, (slot | MARK) >>> 0) !== 0) return false;
  const bytes = spareBytes(slot);
  let size: u32 = 0;
  while (SPARE_MIN << size < bytes) size++;
  store32(slot + SLOT_FORMAT, (bytes << BYTES_SHIFT) | MOVING);
  atomicStore(at, (atomicLoad(slot + SLOT_BLOCK) | size) >>> 0);
  atomicStore(slot + SLOT_BLOCK, 0);
  return true;
}

/** Finds out whether the block that a slot names is its own, after a death. Before the slot is swept. */
export function settleSpare(queue: usize, slot: usize): void {
  const position = load32(slot + SLOT_POSITION);
  const mark: u32 = (slot | MARK) >>> 0;
  const left = spareWord(queue, position);
  const taken = spareWord(queue, position + SPARES / 2);
  const isLeaving = atomicLoad(left) === mark;
  const isTaking = atomicLoad(taken) === mark;
  if ((load32(slot + SLOT_FORMAT) & MOVING) !== 0) {
    if (!isLeaving && !isTaking) atomicStore(slot + SLOT_BLOCK, 0);
    setSpareBytes(slot, spareBytes(slot)); // before the mark goes, which is what says so
  }
  if (isLeaving) atomicStore(left, 0);
  if (isTaking) atomicStore(taken, 0);
}

/** Gives the spares of a queue back that nobody uses any more, and whose slots were swept. */
export function freeSpares(queue: usize, me: usize): void {
  for (let i: u32 = 0; i < SPARES; i++) {
    const at = spareWord(queue, i);
    const spare = atomicLoad(at);
    if (spare !== 0) freeFrom(at, 0, bytesOfSpare(spare), COUNTED_QUEUE, me);
  }
}
