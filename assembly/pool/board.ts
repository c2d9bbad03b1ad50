// The task board: where a pool's owner posts tasks and its workers take them. One block of the heap; portable.
//
//   header (128 bytes) · done map (a bit a slot, 64 bytes) · slots (128 bytes each) · a word for each slot
//
// All that hangs on a board can be found from it, so that whoever buries its owner gives it back (src/pool/board.ts):
// blocks of arguments and of results in the slots, the bytes of the former in the words behind them, the names of
// functions in a list.
//
// A slot's first word:
//
//   state     who may change it                     meaning
//   FREE      the owner → READY                     nobody's
//   READY     a worker, by CAS → CLAIMED            holds a task
//             the owner, by CAS → FREE (cancelled)
//   CLAIMED   the worker named in it → DONE         being run
//             the owner → FREE, if that worker died
//   DONE      the owner → FREE                      holds a result; its bit in the done map is set, or is about to be
//
// The claim is in the slot, so it is always known who has which task; `tail` counts the positions the owner has
// posted at (slot = position mod slots), `head` is a hint below which no slot is READY, and anyone may raise it.
// A position whose slot is still taken from an earlier lap is passed over by the owner, and by the workers, who
// find it not READY.
//
// What orders what: READY publishes the task's plain words (the owner's store, the worker's CAS); DONE publishes
// the result's (the worker's store, the owner's load). Both ways the reader looks only after it has seen the state.
//
// Waking: the owner posts, then calls as many workers as it has posted tasks (callThread in ../heap/threads.ts, where
// the wake-up that cannot be lost is explained). A worker that was called and dies takes its call with it: the
// owner calls all the others when it buries one. A dead claimer is found in its slots.

import {
  atomicCompareExchange,
  atomicExchange,
  atomicLoad,
  atomicOr,
  atomicStore,
  fillBytes,
} from '../atomics/index';
import { ringBell, THREAD_BELL } from '../heap/threads';

/** First, so that the allocator wipes it with the block: what else lies here is no board. */
export const BOARD_MAGIC: usize = 0;
export const BOARD_MAGIC_VALUE: u32 = 0x424f5244; // "BORD"
/** Slots − 1; the number of slots is a power of two, 512 at most. */
export const BOARD_MASK: usize = 4;
/** Record of the thread that owns the board. */
export const BOARD_OWNER: usize = 8;
/** Address of the first name that its tasks are called by, or 0; src/pool/names.ts has the others. */
export const BOARD_NAMES: usize = 12;
export const BOARD_TAIL: usize = 16;
export const BOARD_HEAD: usize = 20;
export const BOARD_DONE: usize = 128;
export const BOARD_SLOTS: usize = 192;
export const SLOTS_MAX: u32 = 512;

export const SLOT_BYTES: u32 = 128;
export const SLOT_STATE: usize = 0;
/** What is asked, then what came: FRAME_… in src/pool/frames.ts. */
export const SLOT_KIND: usize = 4;
/** Address of the function's name. */
export const SLOT_FN: usize = 8;
/** Address of the arguments' block, 0 if they are inline; the owner's to free. */
export const SLOT_ARGS: usize = 12;
/** Address of the result's block, 0 if it is inline; the owner's to free. */
export const SLOT_RESULT: usize = 16;
/** Bytes of the arguments or of the result. */
export const SLOT_LENGTH: usize = 20;
/** Number of items. */
export const SLOT_COUNT: usize = 24;
/** Index of the item that failed. */
export const SLOT_INDEX: usize = 28;
/** Milliseconds that the task ran, f64. */
export const SLOT_MS: usize = 32;
/** performance.timeOrigin + now() at its start, f64. */
export const SLOT_STARTED: usize = 40;
export const SLOT_INLINE: usize = 48;
export const INLINE_BYTES: u32 = 80;

export const SLOT_FREE: u32 = 0;
export const SLOT_READY: u32 = 1;
export const SLOT_CLAIMED: u32 = 2;
export const SLOT_DONE: u32 = 3;

/** The kind of a state word, and the thread named in it. */
export function slotKind(state: u32): u32 {
  return state & 0xff;
}
export function slotThread(state: u32): u32 {
  return state >>> 8;
}

/** The state word of a slot claimed by a thread. */
export function claimedBy(threadSlot: u32): u32 {
  return ((threadSlot << 8) | SLOT_CLAIMED) >>> 0;
}

export function boardBytes(slots: u32): u32 {
  return (BOARD_SLOTS as u32) + slots * (SLOT_BYTES + 4);
}

export function slotAt(board: usize, slot: u32): usize {
  return board + BOARD_SLOTS + slot * SLOT_BYTES;
}

