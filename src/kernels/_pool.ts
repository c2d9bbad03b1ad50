// Gives the kernels the program's default pool: here, so that a program without kernels carries no pool for them.

import { bestBackend } from '../pool/_backends';
import { defaultPool } from '../pool/default';
import { installKernelPool } from './_plan';

installKernelPool(() => (bestBackend() === 'shared' ? defaultPool() : undefined));
