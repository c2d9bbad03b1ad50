// The ready-made kernels, on small inputs: that they load, run on the pool and agree with plain JavaScript here.
// What each kernel must do in full stands in test/kernels.

import { deepEqual, equal, ok, rejects, throws } from '../assert.js';
import { describe, test, testOn, testWorkers, usingPool } from '../harness.js';
import {
  availableBackends,
  cpuCount,
  heapStats,
  kernels,
  Pool,
  Process,
  Queue,
  release,
  sharedArray,
} from '../lib.js';
import { t } from '../tasks.js';

describe('kernels');

/** Declares a case if the package has all the kernels named. */
function testKernels(names, name, body, options) {
  if (names.every((kernel) => typeof kernels[kernel] === 'function')) test(name, body, options);
}

/** Numbers that are not sorted: a linear congruential sequence. */
function shuffled(View, length, scale = 1) {
  let state = 12345;
  return View.from({ length }, () => (state = (state * 1103515245 + 12345) % 2147483648) * scale);
}

function square(size, [r, g, b, a]) {
  const data = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < data.length; i += 4) data.set([r, g, b, a], i);
  return { data, width: size, height: size };
}

testKernels(
  ['sum'],
  'the sync form works from the first awaited call on, on short arrays and long ones',
  async () => {
    equal(await kernels.sum(Float64Array.of(1, 2)), 3);
    equal(kernels.sumSync(Float64Array.of(1, 2)), 3);
    equal(kernels.sumSync(new Int32Array(50_000).fill(3)), 150_000);
  },
);

test(
  'the default pool comes up on first use and stays',
  async () => {
    equal(await kernels.countPrimes(0, 2e7), 1270607);
  },
  { leaves: ['board'] },
);

testWorkers('a kernel in a pool’s worker starts no workers of its own', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    deepEqual(await pool.apply(t.primesHere, [2e7]), [1270607, 0]);
  });
});

testOn(['shared'], 'a kernel in a Process has a default pool', async () => {
  const answer = new Queue();
  const child = new Process(t.primesHere, { args: [2e7, answer] });
  child.start();
  deepEqual(await answer.get(), [1270607, cpuCount()]);
  await child.join();
  answer[Symbol.dispose]();
});

testKernels(['countPrimes'], 'countPrimes counts the primes below a million', async () => {
  equal(await kernels.countPrimes(0, 1e6), 78498);
  equal(await kernels.countPrimes(1e6, 1e6), 0);
  await rejects(kernels.countPrimes(0, 0.5), { type: RangeError });
});

testKernels(['countPrimes'], 'a kernel takes a pool of its own and refuses a closed one', async () => {
  const pool = new Pool({ processes: 2 });
  equal(await kernels.countPrimes(0, 1e6, { pool }), 78498);
  await pool.close();
  await rejects(kernels.countPrimes(0, 1e7, { pool }), { code: 'ERR_CLOSED' });
});

testKernels(['countPrimes'], 'a kernel gives the same on every backend', async () => {
  for (const backend of availableBackends()) {
    const pool = new Pool({ processes: 1, backend });
    equal(await kernels.countPrimes(0, 2e6, { pool }), 148933, backend);
    await pool.close();
  }
});

testKernels(['mandelbrot'], 'timers run while a kernel works in this thread', async () => {
  const pool = new Pool({ processes: 1, backend: 'inline' });
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  // All points stay inside, and their orbits do not repeat soon.
  await kernels.mandelbrot(2000, 2000, { x: [-0.2, 0.2], y: [-0.2, 0.2], maxIterations: 5000, pool });
  clearInterval(timer);
  await pool.close();
  ok(turns > 0);
});

