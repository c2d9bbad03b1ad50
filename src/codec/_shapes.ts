/**
 * Shapes: the lists of keys that plain objects repeat.
 *
 * An object's keys are written once in a message and named by a number afterwards. Between messages both sides
 * remember: the encoder keeps the bytes of a definition in a tree of keys, the decoder finds the decoded keys by
 * the definition's hash and compares the bytes before it believes it. Neither relies on the other's memory, so
 * every message stands alone.
 *
 * ```
 * definition  u8 SHAPE_DEF │ u32 hash │ u16 bytes of keys │ u8 count │ keys, as strings
 * ```
 */

/** Larger objects are dictionaries, written key by key. */
export const SHAPE_MAX_KEYS = 32;
/** Longest key of a shape, in UTF-16 units. */
export const SHAPE_MAX_KEY_LENGTH = 64;
export const SHAPE_DEF_HEAD_BYTES = 8;
const MAX_NODES = 4096;
const MAX_CACHED = 1024;

/** A known list of keys on the encoding side. */
export interface Shape {
  /** Its definition as bytes, from the tag on. */
  bytes: Uint8Array | undefined;
  /** The message that last defined it, and its number there. */
  message: number;
  id: number;
}

/** One step in the tree of keys: most have one successor, so the first needs no map. */
interface Node {
  key: string | undefined;
  next: Node | undefined;
  others: Map<string, Node> | undefined;
  shape: Shape | undefined;
}

const createNode = (): Node => ({ key: undefined, next: undefined, others: undefined, shape: undefined });

let root = /* @__PURE__ */ createNode();
let nodes = 0;

function stepSlow(node: Node, key: string): Node {
  let next = node.others?.get(key);
  if (next === undefined) {
    next = createNode();
    nodes++;
    if (node.key === undefined) {
      node.key = key;
      node.next = next;
    } else {
      node.others ??= new Map();
      node.others.set(key, next);
    }
  }
  return next;
}

/** The shape with exactly these keys, or `undefined` where they had better be written one by one. */
export function shapeOf(keys: string[]): Shape | undefined {
  if (keys.length > SHAPE_MAX_KEYS) return undefined;
  let node = root;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    node = node.key === key ? (node.next as Node) : stepSlow(node, key);
  }
  return node.shape ?? createShape(node, keys);
}

function createShape(node: Node, keys: string[]): Shape | undefined {
  for (const key of keys) if (key.length > SHAPE_MAX_KEY_LENGTH) return undefined;
  if (nodes > MAX_NODES) {
    root = createNode();
    nodes = 0;
  }
  return (node.shape = { bytes: undefined, message: -1, id: 0 });
}

/** FNV-1a over a definition's keys. */
export function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash >>> 0;
}

/** A list of keys on the decoding side. */
export interface Keys {
  names: string[];
  /** One of them is `__proto__`, which assignment would not write as a property. */
  unsafe: boolean;
  /** The definition they came from, without the tag and the hash. */
  bytes: Uint8Array;
}

let cache = new Map<number, Keys>();

/** The keys whose definition lies at `begin`, if they were seen before. */
export function cachedKeys(hash: number, bytes: Uint8Array, begin: number, length: number): Keys | undefined {
  const keys = cache.get(hash);
  if (keys === undefined || keys.bytes.length !== length) return undefined;
  const known = keys.bytes;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[begin + i]) return undefined;
  return keys;
}

/** Remembers the keys that a definition turned out to mean. */
export function cacheKeys(hash: number, keys: Keys): void {
  if (cache.size >= MAX_CACHED) cache = new Map();
  cache.set(hash, keys);
}
