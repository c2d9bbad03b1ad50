/**
 * The decoder: reads the format of `_format.ts` from bytes that nobody has checked and that another thread may
 * be changing.
 *
 * It copies the structure before it looks at it, so that what was checked is what is used; the contents of
 * buffers need no check and are copied once, into their place. Every read is bounded by the message, nothing is
 * allocated that the message has not the bytes for, properties are defined or assigned on fresh objects only,
 * and what can be constructed is a closed list.
 */
import { DecodeError, ManyhandsError } from '../errors.js';
import { copyBytes, ownBytes } from '../runtime/copy.js';
import { createDomException, createError, defineField, ENUMERABLE } from './_error-fields.js';
import * as F from './_format.js';
import { VIEW_CLASSES, VIEW_ELEMENT_BYTES } from './_kinds.js';
import { INITIAL_BYTES, malformed, Reader } from './_reader.js';
import { cachedKeys, cacheKeys, hashOf, type Keys } from './_shapes.js';
import { arrayHandleByTag, handleByTag } from './handles.js';

/** What the decoder counts as depth and the encoder does not: the bigint or the partial buffer at the bottom. */
const LEAF_DEPTH = 2;

export class Decoder extends Reader {
  /** In the middle of a message; whoever is called back from there needs another decoder. */
  busy = false;
  private depth = 0;
  private source: Uint8Array | undefined;
  private blob = 0;
  private hasRefs = false;
  private objects: unknown[] = [];
  private shapes: Keys[] = [];

  /** The value of a message, which may lie in shared memory. */
  decode(source: Uint8Array): unknown {
    const total = source.length;
    if (total <= F.HEADER_BYTES) malformed(0, `want more than ${F.HEADER_BYTES} bytes, got ${total}`);
    const header = (source[0] | (source[1] << 8) | (source[2] << 16) | (source[3] << 24)) >>> 0;
    const end = (header & ~F.REFS_BIT) >>> 0;
    if (end <= F.HEADER_BYTES || end > total) malformed(0, `want ${end} bytes, got ${total}`);
    this.busy = true;
    try {
      if (end > this.bytes.length) this.allocate(end);
      copyBytes(this.bytes, 0, end === total ? source : source.subarray(0, end));
      this.source = source;
      this.position = F.HEADER_BYTES;
      this.end = end;
      this.blob = end;
      this.hasRefs = header >= F.REFS_BIT;
      const value = this.read();
      if (this.position !== end) malformed(this.position, 'the value ends before its bytes');
      if (this.blob !== total) malformed(this.blob, 'there are bytes that belong to no buffer');
      return value;
    } catch (error) {
      if (error instanceof ManyhandsError) throw error;
      throw new DecodeError(`Cannot decode the value at byte ${this.position}`, { cause: error });
    } finally {
      this.reset();
    }
  }

  private reset(): void {
    if (this.objects.length > 0) this.objects = [];
    if (this.shapes.length > 0) this.shapes.length = 0;
    if (this.bytes.length > F.KEEP_BYTES) this.allocate(INITIAL_BYTES);
    this.source = undefined;
    this.depth = 0;
    this.busy = false;
  }

  private read(): unknown {
    if (this.position >= this.end) malformed(this.position, 'the bytes end too early');
    const tag = this.bytes[this.position++];
    if (tag < F.SHORT_STRING) return tag;
    if (tag < 0xc0) return this.readAscii(tag & F.SHORT_STRING_MAX);
    if (tag >= F.SHORT_SHAPE) return this.readPlain(this.shapes[tag & F.SHORT_SHAPE_MAX]);
    if (tag >= F.SHORT_ARRAY) return this.readArray(tag & F.SHORT_ARRAY_MAX, undefined);
    return this.readTag(tag);
  }

  private readTag(tag: number): unknown {
    switch (tag) {
      case F.UNDEFINED:
        return undefined;
      case F.NULL:
        return null;
      case F.FALSE:
        return false;
      case F.TRUE:
        return true;
      case F.INT8:
        return this.view.getInt8(this.take(1));
      case F.INT16:
        return this.view.getInt16(this.take(2), true);
      case F.INT32:
        return this.view.getInt32(this.take(4), true);
      case F.FLOAT64:
        return this.view.getFloat64(this.take(8), true);
      case F.BIGINT64:
        return this.view.getBigInt64(this.take(8), true);
      case F.STRING_ASCII:
      case F.STRING_UTF8:
      case F.STRING_UTF16:
        return this.readLongString(tag);
      case F.SHAPE_DEF:
        return this.readPlain(this.defineShape());
      case F.SHAPE_REF:
        return this.readPlain(this.shapes[this.readVarint()]);
      case F.ARRAY:
        return this.readArray(this.readVarint(), undefined);
      case F.REF:
        return this.readRef();
      default:
        return this.readObject(tag);
    }
  }

