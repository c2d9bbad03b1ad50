/**
 * A worker without any library: takes one item after the other from a bare atomic index. Cell 0 counts rounds, cell 1
 * is the index, cell 2 the workers that are done, cell 3 the sum of the results.
 */
import { workerData } from 'node:worker_threads';
import { spin } from './spin.mjs';

const cells = new Int32Array(workerData.cells);
const steps = new Int32Array(workerData.steps);
for (let seen = 0; ; seen++) {
  Atomics.wait(cells, 0, seen);
  let sum = 0;
  for (let i = Atomics.add(cells, 1, 1); i < steps.length; i = Atomics.add(cells, 1, 1))
    sum += spin(steps[i]);
  Atomics.add(cells, 3, sum);
  Atomics.add(cells, 2, 1);
  Atomics.notify(cells, 2);
}
