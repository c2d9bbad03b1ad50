// Writes docs/kernels.md and docs/kernels-sizes.svg from the kernels' docstrings and the figures of the benches:
// `npm run docs`. The figures stand in docs/kernels.json, which takes over what the last runs of `npm run bench --
// kernels`, `npx tsx bench/kernels/scaling.ts` and `npx tsx bench/sweep/main.ts` left in out/. `npm run docs --
// --measure` runs them first: a quarter of an hour on a machine that does nothing else.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, readReport } from '../bench/harness/report';
import { kernels as group, kernelSpecs, memoryBound } from '../bench/kernels/index';
import { figuresOf, geometricMean, type KernelFigures, type Scaling } from '../bench/kernels/summary';
import { EQUAL_NS, EQUAL_RATIO, isSlower, missed, type Point } from '../bench/sweep/target';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const at = (path: string) => join(root, path);

interface Docstring {
  readonly kernel: string;
  readonly family: string;
  readonly line: string;
  readonly complexity: string;
  readonly source: string;
}

interface Curve {
  readonly name: string;
  readonly group: string;
  readonly unit: string;
  readonly points: readonly Point[];
  /** Why it is slower where it is. */
  readonly reason?: string;
}

interface Figures {
  machine: string;
  kernels: KernelFigures[];
  notes: Record<string, readonly string[]>;
  curves: Curve[];
  scaling?: readonly Scaling[];
  /** The load of the machine when the curves were measured. */
  plotted?: string;
}

/** The functions that have a `…Sync` form, with what their docstrings say. */
function docstrings(): Docstring[] {
  const found: Docstring[] = [];
  for (const file of readdirSync(at('src/kernels')).sort()) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(at(`src/kernels/${file}`), 'utf8');
    for (const [, doc, kernel] of text.matchAll(/\/\*\*\n((?: \*[^\n]*\n)*?) \*\/\nexport function (\w+)/g)) {
      if (!text.includes(`export function ${kernel}Sync`)) continue;
      const tag = (name: string) => new RegExp(`^ \\* @${name} (.*)$`, 'm').exec(doc)?.[1];
      const complexity = tag('complexity');
      const source = tag('source');
      if (complexity === undefined || source === undefined) {
        throw new Error(`src/kernels/${file}: ${kernel} has no @complexity or no @source`);
      }
      const prose = doc
        .split('\n')
        .map((line) => line.replace(/^ \* ?/, '').replace(/\{@link (\w+)\}/g, '`$1`'))
        .join(' ')
        .split(/ {2}|@/)[0];
      const line = (/^.*?[.:](?= |$)/.exec(prose)?.[0] ?? prose).replace(/[.:]$/, '').replaceAll('|', '\\|');
      found.push({ kernel, family: file.split('-')[0].replace('.ts', ''), line, complexity, source });
    }
  }
  return found;
}

/** The figures kept, with what newer runs have left. */
function figures(): Figures {
  const path = at('docs/kernels.json');
  const kept: Figures = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : { machine: '', kernels: [], notes: {}, curves: [] };
  const names = new Set(group.benches({ quick: true, workers: 1 }).map(({ name }) => name));
  for (const result of readReport()) {
    const { name, notes } = result.bench;
    const measured = names.has(name) ? figuresOf(result, memoryBound.has(name)) : undefined;
    if (measured === undefined) continue;
    kept.kernels = [...kept.kernels.filter((one) => one.name !== name), measured];
    kept.notes[name] = notes ?? [];
  }
  const order = [...names];
  kept.kernels.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  if (existsSync(at('out/sweep.json'))) {
    const sweep = JSON.parse(readFileSync(at('out/sweep.json'), 'utf8'));
    kept.curves = sweep.curves;
    kept.plotted = /load [\d.]+/.exec(sweep.machine)?.[0] ?? '';
  }
  if (existsSync(at('out/scaling.json'))) {
    kept.scaling = JSON.parse(readFileSync(at('out/scaling.json'), 'utf8')) as Scaling[];
  }
  if (existsSync(at('out/bench.json'))) {
    const { machine, options } = JSON.parse(readFileSync(at('out/bench.json'), 'utf8'));
    kept.machine = `${describeMachine(machine).replace('\n', '; ')}; ${options.workers} workers`;
  }
  writeFileSync(path, toJson(kept));
  return kept;
}

