// Copies between shared memory and a program's own, at the lengths where the way of copying changes.

import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { copyBytes, copyElements, newBytes, ownBytes, ownElements } from '../../src/runtime/copy';

const LENGTHS = [0, 1, 7, 2047, 2048, 2049, 4096, 65_536, 1_000_003];
const shared = (length: number) => new Uint8Array(new SharedArrayBuffer(length + 16), 8, length);
const filled = <T extends Uint8Array>(bytes: T): T => {
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 31 + (i >>> 8);
  return bytes;
};

test.each(LENGTHS)('%i bytes into shared memory, out of it, and within', (length) => {
  const source = filled(new Uint8Array(length));
  const middle = new Uint8Array(new SharedArrayBuffer(length + 24));
  copyBytes(middle, 8, source);
  expect(middle.subarray(0, 8).every((byte) => byte === 0)).toBe(true);
  expect(middle.subarray(8 + length).every((byte) => byte === 0)).toBe(true);
  const back = new Uint8Array(length);
  copyBytes(back, 0, middle.subarray(8, 8 + length));
  expect(Buffer.compare(back, source)).toBe(0);
});

test.each(LENGTHS)('%i new bytes', (length) => {
  const bytes = newBytes(length);
  expect(bytes.buffer).toBeInstanceOf(ArrayBuffer);
  expect([bytes.byteOffset, bytes.length, bytes.buffer.byteLength]).toEqual([0, length, length]);
});

test.each(LENGTHS)('%i bytes of their own', (length) => {
  const source = filled(shared(length));
  const own = ownBytes(source);
  expect(own.buffer).toBeInstanceOf(ArrayBuffer);
  expect(own.constructor).toBe(Uint8Array);
  expect(own.buffer.byteLength).toBe(length);
  expect(Buffer.compare(own, source)).toBe(0);
  source.fill(0);
  expect(own.some((byte) => byte !== 0)).toBe(length > 1);
});

test.each([Float64Array, Float32Array, Int16Array, BigUint64Array, Uint8ClampedArray])(
  'elements of a %o',
  (type) => {
    const bytes = filled(shared(8 * 1500));
    const view = new type(bytes.buffer as unknown as ArrayBuffer, 8, bytes.length / type.BYTES_PER_ELEMENT);
    const own = ownElements(view);
    expect(own).toBeInstanceOf(type);
    expect(own.buffer).toBeInstanceOf(ArrayBuffer);
    const target = new type(own.length + 1);
    copyElements(target, own);
    for (const copy of [own, target]) {
      expect(Buffer.compare(new Uint8Array(copy.buffer, 0, bytes.length), bytes)).toBe(0);
    }
    expect(Number(target[own.length])).toBe(0);
  },
);

test('elements of another type are converted', () => {
  const numbers = Float64Array.from({ length: 5000 }, (_, i) => i / 2);
  const target = new Int32Array(5000);
  copyElements(target, numbers);
  expect(target[9]).toBe(4);
});

test('what does not fit is refused, and nothing is repeated', () => {
  expect(() => copyElements(new Float64Array(4999), new Float64Array(5000))).toThrow(RangeError);
  const target = new Float64Array(10_000);
  copyElements(target, new Float64Array(5000).fill(1));
  expect(target[4999]).toBe(1);
  expect(target[5000]).toBe(0);
});
