// What a pool has accepted and not yet given to a worker: single jobs in a growing ring buffer, and sources
// (maps) that cut their jobs when asked. Taken in turn, so that one long map does not starve the rest.
//
// Each priority in use has a lane of its own. As long as all work has priority 0, and that is nearly always, there
// is one lane and nothing to choose. Otherwise the highest lane with work is next, but a lower one that was passed
// over PATIENCE times goes first for once, so that nothing waits for ever. To be taken off the board again for
// something of a higher priority counts too.

import type { Job, Source } from './_jobs';

/** How often a lane with work, or a job on the board, may be passed over. */
export const PATIENCE = 256;

/** Work of one priority, in the order of submission. */
class Lane {
  /** How often it was passed over since it was last taken from. */
  passed = 0;
  #ring: Array<Job | undefined> = new Array(64);
  #head = 0;
  #count = 0;
  #sources: Source[] = [];
  #turn = 0;

  constructor(readonly priority: number) {}

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

  /** What {@link take} would give if it is a single job and the only choice. */
  peek(): Job | undefined {
    return this.#sources.length > 0 ? undefined : this.#ring[this.#head];
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

  get isEmpty(): boolean {
    return this.#count === 0 && this.#sources.length === 0;
  }
}

export class JobQueue {
  readonly #usual = new Lane(0);
  /** The lanes in use, highest first; the usual one is always there. */
  readonly #lanes: Lane[] = [this.#usual];

  /** Single jobs waiting. */
  get length(): number {
    let length = 0;
    for (const lane of this.#lanes) length += lane.length;
    return length;
  }

  /** Whether there is work of another priority than 0. */
  get isMixed(): boolean {
    return this.#lanes.length > 1;
  }

  push(job: Job): void {
    (job.priority === 0 ? this.#usual : this.#lane(job.priority)).push(job);
  }

  /** Puts a job back in front: it was taken and its worker died, or something else goes before it. */
  unshift(job: Job): void {
    const lane = this.#lane(job.priority);
    lane.unshift(job);
    lane.passed = Math.max(lane.passed, job.passed); // it goes on waiting, the lane may be a new one
  }

  addSource(source: Source): void {
    this.#lane(source.priority).addSource(source);
  }

  /** The next job that somebody still wants; undefined if there is none now. */
  take(): Job | undefined {
    return this.#lanes.length === 1 ? this.#usual.take() : this.#takeMixed();
  }

  /** What {@link take} would give, where that is a single job and there is nothing to choose. */
  peek(): Job | undefined {
    return this.#lanes.length === 1 ? this.#usual.peek() : undefined;
  }

  #takeMixed(): Job | undefined {
    const lanes = this.#lanes;
    const impatient = lanes.find((lane) => lane.passed >= PATIENCE);
    const job = takeFrom(impatient) ?? this.#takeHighest();
    for (let i = lanes.length - 1; i >= 0; i--) {
      if (lanes[i].isEmpty && lanes[i] !== this.#usual) lanes.splice(i, 1);
    }
    return job;
  }

  #takeHighest(): Job | undefined {
    for (const [index, lane] of this.#lanes.entries()) {
      const job = takeFrom(lane);
      if (job === undefined) continue;
      for (const lower of this.#lanes.slice(index + 1)) if (!lower.isEmpty) lower.passed++;
      return job;
    }
    return undefined;
  }

  /** Gives up everything that waits. */
  abandon(makeError: (job?: Job) => unknown): void {
    for (const lane of [...this.#lanes]) lane.abandon(makeError);
  }

  #lane(priority: number): Lane {
    const lanes = this.#lanes;
    const index = lanes.findIndex((lane) => lane.priority <= priority);
    if (index >= 0 && lanes[index].priority === priority) return lanes[index];
    const lane = new Lane(priority);
    lanes.splice(index < 0 ? lanes.length : index, 0, lane);
    return lane;
  }
}

/** The lane's next job, which takes along how often it was passed over. */
function takeFrom(lane: Lane | undefined): Job | undefined {
  const job = lane?.take();
  if (lane === undefined) return undefined;
  if (job !== undefined) job.passed = lane.passed;
  lane.passed = 0;
  return job;
}
