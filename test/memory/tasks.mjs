// What the workers of the memory tests do.

import { tasks } from 'manyhands';

export const { addTo, fill } = tasks(import.meta.url, {
  addTo(integer, float, count) {
    for (let i = 0; i < count; i++) {
      integer.add(1);
      float.add(1);
    }
  },
  fill(array, value) {
    const guard = array.getLock().acquireSync();
    array.view.fill(value);
    guard.release();
  },
});
