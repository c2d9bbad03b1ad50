/** The two sides of every kernel bench: a kernel of ours on a pool of its own, and a C++ program. */
import type { Contender, Metric } from '../harness/types.js';
import { loadKernels, loadPool } from '../ours.js';
import { compile, FLAGS } from '../rivals/compile.js';
import { LineProcess } from '../rivals/LineProcess.js';

export type Kernels = Awaited<ReturnType<typeof loadKernels>>;
export type Library = Awaited<ReturnType<typeof loadPool>>;
export type Pool = InstanceType<Library['Pool']>;

export const METRICS: readonly Metric[] = [
  { key: 'wall', label: 'ms', better: 'lower', tail: 'p99', digits: 2 },
];

export const FLAGS_NOTE = `C++: g++ ${FLAGS.join(' ')}; its data stays in its process, only the job is timed.`;

/** A kernel call that is timed, and what is read from its result afterwards, untimed. */
export interface Job {
  run(): Promise<unknown>;
  check(): number;
}

/**
 * @param prepare Makes the data and returns the call.
 * @param repeats Calls per round, for jobs of a few milliseconds.
 */
export function kernel(
  name: string,
  workers: number,
  repeats: number,
  prepare: (kernels: Kernels, library: Library, pool: Pool) => Job,
): Contender {
  return {
    name,
    ours: true,
    async open() {
      const library = await loadPool();
      const kernels = await loadKernels();
      const pool = new library.Pool(workers);
      await pool.ready;
      const job = prepare(kernels, library, pool);
      return {
        async round() {
          const wall = new Float64Array(repeats);
          for (let i = 0; i < repeats; i++) {
            const begin = performance.now();
            await job.run();
            wall[i] = performance.now() - begin;
          }
          return { values: { wall }, check: job.check() };
        },
        close: () => pool.terminate(),
      };
    },
  };
}

/**
 * @param source The program in `bench/rivals`, without `.cpp`.
 * @param repeats Runs per round, as many as ours.
 */
export function cpp(
  name: string,
  source: string,
  args: readonly (string | number)[],
  repeats: number,
  maxRounds?: number,
): Contender {
  return {
    name,
    ...(maxRounds !== undefined && { maxRounds }),
    async open() {
      const rival = await LineProcess.start(compile(source), args.map(String));
      return {
        async round() {
          const wall = new Float64Array(repeats);
          let check = 0;
          for (let i = 0; i < repeats; i++) {
            const answer = await rival.run();
            wall[i] = answer.ns / 1e6;
            check = answer.check;
          }
          return { values: { wall }, check };
        },
        close: () => rival.close(),
      };
    },
  };
}
