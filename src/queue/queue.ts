// Queue: many producers, many consumers, over the ring of assembly/queue/ring.ts.

import { atomicLoad, load32 } from '../../assembly/atomics/index';
import {
  BUSY,
  CLOSED,
  EMPTY,
  KIND_QUEUE,
  peek,
  QUEUE_BOUND,
  QUEUE_CLOSED,
  QUEUE_DONE,
  QUEUE_ITEMS,
  QUEUE_SPACE,
  queueSize,
  SHIFT_MAX,
} from '../../assembly/queue/ring';
import { announceSleep } from '../../assembly/queue/sleep';
import { ClosedError, Empty, Full } from '../errors';
import { persist } from '../heap/section';
import { canSleep } from '../sync/_block';
import { type Wait, type WaitOptions, wholeNumber } from '../sync/_options';
import { isAwaited, rejectWaits } from '../sync/_park';
import {
  attemptGet,
  attemptPut,
  createChannel,
  DONE,
  endChannel,
  freeChannel,
  getStep,
  isWait,
  putStep,
  takeTaken,
} from './_channel';
import { Attach, hold, letGo, Make, registerQueue } from './_handle';
import {
  bytesOf,
  fitted,
  keepMessage,
  type Message,
  type Read,
  readInto,
  readMessage,
  valueMessage,
} from './_messages';
import { spinner } from './_spin';
import { timeoutOf, waitAsync, waitSync } from './_wait';
import type { Waitable } from './_waitable';

/** For how often a put that is under way is looked at before `tryGet` calls the queue empty. */
const BUSY_SPINS = 20_000;

/** What all queues are: bounded or not, first in, first out. */
export abstract class BaseQueue<T = unknown> implements Waitable {
  /** The queue's block; one that is closed and drained after this thread has let go of its own. */
  protected address: number;

  protected constructor({ kind, maxsize }: Make) {
    const attach = maxsize instanceof Attach ? maxsize : undefined;
    this.address =
      attach?.address ??
      createChannel(wholeNumber(maxsize, 0, 2 ** SHIFT_MAX, 'make a queue of such a maxsize'), kind);
    hold(this, this.address);
  }

  /** For kernels: the address of the queue's words, of one that is closed if this thread has disposed of it. */
  static wordsOf(queue: BaseQueue): number {
    return queue.address;
  }

  /** Items in the queue; while others are at work it is out of date at once. */
  get size(): number {
    return queueSize(this.address);
  }

  /** Whether nothing is in the queue. */
  get empty(): boolean {
    return this.size === 0;
  }

  /** Whether the queue takes no more items. */
  get closed(): boolean {
    return atomicLoad(this.address + QUEUE_CLOSED) !== 0;
  }

