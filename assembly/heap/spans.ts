// Whole spans (64 KiB pages) of the heap: claimed by compare-and-swap in the span table, one word a span.
// First fit by address (Johnstone and Wilson 1998: least fragmentation of the simple policies). Portable.
//
//   state      word                        who may change it
//   FREE       0                           anyone, by CAS → CLAIMED
//   CLAIMED    kind | claimer's slot       the claimer (or the reaper, if the claimer died)
//   LARGE      kind                        head of a block of spans; who frees it, by CAS → CLAIMED
//   FOLLOWS    kind                        a later span of that block or slab; changes with its head
//   SLAB_…     kind | class | owner        see slabs.ts
//
// The second word, written while the span is CLAIMED and published by the store of the final state: for a head
// the number of spans, for FOLLOWS the head's index. It is read and written atomically: reapers and walkers look at
// spans that may change hands meanwhile. A claimer that dies leaves CLAIMED words and FOLLOWS words
// that name a CLAIMED head; reapSpans gives both back. No lists, so nothing can be left half linked.
//
// Under debug a span that is given back is filled with FREED_BYTE; who claims it looks whether all of it still is.

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  fillBytes,
  growMemory,
  load32,
  memoryPages,
  store32,
} from '../atomics/index';
import {
  HEADER_DEBUG,
  HEADER_FAIL_GROW,
  HEADER_MAX_PAGES,
  HEADER_SPAN_HINT,
  HEADER_WRITTEN_AFTER_FREE,
  HEAP_FIRST_SPAN,
  SPAN_BYTES,
  SPAN_ENTRY_BYTES,
  SPAN_SHIFT,
  SPAN_TABLE_AT,
} from './layout';
import { threadSlot } from './threads';

/** Debug: what free memory is filled with, unless it was never used. */
export const FREED_BYTE: u32 = 0xdd;
const FREED_WORD: u32 = 0xdddddddd;

export const SPAN_FREE: u32 = 0;
export const SPAN_CLAIMED: u32 = 1;
export const SPAN_LARGE: u32 = 2;
export const SPAN_FOLLOWS: u32 = 3;
export const SPAN_SLAB_ACTIVE: u32 = 4;
export const SPAN_SLAB_IDLE: u32 = 5;
export const SPAN_SLAB_FULL: u32 = 6;
export const SPAN_SLAB_LEAVING: u32 = 7;

/** A span's state word: kind in the top 3 bits, size class in the next 6, thread slot in the low 10. */
export function spanState(kind: u32, sizeClass: u32, slot: u32): u32 {
  return ((kind << 29) | (sizeClass << 23) | slot) >>> 0;
}
export function spanKind(state: u32): u32 {
  return state >>> 29;
}
export function spanClass(state: u32): u32 {
  return (state >>> 23) & 63;
}
export function spanSlot(state: u32): u32 {
  return state & 1023;
}

/** Address of a span's state word; the second word follows it. */
export function spanEntry(span: u32): usize {
  return SPAN_TABLE_AT + span * SPAN_ENTRY_BYTES;
}
export function spanExtra(span: u32): u32 {
  return atomicLoad(spanEntry(span) + 4);
}

/** The memory's length at this moment, in spans: {@link memoryPages} may lack what another thread has just added. */
export function spansNow(): u32 {
  const pages = growMemory(0);
  return pages === -1 ? memoryPages() : (pages as u32);
}

/** How many pages more `claimSpans` asks for than it needs: an eighth of what there is, 16 at least. */
function growthSlack(pages: u32): u32 {
  const eighth: u32 = pages >>> 3;
  return eighth < 16 ? 16 : eighth;
}

/** Grows by `wanted` pages, or by `needed` if that is refused; false if that is refused too. */
function grow(wanted: u32, needed: u32): boolean {
  const fail = atomicLoad(HEADER_FAIL_GROW);
  if (fail !== 0) {
    if (fail === 1) return false;
    atomicStore(HEADER_FAIL_GROW, fail - 1);
  }
  const room: u32 = atomicLoad(HEADER_MAX_PAGES) - memoryPages();
  if (needed > room) return false;
  if (growMemory(wanted < room ? wanted : room) !== -1) return true;
  return growMemory(needed) !== -1;
}

/** Lowers the hint to `span`. */
function lowerHint(span: u32): void {
  let hint = atomicLoad(HEADER_SPAN_HINT);
  while (span < hint) {
    const seen = atomicCompareExchange(HEADER_SPAN_HINT, hint, span);
    if (seen === hint) return;
    hint = seen;
  }
}

