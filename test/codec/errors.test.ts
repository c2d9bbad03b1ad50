import { describe, expect, test } from 'vitest';
import { decode, decodeError, encode, encodeError, registerError } from '../../src/codec';
import * as vocabulary from '../../src/errors';

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever arrived
const sent = (reason: unknown): any => decodeError(encodeError(reason));
// biome-ignore lint/suspicious/noExplicitAny: as above
const copied = (value: unknown): any => decode(encode(value));

describe('the vocabulary', () => {
  const classes = Object.entries(vocabulary);
  test.each(classes)('%s has a name, a code of its own and arrives as itself', (name, Class) => {
    const error = new Class('what happened', { cause: 'why' });
    expect(error).toBeInstanceOf(vocabulary.ManyhandsError);
    expect([error.name, error.message, error.cause]).toEqual([name, 'what happened', 'why']);
    expect(error.stack).toMatch(`${name}: what happened`);
    expect(error.code).toMatch(/^ERR_[A-Z_]+$/);
    const arrived = sent(error);
    expect(arrived.constructor).toBe(Class);
    expect([arrived.name, arrived.message, arrived.cause, arrived.code]).toEqual([
      name,
      error.message,
      'why',
      error.code,
    ]);
    expect(Object.keys(arrived)).toEqual(Object.keys(error));
  });
  test('codes differ', () => {
    const codes = classes.map(([, Class]) => new Class().code);
    expect(new Set(codes).size).toBe(codes.length);
  });
  test('fields', () => {
    const exit = sent(new vocabulary.WorkerExitError('gone', { worker: 3, exitCode: -9, task: 'cook' }));
    expect([exit.worker, exit.exitCode, exit.task]).toEqual([3, -9, 'cook']);
    const short = sent(new vocabulary.BufferTooShortError('short', { data: new Uint8Array([1, 2]) }));
    expect([...short.data]).toEqual([1, 2]);
    const trap = sent(new vocabulary.KernelTrapError('trap', { kernel: 'julia', source: 'julia.ts:1:2' }));
    expect([trap.kernel, trap.source]).toEqual(['julia', 'julia.ts:1:2']);
    const died = new vocabulary.OwnerDiedError('died', { guard: { release() {} } });
    expect(typeof (died.guard as { release: unknown }).release).toBe('function');
    expect(sent(died).guard).toBeUndefined();
    expect(new vocabulary.ManyhandsError('no such name', { code: 'ENOENT' }).code).toBe('ENOENT');
    expect(new vocabulary.Empty()).toBeInstanceOf(vocabulary.TimeoutError);
    expect(new vocabulary.Full()).toBeInstanceOf(vocabulary.TimeoutError);
  });
});

