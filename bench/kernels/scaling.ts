/**
 * What two workers gain, and what the machine lets them gain: `npx tsx bench/kernels/scaling.ts [kernel …]`. Each kernel
 * runs on one worker, on two, and as two calls at once, of one worker each, that share nothing but the machine. If those
 * slow each other down, memory or caches bound the kernel: twice the time of one over that of both is the ceiling. What
 * lies between ceiling and gain is the kernel's own: what the calling thread does by itself, which is given as a share
 * of the time on two workers, and grains. For the ceiling and for that share the caller takes no part in the work. Writes
 * `out/scaling.json` when all are measured.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { OUT } from '../harness/report.js';
import { loadKernels, loadPool } from '../ours.js';
import type { Job, Spec, Workplace } from './contenders.js';
import { kernelSpecs } from './index.js';
import type { Scaling } from './summary.js';

const ROUNDS = 6;
/**
 * Each way to run a kernel is timed for so long at a time: a kernel of the system that packs threads which slept on as few
 * cores as it can (`sched_vcpu_pack` in /proc/cmdline tells of one) spreads them again after some 10 ms of work.
 */
const STRETCH_MS = 60;
/** A kernel gets no further round after so long. */
const LIMIT_MS = 8000;

async function time(jobs: readonly Job[]): Promise<number> {
  const begin = performance.now();
  await Promise.all(jobs.map((job) => job.run()));
  return performance.now() - begin;
}

const { Pool, sharedArray, release } = await loadPool();
const kernels = await loadKernels();
const pools = [new Pool(2), new Pool(1), new Pool(2), new Pool(1), new Pool(1)];
await Promise.all(pools.map((pool) => pool.ready));

/** Makes the pool's caller leave all work to its workers: what it does then is its own, and two calls at once are two workers'. */
function leaveToWorkers(pool: object): void {
  const backend = (pool as { '~open': () => object })['~open']();
  Object.defineProperty(backend, 'isFree', { value: false });
}
for (const pool of pools.slice(2)) leaveToWorkers(pool);

async function scaling({ name, ours }: Spec): Promise<Scaling> {
  const arrays: Parameters<typeof release>[0][] = [];
  const shared: Workplace['shared'] = (type, length) => {
    const array = sharedArray(globalThis[type] as Float64ArrayConstructor, length);
    arrays.push(array);
    return array as never;
  };
  const [two, one, twoLeft, oneLeft, other] = pools.map((pool) => ours({ kernels, pool, shared }));
  const sides = [[one], [two], [oneLeft], [twoLeft], [oneLeft, other]];
  const best = sides.map(() => Infinity);
  let activeMs = Infinity;
  const until = performance.now() + LIMIT_MS;
  for (let round = 0; round < ROUNDS && (round < 2 || performance.now() < until); round++)
    for (const [i, jobs] of sides.entries()) {
      const end = performance.now() + STRETCH_MS;
      for (let calls = 0; calls < 2 || performance.now() < end; calls++) {
        const before = performance.eventLoopUtilization();
        best[i] = Math.min(best[i], await time(jobs));
        if (jobs[0] === twoLeft)
          activeMs = Math.min(activeMs, performance.eventLoopUtilization(before).active);
      }
    }
  for (const array of arrays) release(array);
  const [single, together, left, togetherLeft, both] = best;
  const found = {
    name,
    speedup: single / together,
    ceiling: (2 * left) / both,
    alone: activeMs / togetherLeft,
  };
  console.log(
    `${name.padEnd(18)}${single.toFixed(2).padStart(9)} ms   speed-up ${found.speedup.toFixed(2)}   ceiling ${found.ceiling.toFixed(2)}   alone ${(100 * found.alone).toFixed(0)} %`,
  );
  return found;
}

const wanted = new Set(process.argv.slice(2));
const all: Scaling[] = [];
for (const spec of kernelSpecs) if (wanted.size === 0 || wanted.has(spec.name)) all.push(await scaling(spec));
if (wanted.size === 0) {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(new URL('scaling.json', OUT), `${JSON.stringify(all, null, 2)}\n`);
}
await Promise.all(pools.map((pool) => pool.terminate()));
process.exit();
