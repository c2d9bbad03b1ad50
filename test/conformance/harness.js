// A test harness that runs wherever JavaScript does: cases are named async functions, a run reports each result.
// No case depends on another; all run one after the other in the order in which they were declared.

import { availableBackends, heapStats, Pool } from './lib.js';

/** Milliseconds after which a case is taken to hang. */
const HANG_MS = 60_000;
/** Within so long a worker that was given up, and is only slow, has ended. */
const GIVEN_BACK_MS = 5000;

const cases = [];
let group = '';

/** Names the group of the cases that follow. */
export function describe(name) {
  group = name;
}

/**
 * Declares a case.
 *
 * @param {string} name what holds, in the present tense
 * @param {() => unknown} body throws if it does not hold
 * @param {{ leaves?: string[] }} options kinds of heap blocks that the case may leave behind
 */
export function test(name, body, { leaves = [] } = {}) {
  cases.push({ name: `${group}: ${name}`, body, leaves });
}

/** Declares a case for each backend of the list that works here; the body gets the backend's name. */
export function testOn(backends, name, body, options) {
  for (const backend of backends) {
    if (availableBackends().includes(backend)) test(`${name} [${backend}]`, () => body(backend), options);
  }
}

/** Declares a case for every backend that works here. */
export const testEach = (name, body) => testOn(['shared', 'message', 'inline'], name, body);

/** Declares a case for the backends that have workers. */
export const testWorkers = (name, body, options) => testOn(['shared', 'message'], name, body, options);

/** Runs the body with a pool and closes it, whatever happens. */
export async function usingPool(options, body) {
  const pool = new Pool(options);
  try {
    return await body(pool);
  } finally {
    await pool.close();
  }
}

function guard(promise) {
  let timer;
  const hang = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came for ${HANG_MS} ms`)), HANG_MS);
  });
  return Promise.race([promise, hang]).finally(() => clearTimeout(timer));
}

/** What the case left on the heap: the kinds that no garbage collector gives back later. */
function leftOnHeap(before, leaves) {
  const after = heapStats().byKind;
  return ['board', 'frame', 'job', 'kernel']
    .filter((kind) => !leaves.includes(kind) && after[kind].blocks > before[kind].blocks)
    .map((kind) => `${after[kind].blocks - before[kind].blocks} blocks of kind ${kind}`)
    .join(', ');
}

/** The same, once workers that took long to end have ended and given back theirs. */
async function settledHeap(before, leaves) {
  const begin = performance.now();
  let left = leftOnHeap(before, leaves);
  while (left !== '' && performance.now() - begin < GIVEN_BACK_MS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    left = leftOnHeap(before, leaves);
  }
  return left;
}

/** An error as a person wants to read it. */
export function explainError(error) {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const parts = [String(error.stack ?? error)];
  if (!parts[0].includes(error.message)) parts.unshift(`${error.name}: ${error.message}`);
  if (error.remoteStack) parts.push(`in the worker: ${error.remoteStack}`);
  if (error.cause !== undefined) parts.push(`caused by ${explainError(error.cause)}`);
  return parts.join('\n');
}

/**
 * Runs all cases, or those whose name contains `filter`.
 *
 * @param {{ filter?: string, report: (result: { name: string, ok: boolean, ms: number, error?: string }) => void }} options
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runCases({ filter = '', report }) {
  const total = { passed: 0, failed: 0 };
  for (const { name, body, leaves } of cases) {
    if (!name.includes(filter)) continue;
    const started = performance.now();
    let error;
    try {
      const before = heapStats().byKind;
      await guard(Promise.resolve().then(body));
      const left = await settledHeap(before, leaves);
      if (left !== '') throw new Error(`The case left on the heap: ${left}`);
    } catch (caught) {
      error = explainError(caught);
    }
    total[error === undefined ? 'passed' : 'failed']++;
    report({ name, ok: error === undefined, ms: performance.now() - started, error });
  }
  return total;
}