  private readString(): string {
    const value = this.read();
    if (typeof value !== 'string') malformed(this.position, `want a string, got a ${typeof value}`);
    return value;
  }

  private enter(): void {
    if (++this.depth > F.MAX_DEPTH + LEAF_DEPTH)
      malformed(this.position, `it is nested more than ${F.MAX_DEPTH} deep`);
  }

  private readRef(): unknown {
    const id = this.readVarint();
    const { objects } = this;
    if (!this.hasRefs || id >= objects.length || objects[id] === undefined) {
      malformed(this.position, `object ${id} is not there yet`);
    }
    return objects[id];
  }

  /** Numbers an object that just began; `finish` fills in one that could not be made at once. */
  private begin(object: unknown): number {
    return this.hasRefs ? this.objects.push(object) - 1 : 0;
  }

  private finish<T>(id: number, object: T): T {
    if (this.hasRefs) this.objects[id] = object;
    return object;
  }

  private defineShape(): Keys {
    const hash = this.view.getUint32(this.take(4), true);
    const length = this.view.getUint16(this.take(2), true);
    const count = this.bytes[this.take(1)];
    const begin = this.take(length);
    let keys = cachedKeys(hash, this.bytes, begin, length);
    if (keys === undefined) {
      const end = this.position;
      this.position = begin;
      const names: string[] = [];
      while (this.position < end) {
        if (this.bytes[this.position] < F.SHORT_STRING) malformed(this.position, 'a key is not a string');
        names.push(this.readString());
      }
      if (this.position !== end) malformed(begin, 'the keys of a shape do not fill it');
      keys = { names, unsafe: names.includes('__proto__'), bytes: this.bytes.slice(begin, end) };
      if (hashOf(this.bytes, begin, end) === hash) cacheKeys(hash, keys);
    }
    if (keys.names.length !== count) malformed(begin, `want ${count} keys, got ${keys.names.length}`);
    this.shapes.push(keys);
    return keys;
  }

  private readPlain(keys: Keys | undefined): object {
    if (keys === undefined) malformed(this.position, 'a shape is not there yet');
    this.enter();
    const object: Record<string, unknown> = {};
    this.begin(object);
    const { names } = keys;
    if (keys.unsafe) {
      for (const name of names) defineField(object, name, this.read(), true);
    } else {
      for (let i = 0; i < names.length; i++) object[names[i]] = this.read();
    }
    this.depth--;
    return object;
  }

