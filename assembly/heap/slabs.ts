// Slabs: runs of spans cut into blocks of one size class, a bit a block. Portable.
//
// Allocating sets a bit and is done only by the slab's owner; freeing clears one and may be done by any thread,
// so both are one atomic read-modify-write and a second free of the same block is seen at once. States follow
// Michael (2004, "Scalable lock-free dynamic memory allocation"), with claims and bitmaps instead of lists, so
// that a thread may die at any step:
//
//   state   who may change it                          meaning
//   ACTIVE  its owner → FULL                           the owner allocates from it
//   FULL    its last owner → ACTIVE, a freer → IDLE    no free block when its owner last looked
//   IDLE    anyone → ACTIVE (allocate), → LEAVING      has free blocks, nobody allocates; its bit in the
//           (seen empty)                               class's hint map is set (or about to be)
//   LEAVING who made it so → CLAIMED (give back) or    nobody allocates from it; may hold blocks that were
//           → IDLE, or the reaper → IDLE               allocated since it was seen empty, and these may be freed
//
// The race that must not happen is a slab with free blocks that stays FULL: the owner stores FULL and then
// looks at the bits once more; a freer clears its bit and then looks at the state. One of them sees the other.

import {
  atomicAnd,
  atomicCompareExchange,
  atomicLoad,
  atomicOr,
  atomicStore,
  fillBytes,
  load32,
  memoryPages,
  store32,
  trailingZeros,
} from '../atomics/index';
import { classBlocks, classBytes, classSpans, slabHeaderBytes } from './classes';
import { HEADER_DEBUG, HEAP_FIRST_SPAN, HINT_MAP_BYTES, HINTS_AT, SPAN_SHIFT } from './layout';
import {
  claimSpans,
  FREED_BYTE,
  publishSpans,
  releaseSpans,
  SPAN_CLAIMED,
  SPAN_SLAB_ACTIVE,
  SPAN_SLAB_FULL,
  SPAN_SLAB_IDLE,
  SPAN_SLAB_LEAVING,
  spanClass,
  spanEntry,
  spanKind,
  spanSlot,
  spanState,
  spansNow,
} from './spans';
import { THREAD_SLABS, threadSlot } from './threads';

// A slab begins with four words (then the bitmap, then the blocks), constant but for the first:
/** The bitmap word that the owner looks at first; the owner's alone. */
const SLAB_CURSOR: usize = 0;
const SLAB_WORDS: usize = 4;
const SLAB_BLOCK_BYTES: usize = 8;
const SLAB_BLOCKS_AT: usize = 12;
export const SLAB_BITMAP: usize = 16;

export function bitmapWords(sizeClass: u32): u32 {
  return (classBlocks(sizeClass) + 31) >>> 5;
}

function hintWord(sizeClass: u32, span: u32): usize {
  return HINTS_AT + sizeClass * HINT_MAP_BYTES + ((span >>> 5) << 2);
}

function setHint(sizeClass: u32, span: u32): void {
  atomicOr(hintWord(sizeClass, span), (1 << (span & 31)) >>> 0);
}

/**
 * Takes a block of a slab that the calling thread owns; 0 if none is free. The word at `tell`, unless that is 0, is told
 * its address first: while the slab is this thread's nobody else sets bits, so whoever finds the word after its death and
 * the bit set knows whose the block was.
 */
function takeBlock(slab: usize, tell: usize): usize {
  const words = load32(slab + SLAB_WORDS);
  const start = load32(slab + SLAB_CURSOR);
  let word = start;
  for (let seen: u32 = 0; seen < words; seen++) {
    const at = slab + SLAB_BITMAP + (word << 2);
    const free: u32 = ~atomicLoad(at) >>> 0;
    if (free !== 0) {
      const bit = trailingZeros(free);
      const block: usize =
        slab + load32(slab + SLAB_BLOCKS_AT) + ((word << 5) + bit) * load32(slab + SLAB_BLOCK_BYTES);
      if (tell !== 0) atomicStore(tell, block as u32);
      atomicOr(at, (1 << bit) >>> 0);
      if (word !== start) store32(slab + SLAB_CURSOR, word);
      return block;
    }
    word = word + 1 === words ? 0 : word + 1;
  }
  return 0;
}

