// Remote objects: the side of their callers. A call is a request in the queue of the manager's worker; one loop a
// thread reads the replies of all its calls, and looks at every death whether it was that of a worker it waits for.

import { isThreadAlive } from '../../assembly/heap/threads';
import { QUEUE_ITEMS } from '../../assembly/queue/ring';
import { announceSleep } from '../../assembly/queue/sleep';
import { registerHandle } from '../codec/handles';
import { decode, decodeError, encode } from '../codec/index';
import { ClosedError, InvalidStateError, NotShareableError, WorkerExitError } from '../errors';
import { isHeapShared, nextId } from '../heap/heap';
import { recordOf } from '../queue/_handle';
import { waitAsync } from '../queue/_wait';
import { Queue } from '../queue/index';
import { declareTask } from '../tasks/registry';
import { perform, type Reply, type Request, serve } from './_host';

export const SERVE_KEY = 'manyhands/manager#serve';

// biome-ignore lint/suspicious/noExplicitAny: a class may take anything
export type AnyClass = new (...args: any[]) => object;

/** An object that lives in a worker: each method of its class, as a promise. */
export type Remote<T extends object> = {
  // biome-ignore lint/suspicious/noExplicitAny: a method may take anything
  readonly [K in keyof T as T[K] extends (...args: any[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The worker that an object lives in, as a caller knows it; without a queue it is this thread. */
export interface Host {
  readonly requests: Queue<Request> | undefined;
  /** Owner ids of the worker, 0 while it starts, and of the thread that started it and learns of its end. */
  owner: number;
  readonly parent: number;
  readonly name: string;
  readonly pid: number;
  /** In the thread that started it: what its worker ended with, undefined while it runs. */
  readonly exitCode?: number;
}

interface Call {
  readonly host: Host;
  readonly what: string;
  readonly args: unknown[];
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const calls = new Map<number, Call>();
let replies: Queue<Reply> | undefined;
let listening = false;

/** Whether the worker has ended: in the thread that started it once that has heard how. */
function isDead(host: Host): boolean {
  if ('exitCode' in host) return host.exitCode !== undefined;
  return (host.owner !== 0 && !isThreadAlive(host.owner)) || !isThreadAlive(host.parent);
}

function death({ name, pid, exitCode }: Host, what: string): WorkerExitError {
  const how = exitCode === undefined ? 'ended' : `ended with exit code ${exitCode}`;
  return new WorkerExitError(`Cannot ${what}: ${name}, the worker that the object lived in, has ${how}`, {
    worker: pid,
    exitCode,
    task: what,
  });
}

/** Asks the host; rejects with what was thrown there, or with its death. */
export async function ask(
  host: Host,
  object: number,
  name: string,
  args: unknown[],
  what: string,
): Promise<unknown> {
  const bytes = encode(args, '').slice();
  if (host.requests === undefined)
    return decode(encode(await perform(object, name, decode(bytes) as unknown[])));
  if (isDead(host)) throw death(host, what);
  replies ??= new Queue();
  const id = nextId();
  const outcome = new Promise((resolve, reject) => calls.set(id, { host, what, args, resolve, reject }));
  try {
    await host.requests.put([id, replies, object, name, bytes]);
  } catch (error) {
    calls.delete(id);
    if (error instanceof ClosedError) throw new ClosedError(`Cannot ${what}: its manager was closed`);
    throw error;
  }
  if (!listening) void listen(replies);
  return outcome;
}

/** Settles calls until none is left. */
async function listen(queue: Queue<Reply>): Promise<void> {
  listening = true;
  const word = recordOf(queue, 'Queue')[0] + QUEUE_ITEMS;
  try {
    await waitAsync(word, () => step(queue, word), undefined, 'wait for replies', undefined, false);
  } finally {
    listening = false;
  }
}

function step(queue: Queue<Reply>, word: number): number {
  while (true) {
    drain(queue);
    rejectDead(queue);
    if (calls.size === 0) return 0;
    const asleep = announceSleep(word);
    if (!queue['~isReady']()) return asleep;
  }
}

function drain(queue: Queue<Reply>): void {
  while (queue['~isReady']()) {
    const [id, ok, value, owner] = queue.tryGet();
    const call = calls.get(id);
    if (call === undefined) continue;
    calls.delete(id);
    call.host.owner = owner;
    try {
      if (ok) call.resolve(decode(value));
      else call.reject(decodeError(decode(value)));
    } catch (error) {
      call.reject(error);
    }
  }
}

/** Rejects the calls whose workers have died; what these had still answered is heard first. */
function rejectDead(queue: Queue<Reply>): void {
  const dead = [...calls].filter(([, { host }]) => isDead(host));
  if (dead.length === 0) return;
  drain(queue);
  for (const [id, { host, what, reject }] of dead) if (calls.delete(id)) reject(death(host, what));
}

/** Looks at once: a worker that this thread started has ended. */
export function lookAtDeaths(): void {
  if (replies !== undefined) rejectDead(replies);
}

/** What a remote object's proxy stands on. */
export class RemoteObject {
  protected static readonly travels = /* @__PURE__ */ registerRemote(() => this);

  constructor(
    readonly host: Host,
    readonly object: number,
    readonly className: string,
  ) {}
}

const known = new WeakMap<object, RemoteObject>();
const local = new Map<number, WeakRef<object>>();

/** The object that a caller sees. */
export function createRemote(remote: RemoteObject): object {
  const { host, object, className } = remote;
  const methods = new Map<string, unknown>();
  const proxy: object = new Proxy(remote, {
    get(target, name) {
      if (name === 'then' || typeof name === 'symbol' || name in Object.prototype)
        return Reflect.get(target, name);
      let method = methods.get(name);
      if (method === undefined) {
        method = (...args: unknown[]) => ask(host, object, name, args, `call ${className}.${name}`);
        methods.set(name, method);
      }
      return method;
    },
    set(_, name) {
      throw new TypeError(
        `Cannot set ${String(name)} of a remote ${className}: call a method of it that does`,
      );
    },
  });
  known.set(proxy, remote);
  if (host.requests === undefined) local.set(object, new WeakRef(proxy));
  return proxy;
}

/** Lets remote objects travel, and the manager's own worker find what it runs. */
function registerRemote(self: () => unknown): void {
  declareTask(SERVE_KEY, serve);
  registerHandle<RemoteObject>({
    tag: 'remote',
    ctor: self() as never,
    toRecord(proxy) {
      const { host, object, className } = known.get(proxy)!;
      if (!isHeapShared()) {
        throw new NotShareableError(
          `Cannot share a remote ${className} with a worker here: there is no shared memory. Serve the page with COOP and COEP headers`,
        );
      }
      const { requests, owner, parent, name, pid } = host;
      return requests === undefined ? [object] : [object, className, requests, owner, parent, name, pid];
    },
    fromRecord([object, className, requests, owner, parent, name, pid]) {
      if (requests === undefined) {
        const here = local.get(object as number)?.deref();
        if (here !== undefined) return here as RemoteObject;
        throw new InvalidStateError(
          'Cannot attach the remote object: its manager has no worker, so it can be used in its own thread only',
        );
      }
      if (!(requests instanceof Queue))
        throw new InvalidStateError('Cannot attach the remote object: the record is malformed');
      const host = { requests, owner, parent, name, pid } as Host;
      return createRemote(new RemoteObject(host, object as number, className as string)) as RemoteObject;
    },
  });
}
