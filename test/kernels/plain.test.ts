// What is short and lies off the heap is done in plain JavaScript: the same as the kernels give for what lies on it.

import { describe, expect, it } from 'vitest';
import * as kernels from '../../src/kernels/index';
import { onHeap, random, SEED } from './_shuffle';

const next = random(SEED);
const note = `SEED=${SEED}`;
const doubles = (length: number) => Float64Array.from({ length }, () => next() * 4 - 1);

/** Bytes of a text, with words, empty lines and both line ends. */
const prose = (length: number) =>
  Uint8Array.from({ length }, () => 'ab \n\r\nab,'.charCodeAt(Math.floor(next() * 9)));

describe.each([1, 2, 3, 7, 8, 15, 16, 33, 100])('%i elements', (length) => {
  it('of arrays', async () => {
    const a = doubles(length);
    const b = doubles(length).sort();
    const bytes = Uint8Array.from(a, (x) => x * 20 + 20);
    await onHeap(a, 8, async (x) => {
      for (const options of [{ bins: 10 }, { bins: 3, range: [-1, 1] }] as const)
        expect(kernels.histogramSync(a, options), note).toEqual(kernels.histogramSync(x, options));
      await onHeap(b, 0, (sorted) => {
        expect(kernels.searchSortedSync(b, a), note).toEqual(kernels.searchSortedSync(sorted, x));
        expect(kernels.searchSortedSync(b, b, { side: 'right' }), note).toEqual(
          kernels.searchSortedSync(sorted, sorted, { side: 'right' }),
        );
      });
    });
    await onHeap(bytes, 0, (shared) => {
      expect(kernels.bincountSync(bytes), note).toEqual(kernels.bincountSync(shared));
    });
  });

  it('of matrices', async () => {
    const a = { data: doubles(length * 5), rows: 5, cols: length };
    const b = { data: doubles(length * 3), rows: length, cols: 3 };
    const x = doubles(length);
    await onHeap(a.data, 8, async (first) => {
      const shared = { ...a, data: first };
      await onHeap(b.data, 0, (second) => {
        const wanted = kernels.matmulSync(shared, { ...b, data: second });
        expect(kernels.matmulSync(a, b), note).toEqual(wanted);
      });
      await onHeap(x, 0, (vector) => {
        expect(kernels.matvecSync(a, x), note).toEqual(kernels.matvecSync(shared, vector));
      });
      expect(kernels.transposeSync(a), note).toEqual(kernels.transposeSync(shared));
    });
  });

  it('of pixels', async () => {
    const data = Uint8ClampedArray.from({ length: 4 * length * 3 }, () => next() * 256);
    const plain = { data, width: length, height: 3 };
    await onHeap(data, 4, (bytes) => {
      const shared = { ...plain, data: bytes };
      expect(kernels.grayscaleSync(plain), note).toEqual(kernels.grayscaleSync(shared));
      expect(kernels.imageHistogramSync(plain), note).toEqual(kernels.imageHistogramSync(shared));
      const box = [length >> 1, 1, length - (length >> 1), 2] as const;
      expect(kernels.cropSync(plain, ...box), note).toEqual(kernels.cropSync(shared, ...box));
      const rows = [0, 1, length, 1] as const;
      expect(kernels.cropSync(plain, ...rows), note).toEqual(kernels.cropSync(shared, ...rows));
    });
  });

  it('of bytes', async () => {
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...prose(length));
    for (const text of [prose(length), marked]) {
      await onHeap(text, 1, (shared) => {
        expect(kernels.countLinesSync(text), note).toBe(kernels.countLinesSync(shared));
        expect(kernels.splitLinesSync(text), note).toEqual(kernels.splitLinesSync(shared));
        for (const pattern of ['a', 'ab', 'ab\n'])
          for (const limit of [1, 3, Infinity])
            expect(kernels.findSync(text, pattern, { limit }), note).toEqual(
              kernels.findSync(shared, pattern, { limit }),
            );
        for (const value of [0, 0xcafe_babe])
          expect(kernels.crc32Sync(text, { value }), note).toBe(kernels.crc32Sync(shared, { value }));
      });
    }
  });
});

it('lists primes below a limit as the sieve does above it', () => {
  const all = kernels.primesSync(0, 12_000);
  for (const [lo, hi] of [
    [-5, 10_000],
    [0, 2],
    [0, 8],
    [7, 8],
    [8, 50],
    [9, 10],
    [24, 9_999],
    [9_000, 10_001],
  ]) {
    const wanted = all.filter((p) => p >= lo && p < hi);
    expect(kernels.primesSync(lo, hi)).toEqual(wanted);
    expect(kernels.countPrimesSync(lo, hi)).toBe(wanted.length);
  }
});
