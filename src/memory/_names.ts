// The names of shared memory, and the layout of the blocks that have them. assembly/heap/names.ts has the table, which
// changes under one lock, for microseconds.
//
//   block   magic · serial · bytes of data · bytes of the name · bytes of the block │ at 64: the name, the data

import { atomicLoad, atomicStore, heapBytes, load32, store32 } from '../../assembly/atomics/index';
import { OBJECT_MEMORY } from '../../assembly/heap/holds';
import { NAMES_MAX } from '../../assembly/heap/layout';
import {
  beginClear,
  claimName,
  endClear,
  enterNames,
  leaveNames,
  NAMES_BUSY,
  NAMES_INHERITED,
  namedBlock,
  namePlace,
  pendingName,
  settleName,
  usedNames,
} from '../../assembly/heap/names';
import { ManyhandsError, OutOfMemoryError } from '../errors';
import { allocateObject, nextSerial, thisOwner, tryRelease } from '../heap/heap';
import { holdForMessage, holdNew, letGo, letGoOfMessage, onLastHold, takeHold } from '../heap/holds';
import { inSection, persist } from '../heap/section';

const MAGIC = 0x53484d01; // "SHM" and the version
const BLOCK_MAGIC = 0;
const BLOCK_SERIAL = 4;
const BLOCK_SIZE = 8;
const BLOCK_NAME_BYTES = 12;
const BLOCK_BYTES = 16;
const BLOCK_NAME = 64;

export const NAME_BYTES_MAX = 255;

/** Says how blocks are given back. */
export function registerBlocks(): void {
  onLastHold(OBJECT_MEMORY, (block) => {
    if (atomicLoad(block + BLOCK_MAGIC) !== MAGIC) return; // given back already
    tryRelease(block, load32(block + BLOCK_BYTES), 'array');
  });
}

/** Address of a block's data. */
export function dataOf(block: number): number {
  return block + BLOCK_NAME + ((load32(block + BLOCK_NAME_BYTES) + 63) & ~63);
}

export function sizeOf(block: number): number {
  return load32(block + BLOCK_SIZE);
}

export function serialOf(block: number): number {
  return atomicLoad(block + BLOCK_SERIAL);
}

export function isBlock(block: number, serial: unknown): boolean {
  return atomicLoad(block + BLOCK_MAGIC) === MAGIC && serialOf(block) === serial;
}

export function nameOf(block: number): string {
  const length = load32(block + BLOCK_NAME_BYTES);
  // A copy: browsers decode no shared memory.
  return new TextDecoder().decode(
    heapBytes(block + BLOCK_NAME + length).slice(block + BLOCK_NAME, block + BLOCK_NAME + length),
  );
}

/** Runs `body` while no other thread changes the table. */
function exclusively<T>(body: () => T): T {
  return inSection(() => {
    const entered = persist(() => enterNames(thisOwner()), NAMES_BUSY);
    try {
      if (entered === NAMES_INHERITED) mend();
      return body();
    } finally {
      leaveNames();
    }
  });
}

/** Undoes what a thread that died in the table had begun. */
function mend(): void {
  for (let place = pendingName(); place !== 0; place = pendingName()) clear(place, namedBlock(place));
}

/** Addresses of the words that were ever used. */
function places(): number[] {
  return Array.from({ length: usedNames() }, (_, i) => namePlace(i));
}

/** Takes the name from a block: its memory returns if nobody else holds it. */
function clear(place: number, block: number): void {
  beginClear(place, block);
  letGoOfMessage([(block | OBJECT_MEMORY) >>> 0], place);
  endClear(place);
}

function bears(block: number, name: Uint8Array): boolean {
  if (load32(block + BLOCK_NAME_BYTES) !== name.length) return false;
  const heap = heapBytes(block + BLOCK_NAME + name.length);
  return name.every((byte, i) => heap[block + BLOCK_NAME + i] === byte);
}

/** Where the name stands, or 0. */
function placeOf(name: Uint8Array): number {
  for (const place of places()) {
    const block = atomicLoad(place);
    if (block !== 0 && bears(block, name)) return place;
  }
  return 0;
}

/**
 * Makes a block of `size` bytes, zeros, under a name that nobody has; this thread holds it.
 * @throws {ManyhandsError} with code `EEXIST` if the name is taken
 */
export function createBlock(name: string, size: number): number {
  const bytes = new TextEncoder().encode(name);
  const total = BLOCK_NAME + ((bytes.length + 63) & ~63) + size;
  const block = allocateObject(total, 'array');
  store32(block + BLOCK_SIZE, size);
  store32(block + BLOCK_NAME_BYTES, bytes.length);
  store32(block + BLOCK_BYTES, total);
  heapBytes(block + total).set(bytes, block + BLOCK_NAME);
  atomicStore(block + BLOCK_SERIAL, nextSerial());
  atomicStore(block + BLOCK_MAGIC, MAGIC);
  holdNew(block, OBJECT_MEMORY);
  try {
    exclusively(() => {
      if (placeOf(bytes) !== 0) {
        throw new ManyhandsError(`Cannot create shared memory "${name}": the name is taken`, {
          code: 'EEXIST',
        });
      }
      const place = claimName(block);
      if (place === 0) {
        throw new OutOfMemoryError(
          `Cannot create shared memory "${name}": there are ${NAMES_MAX} names, unlink some`,
        );
      }
      try {
        holdForMessage([(block | OBJECT_MEMORY) >>> 0], place);
      } catch (error) {
        endClear(place);
        throw error;
      }
      settleName(place, block);
    });
  } catch (error) {
    letGo(block);
    throw error;
  }
  return block;
}

/**
 * The block of a name; this thread holds it.
 * @throws {ManyhandsError} with code `ENOENT` if there is none
 */
export function findBlock(name: string): number {
  const bytes = new TextEncoder().encode(name);
  const block = exclusively(() => {
    const place = placeOf(bytes);
    const found = place === 0 ? 0 : atomicLoad(place);
    return found !== 0 && takeHold(found) ? found : 0;
  });
  if (block === 0) throw noSuchName('attach to', name);
  return block;
}

/** Takes the name away. @throws {ManyhandsError} with code `ENOENT` if the block does not have it any more */
export function unlinkBlock(name: string, block: number, serial: number): void {
  const done = exclusively(() => {
    for (const place of places()) {
      if (atomicLoad(place) !== block || !isBlock(block, serial)) continue;
      clear(place, block);
      return true;
    }
    return false;
  });
  if (!done) throw noSuchName('unlink', name);
}

function noSuchName(what: string, name: string): ManyhandsError {
  return new ManyhandsError(`Cannot ${what} shared memory "${name}": there is none of that name`, {
    code: 'ENOENT',
  });
}

/** All names, with the bytes of their memory. */
export function allNames(): Array<[name: string, size: number]> {
  return exclusively(() =>
    places()
      .map((place) => atomicLoad(place))
      .filter((block) => block !== 0)
      .map((block) => [nameOf(block), sizeOf(block)]),
  );
}
