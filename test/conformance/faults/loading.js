// A module that is struck while a worker loads it; the initializer has told the worker of the fault.

import { tasks } from '../lib.js';
import { strike } from './strike.js';

if (globalThis.fault !== undefined) strike(...globalThis.fault);

export const { touch } = tasks(import.meta.url, { touch: () => 'touched' });
