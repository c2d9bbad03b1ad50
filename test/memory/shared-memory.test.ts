// SharedMemory and ShareableList: names across threads, unlinking, deaths of creators, and the report at the end.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  ClosedError,
  heapStats,
  ManyhandsError,
  OwnerDiedError,
  Pool,
  Process,
  ShareableList,
  SharedMemory,
} from 'manyhands';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAndDie, createInTurn, dieInItem, readNamed, setItems, writeMemory } from './tasks.mjs';

let pool: Pool;
beforeAll(async () => {
  pool = new Pool(2);
  await pool.ready;
});
afterAll(() => pool.terminate());

const blocks = () => heapStats().byKind.array.blocks;
const coded = (code: string) => (error: unknown) => error instanceof ManyhandsError && error.code === code;

describe('SharedMemory', () => {
  test('is found by name in every thread, and is the same memory', async () => {
    using memory = new SharedMemory({ name: 'oven', create: true, size: 1000 });
    memory.buf[999] = 7;
    expect([memory.name, memory.size, memory.buf.length]).toEqual(['oven', 1000, 1000]);
    expect(await pool.apply(readNamed, ['oven', 999])).toEqual([7, 1000]);
    await pool.apply(writeMemory, [memory, 3, 9]);
    expect(memory.buf[3]).toBe(9);
    memory.unlink();
  });

  test('a name is taken once, and missing after unlink', () => {
    const memory = new SharedMemory({ name: 'ü ☃', create: true, size: 1 });
    expect(() => new SharedMemory({ name: 'ü ☃', create: true, size: 1 })).toThrow(
      expect.toSatisfy(coded('EEXIST')),
    );
    memory.unlink();
    expect(() => new SharedMemory({ name: 'ü ☃' })).toThrow(expect.toSatisfy(coded('ENOENT')));
    expect(() => memory.unlink()).toThrow(expect.toSatisfy(coded('ENOENT')));
    memory.buf[0] = 1; // who has it keeps it
    memory.close();
    expect(() => memory.buf).toThrow(ClosedError);
    memory.close();
  });

  test('an unlinked name that is made again is another memory', () => {
    const first = new SharedMemory({ name: 'again', create: true, size: 8 });
    first.unlink();
    const second = new SharedMemory({ name: 'again', create: true, size: 8 });
    first.buf[0] = 1;
    expect(second.buf[0]).toBe(0);
    expect(() => first.unlink()).toThrow(expect.toSatisfy(coded('ENOENT')));
    second.unlink();
    first.close();
    second.close();
  });

  test('memory returns with the last of names and handles', () => {
    const before = blocks();
    const memory = new SharedMemory({ create: true, size: 100_000 });
    const same = new SharedMemory({ name: memory.name });
    memory.close();
    memory.unlink();
    expect(blocks()).toBe(before + 1);
    same.close();
    expect(blocks()).toBe(before);
    const named = new SharedMemory({ size: 5 });
    named.close();
    expect(blocks()).toBe(before + 1); // its name keeps it
    named.unlink();
    expect(blocks()).toBe(before);
  });

  test('what a creator that died had named stays, what it had not unlinked does not', async () => {
    const before = blocks();
    const process = new Process(createAndDie, { args: ['left', 'gone'] });
    process.start();
    await process.join();
    const left = new SharedMemory({ name: 'left' });
    expect(left.buf[0]).toBe(5);
    expect(() => new SharedMemory({ name: 'gone' })).toThrow(expect.toSatisfy(coded('ENOENT')));
    left.unlink();
    left.close();
    expect(blocks()).toBe(before);
  });

  test('of many that create one name at a time one does', async () => {
    const made = await pool.map(
      createInTurn,
      Array.from({ length: 200 }, (_, i) => i % 10),
    );
    for (let i = 0; i < 10; i++) expect(made.filter((name) => name === `turn ${i}`).length).toBe(1);
    for (let i = 0; i < 10; i++) {
      using memory = new SharedMemory({ name: `turn ${i}` });
      memory.unlink();
    }
  });

  test('creators killed at any moment leave no half a name', async () => {
    const before = blocks();
    for (let i = 0; i < 20; i++) {
      const worker = new Pool(1);
      await worker.ready;
      const work = worker.map(
        createInTurn,
        Array.from({ length: 1000 }, (_, k) => `${i} ${k}`),
      );
      const settled = work.catch(() => {});
      const first = await new Promise<SharedMemory>((resolve) => {
        const look = () => {
          try {
            resolve(new SharedMemory({ name: `turn ${i} 0` }));
          } catch {
            setImmediate(look);
          }
        };
        look();
      });
      await worker.terminate();
      await settled;
      first.close();
      for (let k = 0; k < 1000; k++) {
        try {
          using memory = new SharedMemory({ name: `turn ${i} ${k}` });
          expect(memory.size).toBe(64);
          memory.unlink();
        } catch (error) {
          expect((error as ManyhandsError).code).toBe('ENOENT');
        }
      }
    }
    // A worker of the cases above may have let go of a handle meanwhile.
    expect(blocks()).toBeLessThanOrEqual(before);
  });

  test.each([
    [{}, RangeError],
    [{ create: true, size: 0 }, RangeError],
    [{ create: true, size: 1.5 }, RangeError],
    [{ create: false }, TypeError],
    [{ name: '' }, TypeError],
    [{ name: 'x'.repeat(256), create: true, size: 1 }, TypeError],
    [{ name: 3 as never }, TypeError],
    [{ name: 'oven', size: 10 }, TypeError],
  ])('refuses %j', (options, type) => {
    expect(() => new SharedMemory(options)).toThrow(type);
  });

  test('what is never unlinked is told at the end under MANYHANDS_DEBUG=1', () => {
    const program = fileURLToPath(new URL('./leaks.mjs', import.meta.url));
    const run = (debug: string) =>
      spawnSync(process.execPath, [program], {
        encoding: 'utf8',
        env: { ...process.env, MANYHANDS_DEBUG: debug },
      });
    const { stderr, status } = run('1');
    expect(status).toBe(0);
    expect(stderr).toContain('shared memory "forgotten" of 123 bytes was never unlinked');
    expect(stderr).not.toContain('"remembered"');
    expect(run('0').stderr).toBe('');
  });
});

