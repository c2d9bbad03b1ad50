// The faults of the fault matrix, as what a worker's code does to itself.

import { heapStats, sharedArray } from '../lib.js';

/** (module (func (export "trap") unreachable)) */
const TRAPPING = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0,
  10, 5, 1, 3, 0, 0, 11,
];
/** An endless loop is let go after this long, where nobody can tell it to: threads that cannot be stopped pile up. */
const LOOP_MS = 8000;

/** A length that the shared heap holds in no free block, so that it has to grow. */
export const tooLong = () => heapStats().largestFree + (1 << 20);

/** Makes the shared memory unable to grow for this thread, until the next turn of its event loop. */
export function refuseGrowth() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('no memory for the fault matrix');
  };
  setTimeout(() => (WebAssembly.Memory.prototype.grow = grow), 0);
}

/**
 * Strikes this thread with a fault.
 *
 * @param {string} fault
 * @param {Int32Array | undefined} flag shared: [0] is set when it begins, [1] lets an endless loop go
 * @param {boolean} heapLimited whether this thread's JavaScript heap is small
 */
export function strike(fault, flag, heapLimited) {
  if (flag !== undefined) {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  }
  Error.stackTraceLimit = 1; // what is said of a death is not for anybody to read
  switch (fault) {
    case 'throw':
      throw new RangeError('struck');
    case 'exit':
      return process.exit(3);
    case 'trap':
      return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(TRAPPING))).exports.trap();
    case 'stack overflow': {
      const down = (n) => down(n + 1) + 1;
      return down(0);
    }
    case 'out of memory': {
      if (!heapLimited) return new ArrayBuffer(Number.MAX_SAFE_INTEGER);
      const hoard = [];
      while (hoard.length < 1e6) hoard.push(new Array(1e5).fill(hoard.length));
      return hoard;
    }
    case 'grow fails':
      refuseGrowth();
      return sharedArray(Uint8Array, tooLong());
    case 'endless loop': {
      const end = performance.now() + LOOP_MS;
      while (performance.now() < end && (flag === undefined || Atomics.load(flag, 1) === 0));
      return 'the loop was let go';
    }
    case 'kill': // comes from the parent
      if (flag === undefined) return new Promise(() => setInterval(() => {}, 1000));
      while (Atomics.load(flag, 1) === 0) Atomics.wait(flag, 1, 0, 1000);
      return 'the wait was let go';
    default:
      throw new Error(`no fault is called ${fault}`);
  }
}