/** Indented, but a curve a line, to four digits. */
function toJson({ curves, ...rest }: Figures): string {
  const lines = curves.map((curve) =>
    JSON.stringify(curve, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)),
  );
  const head = JSON.stringify(rest, null, 1).replace(/\n\}$/, '');
  return `${head},\n "curves": [\n  ${lines.join(',\n  ')}\n ]\n}\n`;
}

const ratio = (value: number | undefined | null) => (value ? value.toFixed(2) : '–');

function row({ kernel, line, complexity, source }: Docstring, all: readonly KernelFigures[]): string {
  const own = all.filter(({ name }) => name === kernel || name.startsWith(`${kernel} `));
  const one = own[0];
  const libraries = Object.entries(one?.libraries ?? {})
    .map(([name, value]) => `${name} ${ratio(value)}`)
    .join(', ');
  const cells = [`\`${kernel}\``, line, complexity, source];
  const measured = [one?.native, one?.numpy, one?.javascript].map(ratio);
  const speedup = one?.speedup ? `${ratio(one.speedup)}${one.isMemoryBound ? ' ᵐ' : ''}` : '–';
  return `| ${[...cells, ...measured, libraries || '–', speedup].join(' | ')} |`;
}

// The plot: ours over plain JavaScript by size, both axes logarithmic; a panel for each group of curves.
const PANEL = { width: 480, height: 330, columns: 2 };
const MARGIN = { left: 40, right: 104, top: 26, bottom: 34 };
const RATIOS = [0.01, 0.1, 1, 10, 100];
const LEGEND_LINE = 16;

function plot(curves: readonly Curve[]): string {
  const groups = [...new Set(curves.map(({ group }) => group))];
  const width = PANEL.columns * PANEL.width;
  const height = Math.ceil(groups.length / PANEL.columns) * PANEL.height;
  const panels = groups.map((group, i) => {
    const [x, y] = [(i % PANEL.columns) * PANEL.width, Math.floor(i / PANEL.columns) * PANEL.height];
    const own = curves.filter((curve) => curve.group === group);
    return `<g transform="translate(${x} ${y})">\n${panel(group, own)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    '<!-- Made by tools/docs.ts from docs/kernels.json. -->',
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panel(title: string, curves: readonly Curve[]): string {
  const { width, height } = PANEL;
  const x = (size: number) => MARGIN.left + (Math.log10(size) / 7) * (width - MARGIN.left - MARGIN.right);
  const y = (value: number) => {
    const share = (Math.log10(Math.min(100, Math.max(0.01, value))) + 2) / 4;
    return height - MARGIN.bottom - share * (height - MARGIN.top - MARGIN.bottom);
  };
  const middle = (MARGIN.left + width - MARGIN.right) / 2;
  const units = [...new Set(curves.map(({ unit }) => unit))].join(', ');
  const out = [
    `<text x="${middle}" y="16" text-anchor="middle" font-weight="bold">${title}</text>`,
    `<text x="${middle}" y="${height - 4}" text-anchor="middle">${units}</text>`,
  ];
  for (const value of RATIOS) {
    const line = `x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y(value)}" y2="${y(value)}"`;
    out.push(`<line ${line} stroke="${value === 1 ? 'black' : '#ddd'}"/>`);
    out.push(`<text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`);
  }
  for (let power = 0; power <= 7; power++) {
    const place = x(10 ** power);
    out.push(`<text x="${place}" y="${height - MARGIN.bottom + 14}" text-anchor="middle">1e${power}</text>`);
  }
  curves.forEach(({ name, points }, i) => {
    const colour = `hsl(${Math.round((360 * i) / curves.length)} 70% ${i % 2 === 0 ? 35 : 50}%)`;
    const places = points.map(
      ({ size, oursNs, javascriptNs }) => `${x(size).toFixed(1)},${y(oursNs / javascriptNs).toFixed(1)}`,
    );
    out.push(`<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.4"/>`);
    const legend = `x="${width - MARGIN.right + 8}" y="${MARGIN.top + 8 + i * LEGEND_LINE}"`;
    out.push(`<text ${legend} fill="${colour}">${name}</text>`);
  });
  return out.join('\n');
}

