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

  it('of signals', async () => {
    const a = doubles(length);
    a[0] = -0;
    if (length > 7) a[5] = Infinity;
    await onHeap(a, 8, async (long) => {
      for (const taps of [1, 3, 4, 13]) {
        const v = doubles(taps);
        await onHeap(v, 0, (short) => {
          for (const mode of ['full', 'same', 'valid'] as const) {
            const wanted = kernels.convolveSync(long, short, { mode });
            expect(kernels.convolveSync(a, v, { mode }), note).toEqual(wanted);
            expect(kernels.convolveSync(v, a, { mode }), note).toEqual(wanted);
          }
        });
      }
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
        for (const options of [undefined, {}])
          expect(kernels.matmulSync(a, b, options), note).toEqual(wanted);
      });
      await onHeap(x, 0, (vector) => {
        const wanted = kernels.matvecSync(shared, vector);
        for (const options of [undefined, {}])
          expect(kernels.matvecSync(a, x, options), note).toEqual(wanted);
      });
      const wanted = kernels.transposeSync(shared);
      for (const options of [undefined, {}]) expect(kernels.transposeSync(a, options), note).toEqual(wanted);
    });
  });

  it('of pixels', async () => {
    const data = Uint8ClampedArray.from({ length: 4 * length * 3 }, () => next() * 256);
    const plain = { data, width: length, height: 3 };
    await onHeap(data, 4, (bytes) => {
      const shared = { ...plain, data: bytes };
      const grey = kernels.grayscaleSync(shared);
      const counts = kernels.imageHistogramSync(shared);
      for (const options of [undefined, {}]) {
        expect(kernels.grayscaleSync(plain, options), note).toEqual(grey);
        expect(kernels.imageHistogramSync(plain, options), note).toEqual(counts);
      }
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
        const lines = kernels.splitLinesSync(shared);
        const found = kernels.findSync(shared, 'ab');
        const crc = kernels.crc32Sync(shared);
        for (const options of [undefined, {}]) {
          expect(kernels.countLinesSync(text, options), note).toBe(lines.starts.length);
          expect(kernels.splitLinesSync(text, options), note).toEqual(lines);
          expect(kernels.findSync(text, Uint8Array.of(97, 98), options), note).toEqual(found);
          expect(kernels.crc32Sync(text, options), note).toBe(crc);
        }
        expect(kernels.countLinesSync(shared), note).toBe(lines.starts.length);
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

it('refuses what does not fit, short or not', () => {
  const wrong = { data: new Float64Array(3), rows: 2, cols: 2 };
  const pixels = { data: new Uint8Array(5), width: 1, height: 1 };
  const calls: (() => unknown)[] = [
    () => kernels.transposeSync(wrong),
    () => kernels.transposeSync({ ...wrong, rows: 1.5, cols: 2 }),
    () => kernels.matmulSync(wrong, wrong),
    () => kernels.matvecSync({ ...wrong, cols: 1, rows: 3 }, new Float64Array(2)),
    () => kernels.grayscaleSync(pixels),
    () => kernels.imageHistogramSync({ ...pixels, data: new Uint8Array(0), width: 0 }),
    () => kernels.addSync(new Float64Array(1), new Float64Array(2)),
    () => kernels.dotSync(new Float64Array(1), new Float64Array(2)),
    () => kernels.minSync(new Float64Array(0)),
    () => kernels.findSync(new Uint8Array(1), new Uint8Array(0)),
  ];
  for (const call of calls) expect(call).toThrow(RangeError);
  const types: (() => unknown)[] = [
    () => kernels.transposeSync(null as never),
    () => kernels.matvecSync(null as never, new Float64Array(2)),
    () => kernels.grayscaleSync({ ...pixels, data: new Int8Array(4) } as never),
    () => kernels.sumSync([1, 2] as never),
    () => kernels.sumSync(Object.create(Float64Array.prototype)),
    () => kernels.scaleSync(new Float64Array(1), '2' as never),
    () => kernels.fillSync(new Float64Array(1), '2' as never),
    () => kernels.filterSync(new Float64Array(1), 'toString' as never, 1),
    () => kernels.filterSync(new Float64Array(1), '<', '1' as never),
    () => kernels.sortSync('b' as never),
    () => kernels.countLinesSync(1 as never),
    () => kernels.searchSortedSync(new Float64Array(1), [1] as never),
  ];
  for (const call of types) expect(call).toThrow(/^Cannot run/);
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
