/**
 * What an object is to the codec: found by its prototype, or, for subclasses, other realms and pretenders, by
 * its internal slots, which no property can fake.
 */
import { ARRAY, BOXED, BUFFER, DATE, ERROR, MAP, OBJECT, REGEXP, SET, VIEW, VIEW_NAMES } from './_format.js';

/** The kind of an object that cannot travel. */
export const REFUSED = -1;

type Getter = (this: unknown) => unknown;
const getterOf = (Class: () => { prototype: object }, name: PropertyKey): Getter =>
  Object.getOwnPropertyDescriptor(Class().prototype, name)!.get as Getter;

export const mapSize = /* @__PURE__ */ getterOf(() => Map, 'size') as (this: unknown) => number;
export const setSize = /* @__PURE__ */ getterOf(() => Set, 'size') as (this: unknown) => number;
const bufferLength = /* @__PURE__ */ getterOf(() => ArrayBuffer, 'byteLength');
const regExpSource = /* @__PURE__ */ getterOf(() => RegExp, 'source');
const viewName = /* @__PURE__ */ getterOf(() => Object.getPrototypeOf(Int8Array), Symbol.toStringTag) as (
  this: unknown,
) => string | undefined;

type ViewClass = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => ArrayBufferView;

/** Constructors by the kind that travels; a hole where this runtime lacks one. */
export const VIEW_CLASSES: readonly (ViewClass | undefined)[] = /* @__PURE__ */ VIEW_NAMES.map(
  (name) => (globalThis as unknown as Record<string, ViewClass | undefined>)[name],
);
/** Bytes of an element, by the same kinds. */
export const VIEW_ELEMENT_BYTES: readonly number[] = /* @__PURE__ */ VIEW_CLASSES.map(
  (View) => (View as unknown as { BYTES_PER_ELEMENT?: number } | undefined)?.BYTES_PER_ELEMENT ?? 1,
);
const viewKinds = /* @__PURE__ */ mapOf<string | undefined>(() =>
  VIEW_NAMES.map((name, kind) => [name, kind]),
);

const byPrototype = /* @__PURE__ */ mapOf<object>(() => [
  [Map.prototype, MAP],
  [Set.prototype, SET],
  [Date.prototype, DATE],
  [RegExp.prototype, REGEXP],
  [ArrayBuffer.prototype, BUFFER],
  [Error.prototype, ERROR],
  ...VIEW_CLASSES.flatMap((View) => (View === undefined ? [] : [[View.prototype, VIEW] as const])),
]);

/** A table that is made with the first import of the module, and dropped by bundlers where nobody asks it. */
function mapOf<K>(entries: () => ReadonlyArray<readonly [K, number]>): ReadonlyMap<K, number> {
  return new Map(entries());
}

/** Which of `VIEW_NAMES` a view is; subclasses count as what they extend. */
export const viewKindOf = (view: ArrayBufferView): number => viewKinds.get(viewName.call(view)) ?? 0;

/** The kind of an object with exactly this prototype. */
export const kindOfPrototype = (prototype: object): number | undefined => byPrototype.get(prototype);

/** What structured clone refuses, or carries in ways that bytes cannot; by its tag. */
const UNSENDABLE = /* @__PURE__ */ new Set(
  /* @__PURE__ */ (
    'Promise WeakMap WeakSet WeakRef FinalizationRegistry Generator AsyncGenerator SharedArrayBuffer ' +
    'AbortSignal AbortController Blob File FileList ImageBitmap ImageData CryptoKey MessagePort MessageChannel ' +
    'ReadableStream WritableStream TransformStream OffscreenCanvas AudioData VideoFrame Worker Window ' +
    'WebAssembly.Module WebAssembly.Memory WebAssembly.Instance WebAssembly.Table WebAssembly.Global ' +
    'Request Response Headers FormData URL URLSearchParams Event EventTarget global'
  ).split(' '),
);

const UNSENDABLE_FAMILY = /^(Symbol$|Temporal\.|Intl\.|(HTML|SVG)\w*Element$)| Iterator$/;

/** Slots that prove a tag, which by itself anybody can claim. */
const PROOFS: Record<string, [kind: number, proof: (value: object) => unknown]> = {
  Map: [MAP, (value) => mapSize.call(value)],
  Set: [SET, (value) => setSize.call(value)],
  Date: [DATE, (value) => Date.prototype.getTime.call(value)],
  RegExp: [REGEXP, (value) => regExpSource.call(value)],
  ArrayBuffer: [BUFFER, (value) => bufferLength.call(value)],
  Number: [BOXED, (value) => Number.prototype.valueOf.call(value)],
  String: [BOXED, (value) => String.prototype.valueOf.call(value)],
  Boolean: [BOXED, (value) => Boolean.prototype.valueOf.call(value)],
  BigInt: [BOXED, (value) => BigInt.prototype.valueOf.call(value)],
};

/** The string that `Object.prototype.toString` shows for a value, without its brackets. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** The kind of any object that is not a handle. */
export function kindOfSlow(value: object): number {
  if (ArrayBuffer.isView(value)) return VIEW;
  if (Array.isArray(value)) return ARRAY;
  const tag = tagOf(value);
  if (value instanceof Error || tag === 'Error' || tag === 'DOMException') return ERROR;
  const proof = Object.hasOwn(PROOFS, tag) ? PROOFS[tag] : undefined;
  if (proof !== undefined) {
    try {
      proof[1](value);
      return proof[0];
    } catch {
      return OBJECT;
    }
  }
  if (UNSENDABLE.has(tag) || UNSENDABLE_FAMILY.test(tag)) return REFUSED;
  return OBJECT;
}

/** The primitive in a boxed one. */
export function unbox(value: object): unknown {
  const tag = tagOf(value);
  return PROOFS[tag][1](value);
}
