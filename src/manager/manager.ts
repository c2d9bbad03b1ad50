// Manager: makes what threads share. Python's has a server process; here the data lies in shared memory, and only
// remote objects have a worker of their own, started with the first of them.

import { ClosedError, NotShareableError } from '../errors';
import { thisOwner } from '../heap/heap';
import type { NumberOf } from '../memory/_types';
import { SharedArray, type TypeCode, Value } from '../memory/index';
import { bestBackend, checkBackend } from '../pool/_backends';
import { Process } from '../process/process';
import { letGo } from '../queue/_handle';
import { JoinableQueue, Queue } from '../queue/index';
import type { Backend } from '../runtime/runtime';
import {
  Barrier,
  type BarrierOptions,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  RLock,
  Semaphore,
} from '../sync/index';
import { declareTask, keyOf, taskName } from '../tasks/registry';
import { type Request, serve } from './_host';
import { Made } from './_made';
import { ManagedDict } from './dict';
import { ManagedList } from './list';
import { Namespace } from './namespace';
import {
  type AnyClass,
  ask,
  createRemote,
  type Host,
  lookAtDeaths,
  type Remote,
  RemoteObject,
} from './remote';

export interface ManagerOptions {
  /** What the worker of remote objects is called; `Manager-1` and so on, if not given. */
  name?: string;
  /** `'inline'` keeps remote objects in this thread, as where there are no workers that share memory. */
  backend?: Backend;
  /** Makes the worker: for bundlers without a plugin, as the option of Pool. */
  worker?: () => unknown;
}

/** How often the things that are gone are forgotten. */
const PRUNE_EVERY = 1000;

let managers = 0;

/**
 * Declares classes whose objects can live in a manager's worker, as `tasks` does functions; returns them.
 *
 * @param url `import.meta.url` of the module, or a stable id
 * @param classes by name; `register` stands at the top level of their module
 * @throws {TypeError} if a value is not a class
 * @example
 * ```ts
 * export const { Till } = register(import.meta.url, {
 *   Till: class {
 *     #total = 0;
 *     sell(price: number) { return (this.#total += price); }
 *   },
 * });
 * await using manager = new Manager();
 * const till = await manager.create(Till);
 * console.log(await till.sell(3)); // 3
 * ```
 */
export function register<T extends Record<string, AnyClass>>(url: string | undefined, classes: T): T {
  for (const [name, Class] of Object.entries(classes)) {
    if (typeof Class !== 'function') {
      throw new TypeError(`Cannot register ${name}: wanted a class, came ${typeof Class}`);
    }
    declareTask(`${url}#${name}`, Class as never);
  }
  return classes;
}

/**
 * Makes what threads share: dicts, lists and namespaces, the classes of this package, and remote objects.
 *
 * What lies in a dict or a list lives as long as it lies there; all else as long as a thread can reach it.
 *
 * @example
 * ```ts
 * await using manager = new Manager();
 * const scores = manager.dict<string, number>();
 * scores.update('eggs', (n) => n + 1, 0);
 * console.log(scores.get('eggs'), scores.size); // 1 1
 * ```
 */
export class Manager {
  readonly #options: ManagerOptions;
  /** What is given up with the manager; all else gives up itself. */
  readonly #made = new Set<WeakRef<Made | Namespace>>();
  #host: Host | undefined;
  #process: Process | undefined;
  #closed: Promise<void> | undefined;

  /** @throws {NotShareableError} if the backend is not to be had here */
  constructor(options: ManagerOptions = {}) {
    checkBackend(options.backend ?? 'inline');
    this.#options = options;
  }

  /** A map that all threads share. @param entries pairs, a Map, or an object's properties */
  dict<K = unknown, V = unknown>(
    entries?: Iterable<readonly [K, V]> | Readonly<Record<string, V>>,
  ): ManagedDict<K, V> {
    return this.#keep(() => new ManagedDict<K, V>(entries));
  }

  /** A list that all threads share. */
  list<T = unknown>(values?: Iterable<T>): ManagedList<T> {
    return this.#keep(() => new ManagedList<T>(values));
  }

  /** An object whose properties all threads share. */
  namespace<T extends object = Record<string, unknown>>(props?: T): T & Namespace {
    return this.#keep(() => new Namespace(props)) as T & Namespace;
  }

  /** {@link Value}, without `new`, as the names below. */
  Value<C extends TypeCode>(type: C, value?: NumberOf<C>): Value<C> {
    return this.#make(() => new Value(type, value));
  }