describe('ShareableList', () => {
  const values = ['soup', 4.5, true, false, null, undefined, -3n, new Uint8Array([1, 2]), '', -0];

  test('keeps what it was made of', () => {
    const list = new ShareableList(values);
    const same = new ShareableList(undefined, { name: list.shm.name });
    expect([...same]).toEqual(values);
    expect([list.length, list.at(0), list.at(-1), list.at(10), list.at(-11)]).toEqual([
      10,
      'soup',
      -0,
      undefined,
      undefined,
    ]);
    expect(list.indexOf(4.5)).toBe(1);
    list.shm.unlink();
    list.shm.close();
    same.shm.close();
  });

  test('items change their type within their room', () => {
    const list = new ShareableList<string | number | bigint>(['1234567', 2]);
    list.set(0, '12345678');
    expect(() => list.set(0, '123456789')).toThrow(RangeError);
    list.set(-1, 'ü');
    expect([...list]).toEqual(['12345678', 'ü']);
    expect(() => list.set(2, 1)).toThrow(RangeError);
    expect(() => list.set(0, 2n ** 63n)).toThrow(RangeError);
    expect(() => list.set(0, {} as never)).toThrow(TypeError);
    list.shm.unlink();
    list.shm.close();
  });

  test('items are read whole while workers set them', async () => {
    const list = new ShareableList<string>(['a'.repeat(64)]);
    const work = Promise.all(['a', 'b'].map((letter) => pool.apply(setItems, [list, letter, 2000])));
    let done = false;
    void work.then(() => (done = true));
    while (!done) {
      const item = list.at(0) as string;
      expect(item).toBe(item[0].repeat(item.length));
      await new Promise(setImmediate);
    }
    await work;
    list.shm.unlink();
    list.shm.close();
  });

  test('an item whose writer died half-way says so until it is set again', async () => {
    const list = new ShareableList<string>(['whole', 'other']);
    const process = new Process(dieInItem, { args: [list, 0] });
    process.start();
    await process.join();
    expect(() => list.at(0)).toThrow(OwnerDiedError);
    expect(list.at(1)).toBe('other');
    list.set(0, 'mended');
    expect(list.at(0)).toBe('mended');
    list.shm.unlink();
    list.shm.close();
  });

  test('memory that holds no list is refused', () => {
    using memory = new SharedMemory({ name: 'bare', create: true, size: 100 });
    expect(() => new ShareableList(undefined, { name: 'bare' })).toThrow('holds none');
    expect(() => new ShareableList(undefined, { name: 'missing' })).toThrow(
      expect.toSatisfy(coded('ENOENT')),
    );
    memory.unlink();
  });
});
