// Seeded faults of the hand-out of pieces; each must be caught by a model of models/job.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/pool/job.ts',
  mutants: [
    {
      breaks: 'one piece is taken, whatever the grain',
      find: 'atomicAdd(job + JOB_NEXT, grain)',
      replace: 'atomicAdd(job + JOB_NEXT, 1)',
    },
    {
      breaks: 'the next piece is looked up, not taken',
      find: 'const first = atomicAdd(job + JOB_NEXT, grain);',
      replace: 'const first = atomicLoad(job + JOB_NEXT); atomicAdd(job + JOB_NEXT, grain);',
    },
    {
      breaks: 'a job with one piece left counts as done',
      find: 'atomicLoad(job + JOB_NEXT) >= pieces',
      replace: 'atomicLoad(job + JOB_NEXT) + 1 >= pieces',
    },
  ],
} satisfies Mutants;
