/**
 * Kernels against plain JavaScript at every size from 1 to 1e7: `npx tsx bench/sweep.ts [kernel …]`. Both at once and
 * on plain arrays: ours copies them to the shared heap and back where it works there. Writes `out/sweep.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { machine } from './harness/machine.js';
import { describeMachine, OUT } from './harness/report.js';
import { loadKernels } from './ours.js';
import { elements } from './rivals/data.js';

type Kernels = Awaited<ReturnType<typeof loadKernels>>;
type Doubles = Float64Array;

interface Subject {
  readonly name: string;
  /** The largest size, where JavaScript takes seconds. */
  readonly most?: number;
  ours(kernels: Kernels, a: Doubles, bytes: Uint8Array): () => unknown;
  javascript(a: Doubles, bytes: Uint8Array): () => unknown;
}

const BATCH_MS = 2;
const BATCHES = 7;
const WARM_UP_MS = 20;
/** Batches where one call takes long. */
const FEW_BATCHES = 3;
const LONG_MS = 200;

function jsSum(a: Doubles): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i];
  return total;
}

function jsCounts(a: ArrayLike<number>, bins: number, factor: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < a.length; i++) counts[Math.floor(a[i] * factor)]++;
  return counts;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

const SUBJECTS: readonly Subject[] = [
  {
    name: 'scale',
    ours: (k, a) => () => k.scaleSync(a, 1.5),
    javascript: (a) => () => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = a[i] * 1.5;
      return out;
    },
  },
  {
    name: 'add',
    ours: (k, a) => () => k.addSync(a, a),
    javascript: (a) => () => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = a[i] + a[i];
      return out;
    },
  },
  {
    name: 'map exp',
    ours: (k, a) => () => k.mapSync(a, 'exp'),
    javascript: (a) => () => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < a.length; i++) out[i] = Math.exp(a[i]);
      return out;
    },
  },
  { name: 'sum', ours: (k, a) => () => k.sumSync(a), javascript: (a) => () => jsSum(a) },
  {
    name: 'dot',
    ours: (k, a) => () => k.dotSync(a, a),
    javascript: (a) => () => {
      let total = 0;
      for (let i = 0; i < a.length; i++) total += a[i] * a[i];
      return total;
    },
  },
  {
    name: 'min',
    ours: (k, a) => () => k.minSync(a),
    javascript: (a) => () => {
      let least = a[0];
      for (let i = 1; i < a.length; i++) least = Math.min(least, a[i]);
      return least;
    },
  },
  {
    name: 'argmax',
    ours: (k, a) => () => k.argmaxSync(a),
    javascript: (a) => () => {
      let at = 0;
      for (let i = 1; i < a.length; i++) if (a[i] > a[at]) at = i;
      return at;
    },
  },
  {
    name: 'prefixSum',
    ours: (k, a) => () => k.prefixSumSync(a),
    javascript: (a) => () => {
      const out = new Float64Array(a.length);
      let total = 0;
      for (let i = 0; i < a.length; i++) out[i] = total += a[i];
      return out;
    },
  },
  { name: 'sort', ours: (k, a) => () => k.sortSync(a), javascript: (a) => () => a.slice().sort() },
  {
    name: 'argsort',
    most: 1e6,
    ours: (k, a) => () => k.argsortSync(a),
    javascript: (a) => () => Uint32Array.from(a.keys()).sort((i, j) => a[i] - a[j]),
  },
  {
    name: 'unique',
    most: 1e6,
    ours: (k, a) => () => k.uniqueSync(a),
    javascript: (a) => () => Float64Array.from(new Set(a)).sort(),
  },
  {
    name: 'filter',
    ours: (k, a) => () => k.filterSync(a, '<', 0.5),
    javascript: (a) => () => a.filter((x) => x < 0.5),
  },
  {
    name: 'histogram',
    ours: (k, a) => () => k.histogramSync(a, { bins: 100, range: [0, 1] }),
    javascript: (a) => () => jsCounts(a, 100, 100),
  },
  {
    name: 'bincount',
    ours: (k, _a, bytes) => () => k.bincountSync(bytes),
    javascript: (_a, bytes) => () => jsCounts(bytes, 256, 1),
  },
  {
    name: 'transpose',
    ours: (k, a) => () => k.transposeSync({ data: a, rows: 1, cols: a.length }),
    javascript: (a) => () => a.slice(),
  },
  {
    name: 'countLines',
    ours: (k, _a, bytes) => () => k.countLinesSync(bytes),
    javascript: (_a, bytes) => () => {
      let lines = 0;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) lines++;
      return lines;
    },
  },
  {
    name: 'find',
    ours: (k, _a, bytes) => () => k.findSync(bytes, 'ab'),
    javascript: (_a, bytes) => () => {
      const found: number[] = [];
      for (let i = 0; i + 1 < bytes.length; i++) if (bytes[i] === 97 && bytes[i + 1] === 98) found.push(i);
      return found;
    },
  },
  {
    name: 'crc32',
    ours: (k, _a, bytes) => () => k.crc32Sync(bytes),
    javascript: (_a, bytes) => () => {
      let crc = -1;
      for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 255];
      return ~crc >>> 0;
    },
  },
  {
    name: 'randomUniform',
    ours: (k, a) => () => k.randomUniformSync(a.length, { seed: 1 }),
    javascript: (a) => () => {
      const out = new Float64Array(a.length);
      for (let i = 0; i < out.length; i++) out[i] = Math.random();
      return out;
    },
  },
];

