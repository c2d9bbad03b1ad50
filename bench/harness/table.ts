/** Draws results: the same cells as a table for the terminal and as one for Markdown. */
import { type Result, type Row, ratio, type Verdict } from './measure.js';
import type { Bench, Metric } from './types.js';

const HEAVY = '\x1b[1m';
const DIM = '\x1b[2m';
const GREEN = '\x1b[32m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const RESET = '\x1b[0m';

interface Cells {
  readonly head: string[];
  readonly rows: { readonly row: Row; readonly cells: string[] }[];
}

function cellsOf({ bench, rows }: Result): Cells {
  const head = ['contender'];
  for (const metric of bench.metrics) {
    head.push(metric.label);
    if (metric.tail) head.push(metric.tail === 'p99' ? 'p99' : 'worst');
    head.push('spread', 'ours/it');
  }
  return { head, rows: rows.map((row) => ({ row, cells: [row.contender, ...figures(bench, rows, row)] })) };
}

function figures(bench: Bench, rows: readonly Row[], row: Row): string[] {
  return bench.metrics.flatMap((metric) => {
    const summary = row.summaries[metric.key];
    const width = metric.tail ? 4 : 3;
    if (!summary) return new Array<string>(width).fill('–');
    const times = row.ours ? undefined : ratio(rows, metric.key, row.contender);
    const tail = metric.tail && [figure(summary[metric.tail], metric)];
    return [
      figure(summary.median, metric),
      ...(tail ?? []),
      `${(summary.spread * 100).toFixed(0)} %`,
      times === undefined ? '–' : `${times.toFixed(2)} ×`,
    ];
  });
}

function figure(value: number, metric: Metric): string {
  const digits = metric.digits ?? 1;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @returns What a missing or failed contender, and every target, has to say. */
function remark(row: Row): string | undefined {
  if (row.failed !== undefined) return `${row.contender} failed: ${row.failed}`;
  if (row.missing) return `${row.contender} is missing: ${row.missing.what}; ${row.missing.howToGet}`;
  return undefined;
}

function verdictText(bench: Bench, { target, value, met }: Verdict): string {
  const metric = bench.metrics.find(({ key }) => key === target.metric);
  const sign = target.atMost === undefined ? '≥' : '≤';
  const bound = target.atMost ?? target.atLeast;
  const wanted =
    target.against === undefined ? `worst ${sign} ${bound}` : `${sign} ${bound} × ${target.against}`;
  const got = value === undefined ? 'not measured' : `${value.toFixed(2)}${target.against ? ' ×' : ''}`;
  return `${metric?.label}: wanted ${wanted}, got ${got}${met === undefined ? '' : met ? ', met' : ', NOT met'}`;
}

/** @param colour Whether the terminal takes escape codes. */
export function terminalTable(result: Result, colour: boolean): string {
  const paint = (code: string, text: string) => (colour ? `${code}${text}${RESET}` : text);
  const { bench } = result;
  const { head, rows } = cellsOf(result);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(({ cells }) => cells[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');

  const out = [paint(HEAVY, `${bench.name} · ${bench.title}`), paint(DIM, line(head))];
  for (const { row, cells } of rows) out.push(row.ours ? paint(HEAVY, line(cells)) : line(cells));
  for (const { row } of rows) {
    const text = remark(row);
    if (text) out.push(paint(row.missing ? YELLOW : RED, `  ! ${text}`));
  }
  for (const verdict of result.verdicts) {
    const code = verdict.met === undefined ? YELLOW : verdict.met ? GREEN : RED;
    const mark = verdict.met === undefined ? '?' : verdict.met ? '✓' : '✗';
    out.push(paint(code, `  ${mark} ${verdictText(bench, verdict)}`));
  }
  for (const note of bench.notes ?? []) out.push(paint(DIM, `    ${note}`));
  return out.join('\n');
}

export function markdownTable(result: Result): string {
  const { bench } = result;
  const { head, rows } = cellsOf(result);
  const out = [
    `### ${bench.name}: ${bench.title}`,
    '',
    `| ${head.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(head.length - 1)}`,
  ];
  for (const { row, cells } of rows) {
    const shown = row.ours ? cells.map((cell) => `**${cell}**`) : cells;
    out.push(`| ${shown.join(' | ')} |`);
  }
  out.push('');
  for (const { row } of rows) {
    const text = remark(row);
    if (text) out.push(`- ${text}`);
  }
  for (const verdict of result.verdicts) out.push(`- ${verdictText(bench, verdict)}`);
  for (const note of bench.notes ?? []) out.push(`- ${note}`);
  return `${out.join('\n')}\n`;
}
