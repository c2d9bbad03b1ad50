// The machine that models run on: memory, sleeping threads, and what one operation of a thread does to them.
// Exhaustive exploration (explore.ts) and random schedules (random.ts) drive it. Over 400 lines because one table of
// operations, as steps, as plain accesses and without threads, is easier to check in one place.

import {
  ADD,
  AND,
  ATOMIC_LOAD,
  ATOMIC_STORE,
  COMPARE_EXCHANGE,
  COPY,
  EXCHANGE,
  FILL,
  FOR_EVER,
  GROW,
  LOAD,
  NOTIFY,
  OR,
  PAGES,
  PAGES_ADDRESS,
  PEEK,
  POKE,
  STORE,
  TIMED,
  WAIT,
} from './atomics';
import type { VectorClocks } from './clocks';
import type { Model, World } from './model';
import { DEAD, DONE, FAILED, IDLE, isPlain, type Node, Replayer } from './replay';

/** Kinds of transition; a transition is a kind, a number of stores (DIE_INSIDE alone) and a thread. */
export const STEP = 0;
export const DIE = 1;
export const TIME_OUT = 2;
export const BEGIN_REAP = 3;
/** The step, but the thread dies before the n-th of the plain stores that follow it. */
export const DIE_INSIDE = 4;

export function transition(kind: number, thread: number, stores = 0): number {
  return (stores << 8) | (kind << 4) | thread;
}
export const transitionKind = (code: number): number => (code >>> 4) & 15;
export const transitionThread = (code: number): number => code & 15;
const transitionStores = (code: number): number => code >>> 8;

/** Words that a state has room for before it is made longer. */
export const WORDS_AT_FIRST = 16;

/** A moment of the machine. Words hold their difference from the memory after setup, so an unseen one is 0. */
export interface State {
  words: Int32Array;
  nodes: Int32Array;
  /** Sleeping threads, first come first. */
  asleep: number[];
  deaths: number;
  timeouts: number;
  /** Dead threads, in order; the first `reaped` of them have been looked after, or are being. */
  dead: number[];
  reaped: number;
}

/**
 * Who touches a word, and who may write it: bits by thread, and the last call of each in which it was seen to. Of
 * the reaper the calls are no order but the dead it looks after, so that it has a bit for each of them.
 */
export interface Uses {
  any: number;
  writers: number;
  lastAny: Int32Array;
  lastWrite: Int32Array;
}

export class Machine {
  readonly replayer: Replayer;
  readonly threads: number;
  /** Words by column: address, and content after setup. */
  readonly addresses: number[] = [];
  readonly initial: number[] = [];
  /** Who has been seen to touch a word, by address. */
  readonly users = new Map<number, Uses>();
  /** How often something was added to `users`. */
  learnt = 0;
  /** Set by a step: plain stores made, words written, threads that may conflict with it, the error of a failed call. */
  stores = 0;
  changes = 0;
  conflicts = 0;
  failure: Error | undefined;
  clocks: VectorClocks | undefined;
  /** Told of each plain operation, for traces. */
  onPlain: ((node: Node) => void) | undefined;
  readonly #columns = new Map<number, number>();
  readonly #memory = new Map<number, number>();
  readonly #uses: Uses[] = [];
  readonly #maxPages: number;

