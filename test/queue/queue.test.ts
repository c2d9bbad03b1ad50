// Queue against real workers, and alone: what can be said without any timing.

import {
  Barrier,
  BlockingNotAllowedError,
  BufferTooShortError,
  ClosedError,
  Empty,
  Full,
  heapStats,
  Pool,
  Queue,
  sharedArray,
} from 'manyhands';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  consume,
  consumeAsync,
  dieAfter,
  echo,
  produce,
  produceMixed,
  putShared,
  stream,
  tryProduce,
} from './tasks.mjs';

const ITEMS = 25_000;
let pool: Pool;
beforeAll(async () => {
  pool = new Pool(4);
  await pool.ready;
});
afterAll(() => pool.terminate());

const value = {
  nested: [1, 'two', 3n, new Date(4)],
  map: new Map([[{}, new Set([5])]]),
  text: 'ü'.repeat(100),
};

describe('one thread', () => {
  test('keeps order and values, inline and in blocks', () => {
    using queue = new Queue();
    const items = [1.5, -0, Number.NaN, 'text', null, undefined, true, value, new Uint8Array(1000).fill(7)];
    for (const item of items) queue.putSync(item);
    expect(queue.size).toBe(items.length);
    for (const item of items) expect(queue.tryGet()).toEqual(item);
    expect(queue.empty).toBe(true);
  });

  test.each([Uint8Array, Int16Array, Float64Array, BigInt64Array])(
    'copies a %o and leaves the original alone',
    (Type) => {
      using queue = new Queue();
      const array = new Type(1000);
      array[3] = (typeof array[0] === 'bigint' ? 7n : 7) as never;
      queue.putSync(array);
      array[3] = (typeof array[0] === 'bigint' ? 8n : 8) as never;
      const copy = queue.getSync() as typeof array;
      expect(copy).toBeInstanceOf(Type);
      expect(Number(copy[3])).toBe(7);
      expect(copy.length).toBe(1000);
      expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    },
  );

  test.each([
    [[1, 0.5]],
    [[-0, Number.NaN, Number.POSITIVE_INFINITY]],
    [Array.from({ length: 13 }, (_, i) => i)],
    [Array.from({ length: 14 }, (_, i) => i)],
    [[]],
    [[1, undefined, 2]],
    [[1, '2']],
    // biome-ignore lint/suspicious/noSparseArray: holes travel as holes
    [[1, , 2]],
    [Object.assign([1, 2], { sum: 3 })],
  ])('copies the array %o with all that belongs to it', (array) => {
    using queue = new Queue();
    queue.putSync(array);
    queue.putSync('next');
    const copy = queue.getSync();
    expect(copy).toStrictEqual(array);
    expect(copy).not.toBe(array);
    expect(Object.keys(copy as object)).toEqual(Object.keys(array));
    expect(queue.getSync()).toBe('next');
  });

  test('keeps the array of a put that waits as it was', async () => {
    using queue = new Queue<number[]>(1);
    const array = [1, 2];
    queue.putSync([0]);
    const late = queue.put(array);
    array[0] = 9;
    expect(() => queue.tryPut([3, 4])).toThrow(Full);
    expect(queue.tryGet()).toEqual([0]);
    await late;
    expect(queue.tryGet()).toEqual([1, 2]);
  });

  test('gives arrays into a buffer of the reader', async () => {
    using queue = new Queue();
    const buffer = new Uint8Array(4096).fill(1);
    const items = [
      new Uint8Array(4000).fill(7),
      new Uint8Array(5).fill(7),
      Float64Array.of(1, 2),
      new Float32Array(100),
    ];
    for (const item of items) queue.putSync(item);
    expect(await queue.getInto(buffer)).toBe(4000);
    expect([buffer[3999], buffer[4000]]).toEqual([7, 1]);
    expect(queue.getIntoSync(buffer.buffer)).toBe(5);
    expect(queue.getIntoSync(new DataView(buffer.buffer, 16))).toBe(16);
    expect([...new Float64Array(buffer.buffer, 16, 2)]).toEqual([1, 2]);
    expect(queue.getIntoSync(buffer)).toBe(400);
    queue.putSync(new Uint8Array(300).fill(9));
    const error = await queue.getInto(new Uint8Array(299)).catch((reason) => reason);
    expect(error).toBeInstanceOf(BufferTooShortError);
    expect(error.data).toEqual(new Uint8Array(300).fill(9));
    queue.putSync({ no: 'bytes' });
    expect(() => queue.getIntoSync(buffer)).toThrow(TypeError);
    await expect(queue.getInto(buffer, 1)).rejects.toThrow(Empty);
    queue.close();
    expect(() => queue.getIntoSync(buffer)).toThrow(ClosedError);
  });

  test('takes 100 MB', () => {
    using queue = new Queue();
    const bytes = new Uint8Array(100_000_000);
    bytes[99_999_999] = 9;
    queue.putSync(bytes);
    const copy = queue.getSync() as Uint8Array;
    expect(copy.length).toBe(bytes.length);
    expect(copy[99_999_999]).toBe(9);
  });

  test.each([1, 2, 3, 7, 8, 9, 100])('holds %i items exactly', (maxsize) => {
    using queue = new Queue(maxsize);
    for (let lap = 0; lap < 40; lap++) {
      for (let i = 0; i < maxsize; i++) queue.tryPut(lap * 1000 + i);
      expect(queue.full).toBe(true);
      expect(() => queue.tryPut(0)).toThrow(Full);
      for (let i = 0; i < maxsize; i++) expect(queue.tryGet()).toBe(lap * 1000 + i);
      expect(() => queue.tryGet()).toThrow(Empty);
    }
  });

  test('grows without bound and keeps order across its rings', () => {
    using queue = new Queue();
    let put = 0;
    let got = 0;
    for (let round = 1; round < 60; round++) {
      for (let i = 0; i < round * 17; i++) queue.putSync(put++);
      for (let i = 0; i < round * 11; i++) expect(queue.tryGet()).toBe(got++);
      expect(queue.size).toBe(put - got);
    }
    while (got < put) expect(queue.tryGet()).toBe(got++);
    expect(queue.empty).toBe(true);
  });

  test('ends waits in Full, Empty or the reason of the signal', async () => {
    using queue = new Queue(1);
    await expect(queue.get(5)).rejects.toThrow(Empty);
    expect(() => queue.getSync({ timeout: 5 })).toThrow(Empty);
    queue.putSync(1);
    await expect(queue.put(2, { timeout: 5 })).rejects.toThrow(Full);
    expect(() => queue.putSync(2, 5)).toThrow(Full);
    const controller = new AbortController();
    const waiting = queue.put(2, { signal: controller.signal });
    controller.abort(new RangeError('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(queue.size).toBe(1);
    expect(queue.tryGet()).toBe(1);
    expect(() => queue.getSync({ signal: AbortSignal.abort(new RangeError('before')) })).not.toThrow(Empty);
  });

  test('serves the flows of one thread in their order', async () => {
    using queue = new Queue<number>(1);
    const gets = [queue.get(), queue.get(), queue.get()];
    for (let i = 0; i < 3; i++) await queue.put(i);
    expect(await Promise.all(gets)).toEqual([0, 1, 2]);
    const puts = [3, 4, 5].map((i) => queue.put(i));
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([3, 4, 5]);
    await Promise.all(puts);
  });

  test('an abandoned wait swallows no item', async () => {
    using queue = new Queue<number>();
    await expect(queue.get(1)).rejects.toThrow(Empty);
    const next = queue.get();
    queue.putSync(1);
    expect(await next).toBe(1);
  });

  test('a message that waits is the value of when it was put', async () => {
    using queue = new Queue<{ n: number }>(1);
    const dish = { n: 1 };
    queue.putSync({ n: 0 });
    const late = queue.put(dish);
    dish.n = 2;
    queue.tryGet();
    await late;
    expect(queue.tryGet()).toEqual({ n: 1 });
  });

  test('closes: puts fail, items stay, iteration ends', async () => {
    using queue = new Queue<number>(2);
    queue.putSync(1);
    queue.putSync(2);
    const waiting = queue.put(3);
    queue.close();
    await expect(waiting).rejects.toThrow(ClosedError);
    expect(() => queue.tryPut(3)).toThrow(ClosedError);
    expect([...queue]).toEqual([1, 2]);
    await expect(queue.get()).rejects.toThrow(ClosedError);
    expect(() => queue.getSync()).toThrow(ClosedError);
    const items: number[] = [];
    for await (const item of queue) items.push(item);
    expect(items).toEqual([]);
    queue.close();
  });

  test('gives its memory back', () => {
    const before = heapStats().byKind.queue;
    const queue = new Queue();
    for (let i = 0; i < 500; i++) queue.putSync(value);
    for (let i = 0; i < 200; i++) queue.tryGet();
    queue[Symbol.dispose]();
    expect(() => queue.tryPut(1)).toThrow(ClosedError); // and makes the stand-in for all that are disposed of
    new Queue()[Symbol.dispose]();
    const after = heapStats().byKind.queue;
    expect(after.blocks - before.blocks).toBeLessThanOrEqual(2);
    for (let i = 0; i < 10; i++) new Queue(3)[Symbol.dispose]();
    expect(heapStats().byKind.queue).toEqual(after);
  });

  /** `toEqual` takes a second for a megabyte. */
  const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

  test('a stream of messages allocates nothing, however many wait, and what was spare comes back with the queue', () => {
    const before = heapStats().byKind.queue.blocks;
    const queue = new Queue<Uint8Array>();
    const dishes = Array.from({ length: 3000 }, (_, i) => new Uint8Array(300 + (i % 3) * 100).fill(i));
    for (const waiting of [1, 20, 1000]) {
      for (const dish of dishes.slice(0, waiting)) queue.putSync(dish);
      const blocks = () => heapStats().byKind.queue.blocks;
      const first = blocks();
      for (let i = waiting; i < dishes.length; i++) {
        expect(isSame(queue.getSync(), dishes[i - waiting])).toBe(true);
        queue.putSync(dishes[i]);
      }
      expect(blocks() - first).toBeLessThanOrEqual(32);
      for (let i = dishes.length - waiting; i < dishes.length; i++) {
        expect(isSame(queue.getSync(), dishes[i])).toBe(true);
      }
      expect(blocks() - before).toBeLessThanOrEqual(2 + 6 + 32);
    }
    queue[Symbol.dispose]();
    expect(heapStats().byKind.queue.blocks - before).toBeLessThanOrEqual(2);
  });

  test('spares serve messages of other sizes, and large ones are none', () => {
    using queue = new Queue<Uint8Array>();
    for (let i = 0; i < 400; i++) {
      const bytes = new Uint8Array([105, 128, 129, 5000, 65536, 65537, 200_000][i % 7]).fill(i);
      queue.putSync(bytes);
      if (i % 3 === 0) queue.putSync(bytes.subarray(0, 100));
      expect(isSame(queue.getSync(), bytes)).toBe(true);
      if (i % 3 === 0) expect(isSame(queue.getSync(), bytes.subarray(0, 100))).toBe(true);
    }
    expect(heapStats().byKind.queue.bytes).toBeLessThan(8 * 2 ** 20);
  });

  test.each([-1, 1.5, Number.NaN, '3', 2 ** 40])('refuses a maxsize of %s', (maxsize) => {
    expect(() => new Queue(maxsize as number)).toThrow(RangeError);
  });

  test('names what cannot travel and stays usable', () => {
    using queue = new Queue();
    expect(() => queue.putSync({ dish: { cook() {} } })).toThrow(/dish\.cook/);
    queue.putSync(1);
    expect(queue.tryGet()).toBe(1);
    expect(BlockingNotAllowedError).toBeDefined();
  });
});

describe('workers', () => {
  test.each([0, 1, 2, 1000])('many producers, many consumers, maxsize %i', async (maxsize) => {
    using queue = new Queue<number>(maxsize);
    const consumers = [
      pool.apply(consume, [queue]),
      pool.apply(maxsize === 2 ? consumeAsync : consume, [queue]),
    ];
    await Promise.all([pool.apply(produce, [queue, 1, ITEMS]), pool.apply(produce, [queue, 2, ITEMS])]);
    queue.close();
    const [a, b] = await Promise.all(consumers);
    expect(a.count + b.count).toBe(2 * ITEMS);
    expect(a.ordered && b.ordered).toBe(true);
  });

  test('a queue without a bound is never full, not even while another thread makes it larger', async () => {
    for (let round = 0; round < 20; round++) {
      using queue = new Queue<number>();
      const start = new Barrier(4);
      await Promise.all([0, 1, 2, 3].map(() => pool.apply(tryProduce, [queue, start, 5000])));
      expect(queue.size).toBe(20_000);
    }
  });

  test('the main thread gets from a worker without blocking', async () => {
    using queue = new Queue<{ i: number; text: string }>(10);
    const producing = pool.apply(produceMixed, [queue, 1000]);
    for (let i = 0; i < 1000; i++) {
      const item = await queue.get();
      expect(item.i).toBe(i);
      expect(item.text.length).toBe(i % 300);
    }
    await producing;
  });

  test('a worker answers through a second queue', async () => {
    using input = new Queue<unknown>(4);
    using output = new Queue<unknown>(4);
    const echoing = pool.apply(echo, [input, output]);
    const answers: unknown[] = [];
    const reading = (async () => {
      for await (const item of output) answers.push(item);
    })();
    for (let i = 0; i < 100; i++) await input.put([i, value]);
    input.close();
    await Promise.all([echoing, reading]);
    expect(answers.length).toBe(100);
    expect(answers[99]).toEqual([99, value]);
  });

  test('handles arrive alive, queues among them', async () => {
    using queue = new Queue<{ array: Float64Array }>();
    const array = sharedArray(Float64Array, 4);
    await pool.apply(putShared, [queue, array]);
    const item = await queue.get();
    expect(item.array[0]).toBe(42);
    item.array[1] = 1;
    expect(array[1]).toBe(1);
    using outer = new Queue<Queue>();
    outer.putSync(queue as unknown as Queue);
    expect(outer.tryGet()).toBe(queue);
  });
});

describe('deaths', () => {
  test('what a dying producer put is there, and the queue goes on', async () => {
    using queue = new Queue<number>();
    await expect(pool.apply(dieAfter, [queue, 100])).rejects.toMatchObject({ code: 'ERR_WORKER_EXIT' });
    for (let i = 0; i < 100; i++) expect(queue.tryGet()).toBe(i);
    await pool.apply(produce, [queue, 0, 10]);
    expect(queue.size).toBe(10);
  });

  test('producers killed in the middle of putting leave nobody waiting', async () => {
    using queue = new Queue<{ i: number; text: string }>(8);
    for (let kill = 0; kill < 5; kill++) {
      const doomed = new Pool(1);
      const streaming = doomed.apply(stream, [queue]).catch(() => 'dead');
      for (let i = 0, last = -1; i < 50; i++) {
        const item = await queue.get({ timeout: 10_000 });
        if (item.i > 0 || i === 0) {
          if (item.i !== 0) expect(item.i).toBeGreaterThan(last);
          last = item.i;
        }
        expect(item.text.length).toBe(200);
      }
      await doomed.terminate();
      expect(await streaming).toBe('dead');
      while (!queue.empty) await queue.get({ timeout: 1000 }).catch(() => {});
      queue.tryPut({ i: 0, text: 'y'.repeat(200) });
      expect((await queue.get(1000)).i).toBe(0);
    }
  });
});
