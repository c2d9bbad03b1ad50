/** Writes the run to `out/bench.json` and `out/bench.md`, both whole after every bench. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import type { Result, Row, Verdict } from './measure.js';
import { markdownTable } from './table.js';
import type { Bench, Options, Target } from './types.js';

/** The folder for everything the benches leave behind; git ignores it. */
export const OUT = new URL('../../out/', import.meta.url);

export function describeMachine({ cpu, cores, memoryGiB, system, load, versions }: Machine): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, load ${load}\n${names.join(', ')}`;
}

/** How to read a table, once, instead of a legend under each. */
export const LEGEND =
  'Medians of all samples; p99 or worst of the same; spread: interquartile range of the rounds; ' +
  'ours/it: our median over theirs.';

export function writeReport(
  machine: Machine,
  options: Options,
  results: readonly Result[],
  summaries: readonly string[] = [],
): void {
  mkdirSync(OUT, { recursive: true });
  const json = {
    date: new Date().toISOString(),
    machine,
    options,
    benches: results.map(({ bench, rows, verdicts }) => ({
      name: bench.name,
      title: bench.title,
      metrics: bench.metrics,
      notes: bench.notes,
      rows,
      targets: verdicts.map(({ target, value, met }) => ({ ...target, value, met })),
    })),
  };
  writeFileSync(new URL('bench.json', OUT), `${JSON.stringify(json, null, 2)}\n`);
  const head = [
    '# Benches',
    '',
    `${describeMachine(machine).replace('\n', '; ')}.`,
    '',
    `${options.workers} workers${options.quick ? ', a quick run' : ''}. ${LEGEND}`,
    '',
  ];
  writeFileSync(new URL('bench.md', OUT), [...head, ...summaries, ...results.map(markdownTable)].join('\n'));
}

interface Report {
  readonly benches: readonly (Pick<Bench, 'name' | 'title' | 'metrics' | 'notes'> & {
    readonly rows: readonly Row[];
    readonly targets: readonly (Target & Omit<Verdict, 'target'>)[];
  })[];
}

/** @returns The results of the last run, as far as a table needs them; none if there was no run. */
export function readReport(): Result[] {
  let text: string;
  try {
    text = readFileSync(new URL('bench.json', OUT), 'utf8');
  } catch {
    return [];
  }
  return (JSON.parse(text) as Report).benches.map(({ rows, targets, ...bench }) => ({
    bench: { ...bench, rounds: 0, warmups: 0, contenders: [], targets },
    rows,
    verdicts: targets.map(({ value, met, ...target }) => ({ target, value, met })),
  }));
}
