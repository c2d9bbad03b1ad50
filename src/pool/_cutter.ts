// Takes calls back from workers that have been at a batch (_batch.ts) for too long: what they wait for may be behind it.

import { SLOT_STARTED } from '../../assembly/pool/board';
import { type Batcher, BatchJob } from './_batch';
import type { Job } from './_jobs';
import type { Slots } from './_slots';
import { cutCalls, readCalls, readF64 } from './frames';

/** A worker that has been at a batch for so long gets its other calls taken back. */
const BATCH_LATE_MS = 20;
/** Calls of a function whose batch was cut go singly for so long. */
const REFUSED_MS = 1000;

export class Cutter {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param batcher absent if there are no batches
   * @param putBack takes calls that have not begun to the front of the queue
   * @param pump fills the board again
   */
  constructor(
    private readonly slots: Slots,
    private readonly batcher: Batcher | undefined,
    private readonly putBack: (jobs: readonly Job[]) => void,
    private readonly pump: () => void,
  ) {}

  /** A batch has been posted. */
  begin(): void {
    this.#timer ??= setTimeout(this.#look, BATCH_LATE_MS);
  }

  /** Looks now: for a thread that blocks and gets no timers. */
  check(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#look();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const now = performance.timeOrigin + performance.now();
    this.slots.each((index, job, slot) => {
      if (!(job instanceof BatchJob)) return;
      this.begin();
      const started = readF64(slot + SLOT_STARTED);
      if (!this.slots.isRunning(index) || started === 0) return;
      if (now - started >= BATCH_LATE_MS) this.#cut(slot, job);
    });
    if (!this.slots.isFull) this.pump();
  };

  #cut(slot: number, batch: BatchJob): void {
    const rest = batch.cut(cutCalls(slot));
    if (rest.length === 0 || batch.cancelled) return;
    this.batcher?.refuse(batch.key, REFUSED_MS);
    this.putBack(rest);
  }

  /**
   * The call of a batch that its dead worker had begun; those before it are settled, the rest goes back.
   *
   * @param isLost whether the worker may run on: it begins none of the rest any more
   * @param settled is told how many
   */
  orphansOf(
    slot: number,
    batch: BatchJob,
    isLost: boolean,
    settled: (count: number) => void,
  ): readonly Job[] {
    if (isLost) this.#cut(slot, batch);
    if (batch.cancelled) return batch.jobs;
    const values = readCalls(slot);
    settled(values.length);
    const [begun, ...rest] = batch.settleFirst(values, undefined, 0, 0);
    this.putBack(rest);
    return begun === undefined ? [] : [begun];
  }
}
