// Seeded faults of Once; each must be caught by a model of models/once.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/once.ts',
  mutants: [
    {
      breaks: 'it is run without a compare-and-swap',
      find: 'if (atomicCompareExchange(p, word, mine) === word) return DONE;',
      replace: 'atomicExchange(p, mine); return DONE;',
    },
    {
      breaks: 'who runs it forgets the sleepers',
      find: 'const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;',
      replace: 'const mine: u32 = me;',
    },
    {
      breaks: 'the outcome is written after it is published',
      find: `  store32(p + ONCE_OUTCOME, outcome as u32);
  store32(p + ONCE_BYTES, bytes);
  return (atomicExchange(p, end) & SLEEPERS_MASK) !== 0 ? WAKE_ALL : WAKE_NONE;`,
      replace: `  const before = atomicExchange(p, end);
  store32(p + ONCE_OUTCOME, outcome as u32);
  store32(p + ONCE_BYTES, bytes);
  return (before & SLEEPERS_MASK) !== 0 ? WAKE_ALL : WAKE_NONE;`,
    },
    {
      breaks: 'one of the sleepers is woken',
      find: '!== 0 ? WAKE_ALL : WAKE_NONE;',
      replace: '!== 0 ? 1 : WAKE_NONE;',
    },
    {
      breaks: 'a dead runner is waited for',
      find: 'if (owner === 0 || !isOwnerAlive(owner)) {',
      replace: 'if (owner === 0) {',
    },
    {
      breaks: 'what threw is run again',
      find: 'if (owner === RETURNED || owner === THREW) return REFUSED;',
      replace: 'if (owner === RETURNED) return REFUSED;',
    },
    {
      breaks: 'a sleeper puts its bit into a word that has changed',
      find: 'if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;',
      replace: 'atomicExchange(p, parked); return parked;',
    },
  ],
} satisfies Mutants;