/** Where the bytes of the arguments' block of a slot stand; touched by the owner alone. */
export function argBytesAt(board: usize, slot: u32): usize {
  const slots: u32 = atomicLoad(board + BOARD_MASK) + 1;
  return board + BOARD_SLOTS + slots * SLOT_BYTES + slot * 4;
}

/** Initialises a board in a block of `boardBytes(slots)`. */
export function initBoard(board: usize, slots: u32, ownerRecord: usize): void {
  fillBytes(board, 0, boardBytes(slots));
  atomicStore(board + BOARD_MASK, slots - 1);
  atomicStore(board + BOARD_OWNER, ownerRecord as u32);
  atomicStore(board + BOARD_MAGIC, BOARD_MAGIC_VALUE);
}

/** The owner: the next free slot to fill, or -1 if all are taken. */
export function freeSlot(board: usize): i32 {
  const mask = atomicLoad(board + BOARD_MASK);
  const tail = atomicLoad(board + BOARD_TAIL);
  for (let step: u32 = 0; step <= mask; step++) {
    const slot: u32 = ((tail + step) & mask) >>> 0;
    if (atomicLoad(slotAt(board, slot)) === SLOT_FREE) return slot as i32;
  }
  return -1;
}

/** The owner: posts the slot that {@link freeSlot} gave, after filling it. */
export function postSlot(board: usize, slot: u32): void {
  const mask = atomicLoad(board + BOARD_MASK);
  const tail = atomicLoad(board + BOARD_TAIL);
  const step: u32 = ((slot - tail) & mask) >>> 0;
  atomicStore(slotAt(board, slot), SLOT_READY);
  atomicStore(board + BOARD_TAIL, (tail + step + 1) >>> 0);
}

/** Whether every posted task has been claimed, as far as the hint tells. */
export function isBoardEmpty(board: usize): boolean {
  const tail = atomicLoad(board + BOARD_TAIL);
  return atomicLoad(board + BOARD_HEAD) === tail;
}

/** A worker: takes a task; -1 if there is none. */
export function claimSlot(board: usize, threadSlot: u32): i32 {
  const mask = atomicLoad(board + BOARD_MASK);
  const tail = atomicLoad(board + BOARD_TAIL);
  let position = atomicLoad(board + BOARD_HEAD);
  const behind: u32 = (tail - position) >>> 0;
  if (behind > mask + 1) position = behind > 0x7fffffff ? tail : (tail - mask - 1) >>> 0;
  const claimed = claimedBy(threadSlot);
  while (position !== tail) {
    const slot: u32 = (position & mask) >>> 0;
    const at = slotAt(board, slot);
    position = (position + 1) >>> 0;
    if (atomicLoad(at) === SLOT_READY && atomicCompareExchange(at, SLOT_READY, claimed) === SLOT_READY) {
      raiseHead(board, position);
      return slot as i32;
    }
  }
  raiseHead(board, tail);
  return -1;
}

/** Raises the hint to `position`, unless it is there already. */
function raiseHead(board: usize, position: u32): void {
  let head = atomicLoad(board + BOARD_HEAD);
  while (head !== position && (position - head) >>> 0 < 0x80000000) {
    const seen = atomicCompareExchange(board + BOARD_HEAD, head, position);
    if (seen === head) return;
    head = seen;
  }
}

/** A worker: hands the result over; the caller notifies the owner if this returns true (it sleeps). */
export function finishSlot(board: usize, slot: u32): boolean {
  const at = slotAt(board, slot);
  // The state keeps the worker's number: the owner calls first who worked last, its caches are warm.
  atomicStore(at, ((atomicLoad(at) & ~0xff) | SLOT_DONE) >>> 0);
  atomicOr(board + BOARD_DONE + ((slot >>> 5) << 2), (1 << (slot & 31)) >>> 0);
  return ringBell(atomicLoad(board + BOARD_OWNER));
}

/** The address that the owner sleeps on. */
export function ownerBell(board: usize): usize {
  return atomicLoad(board + BOARD_OWNER) + THREAD_BELL;
}

/** The owner: takes the done bits of 32 slots. */
export function takeDone(board: usize, word: u32): u32 {
  const at = board + BOARD_DONE + (word << 2);
  return atomicLoad(at) === 0 ? 0 : atomicExchange(at, 0);
}

/** The owner: takes a posted task back; false if a worker has it already. */
export function retractSlot(board: usize, slot: u32): boolean {
  return atomicCompareExchange(slotAt(board, slot), SLOT_READY, SLOT_FREE) === SLOT_READY;
}

/** The owner: makes a done, retracted or orphaned slot free. */
export function clearSlot(board: usize, slot: u32): void {
  atomicStore(slotAt(board, slot), SLOT_FREE);
}
