// Browsers: module workers, in pages and in workers of pages.

import { NOTE_ENDED, threadNote } from '../../assembly/heap/notes';
import { THREAD_OWNER } from '../../assembly/heap/threads';
import type { Death, FromWorker, Runtime, SpawnOptions, WorkerBoot, WorkerHandle } from './runtime';

/** The worker of the page that this thread is, if it is one of ours; set by worker.browser.ts. */
let boot: WorkerBoot | undefined;

/** Tells this thread what it is; resolves when it may begin, to whether it is still wanted. */
export async function setBrowserBoot(told: WorkerBoot): Promise<boolean> {
  boot = told;
  program = told.life as string | undefined;
  return told.lifeForOthers === undefined || holdForOthers(told, told.lifeForOthers as number);
}

// Browsers tell nobody when a worker has ended, and one that is terminated may run on for seconds, on memory that
// by then is somebody else's. So a worker holds a Web Lock while it lives, and its parent waits for that lock. A worker's
// worker holds a second one, whose name everybody knows: its parent may be gone before it.

/** Random, of this page: part of those names. */
let program: string | undefined;
let orphanEnded: ((owner: number) => void) | undefined;
const hasLocks = () => typeof navigator === 'object' && navigator.locks !== undefined;
const lockOf = (owner: number): string => `manyhands ${program} ${owner}`;

/**
 * Holds the lock of the thread with this owner id until it is gone. Resolves to false if it comes too late: its parent has
 * died, and who asked for its end had the lock first, found that it does not run, and gave its place to others.
 */
function holdForOthers({ memory, record }: WorkerBoot, owner: number): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(lockOf(owner), () => {
      const words = new Int32Array(memory!.buffer);
      const isWanted =
        Atomics.load(words, (record + THREAD_OWNER) >>> 2) >>> 0 === owner &&
        Atomics.load(words, (threadNote(record) + NOTE_ENDED) >>> 2) >>> 0 !== owner;
      resolve(isWanted);
      return isWanted ? new Promise(() => {}) : undefined;
    });
  });
}

class BrowserWorker implements WorkerHandle {
  #worker: Worker;
  #listening = false;
  #waiting: Array<[message: unknown, transfer: Transferable[]]> = [];
  #onMessage: ((message: FromWorker) => void) | undefined;
  #onDeath: ((death: Death) => void) | undefined;
  /** Why it ends, as soon as that is known. */
  #death: Death | undefined;
  /** The name of its lock; undefined before it listens, and where there are no locks. */
  #life: string | undefined;

  constructor(told: WorkerBoot, options: SpawnOptions) {
    if (hasLocks()) told.life = program ??= crypto.randomUUID();
    this.#worker =
      (options.create?.() as Worker | undefined) ??
      new Worker(new URL('./worker.browser.js', import.meta.url), { type: 'module', name: told.name });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data?.type === 'hello') this.#begin(told, data.life);
      else if (data?.type === 'bye') this.#die({ exitCode: data.exitCode, orderly: true });
      else if (data?.type === 'closed') this.#die({ exitCode: 0 });
      else this.#onMessage?.(data);
    });
    this.#worker.addEventListener('error', (event) => {
      // Before it listens an error means that it could not start; later ones leave the worker running.
      if (this.#listening) return;
      event.preventDefault();
      this.#die({
        exitCode: 1,
        error: event.error ?? new Error(event.message || 'Cannot load the worker file'),
      });
    });
  }

  /** Messages sent before the worker listens would be lost. */
  #begin(told: WorkerBoot, life: string | undefined): void {
    if (this.#death !== undefined) return;
    this.#listening = true;
    this.#life = life;
    if (life !== undefined) {
      void navigator.locks.request(life, () => this.#onDeath?.(this.#death ?? { exitCode: 1 }));
    }
    this.#worker.postMessage({ manyhands: told });
    for (const [message, transfer] of this.#waiting.splice(0)) this.#worker.postMessage(message, transfer);
  }

  #die(death: Death): void {
    this.#death ??= death;
    this.#worker.terminate();
    // Without a lock nobody knows when it has ended; before it listens it has touched nothing.
    if (this.#life === undefined) setTimeout(() => this.#onDeath?.(death), 0);
  }

  post(message: unknown, transfer: Transferable[] = []): void {
    if (this.#listening) this.#worker.postMessage(message, transfer);
    else this.#waiting.push([message, transfer]);
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#onMessage = listener;
  }

  onDeath(listener: (death: Death) => void): void {
    this.#onDeath = listener;
  }

  keepAlive(): void {}

  terminate(): void {
    this.#die({ exitCode: -15 });
  }
}

const hasWorkers = typeof Worker === 'function';

export const browserRuntime: Runtime = {
  name: 'browser',
  get isMainThread() {
    return boot === undefined;
  },
  workers: hasWorkers ? true : 'this place has no Worker',
  cores: () => Math.max(1, navigator.hardwareConcurrency ?? 1),
  // Blocking is refused on a page's main thread; document is there and nowhere else.
  canBlock: () => typeof document === 'undefined',
  env: (key) => (globalThis as { manyhandsEnv?: Record<string, string> }).manyhandsEnv?.[key],
  isEntry(url) {
    if (url === undefined || boot !== undefined || typeof document === 'undefined') return false;
    // The page's own module scripts are its entry points; what they import is not.
    if (url === document.URL || url === document.baseURI) return true;
    return Array.from(document.scripts).some((script) => script.type === 'module' && script.src === url);
  },
  spawn: (told, options) => new BrowserWorker(told, options),
  announceChild: (owner) => (hasLocks() && boot !== undefined ? owner : undefined),
  onOrphanEnd(listener) {
    orphanEnded = listener;
  },
  awaitOrphan(owner) {
    if (hasLocks()) void navigator.locks.request(lockOf(owner), () => orphanEnded?.(owner));
  },
  readBeside: () => undefined,
  pid: () => 1,
};
