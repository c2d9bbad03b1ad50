import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, countLinesSync, splitLines, splitLinesSync } from '../../src/kernels/text';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

function reference(bytes: Uint8Array): { starts: number[]; ends: number[] } {
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] !== 10) continue;
    starts.push(start);
    ends.push(at > start && bytes[at - 1] === 13 ? at - 1 : at);
    start = at + 1;
  }
  if (start < bytes.length) {
    starts.push(start);
    ends.push(bytes.length);
  }
  return { starts, ends };
}

const plain = ({ starts, ends }: { starts: Uint32Array; ends: Uint32Array }) => ({
  starts: Array.from(starts),
  ends: Array.from(ends),
});

describe('lines', () => {
  it.each([
    '',
    '\n',
    '\r\n',
    '\r',
    'a',
    'a\n',
    'a\nb',
    'a\r\nb\r',
    '\n\n\r\n',
    '\ufeff',
    '\ufeff\n',
    '\ufeffa\r\nb',
    '\r\r\n',
  ])('are those of %j', (text) => {
    const wanted = reference(new TextEncoder().encode(text));
    expect(plain(splitLinesSync(text))).toEqual(wanted);
    expect(countLinesSync(text)).toBe(wanted.starts.length);
  });

  it('are those of any bytes', () => {
    const byte = fc.constantFrom(10, 10, 13, 97, 255, 0xef, 0xbb, 0xbf);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300 }), fc.nat(9), (text, skip) => {
        const bytes = Uint8Array.from(text).subarray(Math.min(skip, text.length));
        const wanted = reference(bytes);
        expect(plain(splitLinesSync(bytes))).toEqual(wanted);
        expect(countLinesSync(bytes)).toBe(wanted.starts.length);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([0.02, 0.9, 1])('are found across pieces, whoever does them (%f)', async (density) => {
    const next = random(SEED);
    const text = Uint8Array.from({ length: 700_001 }, () => (next() < density ? 10 : next() < 0.2 ? 13 : 65));
    const wanted = reference(text);
    expect(await countLines(text, { pool: shufflingPool(SEED) })).toBe(wanted.starts.length);
    const found = await splitLines(text, { pool: shufflingPool(SEED) });
    expect(Buffer.from(found.starts.buffer).equals(Buffer.from(Uint32Array.from(wanted.starts).buffer))).toBe(
      true,
    );
    expect(Buffer.from(found.ends.buffer).equals(Buffer.from(Uint32Array.from(wanted.ends).buffer))).toBe(
      true,
    );
    await onHeap(text, 3, async (shared) => {
      expect(await countLines(shared)).toBe(wanted.starts.length);
      expect((await splitLines(shared)).ends).toEqual(found.ends);
    });
  });

  it.each([null, 5, ['a'], new Int8Array(2)])('reject %o', async (text) => {
    await expect(countLines(text as never)).rejects.toThrow(TypeError);
    expect(() => countLinesSync(text as never)).toThrow(/^Cannot run countLines: "text"/);
    await expect(splitLines(text as never)).rejects.toThrow(TypeError);
    expect(() => splitLinesSync(text as never)).toThrow(/^Cannot run splitLines: "text"/);
  });
});
