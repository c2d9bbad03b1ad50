import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordCount, wordCountSync } from '../../src/kernels/text';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

/** Words by bytes, decoded one by one; Buffer.compare gives the order of bytes. */
function reference(text: Uint8Array | string): Array<[string, number]> {
  let bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const counts = new Map<string, number>();
  let start = -1;
  for (let i = 0; i <= bytes.length; i++) {
    const isSpace = i === bytes.length || bytes[i] === 32 || (bytes[i] >= 9 && bytes[i] <= 13);
    if (!isSpace && start < 0) start = i;
    if (isSpace && start >= 0) {
      const word = decoder.decode(bytes.subarray(start, i));
      counts.set(word, (counts.get(word) ?? 0) + 1);
      start = -1;
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])));
}

/** Words of the letters, `count` of them, about half of them seen before. */
function prose(count: number, seed: number, longest = 24): Uint8Array {
  const next = random(seed);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const known = Math.floor(next() ** 2 * i);
    const length = 1 + Math.floor(next() ** 3 * longest);
    const fresh = Array.from({ length }, () => 'abcdefgäöß\u0000z😀'.at(Math.floor(next() * 13))).join('');
    parts.push(next() < 0.6 && i > 0 ? parts[known] : fresh);
  }
  return new TextEncoder().encode(parts.map((word) => word + ' \t\n\v\f\r'[Math.floor(next() * 6)]).join(''));
}

describe('wordCount', () => {
  it.each([
    '',
    ' ',
    'a',
    'to be or not to be',
    ' \t\n\v\f\r',
    'a\u00a0b c\u2003d',
    '\ufeffbom \ufeffword',
    'a a\0 a\0\0 a',
    `${'x'.repeat(15)} ${'x'.repeat(16)} ${'x'.repeat(17)} ${'x'.repeat(16)}y`,
    `${'x'.repeat(40)}a ${'x'.repeat(40)}b ${'x'.repeat(40)}`,
    '😀 \uffff \ue000 z é',
    `${' '.repeat(63)}a${' '.repeat(63)}b`,
  ])('counts %j', (text) => {
    expect([...wordCountSync(text)]).toEqual(reference(text));
  });

  it.each([1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129])(
    'ends rightly after %i bytes',
    (length) => {
      for (const text of ['x'.repeat(length), `${' '.repeat(length - 1)}y`, `${'z'.repeat(length - 1)} `]) {
        expect([...wordCountSync(text)]).toEqual(reference(text));
      }
    },
  );

  it('counts whatever bytes there are', () => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(32, 9, 13, 14, 8, 97, 98, 0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300 }), fc.integer({ min: 0, max: 20 }), (bytes, skip) => {
        const text = Uint8Array.from(bytes).subarray(Math.min(skip, bytes.length));
        expect([...wordCountSync(text)]).toEqual(reference(text));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('makes one of invalid words that decode to equal strings', () => {
    const text = Uint8Array.of(0x80, 32, 0xff, 32, 0xef, 0xbf, 0xbd, 32, 97);
    expect([...wordCountSync(text)]).toEqual([
      ['\ufffd', 3],
      ['a', 1],
    ]);
  });

  it('counts a text of many stretches, whoever runs which pieces', async () => {
    const text = prose(120_000, SEED);
    const wanted = reference(text);
    const pool = shufflingPool(SEED);
    expect([...(await wordCount(text, { pool }))]).toEqual(wanted);
    expect(pool.phases).toBeGreaterThan(3);
    await onHeap(text, 5, async (shared) => {
      expect([...(await wordCount(shared))]).toEqual(wanted);
    });
  });

  it('goes on in another table where one gets full', async () => {
    const text = new TextEncoder().encode(Array.from({ length: 60_000 }, (_, i) => i.toString(36)).join(' '));
    expect([...(await wordCount(text, { pool: shufflingPool(SEED) }))]).toEqual(reference(text));
  });

  it('counts words longer than a stretch', async () => {
    const long = 'long'.repeat(50_000);
    const text = `${long} b ${long} ${long}c b b`;
    expect([...(await wordCount(text, { pool: shufflingPool(SEED) }))]).toEqual(reference(text));
  });

  it('takes a Uint8ClampedArray', () => {
    expect([...wordCountSync(Uint8ClampedArray.of(97, 32, 97))]).toEqual([['a', 2]]);
  });

  it.each([null, undefined, 7, ['a'], new Uint16Array(3), new DataView(new ArrayBuffer(3))])(
    'rejects %o',
    async (text) => {
      await expect(wordCount(text as never)).rejects.toThrow(TypeError);
      expect(() => wordCountSync(text as never)).toThrow(/^Cannot run wordCount: "text"/);
    },
  );
});
