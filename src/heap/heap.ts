// The program's one shared memory, made on first use by the main thread and handed to every worker.
// See assembly/heap/layout.ts for what lies where, assembly/heap/allocator.ts for the allocator.

import {
  atomicAdd,
  atomicLoad,
  atomicStore,
  bindMemory,
  boundMemory,
  fillBytes,
  heapBytes,
  isWithin,
  load32,
  refreshViews,
  store32,
} from '../../assembly/atomics/index';
import { FREE_OVERRUN, FREE_TWICE } from '../../assembly/heap/allocator';
import {
  HEADER_DEBUG,
  HEADER_KINDS,
  HEADER_MAGIC,
  HEADER_MAX_PAGES,
  HEADER_NEXT_ID,
  HEADER_SALT,
  HEADER_VERSION,
  HEADER_WRITTEN_AFTER_FREE,
  INITIAL_PAGES,
  LAYOUT_VERSION,
  MAGIC,
  NOTE_BYTES,
  SPANS_MAX,
} from '../../assembly/heap/layout';
import { allocCounted, allocInto, beginMaking, freeCounted, freeFrom } from '../../assembly/heap/making';
import { NOTE_MAKING, threadNote } from '../../assembly/heap/notes';
import { THREAD_LIVE, THREAD_OWNER, THREAD_STATE, takeThread } from '../../assembly/heap/threads';
import { InvalidStateError, OutOfMemoryError } from '../errors';
import { runtime } from '../runtime/runtime';
import { registerArrays } from './array';
import { reportAtExit } from './leaks';

/** What a block is for: counted apart in `heapStats().byKind`. */
export const KINDS = [
  'array',
  'board',
  'frame',
  'job',
  'kernel',
  'sync',
  'queue',
  'object',
  'other',
] as const;
export type Kind = (typeof KINDS)[number];

let record = 0;
let shared = false;

/** Whether this thread has a heap: it is made on first use. */
export function hasHeap(): boolean {
  return record !== 0;
}

/** Makes the program's heap if there is none yet. */
export function ensureHeap(): void {
  if (record !== 0) return;
  const memory = createMemory();
  bindMemory(memory);
  store32(HEADER_VERSION, LAYOUT_VERSION);
  store32(HEADER_MAX_PAGES, maximumPages);
  const debug = runtime().env('MANYHANDS_DEBUG') === '1';
  store32(HEADER_DEBUG, debug ? 1 : 0);
  if (debug) reportAtExit(kindsInUse);
  store32(HEADER_SALT, Math.random() * 2 ** 30);
  atomicStore(HEADER_MAGIC, MAGIC);
  enter(takeThread());
}

function kindsInUse(): string[] {
  return KINDS.map((kind, index) => ({ kind, at: HEADER_KINDS + index * 8 }))
    .filter(({ at }) => atomicLoad(at) !== 0)
    .map(({ kind, at }) => `blocks of kind "${kind}": ${atomicLoad(at)}, of ${atomicLoad(at + 4)} bytes`);
}

/** In a worker: works on the parent's memory, as the thread whose record the parent took. */
export function attachHeap(memory: WebAssembly.Memory, threadRecord: number): void {
  if (record !== 0) return;
  bindMemory(memory);
  if (atomicLoad(HEADER_MAGIC) !== MAGIC || atomicLoad(HEADER_VERSION) !== LAYOUT_VERSION) {
    throw new InvalidStateError(
      `Cannot attach the heap: wanted layout ${LAYOUT_VERSION}, came ${atomicLoad(HEADER_VERSION)}: a worker loaded another version of manyhands than its parent`,
    );
  }
  shared = true;
  enter(threadRecord);
}

function enter(threadRecord: number): void {
  record = threadRecord;
  fillBytes(threadNote(record), 0, NOTE_BYTES); // of the thread that had the record before
  atomicStore(record + THREAD_STATE, THREAD_LIVE);
  registerArrays();
}

let maximumPages = SPANS_MAX;

/** A shared memory with the highest maximum that the platform grants; an unshared one where sharing is refused. */
function createMemory(): WebAssembly.Memory {
  for (const isShared of [true, false]) {
    for (maximumPages = SPANS_MAX; maximumPages >= 1024; maximumPages /= 2) {
      try {
        const memory = new WebAssembly.Memory({
          initial: INITIAL_PAGES,
          maximum: maximumPages,
          shared: isShared,
        });
        shared = isShared;
        return memory;
      } catch {
        // The next smaller maximum, then unshared.
      }
    }
  }
  throw new OutOfMemoryError(
    `Cannot create the heap: the runtime grants no WebAssembly memory of ${INITIAL_PAGES} pages`,
  );
}

/** Address of this thread's record; makes the heap if there is none. */
export function thisThread(): number {
  if (record === 0) ensureHeap();
  return record;
}

/** This thread's owner id, as it stands in lock words. */
export function thisOwner(): number {
  return atomicLoad(thisThread() + THREAD_OWNER);
}

let isolated = false;

/** Whether the heap is a shared memory, and whoever this thread speaks to has it. */
export function isHeapShared(): boolean {
  ensureHeap();
  return shared && !isolated;
}

/** After a call of a kernel: one that made an unshared memory grow has cut all views off. */
export function renewViews(): void {
  if (!shared) refreshViews();
}

