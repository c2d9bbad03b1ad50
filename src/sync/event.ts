// Event, the JavaScript side: assembly/sync/event.ts has the algorithm.

import { atomicLoad } from '../../assembly/atomics/index';
import { KIND_EVENT } from '../../assembly/sync/block';
import { clearEvent, eventStep, isEventSet, setEvent } from '../../assembly/sync/event';
import { block } from './_block';
import { registerSync, SyncHandle } from './_handle';
import { limitOf, type Wait } from './_options';
import { park, wake } from './_park';

const WHAT = 'wait for the event';

/**
 * A flag that threads wait for.
 *
 * @example
 * ```ts
 * const event = new Event();
 * setTimeout(() => event.set(), 1);
 * console.log(await event.wait(), event.isSet); // true true
 * ```
 */
export class Event extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync('Event', KIND_EVENT, () => this);

  /** @param attach for the codec */
  constructor(attach?: unknown) {
    super(KIND_EVENT, 16, attach);
  }

  get isSet(): boolean {
    this.throwIfClosed('look at the event');
    return isEventSet(this.word);
  }

  /** Lets all who wait go on, and those who come until it is cleared. */
  set(): void {
    this.throwIfClosed('set the event');
    const order = setEvent(this.word);
    if (order !== 0) wake(this.word, order);
  }

  /** From now on `wait` waits. */
  clear(): void {
    this.throwIfClosed('clear the event');
    clearEvent(this.word);
  }

  /**
   * Waits until the event is set, without blocking.
   *
   * @returns true
   * @throws {TimeoutError} if it runs out of time; the signal's reason if that is aborted
   */
  async wait(wait?: Wait): Promise<true> {
    this.throwIfClosed(WHAT);
    const { word } = this;
    const since = atomicLoad(word);
    await park(word, () => eventStep(word, since), limitOf(wait, WHAT), false);
    return true;
  }

  /**
   * Blocks until the event is set.
   * @throws {BlockingNotAllowedError} if it would have to wait in a thread that may not block
   */
  waitSync(wait?: Wait): true {
    if (isEventSet(this.word)) return true;
    this.throwIfClosed(WHAT);
    const { word } = this;
    const since = atomicLoad(word);
    block(word, () => eventStep(word, since), limitOf(wait, WHAT), 'event.wait()');
    return true;
  }
}
