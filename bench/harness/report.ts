/** Writes the run to `out/bench.json` and `out/bench.md`, both whole after every bench. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import type { Result } from './measure.js';
import { markdownTable } from './table.js';
import type { Options } from './types.js';

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

export function writeReport(machine: Machine, options: Options, results: readonly Result[]): void {
  mkdirSync(OUT, { recursive: true });
  const json = {
    date: new Date().toISOString(),
    machine,
    options,
    benches: results.map(({ bench, rows, verdicts }) => ({
      name: bench.name,
      title: bench.title,
      metrics: bench.metrics,
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
  writeFileSync(new URL('bench.md', OUT), [...head, ...results.map(markdownTable)].join('\n'));
}
