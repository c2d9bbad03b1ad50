// Handing out the pieces of a kernel phase: every piece goes to one thread, none is left, a cancelled job ends.

import { atomicStore } from '../../../assembly/atomics/index';
import { JOB_CANCELLED, JOB_PIECES, takePieces } from '../../../assembly/pool/job';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model } from '../explorer/model';
import { names } from './_names';

const JOB = 0x600000;
const TAKEN = 0x600100;

function job(name: string, pieces: number, grains: number[], cancel = false): Model {
  const threads = grains.map((grain, i) => ({
    name: `thread ${i + 1}`,
    self: { took: 0 },
    calls: [
      function work(self: { took: number }) {
        const first = takePieces(JOB, grain);
        if (first >= pieces) return undefined;
        for (let piece = first; piece < first + grain && piece < pieces; piece++)
          poke(TAKEN + 4 * piece, peek(TAKEN + 4 * piece) + 1);
        self.took++;
        return AGAIN;
      },
    ],
  }));
  const canceller = { name: 'canceller', calls: [() => atomicStore(JOB + JOB_CANCELLED, 1)] };
  return model({
    name,
    setup: () => atomicStore(JOB + JOB_PIECES, pieces),
    threads: cancel ? [...threads, canceller] : threads,
    finally(world) {
      for (let piece = 0; piece < pieces; piece++) {
        const times = world.word(TAKEN + 4 * piece);
        assert(cancel ? times <= 1 : times === 1, `piece ${piece} was handed out ${times} times`);
      }
    },
    names: names([[JOB, 'job', { 0: 'next', 4: 'pieces', 8: 'cancelled' }]]),
  });
}

export default [
  job('job: 5 pieces, 2 threads', 5, [1, 2]),
  job('job: 7 pieces, 3 threads', 7, [1, 2, 3]),
  job('job: cancelled, 2 threads', 6, [1, 2], true),
];