/** Where ours is slower than plain JavaScript: for each size, how many kernels, and the worst of them. */
function slowerBySize(curves: readonly Curve[]): string[] {
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  );
  const out = [
    '| size | curves | slower than JavaScript | missing the target | the worst of these |',
    '| ---: | ---: | ---: | ---: | --- |',
  ];
  for (const size of sizes) {
    const here = curves.flatMap(({ name, points }) =>
      points.filter((point) => point.size === size).map((point) => ({ name, point, ratio: ratioOf(point) })),
    );
    const slower = here.filter(({ ratio }) => ratio > 1);
    const clearly = here.filter(({ point }) => isSlower(point)).sort((a, b) => b.ratio - a.ratio);
    const worst = clearly.slice(0, 3).map((one) => `\`${one.name}\` ${one.ratio.toFixed(1)} ×`);
    out.push(
      `| ${size.toLocaleString('en')} | ${here.length} | ${slower.length} | ${clearly.length} | ${worst.join(', ') || '–'} |`,
    );
  }
  return out;
}

const ratioOf = ({ oursNs, javascriptNs }: Point) => oursNs / javascriptNs;

/** Whether each kernel meets the target, and where it does not. */
function targets(curves: readonly Curve[]): string[] {
  const out = ['| kernel | never slower | but at |', '| --- | --- | --- |'];
  for (const { name, points, reason } of curves) {
    const slower = missed(points).map(
      (point) =>
        `${point.size.toLocaleString('en')}: ${ratioOf(point).toFixed(2)} × of ${Math.round(point.javascriptNs).toLocaleString('en')} ns`,
    );
    out.push(
      `| ${name} | ${slower.length === 0 ? 'met' : 'not met'} | ${[slower.join(', ') || '–', ...(slower.length > 0 && reason ? [reason] : [])].join('; ')} |`,
    );
  }
  return out;
}

/** A second worker is to make a kernel so many times as fast; near to the ceiling is as good. */
const SPEEDUP = 1.8;
const NEAR = 0.9;

/** Why two workers are not faster. */
function reasonOf({ name, speedup, ceiling, alone }: Scaling): string {
  // Amdahl (1967): the rest of the time at the ceiling's speed.
  const expected = alone + (1 - alone) * ceiling;
  if (speedup >= NEAR * ceiling) return 'the machine';
  if (speedup >= NEAR * expected) return 'the calling thread’s part';
  return (
    kernelSpecs.find((spec) => spec.name === name)?.scaling ?? 'handing out, and the wait for the last piece'
  );
}

function twoWorkers(scaling: readonly Scaling[]): string[] {
  return [
    '| kernel | 1 → 2 workers | ceiling | the calling thread by itself | bound by |',
    '| --- | ---: | ---: | ---: | --- |',
    ...scaling
      .filter(({ speedup }) => speedup < SPEEDUP)
      .map(
        (one) =>
          `| ${one.name} | ${ratio(one.speedup)} | ${ratio(one.ceiling)} | ${Math.round(100 * one.alone)} % | ${reasonOf(one)} |`,
      ),
  ];
}

