/** Writes what has no parts, into a buffer that grows: the lower half of the encoder. */
import * as F from './_format.js';
import { Unsendable, WHOLE } from './_path.js';

export const INITIAL_BYTES = 4096;
/** Strings up to here are cheaper to copy in a loop than by `encodeInto` (measured). */
const LOOP_STRING = 24;

const textEncoder = /* @__PURE__ */ new TextEncoder();
const isWellFormed: (this: string) => boolean =
  (String.prototype as { isWellFormed?: () => boolean }).isWellFormed ??
  function (this: string) {
    return !/\p{Surrogate}/u.test(this);
  };

export class Writer {
  protected bytes = new Uint8Array(INITIAL_BYTES);
  protected view = new DataView(this.bytes.buffer);
  protected position = 0;

  protected allocate(length: number): void {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  protected grow(needed: number): void {
    const old = this.bytes;
    const used = this.position;
    try {
      this.allocate(Math.max(old.length * 2, used + needed));
    } catch {
      throw new Unsendable(WHOLE, `it takes more than ${used + needed} bytes`);
    }
    this.bytes.set(old.subarray(0, used));
  }

  protected ensure(needed: number): void {
    if (this.position + needed > this.bytes.length) this.grow(needed);
  }

  protected writeByte(byte: number): void {
    this.ensure(1);
    this.bytes[this.position++] = byte;
  }

  protected writeVarint(value: number): void {
    this.ensure(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.position++] = rest;
  }

  protected writeNumber(value: number): void {
    this.ensure(9);
    const int = value | 0;
    if (int === value && (int !== 0 || 1 / value > 0)) {
      if (int >= 0 && int < 128) {
        this.bytes[this.position++] = int;
      } else if (int >= -0x80 && int < 0x80) {
        this.bytes[this.position++] = F.INT8;
        this.bytes[this.position++] = int;
      } else if (int >= -0x8000 && int < 0x8000) {
        this.bytes[this.position++] = F.INT16;
        this.view.setInt16(this.position, int, true);
        this.position += 2;
      } else {
        this.bytes[this.position++] = F.INT32;
        this.view.setInt32(this.position, int, true);
        this.position += 4;
      }
    } else {
      this.bytes[this.position++] = F.FLOAT64;
      this.view.setFloat64(this.position, value, true);
      this.position += 8;
    }
  }

  protected writeBigInt(value: bigint): void {
    this.ensure(9);
    if (BigInt.asIntN(64, value) === value) {
      this.bytes[this.position++] = F.BIGINT64;
      this.view.setBigInt64(this.position, value, true);
      this.position += 8;
    } else {
      this.bytes[this.position++] = F.BIGINT;
      this.bytes[this.position++] = value < 0n ? 1 : 0;
      this.writeString((value < 0n ? -value : value).toString(16));
    }
  }

  protected writeString(value: string): void {
    const length = value.length;
    if (length <= LOOP_STRING) {
      this.ensure(length + 1);
      const { bytes, position } = this;
      let i = 0;
      for (; i < length; i++) {
        const unit = value.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[position + 1 + i] = unit;
      }
      if (i === length) {
        bytes[position] = F.SHORT_STRING | length;
        this.position = position + 1 + length;
        return;
      }
    }
    this.writeStringSlow(value);
  }

  protected writeStringSlow(value: string): void {
    const length = value.length;
    this.ensure(length * 3 + 5);
    const start = this.position;
    const { written } = textEncoder.encodeInto(value, this.bytes.subarray(start + 5));
    if (written === length) {
      if (length <= F.SHORT_STRING_MAX) {
        this.bytes[start] = F.SHORT_STRING | length;
        this.bytes.copyWithin(start + 1, start + 5, start + 5 + length);
        this.position = start + 1 + length;
        return;
      }
      this.bytes[start] = F.STRING_ASCII;
    } else if (isWellFormed.call(value)) {
      this.bytes[start] = F.STRING_UTF8;
    } else {
      this.bytes[start] = F.STRING_UTF16;
      this.view.setUint32(start + 1, length * 2, true);
      for (let i = 0; i < length; i++) this.view.setUint16(start + 5 + i * 2, value.charCodeAt(i), true);
      this.position = start + 5 + length * 2;
      return;
    }
    this.view.setUint32(start + 1, written, true);
    this.position = start + 5 + written;
  }
}
