// Vector clocks: whether a plain access is ordered after the conflicting ones before it (Fidge 1988; used for races
// as in FastTrack, Flanagan and Freund 2009). A load, a failed compare-and-swap and a read-modify-write learn what
// the last writer of the word knew; what wakes a thread hands its knowledge over. For random schedules: the
// exhaustive explorer finds races from its states.

interface Uses {
  writer: number;
  writeTime: number;
  reads: number[];
}

export class VectorClocks {
  readonly #threads: number[][];
  readonly #words = new Map<number, number[]>();
  readonly #uses = new Map<number, Uses>();
  /** The first race: address, and the two threads. */
  race: { p: number; threads: [number, number] } | undefined;

  constructor(private readonly count: number) {
    this.#threads = Array.from({ length: count }, (_, thread) =>
      Array.from({ length: count }, (_, i) => (i === thread ? 1 : 0)),
    );
  }

  atomic(thread: number, p: number, isRead: boolean, isWrite: boolean): void {
    const clock = this.#threads[thread];
    const uses = this.#uses.get(p);
    if (uses !== undefined) {
      if (!this.#knows(thread, uses.writer, uses.writeTime))
        this.race ??= { p, threads: [uses.writer, thread] };
      if (isWrite) this.#checkReads(thread, p, uses);
    }
    const word = this.#words.get(p);
    if (isRead && word !== undefined) merge(clock, word);
    if (isWrite) {
      this.#words.set(p, [...clock]);
      clock[thread]++;
    }
  }

  /** `from` wakes `to`, or is dead and `to` looks after it. */
  handOver(from: number, to: number): void {
    merge(this.#threads[to], this.#threads[from]);
    this.#threads[from][from]++;
  }

  plain(thread: number, p: number, isWrite: boolean): void {
    let uses = this.#uses.get(p);
    if (uses === undefined)
      this.#uses.set(p, (uses = { writer: -1, writeTime: 0, reads: new Array(this.count).fill(0) }));
    if (!this.#knows(thread, uses.writer, uses.writeTime))
      this.race ??= { p, threads: [uses.writer, thread] };
    const now = this.#threads[thread][thread];
    if (!isWrite) {
      uses.reads[thread] = now;
      return;
    }
    this.#checkReads(thread, p, uses);
    uses.writer = thread;
    uses.writeTime = now;
    uses.reads.fill(0);
  }

  #checkReads(thread: number, p: number, uses: Uses): void {
    for (let reader = 0; reader < this.count; reader++) {
      if (!this.#knows(thread, reader, uses.reads[reader])) this.race ??= { p, threads: [reader, thread] };
    }
  }

  #knows(thread: number, other: number, time: number): boolean {
    return other < 0 || other === thread || this.#threads[thread][other] >= time;
  }
}

function merge(into: number[], from: readonly number[]): void {
  for (let i = 0; i < into.length; i++) if (from[i] > into[i]) into[i] = from[i];
}