function page(
  docs: readonly Docstring[],
  { machine, kernels, notes, curves, scaling = [], plotted }: Figures,
): string {
  const mean = (pick: (one: KernelFigures) => number | undefined) =>
    geometricMean(kernels.map(pick)).toFixed(2);
  const out = [
    '# Kernels',
    '',
    '<!-- Made by tools/docs.ts from the docstrings in src/kernels and docs/kernels.json: npm run docs. -->',
    '',
    'Each has two forms: `x(…)` gives a promise and works on all cores, `xSync(…)` returns. In browsers `xSync` needs its family loaded: `await` one call of `x` first, or its error says so.',
    '',
    'The ratios are our best time over the best time of the rival, below 1 where ours is faster: C++ by `g++ -O3` with vectors of 128 bits and OpenMP on as many threads; numpy or Python as it comes; plain loops in JavaScript; the library that programs take. The last column is one worker’s best time over that of two (ᵐ: memory bounds it). `bench/README.md` says how they are measured, `bench/kernels` what each job is.',
    '',
    `Geometric means: ${mean((k) => k.native)} × C++, ${mean((k) => k.numpy ?? undefined)} × numpy or Python, ${mean((k) => k.javascript)} × JavaScript. ${machine}. Where the load named here is far above 0, the machine was shared: ratios of single kernels are then no better than a factor of two.`,
  ];
  for (const family of [...new Set(docs.map((doc) => doc.family))]) {
    out.push('', `## ${family[0].toUpperCase()}${family.slice(1)}`, '');
    out.push(
      '| kernel | what | cost | source | ours/C++ | ours/numpy | ours/JS | ours/library | 1 → 2 workers |',
    );
    out.push('| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |');
    for (const doc of docs) if (doc.family === family) out.push(row(doc, kernels));
  }
  out.push('', '## Notes on the figures', '');
  const having = new Map<string, string[]>();
  for (const { name } of kernels) {
    for (const note of notes[name] ?? []) having.set(note, [...(having.get(note) ?? []), `\`${name}\``]);
  }
  for (const [note, names] of having) out.push(`- ${names.join(', ')}: ${note}`);
  if (scaling.length > 0) {
    out.push(
      ...['', '## Two workers', ''],
      'The kernels that two workers do less than 1.8 times as fast as one. The ceiling is what two calls at once gain that share nothing, on a worker each: below 2, memory, caches or other programs hold both back. What the calling thread does by itself, a result on JavaScript’s heap for one, is given as a share of the time (`bench/kernels/scaling.ts`).',
      '',
      ...twoWorkers(scaling),
    );
  }
  if (curves.length > 0) {
    out.push(
      ...['', '## At every size', ''],
      'The `…Sync` forms on plain arrays beside the functions that programs without the library have: the same arguments, a new result, no checks (`bench/sweep`). Short inputs are done in plain JavaScript too where the same bits can be had that way, and doubles where a copy to the shared heap would take longer than the loop; elsewhere a call of a kernel costs 0.15 to 0.5 microseconds. What is above 1 at the left is that, and the checking of arguments: some tens of nanoseconds.',
      '',
      `Measured with ${plotted}: where that is far above 0, the ragged parts of the lines are the other programs’.`,
      '',
      '![Ours over plain JavaScript, by size](kernels-sizes.svg)',
      '',
      ...slowerBySize(curves),
      '',
      `The target is never to be slower: by no more than ${EQUAL_NS} ns, which checks take, or ${Math.round(100 * EQUAL_RATIO - 100)} %, which is noise. ${curves.filter(({ points }) => missed(points).length === 0).length} of ${curves.length} kernels meet it at every size.`,
      '',
      ...targets(curves),
    );
  }
  return `${out.join('\n')}\n`;
}

if (process.argv.includes('--measure')) {
  for (const [program, ...args] of [
    ['node', 'bench/start.mjs', 'kernels'],
    ['npx', 'tsx', 'bench/kernels/scaling.ts'],
    ['npx', 'tsx', 'bench/sweep/main.ts'],
  ]) {
    const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
    // A contender that failed is told of in the end: what the others took is kept.
    if (status !== 0) process.exitCode = status ?? 1;
  }
}
const docs = docstrings();
const all = figures();
writeFileSync(at('docs/kernels-sizes.svg'), plot(all.curves));
writeFileSync(at('docs/kernels.md'), page(docs, all));
console.log(`docs/kernels.md: ${docs.length} kernels, ${all.kernels.length} with figures`);
