// Task names on the heap: a worker reads each once and knows it by its address from then on.

import { heapBytes, load32, store32 } from '../../assembly/atomics/index';
import { allocate, release } from '../heap/heap';

/** Writes a name into a block: its length in bytes, then UTF-8. */
export function writeName(name: string): { address: number; bytes: number } {
  const text = new TextEncoder().encode(name);
  const bytes = 4 + text.length;
  const address = allocate(bytes, 'board');
  store32(address, text.length);
  heapBytes(address + bytes).set(text, address + 4);
  return { address, bytes };
}

/** The name at an address. Copied out first: browsers' TextDecoder refuses shared memory. */
export function readName(address: number): string {
  const length = load32(address);
  return new TextDecoder().decode(heapBytes(address + 4 + length).slice(address + 4, address + 4 + length));
}

export function freeName(name: { address: number; bytes: number }): void {
  release(name.address, name.bytes, 'board');
}
