// Where remote objects live: the side of the manager's worker. Requests come through one queue, each with the queue
// that its caller wants the reply in; arguments and results travel as bytes of their own, so that one that cannot be
// read is an error of its call and not of the queue.

import { decode, encode, encodeError } from '../codec/index';
import { ClosedError } from '../errors';
import { thisOwner } from '../heap/heap';
import type { Queue } from '../queue/index';
import { findTask } from '../tasks/registry';

/** What a caller asks: `object` 0 makes an object of the class with this key. */
export type Request = [id: number, replies: Queue<Reply>, object: number, name: string, args: Uint8Array];
export type Reply = [id: number, ok: boolean, value: Uint8Array, owner: number];

const objects = new Map<number, object>();
let count = 0;

/** Results stay alive here for a while: a handle among them must outlive its way to the caller. */
const kept: unknown[] = [];
const KEPT = 256;
let keptAt = 0;

/** Makes an object, or calls a method of one. */
export async function perform(object: number, name: string, args: unknown[]): Promise<unknown> {
  if (object === 0) {
    const Class = (await findTask(name)) as unknown as new (...args: unknown[]) => object;
    objects.set(++count, new Class(...args));
    return count;
  }
  const target = objects.get(object) as Record<string, unknown>;
  const method = name in Object.prototype ? undefined : target[name];
  if (typeof method !== 'function') {
    throw new TypeError(
      `Cannot call ${name}: ${target.constructor?.name ?? 'the object'} has no such method`,
    );
  }
  return method.apply(target, args);
}

async function answer([id, replies, object, name, args]: Request): Promise<void> {
  let ok = true;
  let value: Uint8Array;
  try {
    const result = await perform(object, name, decode(args) as unknown[]);
    kept[keptAt++ % KEPT] = result;
    value = encode(result, 'result').slice();
  } catch (error) {
    ok = false;
    value = encode(encodeError(error)).slice();
  }
  await replies.put([id, ok, value, thisOwner()]).catch(() => {}); // the caller is gone
}

/** The one task of a manager's worker: answers until the queue is closed; what is asynchronous runs side by side. */
export async function serve(requests: Queue<Request>): Promise<void> {
  const running = new Set<Promise<void>>();
  while (true) {
    try {
      const work = answer(await requests.get());
      running.add(work);
      void work.then(() => running.delete(work));
    } catch (error) {
      if (error instanceof ClosedError) break;
      // A request whose caller is gone cannot be read, nor need it be.
    }
  }
  await Promise.all(running);
}