/** Whether no block of the slab is taken. Bits past the last block are always set. */
function isEmpty(slab: usize, sizeClass: u32): boolean {
  const words = bitmapWords(sizeClass);
  for (let word: u32 = 0; word < words; word++) {
    const resting: u32 = word + 1 === words ? tailBits(sizeClass) : 0;
    if (atomicLoad(slab + SLAB_BITMAP + (word << 2)) !== resting) return false;
  }
  return true;
}

/** The bits of the last bitmap word that stand for no block. */
function tailBits(sizeClass: u32): u32 {
  const used: u32 = classBlocks(sizeClass) & 31;
  return used === 0 ? 0 : ~((1 << used) - 1) >>> 0;
}

/** Makes an idle slab of the class the caller's; 0 if there is none. */
function adoptSlab(sizeClass: u32, slot: u32): usize {
  const idle = spanState(SPAN_SLAB_IDLE, sizeClass, 0);
  const active = spanState(SPAN_SLAB_ACTIVE, sizeClass, slot);
  const words: u32 = (memoryPages() + 31) >>> 5;
  for (let word: u32 = HEAP_FIRST_SPAN >>> 5; word < words; word++) {
    const at = hintWord(sizeClass, word << 5);
    for (let bits = atomicLoad(at); bits !== 0; bits = atomicLoad(at)) {
      const bit = trailingZeros(bits);
      const mask: u32 = (1 << bit) >>> 0;
      if ((atomicAnd(at, ~mask >>> 0) & mask) === 0) continue; // another thread took the hint
      const span: u32 = (word << 5) + bit;
      if (atomicCompareExchange(spanEntry(span), idle, active) === idle) return (span << SPAN_SHIFT) >>> 0;
    }
  }
  return 0;
}

/** A new slab, owned by the caller; 0 if the memory is full. */
function createSlab(sizeClass: u32, me: usize): usize {
  const spans = classSpans(sizeClass);
  const first = claimSpans(spans, me);
  if (first === 0) return 0;
  const slab: usize = (first << SPAN_SHIFT) >>> 0;
  const words = bitmapWords(sizeClass);
  if (load32(HEADER_DEBUG) !== 0) fillBytes(slab, FREED_BYTE, spans << SPAN_SHIFT); // also where it was never used
  fillBytes(slab, 0, SLAB_BITMAP + (words << 2));
  store32(slab + SLAB_WORDS, words);
  store32(slab + SLAB_BLOCK_BYTES, classBytes(sizeClass));
  store32(slab + SLAB_BLOCKS_AT, slabHeaderBytes(sizeClass));
  store32(slab + SLAB_BITMAP + ((words - 1) << 2), tailBits(sizeClass));
  publishSpans(first, spans, spanState(SPAN_SLAB_ACTIVE, sizeClass, threadSlot(me)));
  return slab;
}

/** Allocates a block of the class for thread `me`, and tells it as {@link takeBlock}; 0 if the memory is full. */
export function allocBlock(sizeClass: u32, me: usize, tell: usize): usize {
  const home = me + THREAD_SLABS + (sizeClass << 2);
  const slot = threadSlot(me);
  const active = spanState(SPAN_SLAB_ACTIVE, sizeClass, slot);
  const full = spanState(SPAN_SLAB_FULL, sizeClass, 0);
  let slab: usize = load32(home);
  while (true) {
    if (slab !== 0) {
      const block = takeBlock(slab, tell);
      if (block !== 0) return block;
      const entry = spanEntry((slab >>> SPAN_SHIFT) as u32);
      atomicStore(entry, full);
      // Look again: a block freed before the store found the slab ACTIVE and told nobody.
      const late = isFullyTaken(slab, sizeClass);
      if (!late && atomicCompareExchange(entry, full, active) === full) continue;
      store32(home, 0);
    }
    slab = adoptSlab(sizeClass, slot);
    if (slab === 0) slab = createSlab(sizeClass, me);
    if (slab === 0) {
      // The memory is full, but another thread may have freed a block while we asked for more.
      slab = adoptSlab(sizeClass, slot);
      if (slab === 0) return 0;
    }
    store32(home, slab as u32);
  }
}

