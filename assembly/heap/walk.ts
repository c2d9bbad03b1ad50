// Walks the whole heap block by block: statistics, leak reports, and the proof of exact tiling. Portable.
// A walk while other threads allocate sees each span at some moment; alone, it is exact.

import { atomicLoad } from '../atomics/index';
import { classBlocks, classBytes, classSpans } from './classes';
import { HEAP_FIRST_SPAN, SPAN_BYTES, SPAN_SHIFT } from './layout';
import { isBlockTaken } from './slabs';
import {
  SPAN_CLAIMED,
  SPAN_FOLLOWS,
  SPAN_FREE,
  SPAN_LARGE,
  SPAN_SLAB_IDLE,
  spanClass,
  spanEntry,
  spanExtra,
  spanKind,
  spansNow,
} from './spans';

/** Sums of a walk, to be read after {@link walkHeap}: bytes are those of the blocks, not those asked for. */
export class HeapWalk {
  blocks: u32 = 0;
  usedBytes: f64 = 0;
  /** Bytes of the longest run of free spans, or of the largest free block if there is no free span. */
  largestFree: f64 = 0;
  freeSpans: u32 = 0;
  slabs: u32 = 0;
  idleSlabs: u32 = 0;
  /** Address of the first span whose words contradict each other; 0 if the heap is tiled exactly. */
  broken: usize = 0;
}

/** Walks the heap into `walk`. */
export function walkHeap(walk: HeapWalk): void {
  const end = spansNow();
  let run: u32 = 0;
  let span: u32 = HEAP_FIRST_SPAN;
  while (span < end) {
    const state = atomicLoad(spanEntry(span));
    const kind = spanKind(state);
    if (kind === SPAN_FREE) {
      walk.freeSpans++;
      run++;
      const bytes: f64 = (run as f64) * (SPAN_BYTES as f64);
      if (bytes > walk.largestFree) walk.largestFree = bytes;
      span++;
      continue;
    }
    run = 0;
    if (kind === SPAN_CLAIMED) {
      span++;
      continue;
    }
    if (kind === SPAN_FOLLOWS) {
      // A follower is stepped over with its head: to meet one is a fault.
      if (walk.broken === 0) walk.broken = (span << SPAN_SHIFT) >>> 0;
      span++;
      continue;
    }
    const count = spanExtra(span);
    if (!areFollowers(span, count, end) && walk.broken === 0) walk.broken = (span << SPAN_SHIFT) >>> 0;
    if (kind === SPAN_LARGE) {
      walk.blocks++;
      walk.usedBytes += (count as f64) * (SPAN_BYTES as f64);
    } else {
      const sizeClass = spanClass(state);
      if (count !== classSpans(sizeClass) && walk.broken === 0) walk.broken = (span << SPAN_SHIFT) >>> 0;
      walk.slabs++;
      if (kind === SPAN_SLAB_IDLE) walk.idleSlabs++;
      walkSlab((span << SPAN_SHIFT) >>> 0, sizeClass, walk);
    }
    span += count === 0 ? 1 : count;
  }
}

function areFollowers(head: u32, count: u32, end: u32): boolean {
  if (count === 0 || head + count > end) return false;
  for (let i: u32 = 1; i < count; i++) {
    if (spanKind(atomicLoad(spanEntry(head + i))) !== SPAN_FOLLOWS || spanExtra(head + i) !== head)
      return false;
  }
  return true;
}

function walkSlab(slab: usize, sizeClass: u32, walk: HeapWalk): void {
  const blocks = classBlocks(sizeClass);
  const bytes: f64 = classBytes(sizeClass) as f64;
  for (let index: u32 = 0; index < blocks; index++) {
    if (isBlockTaken(slab, index)) {
      walk.blocks++;
      walk.usedBytes += bytes;
    } else if (bytes > walk.largestFree) {
      walk.largestFree = bytes;
    }
  }
}
