// The command line: `node examples/kitchen/main.js [--workers N] [--only job,…] [--data DIR] [--out DIR]`.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** A command line that makes no sense: one line of text. */
export class UsageError extends Error {
  name = 'UsageError';
}

const WORKERS_MAX = 256;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What `--help` shows. */
export function usage(jobs, cores) {
  const list = jobs.map(({ name, title }) => `    ${name.padEnd(10)}${title}`).join('\n');
  return `Usage: npm start -- [options]

Runs the classic multiprocessing programs on real input: in this thread, on one worker and on all of them.
Compares the results, shows the times, and writes a report with pictures.

  -w, --workers N     how many workers "all" are (${cores}, the cores of this machine)
  -o, --only a,b      only these jobs:
${list}
      --data DIR      where the input lies (examples/data)
      --out DIR       where the pictures and report.html go (out)
  -h, --help          this text

Exit code: 0 if every job succeeded, 1 if one failed, 2 if the command line is wrong.`;
}

/**
 * @param {string[]} args what follows the program's name
 * @param {string[]} names the jobs there are
 * @param {number} cores how many workers there are unless told
 * @returns {{ help: boolean, workers: number, only: string[], data: string, out: string }}
 * @throws {UsageError}
 */
export function parseOptions(args, names, cores) {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot take "${positionals[0]}": wanted options only`);
  }
  return {
    help: values.help ?? false,
    workers: values.workers === undefined ? cores : wholeNumber(values.workers),
    only: values.only === undefined ? names : chosen(values.only, names),
    data: values.data ?? here('../data'),
    out: values.out ?? here('../../out'),
  };
}

function parse(args) {
  const text = (short) => ({ type: 'string', multiple: true, ...(short && { short }) });
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        workers: text('w'),
        only: text('o'),
        data: text(),
        out: text(),
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { only, help, ...single } = values;
    for (const [name, given] of Object.entries(single)) {
      if (given.length > 1) throw new UsageError(`Cannot take --${name} twice`);
      if (given[0].trim() === '') throw new UsageError(`Cannot take an empty --${name}`);
      single[name] = given[0];
    }
    return { values: { ...single, only: only?.join(','), help }, positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // The first sentence says what is wrong, what follows is advice for other programs.
    throw new UsageError(error.message.split(/\.\s|\n/, 1)[0]);
  }
}

function wholeNumber(text) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > WORKERS_MAX) {
    throw new UsageError(`Cannot take --workers ${text}: wanted a whole number from 1 to ${WORKERS_MAX}`);
  }
  return value;
}

/** The jobs asked for, in the order in which they are always run. */
function chosen(text, names) {
  const asked = text.split(',').map((name) => name.trim());
  for (const name of asked) {
    if (!names.includes(name)) {
      throw new UsageError(`Cannot run the job "${name}": wanted some of ${names.join(', ')}`);
    }
  }
  return names.filter((name) => asked.includes(name));
}
