// A runtime without workers (edge and serverless functions): the smallest complete implementation.

import { NotShareableError } from '../errors';
import type { Runtime } from './runtime';

export const inlineRuntime: Runtime = {
  name: 'inline',
  isMainThread: true,
  workers: 'this runtime has no worker threads',
  cores: () => 1,
  canBlock: () => false,
  env: (key) => (globalThis as { process?: { env?: Record<string, string> } }).process?.env?.[key],
  isEntry: () => false,
  spawn() {
    throw new NotShareableError('Cannot start a worker: this runtime has no worker threads');
  },
  readBeside: () => undefined,
  pid: () => 1,
};
