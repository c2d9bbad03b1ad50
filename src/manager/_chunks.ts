// The elements of a list: chunks of words, and a directory of them, which is the list's root (assembly/map/root.ts).
// A change copies the chunks that it touches and the directory; everything else is shared with the version before.
//
//   list        three words of every handle · root
//   directory   elements · chunks · two words of epoch.ts · for each chunk: its address, and where it ends in the list
//   chunk       elements · unused · two words of epoch.ts · the elements' words (_values.ts)

import { atomicLoad, atomicStore, load32, store32 } from '../../assembly/atomics/index';
import { exchangeRoot, rootOf } from '../../assembly/map/root';
import { allocateZeroed, release } from '../heap/heap';
import { createBlock, discard, enter, flush, freeBlock, leave, noteRetired } from './_blocks';
import { discardWord, freeWord, toValue, toWord } from './_values';

const LIST_ROOT = 16;
const LIST_BYTES = 64;
const LENGTH = 0;
const CHUNKS = 4;
const FIRST = 16;
/** Elements of a chunk: what a change of one element copies, against the length of the directory. */
const CHUNK_MOST = 128;

export function createChunks(values: readonly unknown[]): number {
  const list = allocateZeroed(LIST_BYTES, 'object', 64);
  atomicStore(list + LIST_ROOT, createDirectory([], []));
  if (values.length > 0) splice(list, () => [0, 0], values);
  return list;
}

/** Frees a list that no thread can reach any more. */
export function freeChunks(list: number): void {
  const directory = atomicLoad(list + LIST_ROOT);
  for (let i = 0; i < load32(directory + CHUNKS); i++) {
    const chunk = chunkAt(directory, i);
    for (const word of wordsOf(chunk)) freeWord(word);
    freeBlock(chunk);
  }
  freeBlock(directory);
  release(list, LIST_BYTES, 'object');
  flush();
}

const chunkAt = (directory: number, i: number): number => load32(directory + FIRST + i * 8);
/** Where chunk `i` ends in the list, which is where the next one begins. */
const endOf = (directory: number, i: number): number => (i < 0 ? 0 : load32(directory + FIRST + 4 + i * 8));

function createDirectory(chunks: readonly number[], ends: readonly number[]): number {
  const directory = createBlock(FIRST + chunks.length * 8);
  store32(directory + LENGTH, ends.at(-1) ?? 0);
  store32(directory + CHUNKS, chunks.length);
  chunks.forEach((chunk, i) => {
    store32(directory + FIRST + i * 8, chunk);
    store32(directory + FIRST + 4 + i * 8, ends[i]);
  });
  return directory;
}

function createChunk(words: readonly number[]): number {
  const chunk = createBlock(FIRST + words.length * 4);
  store32(chunk + LENGTH, words.length);
  for (let i = 0; i < words.length; i++) store32(chunk + FIRST + i * 4, words[i]);
  return chunk;
}

function wordsOf(chunk: number): number[] {
  return Array.from({ length: load32(chunk + LENGTH) }, (_, i) => load32(chunk + FIRST + i * 4));
}

/** The chunk in which the element is: the first that ends behind it; as many as there are, if none does. */
function find(directory: number, index: number): number {
  let low = 0;
  let high = load32(directory + CHUNKS);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(directory, middle) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Does something with the present version. */
function read<T>(list: number, body: (directory: number) => T): T {
  enter();
  try {
    return body(rootOf(list + LIST_ROOT));
  } finally {
    leave();
  }
}

export const lengthOf = (list: number): number => read(list, (directory) => load32(directory + LENGTH));

/** The element at an index, or at that many from the end; undefined outside. */
export function elementAt(list: number, index: number): unknown {
  return read(list, (directory) => {
    const at = index < 0 ? load32(directory + LENGTH) + index : index;
    if (at < 0 || at >= load32(directory + LENGTH)) return undefined;
    const i = find(directory, at);
    return toValue(load32(chunkAt(directory, i) + FIRST + (at - endOf(directory, i - 1)) * 4));
  });
}

/** All elements, as they were at one moment. */
export function elements(list: number): unknown[] {
  return read(list, (directory) => {
    const all: unknown[] = [];
    for (let i = 0; i < load32(directory + CHUNKS); i++) {
      for (const word of wordsOf(chunkAt(directory, i))) all.push(toValue(word));
    }
    return all;
  });
}

/**
 * Removes elements and puts `values` in their place, in one step.
 *
 * @param where the first one and how many, for the length that the list has; asked again if it has changed meanwhile
 * @returns what was removed, and the new length
 */
export function splice(
  list: number,
  where: (length: number) => [start: number, count: number],
  values: readonly unknown[],
): { removed: unknown[]; length: number } {
  const words: number[] = [];
  let used = false;
  try {
    for (const value of values) words.push(toWord(value, list));
    return read(list, (first) => {
      let directory = first;
      while (true) {
        const change = prepare(directory, where(load32(directory + LENGTH)), words);
        used = exchangeRoot(list + LIST_ROOT, directory, change.directory);
        if (used) {
          noteRetired(directory);
          for (const chunk of change.old) discard(chunk);
          for (const word of change.gone) discardWord(word);
          return { removed: change.removed, length: change.length };
        }
        for (const block of [change.directory, ...change.fresh]) freeBlock(block);
        directory = rootOf(list + LIST_ROOT);
      }
    });
  } finally {
    if (!used) words.forEach(freeWord);
  }
}

interface Change {
  directory: number;
  /** Chunks that only the new version has, and only the old one. */
  fresh: number[];
  old: number[];
  /** The words of what is removed, and their values. */
  gone: number[];
  removed: unknown[];
  length: number;
}

/** Makes the version with the elements from `start` on replaced. */
function prepare(directory: number, [start, count]: [number, number], words: readonly number[]): Change {
  const chunks: number[] = [];
  const ends: number[] = [];
  const total = load32(directory + CHUNKS);
  for (let i = 0; i < total; i++) {
    chunks.push(chunkAt(directory, i));
    ends.push(endOf(directory, i));
  }
  // An element behind the last one goes into the last chunk.
  const low = Math.max(0, Math.min(find(directory, start), total - 1));
  const high = Math.min(total, Math.max(low, find(directory, start + Math.max(count, 1) - 1)) + 1);
  const begin = low === 0 ? 0 : ends[low - 1];
  const old = chunks.slice(low, high);
  const part = old.flatMap(wordsOf);
  const gone = part.splice(start - begin, count, ...words);
  const removed = gone.map(toValue);
  const fresh: number[] = [];
  try {
    // Of a chunk that is too full all but one stay full: elements are mostly added at the end.
    for (let at = 0; at < part.length; at += CHUNK_MOST)
      fresh.push(createChunk(part.slice(at, at + CHUNK_MOST)));
    const more = words.length - count;
    const freshEnds = fresh.map((_, i) => begin + Math.min(part.length, (i + 1) * CHUNK_MOST));
    const length = load32(directory + LENGTH) + more;
    const next = createDirectory(
      [...chunks.slice(0, low), ...fresh, ...chunks.slice(high)],
      [...ends.slice(0, low), ...freshEnds, ...ends.slice(high).map((end) => end + more)],
    );
    return { directory: next, fresh, old, gone, removed, length };
  } catch (error) {
    fresh.forEach(freeBlock);
    throw error;
  }
}
