// Seeded faults of the table of names; each must be caught by a model of models/names.ts.
//
// Not among them, since the models have one name: a place that is given to two names (test/memory sees that).

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/heap/names.ts',
  mutants: [
    {
      breaks: 'the table is entered without a compare-and-swap',
      find: 'if (atomicCompareExchange(HEADER_NAMES_LOCK, seen, owner) !== seen) return NAMES_BUSY;',
      replace: 'atomicStore(HEADER_NAMES_LOCK, owner);',
    },
    {
      breaks: 'the table is taken from a living thread',
      find: 'if (seen !== 0 && isThreadAlive(seen)) return NAMES_BUSY;',
      replace: '',
    },
    {
      breaks: 'who died in the table keeps it',
      find: 'if (seen !== 0 && isThreadAlive(seen)) return NAMES_BUSY;',
      replace: 'if (seen !== 0) return NAMES_BUSY;',
    },
    {
      breaks: 'what a dead thread has left is not looked for',
      find: 'return seen === 0 ? NAMES_ENTERED : NAMES_INHERITED;',
      replace: 'return NAMES_ENTERED;',
    },
    {
      breaks: 'a place that is being changed is not marked',
      find: `if (index === used) atomicStore(HEADER_NAMES_USED, used + 1);
        atomicStore(namePlace(index), ((block as u32) | PENDING) >>> 0);`,
      replace:
        'if (index === used) atomicStore(HEADER_NAMES_USED, used + 1); atomicStore(namePlace(index), block as u32);',
    },
    {
      breaks: 'a name that is being taken away is not marked',
      find: 'export function beginClear(place: usize, block: usize): void { atomicStore(place, ((block as u32) | PENDING) >>> 0);',
      replace:
        'export function beginClear(place: usize, block: usize): void { atomicStore(place, block as u32);',
    },
    {
      breaks: 'the table is not said to have grown',
      find: 'if (index === used) atomicStore(HEADER_NAMES_USED, used + 1);',
      replace: '',
    },
    {
      breaks: 'the last place is not looked at for what a dead thread has left',
      find: 'for (let i: u32 = 0; i < used; i++) {\n    if ((atomicLoad(namePlace(i)) & PENDING)',
      replace: 'for (let i: u32 = 0; i + 1 < used; i++) {\n    if ((atomicLoad(namePlace(i)) & PENDING)',
    },
    {
      breaks: 'a name stays when it was taken away',
      find: 'export function endClear(place: usize): void { atomicStore(place, 0);',
      replace: 'export function endClear(place: usize): void { atomicStore(place, atomicLoad(place));',
    },
    {
      breaks: 'the table stays locked',
      find: 'export function leaveNames(): void { atomicStore(HEADER_NAMES_LOCK, 0);',
      replace: 'export function leaveNames(): void { atomicLoad(HEADER_NAMES_LOCK);',
    },
  ],
} satisfies Mutants;
