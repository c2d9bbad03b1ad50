// Scratch memory of a thread's calls of kernels.
//
// What a short call needs fits the thread's bench, which is always there: a block of the heap costs 0.4 µs to allocate
// and to free. A call has it for itself until it ends. All other scratch memory is blocks. They stand in a list that begins
// in the thread's note, so that whoever buries a thread that is ended in the middle of a call finds them. Its thread alone
// changes the list.
//
//   bench   1 if it is lost · unused, 60 bytes · the memory
//   block   the next one · bytes · unused, 56 bytes · the memory

import { atomicLoad, atomicStore, load32, store32 } from '../../assembly/atomics/index';
import { BENCH_BYTES, BENCHES_AT, HEADER_DEBUG } from '../../assembly/heap/layout';
import { NOTE_SCRATCH, threadNote } from '../../assembly/heap/notes';
import { threadSlot } from '../../assembly/heap/threads';
import { allocateLinked, releaseFrom, thisThread } from './heap';

const NEXT = 0;
const BYTES = 4;
/** What a block has before its memory. */
const HEAD_BYTES = 64;

/** How long the memory of a bench is. */
export const BENCH_ROOM_BYTES = BENCH_BYTES - HEAD_BYTES;
const LOST = 0;

let isBenchTaken = false;

const benchAt = () => BENCHES_AT + threadSlot(thisThread()) * BENCH_BYTES;

/**
 * Takes the memory of the thread's bench, uninitialised, 64-byte aligned; 0 if another call of the thread has it, or where
 * blocks are checked (MANYHANDS_DEBUG=1).
 */
export function takeBench(): number {
  if (isBenchTaken) return 0;
  const bench = benchAt();
  if (load32(bench + LOST) !== 0 || load32(HEADER_DEBUG) !== 0) return 0;
  isBenchTaken = true;
  return bench + HEAD_BYTES;
}

/** Gives the bench back. */
export function leaveBench(): void {
  isBenchTaken = false;
}

/** Leaves the bench taken for ever, whatever thread has this one's record next: as {@link abandonScratch}. */
export function abandonBench(): void {
  atomicStore(benchAt() + LOST, 1);
}

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
