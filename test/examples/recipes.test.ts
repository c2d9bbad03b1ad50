// The small examples as programs, on every runtime that is installed, against counts made otherwise; and what they do
// when somebody dies or the input is not there. Needs dist/.

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activeChildren } from 'manyhands';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { parseCsv } = await import(new URL('../../examples/kitchen/strikes/csv.js', import.meta.url).href);
const FILE = here('../../examples/data/birdstrikes.csv');
const LIMIT_MS = 60_000;

const runtimes: Array<[name: string, command: string, args: string[]]> = [
  ['Node', process.execPath, []],
  ['Deno', here('../../node_modules/.bin/deno'), ['run', '-A']],
  ['Bun', here('../../node_modules/bun/bin/bun.exe'), []],
];
const installed = runtimes.filter(([, command]) => existsSync(command));
const NODE = runtimes[0];

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function run([, command, first]: (typeof runtimes)[number], file: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk) => (ended.out += chunk));
    child.stderr.on('data', (chunk) => (ended.err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

const [header, ...rows] = parseCsv(readFileSync(FILE, 'utf8')).records as string[][];
const [species, phase, damage, cost, speed] = [
  'Wildlife Species',
  'Phase of flight',
  'Effect Amount of damage',
  'Cost Total $',
  'Speed IAS in knots',
].map((name) => header.indexOf(name));
const dollarsOf = (row: string[]) => Number(row[cost].replaceAll(',', ''));

describe('producer–consumer', () => {
  const PROGRAM = here('../../examples/producer-consumer/producer-consumer.mjs');
  const total = rows.reduce((sum, row) => sum + dollarsOf(row), 0);
  const kinds = new Set(rows.map((row) => row[species])).size;
  const verdict = `${rows.length.toLocaleString('en')} strikes, ${kinds} species, $ ${total.toLocaleString('en')} of damage.`;

  test.each(installed)('on %s', async (...runtime) => {
    const { code, out, err } = await run(runtime, PROGRAM);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${verdict}\nOne thread counts the same.\n`);
  });

  test.each([
    [1, 1, 1],
    [1, 4, 2],
    [5, 1, 3],
    [3, 2, 0],
  ])('%i producers, %i consumers, a queue of %i', async (producers, consumers, maxsize) => {
    const args = ['--producers', `${producers}`, '--consumers', `${consumers}`, '--maxsize', `${maxsize}`];
    const { code, out, err } = await run(NODE, PROGRAM, ...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(verdict);
    const put = [...out.matchAll(/producer \d+ +([\d,]+) lines put, ([\d,]+) times/g)];
    const counted = [...out.matchAll(/consumer \d+ +([\d,]+) lines/g)];
    const sum = (found: RegExpMatchArray[], group: number) =>
      found.reduce((all, match) => all + Number(match[group].replaceAll(',', '')), 0);
    expect([put.length, sum(put, 1)]).toEqual([producers, rows.length]);
    expect([counted.length, sum(counted, 1)]).toEqual([consumers, rows.length]);
    if (maxsize === 0) expect(sum(put, 2)).toBe(0);
  });

  test('a line that cannot be counted ends both sides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'producer-'));
    const file = join(folder, 'short.csv');
    writeFileSync(file, `${header.join(',')}\n${'a,b\n'.repeat(1000)}`);
    const { code, err } = await run(NODE, PROGRAM, '--file', file, '--maxsize', '2');
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(err).toContain('TypeError');
  });
});

describe('pipeline', () => {
  const PROGRAM = here('../../examples/pipeline/pipeline.mjs');

  test.each(installed)('on %s', async (...runtime) => {
    const { code, out, err } = await run(runtime, PROGRAM);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('One thread makes the same table.\n');
    const used = rows.filter((row) => row[phase] !== '' && Number(row[speed]) > 0);
    const phases = new Set(used.map((row) => row[phase]));
    for (const name of phases) {
      const group = used.filter((row) => row[phase] === name);
      const damaged = group.filter((row) => row[damage] !== 'None').length;
      const dollars = group.reduce((sum, row) => sum + dollarsOf(row), 0).toLocaleString('en');
      const share = ((100 * damaged) / group.length).toFixed(1);
      expect(out).toMatch(new RegExp(`^${name} +${group.length} +${share} % +\\d+ +\\$ ${dollars}$`, 'm'));
    }
  });

  test.each([1, 5])('%i transformers', async (transformers) => {
    const { code, out } = await run(NODE, PROGRAM, '--transformers', `${transformers}`);
    expect(code).toBe(0);
    const cleaned = [...out.matchAll(/cleaned (\d+) of them/g)].map(([, count]) => Number(count));
    expect(cleaned.length).toBe(transformers);
    const [, read] = /read (\d+) messages/.exec(out)!;
    expect(cleaned.reduce((sum, count) => sum + count, 0)).toBe(Number(read));
  });

  test('a stage that fails ends the others', async () => {
    const { code, err } = await run(NODE, PROGRAM, '--file', '/nowhere.csv');
    expect(code).toBe(1);
    expect(err).toContain('ENOENT');
  });
});

describe('bakery', () => {
  const PROGRAM = here('../../examples/bakery/bakery.mjs');

  test.each(installed)('on %s', async (...runtime) => {
    const { code, out, err } = await run(runtime, PROGRAM, '--customers', '4');
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('\x1b');
    const [, baked, sold, left, home] =
      /^(\d+) loaves baked = (\d+) sold \+ (\d+) on the shelf \+ (\d+) taken home$/m.exec(out)!.map(Number);
    expect(baked).toBe(sold + left + home);
    const bought = [...out.matchAll(/sells (a loaf|\d) .*to/g)].map(([, count]) =>
      count === 'a loaf' ? 1 : Number(count),
    );
    expect([bought.length, bought.reduce((sum, count) => sum + count, 0)]).toEqual([4, sold]);
    expect(out.match(/puts a .* on the shelf/g)!.length).toBe(baked - home);
  });

  test('nobody comes', async () => {
    const { code, out } = await run(NODE, PROGRAM, '--customers', '0');
    expect(code).toBe(0);
    expect(out).toContain('0 sold');
  });

  test.each(['Rosa', 'Emre', 'Linh'])('the day ends when %s dies', async (name) => {
    const { day } = await import(PROGRAM);
    let isDead = false;
    const { missing } = await day(8, () => {
      if (isDead) return;
      isDead = true;
      activeChildren()
        .find((child) => child.name === name)!
        .kill();
    });
    expect(missing).toBe(name);
    expect(activeChildren()).toEqual([]);
  });
});

describe('one file to copy', () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'recipes-'));
    mkdirSync(join(project, 'node_modules'));
    symlinkSync(here('../..'), join(project, 'node_modules/manyhands'), 'junction');
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test.each(['producer-consumer', 'pipeline', 'bakery'])('%s runs elsewhere', async (name) => {
    const file = join(project, `${name}.mjs`);
    copyFileSync(here(`../../examples/${name}/${name}.mjs`), file);
    const args = name === 'bakery' ? ['--customers', '1'] : ['--file', FILE];
    const { code, err } = await run(NODE, file, ...args);
    expect([code, err]).toEqual([0, '']);
  });
});
