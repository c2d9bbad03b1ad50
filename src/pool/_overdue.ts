// When to look for tasks that run too long: one timer for all tasks of a pool that have a limit, none without.

export class Overdue {
  #limited = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = Number.POSITIVE_INFINITY;

  /** `look` ends what is overdue and returns how many milliseconds it is until the next task may be. */
  constructor(private readonly look: () => number) {}

  /** Looks now: for a thread that blocks and gets no timers. */
  check(): void {
    if (this.#limited > 0) this.look();
  }

  /** A task with a limit may begin from now on. */
  begin(limitMs: number): void {
    this.#limited++;
    this.#wakeIn(limitMs);
  }

  /** A task with a limit has ended. */
  end(): void {
    if (--this.#limited > 0) return;
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }

  #wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#at) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(
      () => {
        this.#at = Number.POSITIVE_INFINITY;
        const next = this.look();
        if (this.#limited > 0 && next !== Number.POSITIVE_INFINITY) this.#wakeIn(Math.max(1, next));
      },
      Math.min(ms, 0x7fffffff),
    );
  }
}
