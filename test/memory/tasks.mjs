// What the workers of the memory tests do.

import process from 'node:process';
import { Once, Queue, SharedMemory, sharedArray, tasks } from 'manyhands';
import { sort } from 'manyhands/kernels';

export const {
  addTo,
  fill,
  holdAndDie,
  waitFor,
  makeAndPut,
  returnFresh,
  getOne,
  stop,
  sortForEver,
  disposeQueue,
  readNamed,
  writeMemory,
  createAndDie,
  createInTurn,
  setItems,
  dieInItem,
} = tasks(import.meta.url, {
  addTo(integer, float, count) {
    for (let i = 0; i < count; i++) {
      integer.add(1);
      float.add(1);
    }
  },
  /** Waits for a notification that never comes; sets the event once nobody can take the lock before it waits. */
  waitFor(condition, event) {
    condition.acquireSync();
    event.set();
    condition.waitSync();
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
  /** Sorts until it is ended. */
  async sortForEver() {
    const numbers = Float64Array.from({ length: 1e6 }, (_, i) => (i * 7919) % 1e6);
    for (;;) await sort(numbers);
  },
  disposeQueue() {
    new Queue()[Symbol.dispose]();
  },
  readNamed(name, index) {
    const memory = new SharedMemory({ name });
    const seen = [memory.buf[index], memory.size];
    memory.close();
    return seen;
  },
  writeMemory(memory, index, value) {
    memory.buf[index] = value;
  },
  createAndDie(left, gone) {
    new SharedMemory({ name: left, create: true, size: 10 }).buf[0] = 5;
    globalThis.kept = new SharedMemory({ name: gone, create: true, size: 10 });
    globalThis.kept.unlink();
    process.exit(1);
  },
  /** The name if this thread made it. */
  createInTurn(i) {
    try {
      new SharedMemory({ name: `turn ${i}`, create: true, size: 64 }).close();
      return `turn ${i}`;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      return '';
    }
  },
  setItems(list, letter, count) {
    for (let i = 0; i < count; i++) list.set(0, letter.repeat(1 + (i % 64)));
  },
  dieInItem(list, index) {
    // Ends the thread in the middle of the copy of the item's bytes.
    Uint8Array.prototype.set = () => process.exit(1);
    list.set(index, 'half');
  },
});
