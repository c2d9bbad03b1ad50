// Seeded faults of event and latch; each must be caught by a model of models/event.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/event.ts',
  mutants: [
    {
      breaks: 'an event that is set wakes nobody',
      find: 'return (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;\n  }\n}\n\nexport function clearEvent',
      replace: 'return WAKE_NONE;\n  }\n}\n\nexport function clearEvent',
    },
    {
      breaks: 'an event is set without being counted',
      find: '(((word + ONE_SET) | SET_BIT) & ~PARKED_BIT) >>> 0',
      replace: '((word | SET_BIT) & ~PARKED_BIT) >>> 0',
    },
    {
      breaks: 'an event is set without a compare-and-swap',
      find: '    if (atomicCompareExchange(p, word, next) === word)\n      return (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;',
      replace:
        '    atomicCompareExchange(p, word, next);\n    return (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;',
    },
    {
      breaks: 'a waiter sleeps through a set that was cleared',
      find: 'if (((word | since) & SET_BIT) !== 0 || word >>> SETS_SHIFT !== since >>> SETS_SHIFT) return DONE;',
      replace: 'if ((word & SET_BIT) !== 0) return DONE;',
    },
    {
      breaks: 'a waiter sleeps through a clear that came at once',
      find: '((word | since) & SET_BIT) !== 0',
      replace: '(word & SET_BIT) !== 0',
    },
    {
      breaks: 'a waiter of an event does not put its bit',
      find: '    const parked: u32 = (word | PARKED_BIT) >>> 0;\n    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;\n  }\n}\n\n/** Counts down',
      replace: '    return (word | PARKED_BIT) >>> 0;\n  }\n}\n\n/** Counts down',
    },
    {
      breaks: 'a count is lost between two threads',
      find: 'if (atomicCompareExchange(p, word, next) !== word) continue;',
      replace: 'atomicCompareExchange(p, word, next);',
    },
    {
      breaks: 'a count forgets the sleepers',
      find: '((left << 1) | (word & PARKED_BIT)) >>> 0',
      replace: '(left << 1) >>> 0',
    },
    {
      breaks: 'the last count wakes nobody',
      find: 'return left === 0 && (word & PARKED_BIT) !== 0 ? WAKE_ALL : WAKE_NONE;',
      replace: 'return WAKE_NONE;',
    },
    {
      breaks: 'a latch with one left lets go on',
      find: 'if (word >>> 1 === 0) return DONE;',
      replace: 'if (word >>> 2 === 0) return DONE;',
    },
  ],
} satisfies Mutants;
