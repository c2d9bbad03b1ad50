// ShareableList: a list of plain values of fixed length in shared memory. Python's `shared_memory.ShareableList`.
//
//   data     magic · length │ items of 24 bytes │ room of each item
//   item     owner id of the thread at work, or 0 · type · bytes · room in bytes · where the room begins · unused
//
// Each item is read and written whole. One whose writer died half-way says so until it is set again.

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  heapBytes,
  load32,
  store32,
} from '../../assembly/atomics/index';
import { isThreadAlive } from '../../assembly/heap/threads';
import { registerHandle } from '../codec/handles';
import { InvalidStateError, OwnerDiedError } from '../errors';
import { thisOwner } from '../heap/heap';
import { inSection, persist } from '../heap/section';
import { SharedMemory } from './shared-memory';

const MAGIC = 0x534c5354; // "SLST"
const LENGTH = 4;
const ITEMS = 8;
const ITEM_BYTES = 24;
const ITEM_TYPE = 4;
const ITEM_LENGTH = 8;
const ITEM_ROOM = 12;
const ITEM_AT = 16;

const NULL = 1;
const UNDEFINED = 2;
const FALSE = 3;
const TRUE = 4;
const NUMBER = 5;
const BIGINT = 6;
const STRING = 7;
const BYTES = 8;

/** What a {@link ShareableList} can hold. */
export type Shareable = null | undefined | boolean | number | bigint | string | Uint8Array;

/** A value as its type and bytes. */
function toBytes(value: Shareable): [type: number, bytes: Uint8Array] {
  const scratch = new DataView(new ArrayBuffer(8));
  const eight = new Uint8Array(scratch.buffer);
  if (value === null) return [NULL, eight.subarray(0, 0)];
  if (value === undefined) return [UNDEFINED, eight.subarray(0, 0)];
  if (typeof value === 'boolean') return [value ? TRUE : FALSE, eight.subarray(0, 0)];
  if (typeof value === 'number') {
    scratch.setFloat64(0, value, true);
    return [NUMBER, eight];
  }
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) {
      throw new RangeError(`Cannot put ${value} into the list: wanted 64 bits`);
    }
    scratch.setBigInt64(0, value, true);
    return [BIGINT, eight];
  }
  if (typeof value === 'string') return [STRING, new TextEncoder().encode(value)];
  if (value instanceof Uint8Array) return [BYTES, value];
  throw new TypeError(
    `Cannot put a value of type ${typeof value} into the list: wanted numbers, strings, booleans, bigints, bytes or null`,
  );
}

/** How the constructor is told to attach to what came from another thread. */
class Attach {
  constructor(readonly memory: SharedMemory) {}
}

/**
 * A list of numbers, strings, booleans, bigints, bytes and nulls that threads share. Its length is fixed, and so is
 * the room of each item: a string or bytes may be replaced by what is no longer than the first, rounded up to eight
 * bytes.
 *
 * @example
 * ```ts
 * const list = new ShareableList(['soup', 4.5, true]);
 * list.set(1, 5);
 * const same = new ShareableList(undefined, { name: list.shm.name }); // in any worker
 * console.log([...same]); // [ 'soup', 5, true ]
 * same.shm.close();
 * list.shm.close();
 * list.shm.unlink();
 * ```
 */
export class ShareableList<T extends Shareable = Shareable> {
  protected static readonly travels = /* @__PURE__ */ registerList(() => this);

  /** The memory that the list lies in. */
  readonly shm: SharedMemory;

  /**
   * @param values the items; leave them out to attach to the list of the name
   * @param options the name of the memory
   * @throws {ManyhandsError} with code `EEXIST` or `ENOENT`, as {@link SharedMemory}
   */
  constructor(values?: Iterable<T>, options: { name?: string } = {}) {
    const given: unknown = values;
    if (given instanceof Attach) this.shm = given.memory;
    else if (values === undefined) this.shm = new SharedMemory({ name: options.name, create: false });
    else {
      this.shm = create([...values].map(toBytes), options.name);
      return;
    }
    if (this.shm.size < ITEMS || load32(this.#at) !== MAGIC) {
      const { name } = this.shm;
      if (!(given instanceof Attach)) this.shm.close();
      throw new InvalidStateError(`Cannot attach to the list: shared memory "${name}" holds none`);
    }
  }

  get #at(): number {
    return this.shm.buf.byteOffset;
  }

