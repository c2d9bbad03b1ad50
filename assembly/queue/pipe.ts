// The ends of a pipe: which thread has them, and what their owners find once one is closed, passed on, or its thread dead.
// A pipe is two queues without bound (or one), one each way; an end reads one of them and writes the other. Portable.
//
//   end     meaning                                        who changes it
//   owner   this thread sends and receives here            a thread that the end arrives at → its own id (by CAS)
//                                                          the owner → 0 (by CAS)
//           its thread is dead: as 0, for the other side   as above: an end under way when its sender died
//   0       closed, for good                               nobody
//
// Promise: the other side finds the end of the pipe once an end has gone, after all that was sent there before; an end is
// closed by its owner alone. What is received at an end while it moves goes to its old thread or to the new one, once;
// what its old thread is sending just then may come late, even after the end: who passes an end on is done with it.
// Who changes an end then wakes those who sleep on the items of the other side (closed, dead) or of its own (moved).
// Model test: test/model/models/pipe.

import { atomicCompareExchange, atomicExchange, atomicLoad } from '../atomics/index';
import { isThreadAlive } from '../heap/threads';
import { BUSY, beginGet, CLOSED, EMPTY, PIPE_BACK, PIPE_ENDS, peek, WAITING } from './ring';
import { claimant } from './slots';

/** Answers besides those of the queue: the other end has gone, and this one has received everything. */
export const EOF: u32 = 10;
/** This end is not the caller's any more: closed, or passed on. */
export const LOST: u32 = 12;

/** Gives both ends of a new pipe, whose queues are made, to one thread. */
export function initEnds(pipe: usize, owner: u32): void {
  atomicExchange(pipe + PIPE_ENDS, owner);
  atomicExchange(pipe + PIPE_ENDS + 4, owner);
}

/** The word of the end on side 0 or 1. */
export function endOf(pipe: usize, side: u32): usize {
  return pipe + PIPE_ENDS + 4 * side;
}

/** The queue that the end reads: the first end the pipe's own, the second one its other direction; 0 if none. */
export function inOf(pipe: usize, side: u32): usize {
  return side === 0 ? pipe : (atomicLoad(pipe + PIPE_BACK) as usize);
}

/** What the end's owner may do: nothing more if it is LOST; EOF: nobody will hear, or send, any more; EMPTY: both. */
export function lookAtEnds(pipe: usize, side: u32, owner: u32): u32 {
  if (atomicLoad(endOf(pipe, side)) !== owner) return LOST;
  const peer = atomicLoad(endOf(pipe, 1 - side));
  return peer === 0 || !isThreadAlive(peer) ? EOF : EMPTY;
}

/** Takes the next message at the end: as {@link beginGet}, or EOF or LOST. */
export function beginReceive(pipe: usize, side: u32, owner: u32): u32 {
  const queue = inOf(pipe, side);
  const answer = beginGet(queue, claimant(owner));
  if (answer !== EMPTY && answer !== BUSY) return answer;
  const ends = lookAtEnds(pipe, side, owner);
  if (ends !== EOF) return ends === EMPTY ? answer : ends;
  // It may have sent between our two looks.
  const last = beginGet(queue, claimant(owner));
  return last === EMPTY ? EOF : last;
}

/** Whether receiving would not wait: WAITING, for a message or the end of the pipe; EMPTY or LOST. */
export function pollEnd(pipe: usize, side: u32, owner: u32): u32 {
  const found = peek(inOf(pipe, side));
  if (found !== EMPTY && found !== BUSY && found !== CLOSED) return WAITING;
  const ends = lookAtEnds(pipe, side, owner);
  return ends === EOF ? WAITING : ends;
}

/** The end has arrived at thread `owner`; true if another had it till now, who may sleep there. */
export function moveEnd(pipe: usize, side: u32, owner: u32): boolean {
  const end = endOf(pipe, side);
  while (true) {
    const before = atomicLoad(end);
    if (before === 0 || before === owner) return false; // closed meanwhile: it arrives closed
    if (atomicCompareExchange(end, before, owner) === before) return true;
  }
}

/** Closes the end if it is the caller's. */
export function closeEnd(pipe: usize, side: u32, owner: u32): boolean {
  return atomicCompareExchange(endOf(pipe, side), owner, 0) === owner;
}
