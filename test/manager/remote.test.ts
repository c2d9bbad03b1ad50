// Objects that live in a manager's worker: calls from every thread, errors, and the worker's death.

import { activeChildren, ClosedError, Manager, NotShareableError, Pool, WorkerExitError } from 'manyhands';
import { describe, expect, test } from 'vitest';
import { SPARES } from '../../assembly/queue/ring';
import { mayLose } from '../_heap';
import { sellAt, Till } from './tasks.mjs';

// A thread's queue of replies stays, and keeps the blocks of long ones for the next.
mayLose('queue', SPARES);

describe.each(['shared', 'inline'] as const)('%s', (backend) => {
  test('methods are promises, objects have their own state', async () => {
    await using manager = new Manager({ backend });
    const [one, other] = [await manager.create(Till), await manager.create(Till, 10)];
    expect(await one.sell(3)).toBe(3);
    expect(await Promise.all([one.sell(1), other.sell(1), one.total(), other.total()])).toEqual([
      4, 11, 4, 11,
    ]);
    expect(await one).toBe(one);
  });

  test('calls do not wait for one another', async () => {
    await using manager = new Manager({ backend });
    const till = await manager.create(Till);
    const order = till.order();
    await till.put({ dish: 'soup' });
    expect(await order).toEqual({ dish: 'soup' });
  });

  test('errors arrive as what they are', async () => {
    await using manager = new Manager({ backend });
    await expect(manager.create(Till, -1)).rejects.toThrow(new RangeError('a till cannot begin below zero'));
    const till = await manager.create(Till);
    await expect(till.sell('much' as never)).rejects.toThrow(new TypeError('a price is a number'));
    await expect(till.unsendable()).rejects.toThrow(NotShareableError);
    await expect(till.put(() => {})).rejects.toThrow(NotShareableError);
    await expect((till as never as { bake(): Promise<void> }).bake()).rejects.toThrow(
      'Till has no such method',
    );
    expect(() => ((till as { price?: number }).price = 3)).toThrow(TypeError);
    await expect(manager.create(class Pan {})).rejects.toThrow('register(import.meta.url, { Pan');
    expect(await till.total()).toBe(0);
  });

  test('handles travel both ways', async () => {
    await using manager = new Manager({ backend });
    const till = await manager.create(Till, 5);
    const dict = manager.dict<string, number>();
    expect(await till.note(dict, 'total')).toBe(dict);
    expect(dict.get('total')).toBe(5);
  });
});

test('an object works in every thread', async () => {
  await using manager = new Manager();
  const till = await manager.create(Till);
  const pool = new Pool(2);
  await pool.starmap(
    sellAt,
    Array.from({ length: 50 }, () => [till, 2] as const),
  );
  expect(await till.total()).toBe(100);
  await expect(pool.apply(sellAt, [till, 'x' as never])).rejects.toThrow('a price is a number');
  await pool.terminate();
});

test('the death of its worker is told to all who wait, in every thread, and to later calls', async () => {
  await using manager = new Manager({ name: 'Counter' });
  const till = await manager.create(Till);
  const pool = new Pool(1);
  await pool.apply(sellAt, [till, 1]);
  const waiting = expect(till.forever()).rejects.toThrow(WorkerExitError);
  await expect(till.quit()).rejects.toMatchObject({
    name: 'WorkerExitError',
    exitCode: 3,
    task: 'call Till.quit',
  });
  await waiting;
  await expect(till.sell(1)).rejects.toThrow('Counter, the worker that the object lived in, has ended');
  await expect(pool.apply(sellAt, [till, 1])).rejects.toThrow(WorkerExitError);
  await expect(manager.create(Till)).rejects.toThrow(WorkerExitError);
  await pool.terminate();
});

test('a worker that is killed from outside', async () => {
  await using manager = new Manager({ name: 'Victim' });
  const till = await manager.create(Till);
  const waiting = expect(till.forever()).rejects.toThrow(WorkerExitError);
  activeChildren()
    .find(({ name }) => name === 'Victim')!
    .kill();
  await waiting;
});

test('close waits for what was asked; afterwards the manager is closed for everybody', async () => {
  const manager = new Manager({ name: 'Closing' });
  const till = await manager.create(Till);
  const calls = [till.sell(1), till.sell(2)];
  const closed = manager.close();
  expect(await Promise.all(calls)).toEqual([1, 3]);
  await closed;
  expect(activeChildren().filter(({ name }) => name === 'Closing')).toEqual([]);
  await expect(till.sell(1)).rejects.toThrow(/closed|ended/);
  await expect(manager.create(Till)).rejects.toThrow(ClosedError);
});

test('terminate does not wait', async () => {
  const manager = new Manager();
  const till = await manager.create(Till);
  const waiting = expect(till.forever()).rejects.toThrow(WorkerExitError);
  await manager.terminate();
  await waiting;
});
