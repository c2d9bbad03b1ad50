// Finds a thread's next operation by calling the real function again: the results of the operations it has made
// are given from its record, and at the first one beyond the record the call is left by an exception. What was
// found is kept in a tree (one node a record), so each record is replayed once, however many states it is part of.

import { type Handler, LOAD, PEEK, POKE, STORE } from './atomics';
import { AGAIN, type Call, type Model } from './model';

// Beyond the operations of atomics.ts, a node may stand for a thread that has none:
/** All calls have ended. */
export const DONE = 32;
export const DEAD = 33;
/** A reaper without a death to look after. */
export const IDLE = 34;
/** The code under test threw. */
export const FAILED = 35;

/** Plain accesses since the thread's last atomic operation. */
export interface Access {
  p: number;
  end: number;
  write: boolean;
}

/** A thread at its next operation. */
export interface Node {
  readonly id: number;
  readonly thread: number;
  readonly call: number;
  /** The thread's own data where this call began, as JSON. */
  readonly self: string;
  readonly kind: number;
  readonly p: number;
  readonly a: number;
  readonly b: number;
  /** The node before in this call, and the result that led here. */
  readonly parent: Node | undefined;
  readonly result: number;
  readonly depth: number;
  readonly open: readonly Access[];
  readonly error: Error | undefined;
  children: Map<number, Node> | undefined;
}

const NO_ACCESS: readonly Access[] = [];
const SUSPEND = { suspended: true };

export class Replayer {
  readonly nodes: Node[] = [];
  /** The thread number of the reaper; its calls are numbered by the dead. */
  readonly reaper: number;
  readonly #roots = new Map<string, Node>();
  readonly #bound: number;
  #record: number[] = [];
  #at = 0;
  #next = { kind: 0, p: 0, a: 0, b: 0 };
  #direct: Handler | undefined;
  #watch: ((results: number, stack: string) => void) | undefined;

  constructor(private readonly model: Model) {
    this.reaper = model.threads.length;
    this.#bound = model.bound ?? 500;
  }

  /** Answers all operations of the code under test. */
  readonly handler: Handler = (kind, p, a, b) => {
    if (this.#direct !== undefined) return this.#direct(kind, p, a, b);
    if (this.#watch !== undefined) this.#watch(this.#at, new Error('here').stack ?? '');
    if (this.#at < this.#record.length) return this.#record[this.#at++];
    this.#next = { kind, p, a, b };
    throw SUSPEND;
  };

  /** Runs `body` with operations going straight to `access`. */
  direct<T>(access: Handler, body: () => T): T {
    const before = this.#direct;
    this.#direct = access;
    try {
      return body();
    } finally {
      this.#direct = before;
    }
  }

  /** Where a thread begins its first call; the reaper idles. */
  start(thread: number): Node {
    if (thread === this.reaper) return this.#root(thread, 0, '{}', NO_ACCESS, true);
    return this.#root(thread, 0, JSON.stringify(this.model.threads[thread].self ?? {}), NO_ACCESS);
  }

  /** The reaper at the beginning of what it does about a dead thread. */
  startReap(dead: number): Node {
    return this.#root(this.reaper, dead, '{}', NO_ACCESS);
  }

  /** The node of a thread that died in `node`. */
  dead(node: Node): Node {
    const key = `dead ${node.thread} ${node.self}`;
    let found = this.#roots.get(key);
    if (found === undefined)
      this.#roots.set(key, (found = this.#add({ ...bare(node, DEAD), self: node.self })));
    return found;
  }

  /** Where the thread is after its operation gave `result`. */
  after(node: Node, result: number): Node {
    let child = node.children?.get(result);
    if (child === undefined) {
      child = this.#run(node.thread, node.call, node.self, node, result, openAfter(node));
      node.children ??= new Map();
      node.children.set(result, child);
    }
    return child;
  }

  /** The results of a node's call before it. */
  record(node: Node): number[] {
    const record = new Array<number>(node.depth);
    for (let at: Node = node; at.parent !== undefined; at = at.parent) record[at.depth - 1] = at.result;
    return record;
  }

  /** The stack at a node's operation. */
  stack(node: Node): string {
    let found = '';
    this.#record = this.record(node);
    this.#at = 0;
    this.#watch = (at, stack) => {
      if (at === node.depth) found = stack;
    };
    try {
      this.#call(node)(JSON.parse(node.self));
    } catch {
      // It ends at the operation.
    } finally {
      this.#watch = undefined;
    }
    return found;
  }

  /** What the thread is doing, for people. */
  callName(node: Node): string {
    if (node.thread === this.reaper) return `reap(${this.model.threads[node.call].name})`;
    return this.model.threads[node.thread].calls[node.call]?.name || `call ${node.call + 1}`;
  }

  #call(node: { thread: number; call: number }): Call {
    if (node.thread === this.reaper) return () => this.model.reap?.(node.call);
    return this.model.threads[node.thread].calls[node.call];
  }

  #root(thread: number, call: number, self: string, open: readonly Access[], idle = false): Node {
    const key = `${thread} ${idle ? 'idle' : call} ${JSON.stringify(open)} ${self}`;
    let root = this.#roots.get(key);
    if (root === undefined) {
      if (idle) root = this.#add({ ...bare({ thread, call }, IDLE), self, open });
      else if (thread !== this.reaper && call >= this.model.threads[thread].calls.length) {
        root = this.#add({ ...bare({ thread, call }, DONE), self, open });
      } else root = this.#run(thread, call, self, undefined, 0, open);
      this.#roots.set(key, root);
    }
    return root;
  }

