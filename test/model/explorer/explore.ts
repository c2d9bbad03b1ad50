// Explores every interleaving of a model: breadth first over states, each visited once, so that the first failure
// found is a shortest one. A step that conflicts with nothing the other threads may ever do (no other thread touches
// its words, or all only read them) is taken alone, before the others' steps: a persistent set of one (Godefroid
// 1996; larger sets were tried on the task board: 2 % fewer states, at a third of the speed). Which thread touches
// which word is learnt on the way; when something new was learnt, the exploration begins anew.
// A little over 400 lines: what a step conflicts with is known only where steps are taken.

import { countPaths, type Graph, neverEnding } from './graph';
import {
  BEGIN_REAP,
  DIE,
  DIE_INSIDE,
  Machine,
  STEP,
  type State,
  TIME_OUT,
  transition,
  transitionKind,
  transitionThread,
  WORDS_AT_FIRST,
  writes,
} from './machine';
import type { Model } from './model';
import { DONE } from './replay';
import { Numbers, RowTable } from './table';

/** What went wrong, and the transitions that lead there from the beginning. */
export interface Failure {
  what: string;
  path: number[];
  error?: Error;
}

export interface Exploration {
  model: Model;
  machine: Machine;
  states: number;
  /** Of a bounded exploration that did not come to its end: all ways of fewer transitions than this were taken. */
  depth: number | undefined;
  /** Ways through the graph of states, from the beginning to an end; undefined if it has cycles or a failure. */
  interleavings: bigint | undefined;
  cyclic: boolean;
  seconds: number;
  failure: Failure | undefined;
}

/** Steps that a thread may make between two sleeps when nobody else is left. */
const BOUND = 500;

type Bind = ConstructorParameters<typeof Machine>[1];

/** @param known which words threads touch, as far as that was learnt elsewhere */
export function explore(model: Model, bind: Bind, known: Machine['users'] = new Map()): Exploration {
  const started = performance.now();
  while (true) {
    const machine = new Machine(model, bind);
    for (const [p, uses] of known) machine.users.set(p, uses);
    const run = new Run(machine);
    run.explore();
    if (run.isStale && run.failure === undefined) {
      known = machine.users;
      continue;
    }
    const graph = run.graph();
    let failure = run.failure;
    let paths: bigint | undefined;
    if (failure === undefined && run.depth === undefined) {
      const stuck = neverEnding(graph);
      if (stuck >= 0)
        failure = { what: 'Livelock: from here no thread can come to an end', path: run.pathTo(stuck) };
      else paths = countPaths(graph);
    }
    const seconds = (performance.now() - started) / 1000;
    return {
      model,
      machine,
      states: graph.states,
      depth: run.depth,
      interleavings: paths,
      cyclic: failure === undefined && paths === undefined && run.depth === undefined,
      seconds,
      failure,
    };
  }
}

/** One exploration with what is known of the words. */
class Run {
  failure: Failure | undefined;
  depth: number | undefined;
  /** It has learnt of words that threads touch: what it has left out may be wrong. */
  isStale = false;
  readonly #machine: Machine;
  readonly #words = new RowTable(WORDS_AT_FIRST);
  readonly #states: RowTable;
  readonly #row: Int32Array;
  readonly #sleepers = new Map<number | string, number>([[0, 0]]);
  readonly #sleeperLists: number[][] = [[]];
  readonly #parents = new Numbers();
  readonly #codes = new Numbers();
  /** How many steps of the same thread followed at once. */
  readonly #runs = new Numbers();
  readonly #firstEdge = new Numbers();
  readonly #edges = new Numbers();
  readonly #ends: number[] = [];
  readonly #state: State;
  #next: State;
  #trial: State;
  readonly #maxStates: number;

  constructor(machine: Machine) {
    this.#machine = machine;
    machine.learnt = 0;
    this.#maxStates = machine.model.maxStates ?? 20_000_000;
    this.#states = new RowTable(3 + machine.threads);
    this.#row = new Int32Array(3 + machine.threads);
    this.#state = machine.begin();
    this.#next = machine.begin();
    this.#trial = machine.begin();
  }

