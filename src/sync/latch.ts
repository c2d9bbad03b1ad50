// Latch, the JavaScript side: assembly/sync/event.ts has the algorithm.

import { atomicStore } from '../../assembly/atomics/index';
import { KIND_LATCH } from '../../assembly/sync/block';
import { countDownLatch, LATCH_MAX, latchCount, latchStep } from '../../assembly/sync/event';
import { block } from './_block';
import { Attach, registerSync, SyncHandle } from './_handle';
import { limitOf, type Wait, wholeNumber } from './_options';
import { park, wake } from './_park';

const WHAT = 'wait for the latch';

/**
 * A count that only goes down; who waits goes on when it is 0.
 *
 * @example
 * ```ts
 * const latch = new Latch(2);
 * latch.countDown();
 * latch.countDown();
 * await latch.wait();
 * console.log(latch.count); // 0
 * ```
 */
export class Latch extends SyncHandle {
  protected static readonly travels = /* @__PURE__ */ registerSync('Latch', KIND_LATCH, () => this);

  /**
   * @param n what is to be counted down, a whole number from 0
   * @throws {RangeError} if it is none
   */
  constructor(n: number | unknown) {
    if (!(n instanceof Attach)) wholeNumber(n, 0, LATCH_MAX, 'make a latch');
    super(KIND_LATCH, 16, n);
    if (typeof n === 'number') atomicStore(this.word, n * 2);
  }

  /** What is still to be counted down. */
  get count(): number {
    this.throwIfClosed('look at the latch');
    return latchCount(this.word);
  }

  /** Counts down by `n`, to 0 at most. */
  countDown(n = 1): void {
    this.throwIfClosed('count down');
    wake(this.word, countDownLatch(this.word, wholeNumber(n, 0, LATCH_MAX, 'count down')));
  }

  /** Waits until the count is 0, without blocking. */
  async wait(wait?: Wait): Promise<void> {
    this.throwIfClosed(WHAT);
    const { word } = this;
    await park(word, () => latchStep(word), limitOf(wait, WHAT), false);
  }

  /** Blocks until the count is 0. */
  waitSync(wait?: Wait): void {
    this.throwIfClosed(WHAT);
    const { word } = this;
    block(word, () => latchStep(word), limitOf(wait, WHAT), 'latch.wait()');
  }
}
