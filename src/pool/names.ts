// Names of functions on the heap: a worker reads each once and knows it by its address from then on. A name hangs on
// what it belongs to, a board or a job, from the moment that it is complete: whoever gives that back finds it there.
//
//   block     length in bytes · the next name, or 0 · UTF-8

import { heapBytes, load32, store32 } from '../../assembly/atomics/index';
import { allocateLinked, tryRelease } from '../heap/heap';

const LINK = 4;
const TEXT = 8;

/** Writes a name into a block that becomes the first of the list at `place`; its address. */
export function writeName(name: string, place: number): number {
  const text = new TextEncoder().encode(name);
  const bytes = TEXT + text.length;
  return allocateLinked(place, bytes, 'board', (address) => {
    store32(address, text.length);
    store32(address + LINK, load32(place));
    heapBytes(address + bytes).set(text, address + TEXT);
  });
}

/** The name at an address. Copied out first: browsers' TextDecoder refuses shared memory. */
export function readName(address: number): string {
  const end = address + TEXT + load32(address);
  return new TextDecoder().decode(heapBytes(end).slice(address + TEXT, end));
}

/** Frees the names of the list at `place`. */
export function freeNames(place: number): void {
  for (let name = load32(place); name !== 0; name = load32(place)) {
    store32(place, load32(name + LINK)); // first: what a death interrupts is not freed twice
    tryRelease(name, TEXT + load32(name), 'board');
  }
}
