// The report: one HTML file that needs nothing else, light or dark as the reader likes it.

import { succeeded, workersOf } from '../kitchen.js';
import { oneLine, seconds } from '../screen.js';
import { chartStyle, speedupChart, timeline } from './charts.js';
import { html, raw, table } from './html.js';

const style = raw(`
:root { color-scheme: light dark; --paper: #fcfbf8; --ink: #23211d; --soft: #6d685e; --line: #e3dfd6; --accent: #c2611f; --good: #2b7a3d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #191816; --ink: #e9e5dc; --soft: #a09a8d; --line: #35322c; --accent: #e58a48; --good: #6fc283; --bad: #f2857c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 940px; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h2 small { font-weight: normal; color: var(--soft); }
p, ul { margin: .5rem 0; }
figure { margin: 1rem 0; }
.soft, figcaption { color: var(--soft); }
figcaption { font-size: .9rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-size: .92rem; }
th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.columns { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; }
.bars { columns: 2 18rem; padding: 0; list-style: none; font-size: .92rem; }
.bars li { display: flex; gap: .6rem; align-items: center; break-inside: avoid; }
.bars span { width: 6.5rem; }
.bars i { flex: 1; }
.bars i::before { content: ''; display: block; width: var(--share); height: .7rem; border-radius: 3px; background: var(--accent); }
.bars b { width: 3rem; font-weight: normal; color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.sheet { position: relative; }
.sheet img { width: 100%; height: auto; display: block; border-radius: 6px; }
.sheet a { position: absolute; width: var(--tile-width); height: var(--tile-height); }
.sheet a:hover, .sheet a:focus { outline: 3px solid var(--accent); }
`);

/**
 * @param {import('../kitchen.js').Dish[]} dishes
 * @param {{ workers: number, where: string, remark: string, names: { one: string[], all: string[] } }} facts what runs
 * it, what disturbed it, and the names of the workers
 * @returns {string} the page
 */
export function report(dishes, { workers, where, remark, names }) {
  const done = dishes.filter(({ error }) => error === undefined);
  const failed = dishes.filter((dish) => !succeeded(dish));
  const bars = done.map(({ name, one, all }) => ({ name, speedup: one.ms / all.ms }));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The manyhands kitchen</title>
<style>${style}${chartStyle}</style>
</head>
<body>
<h1>The manyhands kitchen</h1>
<p class="soft">${where}</p>
<p>${
    failed.length === 0
      ? html`<span class="good">✓</span> ${dishes.length} of ${dishes.length} jobs gave the same result in this thread and ${workers > 1 ? `on one worker and on ${workersOf(workers)}` : 'on one worker'}.`
      : html`<span class="bad">✗</span> Failed: ${failed.map(({ name }) => name).join(', ')}.`
  }</p>
${
  bars.length > 0 &&
  workers > 1 &&
  html`<figure>${speedupChart(bars, workers)}
<figcaption>How many times as fast ${workersOf(workers)} are as one; the dashed line is as many times as there are workers. ${remark}</figcaption></figure>`
}
${table(
  [
    'Job',
    'Results',
    '#This thread',
    '#1 worker',
    ...(workers > 1 ? [`#${workersOf(workers)}`, '#Speed-up'] : []),
  ],
  dishes.map(({ name, error, alone, one, all, same }) => {
    if (error !== undefined) return [name, html`<span class="bad">failed</span>`];
    const faster = workers > 1 ? [seconds(all.ms), `${(one.ms / all.ms).toFixed(2)} ×`] : [];
    return [name, verdict(same), seconds(alone.ms), seconds(one.ms), ...faster];
  }),
)}
${dishes.map((dish) => section(dish, names))}
</body>
</html>
`.toString();
}

function verdict(same) {
  return same ? html`<span class="good">equal</span>` : html`<span class="bad">not equal</span>`;
}

function section({ name, title, error, one, all, beside, shown }, names) {
  const head = html`<h2 id="${name}">${name} <small>${title}</small></h2>`;
  if (error !== undefined) return html`${head}<p class="bad">${oneLine(error)}</p>`;
  const groups = [{ ...one, names: names.one }];
  if (all !== one) groups.push({ ...all, names: names.all });
  return html`${head}
${shown.html}
<figure>${timeline(groups)}
<figcaption>What each worker did when: ${all === one ? 'one worker' : `one worker, then ${workersOf(names.all.length)}`}, a bar for each task.</figcaption></figure>
${
  beside.length > 0 &&
  table(
    ['Beside it', '#Time', 'Result'],
    beside.map(({ label, ms, same }) => [label, seconds(ms), verdict(same)]),
  )
}`;
}
