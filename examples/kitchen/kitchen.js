// Runs a job three times, in this thread, on one worker and on all, and compares what comes out.

import { isDeepStrictEqual } from 'node:util';
import { now } from './clock.js';

/**
 * @typedef {object} Dish what came of a job
 * @property {string} name
 * @property {string} title
 * @property {import('./jobs/index.js').Run} [alone] without a pool
 * @property {import('./jobs/index.js').Run} [one] on one worker
 * @property {import('./jobs/index.js').Run} [all] on all workers
 * @property {boolean} [same] whether all results are equal
 * @property {import('./jobs/index.js').Beside[]} [beside]
 * @property {import('./jobs/index.js').Shown} [shown]
 * @property {unknown} [error] why there is nothing of that
 */

const ROUNDS_MAX = 5;
const ENOUGH_MS = 500;

/** How many workers a run has, in words. */
export function workersOf(count) {
  return count === 1 ? '1 worker' : `${count} workers`;
}

/**
 * Runs one job; it never rejects.
 *
 * @param {import('./jobs/index.js').Job} job
 * @param {{ one: import('manyhands').Pool, all: import('manyhands').Pool }} pools the same one, if all are one
 * @param {{ data: string, out: string }} place
 * @param {import('./screen.js').Screen} screen
 * @returns {Promise<Dish>}
 */
export async function runJob(job, pools, place, screen) {
  const dish = { name: job.name, title: job.title };
  let input;
  try {
    input = await job.prepare(place);
    for (const pool of new Set([pools.one, pools.all])) await job.warm?.(pool);

    dish.alone = await timed(
      screen.bar('this thread'),
      () => job.before?.(input, true),
      (progress) => job.alone(input, progress),
    );
    screen.ran('this thread', dish.alone.ms);

    const compare = job.same ?? isDeepStrictEqual;
    const onPool = async (pool) => {
      const label = workersOf(pool.processes);
      const run = await timed(
        screen.bar(label),
        () => job.before?.(input, false),
        (progress, spans) => {
          const note = ({ value, ...stamps }) => {
            spans.push(stamps);
            return value;
          };
          return job.together(input, { pool, progress, note });
        },
      );
      dish.same = (dish.same ?? true) && compare(dish.alone.result, run.result);
      const faster = dish.one && dish.one.ms / run.ms;
      screen.ran(label, run.ms, faster && `${faster.toFixed(2)} × as fast as one`);
      return run;
    };
    dish.one = await onPool(pools.one);
    dish.all = pools.all === pools.one ? dish.one : await onPool(pools.all);

    dish.beside = (await job.beside?.(input, pools.all)) ?? [];
    for (const { label, ms, same } of dish.beside) screen.beside(label, ms, same);
    dish.shown = job.show(input, dish.all);
    // Results may be large, and live in memory that is given back below.
    for (const run of [dish.alone, dish.one, dish.all]) run.result = undefined;
  } catch (error) {
    dish.error = error;
  } finally {
    screen.clearBar();
  }
  return dish;
}

/** Whether the job did what it should. */
export function succeeded({ error, same, beside }) {
  return error === undefined && same && beside.every((other) => other.same);
}

/** Short jobs are run several times, and the best is taken: on a busy machine one time of a short job says little. */
async function timed(bar, before, run) {
  let best;
  let spent = 0;
  try {
    for (let round = 0; round < ROUNDS_MAX && spent < ENOUGH_MS; round++) {
      before();
      const spans = [];
      const start = now();
      const result = await run(bar.update, spans);
      const ms = now() - start;
      spent += ms;
      if (best === undefined || ms < best.ms) best = { result, ms, start, spans };
    }
    return best;
  } finally {
    bar.stop();
  }
}
