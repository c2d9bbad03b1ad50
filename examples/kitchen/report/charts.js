// The report's two charts, as SVG: the speed-ups, and what each worker did when.

import { html, raw } from './html.js';

const WIDTH = 860;
const LABEL = 96;
const VALUE = 76;
const ROW = 26;
const AXIS = 22;

const fixed = (value) => value.toFixed(2);

/** Round steps for an axis to `most`: at most about `count` of them. */
function ticks(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** A line down the chart with its label below. */
function tickLine(x, height, label) {
  return html`<line class="grid" x1="${fixed(x)}" x2="${fixed(x)}" y1="0" y2="${height}"/>
<text class="tick" x="${fixed(x)}" y="${height + 16}">${label}</text>`;
}

/**
 * A bar for each job: how much faster all workers are than one.
 *
 * @param {{ name: string, speedup: number }[]} bars
 * @param {number} workers where the ideal lies
 */
export function speedupChart(bars, workers) {
  const height = bars.length * ROW;
  const most = Math.max(workers, ...bars.map(({ speedup }) => speedup)) * 1.02;
  const room = WIDTH - LABEL - VALUE;
  const x = (speedup) => LABEL + (speedup / most) * room;
  return html`<div class="scroll"><svg viewBox="0 0 ${WIDTH} ${height + AXIS}" role="img" aria-label="Speed-up of each job">
${ticks(most, 8).map((tick) => tickLine(x(tick), height, `${tick} ×`))}
${bars.map(({ name, speedup }, i) => {
  const y = i * ROW;
  return html`<text class="row" x="${LABEL - 10}" y="${y + 17}">${name}</text>
<rect class="bar" x="${LABEL}" y="${y + 5}" width="${fixed(x(speedup) - LABEL)}" height="${ROW - 10}" rx="3"/>
<text class="value" x="${fixed(x(speedup) + 8)}" y="${y + 17}">${speedup.toFixed(2)} ×</text>`;
})}
<line class="ideal" x1="${fixed(x(workers))}" x2="${fixed(x(workers))}" y1="0" y2="${height}"/>
</svg></div>`;
}

/**
 * What each worker did when, on one time scale for all groups of workers.
 *
 * @param {{ start: number, ms: number, names: string[], spans: import('../clock.js').Stamped[] }[]} groups
 */
export function timeline(groups) {
  const rows = groups.flatMap(({ start, ms, names, spans }, group) =>
    names.map((name) => ({ name, group, ms, spans: spans.filter(({ worker }) => worker === name), start })),
  );
  const gap = 8;
  const topOf = (row, i) => i * ROW + row.group * gap;
  const height = rows.length * ROW + (groups.length - 1) * gap;
  const most = Math.max(...groups.map(({ ms }) => ms)) * 1.01;
  const room = WIDTH - LABEL - VALUE;
  const x = (ms) => LABEL + (ms / most) * room;
  const unit = most >= 2000 ? { scale: 1000, name: 's' } : { scale: 1, name: 'ms' };
  return html`<div class="scroll"><svg viewBox="0 0 ${WIDTH} ${height + AXIS}" role="img" aria-label="What each worker did when">
${ticks(most, 8).map((tick) => tickLine(x(tick), height, `${+(tick / unit.scale).toFixed(3)} ${unit.name}`))}
${rows.map((row, i) => {
  const y = topOf(row, i);
  const busy = row.spans.reduce((sum, { start, end }) => sum + end - start, 0);
  return html`<text class="row" x="${LABEL - 10}" y="${y + 17}">${row.name}</text>
<rect class="track" x="${LABEL}" y="${y + 4}" width="${fixed(x(row.ms) - LABEL)}" height="${ROW - 8}" rx="2"/>
${row.spans.map(({ start, end }) => {
  const left = x(start - row.start);
  const width = Math.max(0.75, x(end - row.start) - left);
  const thin = width < 4 && ' thin';
  return html`<rect class="span${thin}" x="${fixed(left)}" y="${y + 4}" width="${fixed(width)}" height="${ROW - 8}"><title>${`${(end - start).toFixed(1)} ms`}</title></rect>`;
})}
<text class="value" x="${fixed(x(row.ms) + 8)}" y="${y + 17}">${Math.round((100 * busy) / row.ms)} % busy</text>`;
})}
</svg></div>`;
}

/** The charts' part of the style sheet. */
export const chartStyle = raw(`
svg { width: 100%; min-width: 600px; height: auto; display: block; margin: .75rem 0; font-size: 13px; }
svg text { fill: var(--ink); }
svg .row { text-anchor: end; }
svg .tick { fill: var(--soft); text-anchor: middle; font-size: 11px; }
svg .value { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--line); }
svg .ideal { stroke: var(--ink); stroke-dasharray: 4 4; opacity: .6; }
svg .bar { fill: var(--accent); }
svg .track { fill: var(--line); opacity: .55; }
svg .span { fill: var(--accent); stroke: var(--paper); stroke-width: .75; }
svg .thin { stroke: none; }
`);
