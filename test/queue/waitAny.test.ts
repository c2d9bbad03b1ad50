// waitAny over queues, connections and events.

import { Event, pipe, Queue, waitAny } from 'manyhands';
import { expect, test } from 'vitest';

/** By identity: `toEqual` would iterate a queue, and block. */
function expectSame(ready: unknown[], wanted: unknown[]): void {
  expect(ready.length).toBe(wanted.length);
  expect(ready.every((thing, i) => thing === wanted[i])).toBe(true);
}

test('those that are ready, at once', async () => {
  using queue = new Queue<number>();
  const [a, b] = pipe();
  const event = new Event();
  expectSame(await waitAny([queue, b, event], 0), []);
  queue.putSync(1);
  expectSame(await waitAny([queue, b, event]), [queue]);
  a.sendSync(1);
  event.set();
  expectSame(await waitAny([queue, b, event]), [queue, b, event]);
});

test('the first that becomes ready, and nothing is taken', async () => {
  using queue = new Queue<number>();
  const [a, b] = pipe();
  const event = new Event();
  for (const [make, thing] of [
    [() => a.sendSync(1), b],
    [() => event.set(), event],
  ] as const) {
    const waiting = waitAny([queue, b, event], 10_000);
    make();
    expectSame(await waiting, [thing]);
    if (thing === b) expect(b.recvSync()).toBe(1);
    else event.clear();
  }
  const waiting = waitAny([queue, b], 10_000);
  queue.putSync(7);
  expectSame(await waiting, [queue]);
  expect(queue.tryGet()).toBe(7);
  const end = waitAny([queue, b], 10_000);
  a.close();
  expectSame(await end, [b]);
});

test('none in time, or the reason of the signal', async () => {
  using queue = new Queue<number>();
  expectSame(await waitAny([queue], 5), []);
  const controller = new AbortController();
  const waiting = waitAny([queue], { signal: controller.signal });
  controller.abort(new RangeError('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(waitAny([1 as never])).rejects.toThrow(TypeError);
});

test('a promise is ready when it is settled, however', async () => {
  using queue = new Queue<number>();
  let resolve!: (value: number) => void;
  const promise = new Promise<number>((settle) => (resolve = settle));
  const failed = Promise.reject(new RangeError('burnt'));
  failed.catch(() => {});
  expectSame(await waitAny([queue, promise], 5), []);
  expectSame(await waitAny([queue, promise, failed]), [failed]);
  const waiting = waitAny([queue, promise], 10_000);
  resolve(1);
  expectSame(await waiting, [promise]);
});
