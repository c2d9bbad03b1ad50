// A thread's scratch arena, seen from outside: kernels fill it (rt/stub.ts), this frees it. Portable.

import { load32, store32 } from '../atomics/index';
import { free } from './allocator';
import { THREAD_ARENA } from './threads';

/** Bytes at a chunk's start: link to the next chunk, size of this one, padding to a multiple of 16. */
export const ARENA_CHUNK_HEADER: u32 = 16;

/** Frees the arena's chunks; the thread itself calls it between kernel calls, or its reaper. */
export function freeArena(record: usize): void {
  let chunk: usize = load32(record + THREAD_ARENA);
  for (let word: u32 = 0; word < 4; word++) store32(record + THREAD_ARENA + (word << 2), 0);
  while (chunk !== 0) {
    const next: usize = load32(chunk);
    free(chunk, record);
    chunk = next;
  }
}
