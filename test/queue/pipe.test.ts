// pipe and Connection, alone and with real workers.

import {
  BufferTooShortError,
  ClosedError,
  type Connection,
  EOFError,
  InvalidStateError,
  Pool,
  pipe,
  Queue,
  TimeoutError,
} from 'manyhands';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pollFor, sendAndDie, sendAndLeave, talk, talkSync } from './tasks.mjs';

let pool: Pool;
beforeAll(async () => {
  pool = new Pool(2);
  await pool.ready;
});
afterAll(() => pool.terminate());

async function rest(connection: Connection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of connection) messages.push(message);
  return messages;
}

describe('one thread', () => {
  test('values go both ways, in order', async () => {
    const [a, b] = pipe();
    for (const message of [1, 'two', { three: [3n] }, undefined]) a.sendSync(message);
    await b.send('back');
    expect([b.recvSync(), await b.recv(), b.recvSync(), b.recvSync()]).toEqual([
      1,
      'two',
      { three: [3n] },
      undefined,
    ]);
    expect(await a.recv()).toBe('back');
    a.close();
    b.close();
  });

  test('bytes, whole, in part, and into a buffer', async () => {
    const [receiver, sender] = pipe({ duplex: false });
    const bytes = new Uint8Array(2000).map((_, i) => i);
    await sender.sendBytes(bytes);
    expect(await receiver.recvBytes()).toEqual(bytes);
    sender.sendBytesSync(bytes.buffer, 10, 3);
    expect(receiver.recvBytesSync()).toEqual(new Uint8Array([10, 11, 12]));
    const target = new Float64Array(300);
    sender.sendBytesSync(bytes);
    expect(receiver.recvBytesIntoSync(target, 8)).toBe(2000);
    expect(new Uint8Array(target.buffer)[9]).toBe(1);
    sender.sendBytesSync(bytes);
    const error = await receiver.recvBytesInto(new Uint8Array(10)).catch((reason) => reason);
    expect(error).toBeInstanceOf(BufferTooShortError);
    expect(error.data).toEqual(bytes);
    sender.sendSync('text');
    expect(() => receiver.recvBytesSync()).toThrow(TypeError);
    expect(() => sender.sendBytesSync(bytes, 1999, 2)).toThrow(RangeError);
  });

  test('a pipe that goes one way refuses the other', async () => {
    const [receiver, sender] = pipe({ duplex: false });
    expect([receiver.readable, receiver.writable, sender.readable, sender.writable]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(() => receiver.sendSync(1)).toThrow(InvalidStateError);
    await expect(sender.recv()).rejects.toThrow(InvalidStateError);
  });

  test('poll looks without taking, and waits', async () => {
    const [a, b] = pipe();
    expect(await b.poll()).toBe(false);
    expect(await b.poll(5)).toBe(false);
    expect(b.pollSync(5)).toBe(false);
    const polled = b.poll({ timeout: 10_000 });
    a.sendSync(1);
    expect(await polled).toBe(true);
    expect(b.pollSync()).toBe(true);
    expect(b.recvSync()).toBe(1);
    a.close();
    expect(await b.poll(1000)).toBe(true);
    expect(() => b.recvSync()).toThrow(EOFError);
  });

  test('a closed end: the other one drains, then sees the end', async () => {
    const [a, b] = pipe();
    a.sendSync(1);
    const waiting = a.recv();
    a.close();
    a.close();
    await expect(waiting).rejects.toThrow(ClosedError);
    expect(() => a.sendSync(2)).toThrow(ClosedError);
    expect(() => b.sendSync(2)).toThrow(ClosedError);
    expect(b.recvSync()).toBe(1);
    await expect(b.recv()).rejects.toThrow(EOFError);
    const [c, d] = pipe();
    const end = d.recv();
    c.close();
    await expect(end).rejects.toThrow(EOFError);
  });

  test('waits end in TimeoutError or the reason of the signal', async () => {
    const [, b] = pipe();
    await expect(b.recv(5)).rejects.toThrow(TimeoutError);
    expect(() => b.recvSync({ timeout: 5 })).toThrow(TimeoutError);
    await expect(b.recv({ signal: AbortSignal.abort(new RangeError('no')) })).rejects.toThrow('no');
  });

  test('an end that travels through a queue stays the same', () => {
    const [a, b] = pipe();
    using queue = new Queue<Connection>();
    queue.putSync(b);
    expect(queue.tryGet()).toBe(b);
    a.sendSync(1);
    expect(b.recvSync()).toBe(1);
  });
});

describe('workers', () => {
  test('an end moves to the worker, and closing the other one ends its loop', async () => {
    const [here, there] = pipe();
    const talking = pool.apply(talk, [there]);
    for (let i = 0; i < 200; i++) {
      await here.send([i]);
      expect(await here.recv(20_000)).toMatchObject({ message: [i] });
    }
    expect(there.closed).toBe(true);
    expect(() => there.sendSync(1)).toThrow(ClosedError);
    here.close();
    expect(await talking).toBe(200);
  });

  test('two workers talk to one another', async () => {
    const [a, b] = pipe();
    const talking = [pool.apply(talkSync, [a]), pool.apply(sendAndLeave, [b, 100])];
    expect((await Promise.allSettled(talking))[1].status).toBe('fulfilled');
  });

  test('what a worker sent before it left or died arrives, then the end', async () => {
    const [a, b] = pipe();
    await pool.apply(sendAndLeave, [b, 50]);
    expect(await rest(a)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const [c, d] = pipe();
    const reading = rest(c);
    await expect(pool.apply(sendAndDie, [d, 50])).rejects.toMatchObject({ code: 'ERR_WORKER_EXIT' });
    expect(await reading).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('a blocking poll in a worker', async () => {
    const [a, b] = pipe();
    const polling = pool.apply(pollFor, [b, 20_000]);
    a.sendSync(1);
    expect(await polling).toBe(true);
  });
});
