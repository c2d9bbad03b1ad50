// Whether a history of concurrent operations is linearizable: whether each of them may have taken effect at one moment
// between its begin and its end, such that the results are those of a sequential specification. An operation without an
// end (its thread died, or nobody waited for it) may have taken effect at any moment after its begin, or never.
//
// Source: Wing and Gong, "Testing and verifying concurrent objects" (1993): try every operation that no other precedes
// as the next one, with Lowe's memory of what was tried ("Testing for linearizability", 2017): the same operations done
// and the same state come up once. Histories of independent objects are looked at one by one, as Horn and Kroening do
// ("Faster linearizability checking via P-compositionality", 2015). Exponential in how many operations overlap, not in
// how many there are. history.ts follows the interleavings of the explorer with the same specifications; tests of both:
// test/model/linearize.test.ts.

/** What the object is when operations come one after the other. States, operations and results are plain JSON. */
export interface Spec<State, Op> {
  initial: State;
  /**
   * What the operation may answer in this state, each answer with the state after it: one, for most. None: it cannot take
   * effect here, as a get that waits for an item.
   */
  apply(state: State, op: Op): ReadonlyArray<readonly [result: unknown, next: State]>;
  /** The object that an operation is about, where there are several that have nothing to do with one another. */
  partOf?(op: Op): string;
}

/** One operation of a history; moments are any numbers of one clock. */
export interface Operation<Op> {
  /** Who did it: a thread does one at a time. */
  by: string | number;
  op: Op;
  begin: number;
  /** Infinity if it did not end: its result is not known then. */
  end: number;
  result?: unknown;
}

/**
 * Looks for an order that explains the history.
 *
 * @returns undefined if there is one; else for people, how far the best order went and what was wanted there
 */
export function whyNotLinearizable<State, Op>(
  history: ReadonlyArray<Operation<Op>>,
  spec: Spec<State, Op>,
): string | undefined {
  const parts = new Map<string, Array<Operation<Op>>>();
  for (const operation of history) {
    const part = spec.partOf?.(operation.op) ?? '';
    const list = parts.get(part);
    if (list === undefined) parts.set(part, [operation]);
    else list.push(operation);
  }
  for (const part of parts.values()) {
    const why = search(part, spec);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** An order of some of the operations, and what can come next in it. */
interface Prefix<State> {
  state: State;
  before: Prefix<State> | undefined;
  /** The operation that it ends with, and the first that is not in it. */
  last: number;
  low: number;
  /** How many operations that have ended are in it. */
  count: number;
  choices: Array<[operation: number, next: State]>;
}

function search<State, Op>(history: ReadonlyArray<Operation<Op>>, spec: Spec<State, Op>): string | undefined {
  const operations = [...history].sort((one, other) => one.begin - other.begin);
  const results = operations.map(({ result }) => key(result));
  const ended = operations.filter(({ end }) => end !== Number.POSITIVE_INFINITY).length;
  const isIn = new Uint8Array(operations.length);
  const met = new Set<string>();

  /** The operations that may come next: no other that is not in the order has ended before they began. */
  const nextOnes = (low: number): number[] => {
    const found: number[] = [];
    let firstEnd = Number.POSITIVE_INFINITY;
    for (let i = low; i < operations.length && operations[i].begin <= firstEnd; i++) {
      if (isIn[i] === 1) continue;
      found.push(i);
      firstEnd = Math.min(firstEnd, operations[i].end);
    }
    return found;
  };
  const choicesOf = (state: State, low: number): Prefix<State>['choices'] => {
    const found: Prefix<State>['choices'] = [];
    for (const i of nextOnes(low)) {
      const { op, end } = operations[i];
      for (const [result, next] of spec.apply(state, op)) {
        if (end === Number.POSITIVE_INFINITY || key(result) === results[i]) found.push([i, next]);
      }
    }
    return found.reverse(); // the choices are taken from the end
  };

  let at: Prefix<State> | undefined = {
    state: spec.initial,
    before: undefined,
    last: -1,
    low: 0,
    count: 0,
    choices: choicesOf(spec.initial, 0),
  };
  let best = { count: -1, order: [] as number[], state: spec.initial, open: [] as number[] };
  while (at !== undefined) {
    if (at.count === ended) return undefined;
    if (at.count > best.count) {
      const order: number[] = [];
      for (let one: Prefix<State> = at; one.before !== undefined; one = one.before) order.push(one.last);
      best = { count: at.count, order: order.reverse(), state: at.state, open: nextOnes(at.low) };
    }
    const choice = at.choices.pop();
    if (choice === undefined) {
      if (at.last >= 0) isIn[at.last] = 0;
      at = at.before;
      continue;
    }
    const [last, state] = choice;
    isIn[last] = 1;
    let low = at.low;
    while (low < operations.length && isIn[low] === 1) low++;
    let configuration = `${low}`;
    for (let i = low + 1; i < operations.length; i++) if (isIn[i] === 1) configuration += ` ${i}`;
    configuration += key(state);
    if (met.has(configuration)) {
      isIn[last] = 0;
      continue;
    }
    met.add(configuration);
    const count: number = at.count + (operations[last].end === Number.POSITIVE_INFINITY ? 0 : 1);
    at = { state, before: at, last, low, count, choices: choicesOf(state, low) };
  }

  const say = (i: number, result: unknown) =>
    `${operations[i].by}: ${show(operations[i].op)} → ${show(result)}`;
  const lines = best.order.slice(-8).map((i) => `  ${say(i, operations[i].result)}`);
  const skipped = best.order.length - lines.length;
  const open = best.open
    .filter((i) => operations[i].end !== Number.POSITIVE_INFINITY)
    .map((i) => {
      const wanted = spec.apply(best.state, operations[i].op).map(([result]) => show(result));
      return `  ${say(i, operations[i].result)}, wanted: ${wanted.join(' or ') || 'not yet'}`;
    });
  return [
    `No order explains ${ended} operations; one explains ${best.count}${skipped > 0 ? `, the last of them` : ''}:`,
    ...lines,
    `which leaves ${show(best.state)}; next can be`,
    ...open,
  ].join('\n');
}

/** Equal values have the same key. */
function key(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

/** A value of a history for people: ["put",1] is "put 1". */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && typeof value[0] === 'string') return value.map(show).join(' ');
  return JSON.stringify(value) ?? 'nothing';
}
