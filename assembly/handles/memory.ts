// Blocks of the shared heap for kernels: they stay until somebody frees them, in whichever thread.

import { alloc as allocBlock, free as freeBlock } from '../heap/allocator';
import { thisThread } from '../rt/host';

/** Allocates `bytes` bytes, 16-byte aligned, with undefined contents; 0 if the memory is full. */
export function alloc(bytes: u32): usize { return allocBlock(bytes, thisThread); }

/** Frees a block; traps if none lies there, or it is free already. */
export function free(address: usize): void {
  if (freeBlock(address, thisThread) != 0) throw new Error("Cannot free the block: none lies there, or it is free already");
}
