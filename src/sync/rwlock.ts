// RWLock, the JavaScript side: assembly/sync/rwlock.ts has the algorithm.

import { DONE, INHERITED, KIND_RWLOCK, REFUSED } from '../../assembly/sync/block';
import { abandon, isLocked, lockStep, tryLockSlow } from '../../assembly/sync/lock';
import {
  drainStep,
  hasReader,
  leaveReader,
  RW_BYTES,
  RW_DRAIN,
  readStep,
  tryRead,
} from '../../assembly/sync/rwlock';
import { InvalidStateError } from '../errors';
import { canSleep } from './_block';
import { type Operation, runAwaiting, runBlocking } from './_drive';
import { me, registerSync, SyncHandle } from './_handle';
import { era, type Holdable, lostHold, tookHold } from './_holds';
import { type Limit, limitOf, type Wait } from './_options';
import { Fairness, ownerDied } from './_owner-lock';
import { wake } from './_park';
import { Guard, type Guarded } from './guard';

const READ = 'acquire the lock for reading';
const WRITE = 'acquire the lock for writing';

/**
 * Many readers or one writer.
 *
 * A writer that waits keeps new readers out; a thread that reads already may enter again. If a writer dies the next
 * in line, reader or writer, gets `OwnerDiedError` with a guard for writing, so that it can repair the data; a
 * reader's death disturbs nobody.
 *
 * @example
 * ```ts
 * const lock = new RWLock();
 * const readers = [await lock.acquireRead(), await lock.acquireRead()];
 * console.log(lock.tryAcquireWrite()); // undefined
 * for (const guard of readers) guard.release();
 * (await lock.acquireWrite()).release();
 * ```
 */
export class RWLock extends SyncHandle implements Guarded, Holdable {
  protected static readonly travels = /* @__PURE__ */ registerSync('RWLock', KIND_RWLOCK, () => this);

  #writer: Guard | undefined;
  #readers: Guard[] = [];
  readonly #fairness = new Fairness();

  /** @param attach for the codec */
  constructor(attach?: unknown) {
    super(KIND_RWLOCK, RW_BYTES, attach);
  }

  /** Whether anybody reads or writes. */
  get locked(): boolean {
    this.throwIfClosed('look at the lock');
    return isLocked(this.word) || hasReader(this.word);
  }

