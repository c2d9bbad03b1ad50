// The kitchen as its users meet it: as a program, with good and bad arguments and input. Needs dist/.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../examples/kitchen/main.js', import.meta.url));
const DATA = fileURLToPath(new URL('../../examples/data', import.meta.url));
const RUN_MS = 120_000;
const JOBS = ['cooks', 'primes', 'photos', 'words', 'strikes', 'species', 'array'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kitchen-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function kitchen(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk) => (ended.out += chunk));
    child.stderr.on('data', (chunk) => (ended.err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

/** An input folder with these files only; `true` stands for the file as it is. */
function dataOf(name: string, files: Record<string, true | string | Uint8Array>): string {
  const to = join(folder, name);
  mkdirSync(to);
  for (const [file, content] of Object.entries(files)) {
    if (content === true) cpSync(join(DATA, file), join(to, file));
    else writeFileSync(join(to, file), content);
  }
  return to;
}

/** Lines of the output that tell of a failure. */
const failures = ({ out }: Ended) => out.split('\n').filter((line) => line.includes('failed:'));

describe.concurrent('arguments', () => {
  it.each([
    [['--workers', '0'], 'Cannot take --workers 0: wanted a whole number from 1 to 256'],
    [['--workers', '1.5'], 'Cannot take --workers 1.5: wanted a whole number from 1 to 256'],
    [['--workers', 'many'], 'Cannot take --workers many: wanted a whole number from 1 to 256'],
    [['--workers', '2', '--workers', '3'], 'Cannot take --workers twice'],
    [['--workers'], "Option '-w, --workers <value>' argument missing"],
    [['--only', 'soup'], `Cannot run the job "soup": wanted some of ${JOBS.join(', ')}`],
    [['--only', ''], `Cannot run the job "": wanted some of ${JOBS.join(', ')}`],
    [['--data', ''], 'Cannot take an empty --data'],
    [['--nothing'], "Unknown option '--nothing'"],
    [['photos'], 'Cannot take "photos": wanted options only'],
  ])('%j', async (args, message) => {
    expect(await kitchen(...args)).toEqual({ code: 2, out: '', err: `kitchen: ${message} (see --help)\n` });
  });

  it('--help names every job', async () => {
    const { code, out, err } = await kitchen('--help');
    expect([code, err]).toEqual([0, '']);
    for (const job of JOBS) expect(out).toMatch(new RegExp(`^ +${job} +\\S`, 'm'));
  });

  it('an output folder that cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, err } = await kitchen('--only', 'cooks', '--out', file);
    expect(code).toBe(1);
    expect(err).toMatch(/^kitchen: .*EEXIST.*\n$/);
  });
});

describe('jobs', () => {
  it(
    'prints plain lines where there is no terminal, and writes the report',
    async () => {
      const out = join(folder, 'out-cooks');
      const ended = await kitchen('--only', 'cooks', '--workers', '3', '--out', out);
      expect([ended.code, ended.err]).toEqual([0, '']);
      expect(ended.out).not.toContain('\x1b');
      expect(ended.out).toMatch(/1 worker +[\d.]+ m?s/);
      expect(ended.out).toMatch(/3 workers +[\d.]+ m?s +[\d.]+ × as fast as one/);
      expect(ended.out).toContain('✓ equal to the result of this thread');
      expect(ended.out).toMatch(/Theo made the dessert on cook-[123]/);
      const page = readFileSync(join(out, 'report.html'), 'utf8');
      expect(page).toContain('1 of 1 jobs gave the same result');
      expect(page.match(/class="span[" ]/g)).toHaveLength(8);
      expect(page).not.toMatch(/(src|href)="https?:/);
    },
    RUN_MS,
  );

  it(
    'writes forty photos and a contact sheet, the same on every run',
    async () => {
      const out = join(folder, 'out-photos');
      const ended = await kitchen('--only', 'photos', '--workers', '2', '--out', out);
      expect([ended.code, ended.err]).toEqual([0, '']);
      expect(ended.out).toContain('✓ equal to the result of this thread');
      const page = readFileSync(join(out, 'report.html'), 'utf8');
      const photos = [...page.matchAll(/href="(photos\/[^"]+\.jpg)"/g)].map(([, path]) => path);
      expect(new Set(photos).size).toBe(40);
      for (const path of [...photos, 'contact-sheet.jpg']) {
        expect(readFileSync(join(out, path)).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
      }
    },
    RUN_MS,
  );

  it(
    'a job whose input is broken says so in one line, and the others still run',
    async () => {
      const day = readFileSync(join(DATA, 'earth-blue-marble.jpg'));
      const data = dataOf('broken', {
        'earth-blue-marble.jpg': day.subarray(0, day.length / 2),
        'earth-night.jpg': true,
        'moby-dick.txt': true,
      });
      const out = join(folder, 'out-broken');
      const ended = await kitchen('--only', 'photos,words,strikes', '--data', data, '--out', out);
      expect([ended.code, ended.err]).toEqual([1, '']);
      expect(failures(ended)).toEqual([
        `    ✗ photos failed: Cannot decode ${join(data, 'earth-blue-marble.jpg')}: Premature end of JPEG file`,
        `    ✗ strikes failed: Cannot read ${join(data, 'birdstrikes.csv')}: no such file`,
      ]);
      expect(ended.out).toMatch(/✓ words/);
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Failed: photos, strikes.');
    },
    RUN_MS,
  );

  it.each([
    [
      'is not UTF-8',
      { 'moby-dick.txt': Buffer.from('Call me Ishma\xebl.', 'latin1') },
      'words',
      'it is not UTF-8 text, see byte 13',
    ],
    ['is empty', { 'moby-dick.txt': '' }, 'words', 'it is empty'],
    [
      'is no picture',
      { 'earth-blue-marble.jpg': 'GIF?', 'earth-night.jpg': 'GIF?' },
      'photos',
      'Not a JPEG file: starts with 0x47 0x49',
    ],
    [
      'lacks a column',
      { 'birdstrikes.csv': 'a,b\n1,2\n' },
      'strikes',
      'it has no column "Effect Amount of damage"',
    ],
  ])(
    'an input that %s',
    async (_what, files, job, reason) => {
      const data = dataOf(`${job}-${_what.replaceAll(' ', '-')}`, files);
      const ended = await kitchen('--only', job, '--data', data, '--out', join(data, 'out'));
      expect([ended.code, ended.err]).toEqual([1, '']);
      expect(failures(ended)).toHaveLength(1);
      expect(failures(ended)[0].endsWith(`: ${reason}`)).toBe(true);
      expect(existsSync(join(data, 'out', 'report.html'))).toBe(true);
    },
    RUN_MS,
  );

  const HEADER = 'Effect Amount of damage,"Flight Date",Phase of flight,Wildlife Species,Cost Total $\r\n';

  it(
    'reads quoted fields, and tells the line of a record that makes no sense',
    async () => {
      const rows = Array.from(
        { length: 600 },
        (_, i) => `Minor,1990-01-08,"Climb, then\n""descent""","Gull, large",${i}\r\n`,
      );
      const good = dataOf('quoted', { 'birdstrikes.csv': HEADER + rows.join('') });
      const fine = await kitchen('--only', 'strikes,species', '--data', good, '--out', join(good, 'out'));
      expect([fine.code, fine.err]).toEqual([0, '']);
      expect(fine.out).toContain('600 strikes, 1990 to 1990, $179,700 of damage');
      expect(fine.out).toContain('1 species, most often "Gull, large", 12,000 times');
      const page = readFileSync(join(good, 'out', 'report.html'), 'utf8');
      expect(page).toContain('Gull, large');
      expect(page).toContain('Climb, then\n&quot;descent&quot;');

      rows[400] = 'Minor,1990-01-08,Climb,Gull,dear\r\n';
      const bad = dataOf('unquoted', { 'birdstrikes.csv': HEADER + rows.join('') });
      const failed = await kitchen('--only', 'strikes,species', '--data', bad, '--out', join(bad, 'out'));
      expect(failed.code).toBe(1);
      expect(failures(failed)).toEqual(
        ['strikes', 'species'].map(
          (job) => `    ✗ ${job} failed: Cannot use birdstrikes.csv: line 802 has no cost but "dear"`,
        ),
      );
    },
    RUN_MS,
  );
});

describe('reading comma-separated values', async () => {
  const path = new URL('../../examples/kitchen/strikes/csv.js', import.meta.url).href;
  const { parseCsv, cutRecords } = await import(path);

  it.each([
    ['', [], []],
    ['a', [['a']], [1]],
    ['a,b\n', [['a', 'b']], [1]],
    [
      'a,b\r\nc,\r\n',
      [
        ['a', 'b'],
        ['c', ''],
      ],
      [1, 2],
    ],
    [',\n', [['', '']], [1]],
    ['a\n\n\r\nb', [['a'], ['b']], [1, 4]],
    ['"a,b",c', [['a,b', 'c']], [1]],
    [
      '"a\r\nb",c\nd,e',
      [
        ['a\r\nb', 'c'],
        ['d', 'e'],
      ],
      [1, 3],
    ],
    ['"say ""hi""",""\n', [['say "hi"', '']], [1]],
    ['""""', [['"']], [1]],
    ['a"b,"c"d', [['a"b', 'cd']], [1]],
    ['a\rb,c', [['a\rb', 'c']], [1]],
  ])('%j', (text, records, lines) => {
    expect(parseCsv(text)).toEqual({ records, lines: Uint32Array.from(lines) });
  });

  it('refuses a quote that is never closed', () => {
    expect(() => parseCsv('a\nb,"c\nd""\n')).toThrow(
      'Cannot find the end of the quote that starts in line 2',
    );
  });

  it('cuts between records, never within one', () => {
    const text = `h,i\n${'1,"two\n""lines"""\n3,4 " 5\n\n'.repeat(50)}5,6`;
    const bytes = new TextEncoder().encode(text);
    const whole = parseCsv(text);
    for (const linesEach of [1, 2, 3, 7, 1000]) {
      const parts = cutRecords(bytes, linesEach).map(
        ({ begin, end, line }: { begin: number; end: number; line: number }) =>
          parseCsv(new TextDecoder().decode(bytes.subarray(begin, end)), line),
      );
      const records = parts.flatMap((part: { records: string[][] }) => part.records);
      const lines = parts.flatMap((part: { lines: Uint32Array }) => [...part.lines]);
      expect(records).toEqual(whole.records);
      expect(lines).toEqual([...whole.lines]);
    }
  });
});
