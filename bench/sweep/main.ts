/**
 * Kernels against plain JavaScript at every size from 1 to 1e7: `npx tsx bench/sweep/main.ts [kernel …] [--most size]`. Both at once,
 * from plain arrays to new ones: ours copies them to the shared heap and back where it works there. The other side is
 * the function that a program without the library would have: of the same arguments and the same result, without
 * checks. Writes `out/sweep.json` when all are measured.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine } from '../harness/machine.js';
import { describeMachine, OUT } from '../harness/report.js';
import { loadKernels } from '../ours.js';
import { elementwise, numbers, selection } from './arrays.js';
import { images } from './images.js';
import { matrices, simulation } from './matrices.js';
import type { Pair, Subject } from './subject.js';
import { isSlower, missed, type Point } from './target.js';
import { text } from './text.js';

/** A picture each. */
const GROUPS: Readonly<Record<string, readonly Subject[]>> = {
  'Arrays: arithmetic, sums, extremes': elementwise,
  'Arrays: order and counts; numbers': [...selection, ...numbers],
  'Matrices and signals': matrices,
  Images: images,
  'Text and bytes': text,
  Simulation: simulation,
};
const SUBJECTS = Object.entries(GROUPS).flatMap(([group, subjects]) =>
  subjects.map((subject) => ({ ...subject, group })),
);

const WARM_UP_MS = 12;
const BATCH_MS = 1.5;
const BATCHES = 6;
/** Batches where one call takes long; where it takes very long, the first calls are all. */
const FEW_BATCHES = 2;
const LONG_MS = 50;
const VERY_LONG_MS = 300;

/** What misses the target is measured so often at most, since noise only adds: the best of all counts. */
const MEASURED = 3;

/** Where results go, so that no call is left out. */
const kept: { last?: unknown } = {};

/** Nanoseconds of a call in a batch of `calls`. */
function time(call: () => unknown, calls: number): number {
  const begin = performance.now();
  for (let i = 0; i < calls; i++) kept.last = call();
  return ((performance.now() - begin) * 1e6) / calls;
}

/** The best of the batches of both, in turns. */
function compare({ ours, javascript }: Pair): [number, number] {
  const sides = [ours, javascript].map((call) => {
    // The first call may load a family.
    let best = Math.min(time(call, 1), time(call, 1));
    if (best > VERY_LONG_MS * 1e6) return { call, calls: 1, best };
    // Compiled by then.
    for (const end = performance.now() + WARM_UP_MS; performance.now() < end; )
      best = Math.min(best, time(call, 1));
    let calls = 1;
    while (time(call, calls) * calls < BATCH_MS * 1e6 && best * calls < BATCH_MS * 1e6) calls *= 4;
    return { call, calls, best };
  });
  const longestMs = Math.max(...sides.map(({ best }) => best)) / 1e6;
  const batches = longestMs > VERY_LONG_MS ? 0 : longestMs > LONG_MS ? FEW_BATCHES : BATCHES;
  for (let i = 0; i < batches; i++) {
    for (const side of sides) side.best = Math.min(side.best, time(side.call, side.calls));
  }
  return [sides[0].best, sides[1].best];
}

/** The best of both sides, of several measurements where ours was slower in the first. */
function measure(size: number, make: () => Pair): Point {
  let point = { size, oursNs: Number.POSITIVE_INFINITY, javascriptNs: Number.POSITIVE_INFINITY };
  for (let i = 0; i === 0 || (i < MEASURED && isSlower(point)); i++) {
    const [oursNs, javascriptNs] = compare(make());
    point = {
      size,
      oursNs: Math.min(point.oursNs, oursNs),
      javascriptNs: Math.min(point.javascriptNs, javascriptNs),
    };
  }
  return point;
}

const kernels = await loadKernels();
await kernels.sum(new Float64Array(1e6));
const sizes: number[] = [];
for (let power = 1; power <= 1e7; power *= 10) sizes.push(power, ...(power < 1e7 ? [3 * power] : []));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string' } },
});
const largest = Number(options.most ?? 1e7);
const wanted = new Set(positionals);
const curves: { name: string; group: string; unit: string; points: Point[]; reason?: string }[] = [];
const date = new Date().toISOString();
const here = describeMachine(machine());
mkdirSync(OUT, { recursive: true });
for (const { name, group, unit = 'elements', most = 1e7, make, reason } of SUBJECTS) {
  if (wanted.size > 0 && !wanted.has(name)) continue;
  const points: Point[] = [];
  for (const size of sizes) {
    if (size > Math.min(most, largest)) break;
    points.push(measure(size, () => make(kernels, size)));
  }
  curves.push({ name, group, unit, points, ...(reason !== undefined && { reason }) });
  const ratios = points.map(
    ({ size, oursNs, javascriptNs }) => `${size} ${(oursNs / javascriptNs).toFixed(2)}`,
  );
  console.log(`${name.padEnd(16)}${ratios.join(', ')}`);
}
report();
if (wanted.size === 0 && largest >= 1e7) {
  writeFileSync(new URL('sweep.json', OUT), `${JSON.stringify({ date, machine: here, curves }, null, 2)}\n`);
}
process.exit();

/** Whether each kernel met the target, and where it did not. */
function report(): void {
  console.log('\nNever slower than plain JavaScript:');
  for (const { name, points } of curves) {
    const slower = missed(points).map(
      ({ size, oursNs, javascriptNs }) =>
        `${size} (${Math.round(oursNs)} ns, JavaScript ${Math.round(javascriptNs)})`,
    );
    console.log(`${name.padEnd(16)}${slower.length === 0 ? 'met' : `not met at ${slower.join(', ')}`}`);
  }
}
