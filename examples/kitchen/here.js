// For kernels that shall run in the calling thread alone: without a pool of their own they use one with every core,
// and then nothing could be compared.

import { Pool } from 'manyhands';

export const here = new Pool({ processes: 1, backend: 'inline' });
