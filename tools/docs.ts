// Writes docs/kernels.md and docs/kernels-sizes.svg from the kernels' docstrings and the figures of the benches:
// `npm run docs`. The figures stand in docs/kernels.json, which takes over what the last runs of `npm run bench --
// kernels` and `npx tsx bench/sweep.ts` left in out/.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, readReport } from '../bench/harness/report';
import { kernels as group, memoryBound } from '../bench/kernels/index';
import { figuresOf, geometricMean, type KernelFigures } from '../bench/kernels/summary';

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
  readonly points: readonly { size: number; oursNs: number; javascriptNs: number }[];
}

interface Figures {
  machine: string;
  kernels: KernelFigures[];
  notes: Record<string, readonly string[]>;
  curves: Curve[];
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
  if (existsSync(at('out/bench.json'))) {
    const { machine, options } = JSON.parse(readFileSync(at('out/bench.json'), 'utf8'));
    kept.machine = `${describeMachine(machine).replace('\n', '; ')}; ${options.workers} workers`;
  }
  writeFileSync(path, `${JSON.stringify(kept, null, 1)}\n`);
  return kept;
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
  return `| ${[...cells, ...measured, libraries || '–'].join(' | ')} |`;
}

// The plot: ours over plain JavaScript by size, both axes logarithmic.
const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 52, right: 116, top: 16, bottom: 40 };
const RATIOS = [0.01, 0.1, 1, 10, 100];

function plot(curves: readonly Curve[]): string {
  const x = (size: number) => MARGIN.left + (Math.log10(size) / 7) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number) => {
    const share = (Math.log10(Math.min(100, Math.max(0.01, value))) + 2) / 4;
    return HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom);
  };
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    '<!-- Made by tools/docs.ts from docs/kernels.json. -->',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
  ];
  for (const value of RATIOS) {
    const line = `x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}"`;
    out.push(`<line ${line} stroke="${value === 1 ? 'black' : '#ddd'}"/>`);
    out.push(`<text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`);
  }
  for (let power = 0; power <= 7; power++) {
    const place = x(10 ** power);
    out.push(`<text x="${place}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">1e${power}</text>`);
  }
  const middle = (MARGIN.left + WIDTH - MARGIN.right) / 2;
  out.push(`<text x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">elements or bytes</text>`);
  curves.forEach(({ name, points }, i) => {
    const colour = `hsl(${Math.round((360 * i) / curves.length)} 70% 40%)`;
    const places = points.map(
      ({ size, oursNs, javascriptNs }) => `${x(size).toFixed(1)},${y(oursNs / javascriptNs).toFixed(1)}`,
    );
    out.push(`<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.4"/>`);
    const legend = `x="${WIDTH - MARGIN.right + 10}" y="${MARGIN.top + 12 + i * 18}"`;
    out.push(`<text ${legend} fill="${colour}">${name}</text>`);
  });
  return `${[...out, '</svg>'].join('\n')}\n`;
}

function page(docs: readonly Docstring[], { machine, kernels, notes, curves, plotted }: Figures): string {
  const mean = (pick: (one: KernelFigures) => number | undefined) =>
    geometricMean(kernels.map(pick)).toFixed(2);
  const out = [
    '# Kernels',
    '',
    '<!-- Made by tools/docs.ts from the docstrings in src/kernels and docs/kernels.json: npm run docs. -->',
    '',
    'Each has two forms: `x(…)` gives a promise and works on all cores, `xSync(…)` returns. In browsers `xSync` needs its family loaded: `await` one call of `x` first, or its error says so.',
    '',
    'The ratios are our best time over the best time of the rival, below 1 where ours is faster: C++ by `g++ -O3` with vectors of 128 bits and OpenMP on as many threads; numpy or Python as it comes; plain loops in JavaScript; the library that programs take. `bench/README.md` says how they are measured, `bench/kernels` what each job is.',
    '',
    `Geometric means: ${mean((k) => k.native)} × C++, ${mean((k) => k.numpy ?? undefined)} × numpy or Python, ${mean((k) => k.javascript)} × JavaScript. ${machine}. Where the load named here is far above 0, the machine was shared: ratios of single kernels are then no better than a factor of two.`,
  ];
  for (const family of [...new Set(docs.map((doc) => doc.family))]) {
    out.push('', `## ${family[0].toUpperCase()}${family.slice(1)}`, '');
    out.push('| kernel | what | cost | source | ours/C++ | ours/numpy | ours/JS | ours/library |');
    out.push('| --- | --- | --- | --- | ---: | ---: | ---: | ---: |');
    for (const doc of docs) if (doc.family === family) out.push(row(doc, kernels));
  }
  out.push('', '## Notes on the figures', '');
  for (const { name } of kernels) for (const note of notes[name] ?? []) out.push(`- \`${name}\`: ${note}`);
  if (curves.length > 0) {
    out.push(
      ...['', '## At every size', ''],
      'The `…Sync` forms on plain arrays against plain loops, from one element to ten million. Short arrays, and Float64Arrays where a copy would take longer than the loop, are done in plain JavaScript too; what is left of the line above 1 at the left is the checking of arguments, about a tenth of a microsecond on an idle machine.',
      '',
      `Measured with ${plotted}: above 1, the ragged parts of the lines are the other programs’.`,
      '',
      '![Ours over plain JavaScript, by size](kernels-sizes.svg)',
    );
  }
  return `${out.join('\n')}\n`;
}

const docs = docstrings();
const all = figures();
writeFileSync(at('docs/kernels-sizes.svg'), plot(all.curves));
writeFileSync(at('docs/kernels.md'), page(docs, all));
console.log(`docs/kernels.md: ${docs.length} kernels, ${all.kernels.length} with figures`);