  /** Waits until this thread may read, without blocking. */
  async acquireRead(wait?: Wait): Promise<Guard> {
    return runAwaiting(this.#read(this.#limit(wait, READ)));
  }

  /** Blocks until this thread may read. */
  acquireReadSync(wait?: Wait): Guard {
    const limit = this.#limit(wait, READ);
    this.#throwIfOwn(this.#writer !== undefined, limit);
    return runBlocking(this.#read(limit), 'lock.acquireRead()');
  }

  /** Waits until this thread may write, without blocking. */
  async acquireWrite(wait?: Wait): Promise<Guard> {
    return runAwaiting(this.#write(this.#limit(wait, WRITE)));
  }

  /** Blocks until this thread may write. */
  acquireWriteSync(wait?: Wait): Guard {
    const limit = this.#limit(wait, WRITE);
    this.#throwIfOwn(this.#writer !== undefined || this.#readers.length > 0, limit);
    return runBlocking(this.#write(limit), 'lock.acquireWrite()');
  }

  /** A guard for reading, or `undefined` if there is a writer. */
  tryAcquireRead(): Guard | undefined {
    this.throwIfClosed(READ);
    if (this.#readers.length > 0) return this.#reading();
    const outcome = tryRead(this.word, me);
    if (outcome === DONE) return this.#reading();
    return outcome === REFUSED ? undefined : this.#tryDrain(outcome);
  }

  /** A guard for writing, or `undefined` if anybody reads or writes. */
  tryAcquireWrite(): Guard | undefined {
    this.throwIfClosed(WRITE);
    const outcome = tryLockSlow(this.word, me);
    return outcome === REFUSED ? undefined : this.#tryDrain(outcome);
  }

  /**
   * Lets go of what this thread acquired last.
   * @throws {InvalidStateError} if it holds nothing of the lock
   */
  release(): void {
    this.throwIfClosed('release the lock');
    const guard = this.#writer ?? this.#readers.at(-1);
    if (guard === undefined) {
      throw new InvalidStateError('Cannot release the lock: this thread neither reads nor writes');
    }
    guard.release();
  }

  holds(guard: Guard): boolean {
    return guard === this.#writer || this.#readers.includes(guard);
  }

  releaseGuard(guard: Guard): void {
    if (guard === this.#writer) {
      this.#writer = undefined;
      lostHold();
      this.#fairness.unlock(this.word);
      return;
    }
    const at = this.#readers.lastIndexOf(guard);
    if (at < 0) throw new InvalidStateError('Cannot release the guard: its hold was released already');
    this.#readers.splice(at, 1);
    lostHold();
    if (this.#readers.length === 0) this.#leave();
  }

  giveUp(): void {
    for (const guard of this.#readers.filter((reader) => reader.era === era)) guard.release();
    const writer = this.#writer;
    if (writer === undefined || writer.era !== era) return;
    this.#writer = undefined;
    lostHold();
    wake(this.word, abandon(this.word, me));
  }

  protected override onClose(): void {
    this.giveUp();
  }

  protected override sleepWords(): number[] {
    return [this.word, this.word + RW_DRAIN];
  }

  #limit(wait: Wait | undefined, what: string): Limit {
    this.throwIfClosed(what);
    return limitOf(wait, what);
  }

  #throwIfOwn(own: boolean, { what, at }: Limit): void {
    if (own && at === Number.POSITIVE_INFINITY && canSleep()) {
      throw new InvalidStateError(
        `Cannot ${what}: this thread holds the lock already and would wait for itself. Release it first`,
      );
    }
  }

  #leave(): void {
    wake(this.word + RW_DRAIN, leaveReader(this.word, me));
  }

  #reading(): Guard {
    const guard = new Guard(this);
    this.#readers.push(guard);
    tookHold();
    return guard;
  }

  #writing(outcome: number): Guard {
    this.#writer = new Guard(this);
    tookHold();
    if (outcome === INHERITED) throw ownerDied(this.#writer);
    return this.#writer;
  }

  #tryDrain(outcome: number): Guard | undefined {
    if (!hasReader(this.word)) return this.#writing(outcome);
    if (outcome === INHERITED) wake(this.word, abandon(this.word, me));
    else this.#fairness.unlock(this.word);
    return undefined;
  }

  *#read(limit: Limit): Operation<Guard> {
    if (this.#readers.length > 0) return this.#reading();
    const { word } = this;
    const outcome = yield {
      word,
      // Another flow of this thread may have begun to read meanwhile: the thread has one word for all.
      step: (_bits, slept) => (this.#readers.length > 0 ? DONE : readStep(word, me, slept)),
      limit,
      inLine: false,
    };
    if (outcome === DONE) return this.#reading();
    return yield* this.#drain(outcome, limit);
  }

  *#write(limit: Limit): Operation<Guard> {
    const { word } = this;
    const outcome = yield {
      word,
      step: (bits, slept) => lockStep(word, me, bits, slept),
      limit,
      inLine: false,
    };
    return yield* this.#drain(outcome, limit);
  }

  /** Has the writers' word: waits until nobody reads. */
  *#drain(outcome: number, limit: Limit): Operation<Guard> {
    const { word } = this;
    try {
      yield { word: word + RW_DRAIN, step: (bits) => drainStep(word, bits), limit, inLine: false };
    } catch (error) {
      if (outcome === INHERITED) wake(word, abandon(word, me));
      else this.#fairness.unlock(word);
      throw error;
    }
    return this.#writing(outcome);
  }
}
