// What the workers of the memory tests do.

import process from 'node:process';
import { Once, Queue, sharedArray, tasks } from 'manyhands';

export const { addTo, fill, holdAndDie, makeAndPut, returnFresh, getOne, stop, disposeQueue } = tasks(
  import.meta.url,
  {
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
    holdAndDie(handles, event) {
      globalThis.kept = handles;
      event.set();
      process.exit(7);
    },
    makeAndPut(queue) {
      queue.putSync(sharedArray(Int32Array, [1, 2, 3]));
    },
    returnFresh(i) {
      return [sharedArray(Int32Array, [i]), new Once()];
    },
    getOne(queue) {
      globalThis.kept = queue.getSync();
      process.exit(1);
    },
    stop() {},
    disposeQueue() {
      new Queue()[Symbol.dispose]();
    },
  },
);
