// Whole programs for the pool's tests: written to a temporary folder beside the built package, run with this Node.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');
/** Where a test's program imports the package from. */
export const PACKAGE = pathToFileURL(join(root, 'dist/index.node.js')).href;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Milliseconds from the first line of output to the end. */
  afterFirstLine: number;
}

/** Runs the module; rejects if it has not ended after `limitMs`. */
export async function runProgram(source: string, { env = {}, limitMs = 60_000 } = {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-program-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, source.replaceAll("'manyhands'", JSON.stringify(PACKAGE)));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [file], { env: { ...process.env, ...env } });
      const ended: Ended = { code: null, stdout: '', stderr: '', afterFirstLine: Number.NaN };
      let firstLine = Number.NaN;
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`The program did not end within ${limitMs} ms:\n${ended.stdout}\n${ended.stderr}`));
      }, limitMs);
      child.stdout.on('data', (data) => {
        if (Number.isNaN(firstLine)) firstLine = performance.now();
        ended.stdout += data;
      });
      child.stderr.on('data', (data) => (ended.stderr += data));
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ ...ended, code, afterFirstLine: performance.now() - firstLine });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
