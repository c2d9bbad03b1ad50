import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [{ find: './_default-pool', replacement: join(import.meta.dirname, 'test/kernels/_no-pool.ts') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Worker threads of our own are under test: each file gets a process, and two of them run at a time.
    pool: 'forks',
    execArgv: ['--expose-gc'],
    setupFiles: ['test/_heap.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