  Array<C extends TypeCode>(type: C, lengthOrValues: number | Iterable<NumberOf<C>>): SharedArray<C> {
    return this.#make(() => new SharedArray(type, lengthOrValues));
  }

  Lock(): Lock {
    return this.#make(() => new Lock());
  }

  RLock(): RLock {
    return this.#make(() => new RLock());
  }

  Semaphore(permits = 1): Semaphore {
    return this.#make(() => new Semaphore(permits));
  }

  BoundedSemaphore(permits = 1): BoundedSemaphore {
    return this.#make(() => new BoundedSemaphore(permits));
  }

  Condition(lock?: Lock | RLock): Condition {
    return this.#make(() => new Condition(lock));
  }

  Event(): Event {
    return this.#make(() => new Event());
  }

  Barrier(parties: number, options?: BarrierOptions): Barrier {
    return this.#make(() => new Barrier(parties, options));
  }

  Queue<T = unknown>(maxsize?: number): Queue<T> {
    return this.#make(() => new Queue<T>(maxsize));
  }

  JoinableQueue<T = unknown>(maxsize?: number): JoinableQueue<T> {
    return this.#make(() => new JoinableQueue<T>(maxsize));
  }

  /**
   * Makes an object in the manager's worker, which starts with the first one. Where workers share no memory, and with
   * the backend `'inline'`, it lives in this thread.
   *
   * @param Class declared with {@link register}
   * @returns the object, every method a promise; a handle, which works in every thread
   * @throws what the constructor throws
   * @throws {NotShareableError} if workers do not know the class
   * @throws {WorkerExitError} if the worker died, also from each method
   */
  async create<C extends AnyClass>(
    Class: C,
    ...args: ConstructorParameters<C>
  ): Promise<Remote<InstanceType<C>>> {
    this.#throwIfClosed();
    let key: string;
    try {
      key = keyOf(Class);
    } catch (cause) {
      if (!(cause instanceof NotShareableError)) throw cause;
      const name = Class.name || 'Class';
      throw new NotShareableError(
        `Cannot create a ${name} in a worker, because workers do not know it: declare it in its module with "export const { ${name} } = register(import.meta.url, { ${name}: class { … } })"`,
      );
    }
    const name = taskName(key);
    this.#host ??= this.#start();
    const object = await ask(this.#host, 0, key, args, `create a ${name}`);
    return createRemote(new RemoteObject(this.#host, object as number, name)) as Remote<InstanceType<C>>;
  }

  #start(): Host {
    const name = this.#options.name ?? `Manager-${++managers}`;
    const backend = this.#options.backend ?? bestBackend();
    if (backend !== 'shared') return { requests: undefined, owner: 0, parent: thisOwner(), name, pid: 0 };
    const requests = new Queue<Request>();
    const process = new Process(serve, {
      args: [requests],
      name,
      daemon: true,
      worker: this.#options.worker,
    });
    process.start();
    this.#process = process;
    void process.sentinel.then(lookAtDeaths);
    return {
      requests,
      owner: 0,
      parent: thisOwner(),
      name,
      pid: process.pid!,
      get exitCode() {
        return process.exitCode ?? undefined;
      },
    };
  }

  /**
   * Gives up what the manager made, in this thread; other threads keep what they have. Resolves when the calls that
   * were accepted are done and the worker of the remote objects is gone.
   */
  close(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed;
    this.#host?.requests?.close();
    this.#closed = this.#process?.join() ?? Promise.resolve();
    for (const made of this.#made) {
      const thing = made.deref();
      if (thing instanceof Made) thing.close();
      else if (thing !== undefined) letGo(thing);
    }
    this.#made.clear();
    return this.#closed;
  }

  /** {@link close}, without waiting for calls: they reject with `WorkerExitError`. */
  terminate(): Promise<void> {
    if (this.#process?.exitCode === null) this.#process.terminate();
    return this.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #keep<T extends Made | Namespace>(make: () => T): T {
    const thing = this.#make(make);
    this.#made.add(new WeakRef(thing));
    if (this.#made.size % PRUNE_EVERY === 0) {
      for (const made of this.#made) if (made.deref() === undefined) this.#made.delete(made);
    }
    return thing;
  }

  #make<T>(make: () => T): T {
    this.#throwIfClosed();
    return make();
  }

  #throwIfClosed(): void {
    if (this.#closed !== undefined) throw new ClosedError('Cannot use the manager: it was closed');
  }
}
