// What a pool has accepted and not yet given to a worker: single jobs in a growing ring buffer, and sources
// (maps) that cut their jobs when asked. Taken in turn, so that one long map does not starve the rest.

import type { Job, Source } from './_jobs';

export class JobQueue {
  #ring: Array<Job | undefined> = new Array(64);
  #head = 0;
  #count = 0;
  #sources: Source[] = [];
  #turn = 0;

  /** Single jobs waiting. */
  get length(): number {
    return this.#count;
  }

  push(job: Job): void {
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) & (this.#ring.length - 1)] = job;
    this.#count++;
  }

  /** Puts a job back in front: it was taken and its worker died. */
  unshift(job: Job): void {
    if (this.#count === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = job;
    this.#count++;
  }

  addSource(source: Source): void {
    this.#sources.push(source);
  }

  /** The next job that somebody still wants; undefined if there is none now. */
  take(): Job | undefined {
    const { length } = this.#sources;
    if (length === 0) return this.#shift();
    for (let tried = 0; tried <= length; tried++) {
      const turn = this.#turn++ % (length + 1);
      const job = turn === length ? this.#shift() : this.#sources[turn]?.next();
      if (job !== undefined) return job;
    }
    this.#sources = this.#sources.filter((source) => !source.exhausted);
    return undefined;
  }

  /** Gives up everything that waits. */
  abandon(makeError: (job?: Job) => unknown): void {
    for (let job = this.#shift(); job !== undefined; job = this.#shift()) job.fail(makeError(job));
    const sources = this.#sources;
    this.#sources = [];
    for (const source of sources) source.abandon(makeError());
  }

  #shift(): Job | undefined {
    while (this.#count > 0) {
      const job = this.#ring[this.#head]!;
      this.#ring[this.#head] = undefined;
      this.#head = (this.#head + 1) & (this.#ring.length - 1);
      this.#count--;
      if (!job.cancelled) return job;
    }
    return undefined;
  }

  #grow(): void {
    const { length } = this.#ring;
    const ring = new Array<Job | undefined>(length * 2);
    for (let i = 0; i < length; i++) ring[i] = this.#ring[(this.#head + i) & (length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
