// A program of its own for foreign.test.ts: in a thread that no pool has started, on a heap of its own. It sends its first
// lock and queue, as bytes; imported, it is another copy of the package.

import { parentPort } from 'node:worker_threads';
import { encode } from '../../src/codec';
import { Lock, Queue } from '../../src/index';

export { Counter, Lock } from '../../src/index';

parentPort?.postMessage([new Lock(), new Queue()].map((handle) => encode(handle).slice()));
