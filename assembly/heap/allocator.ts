// The thread-safe allocator: any thread frees what any thread allocated, no lock anywhere, and a thread may die
// at any step. Portable. Small blocks come from slabs (slabs.ts), large ones are whole spans (spans.ts); both
// are found again from the address alone, so blocks carry no header and may be freed by an inner address
// (which is how alignment above 16 is given).
//
// Promise: lock-free (a thread's stop delays nobody), 16-byte alignment, exact tiling (walk.ts), a second free
// is an answer and not a corruption. Model test: test/model/models/allocator; random operations:
// test/heap/allocator.test.ts.
//
// Under debug (HEADER_DEBUG) a block is filled with ALLOCATED_BYTE, ends with its requested size and a guard
// word, and is filled with FREED_BYTE when freed; the next owner's allocation looks whether that pattern still
// stands.

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  copyBytes,
  fillBytes,
  load32,
  store32,
} from '../atomics/index';
import { classBytes, classOf, SLAB_MAX_BYTES } from './classes';
import {
  HEADER_DEBUG,
  HEADER_MAX_PAGES,
  HEAP_FIRST_SPAN,
  SPAN_BYTES,
  SPAN_SHIFT,
  THREAD_BYTES,
} from './layout';
import { allocBlock, blockAddress, blockIndex, freeBlock, isBlockTaken, reapSlabs } from './slabs';
import {
  claimSpans,
  FREED_BYTE,
  lookForWrites,
  publishSpans,
  reapSpans,
  releaseSpans,
  SPAN_CLAIMED,
  SPAN_FOLLOWS,
  SPAN_LARGE,
  SPAN_SLAB_ACTIVE,
  spanClass,
  spanEntry,
  spanExtra,
  spanKind,
  spanState,
} from './spans';
import { THREAD_SLABS, threadRecord, threadSlot } from './threads';

export const FREE_OK: i32 = 0;
/** The block is free already. */
export const FREE_TWICE: i32 = 1;
/** The address lies in no block. */
export const FREE_NO_BLOCK: i32 = 2;
/** Debug: something wrote past the block's end. */
export const FREE_OVERRUN: i32 = 3;

const ALLOCATED_BYTE: u32 = 0xcd;
const GUARD_WORD: u32 = 0x5afe5afe;
/** Debug: requested size, guard word, and 8 bytes more to keep the alignment. */
const GUARD_BYTES: u32 = 16;
const BYTES_MAX: u32 = 0xfff00000;

/**
 * Allocates `bytes` (0 is taken as 1) for thread record `me`; the address is a multiple of 16, of 64 KiB for
 * blocks above 128 KiB. Contents are undefined. Returns 0 if the memory is full.
 */
export function alloc(bytes: u32, me: usize): usize {
  return allocTold(bytes, me, 0);
}

/**
 * The same. The word at `tell`, unless that is 0, is told the address before the block is taken, so that a death leaves no block
 * that nobody knows of; to free what it names is right whether the block was taken or not (making.ts).
 */
export function allocTold(bytes: u32, me: usize, tell: usize): usize {
  const debug = load32(HEADER_DEBUG) !== 0;
  if (bytes > BYTES_MAX) return 0;
  const total: u32 = debug ? bytes + GUARD_BYTES : bytes;
  let block: usize = 0;
  if (total <= SLAB_MAX_BYTES) {
    block = allocBlock(classOf(total), me, tell);
    if (debug && block !== 0) lookForWrites(block, usableBytes(block));
  } else {
    const count: u32 = (total + (SPAN_BYTES - 1)) >>> SPAN_SHIFT;
    const first = claimSpans(count, me);
    if (first === 0) return 0;
    block = (first << SPAN_SHIFT) >>> 0;
    if (tell !== 0) atomicStore(tell, block as u32);
    publishSpans(first, count, spanState(SPAN_LARGE, 0, 0));
  }
  if (debug && block !== 0) markAllocated(block, bytes);
  return block;
}

/** Allocates with alignment `align`, a power of two up to 65536. */
export function allocAligned(bytes: u32, align: u32, me: usize): usize {
  return allocAlignedTold(bytes, align, me, 0);
}

/** The same, and tells as {@link allocTold}. */
export function allocAlignedTold(bytes: u32, align: u32, me: usize, tell: usize): usize {
  if (align <= 16) return allocTold(bytes, me, tell);
  const padded: u32 = bytes + align - 16;
  if (padded < bytes) return 0;
  if (load32(HEADER_DEBUG) === 0 && bytes > SLAB_MAX_BYTES) return allocTold(bytes, me, tell);
  const block = allocTold(padded, me, tell);
  if (block === 0) return 0;
  const aligned: usize = ((block + (align - 1)) & ~(align - 1)) >>> 0;
  if (tell !== 0 && aligned !== block) atomicStore(tell, aligned as u32);
  return aligned;
}

