// The example of a dict that workers fill, as a program, against a count in one thread.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const { parseCsv } = await import(new URL('../../examples/kitchen/strikes/csv.js', import.meta.url).href);
const PROGRAM = fileURLToPath(new URL('../../examples/shared-dict/main.js', import.meta.url));
const FILE = fileURLToPath(new URL('../../examples/data/birdstrikes.csv', import.meta.url));

test.each([1, 3])('%i workers count what one thread counts', (workers) => {
  const [header, ...rows] = parseCsv(readFileSync(FILE, 'utf8')).records as string[][];
  const [species, cost] = ['Wildlife Species', 'Cost Total $'].map((name) => header.indexOf(name));
  const counted = new Map<string, [number, number]>();
  for (const row of rows) {
    const [strikes, dollars] = counted.get(row[species]) ?? [0, 0];
    counted.set(row[species], [strikes + 1, dollars + Number(row[cost].replaceAll(',', ''))]);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, String(workers)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, stderr]).toEqual([0, '']);
  const [first, ...lines] = stdout.trimEnd().split('\n');
  expect(first).toBe(`${rows.length} strikes, ${counted.size} species. The most frequent:`);
  expect(lines.length).toBe(8);
  for (const line of lines) {
    const [, strikes, name, dollars] = /^ *(\d+) {2}(.+?) +\$ ([\d,]+)$/.exec(line)!;
    expect([name, Number(strikes), Number(dollars.replaceAll(',', ''))]).toEqual([
      name,
      ...counted.get(name)!,
    ]);
  }
});
