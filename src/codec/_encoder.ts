/**
 * The encoder: walks a value once and writes the format of `_format.ts` into a buffer it keeps.
 *
 * What may travel is what structured clone copies, by its rules (own enumerable properties, getters read,
 * prototypes dropped), plus handles. Objects keep their identity; to know one again, the first few of a message
 * are compared one by one and only larger messages pay for a set (20 to 100 ns an object, measured). Over 400 lines:
 * all kinds share that numbering, and what takes it back.
 */

import { copyBytes } from '../runtime/copy.js';
import { describe, type ErrorField, errorFields } from './_error-fields.js';
import * as F from './_format.js';
import {
  kindOfPrototype,
  kindOfSlow,
  mapSize,
  REFUSED,
  setSize,
  unbox,
  VIEW_ELEMENT_BYTES,
  viewKindOf,
} from './_kinds.js';
import { notShareable, reasonOf, Unsendable, WHOLE } from './_path.js';
import { hashOf, SHAPE_DEF_HEAD_BYTES, type Shape, shapeOf } from './_shapes.js';
import { INITIAL_BYTES, Writer } from './_writer.js';
import { arrayHandleOf, HANDLE, type HandleType, handleOf, handleOfPrototype } from './handles.js';

/** Objects that are looked for one by one before a set takes over. */
const LINEAR_OBJECTS = 12;
/** Named properties are looked for on arrays up to here; finding them costs 12 ns an element (measured). */
const NAMED_PROPS_MAX = 16;

interface Blob {
  buffer: ArrayBuffer;
  offset: number;
  length: number;
}

const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
const FOREIGN =
  'it is a handle of another copy of manyhands, which has a heap of its own; import the package from one place alone';

export class Encoder extends Writer {
  /** In the middle of a value; whoever is called back from there needs another encoder. */
  busy = false;
  private depth = 0;
  private message = 0;
  private shapes: Shape[] = [];
  private objects: object[] = [];
  private objectCount = 0;
  private hasRefs = false;
  private objectSet: Set<object> | undefined;
  private objectIndex: Map<object, number> | undefined;
  private blobs: Blob[] = [];

  /** The message for `value`; valid until this encoder's next one. */
  encode(value: unknown, rootName: string): Uint8Array {
    return this.run(value, rootName, () => {
      if (this.blobs.length > 0) {
        this.ensure(this.total() - this.position);
        this.writeBlobs(this.bytes);
      }
      return this.bytes.subarray(0, this.position);
    });
  }

  /** Writes the message for `value` to where `place` wants it; buffers are copied once, straight there. */
  encodeInto(value: unknown, rootName: string, place: (length: number) => Uint8Array): number {
    return this.run(value, rootName, () => {
      const total = this.total();
      const target = place(total);
      copyBytes(target, 0, this.bytes.subarray(0, this.position));
      if (this.blobs.length > 0) this.writeBlobs(target);
      return total;
    });
  }

  private run<T>(value: unknown, rootName: string, finish: () => T): T {
    if (this.bytes.length > F.KEEP_BYTES) this.allocate(INITIAL_BYTES);
    this.busy = true;
    this.message++;
    this.position = F.HEADER_BYTES;
    try {
      this.write(value);
      if (this.position >= F.REFS_BIT) throw new Unsendable(WHOLE, 'it takes more than 2 GiB');
      this.view.setUint32(0, this.hasRefs ? (this.position | F.REFS_BIT) >>> 0 : this.position, true);
      return finish();
    } catch (error) {
      if (error instanceof Unsendable) throw notShareable(value, rootName, error);
      if (isStackOverflow(error)) {
        throw notShareable(value, rootName, new Unsendable(value, 'it is nested too deeply for this stack'));
      }
      throw error;
    } finally {
      this.reset();
    }
  }

  private reset(): void {
    const { objects } = this;
    if (this.objectSet === undefined) {
      for (let i = 0; i < this.objectCount; i++) objects[i] = objectPrototype;
    } else {
      this.objects = [];
      this.objectSet = undefined;
      this.objectIndex = undefined;
    }
    if (this.shapes.length > 0) this.shapes = [];
    if (this.blobs.length > 0) this.blobs = [];
    this.objectCount = 0;
    this.hasRefs = false;
    this.depth = 0;
    this.busy = false;
  }

