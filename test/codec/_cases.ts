/** The values that every codec test agrees on: what structured clone copies, one case a line. */

const buffer = new Uint8Array(Array.from({ length: 32 }, (_, i) => i)).buffer;
const shared = { x: 1 };
const date = new Date(5);

function cyclic(): object {
  const object: Record<string, unknown> = { a: 1 };
  object.self = object;
  return object;
}

function farElement(): unknown[] {
  const array: unknown[] = [];
  array[4_000_000_000] = 'far';
  return array;
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}

/** [name, value]: compared with what `structuredClone` makes of the same value. */
export const CASES: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['booleans', [true, false]],
  ['minus zero', [-0, 0]],
  ['NaN and infinities', [Number.NaN, Infinity, -Infinity]],
  [
    'integers at every width',
    [0, 127, 128, -1, -128, -129, 32767, -32768, 32768, 2 ** 31 - 1, -(2 ** 31), 2 ** 31],
  ],
  ['fractions', [0.1, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53]],
  ['bigints of 64 bits', [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n]],
  ['bigints beyond', [2n ** 500n + 7n, -(2n ** 3000n)]],
  [
    'strings by length',
    ['', 'a', 'x'.repeat(24), 'x'.repeat(25), 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(5000)],
  ],
  ['strings beyond ASCII', ['é', 'ÿ', '漢字', '😀', 'é'.repeat(100), '\ufeffmark', '\u0000']],
  ['lone surrogates', ['\ud800', 'a\udc00b', `${'x'.repeat(100)}\ud83d`]],
  ['plain objects', { id: 7, name: 'salad', tags: ['a', 'b'], '': 1, 0: 'zero', 'two words': 2, é: 3 }],
  ['own __proto__', JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"a":2}')],
  ['no prototype', Object.assign(Object.create(null), { a: 1 })],
  ['a dictionary', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key ${i}`, i]))],
  [
    'a dictionary with __proto__',
    JSON.parse(`{"__proto__":1,${Array.from({ length: 50 }, (_, i) => `"k${i}":${i}`)}}`),
  ],
  ['a long key', { ['k'.repeat(100)]: 1 }],
  ['same shapes', Array.from({ length: 100 }, (_, i) => ({ id: i, nested: { ok: true } }))],
  ['many shapes', Array.from({ length: 40 }, (_, i) => ({ [`k${i}`]: i })).flatMap((o) => [o, { ...o }])],
  [
    'class instance',
    new (class Point {
      x = 1;
      y = 2;
      get sum() {
        return 3;
      }
    })(),
  ],
  [
    'getter',
    {
      get a() {
        return [1];
      },
    },
  ],
  [
    'arrays',
    [[], [1], Array.from({ length: 15 }, (_, i) => i), Array.from({ length: 300 }, (_, i) => `${i}`)],
  ],
  // biome-ignore lint/suspicious/noSparseArray: holes are the case
  ['holes', [1, , 3, , ,]],
  ['only holes', new Array(5)],
  ['a far element', farElement()],
  ['named properties of an array', Object.assign([1, 2], { label: 'x', __proto__x: 1 })],
  ['a match', /(?<y>\d)-(\d)/.exec('a 1-2')],
  [
    'Map',
    new Map<unknown, unknown>([
      [1, { a: 1 }],
      ['k', new Map()],
      [{ key: 1 }, 2],
    ]),
  ],
  ['Set', new Set<unknown>([1, 'a', { b: 1 }, new Set([Number.NaN])])],
  ['dates', [new Date(1.5e12), new Date(-8.64e15), new Date(-1)]],
  ['RegExp', [/a\/b"\n/giu, /(?:)/, /x/dsy]],
  ['boxed', [Object(1), Object('s'), Object(true), Object(false), Object(5n), Object(-0)]],
  ['buffers', [buffer.slice(0), new ArrayBuffer(0)]],
  [
    'every typed array',
    [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
    ].map((View) => new View([1, 2, 3])),
  ],
  ['bigint arrays', [new BigInt64Array([1n, -2n]), new BigUint64Array([3n])]],
  ['empty views', [new Uint8Array(0), new Float64Array(0), new DataView(new ArrayBuffer(0))]],
  ['DataView', new DataView(buffer, 1, 2)],
  ['views of one buffer', [new Uint8Array(buffer, 4, 4), new Float32Array(buffer, 8, 2), buffer]],
  ['large views', [new Uint8Array(100_000).fill(3), 'x', new Float64Array(20_000).fill(0.5)]],
  ['a cycle', cyclic()],
  [
    'a cycle through a map',
    (() => {
      const map = new Map();
      map.set(map, new Set([map]));
      return map;
    })(),
  ],
  ['shared references', [shared, shared, date, date]],
  ['shared among many', Array.from({ length: 200 }, (_, i) => [i % 2 ? shared : {}, date])],
  ['the deepest nesting', nested(1000)],
  ['Error', new Error('m')],
  [
    'built-in errors',
    [
      new TypeError('t'),
      new RangeError('r'),
      new SyntaxError('s'),
      new EvalError('e'),
      new ReferenceError('f'),
      new URIError('u'),
    ],
  ],
];
