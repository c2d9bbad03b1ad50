/** Says where in a value, and why, something cannot travel. Runs on the throw path only. */
import { NotShareableError } from '../errors.js';
import { tagOf } from './_kinds.js';

/** Thrown inside the encoder; becomes a {@link NotShareableError} once the path is known. */
export class Unsendable {
  constructor(
    readonly value: unknown,
    readonly reason: string,
  ) {}
}

/** Stands for the whole value where no part of it is to blame. */
export const WHOLE = {};

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const MAX_VISITED = 1_000_000;

const keyPath = (key: string): string => (IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

/** A key of a map in words. */
function label(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (typeof key === 'object' && key !== null) return '…';
  return String(key);
}

function* children(value: object): Generator<[string, unknown]> {
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    let index = 0;
    for (const [key, item] of value) {
      yield [`.keys()[${index++}]`, key];
      yield [`.get(${label(key)})`, item];
    }
  } else if (value instanceof Set) {
    let index = 0;
    for (const item of value) yield [`.values()[${index++}]`, item];
  } else {
    const isArray = Array.isArray(value);
    for (const key of Object.keys(value)) {
      const path = isArray && /^\d+$/.test(key) ? `[${key}]` : keyPath(key);
      yield [path, (value as Record<string, unknown>)[key]];
    }
  }
}

/** The first path from `root` to `target`, in the encoder's order; iterative, because depth may be the reason. */
function pathTo(root: unknown, target: unknown): string | undefined {
  if (Object.is(root, target)) return '';
  if (typeof root !== 'object' || root === null) return undefined;
  const seen = new Set<object>([root]);
  const stack: { iterator: Iterator<[string, unknown]>; step: string }[] = [
    { iterator: children(root), step: '' },
  ];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const next = top.iterator.next();
    if (next.done === true || seen.size > MAX_VISITED) {
      stack.pop();
      continue;
    }
    const [step, value] = next.value;
    if (Object.is(value, target)) return stack.map((entry) => entry.step).join('') + step;
    if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      stack.push({ iterator: children(value), step });
    }
  }
  return undefined;
}

const MAX_PATH = 200;

/** The error for a value that could not be encoded, with the path to it. */
export function notShareable(root: unknown, rootName: string, failure: Unsendable): NotShareableError {
  let path: string | undefined;
  try {
    path = failure.value === WHOLE ? '' : pathTo(root, failure.value);
  } catch {
    // A getter that throws, or a proxy: the reason alone must do.
  }
  let where = `${rootName}${path ?? ''}`;
  if (rootName === '' && where.startsWith('.')) where = where.slice(1);
  if (where.length > MAX_PATH) where = `${where.slice(0, MAX_PATH / 2)}…${where.slice(-MAX_PATH / 2)}`;
  if (path === undefined) where = `a ${tagOf(failure.value)} inside ${rootName || 'the value'}`;
  return new NotShareableError(`Cannot send ${where}: ${failure.reason}`);
}

/** Why a value of this type cannot travel, and what to do instead. */
export function reasonOf(value: unknown): string {
  if (typeof value === 'function') {
    return 'it is a function; declare it with "tasks", or send data instead';
  }
  if (typeof value === 'symbol') return 'it is a symbol';
  const tag = tagOf(value);
  if (tag === 'SharedArrayBuffer') return 'it is a foreign SharedArrayBuffer; use "sharedArray"';
  return `it is a ${tag}, which bytes cannot carry`;
}
