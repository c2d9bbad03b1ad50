// The entry of the threads in instances.test.ts: joins the test's heap as a worker does, loads a kernel module
// there and calls it again and again.

import { parentPort, workerData } from 'node:worker_threads';
import { attachHeap } from '../../src/heap/heap';
import { loadKernels } from '../../src/kernels/_module';

const { memory, record, name, binary, gate, rounds, base } = workerData;
attachHeap(memory, record);
// Static data is written by whoever loads first: all load at once.
Atomics.add(gate, 0, 1);
Atomics.notify(gate, 0);
for (let seen = Atomics.load(gate, 0); seen < gate[1]; seen = Atomics.load(gate, 0))
  Atomics.wait(gate, 0, seen);
const source = async () => ({ default: binary });
const kernels = await loadKernels({ name, threads: source, single: source });
const wrong: number[] = [];
for (let round = 0; round < rounds; round++) {
  kernels.__mh_reset();
  const value = kernels.work(base + round);
  if (value !== 0) wrong.push(value);
}
kernels.__mh_reset();
parentPort!.postMessage({ wrong, statics: kernels.statics() });