  /** Calls the function with the record of `parent` and one result more. */
  #run(
    thread: number,
    call: number,
    self: string,
    parent: Node | undefined,
    result: number,
    open: readonly Access[],
  ): Node {
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const record = parent === undefined ? [] : this.record(parent);
    if (parent !== undefined) record.push(result);
    this.#record = record;
    this.#at = 0;
    const data = JSON.parse(self);
    const common = { thread, call, self, parent, result, depth, open };
    let answer: unknown;
    try {
      if (depth > this.#bound) throw new Error(`A loop without end: the call has made ${depth} operations`);
      answer = this.#call({ thread, call })(data);
    } catch (error) {
      if (error === SUSPEND) return this.#add({ ...common, ...this.#next, error: undefined });
      const failure = error instanceof Error ? error : new Error(String(error));
      return this.#add({ ...common, kind: FAILED, p: 0, a: 0, b: 0, error: failure });
    }
    if (thread === this.reaper) return this.#root(thread, 0, '{}', NO_ACCESS, true);
    if (answer === AGAIN && depth === 0)
      throw new Error('Cannot repeat a call that made no operation: it would never end');
    return this.#root(thread, answer === AGAIN ? call : call + 1, JSON.stringify(data), open);
  }

  #add(node: Omit<Node, 'id' | 'children'>): Node {
    const whole: Node = { ...node, id: this.nodes.length, children: undefined };
    this.nodes.push(whole);
    return whole;
  }
}

function bare(node: { thread: number; call: number }, kind: number): Omit<Node, 'id' | 'children' | 'self'> {
  const { thread, call } = node;
  return {
    thread,
    call,
    kind,
    p: 0,
    a: 0,
    b: 0,
    parent: undefined,
    result: 0,
    depth: 0,
    open: NO_ACCESS,
    error: undefined,
  };
}

/** Whether the node's operation is plain: no step of its own. */
export function isPlain(kind: number): boolean {
  return kind <= POKE;
}

/** The plain accesses that stand open after the node's operation. */
function openAfter(node: Node): readonly Access[] {
  const { kind, p, a, b, open } = node;
  if (!isPlain(kind)) return NO_ACCESS;
  if (kind === PEEK || kind === POKE) return open;
  if (kind === LOAD || kind === STORE) return add(open, { p, end: p + 4, write: kind === STORE });
  const length = b;
  const written = add(open, { p, end: p + length, write: true });
  return kind === 2 ? written : add(written, { p: a, end: a + length, write: false });
}

function add(open: readonly Access[], access: Access): readonly Access[] {
  const isThere = (one: Access) => one.p <= access.p && one.end >= access.end && (one.write || !access.write);
  return open.some(isThere) ? open : [...open, access];
}
