// Histories in models: what each operation of a thread answered and which ones came one after the other, held against a
// sequential specification (linearize.ts) in every interleaving.
//
// The explorer takes states for one that have the same memory and the same threads, and leaves out orders of steps that
// concern nobody else. Histories differ where memory does not, so what is known of the history has to be a part of the
// state, and writing it down a part of the steps: it is a word, written by `poke`, which the explorer counts as touched
// by the step that it belongs to. So of two steps between which a history can tell a difference neither is left out.
//
// The word does not hold the history but the number of all that may still become of it: the set of its configurations,
// each a state of the specification with those of the operations under way that have taken effect, and their answers. It
// is exact (an operation's end keeps the configurations in which it has taken effect with this answer; when none is left,
// no order explains the history, and no continuation will), and histories with the same set are one state from there on.
//
// An operation begins together with its first step on shared memory and ends with its last: between two steps of other
// threads it makes no difference where, and what begins later and ends sooner is ordered with more. Where it is right, it
// is right for all that begin sooner and end later.

import { afterNext, peek, poke } from './atomics';
import { type Spec, show } from './linearize';
import { assert } from './model';

/** Where the word is, unless told; nothing else may lie there. */
const HISTORY = 0x7fff0000;

interface Configuration<State> {
  state: State;
  /** Of operations under way that have taken effect: what they answer. */
  answers: Record<string, unknown>;
}

/** All that a history may still become. */
interface Possible<State, Op> {
  /** Operations under way. */
  open: Record<string, Op>;
  configurations: Array<Configuration<State>>;
}

/** Follows histories, event by event, in every order; sets of configurations by number, 0 is the beginning. */
export class Histories<State, Op> {
  readonly #sets: Array<Possible<State, Op>>;
  readonly #numbers = new Map<string, number>();
  /** What followed: calls are run again for each of their steps. */
  readonly #known = new Map<string, number>();

  constructor(private readonly spec: Spec<State, Op>) {
    const first = { open: {}, configurations: [{ state: spec.initial, answers: {} }] };
    this.#sets = [first];
    this.#numbers.set(keyOf(first), 0);
  }

  /** `by` has begun with an operation. */
  begin(at: number, by: string, op: Op): number {
    return this.#once(`${at} begin ${by} ${JSON.stringify(op)}`, () => this.#begin(at, by, op));
  }

  #begin(at: number, by: string, op: Op): number {
    const { open, configurations } = this.#sets[at];
    assert(!(by in open), `${by} begins ${show(op)} before it has ended ${show(open[by])}`);
    return this.#number(closed({ open: sorted({ ...open, [by]: op }), configurations }, this.spec));
  }

  /** `by` has ended its operation; -1 if nothing explains that. */
  end(at: number, by: string, result: unknown): number {
    return this.#once(`${at} end ${by} ${JSON.stringify(result)}`, () => this.#end(at, by, result));
  }

  #once(event: string, follow: () => number): number {
    let next = this.#known.get(event);
    if (next === undefined) this.#known.set(event, (next = follow()));
    return next;
  }

  #end(at: number, by: string, result: unknown): number {
    const { open, configurations } = this.#sets[at];
    const { [by]: _, ...others } = open;
    const wanted = JSON.stringify(result);
    const left = configurations.filter(
      ({ answers }) => by in answers && JSON.stringify(answers[by]) === wanted,
    );
    if (left.length === 0) return -1;
    const without = left.map(({ state, answers: { [by]: __, ...answers } }) => ({ state, answers }));
    return this.#number({ open: others, configurations: without });
  }

  /** The operation that `by` has under way. */
  opOf(at: number, by: string): Op | undefined {
    return this.#sets[at].open[by];
  }

  /** What `by` could have answered, for people. */
  wanted(at: number, by: string): string {
    const { open, configurations } = this.#sets[at];
    const found = new Set<string>();
    for (const { state, answers } of configurations) {
      if (by in answers) continue;
      for (const [result] of this.spec.apply(state, open[by]))
        found.add(`${show(result)} (of ${show(state)})`);
    }
    return [...found].join(' or ') || 'nothing yet';
  }

  /** The states that the object may be in. */
  states(at: number): State[] {
    return this.#sets[at].configurations.map(({ state }) => state);
  }

  #number(set: Possible<State, Op>): number {
    const key = keyOf(set);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#sets.length;
      this.#sets.push(set);
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** With all configurations that operations under way can make of these. */
function closed<State, Op>(
  { open, configurations }: Possible<State, Op>,
  { apply }: Spec<State, Op>,
): Possible<State, Op> {
  const found = new Map(configurations.map((one) => [JSON.stringify(one), one]));
  for (const { state, answers } of found.values()) {
    for (const [by, op] of Object.entries(open)) {
      if (by in answers) continue;
      for (const [result, next] of apply(state, op)) {
        const one = { state: next, answers: sorted({ ...answers, [by]: result }) };
        const key = JSON.stringify(one);
        if (!found.has(key)) found.set(key, one); // which the loop comes to
      }
    }
  }
  return { open, configurations: [...found.values()] };
}

function keyOf<State, Op>({ open, configurations }: Possible<State, Op>): string {
  return JSON.stringify([open, [...new Set(configurations.map((one) => JSON.stringify(one)))].sort()]);
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A history that a model's threads write: see the head, and README.md for an example. */
export class History<State, Op> {
  readonly #histories: Histories<State, Op>;

  constructor(
    spec: Spec<State, Op>,
    private readonly word = HISTORY,
  ) {
    this.#histories = new Histories(spec);
  }

  /** Does all of an operation in one call of the thread. */
  record<Result>(by: string | number, op: Op, body: () => Result): Result {
    this.begin(by, op);
    const result = body();
    this.end(by, result);
    return result;
  }

  /** From the next step on, which must be no sleep, `by` is at work on this. */
  begin(by: string | number, op: Op): void {
    afterNext(() => this.beganAlready(by, op));
  }

  /** The same, of an operation that the step before is the first of. */
  beganAlready(by: string | number, op: Op): void {
    poke(this.word, this.#histories.begin(peek(this.word), String(by), op), `${by} begins ${show(op)}`);
  }

  /** The operation of `by` has ended with its last step; fails if no order explains the result. */
  end(by: string | number, result: unknown): void {
    const at = peek(this.word);
    const next = this.#histories.end(at, String(by), result);
    const what = `${by} ends ${show(this.#histories.opOf(at, String(by)))} → ${show(result)}`;
    assert(next >= 0, `Not linearizable: ${what}; wanted: ${this.#histories.wanted(at, String(by))}`);
    poke(this.word, next, what);
  }

  /** What `by` is at work on, if anything. */
  underWay(by: string | number): Op | undefined {
    return this.#histories.opOf(peek(this.word), String(by));
  }

  /** What the object may be by now: for `finally`. */
  states(): State[] {
    return this.#histories.states(peek(this.word));
  }
}