  constructor(
    readonly model: Model,
    bind: (handler: Replayer['handler']) => void,
  ) {
    this.replayer = new Replayer(model);
    this.threads = model.threads.length + (model.reap === undefined ? 0 : 1);
    this.#maxPages = model.maxPages ?? 65536;
    bind(this.replayer.handler);
    if (model.setup !== undefined)
      this.replayer.direct((kind, p, a, b) => this.#direct(this.#memory, kind, p, a, b), model.setup);
  }

  /** All threads before their first operation. */
  begin(): State {
    const state: State = {
      words: new Int32Array(WORDS_AT_FIRST),
      nodes: new Int32Array(this.threads),
      asleep: [],
      deaths: this.model.deaths ?? 0,
      timeouts: this.model.timeouts ?? 0,
      dead: [],
      reaped: 0,
    };
    this.stores = 0;
    for (let thread = 0; thread < this.threads; thread++)
      this.#settle(state, this.replayer.start(thread), -1);
    return state;
  }

  node(state: State, thread: number): Node {
    return this.replayer.nodes[state.nodes[thread]];
  }

  /** Whether the thread can make its next operation. */
  canStep(state: State, thread: number): boolean {
    const node = this.node(state, thread);
    if (node.kind >= DONE || state.asleep.includes(thread)) return false;
    const { startsWhen } = this.model.threads[thread] ?? {};
    if (startsWhen !== undefined && node.call === 0 && node.depth === 0 && this.word(state, startsWhen) === 0)
      return false;
    return thread !== this.model.reaperOf || this.#isReaperIdle(state);
  }

  /** Whether the reaper can begin with the next dead thread. */
  canBeginReap(state: State): boolean {
    if (this.model.reap === undefined || state.reaped === state.dead.length || !this.#isReaperIdle(state))
      return false;
    const { reaperOf } = this.model;
    if (reaperOf === undefined) return true;
    return state.asleep.includes(reaperOf) || this.node(state, reaperOf).depth === 0;
  }

  #isReaperIdle(state: State): boolean {
    return this.model.reap === undefined || this.node(state, this.replayer.reaper).kind === IDLE;
  }

  canDie(state: State, thread: number): boolean {
    return (
      state.deaths > 0 && this.model.threads[thread]?.mortal === true && this.node(state, thread).kind < DONE
    );
  }

  canTimeOut(state: State, thread: number): boolean {
    if (!state.asleep.includes(thread)) return false;
    const { b } = this.node(state, thread);
    return (b === TIMED && state.timeouts > 0) || (b !== FOR_EVER && state.reaped > 0);
  }

  /** All that may happen next, deaths between plain stores left out (a step tells their number in `stores`). */
  transitions(state: State): number[] {
    const codes: number[] = [];
    for (let thread = 0; thread < this.threads; thread++) {
      if (this.canStep(state, thread)) codes.push(transition(STEP, thread));
      if (this.canDie(state, thread)) codes.push(transition(DIE, thread));
      if (this.canTimeOut(state, thread)) codes.push(transition(TIME_OUT, thread));
    }
    if (this.canBeginReap(state)) codes.push(transition(BEGIN_REAP, this.replayer.reaper));
    return codes;
  }

  /** Makes a transition, in place. */
  perform(state: State, code: number): void {
    const thread = transitionThread(code);
    const node = this.node(state, thread);
    this.stores = 0;
    this.changes = 0;
    this.conflicts = 0;
    this.failure = undefined;
    switch (transitionKind(code)) {
      case DIE:
        this.#die(state, node);
        return;
      case TIME_OUT:
        state.asleep.splice(state.asleep.indexOf(thread), 1);
        if (node.b === TIMED && state.reaped === 0) state.timeouts--;
        this.#settle(state, this.replayer.after(node, 2), -1);
        return;
      case BEGIN_REAP: {
        const dead = state.dead[state.reaped++];
        this.clocks?.handOver(dead, thread);
        this.#settle(state, this.replayer.startReap(dead), -1);
        return;
      }
      case DIE_INSIDE:
        this.#step(state, node, transitionStores(code));
        return;
      default:
        this.#step(state, node, -1);
    }
  }

  /** The word at an address, as it stands in a state. */
  word(state: State, p: number): number {
    const column = this.#columns.get(p);
    if (column === undefined) return this.#atStart(p);
    return (state.words[column] ^ this.initial[column]) >>> 0;
  }

  /** Whether all threads have ended that must. */
  hasEnded(state: State): boolean {
    if (state.reaped < state.dead.length && this.model.reap !== undefined) return false;
    for (let thread = 0; thread < this.threads; thread++) {
      const node = this.node(state, thread);
      if (node.kind >= DONE) continue;
      const { daemon, startsWhen } = this.model.threads[thread] ?? {};
      if (daemon && state.asleep.includes(thread)) continue;
      if (
        startsWhen !== undefined &&
        node.call === 0 &&
        node.depth === 0 &&
        this.word(state, startsWhen) === 0
      )
        continue;
      return false;
    }
    return true;
  }

  /** Runs one of the model's checks on a state; what the check writes is forgotten. */
  check(state: State, body: (world: World) => void): Error | undefined {
    const written = new Map<number, number>();
    const read = (p: number) => written.get(p) ?? this.word(state, p);
    const world: World = {
      word: (p) => this.word(state, p),
      dead: state.dead,
      self: this.model.threads.map((_, thread) => JSON.parse(this.node(state, thread).self)),
    };
    try {
      this.replayer.direct(
        (kind, p, a, b) => this.#direct(written, kind, p, a, b, read),
        () => body(world),
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Two threads whose plain accesses can happen at the same time, one of them writing; undefined if none. */
  race(state: State): { p: number; threads: [number, number] } | undefined {
    for (let one = 0; one < this.threads; one++) {
      const { open } = this.node(state, one);
      // Who sleeps has made the wait, an atomic operation: nothing stands open before it.
      if (open.length === 0 || state.asleep.includes(one)) continue;
      for (let other = 0; other < this.threads; other++) {
        if (other === one) continue;
        const node = this.node(state, other);
        const isAsleep = state.asleep.includes(other);
        for (const { p, end, write } of open) {
          if (other > one && !isAsleep) {
            for (const access of node.open) {
              if ((write || access.write) && p < access.end && access.p < end)
                return { p: Math.max(p, access.p), threads: [one, other] };
            }
          }
          if (
            node.kind < DONE &&
            !isAsleep &&
            this.canStep(state, other) &&
            node.p < end &&
            p < node.p + 4 &&
            (write || (node.kind !== NOTIFY && writes(node.kind)))
          ) {
            return { p: node.p, threads: [one, other] };
          }
        }
      }
    }
    return undefined;
  }

  #step(state: State, node: Node, dieAt: number): void {
    const { kind, p, a, b, thread } = node;
    if (kind === WAIT) {
      this.#touch(state, node, p, false);
      this.clocks?.atomic(thread, p, true, false);
      if (this.#read(state, p) === a) {
        state.asleep.push(thread);
        return;
      }
      this.#settle(state, this.replayer.after(node, 1), dieAt);
      return;
    }
    if (kind === NOTIFY) {
      this.#touch(state, node, p, true);
      let woken = 0;
      for (let i = 0; i < state.asleep.length && woken < a; ) {
        const sleeper = this.node(state, state.asleep[i]);
        if (sleeper.p !== p) {
          i++;
          continue;
        }
        state.asleep.splice(i, 1);
        woken++;
        this.clocks?.handOver(thread, sleeper.thread);
        this.#settle(state, this.replayer.after(sleeper, 0), -1);
        this.stores = 0;
      }
      this.#settle(state, this.replayer.after(node, woken), dieAt);
      return;
    }
    this.#touch(state, node, p, writes(kind));
    const before = this.#read(state, p);
    let value = before;
    let result = before;
    switch (kind) {
      case ATOMIC_STORE:
        value = a;
        result = 0;
        break;
      case ADD:
        value = (before + a) >>> 0;
        break;
      case AND:
        value = (before & a) >>> 0;
        break;
      case OR:
        value = (before | a) >>> 0;
        break;
      case EXCHANGE:
        value = a;
        break;
      case COMPARE_EXCHANGE:
        if (before === a) value = b;
        break;
      case GROW:
        if (before + a > this.#maxPages) result = -1;
        else value = before + a;
        break;
      case ATOMIC_LOAD:
      case PAGES:
        break;
      default:
        throw new Error(`Cannot model operation ${kind}`);
    }
    const stored =
      kind !== ATOMIC_LOAD && kind !== PAGES && !(kind === COMPARE_EXCHANGE && before !== a) && result !== -1;
    this.clocks?.atomic(thread, p, kind !== ATOMIC_STORE, stored);
    if (value !== before) this.#write(state, p, value);
    this.#settle(state, this.replayer.after(node, result), dieAt);
  }

  /** Makes the plain operations that come before the thread's next atomic one. */
  #settle(state: State, from: Node, dieAt: number): void {
    let node = from;
    while (isPlain(node.kind)) {
      const { kind, p, a, thread } = node;
      let result = 0;
      this.onPlain?.(node);
      if (kind === STORE || kind === FILL || kind === COPY) {
        if (this.stores++ === dieAt) {
          this.#die(state, node);
          return;
        }
      }
      if (kind === LOAD || kind === PEEK) {
        this.#touch(state, node, p, false);
        result = this.#read(state, p);
        if (kind === LOAD) this.clocks?.plain(thread, p, false);
      } else if (kind === STORE || kind === POKE) {
        this.#touch(state, node, p, true);
        this.#write(state, p, a);
        if (kind === STORE) this.clocks?.plain(thread, p, true);
      } else {
        this.#fillOrCopy(state, node);
      }
      node = this.replayer.after(node, result);
    }
    state.nodes[node.thread] = node.id;
    if (node.kind === FAILED) this.failure = node.error;
  }

  #fillOrCopy(state: State, node: Node): void {
    const { kind, p, a, b, thread } = node;
    if ((p | b | (kind === COPY ? a : 0)) & 3)
      throw new Error('Cannot fill or copy parts of words in a model');
    const values: number[] = [];
    for (let at = 0; at < b; at += 4) {
      if (kind === COPY) {
        this.#touch(state, node, a + at, false);
        this.clocks?.plain(thread, a + at, false);
        values.push(this.#read(state, a + at));
      } else values.push(Math.imul(a, 0x01010101) >>> 0);
    }
    for (let at = 0; at < b; at += 4) {
      this.#touch(state, node, p + at, true);
      this.clocks?.plain(thread, p + at, true);
      this.#write(state, p + at, values[at >>> 2]);
    }
  }

  #die(state: State, node: Node): void {
    const { thread } = node;
    const sleeping = state.asleep.indexOf(thread);
    if (sleeping >= 0) state.asleep.splice(sleeping, 1);
    state.deaths--;
    state.dead.push(thread);
    state.nodes[thread] = this.replayer.dead(node).id;
  }

  #read(state: State, p: number): number {
    const column = this.#column(p);
    return (state.words[column] ^ this.initial[column]) >>> 0;
  }

  #write(state: State, p: number, value: number): void {
    this.changes++;
    const column = this.#column(p);
    if (column >= state.words.length) {
      const longer = new Int32Array(Math.max(column + 1, state.words.length * 2));
      longer.set(state.words);
      state.words = longer;
    }
    state.words[column] = value ^ this.initial[column];
  }

