// Tells a failure step by step: thread, operation, word, its content before and after, line of the source.

import type { SourceMap } from 'node:module';
import {
  ADD,
  AND,
  ATOMIC_LOAD,
  ATOMIC_STORE,
  COMPARE_EXCHANGE,
  COPY,
  EXCHANGE,
  FILL,
  GROW,
  LOAD,
  NOTIFY,
  OR,
  PAGES,
  PEEK,
  POKE,
  STORE,
  WAIT,
} from './atomics';
import { type Failure, nameOf } from './explore';
import {
  BEGIN_REAP,
  DIE,
  DIE_INSIDE,
  type Machine,
  type State,
  TIME_OUT,
  transitionKind,
  transitionThread,
} from './machine';
import type { Node } from './replay';

const WORDS: Record<number, string> = {
  [LOAD]: 'load',
  [STORE]: 'store',
  [FILL]: 'fill',
  [COPY]: 'copy',
  [PEEK]: 'peek',
  [POKE]: 'poke',
  [ATOMIC_LOAD]: 'atomicLoad',
  [ATOMIC_STORE]: 'atomicStore',
  [ADD]: 'add',
  [AND]: 'and',
  [OR]: 'or',
  [EXCHANGE]: 'exchange',
  [COMPARE_EXCHANGE]: 'compareExchange',
  [WAIT]: 'wait',
  [NOTIFY]: 'notify',
  [PAGES]: 'memoryPages',
  [GROW]: 'growMemory',
};

/**
 * The lines of a failure's trace, the cause last.
 *
 * @param remarks what the model's pokes say, by number; the trace repeats them together before the cause
 */
export function tell(
  machine: Machine,
  failure: Failure,
  sourceMap: SourceMap | undefined,
  remarks: readonly string[],
): string {
  const state = machine.begin();
  const lines: string[] = [];
  const said: string[] = [];
  const plain: Node[] = [];
  machine.onPlain = (node) => plain.push(node);
  failure.path.forEach((code, i) => {
    plain.length = 0;
    const step = tellStep(machine, state, code, sourceMap);
    const thread = transitionThread(code);
    const after = plain.filter((node) => node.thread === thread && node.kind !== PEEK);
    lines.push(
      `${String(i + 1).padStart(4)}  ${step}${after.map((node) => tellPlain(machine, node, remarks)).join('')}`,
    );
    for (const { kind, b } of after) if (kind === POKE && b > 0) said.push(`      ${remarks[b]}`);
  });
  machine.onPlain = undefined;
  if (said.length > 0) lines.push('      in short:', ...said);
  const asleep = state.asleep.map((thread) => nameOfThread(machine, thread));
  if (asleep.length > 0) lines.push(`      asleep: ${asleep.join(', ')}`);
  lines.push(`${machine.model.name}: ${failure.what}`);
  const where = failure.error?.stack && mapFrame(failure.error.stack, sourceMap);
  if (where) lines.push(`      at ${where}`);
  return lines.join('\n');
}

function tellStep(machine: Machine, state: State, code: number, sourceMap: SourceMap | undefined): string {
  const thread = transitionThread(code);
  const kind = transitionKind(code);
  const name = nameOfThread(machine, thread).padEnd(10);
  const node = machine.node(state, thread);
  if (kind === DIE) {
    machine.perform(state, code);
    return `${name} DIES`;
  }
  if (kind === BEGIN_REAP) {
    const dead = state.dead[state.reaped];
    machine.perform(state, code);
    return `${name} learns that ${nameOfThread(machine, dead)} is dead`;
  }
  const before = machine.word(state, node.p);
  const slept = state.asleep.length;
  machine.perform(state, code);
  const after = machine.word(state, node.p);
  const place = mapFrame(machine.replayer.stack(node), sourceMap) ?? '';
  if (kind === TIME_OUT) return `${name} times out on ${nameOf(machine.model, node.p)}  ${place}`;
  const died = kind === DIE_INSIDE ? ', and DIES on the way' : '';
  return `${name} ${tellOperation(machine, node, before, after, state, slept)}  ${place}${died}`;
}

function tellOperation(
  machine: Machine,
  node: Node,
  before: number,
  after: number,
  state: State,
  slept: number,
): string {
  const word = nameOf(machine.model, node.p);
  const operation = WORDS[node.kind] ?? '?';
  switch (node.kind) {
    case ATOMIC_LOAD:
    case PAGES:
      return `${operation} ${word} → ${show(before)}`;
    case COMPARE_EXCHANGE:
      return `${operation} ${word} ${before === node.a ? `${show(before)} ⇒ ${show(node.b)}` : `wanted ${show(node.a)}, is ${show(before)}`}`;
    case WAIT:
      return `${operation} ${word} while ${show(node.a)}: ${before === node.a ? 'sleeps' : `is ${show(before)}`}`;
    case NOTIFY:
      return `${operation} ${word}: ${slept - state.asleep.length} woken`;
    default:
      return `${operation} ${word} ${show(before)} ⇒ ${show(after)}`;
  }
}

/** A plain operation after a step. */
function tellPlain({ model }: Machine, { kind, p, a, b }: Node, remarks: readonly string[]): string {
  const indent = `\n${' '.repeat(17)}· `;
  if (kind === POKE && b > 0) return indent + remarks[b];
  return `${indent}${WORDS[kind]} ${nameOf(model, p)}${kind === STORE || kind === POKE ? ` ← ${show(a)}` : ''}`;
}

function show(value: number): string {
  return value > 9999 ? `0x${value.toString(16)}` : String(value);
}

export function nameOfThread(machine: Machine, thread: number): string {
  return machine.model.threads[thread]?.name ?? 'reaper';
}

/** The first line of a stack that belongs to the code under test: "function (file:line)". */
function mapFrame(stack: string, sourceMap: SourceMap | undefined): string | undefined {
  for (const line of stack.split('\n')) {
    const match = /at (?:(?:Object\.)?([\w.$<>]+) \()?bundle\.js:(\d+):(\d+)/.exec(line);
    if (match === null || sourceMap === undefined) continue;
    const entry = sourceMap.findEntry(Number(match[2]) - 1, Number(match[3]) - 1) as {
      originalSource?: string;
      originalLine?: number;
    };
    const source = entry.originalSource;
    if (source === undefined || source.includes('test/model/explorer/')) continue;
    const file = source.replace(/^.*?((?:assembly|test|src)\/)/, '$1');
    return `${match[1] ?? ''} (${file}:${(entry.originalLine ?? 0) + 1})`.trim();
  }
  return undefined;
}
