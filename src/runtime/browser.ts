// Browsers: module workers, in pages and in workers of pages.

import type { Death, FromWorker, Runtime, SpawnOptions, WorkerBoot, WorkerHandle } from './runtime';

/** The worker of the page that this thread is, if it is one of ours; set by worker.browser.ts. */
let boot: WorkerBoot | undefined;

export function setBrowserBoot(told: WorkerBoot): void {
  boot = told;
}

// Browsers tell nobody when a worker has ended, and one that is terminated may run on for seconds, on memory that
// by then is somebody else's. So a worker holds a Web Lock while it lives, and its parent waits for that lock.

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
  readBeside: () => undefined,
  pid: () => 1,
};
