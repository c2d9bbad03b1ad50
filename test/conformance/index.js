// All cases, in the order in which they run.

import './cases/environment.js';
import './cases/values.js';
import './cases/map.js';
import './cases/errors.js';
import './cases/workers.js';
import './cases/faults.js';
import './cases/lifecycle.js';
import './cases/futures.js';
import './cases/async.js';
import './cases/scheduling.js';
import './cases/process.js';
import './cases/insights.js';
import './cases/locks.js';
import './cases/memory.js';
import './cases/queues.js';
import './cases/manager.js';
import './cases/kernels.js';
import './cases/golden.js';

export { runCases } from './harness.js';
