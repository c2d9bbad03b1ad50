// Faults in the table of holds.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/heap/holds.ts',
  mutants: [
    {
      breaks: 'two threads are in a bucket at once',
      find: 'if (seen !== 0 && isThreadAlive(seen)) return false;',
      replace: '',
    },
    {
      breaks: 'a bucket stays locked after a death',
      find: 'if (seen !== 0 && isThreadAlive(seen)) return false;',
      replace: 'if (seen !== 0) return false;',
    },
    {
      breaks: 'who lets go never finds itself the last',
      find: 'if (otherEntry(bucket, object, entry) !== 0) remove(bucket, entry, me);',
      replace: 'if (otherEntry(bucket, object, 0) !== 0) remove(bucket, entry, me);',
    },
    {
      breaks: 'what is being given back can be held again',
      find: 'if (!isNew && (other === 0 || (atomicLoad(other) & HOLD_ENDING) !== 0)) outcome = HOLD_REFUSED;',
      replace: 'if (!isNew && other === 0) outcome = HOLD_REFUSED;',
    },
    {
      breaks: 'an entry is there before its holder',
      find: 'atomicStore((own === 0 ? entry : own) + ENTRY_HOLDER, heir);\n      atomicStore(own === 0 ? entry : own, last);',
      replace:
        'atomicStore(own === 0 ? entry : own, last);\n      atomicStore((own === 0 ? entry : own) + ENTRY_HOLDER, heir);',
    },
    {
      breaks: 'the bucket is left before the entry is written',
      find: 'const entry = emptyEntry(bucket, me);\n    if (entry === 0) outcome = HOLD_FULL;',
      replace:
        'leave(bucket);\n    const entry = emptyEntry(bucket, me);\n    if (entry === 0) outcome = HOLD_FULL;',
    },
  ],
} satisfies Mutants;