  #column(p: number): number {
    let column = this.#columns.get(p);
    if (column === undefined) {
      if ((p & 3) !== 0)
        throw new Error(`Cannot model an operation on address ${p}: it is not a multiple of 4`);
      column = this.addresses.length;
      this.#columns.set(p, column);
      this.addresses.push(p);
      this.initial.push(this.#atStart(p));
      let uses = this.users.get(p);
      if (uses === undefined) {
        const lastAny = new Int32Array(this.threads);
        uses = { any: 0, writers: 0, lastAny, lastWrite: new Int32Array(this.threads) };
        this.users.set(p, uses);
      }
      this.#uses.push(uses);
    }
    return column;
  }

  #atStart(p: number): number {
    return this.#memory.get(p) ?? 0;
  }

  /** Takes note of who touches a word, and of who else may from here on. */
  #touch(state: State, { thread, call }: Node, p: number, write: boolean): void {
    const uses = this.#uses[this.#column(p)];
    const bit = 1 << thread;
    this.#note(uses.lastAny, thread, call);
    uses.any |= bit;
    if (write) {
      this.#note(uses.lastWrite, thread, call);
      uses.writers |= bit;
    }
    this.conflicts |= this.#conflicting(state, thread, uses, write);
  }

  #note(last: Int32Array, thread: number, call: number): void {
    const seen = last[thread];
    const next = thread === this.replayer.reaper ? seen | (1 << call) : call < seen ? seen : call + 1;
    if (next === seen) return;
    last[thread] = next;
    this.learnt++;
  }

  /** The threads that may yet touch a word in a way that conflicts with an access of `thread` to it. */
  conflictsAt(state: State, thread: number, p: number, write: boolean): number {
    const uses = this.users.get(p);
    return uses === undefined ? 0 : this.#conflicting(state, thread, uses, write);
  }

  #conflicting(state: State, thread: number, uses: Uses, write: boolean): number {
    let others = (write ? uses.any : uses.writers) & ~(1 << thread);
    if (others === 0) return 0;
    const last = write ? uses.lastAny : uses.lastWrite;
    const { reaper } = this.replayer;
    for (let other = 0; other < state.nodes.length; other++) {
      if ((others & (1 << other)) === 0) continue;
      const mayTouch =
        other === reaper
          ? (last[reaper] & this.#reapable(state, thread)) !== 0
          : this.node(state, other).kind < DONE && this.node(state, other).call < last[other];
      if (!mayTouch) others &= ~(1 << other);
    }
    return others;
  }

  /**
   * The threads, as bits, whose death the reaper is looking after, or may. Not that of `thread` itself while it
   * lives: whether it dies before its step or after, what the reaper does for it comes later than the one or never
   * meets the other.
   */
  #reapable(state: State, thread: number): number {
    let bits = 0;
    const now = this.node(state, this.replayer.reaper);
    if (now.kind !== IDLE) bits |= 1 << now.call;
    for (let i = state.reaped; i < state.dead.length; i++) bits |= 1 << state.dead[i];
    if (state.deaths > 0)
      this.model.threads.forEach(({ mortal }, other) => {
        if (mortal && other !== thread && this.node(state, other).kind < DONE) bits |= 1 << other;
      });
    return bits;
  }

  /** Memory without threads: setup, and the checks at the end. */
  #direct(
    memory: Map<number, number>,
    kind: number,
    p: number,
    a: number,
    b: number,
    read = (at: number) => memory.get(at) ?? 0,
  ): number {
    const before = kind === FILL || kind === COPY ? 0 : read(p);
    const set = (value: number) => memory.set(p, value >>> 0);
    switch (kind) {
      case LOAD:
      case PEEK:
      case ATOMIC_LOAD:
      case PAGES:
        return before;
      case STORE:
      case POKE:
      case ATOMIC_STORE:
        set(a);
        return 0;
      case ADD:
      case GROW:
        set(before + a);
        return before;
      case AND:
        set(before & a);
        return before;
      case OR:
        set(before | a);
        return before;
      case EXCHANGE:
        set(a);
        return before;
      case COMPARE_EXCHANGE:
        if (before === a) set(b);
        return before;
      case WAIT:
        return before === a ? 2 : 1;
      case NOTIFY:
        return 0;
      case FILL:
        for (let at = 0; at < b; at += 4) memory.set(p + at, Math.imul(a, 0x01010101) >>> 0);
        return 0;
      default: {
        const values: number[] = [];
        for (let at = 0; at < b; at += 4) values.push(read(a + at));
        values.forEach((value, i) => void memory.set(p + 4 * i, value));
        return 0;
      }
    }
  }
}

/** Whether an atomic operation may write; a notify counts, for those who sleep. */
export function writes(kind: number): boolean {
  return kind === NOTIFY || (kind >= ATOMIC_STORE && kind <= COMPARE_EXCHANGE) || kind === GROW;
}

export { DEAD, DONE, FAILED, IDLE, PAGES_ADDRESS };
