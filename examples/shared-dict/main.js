// A dict that workers fill: each counts the bird strikes of its part of the file, by species, in one dict that all of
// them share. While they work, this thread looks at the same dict. `node examples/shared-dict/main.js [workers]`

import { readFileSync } from 'node:fs';
import { cpuCount, isMain, Manager, Pool } from 'manyhands';
import { count } from './tasks.js';

const LINES_AT_A_TIME = 500;
const SHOWN = 8;

/** Counts the strikes; returns the dict's contents and what was seen of it on the way. */
export async function countStrikes(workers) {
  const file = readFileSync(new URL('../data/birdstrikes.csv', import.meta.url), 'utf8');
  const [, ...lines] = file.trimEnd().split(/\r?\n/);
  const parts = Array.from({ length: Math.ceil(lines.length / LINES_AT_A_TIME) }, (_, i) =>
    lines.slice(i * LINES_AT_A_TIME, (i + 1) * LINES_AT_A_TIME),
  );
  const manager = new Manager();
  const pool = new Pool(workers);
  try {
    const strikes = manager.dict();
    const progress = manager.namespace({ lines: 0 });
    const guard = manager.Lock();
    let seen = 0;
    for await (const _ of pool.imapUnordered(
      count,
      parts.map((part) => [strikes, progress, guard, part]),
      { chunksize: 1 },
    )) {
      seen = Math.max(seen, progress.lines);
    }
    return { species: strikes.toMap(), lines: progress.lines, seen, expected: lines.length };
  } finally {
    await pool.close();
    await manager.close();
  }
}

if (isMain(import.meta.url)) {
  const { species, lines } = await countStrikes(Number(process.argv[2] ?? cpuCount()));
  console.log(`${lines} strikes, ${species.size} species. The most frequent:`);
  const ranked = [...species].sort(
    ([one, a], [other, b]) => b.strikes - a.strikes || one.localeCompare(other),
  );
  for (const [name, { strikes, cost }] of ranked.slice(0, SHOWN)) {
    console.log(`${String(strikes).padStart(6)}  ${name.padEnd(24)} $ ${cost.toLocaleString('en-US')}`);
  }
}
