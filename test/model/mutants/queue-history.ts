// Seeded faults of the ring that only its histories show: what is answered is wrong, and nothing else ever is. The models
// of models/queue.ts, which wait where they get no slot, find none of them.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/queue/ring.ts',
  mutants: [
    {
      breaks: 'the queue is empty while an earlier put is under way',
      find: 'if (kind === CLAIMED) return BUSY; // what stands behind it came later',
      replace: 'if (kind === CLAIMED) return EMPTY;',
    },
    {
      breaks: 'the queue is full with one place left',
      find: 'const oldest: u32 = (tail - bound) >>> 0;',
      replace: 'const oldest: u32 = (tail - bound + (bound > 1 ? 1 : 0)) >>> 0;',
    },
    {
      breaks: 'a queue without bound is full while it grows',
      find: 'if (isClaimantAlive(word)) return BUSY;',
      replace: 'if (isClaimantAlive(word)) return FULL;',
    },
    {
      breaks: 'a slot behind one that is being taken is passed over',
      find: '        shared = true;\n        position = (position + 1) >>> 0;',
      replace:
        '        shared = true;\n        position = (position + 1) >>> 0;\n        if (kindOf(atomicLoad(slotOf(ring, shift, position))) === CLAIMED) return EMPTY;',
    },
    {
      breaks: 'what a dead producer was putting is got',
      find: '      if (kind === TAKING) return slot;\n      openSlot(slot, position); // its producer may have died before it did',
      replace:
        '      if (kind !== SWEEPING) return slot;\n      openSlot(slot, position); // its producer may have died before it did',
    },
    {
      breaks: 'the queue is empty where a dead producer has left a place',
      find: '      openSlot(slot, position); // its producer may have died before it did\n      return (slot | SWEEP_BIT) >>> 0;\n    }\n    if (ahead === 1) {',
      replace: '      finishSweep(slot);\n      return EMPTY;\n    }\n    if (ahead === 1) {',
    },
  ],
} satisfies Mutants;