  private readArray(length: number, existing: unknown[] | undefined): unknown[] {
    const array = existing ?? [];
    if (existing === undefined) {
      this.enter();
      this.begin(array);
    }
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.position] === F.SPARSE && this.position < this.end) {
        this.readSparse(array, i, length);
        break;
      }
      array.push(this.read());
    }
    if (existing === undefined) this.depth--;
    return array;
  }

  private readSparse(array: unknown[], hole: number, length: number): void {
    if (length > 0xffffffff) malformed(this.position, 'an array is too long');
    this.position++;
    const count = this.readCount(2);
    // An element far out turns the array into a dictionary; setting a length would allocate all of it.
    array[length - 1] = undefined;
    delete array[length - 1];
    let last = hole;
    for (let i = 0; i < count; i++) {
      const index = this.readVarint();
      if (index <= last || index >= length) malformed(this.position, `index ${index} is out of order`);
      array[index] = this.read();
      last = index;
    }
  }

  private readObject(tag: number): unknown {
    this.enter();
    const value = this.readObjectBody(tag);
    this.depth--;
    return value;
  }

  private readObjectBody(tag: number): unknown {
    switch (tag) {
      case F.BIGINT:
        return this.readBigInt();
      case F.ARRAY_PROPS:
        return this.readArrayProps();
      case F.OBJECT: {
        const object = {};
        this.begin(object);
        const count = this.readCount(2);
        for (let i = 0; i < count; i++) defineField(object, this.readString(), this.read(), true);
        return object;
      }
      case F.MAP: {
        const map = new Map();
        this.begin(map);
        const count = this.view.getUint32(this.take(4), true);
        for (let i = 0; i < count; i++) map.set(this.read(), this.read());
        return map;
      }
      case F.SET: {
        const set = new Set();
        this.begin(set);
        const count = this.view.getUint32(this.take(4), true);
        for (let i = 0; i < count; i++) set.add(this.read());
        return set;
      }
      case F.DATE: {
        const date = new Date(this.view.getFloat64(this.take(8), true));
        this.begin(date);
        return date;
      }
      case F.REGEXP: {
        const id = this.begin(undefined);
        return this.finish(id, new RegExp(this.readString(), this.readString()));
      }
      case F.BUFFER:
        return this.readBuffer();
      case F.VIEW:
        return this.readView();
      case F.BOXED: {
        const id = this.begin(undefined);
        const value = this.read();
        if (!BOXABLE.has(typeof value)) malformed(this.position, `a ${typeof value} cannot be boxed`);
        return this.finish(id, Object(value));
      }
      case F.ERROR:
        return this.readError();
      case F.HANDLE:
        return this.readHandle();
      case F.ARRAY_HANDLE:
        return this.readArrayHandle();
      default:
        return malformed(this.position - 1, `0x${tag.toString(16)} is no tag`);
    }
  }

  private readBigInt(): bigint {
    const negative = this.bytes[this.take(1)];
    const digits = this.readString();
    if (negative > 1 || !/^[0-9a-f]+$/.test(digits)) malformed(this.position, 'a bigint has wrong digits');
    const value = BigInt(`0x${digits}`);
    return negative === 1 ? -value : value;
  }

  private readArrayProps(): unknown[] {
    const array: unknown[] = [];
    this.begin(array);
    const named = this.readCount(2);
    for (let i = 0; i < named; i++) {
      const key = this.readString();
      if (key === 'length') malformed(this.position, 'an array cannot have a second length');
      defineField(array as object, key, this.read(), true);
    }
    if (array.length > 0) malformed(this.position, 'an index is no name');
    const tag = this.bytes[this.take(1)];
    if (tag === F.ARRAY) return this.readArray(this.readVarint(), array);
    if (tag < F.SHORT_ARRAY || tag >= F.SHORT_SHAPE) malformed(this.position, 'want an array');
    return this.readArray(tag & F.SHORT_ARRAY_MAX, array);
  }

  private readBuffer(): ArrayBuffer {
    const length = this.readVarint();
    const source = this.source!;
    const begin = length === 0 ? this.blob : F.alignBlob(this.blob);
    if (length > source.length - begin)
      malformed(this.position, `want ${length} bytes in a buffer, got fewer`);
    const copy = length === 0 ? new Uint8Array(0) : ownBytes(source.subarray(begin, begin + length));
    this.blob = begin + length;
    this.begin(copy.buffer);
    return copy.buffer;
  }

  private readView(): ArrayBufferView {
    const id = this.begin(undefined);
    const kind = this.bytes[this.take(1)];
    const View = VIEW_CLASSES[kind];
    if (View === undefined)
      malformed(this.position, `this runtime has no ${F.VIEW_NAMES[kind] ?? `view ${kind}`}`);
    const offset = this.readVarint();
    const length = this.readVarint();
    const buffer = this.read();
    if (!(buffer instanceof ArrayBuffer)) malformed(this.position, 'a view has no buffer');
    const bytes = VIEW_ELEMENT_BYTES[kind];
    if (offset % bytes !== 0 || offset + length * bytes > buffer.byteLength) {
      malformed(this.position, 'a view is outside its buffer');
    }
    return this.finish(id, new View(buffer, offset, length));
  }

  private readError(): Error {
    const className = this.readString();
    let error = className === 'DOMException' ? undefined : createError(className);
    if (error === undefined && className !== 'DOMException')
      malformed(this.position, 'an error has no known class');
    const id = this.begin(error);
    const count = this.readCount(3);
    let name = '';
    let message = '';
    for (let i = 0; i < count; i++) {
      const flag = this.bytes[this.take(1)];
      if (flag > ENUMERABLE) malformed(this.position, 'an error has a field of unknown kind');
      const key = this.readString();
      if (error === undefined) {
        // Name and message come first: a DOMException cannot be made without them.
        if (i === 0 && key === 'name') name = this.readString();
        else if (i === 1 && key === 'message') message = this.readString();
        else malformed(this.position, 'a DOMException has no name or message');
        if (i === 1) this.finish(id, (error = createDomException(name, message)));
      } else {
        defineField(error, key, this.read(), flag === ENUMERABLE);
      }
    }
    return error ?? malformed(this.position, 'a DOMException has no name or message');
  }

  private readHandle(): unknown {
    const id = this.begin(undefined);
    const tag = this.readString();
    const type = handleByTag(tag);
    if (type === undefined)
      malformed(
        this.position,
        `this thread knows no class "${tag.slice(0, 40)}" that travels: import it here too`,
      );
    return this.finish(id, type.fromRecord(this.readRecord()));
  }

  private readArrayHandle(): unknown {
    const id = this.begin(undefined);
    const type = arrayHandleByTag(this.readString());
    if (type === undefined) malformed(this.position, 'no array handle is registered under this name');
    return this.finish(id, type.fromRecord(this.readRecord()));
  }

  private readRecord(): unknown[] {
    const record = this.read();
    if (!Array.isArray(record)) malformed(this.position, 'the record of a handle is no array');
    return record;
  }
}

const BOXABLE = /* @__PURE__ */ new Set(['number', 'string', 'boolean', 'bigint']);
