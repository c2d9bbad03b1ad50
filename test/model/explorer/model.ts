// What a model says: memory, threads, what must hold. See ../README.md.

/** A call may return this to be made again: a loop whose turns the explorer can tell from one another. */
export const AGAIN = Symbol.for('manyhands model: again');

/** One call of a thread. `self` is the thread's own data, plain JSON; nothing else may live from call to call. */
// biome-ignore lint/suspicious/noExplicitAny: a model's threads keep what they like
export type Call<Self = any> = (self: Self) => unknown;

export interface Thread {
  name: string;
  /** Made one after the other; a state in which a call has just ended is the same however it came there. */
  calls: Call[];
  self?: object;
  /** It may die at any step, as long as the model has deaths left. */
  mortal?: boolean;
  /** It may be asleep when all others have ended: a worker without work. */
  daemon?: boolean;
  /** Not in the memory until `peek` of this word is not 0: a thread that is started later. */
  startsWhen?: number;
}

/** A state as `always` and `finally` see it. */
export interface World {
  /** The word at an address. */
  word(p: number): number;
  /** Threads that died, by index. */
  dead: number[];
  /** Each thread's own data: at its end, or where its last call began if it died. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  self: any[];
}

export interface Model {
  name: string;
  /** Fills the memory, which is all zero before, with the real functions; no other thread is there yet. */
  setup?(): void;
  threads: Thread[];
  /** How many threads may die in one run; 0 if left out. */
  deaths?: number;
  /** How many timed waits may run out in one run; 0 if left out: what is never woken is then found as a deadlock. */
  timeouts?: number;
  /** What is done about a dead thread: runs as one more thread, once for each, after the death. */
  reap?(dead: number): unknown;
  /**
   * Index of the thread whose event loop `reap` runs on: only between that thread's calls or while it sleeps, and
   * that thread waits meanwhile. Left out: beside all others.
   */
  reaperOf?: number;
  /** Must hold in every state; throws if it does not. */
  always?(world: World): void;
  /** Must hold when all threads have ended; may call the real functions. */
  finally?(world: World): void;
  /** What the words are called in a trace: by address, or a function from the address. */
  names?: Record<number, string> | ((p: number) => string | undefined);
  /** Most operations of one call; 500 if left out. More is reported as a loop without end. */
  bound?: number;
  /** Most states; 20 million if left out. */
  maxStates?: number;
  /** To stop at `maxStates` is no failure: what lies within is explored, and how far that goes is told. */
  bounded?: boolean;
  /** Most pages that the memory grows to; 65536 if left out. */
  maxPages?: number;
  /** Operations on words that one thread alone touches are steps of their own too. For checking the explorer. */
  full?: boolean;
  /** Too large to be explored to its end: random schedules only. */
  random?: boolean;
  /** Left out of the bounded run: takes more than some seconds. */
  slow?: boolean;
  /** Explored by its first states only in the usual run, further by `npm run model -- --full`. */
  large?: boolean;
}

export function model(spec: Model): Model {
  return spec;
}

/** Throws unless `ok`. */
export function assert(ok: boolean, what: string): void {
  if (!ok) throw new Error(what);
}
