// The entry of the threads in allocator.test.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { bindMemory } from '../../assembly/atomics/index';
import * as portable from '../../assembly/heap/allocator';
import { type Allocator, runOperations } from './_random';

const { memory, record, module, gate, ...options } = workerData;
bindMemory(memory);
let allocator: Allocator = portable;
if (module !== undefined) {
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      memory,
      thread: new WebAssembly.Global({ value: 'i32' }, record),
      wait32: () => 0,
      abort: () => {
        throw new Error('aborted');
      },
    },
  });
  allocator = exports as unknown as Allocator;
}
// All threads begin at once.
Atomics.add(gate, 0, 1);
Atomics.notify(gate, 0);
for (let seen = Atomics.load(gate, 0); seen < gate[1]; seen = Atomics.load(gate, 0))
  Atomics.wait(gate, 0, seen);
parentPort!.postMessage(runOperations(allocator, record, options as never));