/** Frees the block that contains `p`: one of FREE_OK, FREE_TWICE, FREE_NO_BLOCK, FREE_OVERRUN. */
export function free(p: usize, me: usize): i32 {
  return freeTold(p, me, 0);
}

/**
 * The same. The word at `tell`, unless
 * that is 0, names the block while this thread's death would leave it taken: it becomes 0 before another can take it. A
 * death between the two, one step apart, leaves a small block taken.
 */
export function freeTold(p: usize, me: usize, tell: usize): i32 {
  const head = headOf(p);
  if (head === 0) return p >>> SPAN_SHIFT < HEAP_FIRST_SPAN ? FREE_NO_BLOCK : FREE_TWICE;
  const start: usize = (head << SPAN_SHIFT) >>> 0;
  const entry = spanEntry(head);
  const state = atomicLoad(entry);
  const debug = load32(HEADER_DEBUG) !== 0;
  if (spanKind(state) === SPAN_LARGE) {
    if (debug && !isGuardIntact(start)) return FREE_OVERRUN;
    const mine = spanState(SPAN_CLAIMED, 0, threadSlot(me));
    if (atomicCompareExchange(entry, state, mine) !== state) return FREE_TWICE;
    if (tell !== 0) atomicStore(tell, 0); // from here on the spans are found by whoever looks after the dead
    releaseSpans(head);
    return FREE_OK;
  }
  if (spanKind(state) < SPAN_SLAB_ACTIVE) return FREE_TWICE;
  const sizeClass = spanClass(state);
  const index = blockIndex(start, sizeClass, p);
  if (index < 0) return FREE_NO_BLOCK;
  if (debug) {
    if (!isBlockTaken(start, index)) return FREE_TWICE;
    const block = blockAddress(start, sizeClass, index);
    if (!isGuardIntact(block)) return FREE_OVERRUN;
    fillBytes(block, FREED_BYTE, classBytes(sizeClass));
  }
  return freeBlock(start, sizeClass, index, me, tell) ? FREE_OK : FREE_TWICE;
}

/** Bytes that the block of `p` (its first address) can hold; 0 if there is none. */
export function usableBytes(p: usize): u32 {
  const head = headOf(p);
  if (head === 0) return 0;
  const state = atomicLoad(spanEntry(head));
  const guard: u32 = load32(HEADER_DEBUG) !== 0 ? GUARD_BYTES : 0;
  if (spanKind(state) === SPAN_LARGE) return ((spanExtra(head) << SPAN_SHIFT) >>> 0) - guard;
  if (spanKind(state) < SPAN_SLAB_ACTIVE) return 0;
  return classBytes(spanClass(state)) - guard;
}

/** Moves the block to one of `bytes`, in place where it fits; 0 if the memory is full (the old block stays). */
export function realloc(p: usize, bytes: u32, me: usize): usize {
  const usable = usableBytes(p);
  if (bytes <= usable && bytes >= usable >>> 1 && load32(HEADER_DEBUG) === 0) return p;
  const block = alloc(bytes, me);
  if (block === 0) return 0;
  copyBytes(block, p, bytes < usable ? bytes : usable);
  free(p, me);
  return block;
}

/** Takes back what the dead thread in `slot` held of the allocator. Blocks it had allocated stay allocated. */
export function reapThread(slot: u32, me: usize): void {
  reapSpans(slot);
  reapSlabs(slot, me);
  fillBytes(threadRecord(slot) + THREAD_SLABS, 0, THREAD_BYTES - (THREAD_SLABS as u32));
}

/** The head span of the block or slab that `p` lies in, or 0. */
function headOf(p: usize): u32 {
  const span: u32 = (p >>> SPAN_SHIFT) as u32;
  if (span < HEAP_FIRST_SPAN || span >= atomicLoad(HEADER_MAX_PAGES)) return 0;
  const kind = spanKind(atomicLoad(spanEntry(span)));
  if (kind === SPAN_FOLLOWS) return spanExtra(span);
  return kind < SPAN_LARGE ? 0 : span;
}

/** Fills a new block and writes its guard behind the requested bytes' block end. */
function markAllocated(block: usize, bytes: u32): void {
  const usable: u32 = usableBytes(block);
  fillBytes(block, ALLOCATED_BYTE, usable);
  store32(block + usable, bytes);
  store32(block + usable + 4, (GUARD_WORD ^ bytes) >>> 0);
  // Between the requested bytes and the guard the fill itself is the canary.
}

function isGuardIntact(block: usize): boolean {
  const usable = usableBytes(block);
  const bytes = load32(block + usable);
  if (load32(block + usable + 4) !== (GUARD_WORD ^ bytes) >>> 0 || bytes > usable) return false;
  for (let at: u32 = ((bytes + 3) & ~3) >>> 0; at + 4 <= usable; at += 4) {
    if (load32(block + at) !== 0xcdcdcdcd) return false;
  }
  return true;
}
