// Runs the conformance suite in the runtime that started this file (Node, Deno, Bun), prints a line for each case
// and at the end the totals as JSON behind a mark that tools/test.ts looks for. Argument: part of a case's name.
// The process is left to end by itself: a pool that still holds it open is found by the caller's time limit.

import process from 'node:process';
import { runCases } from '../conformance/index.js';

const verbose = process.env.MANYHANDS_TEST_VERBOSE === '1';
const totals = await runCases({
  filter: process.argv[2] ?? '',
  report({ name, ok, ms, error }) {
    if (!ok) console.log(`FAIL ${name}\n${error.replace(/^/gm, '     ')}`);
    else if (verbose) console.log(`ok   ${name} (${Math.round(ms)} ms)`);
  },
});
console.log(`@@totals ${JSON.stringify(totals)}`);
process.exitCode = totals.failed > 0 ? 1 : 0;
