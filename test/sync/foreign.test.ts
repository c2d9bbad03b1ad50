// Handles that belong to another heap are told apart from ours, though they may lie at the same address.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode, encode } from '../../src/codec';
import { Condition, InvalidStateError, Lock, NotShareableError, Queue } from '../../src/index';
import { bundle, runThread } from '../heap/_threads';

const script = () => bundle(join('../sync', '_foreign.ts'));

test("another program's handles are refused", async () => {
  const [lock, queue] = [new Lock(), new Queue()];
  const [itsLock, itsQueue] = await runThread<Uint8Array[]>(await script(), {});
  for (const bytes of [itsLock, itsQueue]) {
    expect(() => decode(bytes)).toThrow(InvalidStateError);
    expect(() => decode(bytes)).toThrow(/another heap\. Keep it/);
  }
  expect(decode(encode(lock))).toBe(lock);
  lock.close();
  queue.close();
});

test('a handle of another copy of the package is not sent as an empty object', async () => {
  const copy = await import(await script());
  const lock = new copy.Lock();
  expect(() => encode({ lock })).toThrow(NotShareableError);
  expect(() => encode({ lock })).toThrow(
    /Cannot send value.lock: .*another copy of manyhands.*import the package from one/,
  );
  expect(() => encode([new copy.Counter()])).toThrow(NotShareableError);
  expect(() => new Condition(lock)).toThrow(TypeError);
  lock.close();
});
