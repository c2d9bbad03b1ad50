// What handles of this folder have in common: a block on the heap, held by threads and messages, one object a thread,
// and the way through the codec. A queue stays readable after `close`, so its life is not that of the locks'.

import { atomicLoad, atomicStore } from '../../assembly/atomics/index';
import { OBJECT_QUEUE } from '../../assembly/heap/holds';
import { MAGIC, QUEUE_BYTES, QUEUE_MAGIC, QUEUE_SERIAL } from '../../assembly/queue/ring';
import { registerHandle } from '../codec/handles';
import { InvalidStateError, NotShareableError } from '../errors';
import { isHeapShared, isInHeap, nextSerial } from '../heap/heap';
import { holdNew, letGo as letGoOf, noteHandle, onLastHold, takeHold } from '../heap/holds';

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
  ) {}
}

interface Remains {
  /** What this thread knows the object by: the address, or near it. */
  readonly key: number;
  readonly address: number;
  readonly serial: number;
}

const known = new Map<number, WeakRef<object>>();
const remainsOf = new WeakMap<object, Remains>();
const collected = /* @__PURE__ */ new FinalizationRegistry<Remains>((remains) => {
  if (known.get(remains.key)?.deref() !== undefined) return; // the object came again
  known.delete(remains.key);
  drop(remains);
});

const frees = new Map<number, (address: number) => void>();

/** The last hold on a block is gone. */
function freeBlock(address: number): void {
  const kind = (atomicLoad(address + QUEUE_MAGIC) - MAGIC) >>> 0;
  frees.get(kind)?.(address); // none: it was given back already
}

/** Says how blocks of a kind are given back. */
export function onLastQueue(kind: number, free: (address: number) => void): void {
  frees.set(kind, free);
  onLastHold(OBJECT_QUEUE, freeBlock);
}

/** This thread has one object less for the block: it lets go with the last (a pipe has two ends). */
function drop({ address, serial }: Remains): void {
  if (known.has(address) || known.has(address + 1)) return;
  if (atomicLoad(address + QUEUE_SERIAL) === serial) letGoOf(address);
}

/** Makes a block one that this thread holds. */
export function enlist(address: number, kind: number): void {
  atomicStore(address + QUEUE_SERIAL, nextSerial());
  atomicStore(address + QUEUE_MAGIC, MAGIC + kind);
  holdNew(address, OBJECT_QUEUE);
}

/** Makes `handle` the object of this thread for a block that it holds. */
export function hold(handle: object, address: number, key = address): void {
  const remains = { key, address, serial: atomicLoad(address + QUEUE_SERIAL) };
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
  noteHandle(remains.address);
  return [remains.address, remains.serial];
}

/** Takes hold of the block that a record names, and finds this thread's object for it if there is one. */
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
    isInHeap(at + QUEUE_BYTES) &&
    isAt(at, kind, record[1]) &&
    takeHold(at);
  if (!fits || !isAt(at, kind, record[1])) {
    throw new InvalidStateError(
      `Cannot attach the ${name}: all who held it have let go of it, or it comes from another heap. Keep it until the receiver has it`,
    );
  }
  noteHandle(at);
  return { address: at, here: known.get(at + side)?.deref() };
}

/** Whether the block lies there, or lay there last. */
function isAt(address: number, kind: number, serial: unknown): boolean {
  return (
    address % 64 === 0 &&
    atomicLoad(address + QUEUE_MAGIC) === MAGIC + kind &&
    atomicLoad(address + QUEUE_SERIAL) === serial
  );
}

/**
 * Lets a class travel, and arrive as the one object of its thread. Called in a static field of the class, so that a
 * bundler drops it with the class.
 */
export function registerQueue<T extends object>(
  tag: string,
  kind: number,
  // biome-ignore lint/suspicious/noExplicitAny: constructors differ, all take an Attach
  self: () => new (...args: any[]) => T,
  free: (address: number) => void,
  extra: (handle: T) => unknown[] = () => [],
): void {
  const ctor = self();
  onLastQueue(kind, free);
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
