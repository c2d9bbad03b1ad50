// pipe and Connection: two queues, one each way, whose ends belong to one thread at a time.
//
// An end is a word in the pipe's block: the owner id of the thread that has it, 0 once it is closed. A thread that
// attaches to the end (because it came as an argument or through a queue) makes itself the owner, so the end moves
// when it arrives, and the thread that sent it finds itself without. The other side sees the end of the pipe when the
// word is 0 or names a thread that is dead, and everything that was sent has been read. assembly/queue/pipe.ts has the ends.
// Over 400 lines: every method of a connection exists in two forms, each documented.

import { atomicExchange, atomicLoad } from '../../assembly/atomics/index';
import {
  beginReceive,
  closeEnd,
  EOF,
  endOf,
  initEnds,
  inOf,
  LOST,
  lookAtEnds,
  moveEnd,
  pollEnd,
} from '../../assembly/queue/pipe';
import { EMPTY, KIND_PIPE, PIPE_BACK, QUEUE_ITEMS, WAITING } from '../../assembly/queue/ring';
import { announceSleep } from '../../assembly/queue/sleep';
import { registerHandle } from '../codec/handles';
import { ClosedError, EOFError, InvalidStateError } from '../errors';
import { thisOwner } from '../heap/heap';
import { letGo as letGoOf } from '../heap/holds';
import { canSleep } from '../sync/_block';
import type { Wait, WaitOptions } from '../sync/_options';
import { isAwaited, rejectWaits } from '../sync/_park';
import {
  attemptGet,
  attemptPut,
  createChannel,
  createChannelIn,
  DONE,
  freeChannel,
  isWait,
  takeTaken,
  wakeAll,
} from './_channel';
import { find, hold, letGo, onLastQueue, recordOf } from './_handle';
import {
  bytesMessage,
  bytesOf,
  fitted,
  type Message,
  type Read,
  readBytes,
  readInto,
  readMessage,
  valueMessage,
} from './_messages';
import { spinner } from './_spin';
import { timeoutOf, waitAsync, waitSync } from './_wait';
import type { Waitable } from './_waitable';

function freePipe(address: number): void {
  const back = atomicExchange(address + PIPE_BACK, 0);
  if (back !== 0) freeChannel(back);
  freeChannel(address);
}

/**
 * One end of a pipe. What is sent here is received at the other end, in order. An end belongs to one thread: passing
 * it to a worker moves it there, and it is closed when that worker ends.
 *
 * @example
 * ```ts
 * const [here, there] = pipe();
 * here.sendSync({ dish: 'soup' });
 * console.log(there.recvSync()); // { dish: 'soup' }
 * there.close();
 * console.log(here.closed); // false
 * ```
 */
export class Connection implements Waitable {
  protected static readonly travels = /* @__PURE__ */ registerConnection(() => this);

  readonly #address: number;
  readonly #side: number;
  /** The queue that this end reads, or writes; 0 if the pipe does not go that way. */
  readonly #in: number;
  readonly #out: number;
  /** Closed here: the pipe's block may be gone. */
  #ended = false;
  readonly #begin = () => beginReceive(this.#address, this.#side, thisOwner());

  /** @param address made by {@link pipe} alone */
  private constructor(address: number, side: number) {
    this.#address = address;
    this.#side = side;
    this.#in = inOf(address, side);
    this.#out = inOf(address, 1 - side);
    hold(this, address, address + side);
  }

  /** For {@link pipe}. */
  static make(address: number, side: number): Connection {
    return new this(address, side); // not by its name: bundlers rename a class that its own body names
  }

  /** Whether this thread cannot use the end any more: it was closed, or passed on. */
  get closed(): boolean {
    return this.#ended || atomicLoad(endOf(this.#address, this.#side)) !== thisOwner();
  }

  /** Whether the end can receive. */
  get readable(): boolean {
    return this.#in !== 0 && !this.closed;
  }

  /** Whether the end can send. */
  get writable(): boolean {
    return this.#out !== 0 && !this.closed;
  }

