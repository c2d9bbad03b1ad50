// matmul, matvec and transpose against loops in plain JavaScript, at the sizes where tiles, panels and pieces end.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPTH, PIECE_COLS, PIECE_ROWS } from '../../assembly/kernels/matrices/sizes';
import type { FloatArray } from '../../src/kernels/_check';
import {
  type Matrix,
  matmul,
  matmulSync,
  matvec,
  matvecSync,
  transpose,
  transposeSync,
} from '../../src/kernels/matrices';
import { ANY_TYPES, byName, expectSame, FLOAT_TYPES, make, NO_ARRAYS } from './_arrays';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

type FloatType = Float64ArrayConstructor | Float32ArrayConstructor;

function matrix(Type: FloatType, rows: number, cols: number, seed = SEED): Matrix {
  const next = random(seed + rows * 31 + cols);
  return { data: new Type(rows * cols).map(() => next() - 0.4), rows, cols };
}

/** Checks the product against sums in f64 and the contract's bound. */
function expectProduct(a: Matrix, b: Matrix, product: Matrix): void {
  const unit = a.data instanceof Float32Array ? 2 ** -24 : 2 ** -53;
  expect([product.rows, product.cols]).toEqual([a.rows, b.cols]);
  expect(product.data.constructor).toBe(a.data.constructor);
  for (let i = 0; i < a.rows; i++) {
    const sums = new Float64Array(b.cols);
    const sizes = new Float64Array(b.cols);
    for (let k = 0; k < a.cols; k++) {
      const x = a.data[i * a.cols + k];
      for (let j = 0; j < b.cols; j++) {
        const term = x * b.data[k * b.cols + j];
        sums[j] += term;
        sizes[j] += Math.abs(term);
      }
    }
    for (let j = 0; j < b.cols; j++) {
      const got = product.data[i * b.cols + j];
      // The reference is itself off by as much, in f64.
      const bound = 2 * a.cols * (unit + 2 ** -53) * sizes[j];
      if (!(Math.abs(got - sums[j]) <= bound) && !Object.is(got, sums[j])) {
        expect(`[${i}, ${j}] ${got}`).toBe(`[${i}, ${j}] ${sums[j]} ± ${bound} (seed ${SEED})`);
      }
    }
  }
}

const SHAPES: Array<[number, number, number]> = [
  [1, 1, 1],
  [2, 3, 4],
  [5, 7, 3],
  [16, 16, 17],
  [24, 24, 24],
  [25, 24, 25],
  [1, 300, 1],
  [3, DEPTH + 1, 5],
  [4, 2 * DEPTH, 8],
  [7, 2 * DEPTH + 3, 9],
  [PIECE_ROWS - 1, 40, 31],
  [PIECE_ROWS + 1, 40, 33],
  [2 * PIECE_ROWS + 3, 21, PIECE_COLS + 5],
  [1, 30, 2 * PIECE_COLS + 1],
  [70, 1, 70],
  [130, DEPTH, 61],
];

describe.each(byName(FLOAT_TYPES))('matmul of %s', (_, Type) => {
  it.each(SHAPES)('%i × %i by %i columns', async (m, k, n) => {
    const a = matrix(Type, m, k);
    const b = matrix(Type, k, n, SEED + 1);
    const product = matmulSync(a, b);
    expectProduct(a, b, product);
    expectSame((await matmul(a, b, { pool: shufflingPool(SEED) })).data, product.data);
    await onHeap(a.data, Type.BYTES_PER_ELEMENT, async (data) => {
      expectSame((await matmul({ ...a, data }, b, { pool: shufflingPool(SEED + 1) })).data, product.data);
    });
    await onHeap(product.data.map(() => 9) as FloatArray, 3 * Type.BYTES_PER_ELEMENT, async (out) => {
      const result = await matmul(a, b, { out, pool: shufflingPool(SEED + 2) });
      expect(result.data).toBe(out);
      expectSame(out.slice(), product.data);
    });
  });

  it('any shape', () => {
    const size = fc.integer({ min: 0, max: 80 });
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 600 }), size, (m, k, n) => {
        const a = matrix(Type, m, k);
        const b = matrix(Type, k, n, SEED + 1);
        expectProduct(a, b, matmulSync(a, b));
      }),
      { numRuns: 40, seed: SEED },
    );
  });

  it.each([
    [3, 4],
    [70, 300],
  ])('NaN and infinities of %i rows and %i terms go as in IEEE arithmetic', (m, k) => {
    const a = { data: new Type(m * k).fill(1), rows: m, cols: k };
    const b = { data: new Type(k * 70), rows: k, cols: 70 };
    b.data[1] = Infinity;
    b.data[2] = NaN;
    a.data[k] = 0;
    const { data } = matmulSync(a, b);
    expect([...data.subarray(0, 4)]).toEqual([0, Infinity, NaN, 0]);
    expect([...data.subarray(70, 74)]).toEqual([0, NaN, NaN, 0]);
  });

  it('no rows, no terms, no columns', () => {
    const empty = { data: new Type(0), rows: 0, cols: 3 };
    expect(matmulSync(empty, matrix(Type, 3, 2))).toEqual({ data: new Type(0), rows: 0, cols: 2 });
    const out = new Type(6).fill(7);
    const zeros = matmulSync(
      { data: new Type(0), rows: 2, cols: 0 },
      { data: new Type(0), rows: 0, cols: 3 },
      { out },
    );
    expect(zeros).toEqual({ data: new Type(6), rows: 2, cols: 3 });
    expect(zeros.data).toBe(out);
  });
});

