// Blocks that other threads may be reading when they are taken out of a structure: assembly/map/epoch.ts.

import { load32, store32 } from '../../assembly/atomics/index';
import {
  BLOCK_BYTES,
  beginSweep,
  endSweep,
  join,
  nextRetired,
  pin,
  retire,
  unpin,
} from '../../assembly/map/epoch';
import { ClosedError, OutOfMemoryError } from '../errors';
import { allocate, release, thisOwner } from '../heap/heap';
import { holdForMessage, letGoOfMessages } from '../heap/holds';
import { isEnding } from '../sync/_block';

/** What a thread takes out before it looks for what can be freed. */
const DEBT_BLOCKS = 64;
const DEBT_BYTES = 65536;

/** This thread's owner id; 0 before its first {@link enter}. */
export let me = 0;
let depth = 0;
let blocks = 0;
let bytes = 0;

function enterProgram(): void {
  me = thisOwner();
  join(me);
}

/** From here on nothing that this thread finds in a structure is freed, until {@link leave}. */
export function enter(): void {
  if (me === 0) enterProgram();
  if (isEnding()) throw new ClosedError('Cannot use what a manager made: this worker is being ended');
  if (depth++ === 0) pin(me);
}

export function leave(): void {
  if (--depth > 0) return;
  unpin(me);
  if (blocks >= DEBT_BLOCKS || bytes >= DEBT_BYTES) sweep();
}

/** In a block's size: it holds the objects that its value names, as a message on its way does. */
const HOLDS_BIT = 0x80000000;

/** A block of a structure; its size stands in it. */
export function createBlock(size: number): number {
  if (size >= HOLDS_BIT) throw new OutOfMemoryError(`Cannot share a value of ${size} bytes: at most 2 GiB`);
  const block = allocate(size, 'object');
  store32(block + BLOCK_BYTES, size);
  return block;
}

/** What {@link createBlock} was asked for. */
export function sizeOf(block: number): number {
  return load32(block + BLOCK_BYTES) & ~HOLDS_BIT;
}

/** The block keeps these objects alive until it is freed. */
export function holdIn(block: number, objects: readonly number[]): void {
  store32(block + BLOCK_BYTES, (sizeOf(block) | HOLDS_BIT) >>> 0);
  holdForMessage(objects, block);
}

/** Frees a block that no other thread knows. */
export function freeBlock(block: number): void {
  if ((load32(block + BLOCK_BYTES) & HOLDS_BIT) !== 0) letGoOfMessages(block, block);
  release(block, sizeOf(block), 'object');
}

/** Counts a block that was retired. */
export function noteRetired(block: number): void {
  blocks++;
  bytes += sizeOf(block);
}

/** Frees a block when nobody reads it any more; the caller has entered, and taken it out. */
export function discard(block: number): void {
  noteRetired(block);
  retire(block);
}

function sweep(): void {
  if (!beginSweep(me)) return;
  blocks = 0;
  bytes = 0;
  try {
    for (let block = nextRetired(); block !== 0; block = nextRetired()) freeBlock(block);
  } finally {
    endSweep();
  }
}

/** Frees all that was discarded, unless somebody may still be reading it. */
export function flush(): void {
  if (me === 0) enterProgram();
  for (let i = 0; i < 3; i++) sweep();
}
