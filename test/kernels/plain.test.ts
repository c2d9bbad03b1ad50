// What is short and lies off the heap is done in plain JavaScript: the same as the kernels give for what lies on it. More
// than 400 lines: a few for each of the kernels that have such a way, all with the same inputs.

import { describe, expect, it } from 'vitest';
import * as kernels from '../../src/kernels/index';
import { onHeap, random, SEED } from './_shuffle';

const next = random(SEED);
const note = `SEED=${SEED}`;
const doubles = (length: number) => Float64Array.from({ length }, () => next() * 4 - 1);

/** Bytes of a text, with words, empty lines and both line ends. */
const prose = (length: number) =>
  Uint8Array.from({ length }, () => 'ab \n\r\nab,'.charCodeAt(Math.floor(next() * 9)));

/** What the call gives or throws. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

const EDGES = [
  -0,
  0,
  1,
  -1,
  0.5,
  708,
  709,
  709.7,
  710,
  -708,
  -720,
  -745,
  -746,
  5e-324,
  2.3e-308,
  1.7e308,
  Infinity,
  -Infinity,
  NaN,
];

describe.each([1, 2, 3, 7, 8, 15, 16, 32, 33, 100, 128, 256])('%i elements', (length) => {
  it('of arrays', async () => {
    const a = doubles(length);
    const b = doubles(length).sort();
    const bytes = Uint8Array.from(a, (x) => x * 20 + 20);
    await onHeap(a, 8, async (x) => {
      for (const options of [{ bins: 10 }, { bins: 3, range: [-1, 1] }] as const)
        expect(kernels.histogramSync(a, options), note).toEqual(kernels.histogramSync(x, options));
      // What is no number, far away or on an edge, at every place of a vector.
      const odd = a.map((number) => (next() < 0.3 ? EDGES[Math.floor(next() * EDGES.length)] : number));
      await onHeap(odd, 0, (shared) => {
        for (const bins of [1, 2, 7, 100])
          for (const range of [
            [-1, 1],
            [-710, 3],
            [1, 1 + 2 ** -51],
          ] as const)
            expect(kernels.histogramSync(odd, { bins, range }), note).toEqual(
              kernels.histogramSync(shared, { bins, range }),
            );
      });
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

  it('of arrays, one by one', async () => {
    for (const numbers of [
      doubles(length),
      doubles(length).map((x) => x * 200),
      doubles(length).map((x) => Math.abs(x) * 2 ** (2040 * next() - 1020)),
      Float64Array.from(EDGES),
    ]) {
      for (const a of [numbers, Float32Array.from(numbers)]) {
        await onHeap(a, 8, (shared) => {
          for (const op of ['exp', 'log', 'log2', 'log10'] as const) {
            const wanted = kernels.mapSync(shared, op);
            expect(kernels.mapSync(a, op), `${note} ${op}`).toEqual(wanted);
            expect(kernels.mapSync(a, op, { out: a.slice() }), `${note} ${op}`).toEqual(wanted);
          }
        });
      }
    }
    const whole = Uint32Array.from({ length }, () => next() * 2 ** (4 + 20 * next()));
    for (const a of [whole, Float64Array.from(whole), BigInt64Array.from(whole, BigInt), doubles(length)])
      await onHeap(a, 8, (shared) => {
        expect(kernels.isPrimeSync(a), note).toEqual(kernels.isPrimeSync(shared));
      });
  });

  it.each([Float64Array, Float32Array])('of transforms of a %o', async (Type) => {
    const re = new Type(doubles(length));
    const im = new Type(doubles(length));
    re[0] = -0;
    if (length > 7) im[3] = 0;
    await onHeap(re, 8, async (first) => {
      expect(kernels.fftSync(re), note).toEqual(kernels.fftSync(first));
      await onHeap(im, 0, (second) => {
        for (const inverse of [false, true]) {
          const wanted = kernels.fftSync(first, second, { inverse });
          expect(kernels.fftSync(re, im, { inverse }), note).toEqual(wanted);
          const out = { re: new Type(length), im: new Type(length) };
          expect(kernels.fftSync(re, im, { inverse, out })).toBe(out);
          expect(out, note).toEqual(wanted);
        }
      });
    });
  });

  it('of simulations', async () => {
    const seed = Math.floor(next() * 2 ** 53);
    const stream = Math.floor(next() * 2 ** 53);
    const offset = Math.floor(next() * 2 ** 40);
    await onHeap(new Float64Array(length), 8, (out) => {
      const options = { seed, stream, offset, low: -1, high: 2 };
      expect(kernels.randomUniformSync(length, options), note).toEqual(
        kernels.randomUniformSync(length, { ...options, out }),
      );
    });
    for (const type of [Float64Array, Float32Array])
      await onHeap<Float32Array | Float64Array, void>(new type(length), 8, (out) => {
        for (const from of [offset, 2 * offset, 2 * offset + 1]) {
          const options = { seed, stream, offset: from, mean: 1, std: 3, type };
          expect(kernels.randomNormalSync<Float32Array | Float64Array>(length, options), note).toEqual(
            kernels.randomNormalSync<Float32Array | Float64Array>(length, { ...options, out }),
          );
        }
      });
    await onHeap(new Uint16Array(length), 8, (out) => {
      for (const maxIterations of [0, 7, 150])
        for (const [width, height] of [
          [length, 1],
          [1, length],
        ])
          expect(kernels.mandelbrotSync(width, height, { maxIterations }), note).toEqual(
            kernels.mandelbrotSync(width, height, { maxIterations, out }),
          );
    });
    const data = doubles(3 * length);
    const single = Float32Array.from(data);
    const k = Math.min(length, 5);
    for (const numbers of [data, single])
      await onHeap<Float32Array | Float64Array, void>(numbers, 8, (cloud) => {
        for (const options of [
          {},
          { maxIterations: 0 },
          { init: { data: numbers.slice(0, 3 * k), rows: k, cols: 3 } },
        ])
          expect(kernels.kmeansSync({ data: numbers, rows: length, cols: 3 }, k, options), note).toEqual(
            kernels.kmeansSync({ data: cloud, rows: length, cols: 3 }, k, options),
          );
      });
    const fields = ['x', 'y', 'z', 'vx', 'vy', 'vz', 'mass'] as const;
    const state = Object.fromEntries(fields.map((name) => [name, doubles(Math.min(length, 100))])) as Record<
      (typeof fields)[number],
      Float64Array
    >;
    await onHeap(state.x, 8, (x) => {
      for (const options of [{}, { steps: 3, softening: 0.1, G: 2, dt: 0.1 }])
        expect(kernels.nbodySync(state, options), note).toEqual(kernels.nbodySync({ ...state, x }, options));
    });
  });

  it('of words and tables', async () => {
    const tables = [
      '1,2',
      '1, 2.5e3 ,\n\n\r\n-4,x,"5"\r\n',
      ' "a""b", 7\r\n1,2\n\r',
      '\n1\n2\n\n3',
      '\ufeff1;2\n3;4',
      `-0,.5,5.,-,.\r\n-12.25,${'9'.repeat(15)},${'9'.repeat(16)},0.${'1'.repeat(length)},1e3\r\n`,
      '1.2.3,0x1\n1,\n',
    ];
    const rows = Array.from(
      { length },
      () => `${next()},${Math.floor(next() * 99)}e${Math.floor(next() * 9)}`,
    );
    for (const table of [...tables, rows.join('\n'), rows.join('\r\n')]) {
      const text = new TextEncoder().encode(table);
      await onHeap(text, 1, (shared) => {
        for (const options of [undefined, { header: true }, { delimiter: ';', columns: [0, 0] }])
          expect(
            outcome(() => kernels.parseCsvNumbersSync(text, options)),
            note,
          ).toEqual(outcome(() => kernels.parseCsvNumbersSync(shared, options)));
      });
    }
    const uneven = new TextEncoder().encode('1,2\n\n3\n');
    await onHeap(uneven, 0, (shared) => {
      for (const text of [uneven, shared])
        expect(() => kernels.parseCsvNumbersSync(text), note).toThrow(/line 3 has to have 2 fields, came 1/);
    });
    const broken = Uint8Array.from(
      { length },
      () => [32, 97, 98, 0xc3, 0xa4, 0xf0, 0x9f, 0xed][Math.floor(next() * 8)],
    );
    const letters = new TextEncoder().encode('Zebra ähnlich \u{1f600}! \uffee zwei zwei\tdrei ähnlich');
    for (const text of [prose(length), broken, letters, Uint8Array.of(0xef, 0xbb, 0xbf, ...prose(length))])
      await onHeap(text, 1, (shared) => {
        expect([...kernels.wordCountSync(text)], note).toEqual([...kernels.wordCountSync(shared)]);
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
    await onHeap(data, 4, async (bytes) => {
      const shared = { ...plain, data: bytes };
      const grey = kernels.grayscaleSync(shared);
      const counts = kernels.imageHistogramSync(shared);
      for (const options of [undefined, {}]) {
        expect(kernels.grayscaleSync(plain, options), note).toEqual(grey);
        expect(kernels.imageHistogramSync(plain, options), note).toEqual(counts);
      }
      const top = Uint8ClampedArray.from(data, (x, i) =>
        i % 4 === 3 ? (x > 200 ? 255 : x > 100 ? 0 : x) : x,
      );
      const over = { data: top, width: 3, height: length };
      const opaque = { ...plain, data: data.map((x, i) => (i % 4 === 3 ? 255 : x)) };
      const pairs = [
        [plain, over],
        [over, plain],
        [opaque, over],
      ] as const;
      for (const [base, above] of pairs) {
        const kept = kernels.cropSync(base, 0, 0, base.width, base.height).data;
        await onHeap(above.data, 4, (shared) => {
          for (const options of [{}, { opacity: 0.3, x: -1, y: -2 }, { opacity: 0.001 }, { x: length - 2 }]) {
            const wanted = kernels.compositeSync(base, { ...above, data: shared }, options);
            expect(kernels.compositeSync(base, above, options), note).toEqual(wanted);
            const out = new Uint8ClampedArray(kept.length);
            expect(kernels.compositeSync(base, above, { ...options, out }).data).toBe(out);
            expect(out, note).toEqual(wanted.data);
          }
        });
        expect(base.data).toEqual(kept);
      }
      const weights = [1, 3, 5].map((side) =>
        [0, 1, 2].map(() => Array.from({ length: side }, () => next() - 0.3)),
      );
      for (const matrix of weights)
        for (const options of [{}, { divisor: 0.1, offset: 9 }])
          expect(kernels.convolve2dSync(plain, matrix, options), note).toEqual(
            kernels.convolve2dSync(shared, matrix, options),
          );
      const side = Math.min(length, 9);
      for (const small of [
        { data: data.slice(0, 4 * side * 3), width: side, height: 3 },
        { data: top.slice(0, 4 * side), width: 1, height: side },
        { data: opaque.data.slice(0, 4 * side * 2), width: side, height: 2 },
      ])
        await onHeap(small.data, 4, (pixels) => {
          const twin = { ...small, data: pixels };
          for (const [width, height] of [
            [1, 1],
            [2, 5],
            [side, 1],
            [7, 3],
          ])
            for (const filter of ['lanczos3', 'bilinear', 'nearest'] as const) {
              const wanted = kernels.resizeSync(twin, width, height, { filter });
              expect(kernels.resizeSync(small, width, height, { filter }), note).toEqual(wanted);
              const out = new Uint8ClampedArray(4 * width * height);
              expect(kernels.resizeSync(small, width, height, { filter, out }).data).toBe(out);
              expect(out, note).toEqual(wanted.data);
            }
          for (const sigma of [0.3, 1, 4])
            expect(kernels.blurSync(small, sigma), note).toEqual(kernels.blurSync(twin, sigma));
        });
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
  const pixel = { data: new Uint8Array(4), width: 1, height: 1 };
  const calls: (() => unknown)[] = [
    () => kernels.cropSync(pixel, 0, 0, 2, 1),
    () => kernels.compositeSync(pixel, pixel, { opacity: 1.5 }),
    () => kernels.compositeSync(pixel, pixel, { x: 0.5 }),
    () => kernels.blurSync(pixel, -1),
    () => kernels.resizeSync(pixel, 0, 1),
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
    () => kernels.blurSync(pixel, '2' as never),
    () => kernels.resizeSync(pixel, '2' as never, 1),
    () => kernels.cropSync(pixel, '0' as never, 0, 1, 1),
    () => kernels.compositeSync(pixel, pixel, { opacity: '0.5' as never }),
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
