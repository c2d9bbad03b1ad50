// Node, and Deno and Bun through their node:worker_threads, the one uniform API of the three.

import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  parentPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import type { Death, FromWorker, Runtime, SpawnOptions, WorkerBoot, WorkerHandle } from './runtime';

const name = 'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'node';
const MARK = 'manyhands';

/** What this thread was started with, if it is one of our workers. */
export function nodeBoot(): WorkerBoot | undefined {
  return (workerData as { [MARK]?: WorkerBoot } | null)?.[MARK];
}

/** The port to the parent, for the worker's loop. */
export const nodePort = parentPort;

/** The exact number of cores' worth of time that the control group grants, or Infinity. */
function cgroupCores(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ');
    return quota === 'max' ? Number.POSITIVE_INFINITY : Number(quota) / Number(period);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

let cores = 0;

/** Linux tells a program its threads here (proc(5)). */
const TASKS = '/proc/self/task';
const THIS_TASK = '/proc/thread-self';
const hasTasks = process.platform === 'linux' && existsSync(THIS_TASK);

/** The real path of a file, or the path itself if there is no such file. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Flags that say what the main program is: a worker that inherits one of them refuses its file. */
const PROGRAM_FLAG =
  /^(-e|-p|-pe|-c|-i|--eval|--print|--check|--interactive|--test|--watch|--input-type)(=|$)/;
/** Flags that matter to the modules a worker loads; of the others Node refuses many for a worker. */
const MODULE_FLAG =
  /^(-r|-C|--require|--import|--loader|--experimental-loader|--conditions|--no-warnings)(=|$)/;

/** The flags for a worker: what it inherits by itself (nothing said), unless it could not start with that. */
function workerFlags(): { execArgv?: string[] } {
  const { execArgv } = process;
  if (!execArgv.some((flag) => PROGRAM_FLAG.test(flag))) return {};
  const kept = execArgv.filter((flag, i) => {
    if (MODULE_FLAG.test(flag)) return true;
    // The value of the flag before it.
    return (
      !flag.startsWith('-') && i > 0 && MODULE_FLAG.test(execArgv[i - 1]) && !execArgv[i - 1].includes('=')
    );
  });
  return { execArgv: kept };
}

/**
 * Tells when a thread has really ended. Deno reports the exit of a terminated worker at once, while its loop may run
 * on for as long as it likes and write to memory that others were given meanwhile. What it holds is released only
 * with the thread itself: so it is given a port, and the other end of the port sees it close.
 */
class Life {
  readonly #watched: MessagePort;
  /** For the worker to hold. */
  readonly held: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#watched = port1;
    this.held = port2;
    // A port that nobody listens to does not see the other end close.
    port1.on('message', ({ owner, port }) => passUp(owner, port));
    port1.unref();
  }

  onEnd(listener: () => void): void {
    this.#watched.once('close', listener);
    this.#watched.unref(); // adding a listener may have made it hold the program
  }

  keepAlive(hold: boolean): void {
    if (hold) this.#watched.ref();
    else this.#watched.unref();
  }
}

/** What the main thread watches of workers' workers. */
const watched = new Set<MessagePort>();
let orphanEnded: ((owner: number) => void) | undefined;
/** Leads to this thread's parent; undefined in the main thread. */
let up = nodeBoot()?.life as MessagePort | undefined;

/** For a worker that was told by message what it is. */
export function setParentPort(life: unknown): void {
  up = life as MessagePort | undefined;
}

/** Hands what watches a worker's worker up to the main thread, the only one that never ends before it. */
function passUp(owner: number, port: MessagePort): void {
  if (up !== undefined) {
    up.postMessage({ owner, port }, [port]);
    return;
  }
  watched.add(port);
  port.on('message', () => {});
  port.once('close', () => {
    watched.delete(port);
    orphanEnded?.(owner);
  });
  port.unref();
}

class NodeWorker implements WorkerHandle {
  #worker: Worker;
  #ready = false;
  #doomed = false;
  #orderly = false;
  #error: unknown;
  #life = name === 'deno' ? new Life() : undefined;

