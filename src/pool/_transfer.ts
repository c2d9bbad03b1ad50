// The `transfer` option: buffers change hands at the call, as postMessage's do. What is sent refers to the moved
// buffers; the caller's are detached, views of them are empty.

const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/**
 * Takes the buffers from the caller.
 *
 * @returns `value` with the moved buffers, and views of them, in the place of the caller's; arrays and plain objects
 *   on the way to them are copies
 * @throws {TypeError} for what is no ArrayBuffer, or detached; nothing is moved then
 */
export function moveBuffers<T>(value: T, transfer: readonly ArrayBuffer[]): T {
  for (const buffer of transfer) {
    const tag = tagOf(buffer);
    if (tag !== 'ArrayBuffer') throw new TypeError(`Cannot transfer ${tag}: wanted an ArrayBuffer`);
    new Uint8Array(buffer); // throws if it is detached
  }
  // A detached view has forgotten where it began.
  const views: Array<[view: DataView, offset: number, length: number]> = [];
  const seen = new Set<unknown>();
  const find = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    if (ArrayBuffer.isView(part)) {
      const { length = part.byteLength } = part as Uint8Array;
      if (transfer.includes(part.buffer as ArrayBuffer))
        views.push([part as DataView, part.byteOffset, length]);
    } else if (isPlain(part)) Object.values(part).forEach(find);
  };
  find(value);
  const now = new Map<unknown, unknown>();
  const taken = structuredClone(transfer, { transfer: transfer as ArrayBuffer[] });
  for (const [index, buffer] of transfer.entries()) now.set(buffer, taken[index]);
  for (const [view, offset, length] of views) {
    const View = globalThis[tagOf(view) as 'DataView'];
    now.set(view, new View(now.get(view.buffer) as ArrayBuffer, offset, length));
  }
  const rebuild = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (now.has(part)) return now.get(part);
    if (ArrayBuffer.isView(part) || !isPlain(part)) return part;
    const copy: unknown = Array.isArray(part) ? new Array(part.length) : {};
    now.set(part, copy);
    for (const key of Object.keys(part)) {
      const item = rebuild((part as Record<string, unknown>)[key]);
      Object.defineProperty(copy, key, { value: item, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  };
  return rebuild(value) as T;
}