describe('errors of the language', () => {
  test.each([
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    WebAssembly.RuntimeError,
  ])('%o', (Class) => {
    const error = new (Class as ErrorConstructor)('m', { cause: { a: 1 } });
    const arrived = sent(error);
    expect(arrived.constructor).toBe(Class);
    expect(Object.prototype.toString.call(arrived)).toBe('[object Error]');
    expect([arrived.message, arrived.cause, arrived.stack]).toEqual(['m', { a: 1 }, error.stack]);
    expect(arrived.remoteStack).toBe(error.stack);
  });
  test('AggregateError', () => {
    const arrived = sent(new AggregateError([new RangeError('a'), 2], 'both'));
    expect(arrived).toBeInstanceOf(AggregateError);
    expect(arrived.errors[0]).toBeInstanceOf(RangeError);
    expect([arrived.errors[1], arrived.message]).toEqual([2, 'both']);
  });
  test('DOMException', () => {
    const arrived = sent(new DOMException('stopped', 'AbortError'));
    expect(arrived).toBeInstanceOf(DOMException);
    expect([arrived.name, arrived.message, arrived.code]).toEqual(['AbortError', 'stopped', 20]);
  });
  test('name, code and own properties', () => {
    const arrived = sent(
      Object.assign(new Error('m'), { name: 'Burnt', code: 'EOVEN', degrees: 250, at: new Date(0) }),
    );
    expect([arrived.name, arrived.code, arrived.degrees, +arrived.at]).toEqual(['Burnt', 'EOVEN', 250, 0]);
    expect(Object.keys(arrived)).toEqual(['name', 'code', 'degrees', 'at']);
  });
  test('an own __proto__ stays a property', () => {
    const error = new Error('m');
    Object.defineProperty(error, '__proto__', { value: { polluted: 1 }, enumerable: true });
    const arrived = sent(error);
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
    expect(arrived.polluted).toBeUndefined();
  });
  test('properties that cannot travel are described', () => {
    class Socket {
      handle = () => 1;
    }
    const ok = { a: 1 };
    const arrived = sent(
      Object.assign(new Error('m'), {
        retry() {},
        kind: Symbol('k'),
        socket: new Socket(),
        list: [1, () => 2],
        first: ok,
        again: { ok, f() {} },
        last: ok,
        get bad() {
          return 1;
        },
      }),
    );
    expect([arrived.retry, arrived.kind, arrived.socket]).toEqual([
      '[function retry]',
      'Symbol(k)',
      '[Socket]',
    ]);
    expect(typeof arrived.list).toBe('string');
    expect(typeof arrived.again).toBe('string');
    expect(arrived.last).toEqual(ok);
    expect(arrived.last).toBe(arrived.first);
  });
  test('getters that throw', () => {
    const error = new Error('m');
    Object.defineProperty(error, 'bad', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(sent(error).bad).toMatch('no');
  });
  test('cause chains, cycles and depth', () => {
    const chain = new Error('a', { cause: new TypeError('b', { cause: new RangeError('c') }) });
    expect(sent(chain).cause.cause).toBeInstanceOf(RangeError);
    const loop = new Error('loop');
    loop.cause = new Error('inner', { cause: loop });
    const arrived = sent(loop);
    expect(arrived.cause.cause).toBe(arrived);
    let deep = new Error('bottom');
    for (let i = 0; i < 5000; i++) deep = new Error(`${i}`, { cause: deep });
    let depth = 0;
    for (let at = sent(deep); at instanceof Error; at = at.cause as Error) depth++;
    expect(depth).toBeGreaterThan(100);
  });
  test('errors nested in values', () => {
    const error = new TypeError('m', { cause: 1 });
    const [a, { b }] = copied([error, { b: error }]);
    expect(a).toBe(b);
    expect(a).toBeInstanceOf(TypeError);
    expect([a.cause, a.remoteStack]).toEqual([1, undefined]);
  });
  test('a second journey keeps the first stack', () => {
    const error = new Error('m');
    expect(sent(sent(error)).remoteStack).toBe(error.stack);
  });
});

describe('registered classes', () => {
  let made = 0;
  class OvenError extends RangeError {
    degrees: number;
    constructor(degrees: number) {
      super(`oven at ${degrees}`);
      made++;
      this.degrees = degrees;
    }
    get tooHot() {
      return this.degrees > 200;
    }
  }
  class Unknown extends OvenError {}
  test('unknown classes arrive as the nearest known one', () => {
    expect(sent(new OvenError(1)).constructor).toBe(RangeError);
  });
  test('known ones without their constructor', () => {
    registerError(OvenError);
    const error = new OvenError(250);
    made = 0;
    const arrived = sent(error);
    expect(arrived.constructor).toBe(OvenError);
    expect([arrived.degrees, arrived.tooHot, arrived.message, made]).toEqual([250, true, 'oven at 250', 0]);
    expect(sent(new Unknown(1)).constructor).toBe(OvenError);
  });
  test('what cannot be registered', () => {
    expect(() => registerError(Map as never)).toThrow(TypeError);
    expect(() => registerError(undefined as never)).toThrow(TypeError);
    expect(() => registerError(class extends Error {}, '')).toThrow(TypeError);
    expect(() => registerError(class extends Error {}, 'TypeError')).toThrow(TypeError);
  });
});

describe('thrown values that are no errors', () => {
  test.each<[string, unknown]>([
    ['a string', 'boom'],
    ['a number', 42],
    ['undefined', undefined],
    ['null', null],
    ['an object', { code: 7 }],
    ['a bigint', 5n],
  ])('%s', (_, reason) => {
    const arrived = sent(reason);
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived.cause).toEqual(reason);
    expect(arrived.message).toContain(
      typeof reason === 'object' && reason !== null ? '"code":7' : String(reason),
    );
  });
  test.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
  ])('%s is described', (_, reason) => {
    const arrived = sent(reason);
    expect(arrived).toBeInstanceOf(Error);
    expect(typeof arrived.cause).toBe('string');
  });
  test('what is no record', () => {
    for (const record of [undefined, {}, new Uint8Array(9)])
      expect(() => decodeError(record)).toThrow(vocabulary.DecodeError);
  });
});
