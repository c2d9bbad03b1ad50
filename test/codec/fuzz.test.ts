import { expect, test } from 'vitest';
import { decode, encode } from '../../src/codec';
import { DecodeError } from '../../src/errors';
import { CASES } from './_cases';

const MUTATIONS = Number(process.env.MANYHANDS_FUZZ_RUNS ?? 200_000);
const SEED = Number(process.env.MANYHANDS_SEED ?? Date.now() & 0x7fffffff);
const SLOW_MS = 1000;
const LIMIT_MS = Number(process.env.MANYHANDS_FUZZ_LIMIT_MS ?? 600_000);
const MAX_HEAP_GROWTH_BYTES = 200 << 20;

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const TAGS = [
  0, 0x7f, 0x80, 0xbf, 0xc5, 0xc9, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd4, 0xd8, 0xd9, 0xda, 0xdb,
  0xdc, 0xe0, 0xef, 0xf0, 0xff,
];

/** Changes, cuts, repeats or swaps some bytes. */
function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let result = bytes.slice();
  for (let i = (random() % 4) + 1; i > 0; i--) {
    const at = random() % result.length;
    switch (random() % 6) {
      case 0:
        result[at] = random();
        break;
      case 1:
        result[at] ^= 1 << (random() % 8);
        break;
      case 2:
        result[at] = TAGS[random() % TAGS.length];
        break;
      case 3:
        result.fill(0xff, at, at + (random() % 6));
        break;
      case 4:
        result.set(other.subarray(0, Math.max(0, Math.min(other.length, result.length - at))), at);
        break;
      default:
        result = result.slice(0, Math.max(1, at));
    }
  }
  // Mostly with a header that fits, so that the change is looked at.
  if (random() % 8 !== 0 && result.length > 4) {
    new DataView(result.buffer).setUint32(0, (result.length | (random() % 2 ? 0x80000000 : 0)) >>> 0, true);
  }
  return result;
}

test(
  `mutated messages give a value or a DecodeError (MANYHANDS_SEED=${SEED})`,
  () => {
    console.log(`seed ${SEED}, ${MUTATIONS} mutations`);
    const random = createRandom(SEED);
    const corpus = CASES.map(([, value]) => encode(value).slice()).filter((bytes) => bytes.length < 5000);
    const prototypes = [Object, Array, Map, Set, Error, TypeError, Date, RegExp].map(
      (Class) => Class.prototype,
    );
    const before = prototypes.map((prototype) => JSON.stringify(Reflect.ownKeys(prototype).map(String)));
    const heap = process.memoryUsage().heapUsed;
    let slowest = 0;
    let values = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = mutate(corpus[random() % corpus.length], corpus[random() % corpus.length], random);
      const start = performance.now();
      try {
        decode(bytes);
        values++;
      } catch (error) {
        if (!(error instanceof DecodeError)) {
          throw new Error(`mutation ${i} of seed ${SEED} [${bytes}]`, { cause: error });
        }
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect(values).toBeGreaterThan(MUTATIONS / 1000);
    expect(slowest).toBeLessThan(SLOW_MS);
    expect(prototypes.map((prototype) => JSON.stringify(Reflect.ownKeys(prototype).map(String)))).toEqual(
      before,
    );
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(MAX_HEAP_GROWTH_BYTES);
    for (const [, value] of CASES.slice(0, 20)) expect(() => decode(encode(value))).not.toThrow();
  },
  LIMIT_MS,
);
