// What `npm test` runs: the unit tests (vitest), then the conformance suite on every runtime that is there, then
// the package as its users install it. Ends with the line `N passed, N failed` and a non-zero exit on failures.
//
//   npm test -- vitest                    one part; also: conformance, conformance:deno, package …
//   npm test -- conformance:node 'map:'   what is no part's name is a filter on the cases' names
//   MANYHANDS_REQUIRE=all npm test        a runtime that is missing is a failure
//   MANYHANDS_TEST_VERBOSE=1 npm test     every case is printed

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browsers, runInBrowser } from '../test/runtimes/browsers';
import { type CaseResult, findChromium, runInChromium } from '../test/runtimes/chromium';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const requireAll = process.env.MANYHANDS_REQUIRE === 'all';
const verbose = process.env.MANYHANDS_TEST_VERBOSE === '1';
/** A runtime's whole run may take this long before it is taken to hang. */
const LIMIT_MS = 8 * 60_000;

interface Totals {
  passed: number;
  failed: number;
}
/** A part's outcome: its totals, or why it was skipped. */
type Outcome = Totals | string;

/** What failed and the beginning of why: told again at the end, where whoever reads the end of a long log finds it. */
const failures: string[] = [];

function noteFailure(name: string, error = ''): void {
  failures.push(`FAIL ${name}\n${error.trim().split('\n').slice(0, 6).join('\n').replace(/^/gm, '     ')}`);
}

interface Part {
  name: string;
  run(filter: string): Promise<Outcome>;
}

/** Runs a program, its output shown as it comes; resolves with exit code and output, `null` if it had to be ended. */
function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let ended = false;
    const take = (data: Buffer) => {
      output += data;
      for (const line of String(data).split(/(?<=\n)/))
        if (!line.startsWith('@@')) process.stdout.write(line);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      ended = true;
      console.log(`${command} did not end within ${LIMIT_MS / 1000} s and was stopped`);
      child.kill('SIGKILL');
    }, LIMIT_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: ended ? null : code, output });
    });
  });
}

/** vitest's totals come from its JSON report. */
async function runVitest(filter: string): Promise<Outcome> {
  const report = join(tmpdir(), `manyhands-vitest-${process.pid}.json`);
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  if (filter !== '') args.push('-t', filter);
  const { code } = await run(process.execPath, args);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const outcome = JSON.parse(readFileSync(report, 'utf8'));
  const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = outcome;
  rmSync(report);
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((test: { status: string }) => test.status === 'failed');
    for (const { fullName, failureMessages } of failed) noteFailure(fullName, failureMessages[0]);
    if (status === 'failed' && failed.length === 0) noteFailure(name, message);
  }
  // A file that cannot be loaded, or an error outside of any test, fails the run without a failed test.
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 || code !== 0 ? 1 : 0);
  return { passed: numPassedTests, failed };
}

async function conformance(command: string, args: string[], filter: string): Promise<Totals> {
  const { code, output } = await run(command, [...args, 'test/runtimes/run.js', filter]);
  const totals = /^@@totals (.*)$/m.exec(output);
  for (const [, name, error] of output.matchAll(/^FAIL (.*)\n((?: {5}.*\n)*)/gm)) noteFailure(name, error);
  if (totals === null) {
    console.log(`the suite did not come to its end (exit code ${code})`);
    return { passed: 0, failed: 1 };
  }
  const { passed, failed }: Totals = JSON.parse(totals[1]);
  if (code === null || (code !== 0 && failed === 0)) {
    console.log(
      `all cases ran, but the program ${code === null ? 'did not end' : `exited with code ${code}`}`,
    );
    return { passed, failed: failed + 1 };
  }
  return { passed, failed };
}

const binaries = {
  deno: join(root, 'node_modules/.bin/deno'),
  bun: join(root, 'node_modules/bun/bin/bun.exe'),
};

