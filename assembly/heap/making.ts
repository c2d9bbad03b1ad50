// Blocks that the statistics count, and that return if the thread that makes one dies before anybody can find it, or when
// nobody can any more: the allocator's, with the thread's note (notes.ts) around it. Portable.
//
// The note names a block before it is taken, and until it is about to be free. Whoever looks after the dead frees what a
// note names and the note's place does not: a block that was not taken yet is free, which is an answer.

import { atomicAdd, atomicLoad, atomicStore, load32, store32 } from '../atomics/index';
import { allocAlignedTold, FREE_OK, free, freeTold } from './allocator';
import { HEADER_KINDS } from './layout';
import {
  MAKING_COUNTED,
  NOTE_MAKING,
  NOTE_MAKING_BYTES,
  NOTE_MAKING_KIND,
  NOTE_MAKING_PLACE,
  threadNote,
} from './notes';

/** What blocks of queues are counted as: their place among the KINDS of src/heap/heap.ts. */
export const COUNTED_QUEUE: u32 = 6;

/** Adds to the statistics of a kind; what is taken off comes as its complement to 2³². */
export function countBlocks(kind: u32, blocks: u32, bytes: u32): void {
  const at: usize = HEADER_KINDS + kind * 8;
  atomicAdd(at, blocks);
  atomicAdd(at + 4, bytes);
}

/**
 * Says in the note of thread `me` what it is about to allocate, and which word will name it (0: an object that the
 * thread will hold); the note's address.
 */
export function beginMaking(place: usize, bytes: u32, kind: u32, me: usize): usize {
  const note = threadNote(me);
  store32(note + NOTE_MAKING_BYTES, bytes);
  atomicStore(note + NOTE_MAKING_KIND, kind);
  store32(note + NOTE_MAKING_PLACE, place as u32);
  return note;
}

/** Allocates, notes the address before that if `note` is not 0, and counts; 0 if the memory is full. */
export function allocCounted(bytes: u32, align: u32, kind: u32, note: usize, me: usize): usize {
  const address = allocAlignedTold(bytes, align, me, note === 0 ? 0 : note + NOTE_MAKING);
  if (address === 0) return 0;
  store32(address, 0); // an object that lay here is no more, whoever still has its address
  countBlocks(kind, 1, bytes);
  if (note !== 0) atomicStore(note + NOTE_MAKING_KIND, kind | MAKING_COUNTED);
  return address;
}

/** Allocates a block whose address goes into the word at `place`; 0 if the memory is full. */
export function allocInto(place: usize, bytes: u32, align: u32, kind: u32, me: usize): usize {
  const note = beginMaking(place, bytes, kind, me);
  const address = allocCounted(bytes, align, kind, note, me);
  if (address !== 0) atomicStore(place, address as u32);
  atomicStore(note + NOTE_MAKING, 0);
  return address;
}

/**
 * Frees the block that the word at `place` names, if it names one, and makes it name `next`: what {@link freeTold} says. The
 * word forgets the block first: otherwise a death could leave it the name of one that is somebody else's by then. In
 * between the note has it.
 */
export function freeFrom(place: usize, next: usize, bytes: u32, kind: u32, me: usize): i32 {
  const block: usize = atomicLoad(place);
  if (block === 0) return FREE_OK;
  const note = beginMaking(place, bytes, kind | MAKING_COUNTED, me);
  atomicStore(note + NOTE_MAKING, block as u32);
  atomicStore(place, next as u32);
  countBlocks(kind, 0xffffffff, ~bytes + 1);
  atomicStore(note + NOTE_MAKING_KIND, kind);
  const outcome = freeTold(block, me, note + NOTE_MAKING);
  if (outcome !== FREE_OK) {
    atomicStore(note + NOTE_MAKING, 0);
    countBlocks(kind, 1, bytes);
  }
  return outcome;
}

/** Frees a block; `bytes` and `kind` are those of its allocation. What {@link free} says. */
export function freeCounted(address: usize, bytes: u32, kind: u32, me: usize): i32 {
  const outcome = freeTold(address, me, 0);
  if (outcome === 0) countBlocks(kind, 0xffffffff, ~bytes + 1);
  return outcome;
}

/**
 * Gives back what the dead thread with this record had allocated for a word that does not name it yet. What it had
 * allocated for an object it may hold already: that is returned, else 0. Before the thread is marked as dead: then
 * others begin to take over what it had published.
 */
export function reclaimMaking(record: usize, me: usize): usize {
  const note = threadNote(record);
  const making: usize = atomicLoad(note + NOTE_MAKING);
  if (making === 0) return 0;
  atomicStore(note + NOTE_MAKING, 0);
  const place: usize = load32(note + NOTE_MAKING_PLACE);
  if (place === 0) return making;
  if (atomicLoad(place) !== (making as u32)) freeMaking(making, note, me);
  return 0;
}

/**
 * The same for a thread that is about to say itself that it is dead, but for objects, which wait for its burial: from then
 * on others take over what it had published, and what the note says is out of date.
 */
export function reclaimLinked(me: usize): void {
  if (load32(threadNote(me) + NOTE_MAKING_PLACE) !== 0) reclaimMaking(me, me);
}

/** Frees a block that a dead thread had allocated, as its note says. */
export function freeMaking(making: usize, note: usize, me: usize): void {
  const kind = atomicLoad(note + NOTE_MAKING_KIND);
  if ((kind & MAKING_COUNTED) === 0) free(making, me);
  else freeCounted(making, load32(note + NOTE_MAKING_BYTES), kind & ~MAKING_COUNTED, me);
}