testKernels(['countPrimes'], 'a kernel tells its progress and can be aborted', async () => {
  const seen = [];
  await kernels.countPrimes(0, 3e7, { onProgress: ({ done, total }) => seen.push([done, total]) });
  ok(seen.length > 0);
  equal(seen.at(-1)[0], seen.at(-1)[1]);
  ok(seen.every(([done], i) => i === 0 || done >= seen[i - 1][0]));
  await rejects(kernels.countPrimes(0, 1e9, { signal: AbortSignal.abort(new Error('stop')) }), {
    text: 'stop',
  });
  const controller = new AbortController();
  const pending = kernels.countPrimes(0, 1e10, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await rejects(pending, { text: 'enough' });
  equal(await kernels.countPrimes(0, 100), 25);
});

testKernels(
  ['countPrimesSync', 'sumSync'],
  'the sync forms give the same where the module is loaded',
  async () => {
    await kernels.countPrimes(0, 10);
    equal(kernels.countPrimesSync(0, 1e6), 78498);
    const values = shuffled(Float64Array, 10_000, 1e-3);
    equal(await kernels.sum(values), kernels.sumSync(values));
  },
);

testKernels(['primes'], 'primes lists them', async () => {
  deepEqual([...(await kernels.primes(0, 30))], [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
  equal((await kernels.primes(0, 1e6)).length, 78498);
});

testKernels(['sum', 'scale'], 'sum and scale take plain and shared arrays', async () => {
  const plain = Float64Array.from({ length: 300_000 }, (_, i) => i);
  const shared = sharedArray(Float64Array, plain);
  equal(await kernels.sum(plain), 44999850000);
  equal(await kernels.sum(shared), 44999850000);
  const doubled = await kernels.scale(plain, 2);
  equal(doubled[299_999], 599_998);
  equal(plain[299_999], 299_999, 'the input');
  ok((await kernels.scale(shared, 2, { out: shared })) === shared);
  equal(shared[299_999], 599_998);
  release(shared);
  equal(await kernels.sum(new Float64Array(0)), 0);
  equal(await kernels.sum(BigInt64Array.of(5n, -7n)), -2n);
  await rejects(kernels.sum([1, 2]), { type: TypeError });
});

testKernels(['sum'], 'a sum has the same bits for any number of workers', async () => {
  const values = shuffled(Float64Array, 400_000, 1e-7).map((x, i) => (i % 2 ? x : -x));
  const sums = new Set();
  for (const processes of [1, 2, 3]) {
    const pool = new Pool(processes);
    sums.add(await kernels.sum(values, { pool }));
    await pool.close();
  }
  equal(sums.size, 1);
});

testKernels(['sort'], 'sort sorts as typed arrays do', async () => {
  for (const [View, length] of [
    [Float64Array, 200_000],
    [Int32Array, 100_000],
    [Uint8Array, 1000],
  ]) {
    const values = shuffled(View, length);
    deepEqual(await kernels.sort(values), values.slice().sort(), View.name);
  }
  const odd = Float64Array.of(3, Number.NaN, -0, 0, -Infinity, 1);
  deepEqual(await kernels.sort(odd), odd.slice().sort());
  const shared = sharedArray(Float64Array, shuffled(Float64Array, 50_000));
  const wanted = shared.slice().sort();
  await kernels.sort(shared, { out: shared });
  deepEqual(Float64Array.from(shared), Float64Array.from(wanted));
  release(shared);
});

testKernels(['mandelbrot'], 'mandelbrot counts the steps of every pixel', async () => {
  const [width, height, maxIterations] = [60, 40, 200];
  const pixels = await kernels.mandelbrot(width, height, { maxIterations });
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const cr = -2 + (3 * px) / width;
      const ci = -1 + (2 * py) / height;
      let [zr, zi, n] = [0, 0, 0];
      while (n < maxIterations && zr * zr + zi * zi <= 4) {
        [zr, zi] = [zr * zr - zi * zi + cr, 2 * zr * zi + ci];
        n++;
      }
      equal(pixels[py * width + px], n, `pixel ${px}, ${py}`);
    }
  }
});

testKernels(['resize'], 'resize keeps one colour and the sizes asked for', async () => {
  for (const filter of ['lanczos3', 'bilinear', 'nearest']) {
    const { data, width, height } = await kernels.resize(square(40, [200, 100, 50, 255]), 25, 70, { filter });
    deepEqual([width, height, data.length], [25, 70, 25 * 70 * 4]);
    ok(
      data.every((value, i) => value === [200, 100, 50, 255][i % 4]),
      filter,
    );
  }
  await rejects(kernels.resize(square(4, [0, 0, 0, 0]), 0, 3), { type: RangeError });
});

testKernels(['composite'], 'composite lays one image over another', async () => {
  const { data } = await kernels.composite(square(4, [0, 0, 0, 255]), square(2, [255, 0, 0, 255]), {
    x: 1,
    y: 1,
  });
  deepEqual([...data.slice((4 + 1) * 4, (4 + 1) * 4 + 4)], [255, 0, 0, 255]);
  deepEqual([...data.slice(0, 4)], [0, 0, 0, 255]);
});

testKernels(['wordCount'], 'wordCount counts the words of a text', async () => {
  const counts = await kernels.wordCount('soup salad soup\n déjà\tvu soup déjà ');
  deepEqual(
    [...counts],
    [
      ['soup', 3],
      ['déjà', 2],
      ['salad', 1],
      ['vu', 1],
    ],
  );
  const long = await kernels.wordCount('the whale and the sea '.repeat(20_000));
  equal(long.get('the'), 40_000);
  equal(long.size, 4);
});

testKernels(['sum'], 'many kernels at a time give each its own result', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, i) => kernels.sum(Float64Array.from({ length: 5000 }, () => i))),
  );
  deepEqual(
    results,
    Array.from({ length: 20 }, (_, i) => i * 5000),
  );
});

testKernels(
  ['sum', 'map'],
  'short calls on a pool: one after another, many at once, among tasks',
  async () => {
    const a = shuffled(Float64Array, 400_000, 2 ** -31);
    const total = await kernels.sum(a);
    const sines = await kernels.map(a, 'sin');
    await usingPool({ processes: 3 }, async (pool) => {
      // The workers are not there yet.
      equal(await kernels.sum(a, { pool }), total);
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      for (let i = 0; i < 20; i++) {
        equal(await kernels.sum(a, { pool }), total);
        const found = await kernels.map(a, 'sin', { pool });
        ok(found.every((sine, at) => sine === sines[at]));
      }
      clearInterval(timer);
      ok(turns > 0 || pool.backend !== 'shared', 'the event loop had no turn');
      const squares = pool.map(t.square, [...Array(500).keys()]);
      const sums = await Promise.all(Array.from({ length: 40 }, () => kernels.sum(a, { pool })));
      ok(sums.every((sum) => sum === total));
      equal((await squares)[499], 499 * 499);
      ok(Array.from({ length: 20 }).every(() => kernels.sumSync(a, { pool }) === total));
    });
  },
  { leaves: ['board'] },
);

testKernels(['countPrimes'], 'a call leaves nothing on the heap, failed calls neither', async () => {
  const before = heapStats().byKind.kernel.blocks;
  await kernels.countPrimes(0, 1e6);
  await Promise.allSettled([
    kernels.countPrimes('a', 2),
    kernels.sum(null),
    kernels.sort(new Float64Array(1e5)),
  ]);
  throws(() => kernels.countPrimesSync(0, Number.NaN), { type: RangeError });
  equal(heapStats().byKind.kernel.blocks, before);
});
