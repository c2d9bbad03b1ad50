// What handles of this folder have in common: a block on the heap, counted by the threads that hold it, one object a
// thread, and the way through the codec. A queue stays readable after `close`, so its life is not that of the locks'.

import { atomicAdd, atomicLoad, atomicStore } from '../../assembly/atomics/index';
import { QUEUE_BYTES, QUEUE_HOLDERS, QUEUE_MAGIC, QUEUE_SERIAL } from '../../assembly/queue/ring';
import { registerHandle } from '../codec/handles';
import { InvalidStateError, NotShareableError } from '../errors';
import { heapMemory, isHeapShared, nextId } from '../heap/heap';

const MAGIC = 0x51554500; // "QUE" and the kind

/** How a constructor is told to attach to a block that exists. */
export class Attach {
  constructor(
    readonly address: number,
    readonly extra: unknown[],
  ) {}
}

/** How a subclass tells its base what it is. */
export class Make {
  constructor(
    readonly kind: number,
    readonly maxsize: unknown,
    readonly free: (address: number) => void,
  ) {}
}

interface Remains {
  /** What this thread knows the object by: the address, or near it. */
  readonly key: number;
  readonly address: number;
  readonly serial: number;
  readonly free: (address: number) => void;
}

const known = new Map<number, WeakRef<object>>();
const remainsOf = new WeakMap<object, Remains>();
const collected = new FinalizationRegistry<Remains>((remains) => {
  if (known.get(remains.key)?.deref() !== undefined) return; // the object came again
  known.delete(remains.key);
  drop(remains);
});

/** One holder less; the last one frees the block. */
function drop({ address, serial, free }: Remains): void {
  if (atomicLoad(address + QUEUE_SERIAL) !== serial) return;
  if (atomicAdd(address + QUEUE_HOLDERS, 0xffffffff) !== 1) return;
  atomicStore(address + QUEUE_MAGIC, 0);
  atomicStore(address + QUEUE_SERIAL, 0);
  free(address);
}

/** Makes `handle` the object of this thread for a block that it made (`isNew`) or attaches to. */
export function hold(
  handle: object,
  kind: number,
  address: number,
  isNew: boolean,
  free: (address: number) => void,
  key = address,
): void {
  if (isNew) {
    atomicStore(address + QUEUE_SERIAL, nextId());
    atomicStore(address + QUEUE_HOLDERS, 1);
    atomicStore(address + QUEUE_MAGIC, MAGIC + kind);
  } else {
    atomicAdd(address + QUEUE_HOLDERS, 1);
  }
  const remains = { key, address, serial: atomicLoad(address + QUEUE_SERIAL), free };
  known.set(key, new WeakRef(handle));
  remainsOf.set(handle, remains);
  collected.register(handle, remains, handle);
}

/** Gives this thread's hold back; does nothing the second time. */
export function letGo(handle: object): void {
  const remains = remainsOf.get(handle);
  if (remains === undefined) return;
  remainsOf.delete(handle);
  known.delete(remains.key);
  collected.unregister(handle);
  drop(remains);
}

/** What travels of a handle. */
export function recordOf(handle: object, name: string): [address: number, serial: number] {
  const remains = remainsOf.get(handle);
  if (remains === undefined) {
    throw new InvalidStateError(`Cannot send the ${name}: this thread has disposed of it`);
  }
  if (!isHeapShared()) {
    throw new NotShareableError(
      `Cannot share a ${name} with a worker here: there is no shared memory. Serve the page with COOP and COEP headers`,
    );
  }
  return [remains.address, remains.serial];
}

/** The block that a record names, and this thread's object for it if there is one. */
export function find(
  record: unknown[],
  kind: number,
  name: string,
  side = 0,
): { address: number; here: object | undefined } {
  const at = record[0] as number;
  const fits =
    Number.isSafeInteger(at) &&
    at > 0 &&
    at % 64 === 0 &&
    at + QUEUE_BYTES <= heapMemory().buffer.byteLength &&
    atomicLoad(at + QUEUE_MAGIC) === MAGIC + kind &&
    atomicLoad(at + QUEUE_SERIAL) === record[1];
  if (!fits) {
    throw new InvalidStateError(
      `Cannot attach the ${name}: all who held it have let go of it, or it comes from another heap. Keep it until the receiver has it`,
    );
  }
  return { address: at, here: known.get(at + side)?.deref() };
}

/** Lets a class travel, and arrive as the one object of its thread. */
export function registerQueue<T extends object>(
  tag: string,
  kind: number,
  // biome-ignore lint/suspicious/noExplicitAny: constructors differ, all take an Attach
  ctor: new (...args: any[]) => T,
  extra: (handle: T) => unknown[] = () => [],
): void {
  registerHandle<T>({
    tag,
    ctor,
    toRecord: (handle) => [...recordOf(handle, tag), ...extra(handle)],
    fromRecord(record) {
      const { address, here } = find(record, kind, tag);
      return (here as T | undefined) ?? new ctor(new Attach(address, record.slice(2)));
    },
  });
}
