// In the place of src/kernels/_default-pool.ts in the unit tests (vitest.config.ts): they run the sources, where there
// is no built worker file for a default pool to start. Its tests are the conformance suite's.

export const kernelPool = (): undefined => undefined;
