/** Reads what has no parts, never past the end of the message: the lower half of the decoder. */
import { DecodeError } from '../errors.js';
import * as F from './_format.js';

export const INITIAL_BYTES = 4096;
/** ASCII strings up to here are put together from codes, longer ones by `TextDecoder` (measured). */
const CODES_STRING = 24;

const { fromCharCode } = String;
const textDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Fails with where and why. */
export function malformed(position: number, reason: string): never {
  throw new DecodeError(`Cannot decode the value at byte ${position}: ${reason}`);
}

function decodeUtf16(view: DataView, begin: number, end: number): string {
  let text = '';
  for (let i = begin; i < end; i += 2) text += fromCharCode(view.getUint16(i, true));
  return text;
}

export class Reader {
  /** A private copy of the structure. */
  protected bytes = new Uint8Array(INITIAL_BYTES);
  protected view = new DataView(this.bytes.buffer);
  protected position = 0;
  /** Where the structure ends; the buffer is longer. */
  protected end = 0;

  protected allocate(length: number): void {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Steps over `length` bytes that the message must have; returns where they begin. */
  protected take(length: number): number {
    const { position } = this;
    if (length > this.end - position)
      malformed(position, `want ${length} bytes more, got ${this.end - position}`);
    this.position = position + length;
    return position;
  }

  protected readVarint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.take(1)];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    return malformed(this.position, 'a number is too large');
  }

  /** A varint that counts things of at least `least` bytes each, so that it bounds what is allocated. */
  protected readCount(least: number): number {
    const count = this.readVarint();
    if (count * least > this.end - this.position)
      malformed(this.position, `want ${count} items, got too few bytes`);
    return count;
  }

  protected readAscii(length: number): string {
    const { bytes } = this;
    const at = this.take(length);
    if (length > CODES_STRING) return textDecoder.decode(bytes.subarray(at, at + length));
    let text = '';
    let i = at;
    const end = at + length;
    let seen = 0;
    for (; i + 4 <= end; i += 4) {
      const a = bytes[i];
      const b = bytes[i + 1];
      const c = bytes[i + 2];
      const d = bytes[i + 3];
      seen |= a | b | c | d;
      text += fromCharCode(a, b, c, d);
    }
    for (; i < end; i++) {
      seen |= bytes[i];
      text += fromCharCode(bytes[i]);
    }
    if (seen >= 0x80) malformed(at, 'a string is not ASCII');
    return text;
  }

  protected readLongString(tag: number): string {
    const length = this.view.getUint32(this.take(4), true);
    const at = this.take(length);
    if (tag === F.STRING_UTF16) {
      if (length % 2 !== 0) malformed(at, 'a UTF-16 string has half a unit');
      return decodeUtf16(this.view, at, at + length);
    }
    return textDecoder.decode(this.bytes.subarray(at, at + length));
  }
}
