/**
 * Errors on the wire: which classes may be revived, and which fields an error has.
 *
 * ```
 * ERROR │ name of the class │ varint fields │ fields × (flag byte │ key │ value)
 * ```
 * A class's constructor never runs again: `Error` itself is constructed with the class as `new.target`, which
 * gives a real error (stack slot and all) with the class's prototype, and the fields are defined on it.
 */
import {
  BlockingNotAllowedError,
  BrokenBarrierError,
  BrokenProcessPoolError,
  BufferTooShortError,
  CancelledError,
  ClosedError,
  DecodeError,
  Empty,
  EOFError,
  Full,
  InvalidStateError,
  KernelTrapError,
  ManyhandsError,
  NotShareableError,
  OutOfMemoryError,
  OwnerDiedError,
  TimeoutError,
  WorkerExitError,
} from '../errors.js';

export type ErrorClass = abstract new (...args: never[]) => Error;

/** The field is enumerable. */
export const ENUMERABLE = 1;

const builtIn = (): readonly ErrorClass[] => [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  WebAssembly.CompileError,
  WebAssembly.LinkError,
  WebAssembly.RuntimeError,
];
const vocabulary = (): readonly ErrorClass[] => [
  ManyhandsError,
  TimeoutError,
  Empty,
  Full,
  ClosedError,
  EOFError,
  BrokenBarrierError,
  OwnerDiedError,
  WorkerExitError,
  BrokenProcessPoolError,
  NotShareableError,
  BlockingNotAllowedError,
  BufferTooShortError,
  KernelTrapError,
  OutOfMemoryError,
  InvalidStateError,
  CancelledError,
  DecodeError,
];

const byName = (list: readonly ErrorClass[]): Map<string, ErrorClass> =>
  new Map(list.map((Class) => [Class.prototype.name, Class]));

const classes = /* @__PURE__ */ byName([.../* @__PURE__ */ builtIn(), .../* @__PURE__ */ vocabulary()]);
const names = /* @__PURE__ */ new Map<object, string>(
  /* @__PURE__ */ Array.from(classes, ([name, { prototype }]) => [prototype, name]),
);

function add(name: string, Class: ErrorClass): void {
  const previous = classes.get(name);
  if (previous !== undefined) names.delete(previous.prototype);
  classes.set(name, Class);
  names.set(Class.prototype, name);
}

/**
 * Lets errors of a class arrive in other threads as that class. Every thread that sends or receives them has to
 * register it, most easily in the module that declares it.
 *
 * The constructor does not run on arrival: the error gets the class's prototype and the sent fields. Private
 * fields (`#x`) do not travel.
 *
 * @param Class extends `Error`
 * @param name what it is called on the way, where minifying may change `Class.name`
 * @throws TypeError for what is not an error class, has no name, or is named as a built-in one
 * @example
 * ```ts
 * class BurntError extends Error { minutes = 0 }
 * registerError(BurntError);
 * const burnt = Object.assign(new BurntError('too long'), { minutes: 90 });
 * const arrived = decode(encode(burnt)) as BurntError;
 * console.log(arrived instanceof BurntError, arrived.minutes); // true 90
 * ```
 */
export function registerError(Class: ErrorClass, name: string = Class?.name): void {
  if (typeof Class !== 'function' || !(Class.prototype instanceof Error)) {
    throw new TypeError('Cannot register an error class: want a class that extends Error');
  }
  if (typeof name !== 'string' || name === '') {
    throw new TypeError('Cannot register an error class without a name: pass one as second argument');
  }
  if (name === 'DOMException' || byName(builtIn()).has(name))
    throw new TypeError(`Cannot register an error class as "${name}": that is built in`);
  add(name, Class);
}

/** The name of the nearest known class of an error. */
function classNameOf(error: object): string {
  if (typeof DOMException === 'function' && error instanceof DOMException) return 'DOMException';
  for (
    let prototype = Object.getPrototypeOf(error);
    prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = names.get(prototype);
    if (name !== undefined) return name;
  }
  return 'Error';
}

/** One property of an error, on its way. */
export interface ErrorField {
  flag: number;
  key: string;
  value: unknown;
}

/** Own properties that travel though they are not enumerable. */
const HIDDEN = ['message', 'stack', 'cause', 'errors', 'remoteStack'];
const MAX_FIELDS = 256;

/** Reads a property of somebody's error, which may have getters that throw. */
function read(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch (failure) {
    return `[getter failed: ${describe(failure)}]`;
  }
}

/** The class and the fields an error travels with. */
export function errorFields(error: object): { className: string; fields: ErrorField[] } {
  const className = classNameOf(error);
  const fields: ErrorField[] = [];
  const isDom = className === 'DOMException';
  for (const key of isDom ? ['name', 'message', 'stack', 'cause', 'remoteStack'] : HIDDEN) {
    const inherited = isDom && (key === 'name' || key === 'message');
    if ((inherited || Object.hasOwn(error, key)) && !isEnumerable(error, key)) {
      fields.push({ flag: 0, key, value: read(error, key) });
    }
  }
  if (!isDom && !isEnumerable(error, 'name')) {
    const name = read(error, 'name');
    if (name !== classes.get(className)!.prototype.name) fields.push({ flag: 0, key: 'name', value: name });
  }
  for (const key of Object.keys(error)) {
    if (fields.length >= MAX_FIELDS) break;
    fields.push({ flag: ENUMERABLE, key, value: read(error, key) });
  }
  // Some engines have these as accessors of the prototype.
  const message = Object.hasOwn(error, 'message') ? '' : read(error, 'message');
  if (!isDom && typeof message === 'string' && message !== '')
    fields.push({ flag: 0, key: 'message', value: message });
  if (!Object.hasOwn(error, 'stack') && typeof read(error, 'stack') === 'string') {
    fields.push({ flag: 0, key: 'stack', value: read(error, 'stack') });
  }
  return { className, fields };
}

const isEnumerable = (error: object, key: string): boolean =>
  Object.prototype.propertyIsEnumerable.call(error, key);

/** An error of the named class without any fields, or `undefined` for an unknown one. */
export function createError(className: string): Error | undefined {
  const Class = classes.get(className);
  if (Class === undefined) return undefined;
  const error = Reflect.construct(Error, [], Class) as Error;
  return error;
}

/** A `DOMException` has its name and message in slots, so they must be there when it is made. */
export function createDomException(name: string, message: string): Error | undefined {
  if (typeof DOMException === 'function') return new DOMException(message, name) as unknown as Error;
  const error = new Error(message);
  defineField(error, 'name', name, false);
  return error;
}

/** Defines a property without ever running a setter. */
export function defineField(error: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

const MAX_DESCRIPTION = 200;
const cut = (text: string): string =>
  text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION)}…` : text;

/** A value in a few words; never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === 'string') return cut(JSON.stringify(value));
    if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`;
    if (typeof value === 'bigint') return cut(`${value}n`);
    if (typeof value !== 'object' || value === null) return cut(String(value));
    if (value instanceof Error) return cut(`${value.name}: ${value.message}`);
    const prototype = Object.getPrototypeOf(value);
    if (Array.isArray(value) || prototype === Object.prototype || prototype === null) {
      return cut(JSON.stringify(value) ?? '[object]');
    }
    return `[${prototype.constructor?.name || 'object'}]`;
  } catch {
    return `[${typeof value}]`;
  }
}