/** Where results go, so that no call is left out. */
const kept: { last?: unknown } = {};

/** Nanoseconds of a call in a batch of `calls`. */
function time(call: () => unknown, calls: number): number {
  const begin = performance.now();
  for (let i = 0; i < calls; i++) kept.last = call();
  return ((performance.now() - begin) * 1e6) / calls;
}

/** The best of the batches of both, in turns. */
function compare(ours: () => unknown, javascript: () => unknown): [number, number] {
  const calls = [ours, javascript].map((call) => {
    // Compiled by then.
    for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) time(call, 1);
    let count = 1;
    while (time(call, count) * count < BATCH_MS * 1e6) count *= 4;
    return count;
  });
  const first = [time(ours, calls[0]), time(javascript, calls[1])];
  const batches = Math.max(...first) > LONG_MS * 1e6 ? FEW_BATCHES : BATCHES;
  for (let i = 0; i < batches; i++) {
    first[0] = Math.min(first[0], time(ours, calls[0]));
    first[1] = Math.min(first[1], time(javascript, calls[1]));
  }
  return [first[0], first[1]];
}

const kernels = await loadKernels();
await kernels.sum(new Float64Array(1e6));
const sizes: number[] = [];
for (let power = 1; power <= 1e7; power *= 10) sizes.push(power, ...(power < 1e7 ? [3 * power] : []));
const wanted = new Set(process.argv.slice(2));
const curves = [];
const date = new Date().toISOString();
const here = describeMachine(machine());
mkdirSync(OUT, { recursive: true });
for (const { name, most = 1e7, ours, javascript } of SUBJECTS) {
  if (wanted.size > 0 && !wanted.has(name)) continue;
  const points = [];
  for (const size of sizes) {
    if (size > most) break;
    const a = elements(size);
    const bytes = Uint8Array.from(a, (x) => x * 256);
    const [oursNs, javascriptNs] = compare(ours(kernels, a, bytes), javascript(a, bytes));
    points.push({ size, oursNs, javascriptNs });
  }
  curves.push({ name, points });
  // After each, so that what was measured stays if it is stopped.
  if (wanted.size === 0) {
    writeFileSync(
      new URL('sweep.json', OUT),
      `${JSON.stringify({ date, machine: here, curves }, null, 2)}\n`,
    );
  }
  const ratios = points.map(
    ({ size, oursNs, javascriptNs }) => `${size} ${(oursNs / javascriptNs).toFixed(2)}`,
  );
  console.log(`${name.padEnd(14)}${ratios.join(', ')}`);
}
process.exit();
