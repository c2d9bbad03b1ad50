// Progress of long work: what `progress` and `onProgress` receive.

/** How far some work is. */
export interface Progress {
  done: number;
  /** Infinity as long as a lazy map does not know. */
  total: number;
  /** Items per second, over the time since the start. */
  rate: number;
  /** Seconds that the rest will take at that rate; Infinity while nothing is done. */
  eta: number;
}

/** Tells a listener about progress at most every `intervalMs`, never going back, and once at the end. */
export class ProgressMeter {
  #started = performance.now();
  #told = Number.NEGATIVE_INFINITY;
  #done = 0;
  #total = 0;
  constructor(
    private readonly listener: (progress: Progress) => void,
    private readonly intervalMs = 50,
  ) {}

  /** `done` of `total` are ready. */
  update(done: number, total: number): void {
    this.#done = Math.max(this.#done, done);
    this.#total = total;
    const now = performance.now();
    if (now - this.#told < this.intervalMs) return;
    this.#told = now;
    this.#tell();
  }

  #finishedPhases = 0;

  /** `done` of `pieces` of the present phase are ready; phases before it count as whole. */
  partial(done: number, pieces: number): void {
    this.update(this.#finishedPhases + done, this.#finishedPhases + pieces);
    if (done === pieces) this.#finishedPhases += pieces;
  }

  /** All is done: the last call, with `done === total`. */
  finish(total = Math.max(this.#done, this.#total)): void {
    this.#done = this.#total = total;
    this.#tell();
  }

  #tell(): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = seconds > 0 ? this.#done / seconds : 0;
    const eta = this.#done === 0 ? Number.POSITIVE_INFINITY : (this.#total - this.#done) / rate;
    try {
      this.listener({ done: this.#done, total: this.#total, rate, eta });
    } catch (error) {
      // The caller's runtime reports it as uncaught; it harms neither the work nor the pool.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
