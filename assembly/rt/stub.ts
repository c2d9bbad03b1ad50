// The runtime that asc compiles into every kernel module in place of its own "stub": AssemblyScript objects
// (Array, Map, string …) made inside a kernel live in a scratch arena of the calling thread, which the host
// empties before each call. The arena's chunks are blocks of the shared heap and its four words stand in the
// thread's record, so no two instances ever hand out the same address, all modules of a thread share one arena,
// and whoever reaps a dead thread can free it. Nothing is collected; there is no shadow stack.
//
// A chunk: link to the next chunk (4 bytes) · its size (4) · padding · objects. asc wants the block's size in
// the 4 bytes before the address that __alloc returns, and that address on a multiple of 16.

import { OBJECT, OBJECT_MAXSIZE, OBJECT_OVERHEAD, BLOCK, BLOCK_MAXSIZE, BLOCK_OVERHEAD } from "./common";
import { E_ALLOCATION_TOO_LARGE } from "../util/error";
import { alloc } from "manyhands/assembly/heap/allocator";
import { freeArena, ARENA_CHUNK_HEADER } from "manyhands/assembly/heap/arena";
import { THREAD_ARENA } from "manyhands/assembly/heap/threads";
import { thisThread } from "manyhands/assembly/rt/host";

const CHUNK_BYTES: u32 = 32768;
const FIRST: usize = THREAD_ARENA;
const CURRENT: usize = THREAD_ARENA + 4;
const CURSOR: usize = THREAD_ARENA + 8;
const LIMIT: usize = THREAD_ARENA + 12;

/** Makes a chunk with room for `bytes` the current one. */
function addChunk(bytes: usize): void {
  const size = max<u32>(CHUNK_BYTES, <u32>bytes + ARENA_CHUNK_HEADER);
  const chunk = alloc(size, thisThread);
  if (!chunk) throw new Error("Out of memory in the scratch arena of a kernel");
  store<usize>(chunk, load<usize>(thisThread + FIRST));
  store<u32>(chunk + 4, size);
  store<usize>(thisThread + FIRST, chunk);
  store<usize>(thisThread + CURRENT, chunk);
  store<usize>(thisThread + CURSOR, chunk + ARENA_CHUNK_HEADER - BLOCK_OVERHEAD);
  store<usize>(thisThread + LIMIT, chunk + size);
}

/** Empties the arena. */
export function __mh_reset(): void {
  freeArena(thisThread);
}

// @ts-ignore: decorator
@unsafe @global
export function __alloc(size: usize): usize {
  if (size > BLOCK_MAXSIZE) throw new Error(E_ALLOCATION_TOO_LARGE);
  // The cursor always stands 4 bytes before a multiple of 16.
  const payload = ((size + BLOCK_OVERHEAD + 15) & ~15) - BLOCK_OVERHEAD;
  let at = load<usize>(thisThread + CURSOR);
  if (at == 0 || at + BLOCK_OVERHEAD + payload > load<usize>(thisThread + LIMIT)) {
    addChunk(BLOCK_OVERHEAD + payload);
    at = load<usize>(thisThread + CURSOR);
  }
  changetype<BLOCK>(at).mmInfo = payload;
  store<usize>(thisThread + CURSOR, at + BLOCK_OVERHEAD + payload);
  return at + BLOCK_OVERHEAD;
}

// @ts-ignore: decorator
@unsafe @global
export function __realloc(ptr: usize, size: usize): usize {
  const actual = changetype<BLOCK>(ptr - BLOCK_OVERHEAD).mmInfo;
  if (size <= actual) return ptr;
  const block = __alloc(max<usize>(size, actual << 1));
  memory.copy(block, ptr, actual);
  return block;
}

// @ts-ignore: decorator
@unsafe @global
export function __free(ptr: usize): void {}

// @ts-ignore: decorator
@unsafe @global
export function __new(size: usize, id: u32): usize {
  if (size > OBJECT_MAXSIZE) throw new Error(E_ALLOCATION_TOO_LARGE);
  const ptr = __alloc(OBJECT_OVERHEAD + size);
  const object = changetype<OBJECT>(ptr - BLOCK_OVERHEAD);
  object.gcInfo = 0;
  object.gcInfo2 = 0;
  object.rtId = id;
  object.rtSize = <u32>size;
  memory.fill(ptr + OBJECT_OVERHEAD, 0, size);
  return ptr + OBJECT_OVERHEAD;
}

// @ts-ignore: decorator
@unsafe @global
export function __renew(oldPtr: usize, size: usize): usize {
  if (size > OBJECT_MAXSIZE) throw new Error(E_ALLOCATION_TOO_LARGE);
  const ptr = __realloc(oldPtr - OBJECT_OVERHEAD, OBJECT_OVERHEAD + size);
  changetype<OBJECT>(ptr - BLOCK_OVERHEAD).rtSize = <u32>size;
  return ptr + OBJECT_OVERHEAD;
}

// @ts-ignore: decorator
@global @unsafe
export function __link(parentPtr: usize, childPtr: usize, expectMultiple: bool): void {}

// @ts-ignore: decorator
@global @unsafe
export function __pin(ptr: usize): usize { return ptr; }

// @ts-ignore: decorator
@global @unsafe
export function __unpin(ptr: usize): void {}

// @ts-ignore: decorator
@global @unsafe
function __visit(ptr: usize, cookie: u32): void {}

// @ts-ignore: decorator
@global @unsafe
export function __collect(): void {}
