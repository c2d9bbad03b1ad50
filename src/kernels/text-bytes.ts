// What all text kernels share: bytes from arrays or strings, and where they lie.

import { arrayType, wrongType } from './_check';
import type { KernelCall } from './_plan';

/** Bytes, or a string for its UTF-8. */
export type Bytes = Uint8Array | Uint8ClampedArray | string;

/** Bytes on the heap. */
export interface HeapBytes {
  address: number;
  length: number;
}

const encoder = new TextEncoder();

/** The argument as bytes; a string is encoded. */
export function checkBytes(kernel: string, name: string, value: unknown): Uint8Array | Uint8ClampedArray {
  if (typeof value === 'string') return encoder.encode(value);
  const type = arrayType(value);
  if (type !== 'Uint8Array' && type !== 'Uint8ClampedArray') {
    wrongType(kernel, name, 'a Uint8Array, a Uint8ClampedArray or a string', value);
  }
  return value as Uint8Array | Uint8ClampedArray;
}

/** The bytes on the heap: in place if they are shared there, else a copy. */
export function putBytes(call: KernelCall, bytes: Uint8Array | Uint8ClampedArray): HeapBytes {
  return { address: call.input(bytes), length: bytes.length };
}

/** Whether the bytes start with a byte order mark. */
export function hasMark(bytes: Uint8Array | Uint8ClampedArray): boolean {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** A text without its byte order mark, on the heap. */
export function putText(call: KernelCall, name: string, value: unknown): HeapBytes {
  const bytes = checkBytes(call.kernel, name, value);
  const mark = hasMark(bytes) ? 3 : 0;
  const { address, length } = putBytes(call, bytes);
  return { address: address + mark, length: length - mark };
}

/** Makes counts of pieces, at `address`, the counts of all pieces before each; gives the sum of all. */
export function startsOfPieces(call: KernelCall, address: number, pieces: number): number {
  const counts = call.view(Uint32Array, address, pieces);
  let total = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const count = counts[piece];
    counts[piece] = total;
    total += count;
  }
  return total;
}
