// Notes: a second record for each thread, beside threads.ts, of what only misuse and debugging ask for. Portable.
//
//   HELD         the first lock that a kernel of the thread holds; the others follow by SYNC_LINK. Plain: its thread
//                alone touches it, and after a death nobody does, for the owner words tell
//   READS        the first record of an RWLock that a kernel of the thread reads, in its scratch arena; plain as well
//   MAKING       a block that the thread is about to allocate, or has and nobody can find it yet, or that it is about to
//                free; or 0: so that it returns if the thread dies in between (making.ts). PLACE is the word that will name
//                it, or has; 0 for an object, which it will hold (holds.ts). KIND is what it was allocated as, with
//                MAKING_COUNTED once the statistics know of it
//   SCRATCH      the first block of scratch memory of the thread's calls of kernels, or 0 (src/heap/scratch.ts)
//   WITHIN       1 while the thread's JavaScript is in a section, where it must not be terminated (src/heap/section.ts)
//   THREAD       the number of its system thread, by which its parent can tell that it is gone; 0 where there is none
//   ENDED        the owner id of a thread that had the record and has ended, as whoever buries its parent hears of it
//                (src/pool/_burial.ts)
// and, under MANYHANDS_DEBUG=1, written by the thread, read by all (src/sync/_debug.ts):
//   BLOCKED_ON   the word that it has slept on for a while, or 0; since when, in milliseconds modulo 2³²
//   AWAITS       the same for its asynchronous flows, the one that waits longest
//   REPORTED     1 once a deadlock whose first thread it is has been reported
//   NAME         its length and bytes (UTF-8, cut)

import { NOTE_BYTES, NOTES_AT } from './layout';
import { threadSlot } from './threads';

export const NOTE_HELD: usize = 0;
export const NOTE_BLOCKED_ON: usize = 4;
export const NOTE_BLOCKED_SINCE: usize = 8;
export const NOTE_AWAITS: usize = 12;
export const NOTE_AWAITS_SINCE: usize = 16;
export const NOTE_REPORTED: usize = 20;
export const NOTE_MAKING: usize = 24;
export const NOTE_MAKING_BYTES: usize = 28;
export const NOTE_MAKING_KIND: usize = 32;
export const NOTE_MAKING_PLACE: usize = 36;
export const MAKING_COUNTED: u32 = 0x100;
export const NOTE_READS: usize = 40;
export const NOTE_NAME_BYTES: usize = 44;
export const NOTE_NAME: usize = 48;
export const NOTE_NAME_MAX: u32 = 64;
export const NOTE_SCRATCH: usize = 112;
export const NOTE_ENDED: usize = 116;
export const NOTE_WITHIN: usize = 120;
export const NOTE_THREAD: usize = 124;

// A record of READS, made when a kernel's call first reads the lock, gone with the arena: the next record · the lock's
// words · how often the kernel reads it now · 1 if the thread's JavaScript read it before.
export const READ_NEXT: usize = 0;
export const READ_WORD: usize = 4;
export const READ_DEPTH: usize = 8;
export const READ_OUTER: usize = 12;
export const READ_BYTES: usize = 16;

/** The notes of the thread with this record. */
export function threadNote(record: usize): usize {
  return NOTES_AT + threadSlot(record) * NOTE_BYTES;
}
