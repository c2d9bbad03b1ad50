// Size classes of the allocator: multiples of 16 up to 128 bytes, then four to a doubling (at most 25 % of a
// block is wasted, 12 % on average; the spacing of jemalloc, Evans 2006). Portable.
//
//   class   0 … 7      16, 32 … 128                     slab of 1 span
//   class   8 … 31     160, 192, 224, 256, 320 … 8192   slab of 1 span
//   class  32 … 47     10240 … 131072                   slab of 8 spans
//   larger blocks take whole spans (spans.ts)

import { trailingZeros } from '../atomics/index';
import { SPAN_BYTES } from './layout';

export const CLASSES: u32 = 48;
export const FIRST_MEDIUM_CLASS: u32 = 32;
export const SLAB_MAX_BYTES: u32 = 131072;
const MEDIUM_SPANS: u32 = 8;

/** The highest power of two that is not above `n` (`n` > 0), as its exponent. */
function log2(n: u32): u32 {
  let word = n;
  word |= word >>> 1;
  word |= word >>> 2;
  word |= word >>> 4;
  word |= word >>> 8;
  word |= word >>> 16;
  word = (word - (word >>> 1)) >>> 0;
  return trailingZeros(word);
}

/** The smallest class whose blocks hold `bytes` (1 … SLAB_MAX_BYTES). */
export function classOf(bytes: u32): u32 {
  if (bytes <= 128) return bytes === 0 ? 0 : (bytes - 1) >>> 4;
  const below = bytes - 1;
  const exponent = log2(below);
  return 8 + ((exponent - 7) << 2) + ((below >>> (exponent - 2)) & 3);
}

/** Bytes of a block of `sizeClass`. */
export function classBytes(sizeClass: u32): u32 {
  if (sizeClass < 8) return (sizeClass + 1) << 4;
  const group = (sizeClass - 8) >>> 2;
  const quarter = (sizeClass - 8) & 3;
  return (5 + quarter) << (group + 5);
}

/** Spans of one slab of `sizeClass`. */
export function classSpans(sizeClass: u32): u32 {
  return sizeClass < FIRST_MEDIUM_CLASS ? 1 : MEDIUM_SPANS;
}

/** Bytes at a slab's start that its own bookkeeping takes; a multiple of 64, so that blocks can be aligned. */
export function slabHeaderBytes(sizeClass: u32): u32 {
  return sizeClass === 0 ? 576 : sizeClass < 4 ? 320 : 128;
}

/** Blocks in one slab of `sizeClass`. */
export function classBlocks(sizeClass: u32): u32 {
  const room: u32 = classSpans(sizeClass) * SPAN_BYTES - slabHeaderBytes(sizeClass);
  const block: u32 = classBytes(sizeClass);
  return (room - (room % block)) / block;
}
