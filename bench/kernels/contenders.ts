/**
 * The sides of every kernel bench, made from one description (`Spec`): ours on a pool of as many workers as the
 * rivals have threads, ours on one worker, the same in C++ with OpenMP, numpy or Python, plain JavaScript, and the
 * field's own library.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OUT } from '../harness/report.js';
import {
  type Bench,
  type Contender,
  type Metric,
  Missing,
  type Options,
  type Session,
} from '../harness/types.js';
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

/** The contenders' names, which the summary looks for. */
export const OURS = 'manyhands';
export const OURS_ALONE = 'manyhands, one worker';
export const NATIVE = 'C++ OpenMP';
export const NUMPY = 'numpy';
export const PYTHON = 'Python';
export const JAVASCRIPT = 'JavaScript';

/** A call that is timed, and what is read from its result afterwards, untimed. */
export interface Job {
  run(): unknown;
  /** Left out where no two contenders can agree. */
  check?(): number;
}

/** What a job of ours is made from. */
export interface Workplace {
  readonly kernels: Kernels;
  readonly pool: Pool;
  /** A shared array that is given back when the contender is closed. */
  shared<T extends 'Float64Array' | 'Uint8Array' | 'Uint16Array' | 'Uint32Array' | 'Uint8ClampedArray'>(
    type: T,
    length: number,
  ): InstanceType<(typeof globalThis)[T]>;
}

/** A word on a program's command line; a function gives the path of a file that is made when the bench is run. */
type Argument = string | number | (() => string);

const textOf = (argument: Argument) => String(typeof argument === 'function' ? argument() : argument);

export interface Spec {
  /** The kernel's name, or one with a variant behind it. */
  readonly name: string;
  readonly title: string;
  /** Calls per round: few for what takes long. */
  readonly repeats: number;
  readonly ours: (place: Workplace) => Job;
  readonly javascript?: () => Job;
  /** The program in `bench/rivals` without `.cpp`, and its arguments but for the threads. */
  readonly native?: readonly [program: string, ...args: Argument[]];
  /** Arguments of `rivals/kernels.py`. */
  readonly numpy?: readonly Argument[];
  /** The job in `rivals/kernels.py` is Python's own library. */
  readonly isPython?: boolean;
  readonly libraries?: (options: Options) => Contender[];
  /** Memory or the processor's shared caches bound it: two workers are not twice as fast as one. */
  readonly isMemoryBound?: boolean;
  /** Why two workers are less than 1.8 times as fast as one, where no memory bounds it. */
  readonly scaling?: string;
  /** Why it may take more than 2.5 times as long as its rivals. */
  readonly reason?: string;
  readonly notes?: readonly string[];
}

/** All kernels are to be measured in ten minutes. */
const LIMIT_MS = 8000;
/** Rivals that take seconds are measured so often at most. */
const SLOW_ROUNDS = 3;

export function kernelBench(spec: Spec, options: Options): Bench {
  const { quick, workers } = options;
  const contenders = [ours(OURS, workers, spec, true)];
  if (workers > 1) contenders.push(ours(OURS_ALONE, 1, spec, false));
  if (spec.native) {
    const [program, ...args] = spec.native;
    contenders.push(
      lineProgram(NATIVE, spec.repeats, () =>
        LineProcess.start(compile(program), [...args, workers].map(textOf)),
      ),
    );
  }
  if (spec.numpy) contenders.push(numpy(spec.isPython ? PYTHON : NUMPY, spec.numpy, spec.repeats));
  if (spec.javascript) contenders.push(javascript(spec.javascript, spec.repeats));
  contenders.push(...(spec.libraries?.(options) ?? []));
  return {
    name: spec.name,
    title: spec.title,
    rounds: quick ? 3 : 6,
    warmups: 1,
    limitMs: LIMIT_MS,
    metrics: METRICS,
    contenders,
    targets: spec.native && !spec.reason ? [{ metric: 'wall', against: NATIVE, atMost: 2.5 }] : [],
    notes: [spec.reason, spec.scaling, ...(spec.notes ?? [])].filter((note) => note !== undefined),
  };
}

async function rounds(job: Job, repeats: number) {
  const wall = new Float64Array(repeats);
  for (let i = 0; i < repeats; i++) {
    const begin = performance.now();
    await job.run();
    wall[i] = performance.now() - begin;
  }
  const check = job.check?.();
  return { values: { wall }, ...(check !== undefined && { check }) };
}

function ours(name: string, workers: number, spec: Spec, isOurs: boolean): Contender {
  return {
    name,
    ours: isOurs,
    async open() {
      const { Pool, sharedArray, release } = await loadPool();
      const kernels = await loadKernels();
      const pool = new Pool(workers);
      await pool.ready;
      const arrays: Parameters<typeof release>[0][] = [];
      const shared: Workplace['shared'] = (type, length) => {
        const array = sharedArray(globalThis[type] as Float64ArrayConstructor, length);
        arrays.push(array);
        return array as never;
      };
      const job = spec.ours({ kernels, pool, shared });
      return {
        round: () => rounds(job, spec.repeats),
        async close() {
          await pool.terminate();
          for (const array of arrays) release(array);
        },
      };
    },
  };
}

function javascript(prepare: () => Job, repeats: number): Contender {
  return {
    name: JAVASCRIPT,
    maxRounds: SLOW_ROUNDS,
    async open() {
      const job = prepare();
      return { round: () => rounds(job, Math.min(3, repeats)), close() {} };
    },
  };
}

/** A library for JavaScript; `load` rejects where it is not installed. */
export function library(name: string, repeats: number, prepare: () => Promise<Job>): Contender {
  return {
    name,
    async open() {
      try {
        const job = await prepare();
        return { round: () => rounds(job, repeats), close() {} };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
        throw new Missing(`no ${name}`, `npm install ${name}`);
      }
    },
  };
}

function numpy(name: string, args: readonly Argument[], repeats: number): Contender {
  const open = async () => {
    if (spawnSync('python3', ['-c', 'import numpy']).status !== 0) {
      throw new Missing('no numpy', 'pip install numpy');
    }
    const script = fileURLToPath(new URL('../rivals/kernels.py', import.meta.url));
    return LineProcess.start('python3', [script, ...args.map(textOf)]);
  };
  return { ...lineProgram(name, Math.min(3, repeats), open), maxRounds: SLOW_ROUNDS };
}

function lineProgram(name: string, repeats: number, start: () => Promise<LineProcess>): Contender {
  return {
    name,
    async open(): Promise<Session> {
      const rival = await start();
      return {
        async round() {
          const wall = new Float64Array(repeats);
          let check: number | undefined;
          for (let i = 0; i < repeats; i++) {
            const answer = await rival.run();
            wall[i] = answer.ns / 1e6;
            check = answer.check;
          }
          return { values: { wall }, ...(check !== undefined && { check }) };
        },
        close: () => rival.close(),
      };
    },
  };
}

/** The path of a file of bytes that all contenders read; it is made once. */
export function dataFile(name: string, make: () => Uint8Array): string {
  const folder = new URL('bench/', OUT);
  mkdirSync(folder, { recursive: true });
  const path = fileURLToPath(new URL(name, folder));
  if (!existsSync(path)) {
    writeFileSync(`${path}.${process.pid}`, make());
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}