async function chromiumPart(isolated: boolean, filter: string): Promise<Outcome> {
  const path = findChromium();
  if (path === undefined) return 'Chromium was not found: set CHROMIUM_PATH';
  const hang = setTimeout(() => {
    console.log(`Chromium did not come to an end within ${LIMIT_MS / 1000} s`);
    process.exit(1);
  }, LIMIT_MS);
  try {
    return await runInChromium(path, {
      isolated,
      filter,
      report: printCase,
    });
  } finally {
    clearTimeout(hang);
  }
}

function printCase({ name, ok, ms, error }: CaseResult): void {
  if (!ok) {
    console.log(`FAIL ${name}\n${error?.replace(/^/gm, '     ')}`);
    noteFailure(name, error);
  } else if (verbose) console.log(`ok   ${name} (${Math.round(ms)} ms)`);
}

/** A page that says nothing for so long hangs. */
const QUIET_MS = 120_000;
const MISSING = {
  firefox: 'Firefox was not found: set FIREFOX_PATH',
  webkit: 'WebKitGTK was not found: it needs WebKitWebDriver, its MiniBrowser and Xvfb',
};

/** A page of Firefox or WebKitGTK. */
async function browserPart(name: keyof typeof MISSING, filter: string): Promise<Outcome> {
  const browser = browsers[name];
  const path = browser.find();
  if (path === undefined) return MISSING[name];
  return await runInBrowser(browser, path, { filter, report: printCase, limitMs: QUIET_MS });
}

const parts: Part[] = [
  { name: 'vitest', run: runVitest },
  { name: 'conformance:node', run: (filter) => conformance(process.execPath, [], filter) },
  {
    name: 'conformance:deno',
    run: async (filter) =>
      existsSync(binaries.deno) ? conformance(binaries.deno, ['run', '-A'], filter) : 'Deno is not installed',
  },
  {
    name: 'conformance:bun',
    run: async (filter) =>
      existsSync(binaries.bun) ? conformance(binaries.bun, [], filter) : 'Bun is not installed',
  },
  { name: 'conformance:chromium', run: (filter) => chromiumPart(true, filter) },
  { name: 'conformance:chromium-plain', run: (filter) => chromiumPart(false, filter) },
  { name: 'conformance:firefox', run: (filter) => browserPart('firefox', filter) },
  { name: 'conformance:webkit', run: (filter) => browserPart('webkit', filter) },
];

/** The parts that the arguments name (a name, or the word before a colon), all without any; and the filter. */
function choose(args: string[]): { chosen: Part[]; filter: string } {
  const isPart = (arg: string) => parts.filter(({ name }) => name === arg || name.startsWith(`${arg}:`));
  const names = args.filter((arg) => isPart(arg).length > 0);
  const filter = args.filter((arg) => isPart(arg).length === 0).join(' ');
  return {
    chosen:
      names.length === 0 ? parts : parts.filter((part) => names.some((arg) => isPart(arg).includes(part))),
    filter,
  };
}

const { chosen, filter } = choose(process.argv.slice(2));
const total: Totals = { passed: 0, failed: 0 };
const lines: string[] = [];
for (const { name, run } of chosen) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  let outcome: Outcome;
  try {
    outcome = await run(filter);
  } catch (error) {
    console.log(error);
    outcome = { passed: 0, failed: 1 };
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (typeof outcome === 'string') {
    if (requireAll) total.failed++;
    lines.push(`${requireAll ? 'FAILED ' : 'SKIPPED'} ${name}: ${outcome}`);
    console.log(lines.at(-1));
    continue;
  }
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  lines.push(
    `${outcome.failed > 0 ? 'FAILED ' : 'ok     '} ${name}: ${outcome.passed} of ${outcome.passed + outcome.failed} in ${seconds} s`,
  );
}
if (failures.length > 0) console.log(`\n── what failed ──\n${failures.join('\n')}`);
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
