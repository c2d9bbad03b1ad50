// Scratch memory of a thread's calls of kernels. It stands in a list that begins in the thread's note, so that whoever
// buries a thread that is ended in the middle of a call finds it. Its thread alone changes the list.
//
//   block   the next one · bytes · unused, 56 bytes · the memory

import { atomicLoad, atomicStore, load32, store32 } from '../../assembly/atomics/index';
import { NOTE_SCRATCH, threadNote } from '../../assembly/heap/notes';
import { allocateLinked, releaseFrom, thisThread } from './heap';

const NEXT = 0;
const BYTES = 4;
/** What a block has before its memory. */
const HEAD_BYTES = 64;

/**
 * Allocates scratch memory, uninitialised, 64-byte aligned.
 * @throws {OutOfMemoryError} if the heap is full
 */
export function allocateScratch(bytes: number): number {
  const first = threadNote(thisThread()) + NOTE_SCRATCH;
  const total = HEAD_BYTES + bytes;
  const complete = (block: number) => {
    store32(block + NEXT, atomicLoad(first));
    store32(block + BYTES, total);
  };
  return allocateLinked(first, total, 'kernel', complete, 64) + HEAD_BYTES;
}

/** The word that names the block before this memory. */
function placeOf(address: number): number {
  let place = threadNote(thisThread()) + NOTE_SCRATCH;
  while (atomicLoad(place) !== address - HEAD_BYTES) place = atomicLoad(place) + NEXT;
  return place;
}

/** Takes the block that `place` names out of its list, and frees it. */
function releaseAt(place: number): void {
  const block = atomicLoad(place);
  releaseFrom(place, load32(block + BYTES), 'kernel', load32(block + NEXT));
}

/** Frees scratch memory. */
export function releaseScratch(address: number): void {
  releaseAt(placeOf(address));
}

/** Leaves scratch memory allocated for ever: a thread that cannot be ended may still write to it. */
export function abandonScratch(address: number): void {
  const place = placeOf(address);
  atomicStore(place, load32(atomicLoad(place) + NEXT));
}

/** Frees the scratch memory of a dead thread. */
export function buryScratch(record: number): void {
  const place = threadNote(record) + NOTE_SCRATCH;
  while (atomicLoad(place) !== 0) releaseAt(place);
}
