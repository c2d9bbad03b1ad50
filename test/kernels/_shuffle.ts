// A pool that runs a phase's pieces here, cut at random and in random order: what a kernel computes must not
// depend on who runs which pieces when. Also the runtime and arrays on the heap that kernel tests need.

import { allocate, release } from '../../src/heap/heap';
import { type TypedArray, viewAt } from '../../src/heap/views';
import { type Family, type KernelExports, loadKernels } from '../../src/kernels/_module';
import { callKernel, type Phase } from '../../src/kernels/_plan';
import type { PhaseRunner } from '../../src/kernels/_pool';

/** Random numbers below 1 (mulberry32); the seed replays them. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: of the environment, or a new one; tests show it when they fail. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A pool that shuffles, and counts the phases that it ran. */
export function shufflingPool(seed: number): PhaseRunner & { phases: number } {
  const next = random(seed);
  const pool = {
    phases: 0,
    backend: 'shared',
    async runPhases(family: Family, phases: readonly Phase[]) {
      pool.runPhasesSync(family, phases, await loadKernels(family));
    },
    runPhasesSync(_: Family, phases: readonly Phase[], exports: KernelExports) {
      pool.phases += phases.length;
      for (const phase of phases) runShuffled(phase, exports, next);
    },
  };
  return pool;
}

/** Runs the phase's pieces, cut at random and in random order. */
function runShuffled({ fn, pieces, args }: Phase, exports: KernelExports, next: () => number): void {
  const cuts: Array<[number, number]> = [];
  for (let begin = 0; begin < pieces; ) {
    const end = Math.min(pieces, begin + 1 + Math.floor(next() ** 3 * pieces));
    cuts.push([begin, end]);
    begin = end;
  }
  for (let i = cuts.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [cuts[i], cuts[j]] = [cuts[j], cuts[i]];
  }
  for (const [begin, end] of cuts) callKernel(exports, fn, begin, end, args);
}

/** Runs `use` on a copy of the array that lies on the heap, `offset` bytes after a block's start. */
export async function onHeap<T extends TypedArray, R>(
  array: T,
  offset: number,
  use: (shared: T) => R | Promise<R>,
): Promise<R> {
  const bytes = array.byteLength + offset + 16;
  const address = allocate(bytes, 'array');
  try {
    const shared = viewAt(array.constructor as never, address + offset, array.length) as T;
    (shared.set as (from: TypedArray) => void)(array);
    return await use(shared);
  } finally {
    release(address, bytes, 'array');
  }
}