describe.each(byName(FLOAT_TYPES))('matvec of %s', (_, Type) => {
  it.each([
    [1, 1],
    [3, 7],
    [5, 16],
    [33, 33],
    [100, 1000],
    [3, 20001],
    [20001, 3],
    [4, 0],
    [0, 4],
  ])('%i × %i', async (rows, cols) => {
    const a = matrix(Type, rows, cols);
    const x = matrix(Type, cols, 1, SEED + 1);
    const y = matvecSync(a, x.data);
    expectProduct(a, x, { data: y, rows, cols: 1 });
    expectSame(await matvec(a, x.data, { pool: shufflingPool(SEED) }), y);
    await onHeap(a.data, Type.BYTES_PER_ELEMENT, async (data) => {
      const out = new Type(rows);
      expect(await matvec({ ...a, data }, x.data, { out, pool: shufflingPool(SEED + 1) })).toBe(out);
      expectSame(out, y);
    });
  });

  it('NaN and infinities', () => {
    const a = { data: new Type([0, 1, 2, 3]), rows: 2, cols: 2 };
    expect([...matvecSync(a, new Type([Infinity, 1]))]).toEqual([NaN, Infinity]);
  });
});

describe.each(byName(ANY_TYPES))('transpose of %s', (_, Type) => {
  it.each([
    [0, 3],
    [1, 1],
    [1, 9],
    [9, 1],
    [2, 3],
    [16, 16],
    [33, 65],
    [64, 128],
    [100, 37],
  ])('%i × %i', async (rows, cols) => {
    const data = make(Type as never, rows * cols, 'spread');
    const wanted = data.slice();
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) wanted[j * rows + i] = data[i * cols + j];
    }
    const turned = transposeSync({ data, rows, cols });
    expect([turned.rows, turned.cols]).toEqual([cols, rows]);
    expectSame(turned.data, wanted);
    expectSame((await transpose({ data, rows, cols }, { pool: shufflingPool(SEED) })).data, wanted);
    await onHeap(data, data.BYTES_PER_ELEMENT, async (shared) => {
      expectSame((await transpose({ data: shared, rows, cols }, { pool: shufflingPool(SEED) })).data, wanted);
    });
  });
});

describe('arguments', () => {
  const a = { data: new Float64Array(6), rows: 2, cols: 3 };
  const b = { data: new Float64Array(6), rows: 3, cols: 2 };

  it('of wrong types', async () => {
    for (const data of NO_ARRAYS) {
      expect(() => matmulSync({ ...a, data: data as Float64Array }, b)).toThrow(
        /Cannot run matmul: "a\.data"/,
      );
      expect(() => matvecSync(a, data as Float64Array)).toThrow(TypeError);
      expect(() => transposeSync({ ...a, data: data as Float64Array })).toThrow(TypeError);
    }
    for (const no of [null, undefined, 3, 'abc']) {
      expect(() => matmulSync(a, no as never)).toThrow(TypeError);
      await expect(transpose(no as never)).rejects.toThrow(TypeError);
    }
    expect(() => matmulSync({ data: new Int32Array(6), rows: 2, cols: 3 } as never, b)).toThrow(TypeError);
    expect(() => matmulSync(a, { ...b, data: new Float32Array(6) } as never)).toThrow(TypeError);
    expect(() => matvecSync(a, new Float32Array(3) as never)).toThrow(TypeError);
    expect(() => matmulSync(a, b, { out: new Float32Array(4) as never })).toThrow(TypeError);
    expect(() => matmulSync({ ...a, rows: '2' as never }, b)).toThrow(TypeError);
    expect(() => matmulSync(a, b, null as never)).toThrow(TypeError);
  });

  it('of wrong shapes', async () => {
    expect(() => matmulSync(a, a)).toThrow(/"b\.rows" has to be a\.cols, 3, came 2/);
    expect(() => matmulSync({ ...a, rows: 3 }, b)).toThrow(RangeError);
    expect(() => matmulSync({ ...a, rows: -2, cols: -3 }, b)).toThrow(RangeError);
    expect(() => matmulSync({ ...a, rows: 1.5, cols: 4 }, b)).toThrow(RangeError);
    expect(() => matvecSync(a, new Float64Array(2))).toThrow(RangeError);
    expect(() => matmulSync(a, b, { out: new Float64Array(5) })).toThrow(RangeError);
    expect(() => matvecSync(a, new Float64Array(3), { out: new Float64Array(3) })).toThrow(RangeError);
    expect(() => matmulSync(b, a, { out: new Float64Array(9) })).not.toThrow();
    await expect(transpose({ ...a, cols: 4 })).rejects.toThrow(RangeError);
  });

  it('out that overlaps an input', () => {
    const square = { data: new Float64Array(4), rows: 2, cols: 2 };
    expect(() => matmulSync(square, square, { out: square.data })).toThrow(/share/);
    expect(() => transposeSync(square, { out: square.data })).toThrow(/share/);
    expect(() =>
      matvecSync({ ...square, rows: 1, data: square.data.subarray(0, 2) }, square.data.subarray(2), {
        out: square.data.subarray(3),
      }),
    ).toThrow(/share/);
  });
});
