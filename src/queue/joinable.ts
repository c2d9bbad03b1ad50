// JoinableQueue and SimpleQueue: Queue with a join, and Queue without a bound.

import { atomicLoad, heapBytes } from '../../assembly/atomics/index';
import { KIND_JOINABLE, KIND_SIMPLE, QUEUE_DONE, QUEUE_TALLY } from '../../assembly/queue/ring';
import { announceSleep } from '../../assembly/queue/sleep';
import { isSettled, noteDone, TALLY_BYTES } from '../../assembly/queue/tally';
import { InvalidStateError } from '../errors';
import { allocateLinked, releaseFrom, thisOwner } from '../heap/heap';
import type { Wait } from '../sync/_options';
import { DONE, freeChannel, wakeAll } from './_channel';
import { Attach, Make, registerQueue } from './_handle';
import { waitAsync, waitSync } from './_wait';
import { Queue } from './queue';

function freeJoinable(address: number): void {
  releaseFrom(address + QUEUE_TALLY, TALLY_BYTES, 'queue');
  freeChannel(address);
}

/** A step towards the end of a join: DONE, or the value to sleep on. */
function joinStep(queue: number): number {
  const tally = atomicLoad(queue + QUEUE_TALLY);
  if (tally === 0 || isSettled(queue, tally)) return DONE;
  const asleep = announceSleep(queue + QUEUE_DONE);
  return isSettled(queue, tally) ? DONE : asleep;
}

/**
 * A queue that can be waited for: `join` returns when for each item that was put, and got, `taskDone` was called.
 * What a worker had got and not done when it died is not waited for.
 *
 * @example
 * ```ts
 * const queue = new JoinableQueue<number>();
 * await queue.put(1);
 * console.log(await queue.get()); // 1
 * queue.taskDone();
 * await queue.join();
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  protected static override readonly travels = /* @__PURE__ */ registerQueue(
    'JoinableQueue',
    KIND_JOINABLE,
    () => this,
    freeJoinable,
  );

  /**
   * @param maxsize most items that may wait in the queue; 0, the default, for any number
   * @throws {RangeError} if it is no whole number from 0 to 4 194 304
   */
  constructor(maxsize: number = 0) {
    super(new Make(KIND_JOINABLE, maxsize) as never);
    if (!((maxsize as unknown) instanceof Attach)) {
      const clear = (tally: number) => heapBytes(tally + TALLY_BYTES).fill(0, tally, tally + TALLY_BYTES);
      allocateLinked(this.address + QUEUE_TALLY, TALLY_BYTES, 'queue', clear);
    }
  }

  /**
   * Says that an item which was got is done.
   * @throws {InvalidStateError} if it is called more often than items were got
   */
  taskDone(): void {
    const tally = atomicLoad(this.address + QUEUE_TALLY);
    const left = tally === 0 ? -1 : noteDone(tally, thisOwner());
    if (left < 0) {
      throw new InvalidStateError('Cannot call taskDone: it was called for every item that was got already');
    }
    if (left === 0) wakeAll(this.address + QUEUE_DONE);
  }

  /**
   * Waits, without blocking, until everything that was put is done.
   * @throws {TimeoutError} if it is not done in time; the signal's reason if that is aborted
   */
  async join(wait?: Wait): Promise<void> {
    const { address } = this;
    await waitAsync(address + QUEUE_DONE, () => joinStep(address), wait, 'join the queue');
  }

  /**
   * Blocks until everything that was put is done; otherwise like {@link JoinableQueue.join}.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  joinSync(wait?: Wait): void {
    const { address } = this;
    waitSync(address + QUEUE_DONE, () => joinStep(address), wait, 'join the queue', 'queue.join()');
  }
}

/**
 * A queue without a bound: putting never waits.
 *
 * @example
 * ```ts
 * const queue = new SimpleQueue<string>();
 * queue.putSync('salad');
 * console.log(queue.getSync()); // salad
 * ```
 */
export class SimpleQueue<T = unknown> extends Queue<T> {
  protected static override readonly travels = /* @__PURE__ */ registerQueue(
    'SimpleQueue',
    KIND_SIMPLE,
    () => this,
    freeChannel,
  );

  constructor(attach?: unknown) {
    super(new Make(KIND_SIMPLE, attach instanceof Attach ? attach : 0) as never);
  }
}
