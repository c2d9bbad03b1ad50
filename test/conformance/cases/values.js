// Values travel to a worker and back as structured clone would take them.

import { deepEqual, equal, includes, ok, rejects } from '../assert.js';
import { describe, testEach, usingPool } from '../harness.js';
import { NotShareableError } from '../lib.js';
import { t } from '../tasks.js';

function cyclic() {
  const object = { a: 1, list: [] };
  object.self = object;
  object.list.push(object, new Map([[object, new Set([object])]]));
  return object;
}

const twice = { x: 1 };
const buffer = Uint8Array.from({ length: 32 }, (_, i) => i).buffer;
const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
];

/** name → value, and the tag that a worker sees. */
const VALUES = {
  undefined: [undefined, 'Undefined'],
  null: [null, 'Null'],
  booleans: [[true, false], 'Array'],
  numbers: [[0, -0, 1.5, Number.NaN, Infinity, -Infinity, 2 ** 53, 5e-324, -1, 255, 65536], 'Array'],
  'one number': [0.1, 'Number'],
  'minus zero': [-0, 'Number'],
  bigint: [-(2n ** 200n), 'BigInt'],
  string: ['snåk 漢字 😀 \u0000 \ud800', 'String'],
  'long string': ['salad '.repeat(50_000), 'String'],
  'boxed number': [Object(7), 'Number'],
  'boxed string': [Object('s'), 'String'],
  'boxed boolean': [Object(false), 'Boolean'],
  'boxed bigint': [Object(5n), 'BigInt'],
  Date: [new Date(1_700_000_000_123), 'Date'],
  'invalid Date': [new Date(Number.NaN), 'Date'],
  RegExp: [/a\/b+/giu, 'RegExp'],
  'plain object': [{ id: 7, '': 0, nested: { deep: [{}] }, 'two words': null }, 'Object'],
  'own __proto__': [JSON.parse('{"__proto__":{"polluted":1}}'), 'Object'],
  'large object': [Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key ${i}`, { i }])), 'Object'],
  'empty array': [[], 'Array'],
  // biome-ignore lint/suspicious/noSparseArray: holes are the case
  'holes in an array': [[1, , 3], 'Array'],
  'array with properties': [Object.assign([1, 2], { label: 'x' }), 'Array'],
  Map: [
    new Map([
      [{ key: 1 }, [1]],
      ['k', new Map([[1, 2]])],
    ]),
    'Map',
  ],
  Set: [new Set([1, 'a', { b: 2 }]), 'Set'],
  cycle: [cyclic(), 'Object'],
  'same reference twice': [[twice, twice, [twice]], 'Array'],
  ArrayBuffer: [buffer, 'ArrayBuffer'],
  DataView: [new DataView(buffer, 3, 9), 'DataView'],
  'views of one buffer': [[new Uint8Array(buffer, 4, 4), new Float32Array(buffer, 8, 2), buffer], 'Array'],
  'large typed array': [Float64Array.from({ length: 100_000 }, (_, i) => i / 3), 'Float64Array'],
  'bigint arrays': [[new BigInt64Array([-1n, 2n]), new BigUint64Array([2n ** 64n - 1n])], 'Array'],
  ...Object.fromEntries(VIEWS.map((View) => [View.name, [new View([1, 2, 3]), View.name]])),
  Error: [new Error('message', { cause: new TypeError('cause') }), 'Error'],
  'every built-in error': [
    [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
      (Class) => new Class(Class.name),
    ),
    'Array',
  ],
};

describe('values');

testEach('every kind of value arrives and comes back equal', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    for (const [name, [value, tag]] of Object.entries(VALUES)) {
      deepEqual(await pool.apply(t.echo, [value]), value, name);
      equal(await pool.apply(t.tagOf, [value]), `[object ${tag}]`, name);
    }
  });
});

testEach('every kind of value passes through map, imap and starmap', async (backend) => {
  const values = Object.values(VALUES).map(([value]) => value);
  await usingPool({ processes: 2, backend }, async (pool) => {
    const check = (results, what) => {
      equal(results.length, values.length, what);
      results.forEach((result, i) => {
        deepEqual(result, values[i], `${what}, ${Object.keys(VALUES)[i]}`);
      });
    };
    check(await pool.map(t.echo, values), 'map');
    check(await pool.map(t.echo, values, { chunksize: 7 }), 'map in chunks');
    check(
      (
        await pool.starmap(
          t.argumentsOf,
          values.map((value) => [value]),
        )
      ).map(([value]) => value),
      'starmap',
    );
    const results = [];
    for await (const result of pool.imap(t.echo, values)) results.push(result);
    check(results, 'imap');
  });
});

testEach('what comes back is a copy', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const value = { list: [1, 2], bytes: new Uint8Array(4) };
    const result = await pool.apply(t.echo, [value]);
    ok(result !== value && result.list !== value.list && result.bytes.buffer !== value.bytes.buffer);
    await pool.apply(t.fill, [value.bytes, 9]);
    deepEqual(value.bytes, new Uint8Array(4));
  });
});

testEach('Object.prototype stays as it was', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}');
    const result = await pool.apply(t.echo, [evil]);
    equal({}.polluted, undefined);
    equal(Object.getPrototypeOf(result), Object.prototype);
  });
});

testEach('results that are sometimes no numbers keep their places', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const wanted = items.map((x) => (x % 3 === 0 ? `text ${x}` : x));
    deepEqual(await pool.map(t.sometimesText, items), wanted);
    deepEqual(await pool.map(t.sometimesText, items, { chunksize: 100 }), wanted);
    deepEqual(await pool.map(t.sometimesText, [1, 2, 4, 5, 6]), [1, 2, 4, 5, 'text 6']);
  });
});

testEach('a typed array is an iterable of items', async (backend) => {
  await usingPool({ processes: 2, backend }, async (pool) => {
    deepEqual(await pool.map(t.square, Float64Array.of(1, 2, -0.5)), [1, 4, 0.25]);
    deepEqual(await pool.map(t.echo, BigInt64Array.of(1n, -2n)), [1n, -2n]);
    deepEqual(await pool.map(t.square, Uint8Array.of(255)), [65025]);
  });
});

testEach('an argument that cannot be sent fails its call alone', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const bad = [() => 1, Symbol('s'), new WeakMap(), Promise.resolve(1)];
    for (const value of bad) {
      const error = await rejects(pool.apply(t.echo, [{ inner: value }]), { type: NotShareableError });
      includes(error.message, 'inner');
    }
    await rejects(pool.map(t.echo, [1, 2, () => 1]), { type: NotShareableError });
    equal(await pool.apply(t.square, [3]), 9);
  });
});

testEach('a result that cannot be sent fails its call alone', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    await rejects(pool.apply(t.giveFunction), { type: NotShareableError });
    await rejects(pool.apply(t.givePromiseOfFunction), { type: NotShareableError, text: 'inner' });
    await rejects(pool.map(t.giveFunction, [1, 2]), { type: NotShareableError });
    equal(await pool.apply(t.square, [3]), 9);
  });
});

testEach('transfer moves buffers: here they are detached', async (backend) => {
  await usingPool({ processes: 1, backend }, async (pool) => {
    const numbers = () => Float64Array.of(0.5, 1.5, 2.5);
    const one = numbers();
    const part = new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2);
    const kept = Uint8Array.of(9);
    const value = { list: [one, one.buffer], part, kept, twice: part };
    const pending = pool.apply(t.echo, [value], { transfer: [one.buffer, part.buffer] });
    deepEqual([one.length, part.length, kept.length], [0, 0, 1], 'what is left here');
    const came = await pending;
    deepEqual(came, {
      list: [numbers(), numbers().buffer],
      part: Uint8Array.of(2, 3),
      kept,
      twice: Uint8Array.of(2, 3),
    });
    equal(came.list[0].buffer, came.list[1], 'the shared buffer');

    const items = [numbers(), numbers()];
    const buffers = items.map(({ buffer }) => buffer);
    deepEqual(await pool.map(t.echo, items, { transfer: buffers }), [numbers(), numbers()]);
    deepEqual(
      items.map(({ length }) => length),
      [0, 0],
    );

    const pulled = [];
    const input = function* () {
      for (let i = 0; i < 3; i++) yield (pulled[i] = numbers());
    };
    for await (const copy of pool.imap(t.echo, input(), { transfer: ({ buffer }) => [buffer] }))
      deepEqual(copy, numbers());
    deepEqual(
      pulled.map(({ length }) => length),
      [0, 0, 0],
    );

    for (const bad of [new Uint8Array(2), 'text', null])
      await rejects(pool.apply(t.echo, [bad], { transfer: [bad] }), { type: TypeError, text: 'ArrayBuffer' });
    await rejects(pool.apply(t.echo, [one], { transfer: [one.buffer] }), { type: TypeError });
    equal(await pool.apply(t.square, [3]), 9);
  });
});
