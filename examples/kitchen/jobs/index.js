// The jobs of the kitchen, in the order in which they are run. A new one is a file beside this one and a line here.

import { array } from './array.js';
import { cooks } from './cooks.js';
import { photos } from './photos.js';
import { primes } from './primes.js';
import { species } from './species.js';
import { strikes } from './strikes.js';
import { words } from './words.js';

/**
 * What a job is. Results are compared, so they hold no times and no names of workers.
 *
 * @typedef {object} Job
 * @property {string} name how `--only` calls it
 * @property {string} title
 * @property {(place: { data: string, out: string }) => Promise<any>} prepare reads and checks the input; not timed
 * @property {(pool: import('manyhands').Pool) => Promise<unknown>} [warm] loads the tasks in all workers; not timed
 * @property {(input: any, alone: boolean) => void} [before] makes the input of each run fresh; not timed
 * @property {(input: any, progress: Progress) => any} alone the job in this thread, without a pool
 * @property {(input: any, crew: Crew) => Promise<any>} together the job on a pool
 * @property {(alone: any, together: any) => boolean} [same] whether two results are equal; deeply, if not given
 * @property {(input: any, pool: import('manyhands').Pool) => Promise<Beside[]>} [beside] other ways to the same end
 * @property {(input: any, run: Run) => Shown} show what to tell of it
 *
 * @typedef {(step: { done: number, total: number }) => void} Progress
 *
 * @typedef {object} Crew
 * @property {import('manyhands').Pool} pool
 * @property {Progress} progress
 * @property {(stamped: import('../clock.js').Stamped) => any} note keeps the stamps of a task, gives its value
 *
 * @typedef {{ result: any, ms: number, start: number, spans: import('../clock.js').Stamped[] }} Run
 * @typedef {{ label: string, ms: number, same: boolean }} Beside
 * @typedef {{ lines: string[], html: import('../report/html.js').Html }} Shown
 */

/** @type {Job[]} */
export const jobs = [cooks, primes, photos, words, strikes, species, array];
