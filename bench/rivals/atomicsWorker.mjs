/**
 * A worker without any library or message: the floor of what a task can cost. It sleeps until the request
 * count in cell 0 moves, squares cell 2 in place, and moves the answer count in cell 1.
 */
import { workerData } from 'node:worker_threads';
import { square } from './square.mjs';

const cells = new Int32Array(workerData);
for (let seen = 0; ; seen++) {
  // In a loop: the notify of the call before may come after that call has had its answer.
  while (Atomics.load(cells, 0) === seen) Atomics.wait(cells, 0, seen);
  Atomics.store(cells, 2, square(Atomics.load(cells, 2)));
  Atomics.store(cells, 1, seen + 1);
  Atomics.notify(cells, 1);
}