  #throwIfLost(what: string): void {
    if (!this.closed) return;
    throw new ClosedError(
      this.#ended || atomicLoad(endOf(this.#address, this.#side)) === 0
        ? `Cannot ${what} the connection: it is closed`
        : `Cannot ${what} the connection: it was passed to another thread`,
    );
  }

  #send(message: Message): void {
    const ends = this.#ended ? LOST : lookAtEnds(this.#address, this.#side, thisOwner());
    if (ends === LOST) this.#throwIfLost('send to');
    if (this.#out === 0) throw new InvalidStateError('Cannot send to the connection: it only receives');
    if (ends === EOF) throw new ClosedError('Cannot send to the connection: the other end is closed');
    while (attemptPut(this.#out, message) !== DONE); // no bound: only a ring that another puts at its end delays it
  }

  #tryReceive(read: Read): number {
    // Most often there is something, and the ends need no look.
    const outcome = attemptGet(this.#in, read);
    return isWait(outcome) ? attemptGet(this.#in, read, this.#begin) : outcome;
  }

  #receiveStep(read: Read): number {
    let outcome = this.#tryReceive(read);
    if (!isWait(outcome)) return outcome;
    const asleep = announceSleep(this.#in + QUEUE_ITEMS);
    outcome = this.#tryReceive(read);
    return isWait(outcome) ? asleep : outcome;
  }

  #outcome(outcome: number): void {
    if (outcome === LOST) this.#throwIfLost('receive from');
    if (outcome === EOF) throw new EOFError('Cannot receive from the connection: the other end is closed');
  }

  #throwIfDeaf(): void {
    this.#throwIfLost('receive from');
    if (this.#in === 0) throw new InvalidStateError('Cannot receive from the connection: it only sends');
  }

  async #receive(read: Read, wait: Wait | undefined): Promise<unknown> {
    this.#throwIfDeaf();
    const word = this.#in + QUEUE_ITEMS;
    if (!isAwaited(word)) {
      const outcome = this.#tryReceive(read);
      if (outcome === DONE) return takeTaken();
      this.#outcome(outcome);
    }
    let value: unknown;
    const step = () => {
      const outcome = this.#receiveStep(read);
      if (outcome === DONE) value = takeTaken();
      return outcome;
    };
    this.#outcome(await waitAsync(word, step, wait, 'receive from the connection'));
    return value;
  }

  #receiveSync(read: Read, wait: Wait | undefined, remedy: string): unknown {
    this.#throwIfDeaf();
    let outcome = this.#tryReceive(read);
    if (isWait(outcome) && timeoutOf(wait) !== 0 && canSleep()) {
      outcome = spinner.spin(() => this.#tryReceive(read), isWait);
    }
    if (isWait(outcome)) {
      const step = () => this.#receiveStep(read);
      outcome = waitSync(this.#in + QUEUE_ITEMS, step, wait, 'receive from the connection', remedy);
    }
    this.#outcome(outcome);
    return takeTaken();
  }

  /**
   * Sends a value. A pipe has no bound, so this never waits.
   *
   * @throws {ClosedError} if this end or the other one is closed
   * @throws {NotShareableError} naming the path to what cannot travel
   */
  async send(value: unknown): Promise<void> {
    this.#send(valueMessage(value));
  }

  /** Sends a value: as {@link Connection.send}. */
  sendSync(value: unknown): void {
    this.#send(valueMessage(value));
  }

  /**
   * Receives the next value; waits for it without blocking.
   *
   * @throws {EOFError} once the other end is closed, or its worker died, and everything was received
   * @throws {TimeoutError} if nothing comes in time; the signal's reason if that is aborted
   */
  recv(wait?: Wait): Promise<unknown> {
    return this.#receive(readMessage, wait);
  }

  /**
   * Receives the next value; blocks until it is there. Otherwise like {@link Connection.recv}.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  recvSync(wait?: Wait): unknown {
    return this.#receiveSync(readMessage, wait, 'connection.recv()');
  }

  /** Sends bytes, or `size` of them from `offset`. @throws as {@link Connection.send} */
  async sendBytes(bytes: ArrayBuffer | ArrayBufferView, offset = 0, size?: number): Promise<void> {
    this.sendBytesSync(bytes, offset, size);
  }

  /** Sends bytes: as {@link Connection.sendBytes}. */
  sendBytesSync(bytes: ArrayBuffer | ArrayBufferView, offset = 0, size?: number): void {
    const all = bytesOf(bytes);
    const end = offset + (size ?? all.length - offset);
    if (!(offset >= 0 && end >= offset && end <= all.length)) {
      throw new RangeError(`Cannot send ${end - offset} bytes from ${offset}: there are ${all.length}`);
    }
    this.#send(bytesMessage(all.subarray(offset, end)));
  }

  /**
   * Receives the next message, which must be bytes.
   * @throws {TypeError} if it is another value; else as {@link Connection.recv}
   */
  recvBytes(wait?: Wait): Promise<Uint8Array> {
    return this.#receive(readBytes, wait) as Promise<Uint8Array>;
  }

  /** Receives bytes, and blocks until they are there: as {@link Connection.recvBytes}. */
  recvBytesSync(wait?: Wait): Uint8Array {
    return this.#receiveSync(readBytes, wait, 'connection.recvBytes()') as Uint8Array;
  }

  /**
   * Receives bytes into a buffer of one's own, which spares allocating one.
   *
   * @returns how many bytes came
   * @throws {BufferTooShortError} with the message in `.data`, if it does not fit; else as {@link Connection.recvBytes}
   */
  async recvBytesInto(buffer: ArrayBuffer | ArrayBufferView, offset = 0, wait?: Wait): Promise<number> {
    return fitted(await this.#receive(readInto(bytesOf(buffer).subarray(offset)), wait));
  }

  /** Receives bytes into a buffer, and blocks until they are there: as {@link Connection.recvBytesInto}. */
  recvBytesIntoSync(buffer: ArrayBuffer | ArrayBufferView, offset = 0, wait?: Wait): number {
    const read = readInto(bytesOf(buffer).subarray(offset));
    return fitted(this.#receiveSync(read, wait, 'connection.recvBytesInto(buffer)'));
  }

  #pollStep(): number {
    return pollEnd(this.#address, this.#side, thisOwner());
  }

  /**
   * Whether receiving would not wait: a message is there, or the end of the pipe.
   * @param wait how long to wait for it; not at all unless given
   */
  async poll(wait: Wait = 0): Promise<boolean> {
    this.#throwIfDeaf();
    if (this.#pollStep() === WAITING) return true;
    if (timeoutOf(wait) === 0) return false;
    const late = new Late();
    try {
      const step = () => this.#sleepingPollStep();
      this.#outcome(
        await waitAsync(this.#in + QUEUE_ITEMS, step, wait, 'poll the connection', () => late, false),
      );
    } catch (error) {
      if (error === late) return false;
      throw error;
    }
    return true;
  }

  /** Whether receiving would not wait, after having blocked for as long as `wait` says: as {@link Connection.poll}. */
  pollSync(wait: Wait = 0): boolean {
    this.#throwIfDeaf();
    if (this.#pollStep() === WAITING) return true;
    if (timeoutOf(wait) === 0) return false;
    const late = new Late();
    try {
      const step = () => this.#sleepingPollStep();
      this.#outcome(
        waitSync(this.#in + QUEUE_ITEMS, step, wait, 'poll the connection', 'connection.poll()', () => late),
      );
    } catch (error) {
      if (error === late) return false;
      throw error;
    }
    return true;
  }

  #sleepingPollStep(): number {
    let outcome = this.#pollStep();
    if (outcome !== EMPTY) return outcome;
    const asleep = announceSleep(this.#in + QUEUE_ITEMS);
    outcome = this.#pollStep();
    return outcome === EMPTY ? asleep : outcome;
  }

  /** For waitAny: also when receiving would fail at once. */
  '~isReady'(): boolean {
    return this.#in === 0 || this.closed || this.#pollStep() !== EMPTY;
  }

  /** For waitAny. */
  '~untilReady'(wait: WaitOptions): Promise<unknown> {
    const step = () => this.#sleepingPollStep();
    return waitAsync(this.#in + QUEUE_ITEMS, step, wait, 'wait for the connection', undefined, false);
  }

  /** Closes this end. The other one can still receive what was sent. Closing twice does nothing. */
  close(): void {
    if (this.#ended) return;
    if (!closeEnd(this.#address, this.#side, thisOwner())) {
      // It was passed on, and is another thread's to close.
      this.#ended = true;
      letGo(this);
      return;
    }
    if (this.#out !== 0) wakeAll(this.#out + QUEUE_ITEMS);
    if (this.#in !== 0) {
      rejectWaits(
        this.#in + QUEUE_ITEMS,
        new ClosedError('Cannot receive from the connection: it is closed'),
      );
    }
    this.#ended = true;
    letGo(this);
  }

  /** Messages until the other end is closed and everything was received, without blocking. */
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    while (true) {
      let message: unknown;
      try {
        message = await this.recv();
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
      yield message;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** For the codec. */
  static record(connection: Connection): unknown[] {
    connection.#throwIfLost('send');
    return [...recordOf(connection, 'Connection'), connection.#side];
  }

  /** For the codec: the end becomes this thread's. */
  static arrive(record: unknown[]): Connection {
    const side = record[2] === 1 ? 1 : 0;
    const { address, here } = find(record, KIND_PIPE, 'Connection', side);
    const connection = (here as Connection | undefined) ?? new this(address, side);
    // Who waits at the end it came from shall notice.
    if (moveEnd(address, side, thisOwner()) && connection.#in !== 0) wakeAll(connection.#in + QUEUE_ITEMS);
    return connection;
  }
}

class Late extends Error {}

/**
 * Makes a pipe.
 *
 * @param options `duplex: false` makes one that goes one way: `[receiver, sender]`
 * @returns its two ends
 * @example
 * ```ts
 * const [receiver, sender] = pipe({ duplex: false });
 * sender.sendBytesSync(new Uint8Array([1, 2, 3]));
 * console.log(receiver.recvBytesSync().length); // 3
 * ```
 */
export function pipe({ duplex = true }: { duplex?: boolean } = {}): [Connection, Connection] {
  const address = createChannel(0, KIND_PIPE);
  if (duplex) {
    try {
      createChannelIn(address + PIPE_BACK);
    } catch (error) {
      letGoOf(address);
      throw error;
    }
  }
  initEnds(address, thisOwner());
  return [Connection.make(address, 0), Connection.make(address, 1)];
}

/** Lets connections travel; called where a bundler can drop it with the class. */
function registerConnection(self: () => typeof Connection): void {
  const ctor = self();
  onLastQueue(KIND_PIPE, freePipe);
  registerHandle<Connection>({
    tag: 'Connection',
    ctor: ctor as never,
    toRecord: (connection) => ctor.record(connection),
    fromRecord: (record) => ctor.arrive(record),
  });
}
