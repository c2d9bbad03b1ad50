// Seeded faults of the semaphore; each must be caught by a model of models/semaphore.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/semaphore.ts',
  mutants: [
    {
      breaks: 'a permit is taken without a compare-and-swap',
      find: 'if (atomicLoad(at) === 0 && atomicCompareExchange(at, 0, me) === 0) return DONE;',
      replace: 'if (atomicLoad(at) === 0) { atomicStore(at, me); return DONE; }',
    },
    {
      breaks: 'a waiter looks for a permit before it announces its sleep, and not after',
      find: 'return takePermit(p, me) === DONE ? DONE : parked;',
      replace: 'return parked;',
    },
    {
      breaks: 'who releases looks for sleepers first',
      find: `  if (!freeOwn(p, me) && !freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);
  return signalPermit(p);`,
      replace: `  const order = signalPermit(p);
  if (!freeOwn(p, me) && !freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);
  return order;`,
    },
    {
      breaks: 'a release wakes nobody',
      find: 'if ((seq & SLEEPERS_MASK) === 0) return WAKE_NONE;',
      replace: 'return WAKE_NONE;',
    },
    {
      breaks: 'a release is not counted',
      find: 'const next: u32 = ((all ? seq & ~SLEEPERS_MASK : seq) + ONE_RELEASE) >>> 0;',
      replace: 'const next: u32 = (all ? seq & ~SLEEPERS_MASK : seq) >>> 0;',
    },
    {
      breaks: 'PARKED is removed with one of several sleepers',
      find: 'const next: u32 = ((all ? seq & ~SLEEPERS_MASK : seq) + ONE_RELEASE) >>> 0;',
      replace: 'const next: u32 = ((seq & ~SLEEPERS_MASK) + ONE_RELEASE) >>> 0;',
    },
    {
      breaks: 'an event loop is woken as one sleeper',
      find: 'if (atomicCompareExchange(p, seq, next) === seq) return all ? WAKE_ALL : WAKE_ONE;',
      replace: 'if (atomicCompareExchange(p, seq, next) === seq) return WAKE_ONE;',
    },
    {
      breaks: 'a permit beyond the first is taken twice',
      find: 'if (atomicCompareExchange(p + SEM_EXTRA, extra, extra - 1) === extra) return DONE;',
      replace: 'atomicStore(p + SEM_EXTRA, extra - 1); return DONE;',
    },
    {
      breaks: 'the dead keep their permit',
      find: 'if (holder !== 0 && isOwnerAlive(holder)) continue;',
      replace: 'if (holder !== 0) continue;',
    },
    {
      breaks: "a living thread's permit is taken",
      find: 'if (holder !== 0 && isOwnerAlive(holder)) continue;',
      replace: '',
    },
    {
      breaks: 'a bounded semaphore takes what nobody holds',
      find: 'if (extra >= most) return NOT_HELD;',
      replace: 'if (extra > most) return NOT_HELD;',
    },
    {
      breaks: 'a release without a hold frees nothing',
      find: 'if (!freeOwn(p, me) && !freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);',
      replace: 'if (!freeOwn(p, me)) freeForeign(p);',
    },
    {
      breaks: 'a release frees two permits',
      find: 'if (!freeOwn(p, me) && !freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);',
      replace: 'freeOwn(p, me); if (!freeForeign(p)) atomicAdd(p + SEM_EXTRA, 1);',
    },
  ],
} satisfies Mutants;
