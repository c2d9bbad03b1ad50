// Seeded faults of the tally; each must be caught by a model of models/tally.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/queue/tally.ts',
  mutants: [
    {
      breaks: 'an item is taken without being counted',
      find: 'if (tally !== 0) noteTaken(tally, owner);',
      replace: '',
    },
    {
      breaks: 'what is in the queue is not looked at',
      find: 'if (!isDrained(queue)) return false;',
      replace: '',
    },
    {
      breaks: 'an item that is being taken is in neither place',
      file: 'assembly/queue/ring.ts',
      find: 'return kind === FREE || kind === GROWING || kind === SEALED;',
      replace: 'return kind === FREE || kind === GROWING || kind === SEALED || kind === TAKING;',
    },
    {
      breaks: 'the hint is believed that an item is there',
      file: 'assembly/queue/ring.ts',
      find: 'if (ahead === 1) position = (position + 1) >>> 0;\n    else if (ahead === 0 && kindOf(word) === MOVED)',
      replace: 'if (ahead === 1) return false;\n    else if (ahead === 0 && kindOf(word) === MOVED)',
    },
    {
      breaks: 'what is in work is not looked at',
      find: 'if (atomicLoad(entry + ENTRY_COUNT) !== 0 && isThreadAlive(atomicLoad(entry))) return false;',
      replace: '',
    },
    {
      breaks: 'what a dead thread had in work is waited for',
      find: 'if (atomicLoad(entry + ENTRY_COUNT) !== 0 && isThreadAlive(atomicLoad(entry))) return false;',
      replace: 'if (atomicLoad(entry + ENTRY_COUNT) !== 0) return false;',
    },
    {
      breaks: 'what is done stays in work',
      find: 'if (atomicCompareExchange(entry + ENTRY_COUNT, count, count - 1) === count) return (count - 1) as i32;',
      replace: 'return (count - 1) as i32;',
    },
    {
      breaks: 'the highest record is not noted',
      find: 'const seen = atomicCompareExchange(tally, highest, slot);',
      replace: 'const seen = highest;',
    },
  ],
} satisfies Mutants;