/** Runs `body`, which encodes for a thread that does not have this heap: no handle may travel there. */
export function withoutHeap<T>(body: () => T): T {
  const before = isolated;
  isolated = true;
  try {
    return body();
  } finally {
    isolated = before;
  }
}

/** The heap's memory. */
export function heapMemory(): WebAssembly.Memory {
  ensureHeap();
  return boundMemory();
}

/** Whether the heap contains everything before `end`. */
export function isInHeap(end: number): boolean {
  ensureHeap();
  return isWithin(end);
}

/** A number that no other call in the program gets. */
export function nextId(): number {
  ensureHeap();
  return atomicAdd(HEADER_NEXT_ID, 1) + 1;
}

/** A number that no other object gets, of this heap or, as good as certain, of another. */
export function nextSerial(): number {
  return (nextId() ^ load32(HEADER_SALT)) >>> 0;
}

/**
 * Allocates `bytes` bytes, 16-byte aligned (or as `align` says: a power of two up to 65536).
 * @throws {OutOfMemoryError} if the heap is full; it stays usable.
 */
export function allocate(bytes: number, kind: Kind, align = 16): number {
  return obtain(bytes, kind, align, 0);
}

/** Allocates, with the thread's note of it unless that is 0. */
function obtain(bytes: number, kind: Kind, align: number, note: number): number {
  const address =
    bytes > 0xffffffff ? 0 : allocCounted(bytes, align, KINDS.indexOf(kind), note, thisThread()) >>> 0;
  if (address === 0) throw outOfMemory(bytes);
  checkWritten();
  return address;
}

/** The error for a block that there is no room for. */
export function outOfMemory(bytes: number): OutOfMemoryError {
  return new OutOfMemoryError(
    `Cannot allocate ${bytes} bytes on the shared heap of ${boundMemory().buffer.byteLength} bytes (at most ${atomicLoad(HEADER_MAX_PAGES) * 65536}): release arrays, or work in smaller pieces`,
  );
}

function checkWritten(): void {
  const written = atomicLoad(HEADER_WRITTEN_AFTER_FREE);
  if (written === 0) return;
  atomicStore(HEADER_WRITTEN_AFTER_FREE, 0);
  throw new InvalidStateError(`Cannot trust the block at ${written}: it was written after it was freed`);
}

/**
 * Allocates a zeroed block for an object, aligned to 64 bytes. It is given back if this thread dies before it holds
 * the object (src/heap/holds.ts).
 */
export function allocateObject(bytes: number, kind: Kind): number {
  const address = obtain(bytes, kind, 64, beginMaking(0, bytes, KINDS.indexOf(kind), thisThread()));
  heapBytes(address + bytes).fill(0, address, address + bytes);
  return address;
}

/** Allocates a block whose address goes into the word at `place`; it is given back if this thread dies before. */
export function allocateInto(place: number, bytes: number, kind: Kind, align = 16): number {
  const address =
    bytes > 0xffffffff ? 0 : allocInto(place, bytes, align, KINDS.indexOf(kind), thisThread()) >>> 0;
  if (address === 0) throw outOfMemory(bytes);
  checkWritten();
  return address;
}

/**
 * Allocates a block that `complete` fills before its address goes into the word at `place`; it is given back if this
 * thread dies before that. `complete` allocates nothing.
 */
export function allocateLinked(
  place: number,
  bytes: number,
  kind: Kind,
  complete: (address: number) => void,
  align = 16,
): number {
  const note = beginMaking(place, bytes, KINDS.indexOf(kind), thisThread());
  const address = obtain(bytes, kind, align, note);
  complete(address);
  atomicStore(place, address);
  atomicStore(note + NOTE_MAKING, 0);
  return address;
}

/** Allocates zeroed bytes. */
export function allocateZeroed(bytes: number, kind: Kind, align = 16): number {
  const address = allocate(bytes, kind, align);
  heapBytes(address + bytes).fill(0, address, address + bytes);
  return address;
}

/**
 * Frees a block; `bytes` and `kind` are those of its allocation.
 * @throws {InvalidStateError} if it was freed before, is no block, or (under debug) was overrun.
 */
export function release(address: number, bytes: number, kind: Kind): void {
  const outcome = tryRelease(address, bytes, kind);
  if (outcome !== 0) {
    const what =
      outcome === FREE_TWICE
        ? 'it is free already'
        : outcome === FREE_OVERRUN
          ? 'something wrote past its end'
          : 'no block lies there';
    throw new InvalidStateError(`Cannot free the block at ${address}: ${what}`);
  }
}

/**
 * Frees the block that the word at `place` names, if it names one, and makes it name `next`; the block is given back if
 * this thread dies in between.
 * @throws {InvalidStateError} as {@link release}
 */
export function releaseFrom(place: number, bytes: number, kind: Kind, next = 0): void {
  const address = atomicLoad(place);
  const outcome = freeFrom(place, next, bytes, KINDS.indexOf(kind), thisThread());
  if (outcome !== 0) release(address, bytes, kind); // which fails as well, and says why
}

/** Frees a block that a dead thread may have freed already: what `free` of the allocator says. */
export function tryRelease(address: number, bytes: number, kind: Kind): number {
  return freeCounted(address, bytes, KINDS.indexOf(kind), thisThread());
}
