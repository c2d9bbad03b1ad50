/** The command `npm run bench`: runs the groups or benches that are named, or all of them, and draws a table each. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './harness/machine.js';
import { measure, type Result } from './harness/measure.js';
import { describeMachine, LEGEND, readReport, writeReport } from './harness/report.js';
import { terminalTable } from './harness/table.js';
import type { Bench, Group, Options } from './harness/types.js';
import { kernels } from './kernels/index.js';
import { manager } from './manager/index.js';
import { dispatch } from './pool/dispatch.js';
import { map } from './pool/map.js';
import { payload } from './pool/payload.js';
import { scale } from './pool/scale.js';
import { throughput } from './pool/throughput.js';
import { queue } from './queue/index.js';
import { scheduling } from './scheduling/index.js';
import { sync } from './sync/index.js';

const GROUPS: readonly Group[] = [
  dispatch,
  throughput,
  map,
  payload,
  scheduling,
  scale,
  queue,
  manager,
  kernels,
  sync,
];

const USAGE = `Usage: npm run bench -- [group or bench …] [--quick] [--workers N] [--on deno|bun] [--keep] [--list]

  --quick      few rounds
  --workers N  worker threads for ours and for each rival (default: the machine's cores)
  --on NAME    measure on Deno or Bun instead of Node, against raw workers: dispatch, throughput, payload,
               scheduling, scale and queue if no group is named
  --keep       leave in the report what the last run measured and this one does not
  --list       name the groups and their benches
`;

/** Other runtimes, and what runs TypeScript there as tsx does for Node. */
const ELSEWHERE = {
  deno: ['.bin/deno', 'run', '-A', '--unstable-sloppy-imports', '--v8-flags=--expose-gc'],
  bun: ['.bin/bun'],
} as const;
type Elsewhere = keyof typeof ELSEWHERE;
const PORTABLE = ['dispatch', 'throughput', 'payload', 'scheduling', 'scale', 'queue'];

/** Runs this command there; gives its exit code. */
function measureOn(name: Elsewhere, names: readonly string[], { options, keep }: Command): number {
  const [command, ...args] = ELSEWHERE[name];
  const { status, error } = spawnSync(
    fileURLToPath(new URL(`../node_modules/${command}`, import.meta.url)),
    [
      ...args,
      fileURLToPath(import.meta.url),
      ...(names.length > 0 ? names : PORTABLE),
      ...['--workers', String(options.workers)],
      ...(options.quick ? ['--quick'] : []),
      ...(keep ? ['--keep'] : []),
    ],
    { stdio: 'inherit' },
  );
  if (error) throw error;
  return status ?? 1;
}

/** A mistake on the command line: one line, exit code 2. */
class UsageError extends Error {}

interface Command {
  readonly options: Options;
  readonly names: readonly string[];
  readonly keep: boolean;
  readonly on?: Elsewhere;
  readonly show?: 'help' | 'list';
}

function parse(argv: readonly string[]): Command {
  const { values, positionals } = (() => {
    try {
      return parseArgs({
        args: [...argv],
        allowPositionals: true,
        options: {
          quick: { type: 'boolean', default: false },
          workers: { type: 'string', default: String(availableParallelism()) },
          keep: { type: 'boolean', default: false },
          on: { type: 'string' },
          list: { type: 'boolean', default: false },
          help: { type: 'boolean', short: 'h', default: false },
        },
      });
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  })();
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1) {
    throw new UsageError(`--workers takes a whole number of at least 1, not ${values.workers}`);
  }
  if (values.on !== undefined && !(values.on in ELSEWHERE)) {
    throw new UsageError(`--on takes deno or bun, not ${values.on}`);
  }
  const show = values.help ? 'help' : values.list ? 'list' : undefined;
  return {
    options: { quick: values.quick, workers },
    names: positionals,
    keep: values.keep,
    ...(values.on !== undefined && { on: values.on as Elsewhere }),
    ...(show && { show }),
  };
}

/** @returns The benches that a name, of a group or of a bench, stands for; all of them for no names. */
function select(names: readonly string[], options: Options): Bench[] {
  const groups = GROUPS.map((group) => ({ name: group.name, benches: group.benches(options) }));
  if (names.length === 0) return groups.flatMap(({ benches }) => benches);
  const chosen = new Set<Bench>();
  for (const name of names) {
    const found = groups.flatMap((group) =>
      group.benches.filter((bench) => group.name === name || bench.name === name),
    );
    if (found.length === 0) throw new UsageError(`No group or bench is called "${name}": try --list`);
    for (const bench of found) chosen.add(bench);
  }
  return [...chosen];
}

function list(options: Options): string {
  return GROUPS.map((group) => {
    const names = group.benches(options).map(({ name }) => name);
    return `${group.name.padEnd(12)}${group.summary}${names.length > 1 ? ` (${names.join(', ')})` : ''}`;
  }).join('\n');
}

/** Above this the figures are worth little. */
const BUSY_LOAD = 0.5;

/** Shows what is being measured on one line that is overwritten, and only on a terminal. */
function progressLine(bench: Bench): (what: string) => void {
  if (!process.stderr.isTTY) return () => {};
  return (what) => process.stderr.write(`\r\x1b[K${bench.name}: ${what}`);
}

/** The tables of the groups of which more than one bench was measured. */
function summariesOf(results: readonly Result[], options: Options): string[] {
  return GROUPS.flatMap((group) => {
    if (group.summarise === undefined) return [];
    const names = new Set(group.benches(options).map(({ name }) => name));
    const measured = results.filter(({ bench }) => names.has(bench.name));
    return measured.length > 1 ? [group.summarise(measured)] : [];
  });
}

async function main(): Promise<number> {
  const command = parse(process.argv.slice(2));
  const { options, names, keep, on, show } = command;
  if (show) {
    console.log(show === 'help' ? USAGE : list(options));
    return 0;
  }
  const benches = select(names, options);
  if (on !== undefined) return measureOn(on, names, command);
  const here = machine();
  console.log(`${describeMachine(here)}\n${options.workers} workers. ${LEGEND}\n`);
  if (here.load > BUSY_LOAD)
    console.log(`The machine is busy (load ${here.load}): run again when it is idle\n`);
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const measured = new Set(benches.map(({ name }) => name));
  const results = keep ? readReport().filter(({ bench }) => !measured.has(bench.name)) : [];
  for (const bench of benches) {
    const result = await measure(bench, progressLine(bench));
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(`${terminalTable(result, colour)}\n`);
    results.push(result);
    writeReport(here, options, results);
  }
  const summaries = summariesOf(results, options);
  if (summaries.length > 0) {
    console.log(`${summaries.join('\n')}\n`);
    writeReport(here, options, results, summaries);
  }
  const verdicts = results.flatMap((result) => result.verdicts);
  const met = verdicts.filter((verdict) => verdict.met).length;
  console.log(`${met} of ${verdicts.length} targets met; written to out/bench.json and out/bench.md`);
  return results.some(({ rows }) => rows.some((row) => row.failed !== undefined)) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
