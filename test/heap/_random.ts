// Random operations on an allocator, checked against a model: who writes what into a block finds it there when it
// is freed, by whichever thread. Runs in the test's own thread and in workers, on the JavaScript allocator or on the
// one compiled to wasm.

import { atomicExchange, heapBytes, load32, store32 } from '../../assembly/atomics/index';

export interface Allocator {
  alloc(bytes: number, me: number): number;
  allocAligned(bytes: number, align: number, me: number): number;
  free(p: number, me: number): number;
}

/** Marsaglia's xorshift, 32 bits. */
export function randomOf(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Most bytes of a block's tail that are filled and checked. */
const CHECKED_BYTES = 256;
const HEAD_BYTES = 8;

/** Writes size and pattern into a block of at least 8 bytes. */
function mark(p: number, bytes: number): void {
  store32(p, bytes);
  store32(p + 4, (p ^ bytes ^ 0x5bd1e995) >>> 0);
  const end = p + bytes;
  heapBytes(end).fill((p >>> 4) & 0xff, Math.max(p + HEAD_BYTES, end - CHECKED_BYTES), end);
}

/** What is wrong with a marked block, or an empty text. */
function damage(p: number): string {
  const bytes = load32(p);
  if (load32(p + 4) !== (p ^ bytes ^ 0x5bd1e995) >>> 0) return `block ${p}: head overwritten`;
  const end = p + bytes;
  const view = heapBytes(end);
  for (let at = Math.max(p + HEAD_BYTES, end - CHECKED_BYTES); at < end; at++) {
    if (view[at] !== ((p >>> 4) & 0xff)) return `block ${p} of ${bytes} bytes: byte ${at - p} overwritten`;
  }
  return '';
}

/** A size: mostly small, some of many classes, a few of whole spans. */
function sizeOf(random: (below: number) => number): number {
  const kind = random(100);
  if (kind < 60) return 8 + random(500);
  if (kind < 90) return 8 + random(20_000);
  if (kind < 98) return 8 + random(140_000);
  return 130_000 + random(400_000);
}

export interface Outcome {
  allocated: number;
  freed: number;
  refused: number;
  /** Blocks freed that another thread had allocated. */
  foreign: number;
  problem: string;
}

/**
 * Does `operations` operations for thread `me`, then frees what it holds. Blocks change hands through the words
 * from `mailbox` on (`slots` of them on the heap; 0 = empty), which the caller empties afterwards.
 */
export function runOperations(
  allocator: Allocator,
  me: number,
  { operations, seed, mailbox, slots }: { operations: number; seed: number; mailbox: number; slots: number },
): Outcome {
  const random = randomOf(seed);
  const mine: number[] = [];
  const outcome: Outcome = { allocated: 0, freed: 0, refused: 0, foreign: 0, problem: '' };
  const free = (p: number) => {
    outcome.problem ||= damage(p);
    const code = allocator.free(p, me);
    if (code !== 0) outcome.problem ||= `free of ${p} gave ${code}`;
    outcome.freed++;
  };
  for (let i = 0; i < operations && outcome.problem === ''; i++) {
    const what = random(100);
    if (what < 50 || mine.length === 0) {
      const bytes = sizeOf(random);
      const align = random(10) === 0 ? 32 << random(6) : 16;
      const p = (align === 16 ? allocator.alloc(bytes, me) : allocator.allocAligned(bytes, align, me)) >>> 0;
      if (p === 0) {
        outcome.refused++;
        continue;
      }
      if (p % align !== 0) outcome.problem = `block ${p} is not aligned to ${align}`;
      outcome.allocated++;
      mark(p, bytes);
      mine.push(p);
    } else {
      const [p] = mine.splice(random(mine.length), 1);
      if (what < 85) {
        free(p);
      } else {
        const given = atomicExchange(mailbox + random(slots) * 4, p);
        if (given === 0) continue;
        outcome.foreign++;
        if (random(2) === 0) free(given);
        else mine.push(given);
      }
    }
  }
  for (const p of mine) free(p);
  return outcome;
}
