// Seeded faults of the reader-writer lock; each must be caught by a model of models/rwlock.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/rwlock.ts',
  mutants: [
    {
      breaks: 'a reader looks for a writer before it says that it reads',
      find: `  atomicStore(readerAt(p, me), me);
  if (atomicLoad(p) === 0) return true;`,
      replace: `  const free = atomicLoad(p) === 0;
  atomicStore(readerAt(p, me), me);
  if (free) return true;`,
    },
    {
      breaks: 'a reader does not look for a writer',
      find: 'if (atomicLoad(p) === 0) return true;',
      replace: 'return true;',
    },
    {
      breaks: 'the highest reader is noted too low',
      find: 'const seen = atomicCompareExchange(p + RW_HIGH, high, slot);',
      replace: 'const seen = atomicCompareExchange(p + RW_HIGH, high, slot - 1);',
    },
    {
      breaks: 'a reader that gives way does not wake the writer',
      find: 'if (order !== 0) notifyWord(p + RW_DRAIN, order);',
      replace: '',
    },
    {
      breaks: 'a reader that leaves does not look at the writer',
      find: 'if (atomicLoad(p) === 0) return WAKE_NONE;',
      replace: 'return WAKE_NONE;',
    },
    {
      breaks: 'a reader wakes the writer before it has left',
      find: `  atomicExchange(readerAt(p, me), 0);
  if (atomicLoad(p) === 0) return WAKE_NONE;`,
      replace: `  if (atomicLoad(p) === 0) { atomicExchange(readerAt(p, me), 0); return WAKE_NONE; }
  if ((atomicLoad(p + RW_DRAIN) & SLEEPERS_MASK) === 0) { atomicExchange(readerAt(p, me), 0); return WAKE_NONE; }
  atomicExchange(readerAt(p, me), 0);`,
    },
    {
      breaks: 'the writer sleeps without having looked once more',
      find: 'return hasReader(p) ? parked : DONE;',
      replace: 'return parked;',
    },
    {
      breaks: 'the writer waits for no reader',
      find: 'if (!hasReader(p)) return DONE;',
      replace: 'return DONE;',
    },
    {
      breaks: 'readers that have gone are not counted',
      find: 'const next: u32 = ((drain & ~SLEEPERS_MASK) + ONE_LEFT) >>> 0;',
      replace: 'const next: u32 = drain;',
    },
    {
      breaks: 'one of the readers that sleep is woken for all',
      find: 'const parked: u32 = (word | PARKED_BIT | ALL_BIT) >>> 0;',
      replace: 'const parked: u32 = (word | PARKED_BIT) >>> 0;',
    },
    {
      breaks: 'a reader that opens a hand-over wakes nobody else',
      find: `        if (atomicCompareExchange(p, word, 0) === word && (word & SLEEPERS_MASK) !== 0)
          notifyWord(p, WAKE_ALL);`,
      replace: '        atomicCompareExchange(p, word, 0);',
    },
    {
      breaks: 'the reader after a dead writer is not told',
      find: `      const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;
      if (atomicCompareExchange(p, word, mine) === word) return INHERITED;
      continue;`,
      replace: `      atomicCompareExchange(p, word, word & SLEEPERS_MASK);
      continue;`,
    },
    {
      breaks: 'the writer waits for a dead reader',
      find: 'if (reader !== 0 && isOwnerAlive(reader)) return true;',
      replace: 'if (reader !== 0) return true;',
    },
    {
      breaks: 'the last reader is not looked at',
      find: 'for (let slot: u32 = 1; slot <= high; slot++) {',
      replace: 'for (let slot: u32 = 1; slot < high; slot++) {',
    },
  ],
} satisfies Mutants;
