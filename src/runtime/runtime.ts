// What the core needs from a JavaScript runtime, and nothing more. One small file here implements it for each
// runtime; platform.ts names the one of this build, and the package's exports map chooses the build. Core code never
// asks where it runs. Reading entry: inline.ts, the smallest complete implementation.

import { platform } from './platform';

/** What a new worker is told before it runs anything. */
export interface WorkerBoot {
  /** The shared heap; absent on the message backend. */
  memory?: WebAssembly.Memory;
  /** Address of the worker's thread record, taken by its parent; 0 without shared memory. */
  record: number;
  name: string;
  /** Number of the worker in the program; what `currentProcess().pid` gives. */
  pid: number;
  parent: { name: string; pid: number };
  backend: Backend;
  /** Address of the pool's task board; 0 without one. */
  board: number;
  /** It runs the function of a `Process`, and is no pool's worker. */
  isProcess?: boolean;
  /** Runs once before the first task: a task's key and its encoded arguments. */
  initializer?: { key: string; args: Uint8Array };
  /** Items after which the worker ends, to be replaced. */
  maxTasks: number;
  /** Bytes of JavaScript memory after which the worker ends; absent for no limit. */
  maxMemory?: number;
  /** What the runtime gave the worker to hold while it lives: for its parent, and for others if that is gone. */
  life?: unknown;
  lifeForOthers?: unknown;
}

/** How tasks reach workers: through shared memory, by messages alone, or not at all (no workers). */
export type Backend = 'shared' | 'message' | 'inline';

/** What a worker says to its parent. */
export type FromWorker =
  | { type: 'ready' }
  /** The initializer failed: an error record of the codec. */
  | { type: 'broken'; error: unknown }
  /** It listens: the boot may be sent. In a browser with the name of the lock that it holds while it lives. */
  | { type: 'hello'; life?: string }
  /** It ends in good order, as soon as nothing of the user's keeps it; browsers show no exit. */
  | { type: 'bye'; exitCode: number }
  /** Its code called `close()`, in the middle of whatever it was doing; browsers show this to nobody either. */
  | { type: 'closed' }
  /** The function of a Process has returned, or thrown: then with an error record of the codec. */
  | { type: 'ended'; exitCode: number; error: unknown }
  /** A call that has a time limit begins to load its module, or to run. */
  | { type: 'began'; id: number }
  | { type: 'reply'; id: number; ok: boolean; value: unknown; index: number; ms: number; started: number };

/** What a parent says to a worker, apart from tasks in shared memory. */
export type ToWorker =
  /** `kind` is a FRAME_… kind, `payload` the encoded arguments or items. */
  | { type: 'call'; id: number; key: string; kind: number; payload: Uint8Array; limited: boolean }
  /** The function that a Process is for, and its encoded arguments. */
  | { type: 'main'; key: string; args: Uint8Array }
  /** End after what is running: for workers without shared memory. */
  | { type: 'stop' };

/** Why a worker is gone. */
export interface Death {
  /** The worker's exit code, where the runtime tells; 1 for an uncaught error. */
  exitCode: number;
  /** The uncaught error, if that was the cause and the runtime tells. */
  error?: unknown;
  /** Somebody was told of it who waited for the worker. */
  isTold?: boolean;
  /** The workers that it had started have ended too. */
  areOrphansGone?: boolean;
  /** It had said that it ends: what was still on its way to it has not run. */
  orderly?: boolean;
}

/** Limits on a worker's JavaScript heap, as `resourceLimits` of node:worker_threads. */
export interface ResourceLimits {
  maxOldGenerationSizeMb?: number;
  maxYoungGenerationSizeMb?: number;
  codeRangeSizeMb?: number;
  stackSizeMb?: number;
}

/** A worker as its parent sees it. */
export interface WorkerHandle {
  /** Sends a message; it arrives after the worker has said that it listens. */
  post(message: unknown, transfer?: Transferable[]): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Called once, when the worker is gone for whatever reason that the runtime shows. */
  onDeath(listener: (death: Death) => void): void;
  /** Whether the worker holds the program open. Workers start without holding it. */
  keepAlive(hold: boolean): void;
  /** Ends the worker as forcibly as the runtime can. */
  terminate(): void;
}

export interface SpawnOptions {
  resourceLimits?: ResourceLimits;
  /** A caller's own way to make the worker (the `worker` option of Pool). */
  create?: () => unknown;
}

/** One runtime. */
export interface Runtime {
  readonly name: string;
  /** False in threads that one of our pools or processes started. */
  readonly isMainThread: boolean;
  /** Cores this program may use: affinity and cgroup quotas counted where the runtime shows them. */
  cores(): number;
  /** Whether this thread may block in Atomics.wait. */
  canBlock(): boolean;
  /** Whether there are workers, and if not, why, in words. */
  readonly workers: true | string;
  /** Bytes of JavaScript memory that this thread uses, where the runtime shows them. */
  memoryUsed?(): number;
  /**
   * Makes the system's allocator keep what large buffers leave for the next ones, where it would give every bit back
   * to the system after each collection of garbage.
   */
  keepFreed?(): void;
  /** Copies bytes, at least one, to `target` from `at` on, natively also where one side is shared. */
  copyBytes?(target: Uint8Array, at: number, source: Uint8Array): void;
  /** New bytes in a buffer of their own, whose contents are anything. */
  unclearedBytes?(length: number): Uint8Array<ArrayBuffer>;
  /** The number of the system thread that calls, where the system tells. */
  osThread?(): number;
  /** The system threads that the program has, where the system tells. */
  osThreads?(): ReadonlySet<number>;
  /** An environment variable, where there are any. */
  env(name: string): string | undefined;
  /** Whether the module at `url` is the program's entry point. */
  isEntry(url: string | undefined): boolean;
  /** Milliseconds that the clock moves at a time; 0.02, the most that isolated pages see, if not given. */
  readonly clockStep?: number;
  /** Milliseconds in which a worker that can be ended has ended; 3500 if not given. After that its task fails. */
  readonly endsWithin?: number;
  /** Milliseconds after which the locks of a worker that has not ended go to others; as `endsWithin` if not given. */
  readonly inheritedAfter?: number;
  spawn(boot: WorkerBoot, options: SpawnOptions): WorkerHandle;
  /**
   * In a worker that is about to start one itself: what that has to hold (`lifeForOthers`), so that others than this
   * thread can hear of its end, also if this thread is gone by then. Where a worker's end tells of those it had started
   * (`areOrphansGone`) there is no need.
   */
  announceChild?(owner: number): unknown;
  /** Tells the owner id of each worker so announced that has ended: in the main thread, or to who has asked for it. */
  onOrphanEnd?(listener: (owner: number) => void): void;
  /** Asks for the end of a worker so announced, where threads hear of nothing that they have not asked for. */
  awaitOrphan?(owner: number): void;
  /** Reads a file that lies beside the package's own, synchronously; undefined where that is impossible. */
  readBeside(name: string): Uint8Array | undefined;
  /** Calls `listener` when the program ends, where a runtime tells. */
  onExit?(listener: () => void): void;
  /** A number unique to this program, for `pid`. */
  pid(): number;
  /** Writes a text to the program's error output at once, also from a thread that is about to block. */
  print?(text: string): void;
  /** A progress bar on the terminal; undefined where there is none. */
  bar?(
    title: string,
  ): ((progress: { done: number; total: number; rate: number; eta: number }) => void) | undefined;
}

/** The runtime of this build. */
export function runtime(): Runtime {
  return platform;
}
