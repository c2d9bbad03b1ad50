// Locks and friends in kernels, on the same words as their JavaScript namesakes: contended between a worker in a
// kernel, a worker in JavaScript and asynchronous flows, on every runtime with files and in a page of Chromium.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compileSource } from '../heap/_kernel';
import { callInChromium, findChromium } from '../runtimes/chromium';
import { bundleProgram, present, runProgram } from '../runtimes/programs';
import { SOURCE } from './_kernel-source';

let program = '';
let file = '';
let kernels = '';

beforeAll(async () => {
  program = await bundleProgram('test/sync/_kernel-program.ts');
  file = join(dirname(program), 'kernels.txt');
  kernels = Buffer.from(await compileSource('sync-test', SOURCE, 53)).toString('base64');
  writeFileSync(file, kernels);
});

test.each(present)('kernels and JavaScript share every primitive on %s', async (runtime) => {
  const { code, output } = await runProgram(runtime, program, [file]);
  expect(output).toContain('kernels and JavaScript agree');
  expect(code).toBe(0);
});

const pages = [findChromium()].filter((path) => path !== undefined);

test.each(pages)('kernels and JavaScript share every primitive in a page of %s', async (browser) => {
  const page = await bundleProgram('test/sync/_kernel-cases.ts', { browser: true });
  expect(await callInChromium(browser, page, 'main', kernels)).toBe('returned');
});
