// The workers of sync-kills.ts.

import { tasks } from 'manyhands';

export const { killed } = tasks(import.meta.url, {
  /** Counts under the lock for ever, or exits in the middle of count `exitAt`. */
  killed(lock, cells, exitAt) {
    for (let i = 1; ; i++) {
      let guard;
      try {
        guard = lock.acquireSync();
      } catch (error) {
        if (error.guard === undefined) throw error;
        guard = error.guard;
        cells[2]++;
        if (cells[0] !== cells[1]) cells[1] = cells[0];
      }
      cells[0]++;
      if (i === exitAt) process.exit(3);
      cells[1]++;
      guard.release();
    }
  },
});
