// Keys of a dict: equal if their contents are. A thread writes the key that it looks for into its probe
// (assembly/map/epoch.ts), which is laid out as a node, so that threads compare words and nothing else.

import { load32, store32 } from '../../assembly/atomics/index';
import { PIN_BYTES } from '../../assembly/heap/layout';
import { pinOf } from '../../assembly/map/epoch';
import { KEY_LENGTH_MASK, MAP_SEED, NODE_KEY, NODE_KEY_BYTES, NODE_ORDER } from '../../assembly/map/map';
import { decode, encode } from '../codec/index';
import { OutOfMemoryError } from '../errors';
import { createBlock, freeBlock, me } from './_blocks';
import { bytesAt, readF64, writeF64 } from './_values';

// In the upper four bits of the key's word.
const ASCII = 1 << 28;
const NUMBER = 2 << 28;
const VALUE = 3 << 28;
const FORMAT_MASK = 0xf0000000 | 0;

const ROOM = PIN_BYTES - NODE_KEY_BYTES;

/** MurmurHash3 (Appleby, 2011), 32 bits: one word more. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Writes an ASCII string as words, from `at` on; the hash, or undefined if it has other characters. */
function writeAscii(at: number, text: string, seed: number): number | undefined {
  const { length } = text;
  let hash = seed;
  for (let i = 0; i < length; i += 4) {
    const a = text.charCodeAt(i);
    const b = i + 1 < length ? text.charCodeAt(i + 1) : 0;
    const c = i + 2 < length ? text.charCodeAt(i + 2) : 0;
    const d = i + 3 < length ? text.charCodeAt(i + 3) : 0;
    if ((a | b | c | d) >= 0x80) return undefined;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    store32(at + i, word);
    hash = mix(hash, word);
  }
  return hash;
}

function writeBytes(at: number, bytes: Uint8Array, seed: number): number {
  let hash = seed;
  for (let i = 0; i < bytes.length; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    store32(at + i, word);
    hash = mix(hash, word);
  }
  return hash;
}

function roomFor(length: number): number {
  if (length <= ROOM) return pinOf(me);
  if (length > KEY_LENGTH_MASK - 3) {
    throw new OutOfMemoryError(
      `Cannot take a key of ${length} bytes: at most ${KEY_LENGTH_MASK - 3}. Keep the long part in the value`,
    );
  }
  return createBlock(bytesOf(length));
}

const bytesOf = (length: number): number => NODE_KEY_BYTES + Math.ceil(length / 4) * 4;

/** Bytes of a node with the probe's key. */
export function nodeBytes(probe: number): number {
  return bytesOf(load32(probe + NODE_KEY) & KEY_LENGTH_MASK);
}

/** The probe for a key, valid until this thread makes the next one; give it to {@link endProbe}. */
export function toProbe(map: number, key: unknown): number {
  const seed = load32(map + MAP_SEED);
  if (typeof key === 'string') {
    const { length } = key;
    const probe = roomFor(length);
    const hash = writeAscii(probe + NODE_KEY_BYTES, key, seed);
    if (hash !== undefined) return endKey(probe, ASCII | length, hash);
    endProbe(probe);
  } else if (typeof key === 'number') {
    const probe = pinOf(me);
    const at = probe + NODE_KEY_BYTES;
    writeF64(at, key === 0 ? 0 : Number.isNaN(key) ? Number.NaN : key);
    return endKey(probe, NUMBER | 8, mix(mix(seed, load32(at)), load32(at + 4)));
  }
  const bytes = encode(key, 'key');
  const probe = roomFor(bytes.length);
  return endKey(probe, VALUE | bytes.length, writeBytes(probe + NODE_KEY_BYTES, bytes, seed));
}

function endKey(probe: number, word: number, hash: number): number {
  store32(probe + NODE_KEY, word);
  store32(probe + NODE_ORDER, finish(hash ^ word) | 1);
  return probe;
}

/** Gives a probe's memory back, if it did not fit into the thread's own. */
export function endProbe(probe: number): void {
  if (probe !== pinOf(me)) freeBlock(probe);
}

const ascii = /* @__PURE__ */ new TextDecoder('latin1');
/** Up to here a loop is faster than the decoder, which takes no shared memory besides. */
const LOOP_CHARACTERS = 32;

/** The key of a node. */
export function keyOf(node: number): unknown {
  const word = load32(node + NODE_KEY);
  const at = node + NODE_KEY_BYTES;
  if ((word & FORMAT_MASK) === NUMBER) return readF64(at);
  const bytes = bytesAt(at, word & KEY_LENGTH_MASK);
  if ((word & FORMAT_MASK) === VALUE) return decode(bytes);
  if (bytes.length > LOOP_CHARACTERS) return ascii.decode(bytes.slice());
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