function isFullyTaken(slab: usize, sizeClass: u32): boolean {
  const words = bitmapWords(sizeClass);
  for (let word: u32 = 0; word < words; word++) {
    if (atomicLoad(slab + SLAB_BITMAP + (word << 2)) !== 0xffffffff) return false;
  }
  return true;
}

/** The index of the block that contains `p`, or -1 if `p` lies in none. */
export function blockIndex(slab: usize, sizeClass: u32, p: usize): i32 {
  const offset: u32 = (p - slab) as u32;
  const header = slabHeaderBytes(sizeClass);
  if (offset < header) return -1;
  const inside: u32 = offset - header;
  const size = classBytes(sizeClass);
  const index: u32 = (inside - (inside % size)) / size;
  return index < classBlocks(sizeClass) ? (index as i32) : -1;
}

/** The first address of a block. */
export function blockAddress(slab: usize, sizeClass: u32, index: u32): usize {
  return slab + slabHeaderBytes(sizeClass) + index * classBytes(sizeClass);
}

/** Whether the slab's block is allocated. */
export function isBlockTaken(slab: usize, index: u32): boolean {
  return ((atomicLoad(slab + SLAB_BITMAP + ((index >>> 5) << 2)) >>> (index & 31)) & 1) === 1;
}

/** Frees a block, from any thread; false if it was free already. Right before that the word at `tell` becomes 0. */
export function freeBlock(slab: usize, sizeClass: u32, index: u32, me: usize, tell: usize): boolean {
  const at = slab + SLAB_BITMAP + ((index >>> 5) << 2);
  const mask: u32 = (1 << (index & 31)) >>> 0;
  if (tell !== 0) atomicStore(tell, 0);
  const before = atomicAnd(at, ~mask >>> 0);
  if ((before & mask) === 0) return false;
  const span: u32 = (slab >>> SPAN_SHIFT) as u32;
  const entry = spanEntry(span);
  let state = atomicLoad(entry);
  const idle = spanState(SPAN_SLAB_IDLE, sizeClass, 0);
  if (spanKind(state) === SPAN_SLAB_FULL && spanClass(state) === sizeClass) {
    if (atomicCompareExchange(entry, state, idle) === state) {
      setHint(sizeClass, span);
      state = idle;
    }
  }
  if (state === idle && isEmpty(slab, sizeClass)) giveBackSlab(span, sizeClass, me);
  return true;
}

/** Gives an idle slab's spans back if it is still idle and empty. */
function giveBackSlab(span: u32, sizeClass: u32, me: usize): void {
  const entry = spanEntry(span);
  const idle = spanState(SPAN_SLAB_IDLE, sizeClass, 0);
  if (atomicCompareExchange(entry, idle, spanState(SPAN_SLAB_LEAVING, sizeClass, threadSlot(me))) !== idle)
    return;
  // Nobody allocates from it now, so empty stays empty; but it may have been adopted and filled since the last look.
  if (isEmpty((span << SPAN_SHIFT) >>> 0, sizeClass)) {
    atomicStore(entry, spanState(SPAN_CLAIMED, 0, threadSlot(me)));
    releaseSpans(span);
  } else {
    atomicStore(entry, idle);
    setHint(sizeClass, span);
  }
}

/** Hands a dead thread's slabs to the others, and renews all hints (a thread may die between hint and claim). */
export function reapSlabs(slot: u32, me: usize): void {
  const end = spansNow();
  for (let span: u32 = HEAP_FIRST_SPAN; span < end; span++) {
    const state = atomicLoad(spanEntry(span));
    const kind = spanKind(state);
    if (kind < SPAN_SLAB_ACTIVE) continue;
    const sizeClass = spanClass(state);
    const slab: usize = (span << SPAN_SHIFT) >>> 0;
    if (kind !== SPAN_SLAB_IDLE) {
      // FULL names no owner: it is the dead thread's concern if a block was freed before the state was stored.
      if (kind === SPAN_SLAB_FULL ? isFullyTaken(slab, sizeClass) : spanSlot(state) !== slot) continue;
      const idle = spanState(SPAN_SLAB_IDLE, sizeClass, 0);
      if (atomicCompareExchange(spanEntry(span), state, idle) !== state) continue;
    }
    setHint(sizeClass, span);
    if (isEmpty(slab, sizeClass)) giveBackSlab(span, sizeClass, me);
  }
}
