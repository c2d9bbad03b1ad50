// Queues in kernels, on the same words as in JavaScript: numbers and bytes each way, on every runtime with files and in
// a page.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COUNTED_QUEUE } from '../../assembly/heap/making';
import { KINDS } from '../../src/heap/heap';
import { compileSource } from '../heap/_kernel';
import { callInChromium, findChromium } from '../runtimes/chromium';
import { bundleProgram, present, runProgram } from '../runtimes/programs';
import { SOURCE } from './_kernel-source';

const PROGRAM = 'test/queue/_queue-kernel-program.ts';
let kernels = '';

beforeAll(async () => {
  kernels = Buffer.from(await compileSource('queue-test', SOURCE, 52)).toString('base64');
});

test.each(present)('kernels and JavaScript share queues on %s', async (runtime) => {
  const program = await bundleProgram(PROGRAM);
  const file = join(dirname(program), 'kernels.txt');
  writeFileSync(file, kernels);
  const { code, output } = await runProgram(runtime, program, [file]);
  expect(output).toContain('kernels and JavaScript agree');
  expect(code).toBe(0);
});

const pages = [findChromium()].filter((path) => path !== undefined);

test.each(pages)('kernels and JavaScript share queues in a page of %s', async (browser) => {
  const program = await bundleProgram(PROGRAM, { browser: true });
  expect(await callInChromium(browser, program, 'main', kernels)).toBe('returned');
});

test("kernels count a queue's blocks where JavaScript does", () => {
  expect(KINDS[COUNTED_QUEUE]).toBe('queue');
});
