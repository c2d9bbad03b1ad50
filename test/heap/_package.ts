// The parts of the package that the heap's tests use, with the runtime installed as an entry does it.

import '../../src/index';

export { takeThread } from '../../assembly/heap/threads';
export { InvalidStateError } from '../../src/errors';
export { heapMemory } from '../../src/heap/heap';
export { heapStats } from '../../src/heap/stats';
export { loadKernels } from '../../src/kernels/_module';
