// Handing out the pieces of a kernel's phases: every piece goes to one thread, none is left, a cancelled job ends; a piece
// of the second phase begins when all of the first are done, sees what they wrote, and nobody waits for ever.

import { atomicLoad, atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import {
  finishPieces,
  GATE_SHUT,
  JOB_CANCELLED,
  JOB_FIRST,
  openGate,
  PHASE_ARGS,
  PHASE_GATE,
  PHASE_PIECES,
  takePieces,
} from '../../../assembly/pool/job';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model } from '../explorer/model';
import { names } from './_names';
import { liveThreads, turn, WAITS, type Waiting } from './_sync';

const JOB = 0x600000;
const phaseAt = (index: number) => JOB + JOB_FIRST + index * PHASE_ARGS;
/** How often each piece was taken, and what it wrote: 32 pieces of a phase. */
const TAKEN = 0x600100;
const WRITTEN = 0x600400;
const placeOf = (phase: number, piece: number) => 4 * (32 * phase + piece);

interface Self extends Waiting {
  phase: number;
  atGate: boolean;
}

interface Shape {
  name: string;
  /** Pieces of each phase. */
  pieces: number[];
  /** What each thread takes at a time. */
  grains: number[];
  cancel?: boolean;
}

function job({ name, pieces, grains, cancel = false }: Shape): Model {
  const run = (phase: number, piece: number): void => {
    const place = placeOf(phase, piece);
    poke(TAKEN + place, peek(TAKEN + place) + 1);
    for (let before = 0; phase > 0 && before < pieces[phase - 1]; before++) {
      const written = load32(WRITTEN + placeOf(phase - 1, before));
      assert(written === 1, `piece ${piece} began before piece ${before} of the phase before was done`);
    }
    store32(WRITTEN + place, 1);
  };
  const threads = grains.map((grain, index) => ({
    name: `thread ${index + 1}`,
    self: { phase: 0, atGate: false } as Self,
    calls: [
      function work(self: Self) {
        const phase = phaseAt(self.phase);
        if (self.atGate) {
          const gate = phase + PHASE_GATE;
          if (turn(self, index, gate, () => atomicLoad(gate)) === WAITS) return AGAIN;
          self.atGate = false;
          self.phase++;
          return AGAIN;
        }
        const count = pieces[self.phase];
        const first = takePieces(JOB, phase, grain);
        if (first >= count) {
          if (self.phase === pieces.length - 1) return undefined;
          self.atGate = true;
          return AGAIN;
        }
        const end = Math.min(count, first + grain);
        for (let piece = first; piece < end; piece++) run(self.phase, piece);
        finishPieces(phase, end - first);
        return AGAIN;
      },
    ],
  }));
  const canceller = {
    name: 'canceller',
    calls: [
      function cancelJob() {
        atomicStore(JOB + JOB_CANCELLED, 1);
        for (let phase = 0; phase < pieces.length; phase++) openGate(phaseAt(phase));
      },
    ],
  };
  return model({
    name,
    setup() {
      liveThreads(grains.length);
      for (const [phase, count] of pieces.entries()) {
        atomicStore(phaseAt(phase) + PHASE_PIECES, count);
        atomicStore(phaseAt(phase) + PHASE_GATE, GATE_SHUT);
      }
    },
    threads: cancel ? [...threads, canceller] : threads,
    finally(world) {
      for (const [phase, count] of pieces.entries()) {
        for (let piece = 0; piece < count; piece++) {
          const times = world.word(TAKEN + placeOf(phase, piece));
          const isRight = cancel ? times <= 1 : times === 1;
          assert(isRight, `piece ${piece} of phase ${phase} was handed out ${times} times`);
        }
      }
    },
    names: names([
      [JOB, 'job', { 4: 'cancelled' }],
      ...pieces.map((_, phase): [number, string, Record<number, string>] => [
        phaseAt(phase),
        `phase ${phase}`,
        { 0: 'pieces', 4: 'done', 8: 'next', 12: 'gate' },
      ]),
    ]),
  });
}

export default [
  job({ name: 'job: 5 pieces, 2 threads', pieces: [5], grains: [1, 2] }),
  job({ name: 'job: 7 pieces, 3 threads', pieces: [7], grains: [1, 2, 3] }),
  job({ name: 'job: cancelled, 2 threads', pieces: [6], grains: [1, 2], cancel: true }),
  job({ name: 'job: 2 phases, 2 threads', pieces: [3, 3], grains: [1, 2] }),
  job({ name: 'job: 2 phases, 3 threads', pieces: [3, 2], grains: [1, 1, 2] }),
  job({ name: 'job: 3 phases, 2 threads', pieces: [2, 1, 2], grains: [1, 1] }),
  job({ name: 'job: 2 phases, cancelled', pieces: [3, 2], grains: [1, 2], cancel: true }),
];
