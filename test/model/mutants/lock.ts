// Seeded faults of the lock and of owner words; each must be caught by a model of models/lock.ts.
//
// Not among them, because nothing breaks: PARKED put where nobody sleeps (a vain notify); a hand-over without it (who
// takes it puts it again); sleepers that are forgotten by who inherits (the death wakes them).

import type { Mutants } from '../explorer/suite';

const OWNER = 'assembly/sync/owner.ts';

export default {
  file: 'assembly/sync/lock.ts',
  mutants: [
    {
      breaks: 'the lock is taken without a compare-and-swap',
      find: 'return atomicCompareExchange(p, 0, me) === 0;',
      replace: 'if (atomicLoad(p) !== 0) return false; atomicExchange(p, me); return true;',
    },
    {
      breaks: 'who was woken takes the lock without PARKED',
      find: '(word & SLEEPERS_MASK) | (slept ? PARKED_BIT : 0)',
      replace: '(word & SLEEPERS_MASK)',
    },
    {
      breaks: 'a sleeper puts its bit into a word that has changed',
      find: 'if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;',
      replace: 'atomicExchange(p, parked); return parked;',
    },
    {
      breaks: 'a lock that is let go keeps the bits and wakes nobody',
      find: 'if (!fair || word === me) return wakeOrder(atomicExchange(p, 0));',
      replace: 'if (!fair || word === me) { atomicExchange(p, 0); return WAKE_NONE; }',
    },
    {
      breaks: 'who to wake is looked up before the word is emptied',
      find: 'if (!fair || word === me) return wakeOrder(atomicExchange(p, 0));',
      replace: 'if (!fair || word === me) { atomicExchange(p, 0); return wakeOrder(word); }',
    },
    {
      breaks: 'all sleepers of an event loop are taken for one',
      find: 'if ((word & ALL_BIT) !== 0) return WAKE_ALL;',
      replace: '',
    },
    {
      breaks: 'a hand-over is taken by whoever comes',
      find: 'const free = owner === 0 || (owner === HANDED && slept);',
      replace: 'const free = owner === 0 || owner === HANDED || slept;',
    },
    {
      breaks: 'a hand-over is taken by nobody',
      find: 'const free = owner === 0 || (owner === HANDED && slept);',
      replace: 'const free = owner === 0;',
    },
    {
      breaks: 'a hand-over that woke nobody is not taken back',
      find: 'if (atomicCompareExchange(p, word, 0) === word) return wakeOrder(word);',
      replace: 'return WAKE_NONE;',
    },
    {
      breaks: 'a hand-over is taken back from who has it',
      find: 'if (ownerOf(word) !== HANDED) return WAKE_NONE; // somebody has it',
      replace: '',
    },
    {
      breaks: 'who is let in after a death is not told',
      find: 'return free ? DONE : INHERITED;',
      replace: 'return DONE;',
    },
    {
      breaks: 'nobody inherits from the dead',
      find: 'if (free || (owner !== HANDED && !isOwnerAlive(owner)))',
      replace: 'if (free)',
    },
    {
      breaks: 'a thread is taken for dead while it lives',
      file: OWNER,
      find: 'return state === THREAD_STARTING || state === THREAD_LIVE;',
      replace: 'return state === THREAD_STARTING;',
    },
    {
      breaks: 'a dead thread is taken to live',
      file: OWNER,
      find: 'return state === THREAD_STARTING || state === THREAD_LIVE;',
      replace: 'return true;',
    },
    {
      breaks: 'another record is looked at for a sign of life',
      file: OWNER,
      find: '(word >>> OWNER_SHIFT) & SLOT_MASK);',
      replace: '((word >>> OWNER_SHIFT) + 1) & SLOT_MASK);',
    },
  ],
} satisfies Mutants;
