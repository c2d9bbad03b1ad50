/**
 * One table of all kernels: ours over each rival's, and the geometric means. It has the best sample of each, because
 * noise only ever adds, and a rival of two threads suffers more from it than one of one.
 */
import type { Result } from '../harness/measure.js';
import { JAVASCRIPT, NATIVE, NUMPY, OURS, OURS_ALONE, PYTHON } from './contenders.js';

/** A kernel's figures; a rival's is our best time over its best. */
export interface KernelFigures {
  readonly name: string;
  readonly ms: number;
  readonly native?: number;
  readonly numpy?: number;
  readonly javascript?: number;
  readonly libraries: Readonly<Record<string, number>>;
  /** One worker's best time over that of all. */
  readonly speedup?: number;
  readonly isMemoryBound: boolean;
}

/** What a second worker gains, and what the machine lets it gain (scaling.ts). */
export interface Scaling {
  readonly name: string;
  readonly speedup: number;
  readonly ceiling: number;
  /** The share of the time on two workers in which the calling thread works by itself. */
  readonly alone: number;
}

const NAMED = new Set([OURS, OURS_ALONE, NATIVE, NUMPY, PYTHON, JAVASCRIPT]);

export function figuresOf({ bench, rows }: Result, isMemoryBound: boolean): KernelFigures | undefined {
  const best = new Map(
    rows.flatMap(({ contender, summaries }) =>
      summaries.wall ? [[contender, summaries.wall.min] as const] : [],
    ),
  );
  const ms = best.get(OURS);
  if (ms === undefined) return undefined;
  const over = (name: string) => {
    const theirs = best.get(name);
    return theirs && ms / theirs;
  };
  const alone = best.get(OURS_ALONE);
  const libraries: Record<string, number> = {};
  for (const [name, theirs] of best) if (!NAMED.has(name)) libraries[name] = ms / theirs;
  return {
    name: bench.name,
    ms,
    native: over(NATIVE),
    numpy: over(NUMPY) ?? over(PYTHON),
    javascript: over(JAVASCRIPT),
    libraries,
    speedup: alone && alone / ms,
    isMemoryBound,
  };
}

export function geometricMean(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
}

const cell = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(2));

/** @returns The table as Markdown, which is fit to read in a terminal too. */
export function summarise(results: readonly Result[], memoryBound: ReadonlySet<string>): string {
  const all = results.flatMap((result) => figuresOf(result, memoryBound.has(result.bench.name)) ?? []);
  const rows = all.map(({ name, ms, native, numpy, javascript, libraries, speedup, isMemoryBound }) => [
    name,
    cell(ms),
    cell(native),
    cell(numpy),
    cell(javascript),
    Object.entries(libraries)
      .map(([library, ratio]) => `${library} ${cell(ratio)}`)
      .join(', ') || '–',
    `${cell(speedup)}${isMemoryBound ? ' ᵐ' : ''}`,
  ]);
  rows.push([
    'geometric mean',
    '',
    cell(geometricMean(all.map(({ native }) => native))),
    cell(geometricMean(all.map(({ numpy }) => numpy))),
    cell(geometricMean(all.map(({ javascript }) => javascript))),
    '',
    cell(geometricMean(all.map(({ speedup, isMemoryBound }) => (isMemoryBound ? undefined : speedup)))),
  ]);
  const head = ['kernel', 'ms', 'ours/C++', 'ours/numpy', 'ours/JS', 'ours/library', 'speed-up'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const over = all.filter(({ native }) => native !== undefined && native > 2.5).map(({ name }) => name);
  return [
    '### all kernels: our best time over each rival’s; speed-up from one worker to all (ᵐ: memory bounds it)',
    '',
    line(head),
    rule,
    ...rows.map(line),
    '',
    `Above 2.5 × C++: ${over.join(', ') || 'none'}.`,
    '',
  ].join('\n');
}
