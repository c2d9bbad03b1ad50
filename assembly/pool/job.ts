// A kernel phase that several threads work on: one block of the heap. Pieces are handed out from a shared index,
// so whoever is free takes the next ones (self-scheduling, Tang and Yew 1986; the grain follows the measured cost,
// as in guided self-scheduling, Polychronopoulos and Kuck 1987). Portable.

import { atomicAdd, atomicLoad } from '../atomics/index';

/** First, so that the allocator wipes it with the block: what else lies here is no job. */
export const JOB_MAGIC: usize = 0;
export const JOB_MAGIC_VALUE: u32 = 0x4a4f4221; // "JOB!"
export const JOB_PIECES: usize = 4;
/** Non-zero asks the threads to stop between pieces. */
export const JOB_CANCELLED: usize = 8;
/** Pieces done. */
export const JOB_DONE: usize = 12;
/** Threads that work on it, at most. */
export const JOB_WORKERS: usize = 16;
/** Number of arguments after begin and end; each an f64 from JOB_ARGS on. */
export const JOB_ARGC: usize = 20;
/** Address of the function's name (src/pool/names.ts). */
export const JOB_FN: usize = 24;
/** Next piece to hand out. */
export const JOB_NEXT: usize = 28;
export const JOB_ARGS: usize = 32;

/** The first of `grain` pieces that are the caller's now; the number of pieces if there are none left. */
export function takePieces(job: usize, grain: u32): u32 {
  const pieces = atomicLoad(job + JOB_PIECES);
  if (atomicLoad(job + JOB_CANCELLED) !== 0 || atomicLoad(job + JOB_NEXT) >= pieces) return pieces;
  const first = atomicAdd(job + JOB_NEXT, grain);
  return first < pieces ? first : pieces;
}