  protected putNow(value: T, wait: Wait | undefined): Promise<void> {
    let message: Message;
    try {
      message = valueMessage(value);
      if (!isAwaited(this.address + QUEUE_SPACE)) {
        const outcome = attemptPut(this.address, message);
        if (outcome === DONE) return Promise.resolve();
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#putLater(keepMessage(message, value, false), wait);
  }

  async #putLater(message: Message, wait: Wait | undefined): Promise<void> {
    const { address } = this;
    const step = () => putStep(address, message);
    if ((await waitAsync(address + QUEUE_SPACE, step, wait, 'put into the queue', fullError)) === CLOSED) {
      throw closedToPut();
    }
  }

  protected putBlocking(value: T, wait: Wait | undefined, remedy: string): void {
    const { address } = this;
    let message = valueMessage(value);
    let outcome = attemptPut(address, message);
    if (outcome === DONE) return;
    if (isWait(outcome) && timeoutOf(wait) !== 0 && canSleep()) {
      outcome = spinner.spin(() => attemptPut(address, message), isWait);
    }
    if (isWait(outcome)) {
      message = keepMessage(message, value, true);
      const step = () => putStep(address, message);
      outcome = waitSync(address + QUEUE_SPACE, step, wait, 'put into the queue', remedy, fullError);
    }
    if (outcome === CLOSED) throw closedToPut();
  }

  protected getNow<R = T>(wait: Wait | undefined, read: Read = readMessage): Promise<R> {
    try {
      if (!isAwaited(this.address + QUEUE_ITEMS) && attemptGet(this.address, read) === DONE) {
        return Promise.resolve(takeTaken() as R);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#getLater(wait, read);
  }

  async #getLater<R>(wait: Wait | undefined, read: Read): Promise<R> {
    const { address } = this;
    let value: unknown;
    const step = () => {
      const outcome = getStep(address, read);
      if (outcome === DONE) value = takeTaken();
      return outcome;
    };
    if ((await waitAsync(address + QUEUE_ITEMS, step, wait, 'get from the queue', emptyError)) === CLOSED) {
      throw closedToGet();
    }
    return value as R;
  }

  protected getBlocking<R = T>(wait: Wait | undefined, remedy: string, read: Read = readMessage): R {
    const { address } = this;
    let outcome = attemptGet(address, read);
    if (isWait(outcome)) {
      if (timeoutOf(wait) !== 0 && canSleep()) {
        outcome = spinner.spin(() => attemptGet(address, read), isWait);
      }
      if (isWait(outcome)) {
        const step = () => getStep(address, read);
        outcome = waitSync(address + QUEUE_ITEMS, step, wait, 'get from the queue', remedy, emptyError);
      }
    }
    if (outcome === CLOSED) throw closedToGet();
    return takeTaken() as R;
  }

  protected tryGetNow(): T {
    let outcome = attemptGet(this.address, readMessage);
    // An item that is being put stands before others that are there: it comes, or its producer dies.
    for (let i = 0; i < BUSY_SPINS && outcome === BUSY; i++) {
      outcome = attemptGet(this.address, readMessage);
    }
    if (outcome === CLOSED) throw closedToGet();
    if (outcome !== DONE) throw new Empty('Cannot get from the queue: it is empty');
    return takeTaken() as T;
  }

  protected tryPutNow(value: T): void {
    const message = valueMessage(value);
    let outcome = attemptPut(this.address, message);
    // A living thread is making the queue larger: it is not full, and will soon be done (or dead).
    if (outcome === BUSY) outcome = persist(() => attemptPut(this.address, message), BUSY);
    if (outcome === CLOSED) throw closedToPut();
    if (outcome !== DONE) {
      throw new Full(
        `Cannot put into the queue: it holds ${load32(this.address + QUEUE_BOUND)} items already`,
      );
    }
  }

  /** For waitAny. */
  '~isReady'(): boolean {
    const found = peek(this.address);
    return found !== EMPTY && found !== BUSY;
  }

  /** For waitAny. */
  '~untilReady'(wait: WaitOptions): Promise<unknown> {
    const word = this.address + QUEUE_ITEMS;
    const step = () => {
      if (this['~isReady']()) return DONE;
      const asleep = announceSleep(word);
      return this['~isReady']() ? DONE : asleep;
    };
    return waitAsync(word, step, wait, 'wait for the queue', undefined, false);
  }

  /**
   * Closes the queue for everybody: puts fail from now on, what is in it can still be got. Closing twice does nothing.
   */
  close(): void {
    endChannel(this.address);
  }

  /** Items until the queue is closed and drained, without blocking. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      let item: T;
      try {
        item = await this.getNow(undefined);
      } catch (error) {
        if (error instanceof ClosedError && this.closed) return;
        throw error;
      }
      yield item;
    }
  }

  /** Items until the queue is closed and drained, in a thread that may block. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    while (true) {
      let item: T;
      try {
        item = this.getBlocking(undefined, 'for await (… of queue)');
      } catch (error) {
        if (error instanceof ClosedError && this.closed) return;
        throw error;
      }
      yield item;
    }
  }

  /** Closes the queue and lets go of it: its memory returns when no other thread holds it. */
  [Symbol.dispose](): void {
    this.close();
    const { address } = this;
    rejectWaits(address + QUEUE_ITEMS, closedToGet());
    rejectWaits(address + QUEUE_SPACE, closedToPut());
    rejectWaits(
      address + QUEUE_DONE,
      new ClosedError('Cannot join the queue: this thread has disposed of it'),
    );
    this.address = ended ||= createEnded();
    letGo(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}

/** A queue at its end, in place of those that this thread has let go of. */
let ended = 0;

function createEnded(): number {
  const address = createChannel(1, KIND_QUEUE); // it returns with this thread
  endChannel(address);
  return address;
}

const fullError = (cause: Error) => new Full('Cannot put into the queue in time: it stays full', { cause });
const emptyError = (cause: Error) =>
  new Empty('Cannot get from the queue in time: it stays empty', { cause });
const closedToPut = () => new ClosedError('Cannot put into the queue: it is closed');
const closedToGet = () => new ClosedError('Cannot get from the queue: it is closed and drained');

/**
 * A queue between threads: many producers, many consumers, first in, first out. Values are what structured clone
 * copies, and handles. Messages of up to 104 bytes need no memory of their own, numbers least of all; that of 32 of at most
 * 64 KiB is kept for the next ones. A worker that dies while it puts leaves nothing behind; an item that a dying worker was
 * taking goes back to the queue's head for the next one, so every item is delivered once.
 *
 * @example
 * ```ts
 * const queue = new Queue<string>(10);
 * await queue.put('salad');
 * console.log(queue.size, await queue.get({ timeout: 100 })); // 1 salad
 * queue.close();
 * ```
 */
export class Queue<T = unknown> extends BaseQueue<T> {
  protected static readonly travels = /* @__PURE__ */ registerQueue(
    'Queue',
    KIND_QUEUE,
    () => this,
    freeChannel,
  );

  /**
   * @param maxsize most items that may wait in the queue; 0, the default, for any number
   * @throws {RangeError} if it is no whole number from 0 to 4 194 304
   */
  constructor(maxsize: number = 0) {
    const given: unknown = maxsize;
    super(given instanceof Make ? given : new Make(KIND_QUEUE, given));
  }

  /** Most items, 0 for any number. */
  get maxsize(): number {
    return load32(this.address + QUEUE_BOUND);
  }

  /** Whether a put would have to wait. */
  get full(): boolean {
    const { maxsize } = this;
    return maxsize !== 0 && this.size >= maxsize;
  }

  /**
   * Puts a value, and waits for room first, without blocking. Puts that one thread makes go in in their order.
   *
   * @throws {Full} if there is no room in time; the signal's reason if that is aborted
   * @throws {ClosedError} if the queue is closed
   * @throws {NotShareableError} naming the path to what cannot travel
   */
  put(value: T, wait?: Wait): Promise<void> {
    return this.putNow(value, wait);
  }

  /**
   * Puts a value, and blocks until there is room; otherwise like {@link Queue.put}.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  putSync(value: T, wait?: Wait): void {
    this.putBlocking(value, wait, 'queue.put(value)');
  }

  /**
   * Puts a value if there is room.
   * @throws {Full} if there is none
   * @throws {ClosedError} if the queue is closed
   */
  tryPut(value: T): void {
    this.tryPutNow(value);
  }

  /**
   * Takes the oldest item, and waits for one, without blocking.
   *
   * @throws {Empty} if none comes in time; the signal's reason if that is aborted
   * @throws {ClosedError} if the queue is closed and drained
   */
  get(wait?: Wait): Promise<T> {
    return this.getNow(wait);
  }

  /**
   * Takes the oldest item, and blocks until there is one; otherwise like {@link Queue.get}.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  getSync(wait?: Wait): T {
    return this.getBlocking(wait, 'queue.get()');
  }

  /**
   * Takes the oldest item, a typed array, into a buffer of one's own. Large messages are faster so: what
   * {@link Queue.get} spends on them is for the most part the memory that it makes.
   *
   * @returns how many bytes came
   * @throws {TypeError} if the item is no typed array of a buffer of its own
   * @throws {BufferTooShortError} with the item's bytes in `.data`, if they do not fit; else as {@link Queue.get}
   * @example
   * ```ts
   * const queue = new Queue<Uint8Array>(16);
   * queue.putSync(new Uint8Array(65536).fill(7));
   * const buffer = new Uint8Array(65536);
   * console.log(await queue.getInto(buffer), buffer[65535]); // 65536 7
   * ```
   */
  async getInto(buffer: ArrayBuffer | ArrayBufferView, wait?: Wait): Promise<number> {
    return fitted(await this.getNow(wait, readInto(bytesOf(buffer))));
  }

  /**
   * Takes the oldest item into a buffer, and blocks until there is one; otherwise like {@link Queue.getInto}.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  getIntoSync(buffer: ArrayBuffer | ArrayBufferView, wait?: Wait): number {
    return fitted(this.getBlocking(wait, 'queue.getInto(buffer)', readInto(bytesOf(buffer))));
  }

  /**
   * Takes the oldest item if there is one.
   * @throws {Empty} if there is none
   * @throws {ClosedError} if the queue is closed and drained
   */
  tryGet(): T {
    return this.tryGetNow();
  }
}
