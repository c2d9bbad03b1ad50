// A worker knows every class that travels, whatever its tasks import: a program's bundle has only those it uses, and
// may pass any of them on. (Each class makes itself known to the codec in a static field.)

import { isHandleClass } from '../codec/handles';
import { ManagedDict, ManagedList, Namespace, RemoteObject } from '../manager/kinds';
import { ShareableList, SharedArray, SharedMemory, Value } from '../memory/index';
import { Connection, JoinableQueue, Queue, SimpleQueue } from '../queue/index';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Counter,
  Event,
  Latch,
  Lock,
  Once,
  RLock,
  RWLock,
  Semaphore,
} from '../sync/index';

const KINDS: readonly { prototype: object }[] = [
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Counter,
  Event,
  JoinableQueue,
  Latch,
  Lock,
  ManagedDict,
  ManagedList,
  Namespace,
  Once,
  Queue,
  RLock,
  RWLock,
  RemoteObject,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  SimpleQueue,
  Value,
];

/**
 * Looks whether this thread knows all of them. The worker's own file asks, so that a bundler keeps them.
 * @throws {TypeError} if a bundler has dropped what makes one known
 */
export function checkKinds(): void {
  const at = KINDS.findIndex(({ prototype }) => !isHandleClass(prototype));
  if (at >= 0)
    throw new TypeError(
      `Cannot start the worker: its bundle lacks what the class ${at} of worker/kinds.ts registers`,
    );
}
