// Copies between shared memory and a program's own. Engines copy word by word where one side is shared (V8: 28 GB/s);
// where the runtime has a native function that copies in one go (100 GB/s in the cache, 52 beyond, measured on Node),
// copies of some length take that.

import { platform } from './platform';

/** From so many bytes on the native function is faster (measured). */
const BULK_BYTES = 2048;
/** From so many on it is worth to make views of the bytes for it. */
const BULK_ELEMENTS_BYTES = 4096;
/** A buffer of as many bytes leaves pages that the next one can use. */
const LARGE_BYTES = 32768;

type Elements = ArrayBufferView<ArrayBufferLike> &
  ArrayLike<number | bigint> & { readonly [Symbol.toStringTag]: string };

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Copies the bytes to `target`, from `at` on; they must not overlap. */
export function copyBytes(target: Uint8Array, at: number, source: Uint8Array): void {
  if (source.length < BULK_BYTES || platform.copyBytes === undefined) target.set(source, at);
  else platform.copyBytes(target, at, source);
}

/** Copies all elements to the begin of an array of the same type, or of one that holds the same numbers otherwise. */
export function copyElements(target: Elements, source: Elements): void {
  const { byteLength } = source;
  const isBulk = byteLength >= BULK_ELEMENTS_BYTES && platform.copyBytes !== undefined;
  if (isBulk && byteLength <= target.byteLength && target[Symbol.toStringTag] === source[Symbol.toStringTag])
    platform.copyBytes!(bytesOf(target), 0, bytesOf(source));
  else (target as Float64Array).set(source as Float64Array);
}

/** Bytes in a buffer of their own, which the caller writes in full: they may be anything at first. */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  expectBuffers(length);
  if (length < BULK_BYTES || platform.unclearedBytes === undefined) return new Uint8Array(length);
  return platform.unclearedBytes(length);
}

/** A copy of the bytes in a buffer of their own. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = bytes;
  expectBuffers(length);
  // By the constructor, which need not clear its memory first, as slice() must.
  if (length < BULK_BYTES || platform.unclearedBytes === undefined) return new Uint8Array(bytes);
  const own = platform.unclearedBytes(length);
  copyBytes(own, 0, bytes);
  return own;
}

/** A copy of the elements in a buffer of their own. */
export function ownElements<T extends Elements>(view: T): T {
  const type = view.constructor as new (from: Elements | ArrayBuffer) => T;
  if (view.byteLength < BULK_ELEMENTS_BYTES || platform.unclearedBytes === undefined) return new type(view);
  return new type(ownBytes(bytesOf(view)).buffer);
}

let keeps = false;

/** Says that this thread makes buffers of `bytes` again and again: without it each costs fresh pages of the system. */
function expectBuffers(bytes: number): void {
  if (keeps || bytes < LARGE_BYTES) return;
  keeps = true;
  platform.keepFreed?.();
}
