// When a program with processes ends, and how.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
}

function run(name: string, onOutput?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      onOutput?.((signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out: out.trim() }));
  });
}

it('a running process keeps the program alive', async () => {
  expect(await run('waits')).toEqual({ code: 0, signal: null, out: 'exit code 0' });
});

it('a daemon does not', async () => {
  expect(await run('daemon')).toEqual({ code: 0, signal: null, out: 'end of main' });
});

it('a join waits for a daemon', async () => {
  expect(await run('joined')).toEqual({ code: 0, signal: null, out: 'exit code 0' });
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the program and an endless process', async (signal) => {
  const ended = await run('signal', (kill) => kill(signal));
  expect(ended).toEqual({ code: null, signal, out: 'running' });
});
