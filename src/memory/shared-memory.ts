// SharedMemory: bytes under a name, from any thread of the program. Python's `multiprocessing.shared_memory`.

import { OBJECT_MEMORY } from '../../assembly/heap/holds';
import { registerHandle } from '../codec/handles';
import { ClosedError, InvalidStateError, NotShareableError } from '../errors';
import { isHeapShared, isInHeap, nextId } from '../heap/heap';
import { letGo, noteHandle, takeHold } from '../heap/holds';
import { onExitReport } from '../heap/leaks';
import { viewAt } from '../heap/views';
import {
  allNames,
  createBlock,
  dataOf,
  findBlock,
  isBlock,
  NAME_BYTES_MAX,
  nameOf,
  registerBlocks,
  serialOf,
  sizeOf,
  unlinkBlock,
} from './_names';

/** How shared memory is made, or found. */
export interface SharedMemoryOptions {
  /** The name; without one it is made, under a name that nobody has. */
  name?: string;
  /** Whether to make it; false, the default where there is a name, to attach to what is there. */
  create?: boolean;
  /** Bytes, when it is made. */
  size?: number;
}

/** How the constructor is told to attach to what came from another thread. */
class Attach {
  constructor(readonly block: number) {}
}

interface Remains {
  block: number;
  serial: number;
}

/** How many objects this thread has for a block. */
const objects = new Map<number, number>();
const collected = /* @__PURE__ */ new FinalizationRegistry<Remains>(drop);

function drop({ block, serial }: Remains): void {
  const left = objects.get(block)! - 1;
  if (left > 0) {
    objects.set(block, left);
    return;
  }
  objects.delete(block);
  if (isBlock(block, serial)) letGo(block);
}

/** A view keeps the object that it came from, and so the memory. */
const origins = new WeakMap<Uint8Array, SharedMemory>();

/**
 * Bytes that threads share under a name. They stay until somebody calls `unlink`, also when nobody has them open; from
 * then on until the last one has closed them.
 *
 * @example
 * ```ts
 * const memory = new SharedMemory({ name: 'oven', create: true, size: 1000 });
 * memory.buf[0] = 180;
 * const same = new SharedMemory({ name: 'oven' }); // in any worker
 * console.log(same.buf[0], same.size); // 180 1000
 * same.close();
 * memory.close();
 * memory.unlink();
 * ```
 */
export class SharedMemory {
  protected static readonly travels = /* @__PURE__ */ registerMemory(() => this);

  /** The name. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly #remains: Remains;
  #buf: Uint8Array | undefined;

  /**
   * @param options `{ create: true, size, name? }` to make it, `{ name }` to attach to what is there
   * @throws {ManyhandsError} with code `EEXIST` if a name to be made is taken, `ENOENT` if there is none of the name
   * @throws {OutOfMemoryError} if the heap is full
   */
  constructor(options: SharedMemoryOptions) {
    const given: unknown = options;
    const block = given instanceof Attach ? given.block : open(options ?? {});
    this.name = nameOf(block);
    this.size = sizeOf(block);
    this.#remains = { block, serial: serialOf(block) };
    this.#buf = viewAt(Uint8Array, dataOf(block), this.size);
    origins.set(this.#buf, this);
    objects.set(block, (objects.get(block) ?? 0) + 1);
    collected.register(this, this.#remains, this);
  }

  /** The bytes. @throws {ClosedError} once it is closed */
  get buf(): Uint8Array {
    if (this.#buf === undefined)
      throw new ClosedError(`Cannot use shared memory "${this.name}": it is closed`);
    return this.#buf;
  }

  /** Lets go of the memory; the name stays. Closing twice does nothing. */
  close(): void {
    if (this.#buf === undefined) return;
    this.#buf = undefined;
    collected.unregister(this);
    drop(this.#remains);
  }

  /**
   * Takes the name away, for all: whoever has the memory keeps it until it is closed.
   * @throws {ManyhandsError} with code `ENOENT` if that was done already
   */
  unlink(): void {
    unlinkBlock(this.name, this.#remains.block, this.#remains.serial);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** For the codec. */
  static record(memory: SharedMemory): unknown[] {
    memory.buf; // throws if it is closed
    if (!isHeapShared()) {
      throw new NotShareableError(
        'Cannot share memory with a worker here: there is no shared memory. Serve the page with COOP and COEP headers',
      );
    }
    const { block, serial } = memory.#remains;
    noteHandle(block);
    return [block, serial];
  }
}

function open({ name, create = name === undefined, size }: SharedMemoryOptions): number {
  if (name !== undefined) {
    const length = typeof name === 'string' ? new TextEncoder().encode(name).length : 0;
    if (length === 0 || length > NAME_BYTES_MAX) {
      throw new TypeError(
        `Cannot name shared memory ${JSON.stringify(name)}: wanted a string of 1 to ${NAME_BYTES_MAX} bytes`,
      );
    }
  }
  if (!create) {
    if (name === undefined) throw new TypeError('Cannot attach to shared memory: wanted a name');
    if (size !== undefined && size !== 0) {
      throw new TypeError(
        `Cannot attach to shared memory "${name}" of ${size} bytes: the size is its own. Pass "create: true" to make it`,
      );
    }
    return findBlock(name);
  }
  if (!Number.isSafeInteger(size) || (size as number) < 1) {
    throw new RangeError(`Cannot create shared memory of ${size} bytes: wanted a whole number from 1`);
  }
  return createBlock(name ?? `mh_${nextId().toString(36)}`, size as number);
}

/** Lets the class travel; called in a static field of it, so that a bundler drops it with the class. */
function registerMemory(self: () => new (attach: never) => SharedMemory): void {
  const ctor = self();
  registerBlocks();
  onExitReport(() =>
    allNames().map(([name, size]) => `shared memory "${name}" of ${size} bytes was never unlinked`),
  );
  registerHandle<SharedMemory>({
    tag: 'SharedMemory',
    ctor,
    toRecord: (memory) => SharedMemory.record(memory),
    fromRecord([block, serial]) {
      const at = block as number;
      const fits = Number.isSafeInteger(at) && at > 0 && at % 64 === 0 && isInHeap(at + 64);
      if (!fits || !isBlock(at, serial) || !takeHold(at) || !isBlock(at, serial)) {
        throw new InvalidStateError(
          'Cannot attach the shared memory: it was closed by all who had it, or comes from another heap',
        );
      }
      noteHandle((at | OBJECT_MEMORY) >>> 0);
      return new ctor(new Attach(at) as never);
    },
  });
}
