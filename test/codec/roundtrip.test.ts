import { deepStrictEqual } from 'node:assert';
import { describe, expect, test } from 'vitest';
import { decode, encode, encodeInto } from '../../src/codec';
import { DecodeError, NotShareableError } from '../../src/errors';
import { CASES } from './_cases';

const roundTrip = <T>(value: T): T => decode(encode(value)) as T;

/** The same message where no part of it may be kept: in shared memory, unaligned, overwritten afterwards. */
function roundTripShared(value: unknown): unknown {
  const bytes = encode(value);
  const memory = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
  memory.set(bytes);
  const result = decode(memory);
  memory.fill(0xff);
  return result;
}

/** Written straight to where it shall lie. */
function roundTripInto(value: unknown): unknown {
  let target: Uint8Array = new Uint8Array(0);
  const length = encodeInto(value, 'value', (bytes) => {
    target = new Uint8Array(new SharedArrayBuffer(bytes + 16), 8).fill(0xff);
    return target;
  });
  expect(target.subarray(0, length)).toEqual(new Uint8Array(encode(value)));
  return decode(target.subarray(0, length));
}

describe('values', () => {
  test.each(CASES)('%s', (name, value) => {
    let expected: unknown;
    try {
      expected = structuredClone(value);
    } catch {
      expected = value; // Deeper than the runtime's own clone goes.
    }
    for (const result of [roundTrip(value), roundTripShared(value), roundTripInto(value)]) {
      if (name === 'a far element') {
        expect((result as unknown[]).length).toBe(4_000_000_001);
        expect(Object.keys(result as object)).toEqual(['4000000000']);
      } else {
        deepStrictEqual(result, expected);
      }
    }
  });

  test('undefined properties stay', () => expect(Object.keys(roundTrip({ a: undefined }))).toEqual(['a']));
  test('the own __proto__ is a property', () => {
    const result = roundTrip(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  test('an invalid date', () => expect(roundTrip(new Date(Number.NaN)).getTime()).toBeNaN());
  test('identity', () => {
    const part = { x: [1] };
    const [a, b, m] = roundTrip([part, part.x, new Map([[part, part]])] as const);
    expect(a.x).toBe(b);
    expect(m.get(a)).toBe(a);
  });
  test('views keep their shared buffer and their place in it', () => {
    const buffer = new ArrayBuffer(16);
    const [a, b] = roundTrip([new Uint8Array(buffer, 4, 4), new Float32Array(buffer, 4, 1)]);
    expect(a.buffer).toBe(b.buffer);
    expect([a.byteOffset, a.buffer.byteLength]).toEqual([4, 16]);
  });
  test('a small view of a large buffer takes no more than itself along', () => {
    const view = new Uint16Array(new ArrayBuffer(1 << 20), 512, 4).fill(7);
    expect(encode(view).length).toBeLessThan(64);
    const result = roundTrip([view, view]);
    expect([...result[0]]).toEqual([7, 7, 7, 7]);
    expect(result[0]).toBe(result[1]);
  });
  test('a subclass of a typed array arrives as what it extends', () => {
    expect(roundTrip(Buffer.from('abc')).constructor).toBe(Uint8Array);
    expect(roundTrip(new (class extends Map<number, number> {})([[1, 2]])).get(1)).toBe(2);
  });
  test('a property named constructor decides nothing', () => {
    expect(roundTrip({ constructor: 'Map', size: 3 } as object)).toEqual({ constructor: 'Map', size: 3 });
    expect(
      roundTrip(
        new (class {
          [Symbol.toStringTag] = 'Map';
          a = 1;
        })(),
      ),
    ).toEqual({ a: 1 });
  });
  test('a result does not depend on the buffer it was decoded from', () => {
    const bytes = encode({ data: new Uint8Array([1, 2, 3]), text: 'x'.repeat(100) });
    const result = decode(bytes) as { data: Uint8Array; text: string };
    encode({ other: new Uint8Array([9, 9, 9, 9]), text: 'y'.repeat(100) });
    expect([...result.data]).toEqual([1, 2, 3]);
    expect(result.text).toBe('x'.repeat(100));
  });
  test('an encoder called from a getter', () => {
    const value = {
      a: 1,
      get inner() {
        return [...encode({ a: 1, b: { a: 2 } })].length;
      },
      c: { a: 1, b: 2 },
    };
    expect(roundTrip(value)).toEqual({ a: 1, inner: value.inner, c: { a: 1, b: 2 } });
  });
  test('many different shapes forget the first and stay right', () => {
    for (let i = 0; i < 6000; i++)
      expect(roundTrip({ [`shape${i}`]: i, common: i })).toEqual({ [`shape${i}`]: i, common: i });
  });
});

describe('what cannot travel', () => {
  const revoked = new ArrayBuffer(8);
  structuredClone(revoked, { transfer: [revoked] });
  test.each<[string, unknown, string]>([
    ['a function', { args: [{ callback() {} }] }, 'args[0].callback: it is a function'],
    ['a symbol in a map', { m: new Map([['k', Symbol('s')]]) }, 'm.get("k"): it is a symbol'],
    ['a key of a map', { m: new Map([[() => 1, 1]]) }, 'm.keys()[0]: it is a function'],
    ['a set', { s: new Set([1, () => 1]) }, 's.values()[1]: it is a function'],
    ['an odd key', { 'a b': { é: () => 1 } }, '["a b"].é: it is a function'],
    ['a promise', [Promise.resolve()], '[0]: it is a Promise'],
    ['a WeakMap', [new WeakMap()], '[0]: it is a WeakMap'],
    ['a WeakRef', [new WeakRef({})], '[0]: it is a WeakRef'],
    ['a generator', [(function* () {})()], '[0]: it is a Generator'],
    ['an iterator', [[].values()], '[0]: it is a Array Iterator'],
    ['a URL', [new URL('http://x')], '[0]: it is a URL'],
    [
      'foreign shared memory',
      { a: new SharedArrayBuffer(8) },
      'a: it is a foreign SharedArrayBuffer; use "sharedArray"',
    ],
    [
      'a view of it',
      { a: new Uint8Array(new SharedArrayBuffer(8)) },
      'a: it lies over a foreign SharedArrayBuffer; use "sharedArray"',
    ],
    ['a detached buffer', { a: revoked }, 'a: it is detached'],
    [
      'a detached view',
      {
        a: (() => {
          const v = new Uint8Array(8);
          structuredClone(v.buffer, { transfer: [v.buffer] });
          return v;
        })(),
      },
      'a: its buffer is detached',
    ],
  ])('%s', (_, value, message) => {
    expect(() => encode(value, '')).toThrow(NotShareableError);
    expect(() => encode(value, '')).toThrow(`Cannot send ${message}`);
    expect(roundTrip([1])).toEqual([1]);
  });
  test('the root by its name', () =>
    expect(() => encode(() => 1, 'result')).toThrow('Cannot send result: it is a function'));
  test.each([1001, 100_000])('nesting of %i', (depth) => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = [value];
    expect(() => encode(value)).toThrow(/nested/);
  });
  test('an error of a getter is the caller’s own', () => {
    const value = {
      get a() {
        throw new TypeError('mine');
      },
    };
    expect(() => encode(value)).toThrow(new TypeError('mine'));
    expect(roundTrip({ a: 1 })).toEqual({ a: 1 });
  });
});

describe('what is no message', () => {
  test.each([
    [[]],
    [[0]],
    [[4, 0, 0, 0]],
    [[5, 0, 0, 0]],
    [[5, 0, 0, 0, 0xff]],
    [[5, 0, 0, 0, 0xcd]],
    [[6, 0, 0, 0, 1, 2]],
    [[5, 0, 0, 0, 1, 2]],
  ])('%j', (bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(DecodeError);
  });
  test('every truncation', () => {
    const bytes = encode(CASES.slice(0, 30)).slice();
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => decode(bytes.subarray(0, length))).toThrow(DecodeError);
  });
});
