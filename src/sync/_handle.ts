// What all primitives have in common: a block on the heap, held by threads and messages; one object a thread; the way through the codec.

import { atomicLoad, load32 } from '../../assembly/atomics/index';
import { OBJECT_SYNC } from '../../assembly/heap/holds';
import { HEADER_MAGIC } from '../../assembly/heap/layout';
import {
  initSync,
  KIND_RWLOCK,
  SYNC_BYTES,
  SYNC_MAGIC,
  SYNC_SERIAL,
  SYNC_WORDS,
} from '../../assembly/sync/block';
import { abandon } from '../../assembly/sync/lock';
import { ownerWord } from '../../assembly/sync/owner';
import { registerHandle } from '../codec/handles';
import { ClosedError, InvalidStateError, NotShareableError } from '../errors';
import { allocateObject, isHeapShared, isInHeap, nextSerial, thisOwner, tryRelease } from '../heap/heap';
import { holdNew, letGo, noteHandle, onLastHold, takeHold } from '../heap/holds';
import { setHoldables } from './_holds';
import { rejectWaits, wake } from './_park';
import { loadWatch } from './_watch';

/** This thread in owner words; 0 until the first primitive is made or comes. */
export let me = 0;

function enterThread(): void {
  me = ownerWord(thisOwner());
  setHoldables(handles);
  void loadWatch();
}

/** How a primitive's constructor is told to attach to a block that exists. */
export class Attach {
  constructor(
    readonly address: number,
    readonly extra: unknown[],
  ) {}
}

/** Objects of this thread by the address of their block. */
const known = new Map<number, WeakRef<SyncHandle>>();

interface Remains {
  kind: number;
  address: number;
  serial: number;
}
const collected = /* @__PURE__ */ new FinalizationRegistry<Remains>((remains) => {
  if (known.get(remains.address)?.deref() !== undefined) return; // the object came again
  known.delete(remains.address);
  if (atomicLoad(remains.address + SYNC_SERIAL) !== remains.serial) return;
  // Nobody can release it any more.
  if (remains.kind <= KIND_RWLOCK) {
    const word = remains.address + SYNC_WORDS;
    wake(word, abandon(word, me));
  }
  letGo(remains.address);
});

/** What else a kind of primitive gives back with its last holder. */
const onLast = new Map<number, (word: number) => void>();

/** The last hold on a primitive is gone. */
function free(address: number): void {
  const kind = (atomicLoad(address) - SYNC_MAGIC) >>> 0;
  if (kind > 0xff) return; // given back already
  onLast.get(kind)?.(address + SYNC_WORDS);
  tryRelease(address, load32(address + SYNC_BYTES), 'sync');
}

/** The base of all primitives. */
export abstract class SyncHandle {
  /** Address of the primitive's first word; of a word that is never free once the handle is closed. */
  protected word: number;
  readonly #address: number;
  readonly #kind: number;

  /** Makes a block of `bytes` bytes of words, or attaches to one. */
  protected constructor(kind: number, bytes: number, attach: unknown) {
    if (me === 0) enterThread();
    this.#kind = kind;
    if (attach instanceof Attach) {
      this.#address = attach.address;
    } else {
      this.#address = allocateObject(SYNC_WORDS + bytes, 'sync');
      initSync(this.#address, kind, nextSerial(), SYNC_WORDS + bytes);
      holdNew(this.#address, OBJECT_SYNC);
    }
    this.word = this.#address + SYNC_WORDS;
    known.set(this.#address, new WeakRef(this));
    collected.register(this, this.#remains(), this);
  }

  #remains(): Remains {
    return {
      kind: this.#kind,
      address: this.#address,
      serial: atomicLoad(this.#address + SYNC_SERIAL),
    };
  }

  /** Whether this thread has closed its handle. */
  get closed(): boolean {
    return this.word === HEADER_MAGIC;
  }

  /** Throws if the handle is closed; slow paths begin with it. */
  protected throwIfClosed(what: string): void {
    if (this.closed) throw new ClosedError(`Cannot ${what}: it was closed in this thread`);
  }

  /**
   * Gives this thread's handle back. The memory returns when the last thread has done so, or was collected;
   * waits of this thread end in `ClosedError`.
   */
  close(): void {
    if (this.closed) return;
    for (const word of this.sleepWords()) {
      rejectWaits(word, new ClosedError('Cannot wait any longer: the handle was closed in this thread'));
    }
    this.onClose();
    this.word = HEADER_MAGIC; // never free: fast paths fail, slow paths look
    known.delete(this.#address);
    collected.unregister(this);
    letGo(this.#address);
  }

  /** The words that waits of this primitive sleep on. */
  protected sleepWords(): number[] {
    return [this.word];
  }

  /** Called before the memory is given back. */
  protected onClose(): void {}

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** What travels besides the address. */
  protected extra(): unknown[] {
    return [];
  }

  /** For the codec. */
  static record(handle: SyncHandle): unknown[] {
    if (handle.closed) throw new ClosedError(`Cannot send the ${handle.constructor.name}: it was closed`);
    if (!isHeapShared()) {
      throw new NotShareableError(
        `Cannot share a ${handle.constructor.name} with a worker here: there is no shared memory. Serve the page with COOP and COEP headers`,
      );
    }
    noteHandle(handle.#address);
    return [handle.#address, atomicLoad(handle.#address + SYNC_SERIAL), ...handle.extra()];
  }

  /** What a kernel takes for the handle: the address of its words. */
  static wordsOf(handle: SyncHandle): number {
    handle.throwIfClosed('give the handle to a kernel');
    return handle.#address + SYNC_WORDS;
  }
}

/** Objects of this thread that live. */
export function* handles(): Generator<SyncHandle> {
  for (const ref of known.values()) {
    const handle = ref.deref();
    if (handle !== undefined) yield handle;
  }
}

/** Whether the primitive lies there, or lay there last. */
function isAt(address: number, kind: number, serial: unknown): boolean {
  return atomicLoad(address) === SYNC_MAGIC + kind && atomicLoad(address + SYNC_SERIAL) === serial;
}

/**
 * Lets a class of primitives travel: as (address, serial), and arrive as the one object of its thread. Called in a
 * static field of the class, so that a bundler drops it with the class; some keep a field that reads `this` outside of a
 * function, hence `self`. `freeRest` gives back what
 * hangs on the words.
 */
export function registerSync<T extends SyncHandle>(
  tag: string,
  kind: number,
  // biome-ignore lint/suspicious/noExplicitAny: constructors differ, all take an Attach
  self: () => new (...args: any[]) => T,
  freeRest?: (word: number) => void,
): void {
  const ctor = self();
  onLastHold(OBJECT_SYNC, free);
  if (freeRest !== undefined) onLast.set(kind, freeRest);
  registerHandle<T>({
    tag,
    ctor,
    toRecord: (handle) => SyncHandle.record(handle),
    fromRecord([address, serial, ...extra]) {
      const at = address as number;
      const fits =
        Number.isSafeInteger(at) &&
        at > 0 &&
        isInHeap(at + SYNC_WORDS + 4) &&
        isAt(at, kind, serial) &&
        takeHold(at);
      if (!fits || !isAt(at, kind, serial)) {
        throw new InvalidStateError(
          `Cannot attach the ${tag}: it was closed by all who held it, or comes from another heap. Keep it open until the receiver has it`,
        );
      }
      noteHandle(at);
      const here = known.get(at)?.deref();
      if (here !== undefined) return here as T;
      return new ctor(new Attach(at, extra));
    },
  });
}
