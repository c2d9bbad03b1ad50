// Locks and friends in kernels, on the same words as their JavaScript namesakes: contended between a worker in a
// kernel, a worker in JavaScript and asynchronous flows, on every runtime with files.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compileSource } from '../heap/_kernel';
import { bundleProgram, present, runProgram } from '../runtimes/programs';
import { SOURCE } from './_kernel-source';

let program = '';
let kernels = '';

beforeAll(async () => {
  program = await bundleProgram('test/sync/_kernel-program.ts');
  kernels = join(dirname(program), 'kernels.txt');
  writeFileSync(kernels, Buffer.from(await compileSource('sync-test', SOURCE, 53)).toString('base64'));
});

test.each(present)('kernels and JavaScript share every primitive on %s', async (runtime) => {
  const { code, output } = await runProgram(runtime, program, [kernels]);
  expect(output).toContain('kernels and JavaScript agree');
  expect(code).toBe(0);
});
