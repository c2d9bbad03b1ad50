// Scratch memory: the thread's bench, which one call has at a time, and what calls do that do not get it.

import { afterEach, expect, test } from 'vitest';
import { atomicStore } from '../../assembly/atomics/index';
import { BENCH_BYTES, BENCHES_AT, HEADER_DEBUG } from '../../assembly/heap/layout';
import { threadSlot } from '../../assembly/heap/threads';
import { thisThread } from '../../src/heap/heap';
import { abandonBench, BENCH_ROOM_BYTES, leaveBench, takeBench } from '../../src/heap/scratch';
import { heapStats } from '../../src/heap/stats';
import { map, mapSync, randomNormalSync, sort, sortSync } from '../../src/kernels/index';

const benchAt = () => BENCHES_AT + threadSlot(thisThread()) * BENCH_BYTES;
const doubles = (length: number) => Float64Array.from({ length }, (_, i) => ((i * 7919) % 1000) / 500 - 1);

afterEach(() => {
  atomicStore(benchAt(), 0);
  atomicStore(HEADER_DEBUG, 0);
  leaveBench();
});

test('the bench lies in its place, one call has it at a time', () => {
  const bench = takeBench();
  expect([bench % 64, bench > benchAt(), bench + BENCH_ROOM_BYTES]).toEqual([
    0,
    true,
    benchAt() + BENCH_BYTES,
  ]);
  expect(takeBench()).toBe(0);
  leaveBench();
  expect(takeBench()).toBe(bench);
});

test('where blocks are checked there is none, nor after it was abandoned, whoever has the record', () => {
  atomicStore(HEADER_DEBUG, 1);
  expect(takeBench()).toBe(0);
  atomicStore(HEADER_DEBUG, 0);
  expect(takeBench()).not.toBe(0);
  abandonBench();
  leaveBench();
  expect(takeBench()).toBe(0);
});

// Below, at and above what fits the bench, alone and beside other scratch memory.
const LENGTHS = [0, 1, 8, 9, 60, 127, 128, 129, 240, 250, 480, 481, 503, 504, 505, 1000];

test.each(LENGTHS)(
  '%i elements: the same results with the bench and without it, and nothing is left',
  async (length) => {
    await mapSync(doubles(1), 'sin');
    const run = () => [
      mapSync(doubles(length), 'sin'),
      mapSync(doubles(length), 'log'),
      mapSync(Float32Array.from(doubles(length)), 'tan'),
      sortSync(doubles(length)),
      randomNormalSync(length, { seed: 5, offset: 3 }),
    ];
    const before = heapStats();
    const withIt = run();
    expect(takeBench()).not.toBe(0);
    expect(run()).toEqual(withIt);
    leaveBench();
    // Several calls under way at once: the first has it.
    const a = doubles(length);
    const [sines, sorted, cosines] = await Promise.all([map(a, 'sin'), sort(a), map(a, 'cos')]);
    expect(sines).toEqual(withIt[0]);
    expect(sorted).toEqual(withIt[3]);
    expect(cosines).toEqual(mapSync(a, 'cos'));
    expect(heapStats().byKind.kernel).toEqual(before.byKind.kernel);
  },
);
