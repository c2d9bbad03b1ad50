// What the heap holds: for `heapStats()`, leak reports and tests.

import { atomicLoad, boundMemory } from '../../assembly/atomics/index';
import { HEADER_KINDS, HEADER_MAX_PAGES } from '../../assembly/heap/layout';
import { HeapWalk, walkHeap } from '../../assembly/heap/walk';
import { ensureHeap, KINDS, type Kind } from './heap';

/** A picture of the shared heap; sizes in bytes. */
export interface HeapStats {
  /** The memory's present length, the header's tables included. */
  bytesTotal: number;
  /** Bytes in allocated blocks, rounded up to their size classes. */
  bytesUsed: number;
  /** Allocated blocks. */
  blocks: number;
  /** The largest block that could be had without growing the memory. */
  largestFree: number;
  /** The length that the memory may grow to. */
  bytesMax: number;
  /** Blocks and requested bytes by what they are for. */
  byKind: Record<Kind, { blocks: number; bytes: number }>;
}

/**
 * What the shared heap holds now.
 *
 * @example
 * ```ts
 * const before = heapStats().blocks;
 * const array = sharedArray(Uint8Array, 1000);
 * console.log(heapStats().blocks - before); // 1
 * ```
 */
export function heapStats(): HeapStats {
  ensureHeap();
  const walk = new HeapWalk();
  walkHeap(walk);
  const byKind = {} as HeapStats['byKind'];
  KINDS.forEach((kind, index) => {
    const at = HEADER_KINDS + index * 8;
    byKind[kind] = { blocks: atomicLoad(at) | 0, bytes: atomicLoad(at + 4) };
  });
  return {
    bytesTotal: boundMemory().buffer.byteLength,
    bytesUsed: walk.usedBytes,
    blocks: walk.blocks,
    largestFree: walk.largestFree,
    bytesMax: atomicLoad(HEADER_MAX_PAGES) * 65536,
    byKind,
  };
}