  get length(): number {
    return load32(this.#at + LENGTH);
  }

  /** The item's address, or 0 outside the list; a negative index counts from the end. */
  #item(index: number): number {
    const { length } = this;
    const i = index < 0 ? length + index : index;
    return Number.isInteger(i) && i >= 0 && i < length ? this.#at + ITEMS + i * ITEM_BYTES : 0;
  }

  /**
   * The item at `index`, from the end if that is negative; undefined outside.
   * @throws {OwnerDiedError} if a worker died while it set the item
   */
  at(index: number): T | undefined {
    const item = this.#item(index);
    return item === 0 ? undefined : (this.#locked(item, () => this.#read(item, index)) as T);
  }

  #locked<R>(item: number, body: () => R): R {
    return inSection(() => {
      persist(() => {
        const seen = atomicLoad(item);
        if (seen !== 0 && isThreadAlive(seen)) return 0;
        return atomicCompareExchange(item, seen, thisOwner()) === seen ? 1 : 0;
      }, 0);
      try {
        return body();
      } finally {
        atomicStore(item, 0);
      }
    });
  }

  #read(item: number, index: number): Shareable {
    const at = this.#at + load32(item + ITEM_AT);
    const length = load32(item + ITEM_LENGTH);
    const bytes = heapBytes(at + length).slice(at, at + length);
    const view = new DataView(bytes.buffer);
    switch (atomicLoad(item + ITEM_TYPE)) {
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case NUMBER:
        return view.getFloat64(0, true);
      case BIGINT:
        return view.getBigInt64(0, true);
      case STRING:
        return new TextDecoder().decode(bytes);
      case BYTES:
        return bytes;
      default:
        throw new OwnerDiedError(`Cannot read item ${index}: a worker died while it set it. Set it again`);
    }
  }

  /**
   * Sets the item at `index`, from the end if that is negative.
   * @throws {RangeError} outside the list, or if the value does not fit into the item's room
   */
  set(index: number, value: T): void {
    const item = this.#item(index);
    if (item === 0) throw new RangeError(`Cannot set item ${index}: there are ${this.length}`);
    const [type, bytes] = toBytes(value);
    const room = load32(item + ITEM_ROOM);
    if (bytes.length > room) {
      throw new RangeError(
        `Cannot set item ${index} to ${bytes.length} bytes: it was made with room for ${room}`,
      );
    }
    const at = this.#at + load32(item + ITEM_AT);
    this.#locked(item, () => {
      atomicStore(item + ITEM_TYPE, 0);
      heapBytes(at + bytes.length).set(bytes, at);
      store32(item + ITEM_LENGTH, bytes.length);
      atomicStore(item + ITEM_TYPE, type);
    });
  }

  /** The first index of the value, -1 if it is not there. */
  indexOf(value: T): number {
    return [...this].indexOf(value);
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as T;
  }
}

function create(values: Array<[type: number, bytes: Uint8Array]>, name: string | undefined): SharedMemory {
  const rooms = values.map(([, { length }]) => Math.max(8, (length + 7) & ~7));
  const head = ITEMS + values.length * ITEM_BYTES;
  const size = rooms.reduce((sum, room) => sum + room, head);
  const shm = new SharedMemory({ name, create: true, size });
  const { buf } = shm;
  let at = head;
  values.forEach(([type, bytes], i) => {
    const item = buf.byteOffset + ITEMS + i * ITEM_BYTES;
    store32(item + ITEM_TYPE, type);
    store32(item + ITEM_LENGTH, bytes.length);
    store32(item + ITEM_ROOM, rooms[i]);
    store32(item + ITEM_AT, at);
    buf.set(bytes, at);
    at += rooms[i];
  });
  store32(buf.byteOffset + LENGTH, values.length);
  atomicStore(buf.byteOffset, MAGIC); // last: whoever finds the name before this finds no list
  return shm;
}

/** Lets the class travel; called in a static field of it, so that a bundler drops it with the class. */
function registerList(self: () => new (attach: never) => ShareableList): void {
  const ctor = self();
  registerHandle<ShareableList>({
    tag: 'ShareableList',
    ctor,
    toRecord: (list) => [list.shm],
    fromRecord([shm]) {
      if (!(shm instanceof SharedMemory)) {
        throw new InvalidStateError('Cannot attach a list: the record is malformed');
      }
      return new ctor(new Attach(shm) as never);
    },
  });
}
