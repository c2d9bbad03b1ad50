// Instances of one kernel module in several threads at once, and several modules in one memory: none can corrupt
// another. Objects of AssemblyScript (Array, Map, string) live in each thread's own arena, static data stands once.

import { beforeAll, expect, test } from 'vitest';
import { compileSource } from './_kernel';
import { heapMemory, heapStats, InvalidStateError, loadKernels, takeThread } from './_package';
import { bundle, runThread } from './_threads';

const WORKERS = 2;
const ROUNDS = 300;

/** `work` gives 0, or the number of the check that failed; `statics` sums the static data. */
const SOURCE = `
const table: StaticArray<i32> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const words: string[] = ["salad", "soup", "main course", "dessert"];

export function statics(): i32 {
  let sum = 0;
  for (let i = 0; i < table.length; i++) sum += table[i];
  for (let i = 0; i < words.length; i++) sum += words[i].length;
  return sum;
}

export function work(seed: i32): i32 {
  const names = new Array<string>();
  const counts = new Map<string, i32>();
  for (let i = 0; i < 400; i++) {
    const name = words[(seed + i) & 3] + " " + (seed * 1000 + i).toString();
    names.push(name);
    counts.set(name, seed * 1000 + i);
  }
  if (names.length != 400 || counts.size != 400) return 1;
  for (let i = 0; i < 400; i++) {
    const name = words[(seed + i) & 3] + " " + (seed * 1000 + i).toString();
    if (names[i] != name) return 2;
    if (!counts.has(name) || counts.get(name) != seed * 1000 + i) return 3;
  }
  const joined = names.slice(0, 10).join(",");
  if (joined.split(",").length != 10) return 4;
  const big = new Float64Array(20000);
  for (let i = 0; i < big.length; i++) big[i] = <f64>(seed + i);
  for (let i = 0; i < big.length; i++) if (big[i] != <f64>(seed + i)) return 5;
  return statics() == 82 ? 0 : 6;
}
`;
const OTHER = `
const table: StaticArray<i32> = [100, 200, 300];
export function statics(): i32 { return table[0] + table[1] + table[2]; }
export function work(seed: i32): i32 { return statics() == 600 ? 0 : 1; }
`;
const TRAPS = `
export function fail(n: i32): i32 { if (n > 0) throw new Error("no more soup"); return n; }
export function endless(n: i32): i32 { return endless(n + 1) + 1; }
`;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const family = (name: string, binary: string) => {
  const source = async () => ({ default: binary });
  return { name, threads: source, single: source };
};
let script = '';
let first = '';
let other = '';
let squatter = '';
let traps = '';

beforeAll(async () => {
  script = await bundle('_instances.ts');
  first = base64(await compileSource('first', SOURCE, 50));
  other = base64(await compileSource('other', OTHER, 51));
  squatter = base64(await compileSource('squatter', OTHER, 50));
  traps = base64(await compileSource('traps', TRAPS, 52));
});

test('two workers and the main thread run one module at once, each with its own objects', async () => {
  const before = heapStats().blocks;
  const gate = new Int32Array(new SharedArrayBuffer(8));
  gate[1] = WORKERS;
  const threads = Array.from({ length: WORKERS }, (_, i) =>
    runThread<{ wrong: number[]; statics: number }>(script, {
      memory: heapMemory(),
      record: takeThread(),
      name: 'first',
      binary: first,
      gate,
      rounds: ROUNDS,
      base: (i + 1) * 1000,
    }),
  );
  const kernels = await loadKernels(family('first', first));
  const neighbour = await loadKernels(family('other', other));
  for (let round = 0; round < ROUNDS; round++) {
    kernels.__mh_reset();
    expect(kernels.work(round)).toBe(0);
    expect(neighbour.work(round)).toBe(0);
    if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  kernels.__mh_reset();
  for (const result of await Promise.all(threads)) expect(result).toEqual({ wrong: [], statics: 82 });
  expect(kernels.statics()).toBe(82);
  expect(neighbour.statics()).toBe(600);
  expect(heapStats().blocks).toBe(before);
});

test('a module that claims the window of another is refused, and changes nothing', async () => {
  const kernels = await loadKernels(family('first', first));
  await expect(loadKernels(family('squatter', squatter))).rejects.toThrow(InvalidStateError);
  await expect(loadKernels(family('squatter', squatter))).rejects.toThrow(/squatter.*window 50/);
  expect(kernels.statics()).toBe(82);
});

test('what is no kernel module is refused', async () => {
  const empty = base64(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await expect(loadKernels(family('empty', empty))).rejects.toThrow(InvalidStateError);
});

test('a trap leaves instance and heap usable', async () => {
  const before = heapStats().blocks;
  const kernels = await loadKernels(family('traps', traps));
  expect(() => kernels.fail(1)).toThrow(/no more soup/);
  expect(() => kernels.endless(1)).toThrow();
  expect(kernels.fail(0)).toBe(0);
  kernels.__mh_reset();
  expect(heapStats().blocks).toBe(before);
});
