// Seeded faults of the hand-out of pieces; each must be caught by a model of models/job.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/pool/job.ts',
  mutants: [
    {
      breaks: 'one piece is taken, whatever the grain',
      find: 'atomicAdd(phase + PHASE_NEXT, grain)',
      replace: 'atomicAdd(phase + PHASE_NEXT, 1)',
    },
    {
      breaks: 'the next piece is looked up, not taken',
      find: 'const first = atomicAdd(phase + PHASE_NEXT, grain);',
      replace: 'const first = atomicLoad(phase + PHASE_NEXT); atomicAdd(phase + PHASE_NEXT, grain);',
    },
    {
      breaks: 'a phase with one piece left counts as done',
      find: 'atomicLoad(phase + PHASE_NEXT) >= pieces',
      replace: 'atomicLoad(phase + PHASE_NEXT) + 1 >= pieces',
    },
    {
      breaks: 'the gate opens when all pieces are taken, not when they are done',
      find: 'if (atomicAdd(phase + PHASE_DONE, count) + count === atomicLoad(phase + PHASE_PIECES)) openGate(phase);',
      replace:
        'atomicAdd(phase + PHASE_DONE, count); if (atomicLoad(phase + PHASE_NEXT) >= atomicLoad(phase + PHASE_PIECES)) openGate(phase);',
    },
    {
      breaks: 'what others have done is looked up before the own is added',
      find: 'if (atomicAdd(phase + PHASE_DONE, count) + count === atomicLoad(phase + PHASE_PIECES)) openGate(phase);',
      replace:
        'const done = atomicLoad(phase + PHASE_DONE); atomicAdd(phase + PHASE_DONE, count); if (done + count === atomicLoad(phase + PHASE_PIECES)) openGate(phase);',
    },
    {
      breaks: 'an open gate wakes nobody',
      find: 'notifyWord(phase + PHASE_GATE, 0xffffffff);',
      replace: '',
    },
    {
      breaks: 'a gate wakes one sleeper alone',
      find: 'notifyWord(phase + PHASE_GATE, 0xffffffff);',
      replace: 'notifyWord(phase + PHASE_GATE, 1);',
    },
  ],
} satisfies Mutants;
