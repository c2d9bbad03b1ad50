import { createHash } from 'node:crypto';
import { crc32 as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, crc32Sync, find, findSync, sha256, sha256Sync } from '../../src/kernels/text';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 55, 56, 63, 64, 65, 119, 120, 128, 200];
const noise = (length: number, seed: number) => {
  const next = random(seed);
  return Uint8Array.from({ length }, () => next() * 256);
};

/** The crc a bit at a time; Node's own where there is one. */
function crcOf(bytes: Uint8Array, value = 0): number {
  if (zlib) return zlib(bytes, value);
  let crc = ~value;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe('crc32', () => {
  it.each(LENGTHS)("is zlib's for %i bytes", (length) => {
    const bytes = noise(length + 3, length).subarray(3);
    expect(crc32Sync(bytes)).toBe(crcOf(bytes));
    expect(crc32Sync(bytes, { value: 0xdeadbeef })).toBe(crcOf(bytes, 0xdeadbeef));
  });

  it('joins pieces, whoever does them', async () => {
    expect(await crc32('123456789')).toBe(0xcbf43926);
    const bytes = noise(1_000_003, 1);
    const wanted = crcOf(bytes);
    expect(await crc32(bytes, { pool: shufflingPool(SEED) })).toBe(wanted);
    await onHeap(bytes, 7, async (shared) => expect(await crc32(shared)).toBe(wanted));
    const half = crc32Sync(bytes.subarray(0, 400_000));
    expect(crc32Sync(bytes.subarray(400_000), { value: half })).toBe(wanted);
  });

  it.each([
    [TypeError, 5, {}],
    [TypeError, new Uint16Array(2), {}],
    [RangeError, 'a', { value: -1 }],
    [RangeError, 'a', { value: 2 ** 32 }],
    [RangeError, 'a', { value: 0.5 }],
    [TypeError, 'a', { value: '0' }],
  ])('rejects with %o (case %#)', async (error, bytes, options) => {
    await expect(crc32(bytes as never, options as never)).rejects.toThrow(error);
    expect(() => crc32Sync(bytes as never, options as never)).toThrow(/^Cannot run crc32: "/);
  });
});

describe('sha256', () => {
  const hashOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

  it.each(LENGTHS)('is the digest of %i bytes', (length) => {
    const bytes = noise(length + 1, length).subarray(1);
    expect(sha256Sync(bytes, { encoding: 'hex' })).toBe(hashOf(bytes));
  });

  it('takes lists of any lengths, in order', async () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7, 31, 32, 33, 150]) {
      const next = random(SEED + count);
      const list = Array.from({ length: count }, (_, i) => noise(Math.floor(next() ** 4 * 900), i));
      expect(sha256Sync(list, { encoding: 'hex' })).toEqual(list.map(hashOf));
      expect(await sha256(list, { encoding: 'hex', pool: shufflingPool(SEED) })).toEqual(list.map(hashOf));
    }
  });

  it('goes alone where one message is much longer', () => {
    const list = [noise(10, 1), noise(100_000, 2), noise(64, 3)];
    expect(sha256Sync(list, { encoding: 'hex' })).toEqual(list.map(hashOf));
  });

  it('gives bytes by default, of strings too', async () => {
    expect(await sha256('abc')).toEqual(new Uint8Array(createHash('sha256').update('abc').digest()));
    expect(await sha256(['', 'ä'], { encoding: 'hex' })).toEqual([hashOf(''), hashOf('ä')]);
    await onHeap(noise(100, 1), 3, async (shared) => {
      expect(await sha256(shared, { encoding: 'hex' })).toBe(hashOf(shared.slice()));
    });
  });

  it.each([[5], [null], [['a', 5]], [new Uint32Array(2)]])('rejects %o', async (bytes) => {
    await expect(sha256(bytes as never)).rejects.toThrow(TypeError);
    await expect(sha256('a', { encoding: 'base64' as never })).rejects.toThrow(TypeError);
  });
});

describe('find', () => {
  function offsets(text: Uint8Array, pattern: Uint8Array): number[] {
    const found: number[] = [];
    for (let at = 0; at + pattern.length <= text.length; at++) {
      if (pattern.every((byte, i) => text[at + i] === byte)) found.push(at);
    }
    return found;
  }

  it('finds all, overlapping ones too', () => {
    const letter = fc.constantFrom(97, 98);
    fc.assert(
      fc.property(
        fc.array(letter, { maxLength: 200 }),
        fc.array(letter, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        (text, pattern, skip) => {
          const bytes = Uint8Array.from(text).subarray(Math.min(skip, text.length));
          expect(Array.from(findSync(bytes, Uint8Array.from(pattern)))).toEqual(
            offsets(bytes, Uint8Array.from(pattern)),
          );
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('finds across pieces, whoever does them, up to a limit', async () => {
    const text = noise(600_000, 2).map((byte) => byte & 3);
    const pattern = Uint8Array.of(1, 2, 3, 1, 0, 2);
    const wanted = offsets(text, pattern);
    expect(wanted.length).toBeGreaterThan(50);
    expect(Array.from(await find(text, pattern, { pool: shufflingPool(SEED) }))).toEqual(wanted);
    await onHeap(text, 1, async (shared) => expect(Array.from(await find(shared, pattern))).toEqual(wanted));
    for (const limit of [0, 1, 49, wanted.length, wanted.length + 1, Number.POSITIVE_INFINITY]) {
      const found = await find(text, pattern, { limit, pool: shufflingPool(SEED) });
      expect(Array.from(found)).toEqual(wanted.slice(0, limit));
    }
  });

  it('counts bytes of UTF-8, and takes patterns longer than the text', () => {
    expect([...findSync('ä€ä', 'ä')]).toEqual([0, 5]);
    expect([...findSync('ab', 'abc')]).toEqual([]);
    expect([...findSync('', 'a')]).toEqual([]);
    expect([...findSync('abc', 'abc')]).toEqual([0]);
  });

  it.each([
    [RangeError, 'a', '', {}],
    [TypeError, 'a', 7, {}],
    [TypeError, [], 'a', {}],
    [RangeError, 'a', 'a', { limit: -1 }],
    [RangeError, 'a', 'a', { limit: Number.NaN }],
    [TypeError, 'a', 'a', { limit: '1' }],
  ])('rejects with %o (case %#)', async (error, bytes, pattern, options) => {
    await expect(find(bytes as never, pattern as never, options as never)).rejects.toThrow(error);
    expect(() => findSync(bytes as never, pattern as never, options as never)).toThrow(/^Cannot run find: "/);
  });
});