  constructor(boot: WorkerBoot, options: SpawnOptions) {
    const held = this.#life && [this.#life.held];
    if (boot.lifeForOthers !== undefined) held?.push(boot.lifeForOthers as MessagePort);
    boot.life = this.#life?.held;
    this.#worker =
      (options.create?.() as Worker | undefined) ??
      new Worker(new URL('./worker.node.js', import.meta.url), {
        workerData: { [MARK]: boot },
        transferList: held,
        resourceLimits: options.resourceLimits,
        name: boot.name,
        ...workerFlags(),
      });
    if (options.create) this.#worker.postMessage({ [MARK]: boot }, held);
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('message', (message: FromWorker) => {
      this.#ready = true;
      if (message.type === 'bye') this.#orderly = true;
      if (this.#doomed) void this.#worker.terminate();
      this.#listener?.(message);
    });
    this.#worker.unref();
  }

  #listener: ((message: FromWorker) => void) | undefined;

  post(message: unknown, transfer?: Transferable[]): void {
    this.#worker.postMessage(message, transfer as never);
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  onDeath(listener: (death: Death) => void): void {
    let open = this.#life === undefined ? 1 : 2;
    let code = 0;
    const end = () => {
      if (--open > 0) return;
      const areOrphansGone = this.#life === undefined;
      listener({ exitCode: code, error: this.#error, orderly: this.#orderly, areOrphansGone });
    };
    this.#life?.onEnd(end);
    this.#worker.on('exit', (exitCode) => {
      code = exitCode;
      end();
    });
    this.#worker.unref();
  }

  keepAlive(hold: boolean): void {
    if (hold) this.#worker.ref();
    else this.#worker.unref();
    this.#life?.keepAlive(hold);
  }

  terminate(): void {
    // Bun crashes when a worker that is still loading is terminated.
    this.#doomed = true;
    if (this.#ready || name !== 'bun') void this.#worker.terminate();
  }
}

export const nodeRuntime: Runtime = {
  name,
  isMainThread: nodeBoot() === undefined,
  workers: true,
  cores: () => (cores ||= Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores())))),
  canBlock: () => true,
  memoryUsed() {
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    // Bun counts the shared heap for every thread that sees it, some of it twice: there buffers are left out.
    return name === 'bun' ? heapUsed - external : heapUsed + arrayBuffers;
  },
  keepFreed: name === 'node' && process.platform === 'linux' ? raiseTrimThreshold : undefined,
  // What a buffer is filled with is copied natively, once if it is as long as the buffer.
  copyBytes:
    name === 'node'
      ? (target, at, source) => void Buffer.prototype.fill.call(target, source, at, at + source.length)
      : undefined,
  unclearedBytes:
    name === 'node' ? (length) => new Uint8Array(Buffer.allocUnsafeSlow(length).buffer) : undefined,
  osThread: hasTasks ? () => Number(readlinkSync(THIS_TASK).split('/').pop()) : undefined,
  osThreads: hasTasks ? () => new Set(readdirSync(TASKS).map(Number)) : undefined,
  env: (key) => process.env[key],
  isEntry(url) {
    if (url === undefined || !isMainThread || nodeBoot() !== undefined) return false;
    const entry = process.argv[1];
    if (entry === undefined || !url.startsWith('file:')) return false;
    const module = real(fileURLToPath(url));
    const main = real(entry);
    return module === main || module.replace(/\.[cm]?[jt]s$/, '') === main;
  },
  clockStep: 0.001,
  // Deno ends a thread within milliseconds, or not at all while it loops or blocks.
  endsWithin: name === 'deno' ? 300 : undefined,
  // It may be about to leave a critical section: others enter that only later.
  inheritedAfter: name === 'deno' ? 700 : undefined,
  spawn: (boot, options) => new NodeWorker(boot, options),
  announceChild(owner) {
    if (name !== 'deno' || up === undefined) return undefined;
    const { port1, port2 } = new MessageChannel();
    passUp(owner, port1);
    return port2;
  },
  onOrphanEnd(listener) {
    orphanEnded = listener;
  },
  readBeside(file) {
    for (const place of ['./kernels/', '../kernels/_generated/']) {
      const url = new URL(place + file, import.meta.url);
      if (existsSync(url)) return readFileSync(url);
    }
    return undefined;
  },
  onExit: (listener) => void process.once('exit', listener),
  pid: () => process.pid,
  print: (text) => void writeSync(2, text),
  bar: (title) => (process.stderr.isTTY ? terminalBar(title) : undefined),
};

/** As large as a chunk may be whose release raises the threshold: 32 MiB, less what the allocator adds. */
const TRIM_BYTES = 2 ** 25 - 2 ** 16;

/**
 * glibc gives free memory back beyond a threshold that begins at 128 KiB and rises to twice the largest mapped chunk
 * that was ever released (mallopt(3), M_TRIM_THRESHOLD): so one is released, which nothing was written to. A message
 * that is sent to nobody is released at once, a buffer only by the next collection.
 */
function raiseTrimThreshold(): void {
  const { port1, port2 } = new MessageChannel();
  const chunk = new ArrayBuffer(TRIM_BYTES);
  port2.close();
  port1.postMessage(0, [chunk]);
  port1.close();
}

/** A bar on standard error; the library that draws it is loaded on first use. */
function terminalBar(title: string) {
  type Bar = import('cli-progress').SingleBar;
  let bar: Bar | undefined;
  let last: { done: number; total: number; rate: number; eta: number } | undefined;
  const draw = () => {
    if (bar === undefined || last === undefined) return;
    bar.setTotal(Number.isFinite(last.total) ? last.total : last.done);
    bar.update(last.done, { rate: last.rate < 10 ? last.rate.toFixed(1) : Math.round(last.rate) });
    if (last.done >= last.total) bar.stop();
  };
  void import('cli-progress').then(({ default: { SingleBar, Presets } }) => {
    bar = new SingleBar(
      {
        format: `${title} {bar} {percentage}% | {value}/{total} | {rate}/s | {eta_formatted}`,
        stream: process.stderr,
        hideCursor: true,
      },
      Presets.shades_classic,
    );
    bar.start(last?.total ?? 1, 0, { rate: 0 });
    draw();
  });
  return (progress: { done: number; total: number; rate: number; eta: number }) => {
    last = progress;
    draw();
  };
}
