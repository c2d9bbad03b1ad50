// The memory as a thread sees it while another makes it grow. V8 tells of a growth by an interrupt, up to 0.1 ms after
// the other thread goes on: too seldom to be met on purpose, so the lag is put on (`npm run stress queue-kills` meets it).

import { expect, test } from 'vitest';
import { atomicLoad, bindMemory, heapBytes, isWithin } from '../../assembly/atomics/js';

/** A memory that tells of a growth by others only when it is asked to grow itself, and keeps its real one. */
function lagging(): { seen: WebAssembly.Memory; real: WebAssembly.Memory } {
  const real = new WebAssembly.Memory({ initial: 1, maximum: 100, shared: true });
  let { buffer } = real;
  const grow = (pages: number) => {
    const before = real.grow(pages);
    buffer = real.buffer;
    return before;
  };
  return {
    seen: {
      grow,
      get buffer() {
        return buffer;
      },
    } as WebAssembly.Memory,
    real,
  };
}

test.each([
  ['a word', (at: number) => expect(atomicLoad(at)).toBe(7)],
  ['bytes', (at: number) => expect(heapBytes(at + 4)[at]).toBe(7)],
  ['the bounds', (at: number) => expect(isWithin(at + 4)).toBe(true)],
])('what another thread has just added to the memory can be used at once: %s', (_, use) => {
  const { seen, real } = lagging();
  bindMemory(seen);
  real.grow(3);
  const at = 3 * 65536;
  new Int32Array(real.buffer)[at / 4] = 7;
  use(at);
});

test('what lies beyond the memory is not within it', () => {
  bindMemory(new WebAssembly.Memory({ initial: 1, maximum: 100, shared: true }));
  expect(isWithin(65536)).toBe(true);
  expect(isWithin(65537)).toBe(false);
});
