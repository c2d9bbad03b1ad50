/**
 * What two workers gain, and what the machine lets them gain: `npx tsx bench/kernels/scaling.ts [kernel …]`. Each kernel
 * runs on one worker, on two, and as two calls at once, of one worker each, that share nothing but the machine. If those
 * slow each other down, memory or caches bound the kernel: twice the time of one over that of both is the ceiling. What
 * lies between ceiling and gain is the kernel's own: parts that one thread does, and grains.
 */
import { loadKernels, loadPool } from '../ours.js';
import type { Job, Spec, Workplace } from './contenders.js';
import { kernelSpecs } from './index.js';

const ROUNDS = 7;
/** A kernel gets no further round after so long. */
const LIMIT_MS = 6000;

async function time(jobs: readonly Job[]): Promise<number> {
  const begin = performance.now();
  await Promise.all(jobs.map((job) => job.run()));
  return performance.now() - begin;
}

const { Pool, sharedArray, release } = await loadPool();
const kernels = await loadKernels();
const pools = [new Pool(2), new Pool(1), new Pool(1)];
await Promise.all(pools.map((pool) => pool.ready));

async function scaling({ name, ours }: Spec): Promise<void> {
  const arrays: Parameters<typeof release>[0][] = [];
  const shared: Workplace['shared'] = (type, length) => {
    const array = sharedArray(globalThis[type] as Float64ArrayConstructor, length);
    arrays.push(array);
    return array as never;
  };
  const [two, one, other] = pools.map((pool) => ours({ kernels, pool, shared }));
  const sides = [[one], [two], [one, other]];
  const best = [Infinity, Infinity, Infinity];
  const until = performance.now() + LIMIT_MS;
  for (let round = 0; round < ROUNDS && (round < 2 || performance.now() < until); round++)
    for (const [i, jobs] of sides.entries()) best[i] = Math.min(best[i], await time(jobs));
  for (const array of arrays) release(array);
  const [alone, together, both] = best;
  console.log(
    `${name.padEnd(18)}${alone.toFixed(2).padStart(9)} ms   speed-up ${(alone / together).toFixed(2)}   ceiling ${((2 * alone) / both).toFixed(2)}`,
  );
}

const wanted = new Set(process.argv.slice(2));
for (const spec of kernelSpecs) if (wanted.size === 0 || wanted.has(spec.name)) await scaling(spec);
await Promise.all(pools.map((pool) => pool.terminate()));
process.exit();
