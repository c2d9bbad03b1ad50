// Phases of a kernel that several threads work on: one block of the heap, which begins with what they share and goes on
// with the phases, one behind the other. Pieces of a phase are handed out from a shared index, so whoever is free takes
// the next ones (self-scheduling, Tang and Yew 1986; the grain follows the measured cost, as in guided self-scheduling,
// Polychronopoulos and Kuck 1987). A phase begins when every piece of the one before it is done: until then its gate is
// shut, and whoever is done with its own pieces waits there instead of going back to the calling thread. Portable.

import { atomicAdd, atomicLoad, atomicStore, notifyWord } from '../atomics/index';

/** First, so that the allocator wipes it with the block: what else lies here is no job. */
export const JOB_MAGIC: usize = 0;
export const JOB_MAGIC_VALUE: u32 = 0x4a4f4221; // "JOB!"
/** Non-zero asks the threads to stop between pieces. */
export const JOB_CANCELLED: usize = 4;
/** Threads that work on it, at most. */
export const JOB_WORKERS: usize = 8;
/** The functions' names: a list (src/pool/names.ts). */
export const JOB_NAMES: usize = 12;
/** Number of phases. */
export const JOB_PHASES: usize = 16;
/** Bytes of the block. */
export const JOB_BYTES: usize = 20;
/** Where the first phase begins. */
export const JOB_FIRST: usize = 24;

export const PHASE_PIECES: usize = 0;
/** Pieces done. */
export const PHASE_DONE: usize = 4;
/** Next piece to hand out. */
export const PHASE_NEXT: usize = 8;
/** GATE_SHUT until all pieces are done or the job is cancelled. */
export const PHASE_GATE: usize = 12;
/** Address of the function's name. */
export const PHASE_FN: usize = 16;
/** Number of arguments after begin and end; each an f64 from PHASE_ARGS on. */
export const PHASE_ARGC: usize = 20;
export const PHASE_ARGS: usize = 24;

/** Bytes of a phase whose function takes so many arguments: the next phase lies behind it. */
export function phaseBytes(args: u32): usize {
  return PHASE_ARGS + 8 * args;
}

/** Odd, as everything that a thread sleeps on is. */
export const GATE_SHUT: u32 = 1;
export const GATE_OPEN: u32 = 0;

/** The first of `grain` pieces that are the caller's now; the number of pieces if there are none left. */
export function takePieces(job: usize, phase: usize, grain: u32): u32 {
  const pieces = atomicLoad(phase + PHASE_PIECES);
  if (atomicLoad(job + JOB_CANCELLED) !== 0 || atomicLoad(phase + PHASE_NEXT) >= pieces) return pieces;
  const first = atomicAdd(phase + PHASE_NEXT, grain);
  return first < pieces ? first : pieces;
}

/** So many pieces that the caller took are done; with the last of the phase its gate opens. */
export function finishPieces(phase: usize, count: u32): void {
  if (atomicAdd(phase + PHASE_DONE, count) + count === atomicLoad(phase + PHASE_PIECES)) openGate(phase);
}

/** Lets those on who wait behind the phase. */
export function openGate(phase: usize): void {
  atomicStore(phase + PHASE_GATE, GATE_OPEN);
  notifyWord(phase + PHASE_GATE, 0xffffffff);
}
