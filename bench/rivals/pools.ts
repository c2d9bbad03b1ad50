/** The worker pools of the field behind one interface, each set up as its readme advises for tiny tasks. */
import { fileURLToPath } from 'node:url';
import { Missing } from '../harness/types.js';

export interface RivalPool {
  /** Squares a number in a worker. */
  apply(x: number): PromiseLike<number>;
  close(): PromiseLike<unknown>;
}

export interface Rival {
  readonly name: string;
  open(workers: number): Promise<RivalPool>;
}

const TASK = fileURLToPath(new URL('square.mjs', import.meta.url));
const WORKERPOOL_SCRIPT = fileURLToPath(new URL('workerpoolWorker.mjs', import.meta.url));

async function load<Module>(name: string, module: Promise<Module>): Promise<Module> {
  try {
    return await module;
  } catch (error) {
    throw new Missing(`cannot load it (${(error as Error).message})`, `npm install ${name}`);
  }
}

/** @param tasksPerWorker How many tasks Piscina hands a worker before the first comes back; it starts at 1. */
function piscina(name: string, tasksPerWorker: number): Rival {
  return {
    name,
    async open(workers) {
      const { Piscina } = await load('piscina', import('piscina'));
      const pool = new Piscina({
        filename: TASK,
        minThreads: workers,
        maxThreads: workers,
        maxQueue: Number.POSITIVE_INFINITY,
        concurrentTasksPerWorker: tasksPerWorker,
        execArgv: [],
      });
      return { apply: (x) => pool.run(x), close: () => pool.destroy() };
    },
  };
}

const tinypool: Rival = {
  name: 'tinypool',
  async open(workers) {
    const { Tinypool } = await load('tinypool', import('tinypool'));
    const pool = new Tinypool({
      filename: TASK,
      minThreads: workers,
      maxThreads: workers,
      execArgv: [],
    });
    return { apply: (x) => pool.run(x), close: () => pool.destroy() };
  },
};

const workerpool: Rival = {
  name: 'workerpool',
  async open(workers) {
    const { default: library } = await load('workerpool', import('workerpool'));
    const pool = library.pool(WORKERPOOL_SCRIPT, {
      workerType: 'thread',
      minWorkers: workers,
      maxWorkers: workers,
      workerThreadOpts: { execArgv: [] },
    });
    return {
      apply: (x) => pool.exec('square', [x]) as unknown as PromiseLike<number>,
      close: () => pool.terminate() as unknown as PromiseLike<unknown>,
    };
  },
};

/** Elsewhere they are not at home (workerpool hangs on Bun, tinypool takes six times as long on Deno): raw workers are the rival. */
const ON_NODE = !('Deno' in globalThis) && !('Bun' in globalThis);

export const PISCINA = piscina('piscina', 1);
export const PISCINA_TUNED = piscina('piscina, 64 tasks a worker', 64);
export const TINYPOOL = tinypool;
export const WORKERPOOL = workerpool;
/** Those with their own settings, as they come. */
export const POOLS: readonly Rival[] = ON_NODE ? [PISCINA, TINYPOOL, WORKERPOOL] : [];
export const TUNED: readonly Rival[] = ON_NODE ? [PISCINA_TUNED] : [];
