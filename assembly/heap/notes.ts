// Notes: a second record for each thread, beside threads.ts, of what only misuse and debugging ask for. Portable.
//
//   HELD         the first lock that a kernel of the thread holds; the others follow by SYNC_LINK. Plain: its thread
//                alone touches it, and after a death nobody does, for the owner words tell
//   BLOCKED_ON   under MANYHANDS_DEBUG=1: the word that the thread has slept on for long, since when (milliseconds
//                since the heap was made); 0 if it does not. AWAITS: the same for its asynchronous flows
//   NAME         under MANYHANDS_DEBUG=1: its length and bytes (UTF-8, cut)

import { NOTE_BYTES, NOTES_AT } from './layout';
import { threadSlot } from './threads';

export const NOTE_HELD: usize = 0;
export const NOTE_BLOCKED_ON: usize = 4;
export const NOTE_BLOCKED_SINCE: usize = 8;
export const NOTE_AWAITS: usize = 12;
export const NOTE_AWAITS_SINCE: usize = 16;
export const NOTE_NAME_BYTES: usize = 20;
export const NOTE_NAME: usize = 24;
export const NOTE_NAME_MAX: u32 = 104;

/** The notes of the thread with this record. */
export function threadNote(record: usize): usize {
  return NOTES_AT + threadSlot(record) * NOTE_BYTES;
}
