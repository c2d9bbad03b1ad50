// A heap for a test: a new shared memory with its header filled in, and this thread's record.

import { atomicStore, bindMemory, memoryPages } from '../../assembly/atomics/index';
import { HEADER_DEBUG, HEADER_MAX_PAGES, HEAP_FIRST_SPAN, INITIAL_PAGES } from '../../assembly/heap/layout';
import { takeThread } from '../../assembly/heap/threads';
import { HeapWalk, walkHeap } from '../../assembly/heap/walk';

export interface TestHeap {
  memory: WebAssembly.Memory;
  me: number;
}

/** Makes a heap that may grow to `maxPages`, and binds the allocator to it. */
export function createHeap({ maxPages = 8192, debug = false } = {}): TestHeap {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: maxPages, shared: true });
  bindMemory(memory);
  atomicStore(HEADER_MAX_PAGES, maxPages);
  atomicStore(HEADER_DEBUG, debug ? 1 : 0);
  return { memory, me: takeThread() };
}

/** Walks the bound heap; every span stands in it exactly once, or `broken` names one that does not. */
export function walk(): HeapWalk {
  const sums = new HeapWalk();
  walkHeap(sums);
  return sums;
}

/** Spans that blocks may lie in, now. */
export const heapSpans = (): number => memoryPages() - HEAP_FIRST_SPAN;
