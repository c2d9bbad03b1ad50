/**
 * The registry of handles: live objects over the shared heap that travel as a small record and arrive as the
 * same live thing. Only what is registered here can be revived; a message merely names an entry.
 */

/** How one class of handles travels. */
export interface HandleType<T> {
  /** Stable across threads and builds. */
  tag: string;
  /** The class; with it an instance is found by one lookup of its prototype, without it by asking `match`. */
  ctor?: abstract new (
    ...args: never[]
  ) => T;
  /** Whether the value is such a handle; needed without `ctor`, and for subclasses of it. */
  match?(value: object): boolean;
  /** What to send: numbers, strings and other encodable values. */
  toRecord(value: T): unknown[];
  /** Attaches to what the record names. Must check it: the record may come from anywhere. */
  fromRecord(record: unknown[]): T;
}

/** How typed arrays over the shared heap travel: by address, not by copy. */
export interface ArrayHandleType {
  tag?: string;
  match(view: ArrayBufferView): boolean;
  toRecord(view: ArrayBufferView): unknown[];
  fromRecord(record: unknown[]): ArrayBufferView;
}

/**
 * Marks the classes of handles, also for another copy of the package in the same thread: it has another heap, and would
 * send the object without what it stands for.
 */
export const HANDLE = Symbol.for('manyhands.handle');

const byTag = new Map<string, HandleType<unknown>>();
const byPrototype = new Map<object, HandleType<unknown>>();
const matching: HandleType<unknown>[] = [];
const arrayHandles: ArrayHandleType[] = [];
const arrayByTag = new Map<string, ArrayHandleType>();

/**
 * Makes a class of handles known to the codec of this thread. Registering a tag again replaces it.
 *
 * @param type its tag, how to know it, and how to turn it into a record and back
 * @example
 * ```ts
 * class Lamp { constructor(readonly address: number) {} }
 * registerHandle<Lamp>({
 *   tag: 'lamp',
 *   ctor: Lamp,
 *   toRecord: (lamp) => [lamp.address],
 *   fromRecord: ([address]) => new Lamp(address as number),
 * });
 * console.log((decode(encode([new Lamp(64)])) as Lamp[])[0].address); // 64
 * ```
 */
export function registerHandle<T>(type: HandleType<T>): void {
  const known = type as HandleType<unknown>;
  const previous = byTag.get(type.tag);
  if (previous !== undefined) {
    if (previous.ctor !== undefined) byPrototype.delete(previous.ctor.prototype);
    const at = matching.indexOf(previous);
    if (at >= 0) matching.splice(at, 1);
  }
  byTag.set(type.tag, known);
  if (type.ctor !== undefined) {
    byPrototype.set(type.ctor.prototype, known);
    Object.defineProperty(type.ctor.prototype, HANDLE, { value: true, configurable: true });
  }
  if (type.ctor !== undefined || type.match !== undefined) matching.push(known);
}

/**
 * Lets typed arrays that lie over the shared heap travel by address. Asked for every view before it is copied,
 * so `match` should be one comparison of buffers.
 *
 * @param type the hook; its `tag` is `array` unless given
 */
export function registerArrayHandle(type: ArrayHandleType): void {
  const tag = type.tag ?? 'array';
  const at = arrayHandles.findIndex((known) => (known.tag ?? 'array') === tag);
  if (at >= 0) arrayHandles[at] = type;
  else arrayHandles.push(type);
  arrayByTag.set(tag, type);
}

/** The handle type of an object whose prototype is this one exactly. */
export const handleOfPrototype = (prototype: object): HandleType<unknown> | undefined =>
  byPrototype.get(prototype);

/** Whether objects of the class with this prototype can travel. */
export const isHandleClass = (prototype: object): boolean => byPrototype.has(prototype);

/** The handle type of an object found by asking each. */
export function handleOf(value: object): HandleType<unknown> | undefined {
  for (const type of matching) {
    if (type.match !== undefined ? type.match(value) : value instanceof type.ctor!) return type;
  }
  return undefined;
}

export const handleByTag = (tag: string): HandleType<unknown> | undefined => byTag.get(tag);

/** The hook that claims a view. */
export function arrayHandleOf(view: ArrayBufferView): ArrayHandleType | undefined {
  for (let i = 0; i < arrayHandles.length; i++) if (arrayHandles[i].match(view)) return arrayHandles[i];
  return undefined;
}

export const arrayHandleByTag = (tag: string): ArrayHandleType | undefined => arrayByTag.get(tag);
