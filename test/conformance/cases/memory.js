// Shared arrays and the heap.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testOn, usingPool } from '../harness.js';
import {
  heapStats,
  InvalidStateError,
  NotShareableError,
  OutOfMemoryError,
  release,
  sharedArray,
} from '../lib.js';
import { t } from '../tasks.js';

const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

describe('memory');

test('sharedArray is a real typed array of every type', () => {
  for (const View of VIEWS) {
    const one = View.name.startsWith('Big') ? 1n : 1;
    const array = sharedArray(View, [one, one]);
    ok(array instanceof View && array.constructor === View);
    deepEqual([...array], [one, one]);
    const zeros = sharedArray(View, 1000);
    equal(zeros.length, 1000);
    ok(zeros.every((value) => value === (typeof one === 'bigint' ? 0n : 0)));
    release(array);
    release(zeros);
  }
  const fromSet = sharedArray(Uint8Array, new Set([3, 4]));
  deepEqual([...fromSet], [3, 4]);
  release(fromSet);
});

test('wrong arguments are refused', () => {
  throws(() => sharedArray(Array, 3), { type: TypeError });
  throws(() => sharedArray(Uint8Array, -1), { type: RangeError });
  throws(() => sharedArray(Uint8Array, 1.5), { type: RangeError });
  throws(() => release(new Uint8Array(3)), { type: NotShareableError });
});

testOn(['shared'], 'workers see the same memory live', async (backend) => {
  const array = sharedArray(Float64Array, [1, 2, 3]);
  const flag = sharedArray(Int32Array, 2);
  await usingPool({ processes: 2, backend }, async (pool) => {
    equal(await pool.apply(t.sumOf, [array]), 6);
    await pool.apply(t.fill, [array, 7]);
    deepEqual([...array], [7, 7, 7]);
    const waiting = pool.apply(t.waitFor, [flag]);
    Atomics.store(flag, 0, 5); // seen by a task that runs already
    Atomics.notify(flag, 0);
    equal(await waiting, 5);
    await pool.starmap(
      t.addOne,
      Array.from({ length: 1000 }, () => [flag, 1]),
    );
    equal(flag[1], 1000);
    ok((await pool.apply(t.echo, [array])) === array, 'the same object comes back');
    deepEqual(await pool.apply(t.echo, [{ deep: [array] }]), { deep: [array] });
  });
  release(array);
  release(flag);
});

testOn(['shared'], 'a part of a shared array is shared too', async (backend) => {
  const array = sharedArray(Int32Array, 100);
  await usingPool({ processes: 1, backend }, async (pool) => {
    await pool.apply(t.fill, [array.subarray(10, 20), 9]);
    equal(array.filter((x) => x === 9).length, 10);
    equal(array[10] + array[19] + array[9] + array[20], 18);
  });
  release(array);
});

testOn(['shared'], 'a worker can return a shared array', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const array = await pool.apply(t.makeShared, [1000]);
    equal(array[999], 499.5);
    await pool.apply(t.fill, [array, 4]);
    equal(array[0], 4);
    release(array);
  });
});

testOn(['message'], 'without shared memory a shared array is never copied silently', async (backend) => {
  const array = sharedArray(Int32Array, 3);
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(t.sumOf, [array]), { type: NotShareableError });
    await rejects(pool.map(t.sumOf, [array, array]), { type: NotShareableError });
    await rejects(pool.apply(t.makeShared, [3]), { type: NotShareableError });
    equal(await pool.apply(t.square, [3]), 9);
  });
  release(array);
});

test('the memory grows and old views live on', () => {
  const before = heapStats();
  const small = sharedArray(Uint8Array, [1, 2, 3]);
  const large = sharedArray(Uint8Array, before.bytesTotal + 1_000_000);
  ok(heapStats().bytesTotal > before.bytesTotal);
  large[large.length - 1] = 9;
  deepEqual([...small], [1, 2, 3]);
  small[0] = 7;
  equal(small[0], 7);
  release(large);
  release(small);
  equal(heapStats().blocks, before.blocks);
  equal(heapStats().bytesUsed, before.bytesUsed);
});

test('a heap that is full says so and stays usable', () => {
  const before = heapStats().blocks;
  throws(() => sharedArray(Float64Array, 2 ** 32), { type: OutOfMemoryError, code: 'ERR_OUT_OF_MEMORY' });
  throws(() => sharedArray(Uint8Array, 2 ** 32 - 1024), { type: OutOfMemoryError });
  equal(heapStats().blocks, before);
  const array = sharedArray(Float64Array, 10);
  array.fill(1);
  release(array);
});

test('a second release is refused', () => {
  const array = sharedArray(Uint8Array, 10);
  release(array);
  throws(() => release(array), { type: InvalidStateError, text: 'released already' });
});

test('heapStats counts blocks by kind', () => {
  const before = heapStats();
  const array = sharedArray(Uint8Array, 1000);
  const after = heapStats();
  equal(after.blocks - before.blocks, 1);
  equal(after.byKind.array.blocks - before.byKind.array.blocks, 1);
  ok(after.bytesUsed - before.bytesUsed >= 1000);
  ok(after.bytesTotal <= after.bytesMax && after.largestFree > 0);
  release(array);
});
