// Whole programs for the pool's tests: written to a temporary folder beside the built package, run with this Node
// or another runtime.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');
/** Where a test's program imports the package from. */
export const PACKAGE = pathToFileURL(join(root, 'dist/index.node.js')).href;

/** The runtimes that are installed, and how a file is run with each. */
export const RUNTIMES: Array<[name: string, command: string[]]> = (
  [
    ['Node', [process.execPath]],
    ['Deno', [join(root, 'node_modules/.bin/deno'), 'run', '-A']],
    ['Bun', [join(root, 'node_modules/bun/bin/bun.exe')]],
  ] as Array<[string, string[]]>
).filter(([, [command]]) => existsSync(command));

export interface ProgramOptions {
  env?: Record<string, string>;
  limitMs?: number;
  /** The runtime and its arguments; this Node if not given. */
  command?: string[];
  /** Sent to the program when it has printed its first line. */
  signal?: NodeJS.Signals;
}

export interface Ended {
  code: number | null;
  /** The signal that ended the program. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Milliseconds from the first line of output to the end. */
  afterFirstLine: number;
}

/** Runs the module; rejects if it has not ended after `limitMs`. */
export async function runProgram(source: string, options: ProgramOptions = {}): Promise<Ended> {
  const { env = {}, limitMs = 60_000, command = [process.execPath] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-program-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, source.replaceAll("'manyhands'", JSON.stringify(PACKAGE)));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command[0], [...command.slice(1), file], {
        env: { ...process.env, NO_COLOR: '1', ...env },
      });
      const ended: Ended = { code: null, signal: null, stdout: '', stderr: '', afterFirstLine: Number.NaN };
      let firstLine = Number.NaN;
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`The program did not end within ${limitMs} ms:\n${ended.stdout}\n${ended.stderr}`));
      }, limitMs);
      child.stdout.on('data', (data) => {
        if (Number.isNaN(firstLine)) {
          firstLine = performance.now();
          if (options.signal !== undefined) child.kill(options.signal);
        }
        ended.stdout += data;
      });
      child.stderr.on('data', (data) => (ended.stderr += data));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ ...ended, code, signal, afterFirstLine: performance.now() - firstLine });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