  graph(): Graph {
    this.#firstEdge.push(this.#edges.length);
    return { states: this.#states.count, firstEdge: this.#firstEdge, edges: this.#edges, ends: this.#ends };
  }

  explore(): void {
    const machine = this.#machine;
    const { always } = machine.model;
    if (machine.failure !== undefined) {
      this.failure = { what: machine.failure.message, path: [], error: machine.failure };
      return;
    }
    this.#intern(-1, 0, 0);
    for (let index = 0; index < this.#states.count; index++) {
      // To learn and begin anew is cheapest soon: look after 1, 2, 4 … states.
      if ((index & (index - 1)) === 0 && machine.learnt > 0) {
        this.isStale = true;
        return;
      }
      this.#load(index);
      this.#firstEdge.push(this.#edges.length);
      if (this.#expand(index)) return;
      if (index > this.#maxStates) {
        this.depth = 0;
        for (let at = index; this.#parents.at(at) >= 0; at = this.#parents.at(at)) this.depth++;
        this.isStale = machine.learnt > 0;
        if (machine.model.bounded) return;
        this.failure = {
          what: `Not explored to the end: more than ${this.#maxStates} states`,
          path: this.pathTo(index),
        };
        return;
      }
      const race = machine.race(this.#state);
      if (race !== undefined) {
        const names = race.threads.map((thread) => machine.model.threads[thread]?.name ?? 'reaper');
        this.#fail(
          index,
          `Race: plain accesses of ${names.join(' and ')} to ${nameOf(machine.model, race.p)} are not ordered`,
        );
        return;
      }
      if (always !== undefined) {
        const error = machine.check(this.#state, always);
        if (error !== undefined) {
          this.#fail(index, error.message, error);
          return;
        }
      }
    }
    this.isStale = machine.learnt > 0;
  }

  pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; this.#parents.at(at) >= 0; at = this.#parents.at(at)) {
      const code = this.#codes.at(at);
      for (let i = this.#runs.at(at); i > 0; i--) path.unshift(transition(STEP, transitionThread(code)));
      path.unshift(code);
    }
    return path;
  }

  /** Makes the states that follow the loaded one; true on a failure. */
  #expand(index: number): boolean {
    const machine = this.#machine;
    if (!machine.model.full) {
      for (let thread = 0; thread < machine.threads; thread++) {
        if (!this.#mayBeAlone(this.#state, thread)) continue;
        this.#copy();
        machine.perform(this.#next, transition(STEP, thread));
        if (machine.conflicts !== 0 || machine.failure !== undefined) continue;
        const { stores } = machine;
        const edges = this.#edges.length;
        const isLonger = machine.node(this.#next, thread).depth > machine.node(this.#state, thread).depth;
        this.#intern(index, transition(STEP, thread), isLonger ? this.#runOn(thread) : 0);
        // A cycle of states has a step to one that was held no later: there the others' steps must not be put off once
        // more. (The proviso of Bošnački and Holzmann, "Improving SPIN's partial-order reduction for breadth-first
        // search", 2005.)
        if (this.#edges.at(edges) > index) {
          this.#die(index, thread, stores);
          return false;
        }
        this.#edges.length = edges;
      }
    }
    let isStill = true;
    let canTimeOut = false;
    for (let thread = 0; thread < machine.threads; thread++) {
      if (machine.canStep(this.#state, thread)) {
        isStill = false;
        this.#make(index, transition(STEP, thread));
        this.#die(index, thread, machine.stores);
      } else this.#die(index, thread, 0);
      if (!machine.canTimeOut(this.#state, thread)) continue;
      canTimeOut = true;
      this.#make(index, transition(TIME_OUT, thread));
    }
    if (machine.canBeginReap(this.#state)) {
      isStill = false;
      this.#make(index, transition(BEGIN_REAP, machine.replayer.reaper));
    }
    if (this.failure !== undefined) return true;
    // A death may still come, but nobody's progress may rest on that.
    if (!isStill) return false;
    if (!machine.hasEnded(this.#state)) {
      if (canTimeOut) return false;
      this.#fail(index, `Deadlock: ${this.#sleeping()}`);
      return true;
    }
    if (canTimeOut && !this.#isQuiet()) return false;
    this.#ends.push(index);
    const check = machine.model.finally;
    const error = check && machine.check(this.#state, check);
    if (error !== undefined) this.#fail(index, error.message, error);
    return error !== undefined;
  }

  /**
   * Whether all that is left, after a death, is daemons that look at the end of each slice of their sleep and find
   * nothing: only then it is an end.
   */
  #isQuiet(): boolean {
    const machine = this.#machine;
    const trial = this.#trial;
    if (this.#state.reaped === 0) return true;
    for (let thread = 0; thread < machine.threads; thread++) {
      if (!machine.canTimeOut(this.#state, thread)) continue;
      copyState(this.#state, trial);
      machine.perform(trial, transition(TIME_OUT, thread));
      for (let i = 0; machine.canStep(trial, thread); i++) {
        if (i > BOUND) return false;
        machine.perform(trial, transition(STEP, thread));
      }
      if (!trial.asleep.includes(thread) || trial.nodes.some((node, i) => node !== this.#state.nodes[i]))
        return false;
      if (trial.words.some((word, i) => word !== (this.#state.words[i] ?? 0))) return false;
    }
    return true;
  }

  /** Whether the thread's next step may turn out to concern nobody else. */
  #mayBeAlone(state: State, thread: number): boolean {
    const machine = this.#machine;
    if (!machine.canStep(state, thread)) return false;
    const node = machine.node(state, thread);
    if (machine.conflictsAt(state, thread, node.p, writes(node.kind)) !== 0) return false;
    // What stands open must stay so until the others' accesses have been seen beside it.
    for (const { p, end, write } of node.open) {
      for (let at = p; at < end; at += 4)
        if (machine.conflictsAt(state, thread, at, write) !== 0) return false;
    }
    // Its step begins a call, during which the reaper cannot begin.
    return thread !== machine.model.reaperOf || node.depth > 0;
  }

  /**
   * Makes those of the thread's next steps, in the state made last, that concern nobody else, up to the end of its
   * call: the states between are not held. If it can die only steps that change nothing, for then to die before them
   * is to die after them. Returns how many steps.
   */
  #runOn(thread: number): number {
    const machine = this.#machine;
    const { full, always } = machine.model;
    if (full || always !== undefined || machine.failure !== undefined) return 0;
    for (let steps = 0; ; steps++) {
      if (!this.#mayBeAlone(this.#next, thread)) return steps;
      copyState(this.#next, this.#trial);
      machine.perform(this.#trial, transition(STEP, thread));
      if (machine.conflicts !== 0 || machine.failure !== undefined) return steps;
      if (machine.changes > 0 && machine.canDie(this.#next, thread)) return steps;
      if (machine.node(this.#trial, thread).depth <= machine.node(this.#next, thread).depth) return steps;
      [this.#next, this.#trial] = [this.#trial, this.#next];
    }
  }

  /** Makes a transition from the loaded state and holds what comes of it. */
  #make(index: number, code: number): void {
    this.#copy();
    this.#machine.perform(this.#next, code);
    const { failure, stores } = this.#machine;
    const kind = transitionKind(code);
    const runs = kind === DIE || kind === DIE_INSIDE ? 0 : this.#runOn(transitionThread(code));
    this.#intern(index, code, runs);
    this.#machine.stores = stores;
    if (failure !== undefined)
      this.failure ??= { what: failure.message, path: [...this.pathTo(index), code], error: failure };
  }

  /** The deaths that a thread can die now: before its step, and before each of the plain stores after it. */
  #die(index: number, thread: number, stores: number): void {
    if (!this.#machine.canDie(this.#state, thread)) return;
    this.#make(index, transition(DIE, thread));
    for (let n = 0; n < stores; n++) this.#make(index, transition(DIE_INSIDE, thread, n));
  }

  #copy(): void {
    copyState(this.#state, this.#next);
  }

  #sleeping(): string {
    const machine = this.#machine;
    const parts: string[] = [];
    for (let thread = 0; thread < machine.threads; thread++) {
      const node = machine.node(this.#state, thread);
      if (node.kind >= DONE) continue;
      parts.push(
        `${machine.model.threads[thread]?.name ?? 'reaper'} sleeps on ${nameOf(machine.model, node.p)}`,
      );
    }
    return parts.length > 0 ? parts.join(', ') : 'nobody can step';
  }

  #fail(index: number, what: string, error?: Error): void {
    this.failure = { what, path: this.pathTo(index), error };
  }

  /** Holds the state made last; true if it is new. */
  #intern(parent: number, code: number, runs: number): boolean {
    const state = this.#next;
    if (state.words.length > this.#words.width) this.#words.widen(state.words.length);
    const row = this.#row;
    row[0] = this.#words.intern(
      state.words.length === this.#words.width ? state.words : widened(state, this.#words.width),
    );
    if (state.asleep.length > 1) this.#inOrder(state);
    const sleepers = keyOf(state.asleep, state.dead);
    let id = this.#sleepers.get(sleepers);
    if (id === undefined) {
      id = this.#sleeperLists.length;
      this.#sleepers.set(sleepers, id);
      this.#sleeperLists.push([...state.asleep], [...state.dead]);
    }
    row[1] = id;
    row[2] = (state.deaths << 24) | (state.timeouts << 16) | state.reaped;
    for (let thread = 0; thread < state.nodes.length; thread++) row[3 + thread] = state.nodes[thread];
    const count = this.#states.count;
    const index = this.#states.intern(row);
    this.#edges.push(index);
    if (index < count) return false;
    this.#parents.push(parent);
    this.#codes.push(code);
    this.#runs.push(runs);
    return true;
  }

  /** Sleepers by word: the order matters only among those of one word. */
  #inOrder(state: State): void {
    const machine = this.#machine;
    state.asleep.sort((one, other) => machine.node(state, one).p - machine.node(state, other).p);
  }

  #load(index: number): void {
    const state = this.#state;
    this.#states.read(index, this.#row);
    const row = this.#row;
    if (state.words.length !== this.#words.width) state.words = new Int32Array(this.#words.width);
    this.#words.read(row[0], state.words);
    state.asleep = row[1] === 0 ? [] : this.#sleeperLists[row[1]];
    state.dead = row[1] === 0 ? [] : this.#sleeperLists[row[1] + 1];
    state.deaths = row[2] >>> 24;
    state.timeouts = (row[2] >>> 16) & 255;
    state.reaped = row[2] & 0xffff;
    for (let thread = 0; thread < state.nodes.length; thread++) state.nodes[thread] = row[3 + thread];
  }
}

export function copyState(from: State, to: State): void {
  if (to.words.length !== from.words.length) to.words = from.words.slice();
  else to.words.set(from.words);
  to.nodes.set(from.nodes);
  to.asleep = [...from.asleep];
  to.dead = [...from.dead];
  to.deaths = from.deaths;
  to.timeouts = from.timeouts;
  to.reaped = from.reaped;
}

/** Two short lists of threads as one number; as text if they are long. */
function keyOf(asleep: number[], dead: number[]): number | string {
  if (asleep.length > 6 || dead.length > 6) return `${asleep.join()}|${dead.join()}`;
  let key = 0;
  for (let i = 0; i < 6; i++) key = key * 16 + (i < asleep.length ? asleep[i] + 1 : 0);
  for (let i = 0; i < 6; i++) key = key * 16 + (i < dead.length ? dead[i] + 1 : 0);
  return key;
}

function widened(state: State, width: number): Int32Array {
  const longer = new Int32Array(width);
  longer.set(state.words);
  state.words = longer;
  return longer;
}

/** What a word is called. */
export function nameOf({ names }: Model, p: number): string {
  const name = typeof names === 'function' ? names(p) : names?.[p];
  return name ?? (p === 0xfffffffc ? 'pages' : `word ${p}`);
}