/** Claims the spans from `first`, left to right; on meeting a taken one gives back and returns its index. */
function claimRun(first: u32, count: u32, mine: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    if (atomicCompareExchange(spanEntry(first + i), SPAN_FREE, mine) !== SPAN_FREE) {
      for (let k: u32 = 0; k < i; k++) atomicStore(spanEntry(first + k), SPAN_FREE);
      return first + i;
    }
  }
  return first + count;
}

/**
 * Claims `count` spans in a row for thread `me`: all in state CLAIMED, second words written. Returns the first,
 * or 0 if the memory is full. The caller publishes the head's final state with {@link publishSpans}.
 */
export function claimSpans(count: u32, me: usize): u32 {
  const mine = spanState(SPAN_CLAIMED, 0, threadSlot(me));
  let from = atomicLoad(HEADER_SPAN_HINT);
  if (from < HEAP_FIRST_SPAN) from = HEAP_FIRST_SPAN;
  const hint = from;
  let sawFree = false;
  let wrapped = from === HEAP_FIRST_SPAN;
  while (true) {
    const end = memoryPages();
    let first = from;
    let length: u32 = 0;
    for (let span = from; span < end && length < count; span++) {
      if (atomicLoad(spanEntry(span)) === SPAN_FREE) {
        if (length === 0) first = span;
        if (!sawFree) {
          // Everything from the old hint to here is taken: the next search may start here.
          sawFree = true;
          if (span > hint) atomicCompareExchange(HEADER_SPAN_HINT, hint, span);
        }
        length++;
      } else {
        length = 0;
      }
    }
    if (length === count) {
      const met = claimRun(first, count, mine);
      if (met === first + count) {
        for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i) + 4, first);
        atomicStore(spanEntry(first) + 4, count);
        if (load32(HEADER_DEBUG) !== 0) {
          for (let i: u32 = 0; i < count; i++) lookForWrites(((first + i) << SPAN_SHIFT) >>> 0, SPAN_BYTES);
        }
        return first;
      }
      from = met; // another thread was faster
      continue;
    }
    if (!wrapped) {
      wrapped = true;
      from = HEAP_FIRST_SPAN;
      sawFree = true;
      continue;
    }
    // `length` free spans stand at the end already.
    const needed: u32 = count - length;
    if (memoryPages() !== end) continue; // another thread grew meanwhile
    if (!grow(needed + growthSlack(end), needed)) {
      if (memoryPages() !== end) continue;
      return 0;
    }
    from = length === 0 ? end : first;
  }
}

/** Publishes claimed spans: the followers, then the head with `state`. */
export function publishSpans(first: u32, count: u32, state: u32): void {
  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), spanState(SPAN_FOLLOWS, 0, 0));
  atomicStore(spanEntry(first), state);
}

/** Debug: reports free memory that was written since it was freed. */
export function lookForWrites(start: usize, bytes: u32): void {
  if (load32(start) !== FREED_WORD) return; // it was never used
  for (let at: u32 = 0; at + 4 <= bytes; at += 4) {
    if (load32(start + at) === FREED_WORD) continue;
    store32(HEADER_WRITTEN_AFTER_FREE, start as u32);
    return;
  }
}

/** Debug: fills a span that is given back. */
function markFree(span: u32): void {
  if (load32(HEADER_DEBUG) !== 0) fillBytes((span << SPAN_SHIFT) >>> 0, FREED_BYTE, SPAN_BYTES);
}

/** Gives back spans whose head is CLAIMED by the caller; the head last, so that a death on the way is repaired. */
export function releaseSpans(first: u32): void {
  const count = spanExtra(first);
  for (let i: u32 = 0; i < count; i++) markFree(first + i);
  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), SPAN_FREE);
  atomicStore(spanEntry(first), SPAN_FREE);
  lowerHint(first);
}

/** Gives back what a dead thread had claimed and not published, or had begun to give back. */
export function reapSpans(slot: u32): void {
  const end = spansNow();
  const dead = spanState(SPAN_CLAIMED, 0, slot);
  const follows = spanState(SPAN_FOLLOWS, 0, 0);
  for (let span: u32 = HEAP_FIRST_SPAN; span < end; span++) {
    if (atomicLoad(spanEntry(span)) !== follows) continue;
    if (atomicLoad(spanEntry(spanExtra(span))) !== dead) continue;
    // Another thread may have given the span back and taken it again since the first look: so it is not filled either.
    atomicCompareExchange(spanEntry(span), follows, SPAN_FREE);
  }
  for (let span: u32 = HEAP_FIRST_SPAN; span < end; span++) {
    if (atomicLoad(spanEntry(span)) !== dead) continue;
    markFree(span);
    atomicStore(spanEntry(span), SPAN_FREE);
    lowerHint(span);
  }
}
