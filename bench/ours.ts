/** Ours, loaded when a bench opens it, so that the rivals can be measured before anything is built. */
import { Missing } from './harness/types.js';

const HOW_TO_GET = 'npm run build';

async function load<Module>(module: Promise<Module>): Promise<Module> {
  try {
    return await module;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Missing(message.replace(/ imported from .*/, ''), HOW_TO_GET);
  }
}

export const loadPool = () => load(import('manyhands'));
export const loadKernels = () => load(import('manyhands/kernels'));
export const loadTasks = () => load(import('./pool/tasks.mjs'));
