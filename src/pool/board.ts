// A pool's board as an object on the heap: its owner holds it, and so does each worker from its start. Whoever lets go
// last gives back what hangs on it; for threads that have died that is who buries them. So a board stays while a
// worker may still write to it, and does not outlive its pool, however the owner and the workers end. The same goes for
// the jobs of kernels' phases.

import { atomicLoad, load32, store32 } from '../../assembly/atomics/index';
import { OBJECT_BOARD, OBJECT_JOB } from '../../assembly/heap/holds';
import {
  argBytesAt,
  BOARD_MAGIC,
  BOARD_MAGIC_VALUE,
  BOARD_MASK,
  BOARD_NAMES,
  boardBytes,
  clearSlot,
  initBoard,
  SLOT_ARGS,
  SLOT_CLAIMED,
  SLOT_DONE,
  SLOT_STATE,
  slotAt,
  slotKind,
} from '../../assembly/pool/board';
import { JOB_BYTES, JOB_MAGIC, JOB_MAGIC_VALUE, JOB_NAMES } from '../../assembly/pool/job';
import { allocateObject, release, thisThread, tryRelease } from '../heap/heap';
import { holdNew, letGoOfMessages, onLastHold } from '../heap/holds';
import { freeResult } from './frames';
import { freeNames } from './names';

/** Makes a board that this thread owns, and holds. */
export function createBoard(slots: number): number {
  const board = allocateObject(boardBytes(slots), 'board');
  initBoard(board, slots, thisThread());
  holdNew(board, OBJECT_BOARD);
  return board;
}

/** Gives back what a slot holds, and the slot. */
export function emptySlot(board: number, index: number): void {
  const slot = slotAt(board, index);
  const args = load32(slot + SLOT_ARGS);
  store32(slot + SLOT_ARGS, 0); // first: what a death interrupts is not freed twice
  if (args !== 0) release(args, load32(argBytesAt(board, index)), 'frame');
  clearSlot(board, index);
}

/** Gives back a board that nobody holds any more, and all that hangs on it. */
function freeBoard(board: number): void {
  if (atomicLoad(board + BOARD_MAGIC) !== BOARD_MAGIC_VALUE) return; // given back already
  const slots = load32(board + BOARD_MASK) + 1;
  const bytes = boardBytes(slots);
  for (let index = 0; index < slots; index++) {
    const slot = slotAt(board, index);
    const kind = slotKind(atomicLoad(slot + SLOT_STATE));
    if (kind === SLOT_CLAIMED || kind === SLOT_DONE) freeResult(slot);
    emptySlot(board, index); // one that is free has arguments if its owner died over them
  }
  letGoOfMessages(board, board + bytes);
  freeNames(board + BOARD_NAMES);
  tryRelease(board, bytes, 'board');
}

/** Gives back what is left of a kernel's phases. */
function freeJob(job: number): void {
  if (atomicLoad(job + JOB_MAGIC) !== JOB_MAGIC_VALUE) return; // given back already
  freeNames(job + JOB_NAMES);
  tryRelease(job, load32(job + JOB_BYTES), 'job');
}

/** Says how boards and jobs are given back: in each thread that may be the last to hold one, or bury who was. */
export function registerBoards(): void {
  onLastHold(OBJECT_BOARD, freeBoard);
  onLastHold(OBJECT_JOB, freeJob);
}
