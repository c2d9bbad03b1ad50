/**
 * Values to bytes and back: everything structured clone copies, plus handles, without evaluating anything.
 * Encoding and decoding reuse one buffer each per thread.
 */
import { Decoder } from './_decoder.js';
import { Encoder } from './_encoder.js';

const encoder = /* @__PURE__ */ new Encoder();
const decoder = /* @__PURE__ */ new Decoder();

/**
 * Encodes a value. The result is a view of a buffer that the next `encode` in this thread overwrites: copy it
 * where it shall live before anything else runs.
 *
 * @param value what structured clone takes, and handles, nested as one likes
 * @param rootName what to call the value in errors; `''` where its parts speak for themselves
 * @returns the message
 * @throws NotShareableError naming the path to what cannot travel, e.g. `args[0].callback`
 * @example
 * ```ts
 * const copy = decode(encode({ when: new Date(0), tags: new Set(['a']) }));
 * console.log(copy); // { when: 1970-01-01T00:00:00.000Z, tags: Set(1) { 'a' } }
 * ```
 */
export function encode(value: unknown, rootName = 'value'): Uint8Array {
  return (encoder.busy ? new Encoder() : encoder).encode(value, rootName);
}

/**
 * Encodes a value straight to where it shall lie, so that large buffers are copied once and nothing of their size is
 * allocated besides (fresh pages cost more than the copy: 0.3 ms a megabyte, measured).
 *
 * @param value as for {@link encode}
 * @param rootName as for {@link encode}
 * @param place told the message's length in bytes, gives at least as many bytes, aligned to 8; encodes nothing itself
 * @returns the message's length in bytes
 * @throws NotShareableError before `place` is called; and what `place` throws
 * @example
 * ```ts
 * const target = new Uint8Array(64);
 * const length = encodeInto([1, 'two'], 'value', () => target);
 * console.log(decode(target.subarray(0, length))); // [ 1, 'two' ]
 * ```
 */
export function encodeInto(value: unknown, rootName: string, place: (length: number) => Uint8Array): number {
  return (encoder.busy ? new Encoder() : encoder).encodeInto(value, rootName, place);
}

/**
 * Decodes what `encode` made. The bytes may lie in shared memory and may be hostile.
 *
 * @param bytes exactly one message
 * @returns the value; nothing in it refers to `bytes`
 * @throws DecodeError for anything malformed
 * @example
 * ```ts
 * console.log(decode(encode([1, 'two', 3n]))); // [ 1, 'two', 3n ]
 * ```
 */
export function decode(bytes: Uint8Array): unknown {
  return (decoder.busy ? new Decoder() : decoder).decode(bytes);
}
