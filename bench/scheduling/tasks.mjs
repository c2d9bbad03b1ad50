/** The work of the scheduling benches, declared to our workers. */
import { tasks } from 'manyhands';
import { spin as spinSteps } from '../rivals/spin.mjs';

export const { spin } = tasks(import.meta.url, { spin: spinSteps });