  private write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.writeString(value);
        return;
      case 'number':
        this.writeNumber(value);
        return;
      case 'object':
        if (value === null) this.writeByte(F.NULL);
        else this.writeObject(value);
        return;
      case 'boolean':
        this.writeByte(value ? F.TRUE : F.FALSE);
        return;
      case 'undefined':
        this.writeByte(F.UNDEFINED);
        return;
      case 'bigint':
        this.writeBigInt(value);
        return;
      default:
        throw new Unsendable(value, reasonOf(value));
    }
  }

  private writeObject(value: object): void {
    const id = this.idOf(value);
    if (id >= 0) {
      this.hasRefs = true;
      this.writeByte(F.REF);
      this.writeVarint(id);
      return;
    }
    if (++this.depth > F.MAX_DEPTH) {
      throw new Unsendable(value, `it is nested more than ${F.MAX_DEPTH} deep`);
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === objectPrototype) this.writePlain(value as Record<string, unknown>);
    else if (prototype === arrayPrototype && Array.isArray(value)) this.writeArray(value);
    else this.writeOther(value, prototype);
    this.depth--;
  }

  /** The number of an object that began earlier; −1 numbers a new one. */
  private idOf(value: object): number {
    const count = this.objectCount;
    const { objects } = this;
    if (count >= LINEAR_OBJECTS) return this.idOfSlow(value);
    for (let i = 0; i < count; i++) if (objects[i] === value) return i;
    objects[count] = value;
    this.objectCount = count + 1;
    return -1;
  }

  private idOfSlow(value: object): number {
    const count = this.objectCount;
    let set = this.objectSet;
    if (set === undefined) {
      this.objects.length = count;
      this.objectSet = set = new Set(this.objects);
    }
    set.add(value);
    if (set.size > count) {
      this.objects.push(value);
      this.objectCount = count + 1;
      return -1;
    }
    this.objectIndex ??= new Map();
    const index = this.objectIndex;
    for (let i = index.size; i < count; i++) index.set(this.objects[i], i);
    return index.get(value)!;
  }

  private writePlain(value: Record<string, unknown>): void {
    const keys = Object.keys(value);
    const shape = shapeOf(keys);
    if (shape === undefined) {
      this.writeByte(F.OBJECT);
      this.writeVarint(keys.length);
      for (const key of keys) {
        this.writeString(key);
        this.write(value[key]);
      }
      return;
    }
    if (shape.message !== this.message || this.shapes[shape.id] !== shape) this.defineShape(shape, keys);
    else if (shape.id <= F.SHORT_SHAPE_MAX) this.writeByte(F.SHORT_SHAPE | shape.id);
    else {
      this.writeByte(F.SHAPE_REF);
      this.writeVarint(shape.id);
    }
    for (let i = 0; i < keys.length; i++) this.write(value[keys[i]]);
  }

  private defineShape(shape: Shape, keys: string[]): void {
    shape.message = this.message;
    shape.id = this.shapes.length;
    this.shapes.push(shape);
    if (shape.bytes !== undefined) {
      this.ensure(shape.bytes.length);
      this.bytes.set(shape.bytes, this.position);
      this.position += shape.bytes.length;
      return;
    }
    const start = this.position;
    this.ensure(SHAPE_DEF_HEAD_BYTES);
    this.position += SHAPE_DEF_HEAD_BYTES;
    for (const key of keys) this.writeString(key);
    const end = this.position;
    const begin = start + SHAPE_DEF_HEAD_BYTES;
    this.bytes[start] = F.SHAPE_DEF;
    this.view.setUint32(start + 1, hashOf(this.bytes, begin, end), true);
    this.view.setUint16(start + 5, end - begin, true);
    this.bytes[start + 7] = keys.length;
    shape.bytes = this.bytes.slice(start, end);
  }

  private writeArray(value: unknown[]): void {
    const length = value.length;
    if (length <= NAMED_PROPS_MAX && length > 0) this.writeNamedProps(value, length);
    if (length <= F.SHORT_ARRAY_MAX) {
      this.writeByte(F.SHORT_ARRAY | length);
    } else {
      this.writeByte(F.ARRAY);
      this.writeVarint(length);
    }
    for (let i = 0; i < length; i++) {
      const item = value[i];
      if (item === undefined && !(i in value)) {
        this.writeSparse(value, i, length);
        return;
      }
      this.write(item);
    }
  }

  private writeNamedProps(value: unknown[], length: number): void {
    const keys = Object.keys(value);
    if (keys.length <= length && (keys.length === 0 || isIndex(keys[keys.length - 1]))) return;
    const named = keys.filter((key) => !isIndex(key));
    this.writeByte(F.ARRAY_PROPS);
    this.writeVarint(named.length);
    for (const key of named) {
      this.writeString(key);
      this.write((value as unknown as Record<string, unknown>)[key]);
    }
  }

  /** The rest of an array, from its first hole on. */
  private writeSparse(value: unknown[], hole: number, length: number): void {
    const rest: number[] = [];
    for (const key of Object.keys(value)) {
      if (isIndex(key) && Number(key) > hole && Number(key) < length) rest.push(Number(key));
    }
    this.writeByte(F.SPARSE);
    this.writeVarint(rest.length);
    for (const index of rest) {
      this.writeVarint(index);
      this.write(value[index]);
    }
  }

  private writeOther(value: object, prototype: object | null): void {
    let kind: number | undefined;
    if (prototype !== null) {
      const handle = handleOfPrototype(prototype);
      if (handle !== undefined && handle.match?.(value) !== false) {
        this.writeHandle(handle, value);
        return;
      }
      kind = kindOfPrototype(prototype);
    }
    if (kind === undefined) {
      const handle = handleOf(value);
      if (handle !== undefined) {
        this.writeHandle(handle, value);
        return;
      }
      kind = kindOfSlow(value);
    }
    switch (kind) {
      case F.MAP:
        this.writeMap(value as Map<unknown, unknown>);
        return;
      case F.SET:
        this.writeSet(value as Set<unknown>);
        return;
      case F.DATE:
        this.ensure(9);
        this.bytes[this.position++] = F.DATE;
        this.view.setFloat64(this.position, Date.prototype.getTime.call(value), true);
        this.position += 8;
        return;
      case F.REGEXP:
        this.writeByte(F.REGEXP);
        this.writeString((value as RegExp).source);
        this.writeString((value as RegExp).flags);
        return;
      case F.BUFFER:
        this.writeBuffer(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength);
        return;
      case F.VIEW:
        this.writeView(value as ArrayBufferView);
        return;
      case F.BOXED:
        this.writeByte(F.BOXED);
        this.write(unbox(value));
        return;
      case F.ERROR:
        this.writeError(value);
        return;
      case F.ARRAY:
        this.writeArray(value as unknown[]);
        return;
      case REFUSED:
        throw new Unsendable(value, reasonOf(value));
      default:
        if (HANDLE in value) throw new Unsendable(value, FOREIGN);
        this.writePlain(value as Record<string, unknown>);
        return;
    }
  }

  private writeMap(value: Map<unknown, unknown>): void {
    const size = mapSize.call(value);
    this.writeByte(F.MAP);
    this.ensure(4);
    const at = this.position;
    this.position += 4;
    let count = 0;
    for (const [key, item] of Map.prototype.entries.call(value)) {
      if (count === size) break;
      count++;
      this.write(key);
      this.write(item);
    }
    this.view.setUint32(at, count, true);
  }

  private writeSet(value: Set<unknown>): void {
    const size = setSize.call(value);
    this.writeByte(F.SET);
    this.ensure(4);
    const at = this.position;
    this.position += 4;
    let count = 0;
    for (const item of Set.prototype.values.call(value)) {
      if (count === size) break;
      count++;
      this.write(item);
    }
    this.view.setUint32(at, count, true);
  }

  private writeBuffer(buffer: ArrayBuffer, offset: number, length: number): void {
    if (buffer.byteLength === 0 && isDetached(buffer)) throw new Unsendable(buffer, 'it is detached');
    this.writeByte(F.BUFFER);
    this.writeVarint(length);
    if (length > 0) this.blobs.push({ buffer, offset, length });
  }

  private writeView(view: ArrayBufferView): void {
    const hook = arrayHandleOf(view);
    if (hook !== undefined) {
      this.writeByte(F.ARRAY_HANDLE);
      this.writeString(hook.tag ?? 'array');
      this.write(hook.toRecord(view));
      return;
    }
    const kind = viewKindOf(view);
    const { buffer, byteOffset, byteLength } = view;
    if (
      !(buffer instanceof ArrayBuffer) &&
      Object.prototype.toString.call(buffer) !== '[object ArrayBuffer]'
    ) {
      throw new Unsendable(view, 'it lies over a foreign SharedArrayBuffer; use "sharedArray"');
    }
    if (byteLength === 0 && buffer.byteLength === 0 && isDetached(buffer)) {
      throw new Unsendable(view, 'its buffer is detached');
    }
    const whole = buffer.byteLength <= F.WHOLE_BUFFER_BYTES || byteLength * 2 >= buffer.byteLength;
    this.ensure(2);
    this.bytes[this.position++] = F.VIEW;
    this.bytes[this.position++] = kind;
    this.writeVarint(whole ? byteOffset : 0);
    this.writeVarint(byteLength / VIEW_ELEMENT_BYTES[kind]);
    if (whole) this.writeObject(buffer);
    else {
      this.idOf({});
      this.writeBuffer(buffer as ArrayBuffer, byteOffset, byteLength);
    }
  }

  /** Bytes of the whole message, once its structure is written. */
  private total(): number {
    let end = this.position;
    for (const { length } of this.blobs) end = F.alignBlob(end) + length;
    return end;
  }

  /** Writes the contents of the buffers behind the structure. */
  private writeBlobs(target: Uint8Array): void {
    for (const { buffer, offset, length } of this.blobs) {
      const begin = F.alignBlob(this.position);
      target.fill(0, this.position, begin);
      copyBytes(target, begin, new Uint8Array(buffer, offset, length));
      this.position = begin + length;
    }
  }

  private writeHandle(type: HandleType<unknown>, value: object): void {
    const record = type.toRecord(value);
    this.writeByte(F.HANDLE);
    this.writeString(type.tag);
    this.write(record);
  }

  private writeError(error: object): void {
    const { className, fields } = errorFields(error);
    this.writeByte(F.ERROR);
    this.writeString(className);
    this.writeVarint(fields.length);
    for (const field of fields) this.writeField(field);
  }

  /** An error always travels: what cannot be encoded is described instead. */
  private writeField({ flag, key, value }: ErrorField): void {
    this.writeByte(flag);
    this.writeString(key);
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function' || typeof value === 'symbol') this.writeString(describe(value));
      else this.write(value);
      return;
    }
    const { position, depth, objectCount } = this;
    const shapeCount = this.shapes.length;
    const blobCount = this.blobs.length;
    try {
      this.write(value);
    } catch {
      this.position = position;
      this.depth = depth;
      this.forget(objectCount);
      this.shapes.length = shapeCount;
      this.blobs.length = blobCount;
      this.writeString(describe(value));
    }
  }

  /** Takes back the numbers of the objects from `count` on. */
  private forget(count: number): void {
    for (let i = count; i < this.objectCount; i++) {
      const object = this.objects[i];
      this.objectSet?.delete(object);
      this.objectIndex?.delete(object);
      this.objects[i] = objectPrototype;
    }
    if (this.objectSet !== undefined) this.objects.length = count;
    this.objectCount = count;
  }
}

/** Whether a property name is an array index. */
function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return index !== 0xffffffff && String(index) === key;
}

function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** The engines' "too much recursion": a RangeError in V8 and JSC, an InternalError in SpiderMonkey. */
export const isStackOverflow = (error: unknown): boolean =>
  error instanceof Error && /call stack|recursion/i.test(error.message);
