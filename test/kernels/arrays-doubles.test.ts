// Float64Arrays off the heap are done in plain JavaScript: the same bits as the kernels give for shared ones.

import { describe, expect, it } from 'vitest';
import * as kernels from '../../src/kernels/arrays';
import { KERNEL_FROM, KERNEL_TO } from '../../src/kernels/arrays-doubles';
import { expectSame, type Kind, make } from './_arrays';
import { onHeap } from './_shuffle';

const LENGTHS = [1, 2, 9, 64, 300, 1000, KERNEL_FROM - 1, KERNEL_FROM, KERNEL_TO, KERNEL_TO + 13];
const KINDS: Kind[] = ['spread', 'few', 'special'];

const arraysOf = (length: number) => KINDS.map((kind) => make(Float64Array, length, kind));

describe.each(LENGTHS)('%i elements', (length) => {
  it.each([
    ['scale', (a: Float64Array) => kernels.scaleSync(a, 1.7)],
    ['add of a number', (a: Float64Array) => kernels.addSync(a, 0.3)],
    ['add', (a: Float64Array) => kernels.addSync(a, a)],
    ['mul', (a: Float64Array) => kernels.mulSync(a, a)],
    ['axpy', (a: Float64Array) => kernels.axpySync(1.1, a, a)],
    ['mul by a number', (a: Float64Array) => kernels.mulSync(a, -0.3)],
    ['running sums', (a: Float64Array) => kernels.prefixSumSync(a)],
    ['exclusive sums', (a: Float64Array) => kernels.prefixSumSync(a, { exclusive: true })],
    ['sort', (a: Float64Array) => kernels.sortSync(a)],
    ['unique', (a: Float64Array) => kernels.uniqueSync(a)],
    ['filter <', (a: Float64Array) => kernels.filterSync(a, '<', 0.5)],
    ['filter !=', (a: Float64Array) => kernels.filterSync(a, '!=', a[0])],
    ['filter >=', (a: Float64Array) => kernels.filterSync(a, '>=', Number.NaN)],
  ])('%s has the bits of the kernel', async (_, run) => {
    for (const a of arraysOf(length)) {
      const wanted = await onHeap(a, 8, async (shared) => run(shared));
      expectSame(run(a), wanted);
    }
  });

  const EXACT = [
    'abs',
    'neg',
    'sign',
    'square',
    'sqrt',
    'reciprocal',
    'floor',
    'ceil',
    'trunc',
    'round',
  ] as const;
  it.each(EXACT)('map %s has the bits of the kernel', async (op) => {
    for (const a of arraysOf(length)) {
      const wanted = await onHeap(a, 8, (shared) => kernels.mapSync(shared, op));
      expectSame(kernels.mapSync(a, op), wanted);
      expectSame(kernels.mapSync(a, op, { out: a.slice() }), wanted);
    }
  });

  it('other types have the bits of the kernels too', async () => {
    for (const kind of KINDS) {
      const single = make(Float32Array, length, kind);
      await onHeap(single, 8, (shared) => {
        for (const op of EXACT) expectSame(kernels.mapSync(single, op), kernels.mapSync(shared, op));
        for (const exclusive of [false, true])
          expectSame(
            kernels.prefixSumSync(single, { exclusive }),
            kernels.prefixSumSync(shared, { exclusive }),
          );
        expect(kernels.sumSync(single)).toBe(kernels.sumSync(shared));
        expect(kernels.normSync(single)).toBe(kernels.normSync(shared));
      });
    }
    type Whole = Int32Array | Uint32Array | Int16Array | Uint8Array;
    const types: readonly (new (length: number) => Whole)[] = [
      Int32Array,
      Uint32Array,
      Int16Array,
      Uint8Array,
    ];
    for (const type of types) {
      const whole = make(type, length, 'spread');
      await onHeap(whole, 8, (shared) => {
        for (const op of EXACT.slice(0, 4))
          expectSame(kernels.mapSync(whole, op), kernels.mapSync(shared, op));
        expectSame(kernels.prefixSumSync(whole), kernels.prefixSumSync(shared));
        expectSame(kernels.mulSync(whole, whole), kernels.mulSync(shared, shared));
      });
    }
  });

  it.each([
    ['sum', (a: Float64Array) => kernels.sumSync(a)],
    ['mean', (a: Float64Array) => kernels.meanSync(a)],
    ['variance', (a: Float64Array) => kernels.varianceSync(a)],
    ['norm', (a: Float64Array) => kernels.normSync(a)],
    ['greatest magnitude', (a: Float64Array) => kernels.normSync(a, { ord: Infinity })],
    ['dot', (a: Float64Array) => kernels.dotSync(a, a)],
    ['min', (a: Float64Array) => kernels.minSync(a)],
    ['max', (a: Float64Array) => kernels.maxSync(a)],
    ['argmin', (a: Float64Array) => kernels.argminSync(a)],
    ['argmax', (a: Float64Array) => kernels.argmaxSync(a)],
  ])('%s has the bits of the kernel', async (_, run) => {
    const zeros = new Float64Array(length);
    zeros[length - 1] = -0;
    const infinite = make(Float64Array, length, 'spread');
    infinite.set([Infinity, -Infinity].slice(0, length), Math.max(0, Math.min(8, length - 2)));
    for (const a of [...arraysOf(length), zeros, zeros.map((x) => -x), infinite]) {
      const wanted = await onHeap(a, 8, async (shared) => run(shared));
      expect(run(a)).toBe(wanted);
    }
  });

  it('writes to out, the input too', () => {
    const a = make(Float64Array, length, 'spread');
    const wanted = kernels.scaleSync(a, 2);
    expect(kernels.scaleSync(a, 2, { out: a })).toBe(a);
    expectSame(a, wanted);
  });
});
